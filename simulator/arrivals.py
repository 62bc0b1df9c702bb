"""When virtual users arrive: evenly spaced, as Artillery does it, or as a Poisson process.

Evenly spaced arrivals hide queueing: at 80 % load the mean wait is 1.7 service times where Poisson arrivals give 4.0.
"""

from __future__ import annotations

import math
from itertools import count
from typing import TYPE_CHECKING

from simulator.randomness import stream_key, unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.load import Phase, Plan


def starts(plan: Plan) -> tuple[float, ...]:
    """Give the start of each phase and, last, the end of the whole plan, in seconds."""
    times = [0.0]
    for phase in plan.phases:
        times.append(times[-1] + phase.duration_s)
    return tuple(times)


def arrivals(plan: Plan, seed: int) -> Iterator[tuple[float, int]]:
    """Give (seconds from the run's start, index of the phase) for every virtual user, in order."""
    for index, (phase, start) in enumerate(zip(plan.phases, starts(plan), strict=False)):
        for offset in _offsets(phase, index, seed):
            yield start + offset, index


def _offsets(phase: Phase, index: int, seed: int) -> Iterator[float]:
    length, rate = phase.duration_s, phase.rate
    if phase.pause:
        return
    if phase.mode == "poisson":
        key = stream_key(seed, f"arrivals:{index}")
        yield from _poisson(phase, key) if phase.count is None else _scattered(phase.count, length, key)
    elif phase.count is not None:
        yield from (length * i / phase.count for i in range(1, phase.count + 1))
    elif phase.ramp_to is None or phase.ramp_to == rate:
        yield from (i / rate for i in range(1, _whole(rate * length) + 1))
    else:
        yield from (_ramped(i, rate, phase.ramp_to, length) for i in range(1, _whole(_total(phase)) + 1))


def _whole(arrivals: float) -> int:
    """As many as have come by the end of a phase: 6, where 0.1 * 60 is a hair less."""
    return math.floor(arrivals + 1e-9)


def _total(phase: Phase) -> float:
    """How many arrive in a phase, on average."""
    if phase.count is not None:
        return float(phase.count)
    last = phase.rate if phase.ramp_to is None else phase.ramp_to
    return (phase.rate + last) / 2 * phase.duration_s


def expected(plan: Plan) -> int:
    """Give how many virtual users a plan sends: exactly, but on average for Poisson phases with a rate."""
    return sum(_whole(_total(phase)) for phase in plan.phases if not phase.pause)


def _ramped(number: float, rate: float, last: float, length: float) -> float:
    """When the integral of a rate that changes evenly from `rate` to `last` reaches `number`."""
    slope = (last - rate) / length
    return min(length, 2 * number / (rate + math.sqrt(max(0.0, rate * rate + 2 * slope * number))))


def _poisson(phase: Phase, key: int) -> Iterator[float]:
    """Unit exponential gaps, stretched by the rate: the cumulated rate is crossed at 1, 2, 3 ... mean arrivals."""
    total, reached = _total(phase), 0.0
    last = phase.rate if phase.ramp_to is None else phase.ramp_to
    if total <= 0.0:
        return
    for i in count():
        reached -= math.log1p(-unit(key, i))
        if reached > total:
            return
        yield _ramped(reached, phase.rate, last, phase.duration_s)


def _scattered(number: int, length: float, key: int) -> Iterator[float]:
    """So many Poisson arrivals exactly: number + 1 exponential gaps, stretched to fill the phase."""
    total = sum(-math.log1p(-unit(key, i)) for i in range(number + 1))
    reached = 0.0
    for i in range(number):
        reached -= math.log1p(-unit(key, i))
        yield min(length, length * reached / total)
