"""How long it takes to start, and to begin and end tracing."""

import time
from statistics import median

import policies
from processes import ALL_CPUS
from service import Service

_STARTS = 10
_ADDITIONS = 30
_LARGE_ADDITIONS = 3
_HOOKS = 140


def _timed(action, *arguments):
    start = time.monotonic()
    action(*arguments)
    return time.monotonic() - start


class LatencyMeasurement:
    """On all CPUs: nobody asks a service to start on one."""

    def __init__(self, binary):
        self.binary = binary

    def run(self):
        self.starts = []
        for _ in range(_STARTS):
            with Service(self.binary, cpus=ALL_CPUS) as service:
                self.starts.append(service.start_seconds)
        one = policies.one_call("pipe2", policies.NOBODY)
        many = policies.many_calls(_HOOKS, policies.NOBODY)
        with Service(self.binary, cpus=ALL_CPUS) as service:
            self.one = [self._add(service, "pipe2", one) for _ in range(_ADDITIONS)]
            self.many = [self._add(service, "many", many) for _ in range(_LARGE_ADDITIONS)]

    @staticmethod
    def _add(service, name, policy):
        return _timed(service.add, policy), _timed(service.delete, name)

    def tell(self, table):
        table.section("Waiting, on all CPUs")
        start = median(self.starts)
        table.add(
            "start to ready, without policies",
            f"{start * 1e3:.0f} ms (most {max(self.starts) * 1e3:.0f})", "<= 300 ms",
            start <= 0.3)
        self._tell(table, "one hook", self.one, 0.05, "<= 50 ms")
        self._tell(table, f"{_HOOKS} hooks", self.many, 1.5, "<= 1,500 ms")

    @staticmethod
    def _tell(table, title, times, budget, text):
        added, deleted = ([pair[side] for pair in times] for side in (0, 1))
        table.add(
            f"POST to attached, {title}",
            f"{median(added) * 1e3:.1f} ms (most {max(added) * 1e3:.1f})", text,
            median(added) <= budget)
        table.add(
            f"DELETE to detached, {title}",
            f"{median(deleted) * 1e3:.1f} ms (most {max(deleted) * 1e3:.1f})")
