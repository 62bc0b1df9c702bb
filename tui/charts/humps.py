"""The shape of latencies in words: where most of them lie, and the hole between two humps if there is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tui.charts.units import counted, duration_text, share_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST_SIZE = 20
"""Fewer requests have no shape to speak of."""
LEAST_SHARE, LEAST_COUNT = 0.03, 5
"""A hump holds at least this share of the requests, and this many."""
DEEP, CLEAR = 0.2, 2.0
"""Between two humps the density falls to this part of the lower one's peak, and by so many of its own roots.

A density is given in requests that lie together, so its root is about what chance makes of it.
"""
WIDER = 1.5
"""How much wider than for a picture of the density a kernel is here: a ripple is no hump."""
SMALLEST = 1e-9
"""Shorter latencies count as a nanosecond: nothing here is faster, and a logarithm needs an end."""
STEPS = 2048


@dataclass(frozen=True, slots=True)
class Hump:
    """Requests that took about the same time: how many, and their median in seconds."""

    count: int
    median_s: float


@dataclass(frozen=True, slots=True)
class Humps:
    """Two humps and the hole between them, `hole_count` requests from `hole_from_s` to `hole_to_s`."""

    fast: Hump
    slow: Hump
    hole_from_s: float
    hole_to_s: float
    hole_count: int


def find_humps(latency_s: Floats) -> Humps | None:
    """Find two humps with a hole between them, or None where there is but one.

    On the logarithm of latency: a Gaussian kernel density, and in it the deepest valley between two peaks that
    hold enough requests each.
    """
    if latency_s.size < LEAST_SIZE:
        return None
    ordered = np.sort(np.log(np.maximum(latency_s, SMALLEST)))
    places, density = _density(ordered)
    if not places.size:
        return None
    # For each place, the lower of the highest peaks on both sides: a valley is deep when it lies far below it.
    before, after = np.maximum.accumulate(density), np.maximum.accumulate(density[::-1])[::-1]
    below = np.searchsorted(ordered, places)
    least = max(LEAST_COUNT, LEAST_SHARE * ordered.size)
    rim = np.minimum(before, after)
    apart = (below >= least) & (ordered.size - below >= least) & (rim - density >= CLEAR * np.sqrt(rim))
    depth = np.where(apart, density / np.maximum(rim, 1e-300), 1.0)
    deepest = depth.min()
    if deepest > DEEP:
        return None
    # An empty hole is equally deep over a stretch of places: its middle stands for it.
    ties = np.flatnonzero(depth <= deepest * (1 + 1e-9))
    valley = int(ties[ties.size // 2])
    edge = (DEEP + deepest) / 2 * rim[valley]
    deep = np.flatnonzero(density > edge)
    first, last = int(deep[deep < valley].max()), int(deep[deep > valley].min())
    split = int(below[valley])
    low, high = np.searchsorted(ordered, [places[first], places[last]]).tolist()
    humps = [Hump(part.size, float(np.exp(np.median(part)))) for part in (ordered[:split], ordered[split:])]
    return Humps(
        humps[0], humps[1], float(np.exp(places[first])), float(np.exp(places[last])), int(high - low)
    )


def describe_humps(latency_s: Floats) -> str:
    """Put the shape into words: two humps and their hole, or between what times the closest half lies."""
    humps, size = find_humps(latency_s), latency_s.size
    if humps is not None:
        fast, slow = (
            f"{hump.count:,} ({share_text(hump.count / size)}) around {duration_text(hump.median_s)}"
            for hump in (humps.fast, humps.slow)
        )
        hole = f"{duration_text(humps.hole_from_s, 2)} to {duration_text(humps.hole_to_s, 2)}"
        held = counted(humps.hole_count, "request") if humps.hole_count else "nothing"
        return f"{fast} and {slow}, {held} from {hole}"
    if size < LEAST_SIZE:
        return f"from {duration_text(float(latency_s.min()))} to {duration_text(float(latency_s.max()))}"
    low, high = np.exp(_closest_half(np.sort(np.log(np.maximum(latency_s, SMALLEST))))).tolist()
    return f"half of them from {duration_text(low)} to {duration_text(high)}"


def _density(ordered: Floats) -> tuple[Floats, Floats]:
    """Estimate the density of ordered values at evenly spaced places; none where all values are one.

    The bandwidth is Silverman's ("Density Estimation", 1986, equation 3.31), with the spread of the closest
    half, which a second hump does not widen, in place of the quartiles'.
    """
    first, last = _closest_half(ordered)
    spreads = [spread for spread in (float(ordered.std()), (last - first) / 1.349) if spread > 1e-6]
    if not spreads:
        return np.empty(0), np.empty(0)
    silverman = 0.9 * min(spreads) * ordered.size**-0.2
    bandwidth = max(WIDER * silverman, (ordered[-1] - ordered[0]) / STEPS * 2)
    low, high = float(ordered[0]) - 3 * bandwidth, float(ordered[-1]) + 3 * bandwidth
    step = (high - low) / STEPS
    counts = np.bincount(
        np.clip((ordered - low) / step, 0, STEPS - 1).astype(np.int64), minlength=STEPS
    ).astype(np.float64)
    reach = int(4 * bandwidth / step)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * step / bandwidth) ** 2)
    places = low + (np.arange(STEPS) + 0.5) * step
    padded = np.convolve(counts, kernel, mode="full")[reach : reach + STEPS]
    return places, padded


def _closest_half(ordered: Floats) -> tuple[float, float]:
    """The shortest stretch that holds half of the values."""
    half = -(-ordered.size // 2)
    widths = ordered[half - 1 :] - ordered[: ordered.size - half + 1]
    first = int(widths.argmin())
    return float(ordered[first]), float(ordered[first + half - 1])
