"""How many events reach one subscriber, and what each costs the service."""

import policies
from processes import Consumer, Malfunction
from service import Service

_FLAT_OUT = 300_000
_SATURATING = 1_500_000
_RATES = (200_000, 300_000, 400_000, 500_000, 600_000)
_SECONDS_PER_RATE = 1.5


class Transfer:
    """Calls were made, and one subscriber read the events: what became of them."""

    def __init__(self, tools, service, caller, call, job, count):
        service.add(policies.one_call(call, caller.pid))
        losses, user, system = service.losses(), *service.cpu_seconds()
        written = service.metrics()["event_bytes_total"]
        with Consumer(tools, service.port, count) as consumer:
            caller.start(*job)
            caller.finish()
            self.seen = consumer.finish(seconds=2)
        self.calls = count
        self.sent = service.sent(call)
        self.losses = {
            stage: lost - losses[stage]
            for stage, lost in service.losses().items() if lost != losses[stage]
        }
        user_after, system_after = service.cpu_seconds()
        self.user = (user_after - user) / max(self.sent, 1)
        self.system = (system_after - system) / max(self.sent, 1)
        self.json_bytes = (service.metrics()["event_bytes_total"] - written) / max(self.sent, 1)
        service.delete(call)
        if self.seen["disordered"]:
            raise Malfunction(f"{self.seen['disordered']} ids came out of order")
        if self.sent + self.losses.get("kernel_ring_full", 0) != count:
            raise Malfunction(f"{count} calls made {self.sent} events, losses {self.losses}")

    @property
    def events_per_second(self):
        return self.seen["events"] / max(self.seen["seconds"], 1e-3)

    @property
    def whole(self):
        """Nothing is missing."""
        return self.seen["events"] == self.calls and not self.losses and not self.seen["lost"]

    @property
    def cpu(self):
        """Seconds of CPU per event in the service."""
        return self.user + self.system

    def received(self):
        return f"{self.seen['events']:,} of {self.calls:,}"

    def account(self):
        """What was lost, by stage."""
        losses = ", ".join(f"{stage} {lost:,}" for stage, lost in self.losses.items())
        return losses or "nothing"


class ThroughputMeasurement:
    """The service on one CPU; the caller and its one subscriber on another."""

    def __init__(self, tools, binary, caller):
        self.tools, self.binary, self.caller = tools, binary, caller

    def run(self):
        with Service(self.binary) as service:
            self.flat_out = self._transfer(
                service, "pipe2", ("time pipe2", _FLAT_OUT), _FLAT_OUT)
            self.paced = []
            for rate in _RATES:
                count = int(rate * _SECONDS_PER_RATE)
                self.paced.append((rate, self._transfer(
                    service, "getgroups", ("pace getgroups", rate, count), count)))
            self.saturated = self._transfer(
                service, "getgroups", ("time getgroups", _SATURATING), _SATURATING)

    def _transfer(self, service, call, job, count):
        return Transfer(self.tools, service, self.caller, call, job, count)

    def tell(self, table):
        table.section("Events to one subscriber; the service on one CPU, all else on another")
        table.add("pipe2 flat out: events/s", f"{self.flat_out.events_per_second:,.0f}")
        table.add("pipe2 flat out: received of calls made", self.flat_out.received())
        table.add("pipe2 flat out: lost", self.flat_out.account())
        whole = [transfer for _, transfer in self.paced if transfer.whole]
        most = max((transfer.events_per_second for transfer in whole), default=0)
        table.add(
            "getgroups, paced: most events/s without loss", f"{most:,.0f}", ">= 400,000",
            most >= 400_000 * 0.99)
        for rate, transfer in self.paced:
            table.add(
                f"getgroups at {rate:,}/s: received, lost",
                f"{transfer.events_per_second:,.0f}/s, {transfer.account()}")
        table.add(
            "getgroups flat out: events/s received", f"{self.saturated.events_per_second:,.0f}")
        table.add("getgroups flat out: received of calls made", self.saturated.received())
        table.add("getgroups flat out: lost", self.saturated.account())
        for title, transfer in (("pipe2", self.flat_out), ("getgroups", self.saturated)):
            table.add(
                f"CPU of the service per event, {title} flat out",
                f"{transfer.cpu * 1e6:.2f} us (system {transfer.system * 1e6:.2f}), "
                f"{1 / transfer.cpu:,.0f}/s per core",
                "<= 2 us", transfer.cpu <= 2e-6)
        table.add(
            "JSON per process_kprobe event", f"{self.flat_out.json_bytes:,.0f} B", "<= 1,100 B",
            self.flat_out.json_bytes <= 1100)
