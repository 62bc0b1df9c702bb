"""Numbers as text: durations, counts and shares, short enough for a chart's edge."""

from __future__ import annotations

from math import floor, isfinite, log10
from typing import Literal, TypeAlias

Unit: TypeAlias = Literal["duration", "count", "share"]

UNKNOWN = "n/a"
EXACT_DIGITS = 10
"""Significant digits of a tick's label: all a clean tick has, and none of the rounding below them."""


def duration_text(seconds: float, digits: int = 3) -> str:
    """Say how long: ``409 ms``, ``1.32 s``, ``1 min 5 s``, ``2 h 10 min``; ``n/a`` when it is not finite.

    `digits` is the number of significant digits below a minute; from there on whole seconds are kept.
    """
    if not isfinite(seconds):
        return UNKNOWN
    if seconds < 0:
        return f"-{duration_text(-seconds, digits)}"
    if seconds == 0:
        return "0 s"
    if seconds < 60 and (rounded := _significant(seconds, digits)) < 60:
        for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
            if rounded >= size:
                return f"{_plain(rounded / size, digits)} {unit}"
        return f"{_plain(rounded / 1e-9, digits)} ns" if rounded >= 1e-9 else "<1 ns"
    whole = floor(seconds + 0.5)
    if whole < 3600:
        return _pair(whole, 60, "min", "s")
    minutes = floor(seconds / 60 + 0.5)
    return _pair(minutes, 60, "h", "min") if minutes < 600_000 else f"{seconds / 3600:.3g} h"


def count_text(count: float, digits: int = 3) -> str:
    """Say how many: ``9,500``, ``12k``, ``1.5M``; whole below ten thousand, `digits` of them above."""
    if not isfinite(count):
        return UNKNOWN
    for size, suffix in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(count) >= size:
            return f"{_plain(count / (1e3 if suffix == 'k' else size), digits)}{suffix}"
    return f"{count:,.4g}"


def share_text(share: float) -> str:
    """Say which part of a whole, given as 0 to 1: ``20 %``, ``0.4 %``; ``0 %`` only for nothing at all."""
    if not isfinite(share):
        return UNKNOWN
    percent = share * 100
    if percent == 0 or abs(percent) >= 9.5:
        return f"{percent:.0f} %"
    return f"{_plain(percent, 1 if abs(percent) < 1 else 2)} %" if abs(percent) >= 0.01 else "<0.01 %"


def tick_text(value: float, unit: Unit) -> str:
    """Label a clean tick: as many digits as it has, and no more."""
    if unit == "duration":
        size = abs(value)
        whole = size < 60 or (size == floor(size) and (size < 3600 or size % 60 == 0))
        return duration_text(value, EXACT_DIGITS) if whole else f"{_plain(value, EXACT_DIGITS)} s"
    return count_text(value, EXACT_DIGITS) if unit == "count" else f"{_plain(value * 100, EXACT_DIGITS)} %"


def counted(count: int, noun: str) -> str:
    """Say a number with its noun: ``1 request``, ``12,000 requests``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _significant(value: float, digits: int) -> float:
    return round(value, digits - 1 - floor(log10(value)))


def _plain(value: float, digits: int) -> str:
    if value == 0:
        return "0"
    decimals = max(0, digits - 1 - floor(log10(abs(value))))
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _pair(small: int, factor: int, large_unit: str, small_unit: str) -> str:
    large, rest = divmod(small, factor)
    return f"{large} {large_unit} {rest} {small_unit}" if rest else f"{large} {large_unit}"
