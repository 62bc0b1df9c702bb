"""The console report of Artillery 1.6.0-15, to the letter: its periods, rounding, percentiles and NaN.

How that tool counts: every ten seconds from the start it prints what happened since the last report. Once the
last phase ended it looks twice a second whether a virtual user is left; when none is, it prints the rest as
one more report, even if it holds nothing, and then the summary. A percentile past the last sample is NaN.
Latencies are kept in nanoseconds and printed in milliseconds; rates run from the first request of the report
to its end.
"""

from __future__ import annotations

import math
from collections import Counter
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from simulator.metrics import artillery1_percentile
from simulator.report_format import clock, date, key_order, milliseconds, number, rounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from simulator.report_traffic import Floats, Integers, PhaseStart, Traffic

_PERIOD_S = 10.0
_POLL_S = 0.5

_ERROR_NAMES = {"ETIMEDOUT": "ESOCKETTIMEDOUT"}
"""What this tool calls waiting in vain for an answer; its ETIMEDOUT is for a connection that is not made."""


def artillery1(traffic: Traffic) -> str:
    """Return what Artillery 1.6.0-15 prints for a run that is over or was stopped; ends with one newline.

    The tool prints an empty line after that. Raises ValueError while virtual users are at work.
    """
    return "".join(interim_reports(traffic, math.inf)).rstrip("\n") + "\n"


