"""Runs the measurements and prints one table. Fails on malfunction, not on a missed budget."""

import argparse
import os
import pathlib
import platform
import signal
import sys
import time

import guests
import tracefs
from checking import CheckingMeasurement
from cost import CostMeasurement
from delivery import DeliveryMeasurement
from latency import LatencyMeasurement
from lists import ListsMeasurement
from lives import LivesMeasurement
from memory import MemoryMeasurement
from methods import MethodsMeasurement
from neighbours import tracers
from processes import Caller, Malfunction
from requests import RequestsMeasurement
from subscribers import SubscribersMeasurement
from table import Table
from throughput import ThroughputMeasurement

_BUILD = pathlib.Path(__file__).resolve().parents[3] / ".build"
_TOOLS = _BUILD / "benchmarks"
_SERVICE = _BUILD / "release" / "martlet"
_LONGEST = 240  # seconds, of one part
_LONGEST_IN_GUEST = 1_000
_PARTS = (
    "cost", "throughput", "subscribers", "delivery", "requests", "memory", "latency", "checking",
    "methods", "lists", "lives")


def _arguments():
    parser = argparse.ArgumentParser(prog="run", description=__doc__)
    parser.add_argument(
        "--only", default=",".join(_PARTS), help=f"parts, of {', '.join(_PARTS)}")
    parser.add_argument(
        "--rounds", type=int, default=10, 
        help="of cost and methods, from 2 to 20; 10, and half as many in virtual machines")
    parser.add_argument(
        "--no-guests", action="store_true",
        help=f"this kernel alone: no {' and '.join(guests.PARTS)} in virtual machines")
    parser.add_argument(
        "--ratios", metavar="FILE",
        help="of methods tell ratios only, and write the table's rows to FILE as JSON lines")
    arguments = parser.parse_args()
    if not 2 <= arguments.rounds <= 20:
        parser.error("from 2 to 20 rounds")
    arguments.only = arguments.only.split(",")
    if unknown := set(arguments.only) - set(_PARTS):
        parser.error(f"no such part: {', '.join(unknown)}")
    return arguments


def _end(number, _):
    # Raised where the run stands, so that every process is ended on the way out.
    raise Malfunction(f"ended by {signal.Signals(number).name}")


def _measure(arguments, table):
    with Caller(_TOOLS) as caller:
        measurements = {
            "cost": lambda: CostMeasurement(_TOOLS, _SERVICE, caller, arguments.rounds),
            "throughput": lambda: ThroughputMeasurement(_TOOLS, _SERVICE, caller),
            "subscribers": lambda: SubscribersMeasurement(_TOOLS, _SERVICE, caller),
            "delivery": lambda: DeliveryMeasurement(_TOOLS, _SERVICE, caller),
            "requests": lambda: RequestsMeasurement(_SERVICE),
            "memory": lambda: MemoryMeasurement(_TOOLS, _SERVICE, caller),
            "latency": lambda: LatencyMeasurement(_SERVICE),
            "checking": lambda: CheckingMeasurement(_SERVICE),
            "methods": lambda: MethodsMeasurement(
                _TOOLS, _SERVICE, caller, arguments.rounds, bool(arguments.ratios)),
            "lists": lambda: ListsMeasurement(_SERVICE),
            "lives": lambda: LivesMeasurement(_TOOLS, _SERVICE, arguments.rounds),
        }
        neighbours = set(tracers())
        for part in arguments.only:
            start = time.monotonic()
            signal.alarm(_LONGEST_IN_GUEST if arguments.ratios else _LONGEST)
            print(f"measuring {part} ...", end=" ", file=sys.stderr, flush=True)
            measurement = measurements[part]()
            measurement.run()
            measurement.tell(table)
            neighbours.update(tracers())
            print(f"{time.monotonic() - start:.0f} s", file=sys.stderr)
    signal.alarm(0)
    if neighbours:
        table.section(
            f"Not alone: {', '.join(sorted(neighbours))} traced this machine meanwhile, so what "
            "tracing\ncosts and what run statistics cost is not what it would be otherwise.")


def main():
    arguments = _arguments()
    if os.geteuid() != 0:
        sys.exit("bench: tracing needs root")
    if os.cpu_count() < 2:
        sys.exit("bench: the traced and the readers need a CPU each, and there is one")
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, _end)
    table = Table()
    failure = None
    try:
        with tracefs.mounted():
            _measure(arguments, table)
        if parts := [part for part in guests.PARTS if part in arguments.only]:
            # Guests take both CPUs, so they come last.
            for kernel in () if arguments.no_guests else guests.KERNELS:
                guests.measure(kernel, parts, max(2, arguments.rounds // 2), table)
    except Malfunction as malfunction:
        failure = f"bench: {malfunction}"
    signal.alarm(0)
    if arguments.ratios:
        pathlib.Path(arguments.ratios).write_text(table.json_lines())
    load = os.getloadavg()[0]
    print(f"Linux {platform.release()}, {os.cpu_count()} CPUs, load {load:.1f}\n")
    print(table.text(), flush=True)
    sys.exit(failure)


main()
