"""Counters, rates and histograms of a run in windows of the wall clock, as Artillery 2.x keeps them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.metrics import Latency, summary
from simulator.report_format import VIRTUAL_ZERO, milliseconds, rounded
from simulator.report_traffic import in_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from simulator.report_traffic import Floats, Integers, Traffic

_WINDOW_MS = 10_000
_INTO_WINDOW_MS = VIRTUAL_ZERO.second * 1000 % _WINDOW_MS
"""How far into a window virtual 0 lies."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Events a second, a whole number."""

    per_second: float


Figure = int | Rate | Latency
"""What is printed for a metric: a counter, a rate or, in milliseconds, a histogram's summary."""

_Kind = type[int] | type[Rate] | type[Latency]


@dataclass(frozen=True, slots=True)
class _Series:
    """One metric's events: when, in whole milliseconds and ascending, and how much; a rate only counts."""

    kind: _Kind
    at_ms: NDArray[np.int64]
    amounts: NDArray[Any]

    def within(self, from_ms: float, to_ms: float) -> _Series:
        part = slice(*np.searchsorted(self.at_ms, (from_ms, to_ms)))
        return _Series(self.kind, self.at_ms[part], self.amounts[part])

    def figure(self) -> Figure:
        if self.kind is Latency:
            return summary(self.amounts)
        if self.kind is Rate:
            first, last = int(self.at_ms[0]), int(self.at_ms[-1])
            return Rate(rounded(self.at_ms.size / (max(last - first, 1000) / 1000)))
        return int(self.amounts.sum())


class Meter:
    """All metrics of a run. A window is named by its number; window 0 is the one virtual 0 lies in."""

    def __init__(self, traffic: Traffic) -> None:
        self._series = dict(_series(traffic))
        moments = np.concatenate([series.at_ms for series in self._series.values()])
        self.windows: list[int] = np.unique((moments + _INTO_WINDOW_MS) // _WINDOW_MS).tolist()
        """The windows in which something happened."""

    def closes_s(self, window: int) -> float:
        """Return the virtual time at which a window closes."""
        return self._bounds_ms(window)[1] / 1000

    def span_ms(self, window: int) -> tuple[int, int]:
        """Return when, in whole virtual milliseconds, the first and the last thing in a window happened."""
        moments = np.concatenate([series.at_ms for series in self._in(window).values()])
        return int(moments.min()), int(moments.max())

    def figures(self, window: int) -> dict[str, Figure]:
        """Return the metrics that had an event in a window."""
        return {name: series.figure() for name, series in self._in(window).items()}

    def totals(self) -> dict[str, Figure]:
        """Return the metrics of the whole run; a rate is the mean of its windows' rates over all windows."""
        totals = {name: series.figure() for name, series in self._series.items() if series.at_ms.size}
        for name in [name for name, figure in totals.items() if isinstance(figure, Rate)]:
            parts = (self._series[name].within(*self._bounds_ms(window)) for window in self.windows)
            rates = [part.figure() for part in parts if part.at_ms.size]
            total = sum(rate.per_second for rate in rates if isinstance(rate, Rate))
            totals[name] = Rate(rounded(total / len(self.windows)))
        return totals

    def _bounds_ms(self, window: int) -> tuple[int, int]:
        to_ms = _WINDOW_MS * (window + 1) - _INTO_WINDOW_MS
        return to_ms - _WINDOW_MS, to_ms

    def _in(self, window: int) -> dict[str, _Series]:
        parts = {name: series.within(*self._bounds_ms(window)) for name, series in self._series.items()}
        return {name: part for name, part in parts.items() if part.at_ms.size}


def _series(traffic: Traffic) -> Iterator[tuple[str, _Series]]:
    ended = traffic.ended_s
    answered = np.where(traffic.status > 0, ended, math.nan)
    response_ms = np.rint(traffic.latency_s * 1e9) / 1e6
    yield "http.requests", _counter(traffic.sent_s)
    yield "http.request_rate", _events(Rate, traffic.sent_s)
    yield "http.responses", _counter(answered)
    if traffic.received_bytes is not None:
        yield "http.downloaded_bytes", _counter(answered, traffic.received_bytes)
    yield "http.response_time", _events(Latency, answered, response_ms)
    for code in np.unique(traffic.status[traffic.status > 0]).tolist():
        yield f"http.codes.{code}", _counter(answered[traffic.status == code])
    for hundreds in (2, 3, 4, 5):
        alike = traffic.status // 100 == hundreds
        yield f"http.response_time.{hundreds}xx", _events(Latency, answered[alike], response_ms[alike])
    for name, rows in _by_name(traffic.error_names, traffic.error):
        yield f"errors.{name}", _counter(ended[rows])

    yield "vusers.created", _counter(traffic.launched_s)
    for name, rows in _by_name(traffic.scenario_labels, traffic.scenario):
        yield f"vusers.created_by_name.{name}", _counter(traffic.launched_s[rows])
    yield "vusers.skipped", _counter(traffic.skipped_s)
    yield "vusers.completed", _counter(traffic.completed_s)
    # The tool adds 0 failed users for each one that completes, so that the line is there.
    yield "vusers.failed", _counter(traffic.users_ended_s, np.isnan(traffic.completed_s))
    session_ms = np.rint((traffic.completed_s - traffic.launched_s) * 1e9) / 1e6
    yield "vusers.session_length", _events(Latency, traffic.completed_s, session_ms)


def _counter(times_s: Floats, amounts: NDArray[Any] | None = None) -> _Series:
    return _events(int, times_s, np.ones(times_s.size) if amounts is None else amounts)


def _events(kind: _Kind, times_s: Floats, amounts: NDArray[Any] | None = None) -> _Series:
    times_s, order = in_order(times_s)
    return _Series(kind, milliseconds(times_s), order if amounts is None else amounts[order])


def _by_name(names: Sequence[str], indices: Integers) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Give each name and the rows that have it; two indices may share a name."""
    for name in dict.fromkeys(names):
        yield name, np.isin(indices, [i for i, other in enumerate(names) if other == name])
