"""Queues without a scheduler: the recursions that the engine must agree with, and how sure a mean of theirs is.

Draws are keyed (simulator/randomness.py), so a test meets the same customers on every machine. Times are in any one
unit; waits leave the service out, sojourns have it in. A gap stands before its customer, and the first finds everything
empty.
"""

from __future__ import annotations

import math
from heapq import heapify, heappop, heappush, heapreplace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulator.randomness import stream_key, unit_block

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ERRORS = 4
"""How many standard errors a mean may lie from the formula: one fair test in 16,000 fails, with a fixed seed none."""


def uniform(name: str, n: int, seed: int = 1) -> Floats:
    """Draw n numbers in (0, 1)."""
    return unit_block(stream_key(seed, f"theory:{name}"), n)


def exponential(name: str, n: int, mean: float = 1.0, seed: int = 1) -> Floats:
    """Draw n memoryless times of this mean."""
    return -mean * np.log1p(-uniform(name, n, seed))


def lindley(gaps: Floats, services: Floats) -> Floats:
    """Give the waits at one server, first come, first served.

    W(n+1) = max(0, W(n) + S(n) - A(n+1)): Lindley, "The theory of queues with a single server", 1952. Unrolled, a wait
    is how far the walk of S - A stands above its lowest point so far.
    """
    walk = np.concatenate(([0.0], np.cumsum(services[:-1] - gaps[1:])))
    return walk - np.minimum.accumulate(walk)


def kiefer_wolfowitz(gaps: Sequence[float], services: Sequence[float], servers: int) -> list[float]:
    """Give the waits at several servers with one line: each customer takes the server that is free first.

    Kiefer and Wolfowitz, "On the theory of queues with many servers", 1955; their vector of workloads is kept as the
    moments at which the servers get free, which spares the subtraction of each gap from all of them.
    """
    free_at = [0.0] * servers
    now, waits = 0.0, []
    for gap, service in zip(gaps, services, strict=True):
        now += gap
        start = max(now, free_at[0])
        waits.append(start - now)
        heapreplace(free_at, start + service)
    return waits


def loss(gaps: Sequence[float], services: Sequence[float], servers: int) -> list[bool]:
    """Tell which customers were turned away where nobody waits: those who found every server busy (Erlang, 1917)."""
    ends: list[float] = []
    now, lost = 0.0, []
    for gap, service in zip(gaps, services, strict=True):
        now += gap
        while ends and ends[0] <= now:
            heappop(ends)
        lost.append(len(ends) == servers)
        if not lost[-1]:
            heappush(ends, now + service)
    return lost


def hedged(first: Floats, second: Floats, after: float) -> Floats:
    """Give the latency where a second try is sent when the first has not answered by then; whichever answers first."""
    return np.where(first > after, np.minimum(first, after + second), first)


def misses(gaps: Sequence[float], ttl: float, refill: float) -> list[int]:
    """Count the misses of each expiry of a cached value that everybody who misses it fetches anew."""
    now, expires, counts = 0.0, 0.0, list[int]()
    fills: list[float] = []
    for gap in gaps:
        now += gap
        while fills and fills[0] <= now:
            expires = heappop(fills) + ttl
        if now >= expires:
            if not fills:
                counts.append(0)
            counts[-1] += 1
            heappush(fills, now + refill)
    return counts


def cold(gaps: Sequence[float], services: Sequence[float], keep_alive: float) -> list[bool]:
    """Tell which requests met no idle container; the last to get idle is taken first, and each dies of idleness."""
    busy: list[float] = []
    idle: list[float] = []
    now, found = 0.0, []
    for gap, service in zip(gaps, services, strict=True):
        now += gap
        while busy and busy[0] <= now:
            idle.append(heappop(busy))
        idle = [since for since in idle if now < since + keep_alive]
        found.append(not idle)
        if idle:
            idle.pop()
        heappush(busy, now + service)
    return found


class Overload(NamedTuple):
    """A server that is slow for a while, and clients who try again.

    `service_at` gives the service time of what begins at a moment. A client waits `patience` and sends again at once,
    `tries` times in all; the server serves what nobody waits for any more. With a `budget` every first try earns that
    part of a token, and a further try costs a whole one.
    """

    service_at: Callable[[float], float]
    patience: float
    tries: int
    budget: float | None = None


def answered(arrivals: Sequence[float], overload: Overload) -> list[float]:
    """Give the moments at which somebody got an answer who still waited for it."""
    sends = [(at, number, 1) for number, at in enumerate(arrivals)]
    heapify(sends)
    order, free_at, tokens, found = len(sends), 0.0, 0.0, []
    while sends:
        now, _, attempt = heappop(sends)
        if attempt == 1:
            tokens += overload.budget or 0.0
        elif overload.budget is not None:
            if tokens < 1.0:
                continue
            tokens -= 1.0
        start = max(now, free_at)
        free_at = start + overload.service_at(start)
        if free_at < now + overload.patience:
            found.append(free_at)
        elif attempt < overload.tries:
            heappush(sends, (now + overload.patience, order, attempt + 1))
            order += 1
    return found


class Estimate(NamedTuple):
    """A mean and its standard error."""

    mean: float
    error: float

    def agrees(self, exact: float, at_most: float) -> bool:
        """Tell whether the exact value is within reach, and the reach short: an error of `at_most`, relative."""
        return abs(self.mean - exact) <= ERRORS * self.error and 0 < self.error <= at_most * abs(exact)


def batch_means(values: Floats, batches: int = 50) -> Estimate:
    """Estimate the mean of a series whose neighbors depend on each other, from the means of long stretches of it."""
    means = np.asarray(values, dtype=float).reshape(batches, -1).mean(axis=1)
    return Estimate(float(means.mean()), float(means.std(ddof=1) / math.sqrt(batches)))


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """Find where a falling function crosses 0, to the last bit."""
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if function(middle) > 0 else (low, middle)
    return middle


def quantile(survival: Callable[[float], float], p: float, high: float = 1e6) -> float:
    """Give the p-quantile of a time with P(T > t) = survival(t)."""
    return root(lambda t: survival(t) - (1 - p), 0.0, high)
