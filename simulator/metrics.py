"""Exact percentiles, how sure one can be of them, and counts for charts.

Arithmetic on plain arrays: no percentile is a sketch, and beside each stands a way to ask how far to trust
it. Latencies are in seconds. NaN is refused everywhere: a request without an answer has no latency, so leave
it out and count it beside the number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Counts = NDArray[np.intp]

_BLOCK = 32_768
"""Values binned at a time, so that the intermediate arrays stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Latency:
    """How long the answers to n requests took, in seconds; all but ``n`` are NaN when there are none."""

    n: int
    min: float
    mean: float
    median: float
    p95: float
    p99: float
    max: float


@dataclass(frozen=True, slots=True)
class Interval:
    """Two samples between which a quantile lies with probability ``coverage``; ranks count from 1."""

    low: float
    high: float
    coverage: float
    low_rank: int
    high_rank: int


@dataclass(frozen=True, slots=True)
class ProportionInterval:
    """Where a share lies, both ends in [0, 1]; ``coverage`` is nominal."""

    low: float
    high: float
    coverage: float


class Ordered:
    """Values that are sorted once, for several questions; those that sort take it instead of the values.

    Raises ValueError for NaN among the values.
    """

    __slots__ = ("values",)

    def __init__(self, values: ArrayLike) -> None:
        self.values: Floats = _sorted(values)
        self.values.setflags(write=False)


def percentile(values: ArrayLike | Ordered, p: float) -> float:
    """Return the p-quantile, interpolated between the two nearest samples; NaN when there are none.

    values: one dimension, any order, left as it is. p: in [0, 1]. The rule is numpy's "linear" and
    ``statistics.quantiles(method="inclusive")``: definition 7 of Hyndman and Fan, "Sample Quantiles in
    Statistical Packages", 1996. Infinities sort to the ends and are returned as they are.
    Raises ValueError for NaN among the values and for p outside [0, 1].
    """
    return percentiles(values, (p,))[0]


def percentiles(values: ArrayLike | Ordered, ps: Iterable[float]) -> tuple[float, ...]:
    """Return several quantiles for one sort; see `percentile`."""
    ordered = _sorted(values)
    return tuple(_linear(ordered, p) for p in ps)


def summary(values: ArrayLike | Ordered) -> Latency:
    """Summarize latencies in seconds. Raises ValueError for NaN among them."""
    ordered = _sorted(values)
    if not ordered.size:
        return Latency(0, *[math.nan] * 6)
    median, p95, p99 = (_linear(ordered, p) for p in (0.5, 0.95, 0.99))
    mean = float(np.mean(ordered))
    return Latency(ordered.size, float(ordered[0]), mean, median, p95, p99, float(ordered[-1]))


def artillery1_percentile(values: ArrayLike | Ordered, p: float) -> float:
    """Return a quantile as Artillery 1.6.0-15 did, by the rule of stats-lite 2.0.0.

    With i = n p - 1/2, a whole i gives sample i (counted from 0), any other interpolates between the samples
    beside it. Past the last sample there is no number but NaN: p95 needs 10 samples, p99 needs 50. Where it
    is defined it equals numpy's "hazen". Values in any order; p above 1 counts as 1, below 0 it gives NaN, as
    there.
    Raises ValueError for NaN among the values.
    """
    ordered = _sorted(values)
    n = ordered.size
    if n == 0 or p < 0:
        return math.nan
    # In floating point and in this order, because the tool's choice between two samples hangs on it.
    position = n * min(p, 1.0) - 0.5
    below = math.trunc(position)
    share = position - below
    if share == 0:
        return float(ordered[below])
    if below + 1 >= n:
        return math.nan
    low, high = float(ordered[below]), float(ordered[below + 1])
    return low if low == high else (1 - share) * low + share * high


def needed_samples(p: float, confidence: float = 0.95) -> int:
    """Return how many independent samples it takes for the largest to exceed the p-quantile so surely.

    The largest of n stays below it with probability p^n: 59 samples for p95, 299 for p99, 2,995 for p99.9.
    Raises ValueError unless both are inside (0, 1).
    """
    _inside("p", p)
    exact = math.log(_complement(confidence)) / math.log(p)
    return max(1, math.ceil(exact * (1 - 1e-12)))  # noise must not round a whole number up


def percentile_interval(
    values: ArrayLike | Ordered, p: float, confidence: float = 0.95, *, narrowest: bool = False
) -> Interval | None:
    """Return two of the samples that hold the p-quantile between them; None when too few can tell.

    The count of samples below the quantile is binomial, so [x(r), x(s)] covers it with probability P(r <=
    Bin(n, p) <= s - 1), whatever the distribution, as long as the samples are independent (David and
    Nagaraja, "Order Statistics", 2003, section 7.1). Each tail gets half of the error. Where even the largest
    sample leaves more than that on its side, that side keeps what it needs and the other gets the rest: with
    60 samples p95 lies in x(52)..x(60). With ``narrowest`` the tails may differ, and the two ranks are as
    close together as the confidence allows. Both choices hang on n and p alone, so the coverage, which is at
    least the confidence, holds for either.
    Raises ValueError for NaN among the values, and unless p and confidence are inside (0, 1).
    """
    _inside("p", p)
    error = _complement(confidence)
    ordered = _sorted(values)
    n = ordered.size
    if n == 0 or p**n + (1 - p) ** n > error:
        return None
    first, chance = _binomial(n, p)
    rank_low, rank_high = (_narrowest if narrowest else _equal_tails)(first, chance, n, p, error)
    coverage = min(1.0, float(chance[max(0, rank_low - first) : rank_high - first].sum()))
    low, high = float(ordered[rank_low - 1]), float(ordered[rank_high - 1])
    return Interval(low, high, coverage, rank_low, rank_high)


