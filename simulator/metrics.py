"""Exact percentiles, how sure one can be of them, and counts for charts.

Everything here is arithmetic on plain arrays: no percentile is a sketch, and none is given without a way to ask
how many samples stand behind it. Latencies are in seconds. NaN is refused everywhere, because a request without an
answer has no latency: leave it out and count it beside the number.
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
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Counts = NDArray[np.intp]

_BLOCK = 32_768
"""Values binned at a time, so that the intermediate arrays stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Latency:
    """How long the answers of some requests took, in seconds; every figure but ``n`` is NaN when there are none."""

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


def percentile(values: ArrayLike, p: float) -> float:
    """Return the p-quantile, interpolated between the two nearest samples; NaN when there are none.

    values: one dimension, any order, left as it is. p: in [0, 1]. The rule is numpy's "linear" and
    ``statistics.quantiles(method="inclusive")``, the seventh of Hyndman and Fan, "Sample Quantiles in Statistical
    Packages", 1996. Infinities sort to the ends and are returned as they are.
    Raises ValueError for NaN among the values and for p outside [0, 1].
    """
    return percentiles(values, (p,))[0]


def percentiles(values: ArrayLike, ps: Iterable[float]) -> tuple[float, ...]:
    """Return several quantiles for one sort; see `percentile`."""
    ordered = _sorted(values)
    return tuple(_linear(ordered, p) for p in ps)


def summary(values: ArrayLike) -> Latency:
    """Summarize latencies in seconds. Raises ValueError for NaN among them."""
    ordered = _sorted(values)
    if not ordered.size:
        return Latency(0, *[math.nan] * 6)
    median, p95, p99 = (_linear(ordered, p) for p in (0.5, 0.95, 0.99))
    mean = float(np.mean(ordered))
    return Latency(ordered.size, float(ordered[0]), mean, median, p95, p99, float(ordered[-1]))


