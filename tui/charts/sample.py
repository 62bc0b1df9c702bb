"""What a chart says about its latencies in numbers: percentiles, how many were left out, and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.metrics import needed_samples
from tui.charts.axis import LARGEST
from tui.charts.units import counted, duration_text

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

NEEDED = {50: 1, 95: needed_samples(0.95), 99: needed_samples(0.99)}
"""How many values a percentile needs before a chart draws it: the same as everywhere in the lab."""


def usable(values: ArrayLike) -> NDArray[np.bool_]:
    """Tell which values can be drawn: finite ones up to `LARGEST`."""
    return np.asarray(np.abs(values) <= LARGEST)


def percentiles(values: NDArray[np.float64]) -> dict[int, float]:
    """The 50th, 95th and 99th percentile of finite values (numpy's "linear"), each once there are enough."""
    known = [rank for rank, needed in NEEDED.items() if values.size >= needed]
    if not known:
        return {}
    found = np.quantile(values, [rank / 100 for rank in known], method="linear")
    return dict(zip(known, found.tolist(), strict=True))


def described(values: NDArray[np.float64]) -> str:
    """Put the percentiles of finite values into words: ``median 409 ms, p95 1.32 s, slowest 7.95 s``."""
    if not values.size:
        return "none with a finite time"
    words = [
        f"{'median' if rank == 50 else f'p{rank}'} {duration_text(value)}"
        for rank, value in percentiles(values).items()
    ]
    return ", ".join([*words, f"slowest {duration_text(float(values.max()))}"])


def left_out_text(count: int) -> str:
    """Say how many values could not be drawn: ``; 2 requests without a finite time left out``, or nothing."""
    return f"; {counted(count, 'request')} without a finite time left out" if count else ""
