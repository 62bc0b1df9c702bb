"""Rasters: from numpy arrays and a size in cells to characters and inks, without a screen.

A `Grid` holds one character and one ink per cell. An ink says what a cell shows (a failed request, a label);
which color that is, the widget's styles decide. Every function here bins with bincount or broadcasting: a
million points cost a few tens of milliseconds, and a grid costs its cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tui.charts.glyphs import SPACE, Codes, GlyphSet, codes_of, narrow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tui.charts.axis import Axis

CURSOR = 0x80
"""Added to an ink where the cursor stands."""


class Ink(IntEnum):
    """What a cell shows; the widget has a style for each."""

    BLANK = 0
    CAPTION = 1
    LABEL = 2
    AXIS = 3
    OK = 4
    CROWD = 5
    FAILED = 6
    P50 = 7
    P95 = 8
    P99 = 9
    THRESHOLD = 10
    MARK = 11
    FIRST = 12
    SECOND = 13
    HEAT1 = 14
    HEAT2 = 15
    HEAT3 = 16
    HEAT4 = 17
    HEAT5 = 18


class Grid:
    """Characters and inks, `height` rows of `width` cells; writing beyond an edge is cut off there."""

    def __init__(self, width: int, height: int) -> None:
        self.codes: Codes = np.full((max(height, 0), max(width, 0)), SPACE, dtype="<u4")
        self.inks: NDArray[np.uint8] = np.zeros(self.codes.shape, dtype=np.uint8)

    @property
    def width(self) -> int:
        """Cells in a row."""
        return int(self.codes.shape[1])

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.codes.shape[0])

    def band(self, top: int, height: int) -> Grid:
        """The part of the grid from row `top` on, `height` rows at most, as a grid that shares its cells."""
        part = Grid(0, 0)
        part.codes, part.inks = self.codes[top : top + height], self.inks[top : top + height]
        return part

    def put(self, x: int, y: int, text: str, ink: Ink) -> None:
        """Write a text from cell (x, y) to the right."""
        if not 0 <= y < self.height or x >= self.width:
            return
        text = text[max(-x, 0) : self.width - x]
        x = max(x, 0)
        if text:
            self.codes[y, x : x + len(text)] = codes_of(narrow(text))
            self.inks[y, x : x + len(text)] = ink

    def paste(self, left: int, top: int, codes: Codes, ink: Ink | NDArray[np.uint8]) -> None:
        """Lay a block of characters over the grid; its blanks are transparent. It must lie inside."""
        height, width = codes.shape
        lit = codes != SPACE
        self.codes[top : top + height, left : left + width][lit] = codes[lit]
        inks = np.broadcast_to(np.asarray(ink, dtype=np.uint8), codes.shape)
        self.inks[top : top + height, left : left + width][lit] = inks[lit]

    def line(self, y: int) -> str:
        """The characters of a row."""
        return str(self.codes[y].tobytes(), "utf-32-le")

    def text(self) -> str:
        """All rows as one text, with trailing blanks cut off: what golden tests and plain output show."""
        return "\n".join(self.line(y).rstrip() for y in range(self.height))

    def runs(self, y: int) -> list[tuple[str, int]]:
        """A row as texts of one ink each."""
        inks = self.inks[y]
        line = self.line(y)
        edges = [0, *(np.flatnonzero(inks[1:] != inks[:-1]) + 1).tolist(), len(line)]
        return [(line[a:b], int(inks[a])) for a, b in pairwise(edges) if b > a]


@dataclass(frozen=True, slots=True)
class Field:
    """Where points lie: two axes and the size of the plot in cells."""

    across: Axis
    up: Axis
    width: int
    height: int

    def count(self, xs: NDArray[np.float64], ys: NDArray[np.float64], glyphs: GlyphSet) -> NDArray[np.int64]:
        """Count the points in each dot: shape (height * glyphs.up, width * glyphs.across), top row first."""
        columns, rows = self.width * glyphs.across, self.height * glyphs.up
        places = rows - 1 - self.up.cells(ys, rows)
        places *= columns
        places += self.across.cells(xs, columns)
        return np.bincount(places, minlength=rows * columns).reshape(rows, columns)


def per_cell(counts: NDArray[np.int64], glyphs: GlyphSet) -> NDArray[np.int64]:
    """Add the counts of dots up to counts of cells."""
    rows, columns = counts.shape
    blocks = counts.reshape(rows // glyphs.up, glyphs.up, columns // glyphs.across, glyphs.across)
    return np.asarray(blocks.sum(axis=(1, 3)))


def dot_codes(lit: NDArray[np.bool_], glyphs: GlyphSet, table: Codes | None = None) -> Codes:
    """Turn lit dots into characters; `table` is `glyphs.dots` unless told otherwise."""
    rows, columns = lit.shape
    blocks = lit.reshape(rows // glyphs.up, glyphs.up, columns // glyphs.across, glyphs.across)
    weights = (1 << np.arange(glyphs.up * glyphs.across)).reshape(glyphs.up, glyphs.across)
    bits = np.einsum("rich,ih->rc", blocks, weights)
    return np.asarray((glyphs.dots if table is None else table)[bits])


def bar_codes(heights: NDArray[np.float64], rows: int, glyphs: GlyphSet) -> Codes:
    """Draw one bar per column, `heights` in cells, to an eighth of one; above 0, at least that."""
    eighths = np.maximum(np.rint(heights * 8).astype(np.int64), (heights > 0).astype(np.int64))
    below = np.arange(rows - 1, -1, -1)[:, None] * 8
    return glyphs.bars[np.clip(eighths[None, :] - below, 0, 8)]


def step_line(heights: NDArray[np.float64], rows: int) -> NDArray[np.bool_]:
    """Light the dots of a stepped line: a height per dot column, 0 to 1 of `rows` dots; at 0, no dots."""
    levels = np.rint(np.clip(heights, 0, 1) * rows).astype(np.int64)
    levels = np.maximum(levels, (heights > 0).astype(np.int64))
    before, after = np.concatenate(([0], levels[:-1])), np.concatenate((levels[1:], [0]))
    # Rising and falling edges both belong to the higher column, so that a lone bar is as wide as its bin.
    low = np.minimum(levels, np.minimum(before, after) + 1)
    level = np.arange(rows, 0, -1)[:, None]
    return np.asarray((level >= low[None, :]) & (level <= levels[None, :]) & (levels > 0)[None, :])


def dashed(lit: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Keep every second dot of a line, so that it differs from a whole one without color."""
    rows, columns = lit.shape
    return np.asarray(lit & ((np.arange(rows)[:, None] + np.arange(columns)[None, :]) % 2 == 0))
