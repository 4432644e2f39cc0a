"""How fast documents are checked, and what the worst of them cost."""

import os
import pathlib
import subprocess
import tempfile

import documents
from processes import Malfunction

_DOCUMENTS = 2_000
_LIMIT = 1 << 20  # bytes that the service takes of a document


class CheckingMeasurement:
    """Of `martlet check`, its start included: one process for all documents, on one thread."""

    def __init__(self, binary):
        self.binary = binary

    def run(self):
        with tempfile.TemporaryDirectory() as folder:
            text = documents.ordinary()
            names = []
            for number in range(_DOCUMENTS):
                path = pathlib.Path(folder, f"{number}.yaml")
                path.write_text(text)
                names.append(str(path))
            seconds, _ = self._check(names, status=0)
            self.rate = _DOCUMENTS / seconds
            self.size = len(text)
            self.worst = []
            for name, document in documents.worst(_LIMIT).items():
                path = pathlib.Path(folder, "worst")
                path.write_text(document)
                self.worst.append((name, *self._check([str(path)], status=1)))

    def _check(self, files, status):
        """Seconds of a CPU, and the most bytes that were resident."""
        process = subprocess.Popen(
            [self.binary, "check", "--output", "json", *files], stdout=subprocess.DEVNULL)
        _, end, usage = os.wait4(process.pid, 0)
        seconds = usage.ru_utime + usage.ru_stime
        process.returncode = os.waitstatus_to_exitcode(end)
        if process.returncode != status:
            raise Malfunction(f"martlet check ended with {process.returncode}, not {status}")
        return seconds, usage.ru_maxrss * 1024

    def tell(self, table):
        table.section("Checking documents, without a kernel")
        table.add(
            f"documents of {self.size:,} bytes", f"{self.rate:,.0f} /s of a CPU", ">= 1,000 /s",
            self.rate >= 1_000)
        slowest = max(self.worst, key=lambda found: found[1])
        largest = max(self.worst, key=lambda found: found[2])
        table.add(
            f"1 MiB, the slowest: {slowest[0]}", f"{slowest[1] * 1e3:,.0f} ms", "<= 1,000 ms",
            slowest[1] <= 1)
        table.add(
            f"1 MiB, the largest: {largest[0]}", f"{largest[2] / 2**20:,.0f} MiB", "<= 64 MiB",
            largest[2] <= 64 * 2**20)
