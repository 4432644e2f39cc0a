"""tracefs for the length of a run: the reference programs need it where libbpf looks for it."""

import contextlib
import pathlib
import subprocess

PATH = pathlib.Path("/sys/kernel/tracing")


@contextlib.contextmanager
def mounted():
    """Mounts tracefs where it is not, and takes the mount away again."""
    if (PATH / "events").exists():
        yield
        return
    subprocess.run(["mount", "-t", "tracefs", "tracefs", PATH], check=True)
    try:
        yield
    finally:
        # Lazily: what is attached through it does not keep the directory busy for long.
        subprocess.run(["umount", "-l", PATH], check=True)
