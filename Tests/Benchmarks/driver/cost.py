"""What tracing costs the traced: each pipe2(2), and calls that nobody asked about."""

import contextlib
from statistics import median, quantiles

import policies
from processes import Malfunction, Reference
from service import Service

_CALLS = 2_000
_BATCHES = 12
_OTHER_CALLS = 50_000


class Costs:
    """Nanoseconds per call of one variant, a figure per round."""

    def __init__(self):
        self.pipe2, self.getppid, self.added = [], [], []
        # Of the program alone, per run, by the kernel's own count.
        self.inside = []


class CostMeasurement:
    """Runs every variant once per round, each between two looks at the untraced call.

    What disturbs a batch only ever adds to it, so the best of a few counts. What lasts longer
    disturbs the neighbours too: a variant's cost is what it adds to their mean.
    """

    UNTRACED = ("untraced", "")
    WAYS = {"exit-only": "by hand, exit only", "pair": "by hand, entry and exit",
            "pair-woken": "by hand, entry and exit, wake-ups"}
    SERVICES = {"quiet": "Martlet --no-bpf-stats", "default": "Martlet"}

    def __init__(self, tools, binary, caller, rounds):
        self.tools, self.binary, self.caller = tools, binary, caller
        self.rounds = rounds
        self.costs = {}

    def run(self):
        with Service(self.binary, "--no-bpf-stats") as quiet:
            for number in range(self.rounds):
                variants = self._variants(quiet)
                start = number * 3 % len(variants)
                before = self._measure(self.UNTRACED)
                for name, trace in variants[start:] + variants[:start]:
                    traced = trace(name)
                    after = self._measure(self.UNTRACED)
                    self.costs[name].added.append(traced - (before + after) / 2)
                    before = after

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

    def _measure(self, variant):
        """Nanoseconds per {pipe2, close, close} now."""
        costs = self.costs.setdefault(variant, Costs())
        costs.pipe2.append(self._best("time pipe2", _CALLS))
        costs.getppid.append(self._best("time getppid", _OTHER_CALLS))
        return costs.pipe2[-1]

    def _best(self, job, count):
        return min(self.caller.run(job, count) for _ in range(_BATCHES))

    def _reference(self, variant, pid):
        with Reference(self.tools, variant[0], pid) as reference:
            cost = self._measure(variant)
            counted = reference.finish()
            self._check(variant, counted["events"] + counted["lost"])
        return cost

    def _service(self, variant, pid, service):
        service.add(policies.one_call("pipe2", pid))
        with contextlib.ExitStack() as cleanup:
            cleanup.callback(service.delete, "pipe2")
            cost = self._measure(variant)
            hook = service.policy("pipe2")["hooks"][0]
            self._check(variant, hook["events"]["sent"] + hook["events"]["lost_ring_full"])
            runs = sum(program["run_count"] for program in hook["programs"])
            if runs:
                spent = sum(program["run_time_ns"] for program in hook["programs"])
                self.costs[variant].inside.append(spent / runs)
        return cost

    def _default(self, variant, pid):
        """With run statistics, which the kernel keeps for all programs while the service runs."""
        with Service(self.binary) as service:
            cost = self._service(variant, pid, service)
            by_hand = ("exit-only", variant[1])
            with Reference(self.tools, by_hand[0], pid) as reference:
                self._best("time pipe2", _CALLS)
                counted = reference.finish()
                self.costs.setdefault(by_hand, Costs()).inside.append(
                    counted["nanoseconds"] / counted["runs"])
        return cost

    @staticmethod
    def _check(variant, events):
        expected = _CALLS * _BATCHES if variant[1] == "reported" else 0
        if events != expected:
            raise Malfunction(f"{' '.join(variant)}: {events} events of {expected}")

    # MARK: - Figures

    def _total(self, variant):
        return median(self.costs[variant].pipe2)

    def _added(self, variant):
        return median(self.costs[variant].added)

    def _error(self, variant):
        """About the standard error of the median: 1.25 deviations, by the middle half."""
        low, _, high = quantiles(self.costs[variant].added, n=4)
        return 1.25 * (high - low) / 1.35 / len(self.costs[variant].added) ** 0.5

    def _others(self, variant):
        return median(self.costs[variant].getppid)

    def tell(self, table):
        plain = self.UNTRACED
        table.section("What a {pipe2, close, close} costs, added by tracing; and a getppid")
        table.add("untraced", f"{self._total(plain):,.0f} ns; {self._others(plain):.0f} ns")
        for key, title in (self.WAYS | self.SERVICES).items():
            for purpose in ("filtered", "reported"):
                if (variant := (key, purpose)) in self.costs:
                    table.add(
                        f"{title}: {purpose}",
                        f"{self._added(variant):+,.0f} ns (error {self._error(variant):,.0f}); "
                        f"{self._others(variant):.0f} ns")
        for purpose, budget in (("filtered", 1.15), ("reported", 1.3)):
            best = min(("exit-only", "pair"), key=lambda way: self._added((way, purpose)))
            for kind, title in self.SERVICES.items():
                self._compare(table, title, (kind, purpose), (best, purpose), budget)
            self._compare_inside(table, purpose, budget)

    def _compare(self, table, title, variant, best, budget):
        ratio = self._added(variant) / self._added(best)
        # A ratio of what could be nothing says nothing.
        clear = all(self._added(way) > 3 * self._error(way) for way in (variant, best))
        whole = self._total(variant) / self._total(best)
        table.add(
            f"{variant[1]}: {title} / {self.WAYS[best[0]]}",
            f"{ratio:.2f}x (with the call itself {whole:.2f}x)", f"<= {budget}x",
            ratio <= budget if clear else None)

    def _compare_inside(self, table, purpose, budget):
        """The programs alone: far less noisy, and without what any tracing costs."""
        ours, theirs = (
            median(self.costs[(way, purpose)].inside) for way in ("default", "exit-only"))
        table.add(
            f"{purpose}: inside the program, Martlet / {self.WAYS['exit-only']}",
            f"{ours / theirs:.2f}x ({ours:.0f} / {theirs:.0f} ns)", f"<= {budget}x",
            ours / theirs <= budget)