def proportion_interval(k: int, n: int, confidence: float = 0.95) -> ProportionInterval:
    """Return where the true share lies when k of n independent trials came true: Wilson's score interval.

    Chosen because it covers close to what it says even for few trials and shares near 0 or 1, where the
    textbook interval fails (Wilson, 1927; Brown, Cai and DasGupta, "Interval Estimation for a Binomial
    Proportion", 2001). Of no trials nothing is known: [0, 1]. Raises ValueError unless 0 <= k <= n and
    confidence is inside (0, 1).
    """
    if not 0 <= k <= n:
        raise ValueError(f"k must be between 0 and n, not {k} of {n}")
    z = NormalDist().inv_cdf(1 - _complement(confidence) / 2)
    if n == 0:
        return ProportionInterval(0.0, 1.0, confidence)
    center = (k + z * z / 2) / (n + z * z)
    reach = z / (n + z * z) * math.sqrt(k * (n - k) / n + z * z / 4)
    low = 0.0 if k == 0 else max(0.0, center - reach)
    high = 1.0 if k == n else min(1.0, center + reach)
    return ProportionInterval(low, high, confidence)


def log_edges(low: float, high: float, bins: int) -> Floats:
    """Return the bins + 1 edges that cut [low, high] into bins of equal width on a logarithmic axis.

    Raises ValueError unless 0 < low < high < infinity, bins >= 1 and floats can tell the edges apart.
    """
    if not 0 < low < high < math.inf:
        raise ValueError(f"a logarithmic axis needs 0 < low < high, not {low} and {high}")
    ratio = high / low
    return _edges([low * ratio ** (i / bins) for i in range(bins)], high, bins)


def log_histogram(values: ArrayLike, low: float, high: float, bins: int) -> Counts:
    """Count values in bins of equal width on a logarithmic axis.

    Returns bins + 2 counts: the first for what lies below ``low``, the last for what lies above ``high``.
    Between them the bins have the edges of `log_edges` and are closed on the left, the last on both sides.
    Raises ValueError for NaN and for what `log_edges` refuses.
    """
    array, axis = _plain(values), _Axis(log_edges(low, high, bins), logarithmic=True)
    slots = np.empty(array.size, dtype=np.intp)
    for block in _blocks(array.size):
        axis.place(array[block], slots[block])
    return np.bincount(slots, minlength=axis.slots)


def heatmap(
    times: ArrayLike,
    values: ArrayLike,
    *,
    start: float,
    stop: float,
    columns: int,
    low: float,
    high: float,
    rows: int,
) -> Counts:
    """Count points in a grid: equal steps of time across, equal steps of the value's logarithm up.

    times, values: of one length, in any order. Returns counts of shape (rows + 2, columns): row 0 is what
    lies below ``low``, the last row what lies above ``high``, so no latency is lost. Points outside [start,
    stop] are left out. Raises ValueError for NaN, for arrays of two lengths and for an empty range.
    """
    moments, array = _plain(times), _plain(values)
    if moments.size != array.size:
        raise ValueError(f"times and values must be of one length, not {moments.size} and {array.size}")
    if not -math.inf < start < stop < math.inf:
        raise ValueError(f"a time axis needs start < stop, not {start} and {stop}")
    step = (stop - start) / max(columns, 1)
    across = _Axis(_edges([start + i * step for i in range(columns)], stop, columns))
    up = _Axis(log_edges(low, high, rows), logarithmic=True)
    cells = np.empty(array.size, dtype=np.intp)
    buffer = np.empty(min(_BLOCK, array.size), dtype=np.intp)
    for block in _blocks(array.size):
        cell, column = cells[block], buffer[: block.stop - block.start]
        up.place(array[block], cell)
        across.place(moments[block], column)
        cell *= across.slots
        cell += column
    counts = np.bincount(cells, minlength=up.slots * across.slots)
    return counts.reshape(up.slots, across.slots)[:, 1:-1]


def _plain(values: ArrayLike) -> Floats:
    """Return the values as one contiguous row of floats, or raise ValueError."""
    array = np.ascontiguousarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"values must have one dimension, not {array.ndim}")
    if np.isnan(array).any():
        raise ValueError("values hold NaN: leave out what has no value, and count it beside the number")
    return array


def _sorted(values: ArrayLike | Ordered) -> Floats:
    if isinstance(values, Ordered):
        return values.values
    # A full sort: for a handful of quantiles numpy's partition is the slower of the two.
    return np.sort(_plain(values))


