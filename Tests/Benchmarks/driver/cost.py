"""What tracing costs the traced: each pipe2(2), and calls that nobody asked about."""

import contextlib
from statistics import median

import policies
from processes import Malfunction, Reference
from service import Service

_CALLS = 10_000
_BATCHES = 3
_OTHER_CALLS = 100_000


class Costs:
    """Nanoseconds per call of one variant, a figure per round."""

    def __init__(self):
        self.pipe2, self.getppid = [], []

    def measure(self, caller):
        # The best of a few: what disturbs a batch only ever adds to it.
        self.pipe2.append(min(caller.run("time pipe2", _CALLS) for _ in range(_BATCHES)))
        self.getppid.append(
            min(caller.run("time getppid", _OTHER_CALLS) for _ in range(_BATCHES)))


class CostMeasurement:
    """Runs every variant once per round, so that all see the same weather."""

    UNTRACED = "untraced"
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
                for variant in variants[start:] + variants[:start]:
                    variant()

    def _variants(self, quiet):
        pid, nobody = self.caller.pid, policies.NOBODY
        return [
            lambda: self._measure((self.UNTRACED, "")),
            lambda: self._reference("exit-only", "reported", pid),
            lambda: self._service(quiet, "quiet", "reported", pid),
            lambda: self._reference("exit-only", "filtered", nobody),
            lambda: self._service(quiet, "quiet", "filtered", nobody),
            lambda: self._default(),
            lambda: self._reference("pair", "reported", pid),
            lambda: self._reference("pair", "filtered", nobody),
            lambda: self._reference("pair-woken", "reported", pid),
        ]

    def _measure(self, variant):
        self.costs.setdefault(variant, Costs()).measure(self.caller)

    def _reference(self, way, purpose, pid):
        with Reference(self.tools, way, pid) as reference:
            self._measure((way, purpose))
            self._check(way, purpose, sum(reference.finish()))

    def _service(self, service, kind, purpose, pid):
        service.add(policies.one_call("pipe2", pid))
        with contextlib.ExitStack() as cleanup:
            cleanup.callback(service.delete, "pipe2")
            self._measure((kind, purpose))
            events = service.policy("pipe2")["hooks"][0]["events"]
            self._check(kind, purpose, events["sent"] + events["lost_ring_full"])

    def _default(self):
        """With run statistics, which the kernel keeps for all programs while the service runs."""
        with Service(self.binary) as service:
            self._service(service, "default", "reported", self.caller.pid)
            self._service(service, "default", "filtered", policies.NOBODY)

    @staticmethod
    def _check(way, purpose, events):
        expected = _CALLS * _BATCHES if purpose == "reported" else 0
        if events != expected:
            raise Malfunction(f"{way}, {purpose}: {events} events of {expected}")

    # MARK: - Figures

    def _total(self, variant):
        return median(self.costs[variant].pipe2)

    def _added(self, variant):
        """Median over the rounds of what tracing added."""
        untraced = self.costs[(self.UNTRACED, "")].pipe2
        return median(
            traced - plain for traced, plain in zip(self.costs[variant].pipe2, untraced))

    def _others(self, variant):
        return median(self.costs[variant].getppid)

    def tell(self, table):
        plain = (self.UNTRACED, "")
        table.section("What a {pipe2, close, close} costs, added by tracing; and a getppid")
        table.add("untraced", f"{self._total(plain):,.0f} ns; {self._others(plain):.0f} ns")
        for key, title in (self.WAYS | self.SERVICES).items():
            for purpose in ("filtered", "reported"):
                if (variant := (key, purpose)) in self.costs:
                    table.add(
                        f"{title}: {purpose}",
                        f"+{self._added(variant):,.0f} ns; {self._others(variant):.0f} ns")
        for purpose, budget in (("filtered", 1.15), ("reported", 1.3)):
            best = min(("exit-only", "pair"), key=lambda way: self._added((way, purpose)))
            for kind, title in self.SERVICES.items():
                self._compare(table, title, (kind, purpose), (best, purpose), budget)

    def _compare(self, table, title, variant, best, budget):
        ratio = self._added(variant) / self._added(best)
        whole = self._total(variant) / self._total(best)
        table.add(
            f"{variant[1]}: {title} / {self.WAYS[best[0]]}",
            f"{ratio:.2f}x (with the call itself {whole:.2f}x)", f"<= {budget}x", ratio <= budget)
