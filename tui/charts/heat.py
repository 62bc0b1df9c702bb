"""A heatmap as a picture: time across, the logarithm of latency up, fuller glyphs where there are more requests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from simulator.metrics import heatmap
from tui.charts.frame import Frame, draw_frame, draw_labels
from tui.charts.glyphs import GLYPHS, SPACE
from tui.charts.humps import describe_humps
from tui.charts.latency import draw_caption, label_room, levels_of, over_text
from tui.charts.marks import draw_letters, draw_marks
from tui.charts.raster import Grid, Ink
from tui.charts.sample import left_out_text
from tui.charts.units import counted, duration_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tui.charts.glyphs import GlyphName, GlyphSet
    from tui.charts.latency import LatencyData

    Counts = NDArray[np.intp]

HEATS = (Ink.HEAT1, Ink.HEAT2, Ink.HEAT3, Ink.HEAT4, Ink.HEAT5)
"""The inks of the ramp, from few requests to many."""
LEGEND_FROM, FAILED_FROM = 6, 12
"""From these heights on there is a line for the legend, and one for the failed requests."""
DIGITS = " 123456789"


@dataclass(frozen=True, eq=False)
class Heat:
    """Requests counted in cells: `counts` has the shape (bins up, bins across), the slowest first.

    A bin is `columns` by `rows` cells of the plot; the last of them may reach beyond it.
    """

    counts: Counts
    columns: int
    rows: int

    @classmethod
    def of(cls, data: LatencyData, frame: Frame) -> Heat:
        """Count the requests that lie in a plot, in bins large enough for their counts to mean something."""
        started, latency, _ = data.drawn
        field = frame.field
        columns, rows = frame.step, _bin(field.height, latency.size, least=8)
        across, up = -(-field.width // columns), -(-field.height // rows)
        span = (field.up.high / field.up.low) ** (up * rows / field.height)
        counts = heatmap(
            # Columns rather than seconds: a request lies in the column that the cursor reads it out of.
            (field.across.cells(started, field.width) // columns).astype(np.float64),
            latency,
            start=0.0,
            stop=float(across),
            columns=across,
            low=field.up.low,
            high=field.up.low * span,
            rows=up,
        )
        inside = counts[1:-1]
        inside[0] += counts[0]
        inside[-1] += counts[-1]
        return cls(inside[::-1], columns, rows)

    @property
    def steps(self) -> tuple[int, ...]:
        """The largest count of each step of the ramp: the first is one request, the rest rise by equal factors."""
        most = int(self.counts.max(initial=0))
        count = min(len(HEATS), most)
        tops: list[int] = []
        for step in range(count):
            equal = round(most ** (step / max(count - 1, 1)))
            tops.append(max(equal, tops[-1] + 1 if tops else 1))
        return (*tops[:-1], most) if tops else ()

    def levels(self) -> NDArray[np.int64]:
        """The step of the ramp in each bin: 0 where nothing is, else from 1."""
        return np.asarray(np.searchsorted([0, *self.steps], self.counts))


def draw_heat(
    data: LatencyData, width: int, height: int, *, glyphs: GlyphName = "braille"
) -> tuple[Grid, Frame]:
    """Draw the requests of a run into a grid of exactly this size, and say where its plot lies.

    A row under the axis counts the failed requests, as digits; a last one says what each step of the ramp is.
    """
    grid, chosen = Grid(width, height), GLYPHS[glyphs]
    lines = draw_caption(grid, data, chosen, scale=("log scale", ""), cross="")
    letters_row = lines if data.marked and height >= 8 else None
    failed = data.drawn[2]
    failed_rows = 1 if failed.any() and height >= FAILED_FROM else 0
    frame = draw_frame(
        grid,
        data.across,
        data.up(log=True),
        chosen,
        top=lines + (letters_row is not None),
        bottom=failed_rows + (height >= LEGEND_FROM),
        right=label_room(width) if data.percentiles or data.threshold is not None else 0,
    )
    field = frame.field
    frame = replace(frame, step=_bin(field.width, failed.size, least=12))
    heat = Heat.of(data, frame)
    draw_marks(grid, frame, data.marked, chosen)
    _fill(grid, frame, heat, chosen)
    draw_letters(grid, frame, data.marked, frame.top if letters_row is None else letters_row)
    draw_labels(
        grid,
        frame,
        levels_of(data, chosen, field.width),
        chosen,
        right=width - frame.left - field.width,
    )
    if failed_rows:
        _draw_failed(grid, frame, data, y=height - 2)
    if height >= LEGEND_FROM:
        _draw_legend(grid, heat, chosen, _bin_words(data, frame))
    return grid, frame


def summarize_heat(data: LatencyData) -> str:
    """Say in one sentence what the picture shows."""
    started, latency, failed = data.drawn
    if not latency.size:
        return f"No requests to show{left_out_text(data.left_out)}."
    sent = f"{counted(latency.size, 'request')} within {duration_text(float(started.max()))}"
    parts = [f"{sent}: {describe_humps(latency)}"]
    if data.threshold is not None:
        parts.append(over_text(data, data.threshold))
    lost = f"{int(failed.sum()):,} failed"
    if failed.any():
        half = duration_text(float(np.median(latency[failed])))
        lost += f", their median {half}" if failed.sum() > 1 else f", after {half}"
    return "; ".join([*parts, lost]) + left_out_text(data.left_out) + "."


def _bin(length: int, samples: int, *, least: int) -> int:
    """How many cells a bin takes, so that there are about two per root of the sample size, or a few at least."""
    return max(1, round(length / max(float(least), 2 * sqrt(samples))))


def _fill(grid: Grid, frame: Frame, heat: Heat, glyphs: GlyphSet) -> None:
    """Fill each bin with its step's glyph; a lone request is one dot in the middle of its bin."""
    width, height = frame.field.width, frame.field.height
    levels = np.repeat(np.repeat(heat.levels(), heat.rows, axis=0), heat.columns, axis=1)
    levels = levels[levels.shape[0] - height :, :width]
    middle = _middles(height, heat.rows)[::-1, None] & _middles(width, heat.columns)[None, :]
    levels = np.where((levels == 1) & ~middle, 0, levels)
    codes = np.array([SPACE, *map(ord, glyphs.ramp)], dtype="<u4")
    inks = np.array([Ink.BLANK, *_inks(heat)], dtype=np.uint8)
    grid.paste(frame.left, frame.top, codes[_spread(heat)][levels], inks[levels])