def _linear(ordered: Floats, p: float) -> float:
    if not 0 <= p <= 1:
        raise ValueError(f"p must be between 0 and 1, not {p}")
    if not ordered.size:
        return math.nan
    # 0.95 means 19/20 here: n p must be whole where it is whole on paper, or a far neighbor leaks in.
    position = Fraction(str(float(p))) * (ordered.size - 1)
    below = math.floor(position)
    share = float(position - below)
    low = float(ordered[below])
    if share == 0:
        return low
    high = float(ordered[below + 1])
    if low == high:
        return low
    if math.isinf(low) and math.isinf(high):
        return low if share < 0.5 else high
    return min(max((1 - share) * low + share * high, low), high)


def _inside(name: str, value: float) -> None:
    if not 0 < value < 1:
        raise ValueError(f"{name} must be between 0 and 1, and neither, not {value}")


def _complement(confidence: float) -> float:
    """Return 1 - confidence, where 0.95 leaves 0.05 and nothing more."""
    _inside("confidence", confidence)
    return float(1 - Fraction(str(float(confidence))))


def _binomial(n: int, p: float) -> tuple[int, Floats]:
    """Return k and P(Bin(n, p) = k), = k + 1, ... for all k whose chance a float can tell from 0.

    Recursion from the most likely count outward, then scaled to a sum of 1: no factorials, no cancellation.
    """
    mode = min(n, math.floor((n + 1) * p))
    reach = 120 + math.ceil(40 * math.sqrt(n * p * (1 - p)))
    up = np.arange(mode + 1, min(n, mode + reach) + 1, dtype=np.float64)
    down = np.arange(mode - 1, max(0, mode - reach) - 1, -1, dtype=np.float64)
    odds = p / (1 - p)
    above = np.cumprod((n + 1 - up) / up * odds)
    below = np.cumprod((down + 1) / (n - down) / odds)
    chance = np.concatenate((below[::-1], [1.0], above))
    return mode - down.size, chance / chance.sum()


def _equal_tails(first: int, chance: Floats, n: int, p: float, error: float) -> tuple[int, int]:
    needed_low, needed_high = (1 - p) ** n, p**n  # what the smallest and the largest sample leave outside
    tail_low = max(needed_low, min(error / 2, error - needed_high))
    tail_high = max(needed_high, min(error / 2, error - needed_low))
    rank_low = first + int(np.searchsorted(np.cumsum(chance), tail_low, side="right"))
    after = first + chance.size
    rank_high = after - int(np.searchsorted(np.cumsum(chance[::-1]), tail_high, side="right"))
    return max(1, rank_low), min(n, rank_high)


def _narrowest(first: int, chance: Floats, n: int, _p: float, error: float) -> tuple[int, int]:
    below = np.concatenate(([0.0], np.cumsum(chance)))  # P(Bin < first), < first + 1, ...
    lows = np.arange(max(1, first) - first, below.size)
    highs = np.searchsorted(below, below[lows] + (1 - error))
    possible = highs + first <= min(n, first + chance.size)
    lows, highs = lows[possible], highs[possible]
    best = np.lexsort((below[lows] - below[highs], highs - lows))[0]  # of equals, the one that covers most
    return first + int(lows[best]), first + int(highs[best])


def _edges(inner: list[float], last: float, bins: int) -> Floats:
    if bins < 1:
        raise ValueError(f"there must be at least one bin, not {bins}")
    edges = [*inner, last]
    if any(low >= high for low, high in pairwise(edges)):
        raise ValueError(f"{bins} bins are too many between {edges[0]} and {last}")
    return np.array(edges)


class _Axis:
    """Finds each value's slot on an axis: 0 below its edges, 1 .. bins between them, bins + 1 above.

    A guess by arithmetic that is right or one too low, then one comparison with the edge itself: as exact as
    a binary search in the edges, in a tenth of its time.
    """

    def __init__(self, edges: Floats, *, logarithmic: bool = False) -> None:
        self.slots = edges.size + 1
        self._low, self._high = float(edges[0]), float(edges[-1])
        self._logarithmic = logarithmic
        origin, end = (math.log(self._low), math.log(self._high)) if logarithmic else (self._low, self._high)
        self._scale = (edges.size - 1) / (end - origin)
        self._shift = (1 - 1e-6) - origin * self._scale
        # From these values on a guess was one too low. The last bin is closed, and NaN compares as "stay".
        self._bounds = np.concatenate((edges[:-1], [np.nextafter(self._high, math.inf), math.nan]))

    def place(self, values: Floats, slots: Counts) -> None:
        """Write each value's slot into an array of the same length."""
        guess = np.clip(values, self._low, self._high)
        if self._logarithmic:
            np.log(guess, out=guess)
        guess *= self._scale
        guess += self._shift
        np.copyto(slots, guess, casting="unsafe")
        np.add(slots, values >= self._bounds.take(slots), out=slots, casting="unsafe")


def _blocks(n: int) -> Iterator[slice]:
    for start in range(0, n, _BLOCK):
        yield slice(start, min(start + _BLOCK, n))
