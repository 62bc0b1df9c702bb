"""The frame of a chart: axis lines, ticks, lines at a value, and the labels beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tui.charts.glyphs import SPACE
from tui.charts.raster import CURSOR, Field, Grid, Ink

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from tui.charts.axis import Axis
    from tui.charts.glyphs import GlyphSet

LEAST_WIDTH, LEAST_HEIGHT = 12, 2
"""The plot gets at least this many cells before an axis gets any."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the plot stands in its grid: the upper left cell, and the field of points inside."""

    left: int
    top: int
    field: Field
    step: int = 1
    """How many columns are read out together: the width of a bin."""

    def columns(self, column: int) -> tuple[int, int]:
        """The columns that are read out with one: the first, and the one after the last."""
        first = column // self.step * self.step
        return first, min(first + self.step, self.field.width)

    @property
    def foot(self) -> int:
        """The row below the plot, where the horizontal axis is drawn if there is room."""
        return self.top + self.field.height

    def row(self, value: float) -> int:
        """The row of the grid on which a value of the vertical axis lies."""
        return self.foot - 1 - self.field.up.cell(value, self.field.height)


@dataclass(frozen=True, slots=True)
class Level:
    """A line at a value, with its label at the right edge in a long and a short form.

    It is level unless `along` gives a value for each column of the plot, NaN where there is none.
    """

    value: float
    label: str
    short: str
    ink: Ink
    glyph: str
    gap: int = 1
    """Drawn in every `gap`-th cell."""
    along: NDArray[np.float64] | None = None


def draw_frame(
    grid: Grid,
    across: Axis,
    up: Axis,
    glyphs: GlyphSet,
    *,
    top: int = 0,
    bottom: int = 0,
    right: int = 0,
    gutter: int | None = None,
    labels: bool = True,
) -> Frame:
    """Draw both axes into a grid, keeping rows free above and below and columns to the right.

    What does not fit is left away: first the vertical labels, then the horizontal ones, then the axis lines.
    `gutter` is the width for vertical labels, as wide as they are unless given; without `labels` the
    horizontal axis is a bare line.
    """
    room = grid.height - top - bottom
    axis_rows = 2 if labels and room >= LEAST_HEIGHT + 2 else 1 if room > LEAST_HEIGHT else 0
    height = max(1, room - axis_rows)
    upward = up.ticks_up(height)
    left = max(len(tick.label) for tick in upward) + 2 if gutter is None else gutter
    if grid.width - left - right < LEAST_WIDTH:
        left = 0
    width = max(1, grid.width - left - right)
    frame = Frame(left, top, Field(across, up, width, height))
    horizontal, vertical, corner, tick_across, tick_up = tuple(glyphs.axis)
    if left:
        grid.codes[top : frame.foot, left - 1] = ord(vertical)
        grid.inks[top : frame.foot, left - 1] = Ink.AXIS
        for tick in upward:
            y = frame.foot - 1 - tick.cell
            grid.put(left - 2 - len(tick.label), y, glyphs.text(tick.label), Ink.LABEL)
            if tick.label:
                grid.put(left - 1, y, tick_up, Ink.AXIS)
    if axis_rows:
        grid.put(left, frame.foot, horizontal * width, Ink.AXIS)
        if left:
            grid.put(left - 1, frame.foot, corner, Ink.AXIS)
        for tick in across.ticks_across(width) if axis_rows > 1 else ():
            if tick.label:
                grid.put(left + tick.cell, frame.foot, tick_across, Ink.AXIS)
                grid.put(left + tick.start, frame.foot + 1, glyphs.text(tick.label), Ink.LABEL)
    return frame


def draw_levels(grid: Grid, frame: Frame, levels: Sequence[Level], glyphs: GlyphSet, *, right: int) -> None:
    """Draw lines, and their labels in the `right` columns beside the plot; levels come in order of need."""
    for level in reversed(levels):
        columns = np.arange(0, frame.field.width, level.gap)
        if level.along is None:
            rows = np.full(columns.shape, frame.row(level.value))
        else:
            columns = columns[~np.isnan(level.along[columns])]
            rows = frame.foot - 1 - frame.field.up.cells(level.along[columns], frame.field.height)
        grid.codes[rows, frame.left + columns] = ord(level.glyph)
        grid.inks[rows, frame.left + columns] = level.ink
    draw_labels(grid, frame, levels, glyphs, right=right)


def draw_labels(grid: Grid, frame: Frame, levels: Sequence[Level], glyphs: GlyphSet, *, right: int) -> None:
    """Write the labels of levels in the `right` columns beside the plot, if any, each beside its value.

    Labels that would meet are moved apart. Where there are more labels than rows, the last ones are left away.
    """
    labeled = sorted(levels[: frame.field.height], key=lambda level: -level.value) if right else []
    rows: list[int] = []
    for level in labeled:
        rows.append(max(frame.row(level.value), rows[-1] + 1 if rows else frame.top))
    lowest = frame.foot
    for place in range(len(rows) - 1, -1, -1):
        rows[place] = lowest = min(rows[place], lowest - 1)
    for level, y in zip(labeled, rows, strict=True):
        label = level.label if len(level.label) < right else level.short
        if len(label) < right:
            grid.put(frame.left + frame.field.width + 1, y, glyphs.text(label), level.ink)


def joined(parts: Iterable[str], width: int) -> str:
    """Join the parts of a caption, as many of the first as fit."""
    text = ""
    for part in parts:
        longer = f"{text} · {part}" if text else part
        if len(longer) > width:
            break
        text = longer
    return text


def with_cursor(grid: Grid, frame: Frame, column: int, glyphs: GlyphSet) -> Grid:
    """Copy a grid with the cursor on a column of its plot: a line through its blanks, a caret on the axis.

    Where columns are read out together, all of them are marked, and the line stands in their middle.
    """
    marked = Grid(grid.width, grid.height)
    marked.codes[:], marked.inks[:] = grid.codes, grid.inks
    first, stop = frame.columns(column)
    x = frame.left + (first + stop - 1) // 2
    cells = marked.codes[frame.top : frame.foot, x]
    cells[cells == SPACE] = ord(glyphs.cursor)
    marked.inks[frame.top : frame.foot, frame.left + first : frame.left + stop] |= CURSOR
    if frame.foot < marked.height:
        marked.put(x, frame.foot, glyphs.caret, Ink.LABEL)
        marked.inks[frame.foot, x] |= CURSOR
    return marked