def _middles(length: int, size: int) -> NDArray[np.bool_]:
    """Mark the middle cell of each bin along an axis."""
    cells = np.arange(length)
    first = cells // size * size
    return np.asarray(cells == (first + np.minimum(first + size, length) - 1) // 2)


def _spread(heat: Heat) -> NDArray[np.int64]:
    """Choose the glyph of each step, 0 for none: with fewer than five steps, from all over the ramp."""
    count, last = len(heat.steps), len(HEATS)
    return np.array([0, *(1 + round(step * (last - 1) / max(count - 1, 1)) for step in range(count))])


def _inks(heat: Heat) -> list[Ink]:
    return [HEATS[place - 1] for place in _spread(heat)[1:].tolist()]


def _draw_failed(grid: Grid, frame: Frame, data: LatencyData, *, y: int) -> None:
    """Count the failed requests of each bin in a row of digits; ten and more are a ``+``."""
    started, _, failed = data.drawn
    cells = frame.field.across.cells(started[failed], frame.field.width) // frame.step
    for place, count in enumerate(np.bincount(cells).tolist()):
        first, stop = frame.columns(place * frame.step)
        sign = DIGITS[count] if count < len(DIGITS) else "+"
        if count:
            grid.put(frame.left + (first + stop - 1) // 2, y, sign, Ink.FAILED)
    name = next((name for name in ("failed", "fail", "x") if len(name) < frame.left), "")
    grid.put(frame.left - 1 - len(name), y, name, Ink.FAILED)


def _draw_legend(grid: Grid, heat: Heat, glyphs: GlyphSet, bin_words: str) -> None:
    """Say on the last row how many requests each step of the ramp stands for."""
    tops, inks = heat.steps, _inks(heat)
    lows = [1, *(top + 1 for top in tops)]
    texts = [f"{low:,}" if low == top else f"{low:,}–{top:,}" for low, top in zip(lows, tops, strict=False)]
    x, y = 0, grid.height - 1
    head = f"{bin_words}:"
    if len(head) + sum(len(text) + 4 for text in texts) > grid.width:
        head = "in a cell:"
    grid.put(x, y, glyphs.text(head if tops else ""), Ink.LABEL)
    x += len(head) + 1
    for text, ink in zip(texts, inks, strict=True):
        if x + 2 + len(text) > grid.width:
            break
        grid.put(x, y, glyphs.ramp[HEATS.index(ink)], ink)
        grid.put(x + 2, y, glyphs.text(text), Ink.LABEL)
        x += len(text) + 4


def _bin_words(data: LatencyData, frame: Frame) -> str:
    seconds = (data.across.high - data.across.low) / frame.field.width * frame.step
    return f"requests in a cell {duration_text(seconds, 2)} wide"
