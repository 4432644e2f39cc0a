"""Other processes that trace this machine, which the figures then include."""

import contextlib
import os
import pathlib
import re

# Of enum bpf_prog_type: kprobe, tracepoint, perf_event, raw_tracepoint, its writable kin, tracing.
_TRACING_TYPES = {2, 5, 7, 17, 24, 26}
_TYPE = re.compile(r"^prog_type:\s+(\d+)", re.MULTILINE)


def _traces(process):
    # A process or a descriptor may go while it is looked at.
    with contextlib.suppress(OSError):
        for path in (process / "fdinfo").iterdir():
            with contextlib.suppress(OSError):
                found = _TYPE.search(path.read_text())
                if found and int(found[1]) in _TRACING_TYPES:
                    return True
    return False


def tracers():
    """Names and ids of the processes that hold tracing programs; the run's own have ended."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        if int(process.name) != os.getpid() and _traces(process):
            with contextlib.suppress(OSError):
                found.append(f"{(process / 'comm').read_text().strip()} {process.name}")
    return found
