"""Memory of the service, and of one policy in the kernel."""

import time

import policies
from processes import Consumer, Malfunction
from service import Service

_RATE = 100_000
_SECONDS = 4


class MemoryMeasurement:
    def __init__(self, tools, binary, caller):
        self.tools, self.binary, self.caller = tools, binary, caller

    def run(self):
        with Service(self.binary, "--event-log-size", "16MiB") as service:
            self.idle = service.resident_bytes()
            before = service.kernel_bytes()
            self.shared = before
            service.add(policies.one_call("getgroups", self.caller.pid))
            self.policy = service.kernel_bytes() - before
            self.loaded = self._load(service)

    def _load(self, service):
        """The most that was resident while events came."""
        count, most = _RATE * _SECONDS, 0
        with Consumer(self.tools, service.port, count) as consumer:
            self.caller.start("pace getgroups", _RATE, count)
            end = time.monotonic() + _SECONDS
            while time.monotonic() < end:
                most = max(most, service.resident_bytes())
                time.sleep(0.05)
            self.caller.finish()
            seen = consumer.finish(seconds=5)
        if seen["events"] != count:
            raise Malfunction(f"{seen['events']} events of {count} at {_RATE} a second")
        return most

    def tell(self, table):
        table.section("Memory")
        table.add(
            "resident, idle", f"{self.idle / 1e6:.1f} MB", "<= 30 MB", self.idle <= 30e6)
        table.add(
            f"resident, {_RATE:,} events/s, 16 MiB log", f"{self.loaded / 1e6:.1f} MB",
            "<= 60 MB", self.loaded <= 60e6)
        table.add(
            "kernel, per one-hook policy", f"{self.policy / 1e3:,.1f} kB", "<= 1 MB",
            self.policy <= 1e6)
        table.add("kernel, shared by all policies", f"{self.shared / 1e6:.1f} MB")
