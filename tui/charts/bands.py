"""Percentiles over time: the time cut into equal windows, each long enough to hold the requests it takes to tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.metrics import percentiles
from tui.charts import sample
from tui.charts.axis import clean_steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

MOST, LEAST = 12, 3
"""How many windows there are at most, and how many must hold enough requests to tell of a course at all."""
ENOUGH = 0.75
"""This share of the windows must hold enough requests, or longer windows are tried."""


@dataclass(frozen=True, eq=False)
class Bands:
    """Percentiles of windows of `window_s` seconds that follow each other from `start_s` on.

    `by_rank`: rank -> seconds, shape (windows,), NaN where a window holds too few requests for that rank.
    """

    window_s: float
    start_s: float
    by_rank: dict[int, NDArray[np.float64]]

    def along(self, rank: int, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """The percentile at each of these times; NaN outside of all windows."""
        values = self.by_rank[rank]
        places = np.floor((times_s - self.start_s) / self.window_s)
        inside = (places >= 0) & (places < values.size)
        known = values[np.where(inside, places, 0).astype(np.int64)]
        return np.asarray(np.where(inside, known, np.nan))


def find_bands(started: NDArray[np.float64], latency: NDArray[np.float64], extent_s: float) -> Bands | None:
    """Find the shortest clean windows in which p95 can be told, or None where too few can be had.

    A window is at least a twelfth of `extent_s`, the time that is shown. p99 is given where there are enough
    windows with the requests that it needs; p50 wherever p95 is.
    """
    needed = sample.NEEDED[95]
    if started.size < LEAST * needed:
        return None
    low, high = float(started.min()), float(started.max())
    for window in _windows(max(extent_s / MOST, (high - low) * needed / started.size)):
        if not 0 < window <= (high - low) * 2 / LEAST:
            return None
        start = np.floor(low / window) * window
        places = np.floor((started - start) / window).astype(np.int64)
        counts = np.bincount(np.maximum(places, 0))
        enough = counts >= needed
        if enough.sum() >= LEAST and enough.sum() >= ENOUGH * counts.size:
            return Bands(window, float(start), _by_rank(places, latency, counts))
    return None


def _windows(least: float) -> Iterator[float]:
    return clean_steps(max(least, 1e-9), "duration")


def _by_rank(
    places: NDArray[np.int64], latency: NDArray[np.float64], counts: NDArray[np.int64]
) -> dict[int, NDArray[np.float64]]:
    if (np.diff(places) < 0).any():
        latency = latency[np.argsort(places, kind="stable")]
    found = np.full((3, counts.size), np.nan)
    stops = np.cumsum(counts)
    for window in np.flatnonzero(counts >= sample.NEEDED[95]).tolist():
        inside = latency[stops[window] - counts[window] : stops[window]]
        found[:, window] = percentiles(inside, (0.5, 0.95, 0.99))
    found[2, counts < sample.NEEDED[99]] = np.nan
    by_rank = dict(zip((50, 95, 99), found, strict=True))
    return {rank: values for rank, values in by_rank.items() if (~np.isnan(values)).sum() >= LEAST}
