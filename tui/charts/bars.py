"""Bars of a waterfall: a stretch of time in a row of cells, to an eighth of one, as texts with inks."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TypeAlias

Runs: TypeAlias = list[tuple[str, str]]
"""The texts of a line from left to right, each behind the name of its ink."""

BACKWARD = "<"
"""Before an ink's name: draw in reverse, so that a cell's right part is lit instead of its left."""


@dataclass(frozen=True, slots=True)
class Signs:
    """The characters a waterfall is drawn with; `eighths` are 1 to 7 of them from the left, or nothing."""

    cursor: str
    critical: str
    open: str
    folded: str
    error: str
    left_open: str
    more: str
    full: str
    eighths: str
    instant: str
    hatch: str
    grid: str


FINE = Signs("❯", "┃", "▾", "▸", "✗", "○", "…", "█", "▏▎▍▌▋▊▉", "▏", "░", "┊")
PLAIN = Signs(">", "*", "-", "+", "x", "o", "~", "=", "", "|", "/", ".")


def bar(start: float, end: float, blank: list[str], ink: str, signs: Signs) -> Runs:
    """Draw a stretch from `start` to `end`, in cells, over a blank row; however short, it shows."""
    width = len(blank)
    if not width:
        return []
    if not signs.eighths:
        first = min(max(floor(start), 0), width - 1)
        last = max(first + 1, min(ceil(end), width))
        filled = signs.full * (last - first) if end - start >= 0.5 else signs.instant
        return _between(blank, first, [(ink, filled)])
    a = min(max(round(start * 8), 0), width * 8 - 1)
    b = min(max(round(end * 8), a + 1), width * 8)
    first, left = divmod(a, 8)
    last, right = divmod(b, 8)
    if first == last or (last == first + 1 and not right):
        return _between(blank, first, [_within_a_cell(left, b - a, ink, signs)])
    runs: Runs = [(BACKWARD + ink, signs.eighths[left - 1])] if left else []
    runs.append((ink, signs.full * (last - first - (left > 0))))
    if right:
        runs.append((ink, signs.eighths[right - 1]))
    return _between(blank, first, runs)


def hatched(spots: list[tuple[float, float]], blank: list[str], signs: Signs) -> Runs:
    """Hatch the cells that are covered for half or more, and mark the widest spot if that is none of them."""
    width = len(blank)
    covered = [0.0] * width
    for start, end in spots:
        for cell in range(max(floor(start), 0), min(ceil(end), width)):
            covered[cell] += min(end, cell + 1) - max(start, cell)
    lit = [cover >= 0.5 - 1e-9 for cover in covered]
    runs: Runs = [
        ("unmarked-bar", signs.hatch) if on else ("grid", text) for on, text in zip(lit, blank, strict=True)
    ]
    if width and not any(lit):
        widest = max(spots, key=lambda spot: spot[1] - spot[0])
        runs[min(max(floor(widest[0]), 0), width - 1)] = ("unmarked-bar", signs.instant)
    return runs


def clipped(runs: Runs, width: int) -> Runs:
    """Cut or fill a line to exactly this many cells, and join neighbors of one ink."""
    result: Runs = []
    for ink, text in [*runs, ("grid", " " * width)]:
        piece = text[:width]
        width -= len(piece)
        if piece and result and result[-1][0] == ink:
            result[-1] = (ink, result[-1][1] + piece)
        elif piece:
            result.append((ink, piece))
    return result


def _within_a_cell(left: int, eighths: int, ink: str, signs: Signs) -> tuple[str, str]:
    if eighths == 8:
        return ink, signs.full
    # There are no characters for the middle of a cell: lean to the nearer side.
    if left + eighths / 2 > 4:
        return BACKWARD + ink, signs.eighths[7 - eighths]
    return ink, signs.eighths[eighths - 1]


def _between(blank: list[str], first: int, runs: Runs) -> Runs:
    last = first + sum(len(text) for _, text in runs)
    return [("grid", "".join(blank[:first])), *runs, ("grid", "".join(blank[last:]))]
