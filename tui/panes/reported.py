"""How the monitoring pages write what an agent reported: times and durations, and why there is nothing to show."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from simulator.report_format import clock, milliseconds

if TYPE_CHECKING:
    from simulator.run_data import RunData
    from tui.view import View

UNKNOWN = "n/a"
SMALLEST_MS = 0.005


def clock_text(at_s: float, *, exact: bool = False) -> str:
    """Write a virtual time as ``19:49:41``, or to the millisecond as ``19:49:41.250``."""
    text = clock(at_s)[:8]
    return f"{text}.{milliseconds([at_s])[0] % 1000:03}" if exact else text


def ms_text(seconds: float) -> str:
    """Write a duration as ``1,403 ms``; below 100 ms with one more digit, below 10 ms with two: ``0.55 ms``."""
    if not isfinite(seconds):
        return UNKNOWN
    ms = seconds * 1000.0
    digits = 0 if abs(ms) >= 99.95 or abs(ms) < SMALLEST_MS else 1 if abs(ms) >= 9.995 else 2
    return f"{ms:,.{digits}f} ms"


def exact_ms_text(seconds: float) -> str:
    """Write a duration as the monitoring tool of the module did: ``1,402.64 ms``."""
    return f"{seconds * 1000.0:,.2f} ms" if isfinite(seconds) else UNKNOWN


def counted(count: int, noun: str, plural: str = "") -> str:
    """Say a number with its noun: ``1 invocation``, ``60 invocations``."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def silence(data: RunData, service: str) -> str:
    """Say why nothing is seen of a function that is not watched."""
    if data.settings.tokens.get(service) is None:
        return f"{service}: its agent is dormant: nothing is reported"
    return f"{service}: its agent's token is not known: its reports are rejected, nothing is shown"


def silences(data: RunData) -> list[str]:
    """Say of each function that is not watched why."""
    return [silence(data, service) for service in data.services if not data.watched(service)]


def run_of(view: View | None, number: int | None) -> RunData | None:
    """Find a run by its place in the lesson, counted from 1; None: the last. None where there is no such run."""
    runs = view.everything if view is not None else ()
    at = len(runs) if number is None else number
    return runs[at - 1] if 1 <= at <= len(runs) else None
