"""Axes: from values to cells, and ticks whose labels are clean and never overlap.

An axis knows no screen: its methods take the length in cells and answer with cells, counted from its low end.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, isfinite, log, log10
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from tui.charts.units import Unit, duration_text, tick_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import ArrayLike, NDArray

Scale: TypeAlias = Literal["linear", "log"]

LARGEST = 1e9
"""Values beyond this (31 years) count as infinite: they would leave nothing of the rest to see."""
SMALLEST = 1e-12
"""The high end of a log axis is at least this: a picosecond is nothing here, and powers of ten run out."""
MOST_DECADES = 9
"""A log axis spans at most this much; smaller values stand at its low end."""
CLOCK_STEPS = (60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0, 7200.0, 10800.0, 21600.0, 43200.0, 86400.0)
SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Tick:
    """A labeled place on an axis: its value, its cell, and where its label starts (upwards: that cell)."""

    value: float
    cell: int
    label: str
    start: int

    @property
    def end(self) -> int:
        """The cell after the label's last."""
        return self.start + len(self.label)


@dataclass(frozen=True, slots=True)
class Axis:
    """A range of values, how it is stretched, and what it counts. Raises ValueError when it holds nothing."""

    low: float
    high: float
    scale: Scale = "linear"
    unit: Unit = "duration"

    def __post_init__(self) -> None:
        if not (isfinite(self.low) and isfinite(self.high) and self.low < self.high):
            raise ValueError(f"an axis needs a finite low below its high, not {self.low} and {self.high}")
        if self.scale == "log" and self.low <= 0:
            raise ValueError(f"a log axis starts above 0, not at {self.low}")

    @classmethod
    def around(cls, values: ArrayLike, scale: Scale = "linear", unit: Unit = "duration") -> Axis:
        """Fit clean ends around the finite values.

        Linear: 0 and a multiple of a step; log: 1, 2 or 5 times a power of ten. Values up to `LARGEST` count.
        """
        given = np.asarray(values, dtype=np.float64).ravel()
        given = given[np.abs(given) <= LARGEST]
        if scale == "log":
            given = given[given > 0]
            if not given.size:
                return cls(0.1, 1.0, scale, unit)
            high = max(float(given.max()), SMALLEST)
            low = max(float(given.min()), high * 10.0**-MOST_DECADES)
            return cls(*_log_ends(low, high), scale, unit)
        low, high = (min(float(given.min()), 0.0), max(float(given.max()), 0.0)) if given.size else (0.0, 1.0)
        if high - low < 1e-12:
            low, high = 0.0, 1.0
        step = next(clean_steps((high - low) / 5, unit))
        return cls(step * floor(low / step + SLACK), step * ceil(high / step - SLACK), scale, unit)

    def fractions(self, values: ArrayLike) -> NDArray[np.float64]:
        """Place values on the axis: 0 at its low end, 1 at its high end; NaN where there is no place."""
        given = np.asarray(values, dtype=np.float64)
        if self.scale == "linear":
            return np.asarray((given - self.low) / (self.high - self.low))
        with np.errstate(divide="ignore"):
            logs = np.log(np.maximum(given, 0.0))
        return np.asarray((logs - log(self.low)) / (log(self.high) - log(self.low)))

    def values(self, fractions: ArrayLike) -> NDArray[np.float64]:
        """Undo `fractions`."""
        given = np.asarray(fractions, dtype=np.float64)
        if self.scale == "linear":
            return np.asarray(self.low + given * (self.high - self.low))
        return np.asarray(np.exp(log(self.low) + given * (log(self.high) - log(self.low))))

    def cells(self, values: ArrayLike, length: int) -> NDArray[np.int64]:
        """Find the cell of each value, 0 to `length` - 1; what lies beyond an end is put at it.

        Raises ValueError for NaN, which lies nowhere.
        """
        places = self.fractions(values) * length
        if np.isnan(places).any():
            raise ValueError("NaN has no place on an axis")
        return np.clip(places, 0, length - 1).astype(np.int64)

    def cell(self, value: float, length: int) -> int:
        """Find the cell of one value."""
        return int(self.cells(value, length))

    def ticks_across(self, width: int) -> tuple[Tick, ...]:
        """Choose ticks for a horizontal axis: as many as fit with two cells between labels, at least two."""
        for values in self._candidates(most=width // 7 + 1):
            ticks: list[Tick] = []
            for value in values:
                cell, label = self.cell(value, width), tick_text(value, self.unit)
                start = min(max(0, cell - len(label) // 2), width - len(label))
                if start < (ticks[-1].end + 2 if ticks else 0):
                    break
                ticks.append(Tick(value, cell, label, start))
            else:
                return tuple(ticks)
        low, high = self._end_labels()
        low = low if len(low) <= width else ""
        high = high if len(low) + 1 + len(high) <= width else ""
        return Tick(self.low, 0, low, 0), Tick(self.high, width - 1, high, width - len(high))

    def ticks_up(self, height: int) -> tuple[Tick, ...]:
        """Choose ticks for a vertical axis: as many as fit with a free row between them, at least two."""
        apart = 2 if height > 4 else 1
        for values in self._candidates(most=height // 3 + 2):
            cells = [self.cell(value, height) for value in values]
            if all(above - below >= apart for below, above in pairwise(cells)):
                return tuple(
                    Tick(value, cell, tick_text(value, self.unit), cell)
                    for value, cell in zip(values, cells, strict=True)
                )
        low, high = self._end_labels()
        return Tick(self.low, 0, low, 0), Tick(self.high, height - 1, high if height > 1 else "", height - 1)

    def _end_labels(self) -> tuple[str, str]:
        exact = tick_text(self.low, self.unit), tick_text(self.high, self.unit)
        short = duration_text(self.low), duration_text(self.high)
        return short if self.unit == "duration" and short[0] != short[1] else exact

    def _candidates(self, most: int) -> Iterator[list[float]]:
        """Offer sets of clean ticks, 2 to `most` of them, the finest first."""
        sets = self._log_sets() if self.scale == "log" else self._step_sets((self.high - self.low) / most)
        return (values for values in sets if 2 <= len(values) <= most)

    def _step_sets(self, least: float) -> Iterator[list[float]]:
        for step in clean_steps(least, self.unit):
            if step > self.high - self.low:
                return
            yield self._multiples(step)

    def _log_sets(self) -> Iterator[list[float]]:
        decades = range(floor(log10(self.low)), ceil(log10(self.high)) + 1)
        if self.high / self.low < 5:
            yield from self._step_sets((self.high - self.low) / 8)
        for factors in ((1, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
            yield self._inside(_clean(factor, decade) for decade in decades for factor in factors)
        for every in range(2, len(decades)):
            yield self._inside(_clean(1, decade) for decade in decades if decade % every == 0)

    def _multiples(self, step: float) -> list[float]:
        first, last = ceil(self.low / step - SLACK), floor(self.high / step + SLACK)
        return self._inside(step * count for count in range(first, last + 1))

    def _inside(self, values: Iterable[float]) -> list[float]:
        slack = SLACK * (self.high - self.low)
        inside = (
            min(max(v, self.low), self.high) for v in values if self.low - slack <= v <= self.high + slack
        )
        return sorted(set(inside))


def clean_steps(least: float, unit: Unit) -> Iterator[float]:
    """Count up the clean steps from `least`: 1, 2 and 5 times powers of ten; minutes and hours for time."""
    if unit == "count":
        least = max(least, 1.0)
    decade = floor(log10(least) - SLACK)
    while True:
        for factor in (1, 2, 5):
            step = _clean(factor, decade)
            if unit == "duration" and step > 20:
                yield from (clock for clock in (30.0, *CLOCK_STEPS) if clock >= least * (1 - SLACK))
                yield from (86400.0 * more for more in clean_steps(max(least / 86400.0, 2.0), "count"))
            if step >= least * (1 - SLACK):
                yield step
        decade += 1


def _log_ends(low: float, high: float) -> tuple[float, float]:
    """Widen to 1, 2 or 5 times a power of ten on both sides; a lone value gets room on both."""
    marks = [
        _clean(factor, decade)
        for decade in range(floor(log10(low)) - 1, ceil(log10(high)) + 2)
        for factor in (1, 2, 5)
    ]
    below = max(mark for mark in marks if mark <= low * (1 + SLACK))
    above = min(mark for mark in marks if mark >= high * (1 - SLACK))
    if below < above:
        return below, above
    place = marks.index(below)
    return marks[place - 1], marks[place + 1]


def _clean(factor: int, decade: int) -> float:
    # Dividing by a whole power of ten keeps 0.3 from turning into 0.30000000000000004.
    return factor * 10.0**decade if decade >= 0 else factor / 10.0**-decade
