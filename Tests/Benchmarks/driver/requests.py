"""How many requests are answered a second."""

import re
import shutil
from statistics import median

import policies
from processes import CALLER_CPU, Child, Malfunction
from service import Service

_SECONDS = 3
_ROUNDS = 3
_CONNECTIONS = 16


class RequestsMeasurement:
    """The service on one CPU; wrk on another."""

    def __init__(self, binary):
        self.binary = binary

    def run(self):
        if not shutil.which("wrk"):
            raise Malfunction("wrk is not there: `make bench-packages` installs it")
        with Service(self.binary) as service:
            service.add(policies.one_call("pipe2", policies.NOBODY))
            self.rounds = [self._round(service) for _ in range(_ROUNDS)]

    @staticmethod
    def _round(service):
        """Requests a second, and milliseconds that 99 of 100 do not exceed."""
        url = f"http://127.0.0.1:{service.port}/v1/policies"
        wrk = [
            shutil.which("wrk"), "--threads", 1, "--connections", _CONNECTIONS,
            "--duration", _SECONDS, "--latency", url]
        with Child(wrk, cpus=(CALLER_CPU,)) as child:
            text = child.process.communicate(timeout=60)[0]
        if "Non-2xx" in text or "Socket errors" in text:
            raise Malfunction(text)
        late = re.search(r"99%\s+([\d.]+)(us|ms|s)", text)
        scale = {"us": 1e-3, "ms": 1, "s": 1e3}[late[2]]
        return float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]), float(late[1]) * scale

    def tell(self, table):
        table.section(
            f"GET /v1/policies with one policy, {_CONNECTIONS} connections; medians of {_ROUNDS}")
        each, late = (median(figures) for figures in zip(*self.rounds))
        table.add("requests/s, service on one CPU", f"{each:,.0f}")
        table.add("99 of 100 within", f"{late:.1f} ms")
