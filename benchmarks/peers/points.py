"""The same growing run for both charts: ten thousand latencies with a slow tail, new ones five times a second."""

from __future__ import annotations

from typing import Any

import numpy as np

MANY = 10_000
HZ = 5.0
NEW = 10
"""How many points come with each update: the last of a hundred updates shows them all."""
UPDATES = 100
SECONDS = 100.0


def points() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Give when each request was sent and how long it took, in seconds; a fifth of them is slow."""
    rng = np.random.default_rng(7)
    slow = rng.random(MANY) < 0.2
    latency = np.where(slow, rng.lognormal(0.3, 0.4, MANY), rng.lognormal(-1.2, 0.3, MANY))
    return np.sort(rng.random(MANY)) * SECONDS, latency


def size(update: int) -> int:
    """How many points an update shows."""
    return MANY - NEW * max(0, UPDATES - update)
