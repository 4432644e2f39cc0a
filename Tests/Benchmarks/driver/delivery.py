"""How long after a call its event is in a subscriber's hands."""

from statistics import median

import policies
from processes import ALL_CPUS, Consumer, Malfunction
from service import Service

_RATES = (1_000, 100_000)
_SECONDS = 2
_ROUNDS = 5


class DeliveryMeasurement:
    """From the time that an event says to when read(2) has brought it, on the same clock.

    The service on all CPUs; the caller and its one subscriber, in C, on one of them.
    """

    def __init__(self, tools, binary, caller):
        self.tools, self.binary, self.caller = tools, binary, caller

    def run(self):
        with Service(self.binary, cpus=ALL_CPUS) as service:
            service.add(policies.one_call("getgroups", self.caller.pid))
            self.rounds = {
                rate: [self._round(service, rate) for _ in range(_ROUNDS)] for rate in _RATES
            }

    def _round(self, service, rate):
        calls = rate * _SECONDS
        with Consumer(self.tools, service.port, calls) as consumer:
            self.caller.run("pace getgroups", rate, calls)
            seen = consumer.finish(seconds=5)
        if seen["events"] != calls:
            raise Malfunction(f"{seen['events']} events of {calls} at {rate} a second")
        return seen

    def tell(self, table):
        table.section(
            f"From the system call to the subscriber's hands; medians of {_ROUNDS} rounds")
        for rate, rounds in self.rounds.items():
            middle, late, most = (
                median(seen[share] for seen in rounds) / 1e6 for share in ("median", "p99", "most"))
            table.add(
                f"at {rate:,} events/s: p50, p99, most", f"{middle:.2f}, {late:.2f}, {most:.1f} ms")
