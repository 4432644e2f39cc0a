"""Variants of tracing, measured by turns."""

from statistics import median, quantiles

CALLS = 2_000
OTHER_CALLS = 50_000
UNTRACED = "untraced"


class Costs:
    """Nanoseconds per call of one variant, a figure per round."""

    def __init__(self):
        self.pipe2, self.getppid, self.added = [], [], []
        # Of the programs alone, by the kernel's own count.
        self.inside = []


class Variants:
    """Runs every variant once per round, each between two looks at the untraced call.

    What disturbs a batch only ever adds to it, so the best of a few counts. What lasts longer
    disturbs the neighbours too: a variant's cost is what it adds to their mean.
    """

    def __init__(self, caller, batches):
        self.caller, self.batches = caller, batches
        self.costs = {}

    @property
    def events(self):
        """What one measurement reports."""
        return CALLS * self.batches

    def run(self, number, variants):
        """Round `number` of pairs of a name and of what traces, measures that name, and ends."""
        start = number * 3 % len(variants)
        before = self.measure(UNTRACED)
        for name, trace in variants[start:] + variants[:start]:
            traced = trace(name)
            after = self.measure(UNTRACED)
            self.costs[name].added.append(traced - (before + after) / 2)
            before = after

    def measure(self, name):
        """Nanoseconds per {pipe2, close, close} now."""
        costs = self.of(name)
        costs.pipe2.append(self._best("time pipe2", CALLS))
        costs.getppid.append(self._best("time getppid", OTHER_CALLS))
        return costs.pipe2[-1]

    def make_calls(self):
        """The same calls, for what else there is to learn of them."""
        self._best("time pipe2", CALLS)

    def _best(self, job, count):
        return min(self.caller.run(job, count) for _ in range(self.batches))

    # MARK: - Figures

    def of(self, name):
        return self.costs.setdefault(name, Costs())

    def total(self, name):
        return median(self.costs[name].pipe2)

    def others(self, name):
        return median(self.costs[name].getppid)

    def added(self, name):
        return median(self.costs[name].added)

    def inside(self, name):
        return median(self.costs[name].inside)

    def error(self, name):
        """About the standard error of the median: 1.25 deviations, by the middle half."""
        low, _, high = quantiles(self.costs[name].added, n=4)
        return 1.25 * (high - low) / 1.35 / len(self.costs[name].added) ** 0.5

    def clear(self, *names):
        """Whether there is more than noise: a ratio of what could be nothing says nothing."""
        return all(self.added(name) > 3 * self.error(name) for name in names)
