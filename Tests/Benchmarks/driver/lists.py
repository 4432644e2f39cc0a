"""How long it takes to hook a whole list, by attach method."""

import time
from statistics import median

import policies
import tracefs
from processes import ALL_CPUS, Malfunction
from service import Service

_LENGTH = 140
# So often, or until so many seconds have passed.
_TIMES, _ENOUGH = 3, 5
# Common names first: a list of those is what people have.
_PATTERNS = ("vfs_*", "security_*", "tcp_*", "acpi_*")
# Of a list and a method, with returns or without, in milliseconds.
_BUDGETS = {("functions", "kprobe.multi", False): 300}


class ListsMeasurement:
    def __init__(self, binary):
        self.binary = binary
        self.figures = {}

    def run(self):
        with Service(self.binary, cpus=ALL_CPUS) as service:
            offered = service.methods()
            lists = {"syscalls": policies.calls_with_parameters(_LENGTH)}
            if set(offered) - {"tracepoint"}:
                lists["functions"] = self._functions(service)
            for kind, names in lists.items():
                for method in offered:
                    if kind == "functions" and method == "tracepoint":
                        continue
                    for returns in (False, True):
                        self.figures[(kind, method, returns)] = self._times(
                            service, kind, names, method, returns)

    @staticmethod
    def _functions(service):
        attachable = {
            line.split()[0]
            for line in (tracefs.PATH / "available_filter_functions").read_text().splitlines()}
        names = [name for pattern in _PATTERNS for name in service.functions(pattern)
                 if name in attachable]
        if len(names) < _LENGTH:
            raise Malfunction(f"only {len(names)} functions for a list")
        return names[:_LENGTH]

    def _times(self, service, kind, names, method, returns):
        """What POST, load_time_ns, PUT and DELETE took, or why it was refused."""
        first, second = (
            policies.whole_list(kind, names, method, returns, message)
            for message in ("first", "second"))
        times = []
        start = time.monotonic()
        while len(times) < _TIMES and time.monotonic() < start + _ENOUGH:
            moments = [time.monotonic()]
            try:
                status = service.add(first)
            except Malfunction as refusal:
                return str(refusal)
            moments.append(time.monotonic())
            service.request("PUT", "/v1/policies/list", second)
            moments.append(time.monotonic())
            service.delete("list")
            moments.append(time.monotonic())
            post, put, delete = (
                after - before for before, after in zip(moments, moments[1:]))
            loaded = sum(hook["load_time_ns"] for hook in status["hooks"]) / 1e9
            times.append((post, loaded, put, delete))
        return times

    def tell(self, table):
        table.section(
            f"A list of {_LENGTH}, on all CPUs: POST (of it loading and attaching), PUT that "
            "replaces it, DELETE")
        for (kind, method, returns), times in self.figures.items():
            title = f"{kind} by {method}, {'with' if returns else 'without'} returns"
            if isinstance(times, str):
                # Its end says what the kernel said of which function.
                table.add(title, f"refused: ...{times[-90:]}")
                continue
            post, loaded, put, delete = (median(column) * 1e3 for column in zip(*times))
            budget = _BUDGETS.get((kind, method, returns))
            table.add(
                title, f"{post:,.0f} ms ({loaded:,.0f}), {put:,.0f} ms, {delete:,.0f} ms",
                f"<= {budget} ms" if budget else "", post <= budget if budget else None)
