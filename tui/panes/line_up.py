"""The requests of a run stood in line by how long they took, one figure each, as a picture.

A percentile is a rank in this line: of 60 requests, the 57th is where p95 stands. What stands in line shows
by its glyph: o answered, c answered after a cold start, x failed, * failed after one, - left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from simulator.metrics import Latency, needed_samples, summary
from tui.charts.axis import Axis
from tui.charts.frame import LEAST_WIDTH, draw_frame
from tui.charts.glyphs import GLYPHS, SPACE
from tui.charts.raster import CURSOR, Grid, Ink, bar_codes
from tui.panes.run_figures import ordinal, status_failed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.columns import Column
    from simulator.run_data import RunData
    from tui.charts.glyphs import GlyphName, GlyphSet

OK, COLD, FAILED, BOTH, LEFT_OUT = "ocx*-"
GUTTER = 8
WIDEST = 3
"""A figure is at most this many cells wide."""


@dataclass(frozen=True, eq=False)
class LineUpData:
    """Latencies in seconds, ascending, with the status of each and whether it met a cold start; all of shape (n,).

    `number` are the requests' numbers, of shape (n,), or of none where nobody asks for them.
    `left_out`: the slowest is still shown, and counts no more. `without` is how many have no latency.
    """

    latency_s: Column
    status: Column
    cold: Column
    left_out: bool = False
    without: int = 0
    number: Column = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    @classmethod
    def empty(cls) -> LineUpData:
        """Nobody stands in line yet."""
        return cls(np.empty(0), np.empty(0, dtype=np.int16), np.empty(0, dtype=np.bool_))

    @classmethod
    def of(cls, data: RunData, *, left_out: bool = False) -> LineUpData:
        """Stand the answered requests of a run in line; equal ones in the order of sending."""
        latency = data.requests["latency_s"]
        rows = np.flatnonzero(~np.isnan(latency))
        rows = rows[np.argsort(latency[rows], kind="stable")]
        status, cold = data.requests["status"][rows], data.requests["cold"][rows] > 0
        out, without = left_out and len(rows) > 1, len(latency) - len(rows)
        return cls(latency[rows], status, cold, out, without, data.requests["number"][rows])

    def leaving_out(self, left_out: bool) -> LineUpData:
        """Leave the slowest out, or take it back."""
        return replace(self, left_out=left_out and len(self.latency_s) > 1)

    @property
    def n(self) -> int:
        """How many stand in line, the one left out included."""
        return len(self.latency_s)

    @property
    def kept(self) -> int:
        """How many count."""
        return self.n - self.left_out

    @cached_property
    def figures(self) -> Latency:
        """What the ones that count amount to."""
        return summary(self.latency_s[: self.kept])

    def rank(self, p: float) -> int:
        """The rank, from 1, at which a percentile stands among those that count: the 57th of 60 for p95."""
        return max(1, ceil(round(p * self.kept, 9)))

    @cached_property
    def failed(self) -> Column:
        """Which of them failed."""
        return status_failed(self.status)

    @cached_property
    def marks(self) -> dict[int, str]:
        """Ranks to mark: the median's (two where the number is even), p95's, and p99's where it counts."""
        if not self.kept:
            return {}
        found = {self.rank(0.99): "p99"} if self.kept >= needed_samples(0.99) else {}
        found[self.rank(0.95)] = "p95"
        found |= {self.rank(0.5): "median", self.kept // 2 + 1: "median"}
        return found

    def glyph(self, index: int) -> str:
        """How one of them, counted from 0, is drawn."""
        if index >= self.kept:
            return LEFT_OUT
        return (
            (BOTH if self.cold[index] else FAILED) if self.failed[index] else COLD if self.cold[index] else OK
        )


@dataclass(frozen=True, slots=True)
class Places:
    """Where everybody stands: `rows` of `per_row` figures, `columns` cells wide, each for `stride` requests."""

    per_row: int
    rows: int
    columns: int
    stride: int

    @classmethod
    def find(cls, n: int, width: int, height: int) -> Places:
        """Find room for n requests in a picture of this size."""
        room = max(1, width - gutter(width))
        if n <= room:
            return cls(max(n, 1), 1, min(WIDEST, room // max(n, 1)), 1)
        stride = ceil(n / (room * max(1, height)))
        return cls(room, ceil(ceil(n / stride) / room), 1, stride)

    def place(self, index: int) -> tuple[int, int]:
        """The row and the cell in it of the one with this index, from 0."""
        row, column = divmod(index // self.stride, self.per_row)
        return row, column * self.columns


def gutter(width: int) -> int:
    """Say how many cells stand left of the line in a picture of this width: none where they would leave it too few."""
    return GUTTER if width - GUTTER >= LEAST_WIDTH else 0


def draw_line_up(
    data: LineUpData,
    width: int,
    height: int,
    *,
    cursor: int | None = None,
    log: bool = False,
    glyphs: GlyphName = "braille",
) -> Grid:
    """Draw the line into a grid of exactly this size: one row of bars if everybody fits, else rows of figures."""
    grid, chosen = Grid(width, height), GLYPHS[glyphs]
    if not data.n or width < 1 or height < 1:
        return grid
    foot = 2 if height >= 5 else 0
    places = Places.find(data.n, width, height - foot)
    up = Axis.around(data.latency_s, "log" if log else "linear")
    if places.rows == 1 and foot:
        _draw_tall(grid, data, places, up, chosen)
    else:
        _draw_rows(grid.band(0, height - foot), data, places, up, chosen)
        if foot:
            _legend(grid, data, chosen)
    if cursor is not None:
        _draw_cursor(grid, data, places, cursor, foot)
    return grid


def _draw_tall(grid: Grid, data: LineUpData, places: Places, up: Axis, glyphs: GlyphSet) -> None:
    """One row: a bar as tall as each took long, its figure at the foot, and the marks below."""
    across = Axis(0.0, max(1.0, float(data.n)), unit="count")
    frame = draw_frame(grid, across, up, glyphs, bottom=1, gutter=gutter(grid.width), labels=False)
    bars, inks = _bars(data, places, up, frame.field.height, glyphs)
    grid.paste(frame.left, frame.top, bars, inks)
    for index in range(data.n):
        x = frame.left + index * places.columns
        grid.put(x, frame.foot, data.glyph(index), _ink(data, index))
    _draw_marks(grid, data, {rank: frame.left + (rank - 1) * places.columns for rank in data.marks}, glyphs)


def _draw_marks(grid: Grid, data: LineUpData, places: dict[int, int], glyphs: GlyphSet) -> None:
    """Put a caret under each marked figure, and beside it what it is, on the side where there is room."""
    y, free = grid.height - 1, 0
    names = sorted(data.marks.items())
    for rank, name in names:
        grid.put(places[rank], y, glyphs.caret, _mark_ink(name))
    for place, (rank, name) in enumerate(names):
        if name in (other for _, other in names[place + 1 :]):
            continue  # the second of the median's two carries its name
        text, x = name if name == "median" else f"{ordinal(rank)}: {name}", places[rank]
        until = places[names[place + 1][0]] if place + 1 < len(names) else grid.width
        if x + 2 + len(text) <= until:
            grid.put(x + 2, y, text, _mark_ink(name))
            free = x + 2 + len(text)
        elif x - 1 - len(text) >= free:
            grid.put(x - 1 - len(text), y, text, _mark_ink(name))


def _draw_rows(grid: Grid, data: LineUpData, places: Places, up: Axis, glyphs: GlyphSet) -> None:
    """Several rows, the fastest above: figures, with bars over them where there is room."""
    each = max(1, grid.height // places.rows)
    marks = {(rank - 1) // places.stride: name for rank, name in data.marks.items()}
    bars, inks = _bars(data, places, up, each - 1, glyphs)
    for row in range(places.rows):
        top, first = row * each, row * places.per_row
        label = f"{first * places.stride + 1:,} "
        left = gutter(grid.width)
        if left:
            grid.put(left - len(label), top + each - 1, label, Ink.LABEL)
        if each > 1:
            part = slice(first, first + places.per_row)
            grid.paste(left, top, bars[:, part], inks[:, part])
        for slot in range(first, min(first + places.per_row, ceil(data.n / places.stride))):
            index = min((slot + 1) * places.stride, data.n) - 1
            name = marks.get(slot)
            glyph, ink = data.glyph(index), _ink(data, index)
            if name is not None:
                glyph, ink = _letter(name), _mark_ink(name)
            grid.put(left + slot - first, top + each - 1, glyph, ink)


def _bars(
    data: LineUpData, places: Places, up: Axis, rows: int, glyphs: GlyphSet
) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Draw a bar for each figure: the slowest of those it stands for; what is left out is hatched."""
    last = np.minimum(np.arange(places.stride, data.n + places.stride, places.stride), data.n) - 1
    heights = np.clip(up.fractions(data.latency_s[last]), 0.0, 1.0) * rows
    codes = bar_codes(heights, rows, glyphs) if rows > 0 else np.empty((0, len(last)), dtype="<u4")
    inks = np.array([_ink(data, int(index)) for index in last], dtype=np.uint8)
    if data.left_out and rows > 0:
        codes[codes[:, -1] != SPACE, -1] = ord(glyphs.hatch)
    wide = np.repeat(codes, places.columns, axis=1)
    if places.columns == WIDEST:
        wide[:, WIDEST - 1 :: WIDEST] = SPACE
    return wide, np.broadcast_to(np.repeat(inks, places.columns), wide.shape)


def _legend(grid: Grid, data: LineUpData, glyphs: GlyphSet) -> None:
    ranks: dict[str, list[str]] = {}
    for rank, name in sorted(data.marks.items()):
        ranks.setdefault(name, []).append(ordinal(rank))
    texts = [f"{_letter(name)} {name}, the {' and '.join(these)}" for name, these in ranks.items()]
    grid.put(gutter(grid.width), grid.height - 1, glyphs.text("   ".join(texts)), Ink.CAPTION)


def _draw_cursor(grid: Grid, data: LineUpData, places: Places, cursor: int, foot: int) -> None:
    row, column = places.place(min(max(cursor, 0), data.n - 1))
    each = max(1, (grid.height - foot) // places.rows)
    top = 0 if places.rows == 1 and foot else row * each
    until = grid.height - foot + 1 if places.rows == 1 and foot else top + each
    x = gutter(grid.width) + column
    grid.inks[top:until, x : x + places.columns] |= CURSOR
    above = grid.codes[top : until - 1, x]
    above[above == SPACE] = ord("|")


def _letter(name: str) -> str:
    return {"median": "M", "p95": "P", "p99": "Q"}[name]


def _mark_ink(name: str) -> Ink:
    return {"median": Ink.P50, "p95": Ink.P95, "p99": Ink.P99}[name]


def _ink(data: LineUpData, index: int) -> Ink:
    inks = {OK: Ink.OK, COLD: Ink.MARK, FAILED: Ink.FAILED, BOTH: Ink.FAILED, LEFT_OUT: Ink.LABEL}
    return inks[data.glyph(index)]
