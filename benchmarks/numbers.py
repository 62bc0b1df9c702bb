"""Percentiles, histogram and heatmap of many invocations, beside numpy's sort of the same array."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.metrics import heatmap, log_histogram, percentiles

if TYPE_CHECKING:
    from collections.abc import Callable


def calls(n: int) -> tuple[dict[str, Callable[[], Any]], Callable[[], Any]]:
    """Give what ridelab does with n latencies, by name, and the sort."""
    rng = np.random.default_rng(1)
    latency, at = rng.lognormal(-1.0, 0.6, n), np.arange(n) / 100.0
    return {
        "percentiles": lambda: percentiles(latency, (0.5, 0.95, 0.99)),
        "histogram": lambda: log_histogram(latency, 0.01, 10.0, 200),
        "heatmap": lambda: heatmap(
            at, latency, start=0.0, stop=n / 100.0, columns=120, low=0.01, high=10.0, rows=30
        ),
    }, lambda: np.sort(latency)
