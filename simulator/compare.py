"""Two comparisons: the slow invocations of a run against its fast ones, and one run against another."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from simulator.attributes import own_attributes
from simulator.metrics import needed_samples, percentile
from simulator.randomness import stream_key, unit_block
from simulator.system.replies import THROTTLED

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.attributes import AttributeDifference
    from simulator.columns import Column
    from simulator.run_data import RunData

RESAMPLES = 2_000
DRAWS_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True)
class SpanDifference:
    """How long a span of this name takes, in the median, in slow and in fast invocations (seconds; nan: none there).

    `share` is the part of the whole median difference that it explains; `depth` counts from 0 for the outermost mark.
    """

    name: str
    slow_s: float
    fast_s: float
    difference_s: float
    share: float
    depth: int
    calls_slow: float
    calls_fast: float


@dataclass(frozen=True, slots=True)
class SlowAgainstFast:
    """The invocations of one function above a threshold against those below it."""

    service: str
    threshold_s: float
    slow: int
    fast: int
    slow_median_s: float
    fast_median_s: float
    gap_s: tuple[float, float]  # the longest of the fast, the shortest of the slow
    spans: tuple[SpanDifference, ...]
    attributes: tuple[AttributeDifference, ...]
    cpu_slow_s: float
    cpu_fast_s: float

    @property
    def difference_s(self) -> float:
        """The difference of the two medians."""
        return self.slow_median_s - self.fast_median_s


@lru_cache(maxsize=16)
def slow_against_fast(data: RunData, threshold_s: float, service: str | None = None) -> SlowAgainstFast:
    """Compare the invocations of a function that took longer than `threshold_s` with the others.

    The function is the one behind the gateway, or `service`. What was refused for lack of concurrency never ran, and
    is in neither group; spans are those of the invocations whose marks were kept.
    """
    name = service or data.front
    inv = data.of_service(name)
    inv = {key: column[inv["outcome"] != THROTTLED] for key, column in inv.items()}
    duration = inv["duration_s"]
    slow = duration > threshold_s
    traced = inv["kept"] > 0 if inv["kept"].any() else np.ones(len(slow), dtype=bool)
    groups = (inv["number"][slow & traced], inv["number"][~slow & traced])
    medians = _median(duration[slow]), _median(duration[~slow])
    gap = (
        float(duration[~slow].max()) if (~slow).any() else math.nan,
        float(duration[slow].min()) if slow.any() else math.nan,
    )
    return SlowAgainstFast(
        service=name,
        threshold_s=threshold_s,
        slow=int(slow.sum()),
        fast=int((~slow).sum()),
        slow_median_s=medians[0],
        fast_median_s=medians[1],
        gap_s=gap,
        spans=_spans(
            data, groups, medians[0] - medians[1], (duration[slow & traced], duration[~slow & traced])
        ),
        attributes=own_attributes(inv, slow),
        cpu_slow_s=_median(inv["cpu_s"][slow]),
        cpu_fast_s=_median(inv["cpu_s"][~slow]),
    )


def _median(values: Column) -> float:
    return float(np.median(values)) if len(values) else math.nan


def _spans(
    data: RunData, groups: tuple[Column, Column], whole: float, durations: tuple[Column, Column]
) -> tuple[SpanDifference, ...]:
    table = data.marks
    length = table["end_s"] - table["start_s"]
    depth = _depths(table)
    rows = []
    for index in np.unique(table["name"]):
        chosen = table["name"] == index
        totals, calls = [], []
        for numbers in groups:
            mask = chosen & np.isin(table["invocation"], numbers)
            _, inverse = np.unique(table["invocation"][mask], return_inverse=True)
            totals.append(_median(np.bincount(inverse, weights=length[mask])) if mask.any() else math.nan)
            calls.append(float(mask.sum()) / len(numbers) if len(numbers) else 0.0)
        difference = totals[0] - totals[1]
        rows.append(SpanDifference(
            data.names[int(index)], totals[0], totals[1], difference, difference / whole if whole else math.nan,
            int(depth[chosen].min()), calls[0], calls[1],
        ))  # fmt: skip
    unmarked = [
        _unmarked(table, numbers, duration) for numbers, duration in zip(groups, durations, strict=True)
    ]
    medians = _median(unmarked[0]), _median(unmarked[1])
    difference = medians[0] - medians[1]
    share = difference / whole if whole else math.nan
    rows.append(SpanDifference("unmarked", *medians, difference, share, 0, 1.0, 1.0))
    return tuple(sorted(rows, key=lambda row: (-_rank(row.share), row.depth)))


def _rank(share: float) -> float:
    return -1.0 if math.isnan(share) else share


def _depths(table: dict[str, Column]) -> Column:
    """The depth of each span: parents stand before their children within an invocation."""
    first = np.searchsorted(table["invocation"], table["invocation"])
    depth = np.zeros(len(first), dtype=np.int64)
    parent = np.where(table["parent"] >= 0, first + table["parent"], -1)
    current = parent
    while (current >= 0).any():
        depth += current >= 0
        current = np.where(current >= 0, parent[current], -1)
    return depth


def _unmarked(table: dict[str, Column], numbers: Column, duration: Column) -> Column:
    """What no innermost mark covers, for each invocation: its duration less the union of marks without children."""
    first = np.searchsorted(table["invocation"], table["invocation"])
    leaf = np.ones(len(first), dtype=bool)
    leaf[(first + table["parent"])[table["parent"] >= 0]] = False
    mask = leaf & np.isin(table["invocation"], numbers)
    slot = np.searchsorted(numbers, table["invocation"][mask])
    start, end = table["start_s"][mask], table["end_s"][mask]
    covered = np.zeros(len(numbers))
    current, reached = -1, 0.0
    for i in np.lexsort((start, slot)):
        if slot[i] != current:
            current, reached = slot[i], start[i]
        covered[current] += max(0.0, end[i] - max(start[i], reached))
        reached = max(reached, end[i])
    rest: Column = np.maximum(0.0, duration - covered)
    return rest


@dataclass(frozen=True, slots=True)
class Difference:
    """A statistic before and after, in seconds, and the interval of its change; `reason`: why there is no interval."""

    name: str
    before_s: float
    after_s: float
    low_s: float | None = None
    high_s: float | None = None
    reason: str = ""

    @property
    def change_s(self) -> float:
        """After less before."""
        return self.after_s - self.before_s

    @property
    def verdict(self) -> str:
        """`faster`, `slower`, `no difference seen`, or `cannot tell`."""
        if self.low_s is None or self.high_s is None:
            return "cannot tell"
        return "faster" if self.high_s < 0 else "slower" if self.low_s > 0 else "no difference seen"


@dataclass(frozen=True, slots=True)
class BeforeAgainstAfter:
    """One run against another: what was unequal besides the change, then the statistics.

    `everybody` counts all requests, `warm` those that met no cold start (where paired: in neither run).
    """

    unequal: tuple[str, ...]
    paired: bool
    n_before: int
    n_after: int
    everybody: tuple[Difference, ...]
    n_warm_before: int
    n_warm_after: int
    warm: tuple[Difference, ...]


STATISTICS: tuple[tuple[str, float, float], ...] = (
    ("p50", 0.5, 0.95),
    ("p95", 0.95, 0.95),
    ("p99", 0.99, 0.99),
)


@lru_cache(maxsize=16)
def before_against_after(before: RunData, after: RunData) -> BeforeAgainstAfter:
    """Compare two runs. With the same seed, load and start, requests are paired: the same ones met both systems."""
    unequal = tuple(_unequal(before, after))
    paired = not unequal
    return BeforeAgainstAfter(
        unequal=unequal,
        paired=paired,
        n_before=len(before.latencies_s),
        n_after=len(after.latencies_s),
        everybody=_differences(before, after, paired=paired, warm=False),
        n_warm_before=len(before.warm_latencies_s),
        n_warm_after=len(after.warm_latencies_s),
        warm=_differences(before, after, paired=paired, warm=True),
    )


def _unequal(before: RunData, after: RunData) -> list[str]:
    a, b = before.settings, after.settings
    found = []
    if a.scenario != b.scenario:
        found.append(f"scenario: {a.scenario.name} and {b.scenario.name}, not the same")
    if a.seed != b.seed:
        found.append(f"seed: {a.seed} and {b.seed}")
    if a.plan != b.plan:
        found.append(f"load: {a.plan.name} ({before.sent} requests) and {b.plan.name} ({after.sent})")
    if a.start != b.start:
        found.append(f"start: {a.start} and {b.start}")
    if a.changes or b.changes:
        found.append("one was changed while it went on")
    return found


def _differences(before: RunData, after: RunData, *, paired: bool, warm: bool) -> tuple[Difference, ...]:
    (who_before, x), (who_after, y) = _sample(before, warm=warm), _sample(after, warm=warm)
    if paired:
        _, i, j = np.intersect1d(who_before, who_after, return_indices=True)
        x, y = x[i], y[j]
    n = min(len(x), len(y))
    told = [(name, p) for name, p, needs in STATISTICS if n >= needed_samples(needs)]
    intervals = dict(
        zip([name for name, _ in told], _intervals(x, y, [p for _, p in told], paired=paired), strict=True)
    )
    result = [_extreme("min", x, y, np.min)]
    for name, p, needs in STATISTICS:
        if not n:
            result.append(Difference(name, math.nan, math.nan, reason="no requests to compare"))
            continue
        pair = percentile(x, p), percentile(y, p)
        if name in intervals:
            result.append(Difference(name, *pair, *intervals[name]))
        else:
            reason = f"{name} needs {needed_samples(needs)} requests in each run, there are {n}"
            result.append(Difference(name, *pair, reason=reason))
    result.append(_extreme("max", x, y, np.max))
    return tuple(result)


def _intervals(x: Column, y: Column, ps: list[float], *, paired: bool) -> list[tuple[float, float]]:
    """The central 95 % of each quantile's change, over seeded bootstrap samples of pairs, or of each run."""
    if not ps:
        return []
    most = max(len(x), len(y))
    rows = RESAMPLES if most <= 2_000 else max(200, RESAMPLES * 2_000 // most)
    changes = []
    for first in range(0, rows, block := max(1, DRAWS_AT_ONCE // most)):
        count = min(block, rows - first)
        i = _resamples(len(x), "pairs" if paired else "before", first, count)
        j = i if paired else _resamples(len(y), "after", first, count)
        changes.append(np.quantile(y[j], ps, axis=1) - np.quantile(x[i], ps, axis=1))
    low, high = np.quantile(np.concatenate(changes, axis=1), (0.025, 0.975), axis=1)
    return list(zip(low.tolist(), high.tolist(), strict=True))


def _resamples(n: int, name: str, first: int, count: int) -> Column:
    """Some rows of n indices drawn with replacement, the same on every machine."""
    u = unit_block(stream_key(n, f"bootstrap:{name}"), count * n, first * n)
    index: Column = (u * n).astype(np.int64).reshape(count, n)
    return index


def _extreme(name: str, x: Column, y: Column, take: Callable[[Column], float]) -> Difference:
    if not len(x) or not len(y):
        return Difference(name, math.nan, math.nan, reason="no requests to compare")
    return Difference(name, float(take(x)), float(take(y)), reason="one request: no interval")


def _sample(data: RunData, *, warm: bool) -> tuple[Column, Column]:
    """Whose each answered request is - (user, step) is the same request in both runs - and its latency."""
    req = data.requests
    mask = ~np.isnan(req["latency_s"])
    if warm:
        mask &= req["cold"] == 0
    who = req["user"][mask].astype(np.uint64) << np.uint64(32) | req["step"][mask].astype(np.uint64)
    return who, req["latency_s"][mask]
