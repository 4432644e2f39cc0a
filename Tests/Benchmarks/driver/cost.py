"""What tracing costs the traced: each pipe2(2), and calls that nobody asked about."""

import contextlib

import policies
from processes import Malfunction, Reference
from service import Service
from variants import UNTRACED, Variants

_BATCHES = 12


class CostMeasurement:
    WAYS = {"exit-only": "by hand, exit only", "pair": "by hand, entry and exit",
            "pair-woken": "by hand, entry and exit, wake-ups"}
    SERVICES = {"quiet": "Martlet --no-bpf-stats", "default": "Martlet"}

    def __init__(self, tools, binary, caller, rounds):
        self.tools, self.binary, self.caller = tools, binary, caller
        self.rounds = rounds
        self.variants = Variants(caller, _BATCHES)

    def run(self):
        with Service(self.binary, "--no-bpf-stats") as quiet:
            for number in range(self.rounds):
                self.variants.run(number, self._variants(quiet))

    def _variants(self, quiet):
        pid, nobody = self.caller.pid, policies.NOBODY
        return [
            (("exit-only", "reported"), lambda name: self._reference(name, pid)),
            (("quiet", "reported"), lambda name: self._service(name, pid, quiet)),
            (("exit-only", "filtered"), lambda name: self._reference(name, nobody)),
            (("quiet", "filtered"), lambda name: self._service(name, nobody, quiet)),
            (("default", "reported"), lambda name: self._default(name, pid)),
            (("pair", "reported"), lambda name: self._reference(name, pid)),
            (("default", "filtered"), lambda name: self._default(name, nobody)),
            (("pair", "filtered"), lambda name: self._reference(name, nobody)),
            (("pair-woken", "reported"), lambda name: self._reference(name, pid)),
        ]

    def _reference(self, variant, pid):
        with Reference(self.tools, variant[0], pid) as reference:
            cost = self.variants.measure(variant)
            counted = reference.finish()
            self._check(variant, counted["events"] + counted["lost"])
        return cost

    def _service(self, variant, pid, service):
        service.add(policies.one_call("pipe2", pid))
        with contextlib.ExitStack() as cleanup:
            cleanup.callback(service.delete, "pipe2")
            cost = self.variants.measure(variant)
            hook = service.policy("pipe2")["hooks"][0]
            self._check(variant, hook["events"]["sent"] + hook["events"]["lost_ring_full"])
            runs = sum(program["run_count"] for program in hook["programs"])
            if runs:
                spent = sum(program["run_time_ns"] for program in hook["programs"])
                self.variants.of(variant).inside.append(spent / runs)
        return cost

    def _default(self, variant, pid):
        """With run statistics, which the kernel keeps for all programs while the service runs."""
        with Service(self.binary) as service:
            cost = self._service(variant, pid, service)
            by_hand = ("exit-only", variant[1])
            with Reference(self.tools, by_hand[0], pid) as reference:
                self.variants.make_calls()
                counted = reference.finish()
                self.variants.of(by_hand).inside.append(
                    counted["nanoseconds"] / counted["runs"])
        return cost

    def _check(self, variant, events):
        expected = self.variants.events if variant[1] == "reported" else 0
        if events != expected:
            raise Malfunction(f"{' '.join(variant)}: {events} events of {expected}")

    # MARK: - Figures

    def tell(self, table):
        costs = self.variants
        table.section("What a {pipe2, close, close} costs, added by tracing; and a getppid")
        table.add(
            "untraced", f"{costs.total(UNTRACED):,.0f} ns; {costs.others(UNTRACED):.0f} ns")
        for key, title in (self.WAYS | self.SERVICES).items():
            for purpose in ("filtered", "reported"):
                if (variant := (key, purpose)) in costs.costs:
                    table.add(
                        f"{title}: {purpose}",
                        f"{costs.added(variant):+,.0f} ns (error {costs.error(variant):,.0f}); "
                        f"{costs.others(variant):.0f} ns")
        for purpose, budget in (("filtered", 1.15), ("reported", 1.3)):
            best = min(("exit-only", "pair"), key=lambda way: costs.added((way, purpose)))
            for kind, title in self.SERVICES.items():
                self._compare(table, title, (kind, purpose), (best, purpose), budget)
            self._compare_inside(table, purpose, budget)

    def _compare(self, table, title, variant, best, budget):
        costs = self.variants
        ratio = costs.added(variant) / costs.added(best)
        whole = costs.total(variant) / costs.total(best)
        table.add(
            f"{variant[1]}: {title} / {self.WAYS[best[0]]}",
            f"{ratio:.2f}x (with the call itself {whole:.2f}x)", f"<= {budget}x",
            ratio <= budget if costs.clear(variant, best) else None)

    def _compare_inside(self, table, purpose, budget):
        """The programs alone: far less noisy, and without what any tracing costs."""
        ours, theirs = (
            self.variants.inside((way, purpose)) for way in ("default", "exit-only"))
        table.add(
            f"{purpose}: inside the program, Martlet / {self.WAYS['exit-only']}",
            f"{ours / theirs:.2f}x ({ours:.0f} / {theirs:.0f} ns)", f"<= {budget}x",
            ours / theirs <= budget)
