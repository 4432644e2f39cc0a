"""Processes that a run starts, each of which ends with the run."""

import ctypes
import json
import os
import signal
import subprocess

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)

# The readers' CPU and the caller's: tracing costs the caller, reading must not.
READER_CPU = 0
CALLER_CPU = os.cpu_count() - 1
ALL_CPUS = set(range(os.cpu_count()))


class Malfunction(Exception):
    """Something did not work, so the run has no figures."""


class Child:
    """A child process with pipes; a context manager that ends it."""

    def __init__(self, arguments, cpus=(READER_CPU,), stderr=None):
        def prepare():
            _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            os.sched_setaffinity(0, cpus)

        self.name = os.path.basename(arguments[0])
        self.process = subprocess.Popen(
            [str(argument) for argument in arguments], preexec_fn=prepare, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr)

    @property
    def pid(self):
        return self.process.pid

    def line(self):
        """The next line that the child prints."""
        line = self.process.stdout.readline()
        if not line:
            raise Malfunction(f"{self.name} ended early, status {self.process.wait()}")
        return line.rstrip("\n")

    def expect(self, word):
        line = self.line()
        if not line.startswith(word):
            raise Malfunction(f"{self.name} said {line!r} instead of {word!r}")
        return line

    def stop(self):
        """Ends the child and returns what it still had to say."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.communicate(timeout=60)[0]
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise Malfunction(f"{self.name} did not end when it was asked to")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            self.stop()
        except (Malfunction, ValueError):
            if kind is None:
                raise


class Caller(Child):
    """Makes system calls on a CPU of its own."""

    def __init__(self, tools):
        super().__init__([tools / "caller", CALLER_CPU])

    def start(self, *job):
        print(*job, file=self.process.stdin, flush=True)

    def finish(self):
        return float(self.line())

    def run(self, *job):
        self.start(*job)
        return self.finish()


CALLS = "/v1/events?type=process_kprobe"


class Consumer(Child):
    """Reads streams of events until each has brought `limit` calls."""

    def __init__(self, tools, port, limit, path=CALLS, streams=1):
        super().__init__([tools / "consumer", CALLER_CPU, port, path, limit, streams])
        self.expect("connected")

    def finish(self, seconds):
        """Waits for the last event, at most so long, and returns what was seen."""
        try:
            self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            pass  # it says how many it saw
        return json.loads(self.stop())


class Reference(Child):
    """The hand-written program."""

    def __init__(self, tools, way, tgid):
        super().__init__([tools / "reference", tools / "pipe2.bpf.o", way, tgid])
        self.expect("attached")

    def finish(self):
        """Detaches and returns what it counted, by name."""
        words = self.stop().split()
        return dict(zip(words[::2], map(int, words[1::2])))