def interim_reports(traffic: Traffic, until_s: float, known: Sequence[str] = ()) -> list[str]:
    """Return what Artillery 1.6.0-15 has printed by a virtual time, in pieces, as they came.

    `known` are the pieces of the same run that an earlier call gave, before the run was over: only what came after
    them is made.

    A piece is a line that says a phase started, or a report with the empty line that follows it; the last two
    of a run that is over are a report and the summary. Joined they are the tool's output so far, and the same
    whether `traffic` ends at `until_s` or goes on. Raises ValueError when there is no end: infinite `until_s`
    and users at work.
    """
    if traffic.stopped_s is not None:
        until_s = min(until_s, traffic.stopped_s)
    over_s = traffic.over_s(_POLL_S)
    end_s = min(until_s, over_s)
    if math.isinf(end_s):
        raise ValueError("virtual users are still at work; say until when to report")
    # 0 sorts before 1: the tool starts the timer of its reports before that of the phases.
    periods = int(end_s // _PERIOD_S)
    moments: list[tuple[float, int, PhaseStart | None]] = [
        (_PERIOD_S * i, 0, None) for i in range(1, periods + 1)
    ]
    moments += [(phase.at_s, 1, phase) for phase in traffic.phases if phase.at_s <= until_s]
    moments.sort(key=itemgetter(0, 1))
    over = over_s <= until_s
    blocks = [at_s for at_s, _, phase in moments[len(known) :] if phase is None]
    from_s = blocks[0] - _PERIOD_S if blocks else periods * _PERIOD_S
    ledger = _Ledger(traffic, from_s) if blocks or over else None
    pieces = list(known)
    for at_s, _, phase in moments[len(known) :]:
        if phase is not None:
            pieces.append(_started(phase))
        elif ledger is not None:
            pieces.append(ledger.report(at_s - _PERIOD_S, at_s, at_s))
    if over and ledger is not None:
        pieces.append(ledger.report(periods * _PERIOD_S, math.inf, over_s))
        whole = ledger if from_s <= 0 else _Ledger(traffic)
        pieces.append(whole.report(0.0, math.inf, over_s, summary=True))
    return pieces


def _started(phase: PhaseStart) -> str:
    name = f" ({phase.name})" if phase.name else ""
    seconds = "undefined" if phase.pause else number(phase.duration_s)
    return f"Started phase {phase.index}{name}, duration: {seconds}s @ {_stamp(phase.at_s)}\n"


def _stamp(at_s: float) -> str:
    return f"{clock(at_s)} {date(at_s)}"


class _Ledger:
    """Everything the tool counts from a moment on, each kind in the order of the times it was counted at."""

    def __init__(self, traffic: Traffic, from_s: float = 0.0) -> None:
        def in_order(times_s: Floats) -> tuple[Floats, NDArray[np.intp]]:
            rows = np.flatnonzero(times_s >= from_s)
            rows = rows[np.argsort(times_s[rows], kind="stable")]
            return times_s[rows], rows

        ended = traffic.ended_s
        self.launched, order = in_order(traffic.launched_s)
        self.scenarios = traffic.scenario[order]
        self.scenario_names = traffic.scenario_labels
        self.completed, _ = in_order(traffic.completed_s)
        self.sent, _ = in_order(traffic.sent_s)
        self.answered, order = in_order(np.where(traffic.status > 0, ended, math.nan))
        self.nanoseconds = np.rint(traffic.latency_s[order] * 1e9)
        self.codes = traffic.status[order]
        # A capture that fails ends the user without a word in this tool's report.
        given_up = (traffic.status == 0) & (traffic.error >= 0)
        self.erred, order = in_order(np.where(given_up, ended, math.nan))
        self.errors = traffic.error[order]
        self.error_names = [_ERROR_NAMES.get(name, name) for name in traffic.error_names]

    def report(self, from_s: float, to_s: float, now_s: float, *, summary: bool = False) -> str:
        """Return the report of what was counted in [from_s, to_s), as printed at `now_s`."""

        def within(times: Floats) -> slice:
            return slice(*np.searchsorted(times, (from_s, to_s)))

        launched, answered = within(self.launched), within(self.answered)
        users, completed = self.launched[launched].size, self.completed[within(self.completed)].size
        lines = [
            f"Scenarios launched:  {users}",
            f"Scenarios completed: {completed}",
            f"Requests completed:  {self.answered[answered].size}",
            f"RPS sent: {number(_rate(self.sent[within(self.sent)], now_s))}",
            "Request latency:",
            *_latency(self.nanoseconds[answered]),
        ]
        if summary:
            tally = _tally(self.scenario_names, self.scenarios[launched])
            shares = {name: number(rounded(k / users * 100, 3)) for name, k in tally.items()}
            lines.append("Scenario counts:")
            lines += [f"  {name}: {k} ({shares[name]}%)" for name, k in tally.items()]
        codes, counts = np.unique(self.codes[answered], return_counts=True)
        errors = _tally(self.error_names, self.errors[within(self.erred)])
        for title, rows in (("Codes:", zip(codes, counts, strict=True)), ("Errors:", errors.items())):
            listed = [f"  {name}: {k}" for name, k in rows]
            lines += [title, *listed] if listed else []
        heading = "All virtual users finished\nSummary report" if summary else "Report"
        return f"{heading} @ {_stamp(now_s)}\n" + "".join(f"  {line}\n" for line in lines) + "\n"


def _latency(nanoseconds: Floats) -> Iterator[str]:
    figures = dict.fromkeys(("min", "max", "median"), math.nan)
    if nanoseconds.size:
        figures |= {"min": nanoseconds.min(), "max": nanoseconds.max(), "median": np.median(nanoseconds)}
    figures |= {f"p{percent}": artillery1_percentile(nanoseconds, percent / 100) for percent in (95, 99)}
    for name, value in figures.items():
        yield f"  {name}: {number(rounded(float(value) / 1e6, 1))}"


def _rate(sent: Floats, now_s: float) -> float:
    """Return requests a second, from the first of them until now; the seconds are cut to hundredths first."""
    if not sent.size:
        return math.nan
    first_ms, now_ms = (int(ms) for ms in milliseconds([sent[0], now_s]))
    seconds = rounded((now_ms - first_ms) / 10) / 100
    return rounded(sent.size / seconds, 2) if seconds else math.inf


def _tally(names: list[str], indices: Integers) -> dict[str, int]:
    """Count by name, in the order in which the tool's counters list their keys."""
    counts = Counter(names[i] for i in indices.tolist())
    return {name: counts[name] for name in key_order(counts)}