def artillery1_percentile(values: ArrayLike, p: float) -> float:
    """Return a quantile as Artillery 1.6.0-15 did, by the rule of stats-lite 2.0.0.

    With i = n p - 1/2, a whole i gives sample i (from 0), any other interpolates between the samples beside it. Past
    the last sample there is no number: NaN, so p95 needs 10 samples and p99 needs 50. Where it is defined it equals
    numpy's "hazen". Values in any order. p above 1 counts as 1, p below 0 gives NaN, as it did there.
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
    """Return how many independent samples it takes until the largest exceeds the p-quantile with that confidence.

    The largest of n stays below it with probability p^n: 59 samples for p95, 299 for p99, 2,995 for p99.9.
    Raises ValueError unless both are inside (0, 1).
    """
    _inside("p", p)
    exact = math.log(_complement(confidence)) / math.log(p)
    return max(
        1, math.ceil(exact * (1 - 1e-12))
    )  # a hair less: a whole number must not be rounded up by noise


def percentile_interval(values: ArrayLike, p: float, confidence: float = 0.95) -> Interval | None:
    """Return two of the samples that hold the p-quantile between them, or None when there are too few to tell.

    The count of samples below the quantile is binomial, so [x(r), x(s)] covers it with probability
    P(r <= Bin(n, p) <= s - 1), whatever the distribution; the samples must be independent. (David and Nagaraja,
    "Order Statistics", 2003, section 7.1.) Each tail is given half of the error. Where even the largest sample leaves
    more than that on its side, it keeps what it needs and the other side gets the rest: with 60 samples, p95 lies in
    x(52)..x(60). Coverage is at least the confidence, exactly as computed.
    Raises ValueError for NaN, and unless p and confidence are inside (0, 1).
    """
    _inside("p", p)
    error = _complement(confidence)
    ordered = _sorted(values)
    n = ordered.size
    outside_low, outside_high = float((1 - p) ** n), float(p**n)
    if n == 0 or outside_low + outside_high > error:
        return None
    half = error / 2
    tail_low = outside_low if outside_low > half else min(half, error - outside_high)
    tail_high = outside_high if outside_high > half else min(half, error - outside_low)

    first, chance = _binomial(n, p)
    last = first + chance.size - 1
    rank_low = first + int(np.searchsorted(np.cumsum(chance), tail_low, side="right"))
    rank_high = last + 1 - int(np.searchsorted(np.cumsum(chance[::-1]), tail_high, side="right"))
    rank_low, rank_high = max(1, rank_low), min(n, rank_high)
    coverage = min(1.0, float(chance[max(0, rank_low - first) : rank_high - first].sum()))
    low, high = float(ordered[rank_low - 1]), float(ordered[rank_high - 1])
    return Interval(low, high, coverage, rank_low, rank_high)


def proportion_interval(k: int, n: int, confidence: float = 0.95) -> ProportionInterval:
    """Return where the true share lies when k of n independent trials came true: Wilson's score interval.

    Chosen for its coverage near the nominal one even for small n and shares near 0 or 1, where the textbook interval
    fails (Wilson, 1927; Brown, Cai and DasGupta, "Interval Estimation for a Binomial Proportion", 2001). Of no trials
    nothing is known: [0, 1]. Raises ValueError unless 0 <= k <= n and confidence is inside (0, 1).
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

    Raises ValueError unless 0 < low < high < infinity, bins >= 1 and the bins are wider than a float can tell apart.
    """
    if not 0 < low < high < math.inf:
        raise ValueError(f"a logarithmic axis needs 0 < low < high, not {low} and {high}")
    ratio = high / low
    return _edges([low * ratio ** (i / bins) for i in range(bins)], high, bins)


def log_histogram(values: ArrayLike, low: float, high: float, bins: int) -> Counts:
    """Count values in bins of equal width on a logarithmic axis.

    Returns bins + 2 counts: the first for what lies below ``low``, the last for what lies above ``high``; the bins
    between have the edges of `log_edges`, closed on the left, the last on both sides. Raises ValueError for NaN.
    """
    array = _plain(values)
    slots = _slots(array, log_edges(low, high, bins), logarithmic=True)
    return np.bincount(slots, minlength=bins + 2)


def heatmap(
    times: ArrayLike,
    values: ArrayLike,
    start: float,
    stop: float,
    columns: int,
    low: float,
    high: float,
    rows: int,
) -> Counts:
    """Count points in a grid: equal steps of time across, equal steps of the logarithm of the value up.

    times, values: of one length, in any order. Returns counts of shape (rows + 2, columns); row 0 is what lies below
    ``low``, the last row what lies above ``high``, so no latency is lost. Points outside [start, stop] are left out.
    Raises ValueError for NaN, for arrays of two lengths and for an empty range.
    """
    moments, array = _plain(times), _plain(values)
    if moments.size != array.size:
        raise ValueError(f"times and values must be of one length, not {moments.size} and {array.size}")
    if not -math.inf < start < stop < math.inf:
        raise ValueError(f"a time axis needs start < stop, not {start} and {stop}")
    step = (stop - start) / max(columns, 1)
    across = _edges([start + i * step for i in range(columns)], stop, columns)
    cells = _slots(array, log_edges(low, high, rows), logarithmic=True)
    cells *= columns + 2
    cells += _slots(moments, across, logarithmic=False)
    counts = np.bincount(cells, minlength=(rows + 2) * (columns + 2))
    return counts.reshape(rows + 2, columns + 2)[:, 1:-1]


def _plain(values: ArrayLike) -> Floats:
    """Return the values as one contiguous row of floats, or raise ValueError."""
    array = np.ascontiguousarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"values must have one dimension, not {array.ndim}")
    if np.isnan(array).any():
        raise ValueError("values hold NaN: leave out what has no value, and count it beside the number")
    return array


def _sorted(values: ArrayLike) -> Floats:
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


def _edges(inner: list[float], last: float, bins: int) -> Floats:
    if bins < 1:
        raise ValueError(f"there must be at least one bin, not {bins}")
    edges = [*inner, last]
    if any(low >= high for low, high in pairwise(edges)):
        raise ValueError(f"{bins} bins are too many between {edges[0]} and {last}")
    return np.array(edges)


def _slots(array: Floats, edges: Floats, *, logarithmic: bool) -> Counts:
    """Return each value's slot: 0 below the edges, 1 .. bins between them, bins + 1 above.

    A guess by arithmetic that is right or one too low, then one comparison with the edge itself: as exact as a binary
    search in the edges, in a tenth of its time.
    """
    bins = edges.size - 1
    low, high = float(edges[0]), float(edges[-1])
    origin = math.log(low) if logarithmic else low
    scale = bins / ((math.log(high) if logarithmic else high) - origin)
    shift = (1 - 1e-6) - origin * scale if logarithmic else 1 - 1e-6
    # The value from which on a slot's guess was one too low; a closed last bin; NaN compares as "stay".
    bounds = np.concatenate((edges[:-1], [np.nextafter(high, math.inf), math.nan]))
    slots = np.empty(array.size, dtype=np.intp)
    work = np.empty(min(_BLOCK, array.size))
    for start in range(0, array.size, _BLOCK):
        block = array[start : start + _BLOCK]
        guess, slot = work[: block.size], slots[start : start + _BLOCK]
        np.clip(block, low, high, out=guess)
        if logarithmic:
            np.log(guess, out=guess)
        else:
            np.subtract(guess, origin, out=guess)
        np.multiply(guess, scale, out=guess)
        np.add(guess, shift, out=guess)
        np.copyto(slot, guess, casting="unsafe")
        np.add(slot, block >= bounds.take(slot), out=slot, casting="unsafe")
    return slots
