"""Two comparisons: the slow invocations of a run against its fast ones, and one run against another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from simulator.metrics import needed_samples, percentile
from simulator.randomness import stream_key, unit_block

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.columns import Column
    from simulator.run_data import RunData

RESAMPLES = 2_000


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
class AttributeDifference:
    """How often an attribute is found among slow and among fast invocations."""

    name: str
    slow: int
    fast: int
    of_slow: int
    of_fast: int


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
    """Compare the invocations of a function (default: the one behind the gateway) that took longer than `threshold_s` with the others."""
    name = service or data.front
    inv = data.of_service(name)
    duration = inv["duration_s"]
    slow = duration > threshold_s
    groups = (inv["number"][slow], inv["number"][~slow])
    medians = _median(duration[slow]), _median(duration[~slow])
    gap = (
        float(duration[~slow].max()) if (~slow).any() else float("nan"),
        float(duration[slow].min()) if slow.any() else float("nan"),
    )
    return SlowAgainstFast(
        service=name,
        threshold_s=threshold_s,
        slow=int(slow.sum()),
        fast=int((~slow).sum()),
        slow_median_s=medians[0],
        fast_median_s=medians[1],
        gap_s=gap,
        spans=_spans(data, groups, medians[0] - medians[1], (duration[slow], duration[~slow])),
        attributes=_attributes(inv, slow),
        cpu_slow_s=_median(inv["cpu_s"][slow]),
        cpu_fast_s=_median(inv["cpu_s"][~slow]),
    )


def _median(values: Column) -> float:
    return float(np.median(values)) if len(values) else float("nan")


def _attributes(inv: dict[str, Column], slow: Column) -> tuple[AttributeDifference, ...]:
    masks = {
        "COLD START": inv["cold_s"] > 0,
        "ERROR": (inv["outcome"] > 0) | (inv["status"] >= 500),
    }
    return tuple(
        AttributeDifference(
            name, int((mask & slow).sum()), int((mask & ~slow).sum()), int(slow.sum()), int((~slow).sum())
        )
        for name, mask in masks.items()
    )


def _spans(
    data: RunData, groups: tuple[Column, Column], whole: float, durations: tuple[Column, Column]
) -> tuple[SpanDifference, ...]:
    table = data.spans
    length = table["end_s"] - table["start_s"]
    depth = _depths(table)
    rows = []
    for index in np.unique(table["name"]):
        chosen = table["name"] == index
        totals, calls = [], []
        for numbers in groups:
            mask = chosen & np.isin(table["invocation"], numbers)
            _, inverse = np.unique(table["invocation"][mask], return_inverse=True)
            totals.append(_median(np.bincount(inverse, weights=length[mask])) if mask.any() else float("nan"))
            calls.append(float(mask.sum()) / len(numbers) if len(numbers) else 0.0)
        difference = totals[0] - totals[1]
        rows.append(SpanDifference(
            data.names[int(index)], totals[0], totals[1], difference, difference / whole if whole else float("nan"),
            int(depth[chosen].min()), calls[0], calls[1],
        ))  # fmt: skip
    unmarked = [
        _unmarked(table, depth, numbers, duration)
        for numbers, duration in zip(groups, durations, strict=True)
    ]
    medians = _median(unmarked[0]), _median(unmarked[1])
    difference = medians[0] - medians[1]
    share = difference / whole if whole else float("nan")
    rows.append(SpanDifference("unmarked", *medians, difference, share, 0, 1.0, 1.0))
    return tuple(sorted(rows, key=lambda row: (-_rank(row.share), row.depth)))


def _rank(share: float) -> float:
    return share if share == share else -1.0


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


def _unmarked(table: dict[str, Column], depth: Column, numbers: Column, duration: Column) -> Column:
    """What no innermost mark covers: the duration less the time inside marks that hold no further mark."""
    if not len(table["invocation"]):
        return duration
    first = np.searchsorted(table["invocation"], table["invocation"])
    parents = np.unique((first + table["parent"])[table["parent"] >= 0])
    leaf = np.ones(len(first), dtype=bool)
    leaf[parents] = False
    mask = leaf & np.isin(table["invocation"], numbers)
    slot = np.searchsorted(numbers, table["invocation"][mask])
    covered = np.bincount(slot, weights=(table["end_s"] - table["start_s"])[mask], minlength=len(numbers))
    return np.maximum(0.0, duration - covered)


@dataclass(frozen=True, slots=True)
class Difference:
    """A statistic before and after (seconds), and the interval of its change; `reason` says why there is no interval."""

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
    """One run against another: what was unequal besides the change, then the statistics, for all and without cold starts."""

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
    first, second = _sample(before, warm=warm), _sample(after, warm=warm)
    if paired:
        common, i, j = np.intersect1d(first[0], second[0], return_indices=True)
        x, y = first[1][i], second[1][j]
        draws = _resamples(len(common), "pairs"), None
    else:
        x, y = first[1], second[1]
        draws = _resamples(len(x), "before"), _resamples(len(y), "after")
    n = min(len(x), len(y))
    result = [_extreme("min", x, y, np.min)]
    for name, p, needs in STATISTICS:
        if not n:
            result.append(Difference(name, float("nan"), float("nan"), reason="no requests to compare"))
            continue
        pair = percentile(x, p), percentile(y, p)
        needed = needed_samples(needs)
        if n < needed:
            result.append(
                Difference(name, *pair, reason=f"{name} needs {needed} requests in each run, there are {n}")
            )
            continue
        a = np.quantile(x[draws[0]], p, axis=1)
        b = np.quantile(y[draws[0] if draws[1] is None else draws[1]], p, axis=1)
        low, high = np.quantile(b - a, (0.025, 0.975))
        result.append(Difference(name, *pair, float(low), float(high)))
    result.append(_extreme("max", x, y, np.max))
    return tuple(result)


def _extreme(name: str, x: Column, y: Column, take: Callable[[Column], float]) -> Difference:
    if not len(x) or not len(y):
        return Difference(name, float("nan"), float("nan"), reason="no requests to compare")
    return Difference(name, float(take(x)), float(take(y)), reason="one request: no interval")


def _sample(data: RunData, *, warm: bool) -> tuple[Column, Column]:
    req = data.requests
    mask = ~np.isnan(req["latency_s"])
    if warm:
        mask &= req["cold"] == 0
    return req["number"][mask], req["latency_s"][mask]


def _resamples(n: int, name: str) -> Column:
    """Seeded bootstrap: rows of n indices drawn with replacement, the same on every machine."""
    rows = RESAMPLES if n <= 2_000 else max(200, RESAMPLES * 2_000 // n)
    u = unit_block(stream_key(n, f"bootstrap:{name}"), rows * n)
    index: Column = (u * n).astype(np.int64).reshape(rows, n)
    return index
