"""What many subscribers cost: those that read everything, and those that want nothing of it."""

from statistics import median

import policies
from processes import ALL_CPUS, CALLS, Consumer, Malfunction
from service import Service

_RATES = {1: 100_000, 10: 50_000, 100: 10_000}
_SECONDS = 2
_ROUNDS = 3
_IDLE = 1_000
_IDLE_RATES = (1_000, 10_000)
# What the idle ones want, which does not happen: the first of them tells their memory.
_WANTS = {
    "process": f"pid={policies.NOBODY}", "binary": "binary=/usr/bin/true",
    "beginning of a binary": "binary_prefix=/usr/bin/", "function": "function=do_pipe2"}


class Delivery:
    """Calls were made at a rate, and every subscriber read the events."""

    def __init__(self, tools, service, caller, subscribers, rate):
        self.calls, self.subscribers, self.rate = rate * _SECONDS, subscribers, rate
        losses, cpu = service.losses(), sum(service.cpu_seconds())
        with Consumer(tools, service.port, self.calls, streams=subscribers) as consumer:
            caller.run("pace getgroups", rate, self.calls)
            self.seen = consumer.finish(seconds=5)
        self.cpu = (sum(service.cpu_seconds()) - cpu) / self.calls
        self.losses = {
            stage: lost - losses[stage]
            for stage, lost in service.losses().items() if lost != losses[stage]
        }
        if self.seen["disordered"]:
            raise Malfunction(f"{self.seen['disordered']} ids came out of order")

    @property
    def delivered_per_second(self):
        return self.seen["events"] / max(self.seen["seconds"], 1e-3)

    @property
    def whole(self):
        """Every subscriber has every event, and says so as the counters do."""
        return self.seen["least"] == self.calls and not self.seen["gaps"] and not self.losses

    def account(self):
        losses = ", ".join(f"{stage} {lost:,}" for stage, lost in self.losses.items())
        return losses or "nothing"


class SubscribersMeasurement:
    """The service on all CPUs; the caller and its subscribers on one of them."""

    def __init__(self, tools, binary, caller):
        self.tools, self.binary, self.caller = tools, binary, caller

    def run(self):
        with Service(self.binary, cpus=ALL_CPUS) as service:
            service.add(policies.one_call("getgroups", self.caller.pid))
            self.active = {
                count: [
                    Delivery(self.tools, service, self.caller, count, rate)
                    for _ in range(_ROUNDS)
                ]
                for count, rate in _RATES.items()
            }
        self.memory, self.beside = None, {}
        for want, query in _WANTS.items():
            self._idle(want, query)

    def _idle(self, want, query):
        """Subscribers of a fresh service: what others took before is not given back."""
        with Service(self.binary, cpus=ALL_CPUS) as service:
            service.add(policies.one_call("getgroups", self.caller.pid))
            alone = self._costs(service)
            before = service.resident_bytes()
            with Consumer(self.tools, service.port, 1, f"{CALLS}&{query}", _IDLE) as idle:
                self.memory = self.memory or service.resident_bytes() - before
                costs = self._costs(service)
                self.beside[want] = [(rate, alone[rate], costs[rate]) for rate in _IDLE_RATES]
                if idle.process.poll() is not None:
                    raise Malfunction("the idle subscribers have ended")

    def _costs(self, service):
        """CPU of the service per event by rate, with one subscriber that reads everything."""
        return {
            rate: median(
                Delivery(self.tools, service, self.caller, 1, rate).cpu for _ in range(_ROUNDS))
            for rate in _IDLE_RATES
        }

    def tell(self, table):
        table.section(
            f"Subscribers that read everything, service on all CPUs; medians of {_ROUNDS}")
        for count, deliveries in self.active.items():
            rate = _RATES[count]
            title = f"{count} at {rate:,} events/s each"
            whole = sum(delivery.whole for delivery in deliveries)
            worst = next((each for each in deliveries if not each.whole), deliveries[0])
            least = min(each.seen["least"] for each in deliveries)
            table.add(
                f"{title}: rounds without loss, lost", f"{whole} of {_ROUNDS}, {worst.account()}",
                "no loss", whole == _ROUNDS)
            table.add(f"{title}: least that one got", f"{least:,} of {deliveries[0].calls:,}")
            delivered = median(each.delivered_per_second for each in deliveries)
            table.add(f"{title}: events/s delivered in all", f"{delivered:,.0f}")
            cpu = median(each.cpu for each in deliveries)
            table.add(
                f"{title}: CPU of the service",
                f"{cpu * 1e6:.2f} us per event, {cpu * 1e6 / count:.2f} per delivered event")
        table.section(f"{_IDLE:,} subscribers that want nothing of what happens")
        table.add(
            "resident memory, with them more", f"{self.memory / 1e6:.1f} MB", "<= 50 MB",
            self.memory <= 50e6)
        for want, costs in self.beside.items():
            for rate, alone, beside in costs:
                table.add(
                    f"another {want}: CPU of the service per event at {rate:,}/s, without and with",
                    f"{alone * 1e6:.1f}, {beside * 1e6:.1f} us")
