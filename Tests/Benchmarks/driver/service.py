"""The service under test, started for the run and gone after it."""

import contextlib
import http.client
import json
import pathlib
import re
import shutil
import tempfile
import time

from processes import Child, Malfunction, READER_CPU


class Service(Child):
    """`martlet serve` on a port of its own, with a state directory of its own."""

    def __init__(self, binary, *flags, cpus=(READER_CPU,)):
        self.directory = tempfile.mkdtemp(prefix="state-", dir=binary.parents[1])
        self.log = tempfile.TemporaryFile("w+")
        self.connection = None
        began = time.monotonic()
        try:
            super().__init__(
                [binary, "serve", "--listen", "127.0.0.1:0", "--state-dir", self.directory,
                 "--log-level", "error", *flags],
                cpus=cpus, stderr=self.log)
        except BaseException:
            shutil.rmtree(self.directory)
            raise
        try:
            self._wait_until_ready()
            self.start_seconds = time.monotonic() - began
        except BaseException:
            self.__exit__(Malfunction)
            raise

    def _wait_until_ready(self):
        while not (found := re.search(r"viewer +http://127\.0\.0\.1:(\d+)/", self.line())):
            pass
        self.port = int(found[1])
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        self.request("GET", "/readyz")

    def request(self, method, path, body=None, expect=200):
        headers = {"Content-Type": "application/yaml"} if body else {}
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        text = response.read().decode()
        if response.status != expect:
            raise Malfunction(f"{method} {path}: {response.status} {text}")
        return text

    def add(self, policy):
        """Adds a policy; it traces when this returns. The answer is its status."""
        return json.loads(self.request("POST", "/v1/policies", policy, expect=201))

    def delete(self, name):
        self.request("DELETE", f"/v1/policies/{name}", expect=204)

    def methods(self):
        """The ways to attach to calls and functions that this kernel offers."""
        offered = json.loads(self.request("GET", "/v1/kernel"))["methods"]
        available = {method["name"] for method in offered if method["available"]}
        known = ("fentry", "kprobe.multi", "kprobe", "tracepoint")
        return [method for method in known if method in available]

    def functions(self, pattern):
        """Names of kernel functions that return something."""
        answer = json.loads(self.request("GET", f"/v1/functions?q={pattern}&limit=500"))
        return [function["name"] for function in answer["functions"] if function["result"]]

    def policy(self, name):
        return json.loads(self.request("GET", f"/v1/policies/{name}"))

    def sent(self, name):
        """Events that a policy's first hook has put into the ring."""
        return self.policy(name)["hooks"][0]["events"]["sent"]

    def metrics(self):
        """Every sample of /metrics by its name and labels, without the prefix."""
        lines = self.request("GET", "/metrics").splitlines()
        samples = (line.rsplit(" ", 1) for line in lines if line.startswith("martlet_"))
        return {name.removeprefix("martlet_"): float(value) for name, value in samples}

    def losses(self):
        """What was lost so far, by stage."""
        stages = re.compile(r'lost_total\{stage="(\w+)"\}')
        found = ((stages.fullmatch(name), value) for name, value in self.metrics().items())
        return {match[1]: int(value) for match, value in found if match}

    def cpu_seconds(self):
        """User and system time of all threads so far, exact to a tick."""
        fields = self._proc("stat").rsplit(")", 1)[1].split()
        return int(fields[11]) / 100, int(fields[12]) / 100

    def resident_bytes(self):
        return int(re.search(r"VmRSS:\s+(\d+)", self._proc("status"))[1]) * 1024

    def kernel_bytes(self):
        """Memory of the maps and programs that the service holds."""
        total = 0
        for path in pathlib.Path(f"/proc/{self.pid}/fdinfo").iterdir():
            with contextlib.suppress(FileNotFoundError):  # closed since it was listed
                found = re.search(r"^memlock:\s+(\d+)", path.read_text(), re.MULTILINE)
                total += int(found[1]) if found else 0
        return total

    def _proc(self, name):
        return pathlib.Path(f"/proc/{self.pid}/{name}").read_text()

    def __exit__(self, kind, *rest):
        try:
            if self.connection:
                self.connection.close()
            super().__exit__(kind, *rest)
            if kind is None and self.process.returncode != 0:
                raise Malfunction(f"{self.name} ended with status {self.process.returncode}")
        finally:
            if kind is not None:
                self.log.seek(0)
                print(self.log.read(), end="")
            self.log.close()
            shutil.rmtree(self.directory)
