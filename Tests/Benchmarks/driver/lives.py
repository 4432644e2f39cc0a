"""What following processes costs: those that start and end, and the service."""

import time
from statistics import median

from processes import CALLER_CPU, Child, Malfunction
from service import Service

_SPAWNS = 4_000  # of one round
_PAIRS = 20_000  # for the service's own time
_HELD = 5_000


class Spawner(Child):
    """Starts tiny static programs from a CPU of its own."""

    def __init__(self, tools):
        super().__init__([tools / "spawner", CALLER_CPU, tools / "tiny"], cpus=(CALLER_CPU,))

    def _do(self, *job):
        print(*job, file=self.process.stdin, flush=True)
        return self.line()

    def spawn(self, count):
        return float(self._do("spawn", count))

    def hold(self, count):
        self._do("hold", count)

    def release(self):
        self._do("release")


class LivesMeasurement:
    def __init__(self, tools, binary, rounds):
        self.tools, self.binary, self.rounds = tools, binary, rounds

    def run(self):
        with Spawner(self.tools) as spawner:
            spawner.spawn(1_000)  # what comes first is slower
            rounds = [self._round(spawner) for _ in range(self.rounds)]
            self.absent, self.running = (median(side) for side in zip(*rounds))
            self.ratio = median(running / absent for absent, running in rounds)
            with self._service() as service:
                self.pair = self._pair(spawner, service)
            with Service(self.binary, "--event-log-size", "1MiB") as service:
                self.resident = self._resident(spawner, service)
            self.scans = [self._scan() for _ in range(3)]
            spawner.release()

    def _service(self):
        return Service(self.binary, "--no-bpf-stats")

    def _round(self, spawner):
        absent = spawner.spawn(_SPAWNS)
        with self._service():
            return absent, spawner.spawn(_SPAWNS)

    def _pair(self, spawner, service):
        """CPU of the service for one exec and exit, in seconds."""
        before, exits = sum(service.cpu_seconds()), self._exits(service)
        spawner.spawn(_PAIRS)
        end = time.monotonic() + 5
        while (seen := self._exits(service) - exits) < _PAIRS:
            if time.monotonic() > end:
                raise Malfunction(f"{seen} exits of {_PAIRS} were seen")
            time.sleep(0.01)  # the reader counts in passing
        spent = sum(service.cpu_seconds()) - before
        if lost := {stage: n for stage, n in service.losses().items() if n}:
            raise Malfunction(f"lost: {lost}")
        return spent / _PAIRS

    @staticmethod
    def _exits(service):
        return service.metrics()['process_records_total{kind="exit"}']

    def _resident(self, spawner, service):
        """Memory for one more process in the table, without the log, which is full before."""
        spawner.hold(_HELD // 2)
        known = self._processes(service, _HELD // 2)
        before = service.resident_bytes()
        spawner.hold(_HELD)
        more = self._processes(service, known + _HELD // 2) - known
        return (service.resident_bytes() - before) / more

    @staticmethod
    def _processes(service, least):
        """How many are in the table, as soon as there are enough."""
        end = time.monotonic() + 10
        while (known := service.metrics()["processes"]) < least:
            if time.monotonic() > end:
                raise Malfunction(f"{known} processes of {least} were seen")
            time.sleep(0.01)
        return known

    def _scan(self):
        with self._service() as service:
            end = time.monotonic() + 10
            while not (found := service.metrics())["process_scan_seconds"]:
                if time.monotonic() > end:
                    raise Malfunction("/proc was not read in 10 s")
                time.sleep(0.01)
            if found["processes"] < _HELD:
                raise Malfunction(f"{found['processes']} processes of {_HELD} were found")
            return found["process_scan_seconds"]

    def tell(self, table):
        table.section("Processes")
        table.add(
            "vfork + exec + exit, service running / absent",
            f"{self.running / 1e3:.1f} / {self.absent / 1e3:.1f} us = {self.ratio:.2f}x",
            "<= 1.10x", self.ratio <= 1.10)
        table.add(
            "user-space CPU per exec and exit", f"{self.pair * 1e6:.1f} us", "<= 15 us",
            self.pair <= 15e-6)
        table.add(
            "memory per process in the table", f"{self.resident / 1024:.2f} KiB", "<= 1.5 KiB",
            self.resident <= 1536)
        scan = median(self.scans)
        table.add(
            f"start-up scan of {_HELD:,} processes", f"{scan * 1e3:.0f} ms", "<= 250 ms",
            scan <= 0.25)
