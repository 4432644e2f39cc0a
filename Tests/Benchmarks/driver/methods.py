"""What each attach method costs the traced, and what its hand-written program does."""

import contextlib

import policies
from processes import Malfunction, Reference
from service import Service
from variants import UNTRACED, Variants

_BATCHES = 8
_COUNTED_ROUNDS = 2  # of run statistics, which are steady
_TITLES = {
    "call": "the system call pipe2, with its return",
    "function": "the function do_pipe2, with its return",
    "flags": "the function do_pipe2, its entry alone",
}
_PURPOSES = {"filtered": 1.15, "reported": 1.3}
_OURS, _THEIRS = "Martlet", "by hand"


class MethodsMeasurement:
    """A variant's name is who traces, what, by which method, and how much of it is reported."""

    def __init__(self, tools, binary, caller, rounds, ratios):
        self.tools, self.binary, self.caller = tools, binary, caller
        self.rounds, self.ratios = rounds, ratios
        self.variants = Variants(caller, _BATCHES)

    def run(self):
        with Service(self.binary, "--no-bpf-stats") as service:
            offered = service.methods()
            self.subjects = [
                (target, method) for target in policies.TARGETS for method in offered
                if target == "call" or method != "tracepoint"
            ]
            for number in range(self.rounds):
                self.variants.run(number, self._variants(service))
        # With run statistics, which the kernel keeps for all programs while the service runs.
        with Service(self.binary) as service:
            for _ in range(_COUNTED_ROUNDS):
                for name, trace in self._variants(service, self._count):
                    trace(name)

    def _variants(self, service, look=None):
        look = look or self.variants.measure
        return [
            ((who, *subject, purpose), lambda name, trace=trace: trace(name, look, service))
            for subject in self.subjects for purpose in _PURPOSES
            for who, trace in ((_OURS, self._service), (_THEIRS, self._reference))
        ]

    def _count(self, _):
        self.variants.make_calls()

    def _pid(self, variant):
        return self.caller.pid if variant[3] == "reported" else policies.NOBODY

    def _reference(self, variant, look, _):
        with Reference(self.tools, f"{variant[1]}-{variant[2]}", self._pid(variant)) as reference:
            cost = look(variant)
            counted = reference.finish()
            self._take(variant, counted["events"] + counted["lost"], counted["nanoseconds"])
        return cost

    def _service(self, variant, look, service):
        _, target, method, _ = variant
        service.add(policies.one_target(target, method, self._pid(variant)))
        with contextlib.ExitStack() as cleanup:
            cleanup.callback(service.delete, target)
            cost = look(variant)
            hook = service.policy(target)["hooks"][0]
            if hook["method"] != method:
                raise Malfunction(f"{' '.join(variant)}: attached by {hook['method']}")
            self._take(
                variant, hook["events"]["sent"] + hook["events"]["lost_ring_full"],
                sum(program["run_time_ns"] for program in hook["programs"]))
        return cost

    def _take(self, variant, events, nanoseconds):
        expected = self.variants.events if variant[3] == "reported" else 0
        if events != expected:
            raise Malfunction(f"{' '.join(variant)}: {events} events of {expected}")
        if nanoseconds:
            self.variants.of(variant).inside.append(nanoseconds / self.variants.events)

    # MARK: - Figures

    def tell(self, table):
        costs = self.variants
        unit = "as multiples of the untraced" if self.ratios else "in ns"
        table.section(
            f"A {{pipe2, close, close}} by attach method, {unit}: Martlet / by hand (what tracing "
            "adds,\nas a ratio; the programs alone, by run statistics); a getppid meanwhile")
        if not self.ratios:
            table.add(
                "untraced", f"{costs.total(UNTRACED):,.0f}; {costs.others(UNTRACED):.0f}")
        for target, method in self.subjects:
            for purpose, budget in _PURPOSES.items():
                self._tell(table, (target, method, purpose), budget)

    def _tell(self, table, subject, budget):
        costs = self.variants
        ours, theirs = (_OURS, *subject), (_THEIRS, *subject)
        ratio = costs.added(ours) / costs.added(theirs)
        error = ratio * sum((costs.error(who) / costs.added(who)) ** 2
                            for who in (ours, theirs)) ** 0.5
        inside = costs.inside(ours) / costs.inside(theirs)
        table.add(
            f"{_TITLES[subject[0]]}, {subject[1]}: {subject[2]}",
            f"{self._figure(costs.total, ours)} / {self._figure(costs.total, theirs)} "
            f"(added {ratio:.2f}x ± {error:.2f}; inside {inside:.2f}x); "
            f"{self._figure(costs.others, ours)} / {self._figure(costs.others, theirs)}",
            f"<= {budget}x", ratio <= budget if costs.clear(ours, theirs) else None)

    def _figure(self, total, name):
        if self.ratios:
            return f"{total(name) / total(UNTRACED):.2f}x"
        return f"{total(name):,.0f}"
