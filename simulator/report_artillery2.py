"""The console report of Artillery 2.x (read in 2.0.21), as it comes from one worker of that tool.

How it counts: in windows of ten seconds of the wall clock (:40 to :50), each printed soon after it closed,
its metrics in alphabetical order; a window in which nothing happened is left out. A rate is what one window
had from its first event to its last, over at least a second, as a whole number. Once the last phase ended it
looks every second whether a virtual user is left, and every other second whether its worker is done; then it
prints what is left and the summary.

Two things are more exact here: percentiles are numpy's "linear" where the tool has sketches that are one
percent off, and response times are not cut to whole milliseconds. The rounding to 0.1 ms is the tool's.
"""

from __future__ import annotations

import math
from dataclasses import replace
from hashlib import sha256
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from simulator.report_format import clock, milliseconds, number, rounded
from simulator.report_meter import Meter, Rate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from simulator.report_meter import Figure
    from simulator.report_traffic import PhaseStart, Traffic

_FLUSH_S = 5.0
_POLL_S = 1.0
_WATCH_S = 2.0
_WIDTH = 79
_ID_LETTERS = "3456789abcdefghjkmnpqrtwxyz"


def artillery2(traffic: Traffic) -> str:
    """Return what Artillery 2.x prints for a run that is over or was stopped; ends with one newline.

    The id of the test run is made from its requests, so a run has one id. Raises ValueError while virtual
    users are at work.
    """
    if all(phase.pause for phase in traffic.phases):
        traffic = replace(traffic, phases=())  # the tool starts no worker for a plan that only waits
    until_s = math.inf if traffic.stopped_s is None else traffic.stopped_s
    over_s = _next(_WATCH_S, traffic.over_s(_POLL_S))
    if math.isinf(min(until_s, over_s)):
        raise ValueError("virtual users are still at work; let the run end, or stop it")
    meter = Meter(traffic)
    printed = [*_phases(traffic.phases), *_windows(meter, over_s)]
    # At the same instant the phases come first: a window's report has to travel from the worker.
    pieces = [piece for at_s, _, piece in sorted(printed, key=itemgetter(0, 1)) if at_s <= until_s]
    if over_s <= until_s:
        if meter.windows:
            total_ms = int(milliseconds(over_s)) - meter.span_ms(meter.windows[0])[0]
            pieces.append(f"All VUs finished. Total time: {_duration(total_ms // 1000)}\n\n")
        pieces.append(f"{_boxed(f'Summary report @ {clock(over_s)}')}\n{_listing(meter.totals())}")
    return f"Test run id: {_run_id(traffic)}\n{''.join(pieces)}".rstrip("\n") + "\n"


def _next(step_s: float, at_s: float) -> float:
    """Return the first tick of a timer at or after a time."""
    return at_s if math.isinf(at_s) else step_s * math.ceil(at_s / step_s)


def _phases(phases: Iterable[PhaseStart]) -> Iterator[tuple[float, float, str]]:
    for phase in phases:
        seconds = number(phase.duration_s)
        length = phase.written or (f"{seconds}s" if float(phase.duration_s).is_integer() else seconds)
        about = f"{phase.name or 'unnamed'} (index: {phase.index}, duration: {length})"
        end_s = phase.at_s + phase.duration_s
        yield phase.at_s, phase.index, f"Phase started: {about} {clock(phase.at_s)}\n\n"
        yield end_s, phase.index + 0.5, f"Phase completed: {about} {clock(end_s)}\n\n"


def _windows(meter: Meter, over_s: float) -> Iterator[tuple[float, float, str]]:
    for window in meter.windows:
        closes_s = meter.closes_s(window)
        first_ms, last_ms = meter.span_ms(window)
        title = _boxed(
            f"Metrics for period to: {clock(closes_s)}", f" (width: {number((last_ms - first_ms) / 1000)}s)"
        )
        listing = _listing(meter.figures(window))
        yield min(_next(_FLUSH_S, closes_s), over_s), math.inf, f"{title}\n{listing}\n\n"


def _boxed(title: str, aside: str = "") -> str:
    rule = "-" * len(title)
    return f"{rule}\n{title}{aside}\n{rule}\n"


def _listing(figures: Mapping[str, Figure]) -> str:
    lines = []
    for name in sorted(figures, key=lambda name: name.encode("utf-16-be", "surrogatepass")):
        figure = figures[name]
        if isinstance(figure, int):
            lines.append(_dotted(f"{name}:", figure))
        elif isinstance(figure, Rate):
            lines.append(f"{_dotted(f'{name}:', figure.per_second)}/sec")
        else:
            parts = ((part, getattr(figure, part)) for part in ("min", "max", "mean", "median", "p95", "p99"))
            lines += [f"{name}:", *(_dotted(f"  {part}:", rounded(value, 1)) for part, value in parts)]
    return "".join(f"{line}\n" for line in lines) or "No measurements recorded during this period\n"


def _dotted(label: str, value: float) -> str:
    label = label if len(label) <= _WIDTH else label[: _WIDTH - 3] + "..."
    return f"{label} {'.' * (_WIDTH - len(label))} {number(value)}"


def _duration(seconds: int) -> str:
    """Return a time as `1 minute, 2 seconds`; units that are zero are left out until one is not."""
    parts: list[str] = []
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        amount, seconds = divmod(seconds, length)
        if amount or parts or unit == "second":
            parts.append(f"{amount} {unit}{'' if amount == 1 else 's'}")
    return ", ".join(parts)


def _run_id(traffic: Traffic) -> str:
    """Return a name for the run in the tool's pattern, the same whenever requests, answers and times are."""
    digest = sha256()
    for column in (traffic.sent_s, traffic.latency_s):
        digest.update(np.rint(np.nan_to_num(column, nan=-1.0) * 1e6).astype("<i8").tobytes())
    digest.update(traffic.status.astype("<i8").tobytes())
    left = int.from_bytes(digest.digest(), "big")
    letters = ""
    for _ in range(37):
        left, index = divmod(left, len(_ID_LETTERS))
        letters += _ID_LETTERS[index]
    return f"t{letters[:4]}_{letters[4:33]}_{letters[33:]}"
