"""The same measurements on other kernels, in virtual machines."""

import json
import os
import pathlib
import subprocess
import sys

from processes import Malfunction

_TREE = pathlib.Path(__file__).resolve().parents[3]
KERNELS = ("6.1", "6.12")
PARTS = ("methods", "lists")
_UNAVAILABLE = 77  # as Tests/VM/boot ends


def measure(kernel, parts, rounds, table):
    """Boots the kernel, measures the parts there, and adds the rows of its table."""
    boot = subprocess.run(
        [_TREE / "Tests" / "VM" / "boot", kernel, "bench", f"{','.join(parts)}:{rounds}"],
        env={**os.environ, "BUILD": str(_TREE / ".build" / "benchmarks"), "MINUTES": "20"},
        stdin=subprocess.DEVNULL, stdout=sys.stderr)
    if boot.returncode == _UNAVAILABLE:
        table.section(f"Linux {kernel} was skipped: no virtual machine can be had")
        return
    if boot.returncode:
        raise Malfunction(f"the guest with Linux {kernel} ended with {boot.returncode}")
    table.section(f"Linux {kernel}, in a virtual machine without hardware support")
    results = _TREE / ".build" / "vm" / kernel / "results.jsonl"
    table.rows += [tuple(json.loads(line)) for line in results.read_text().splitlines()]
