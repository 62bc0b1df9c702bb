"""Two runs as outlines over one another: what a change did to the whole distribution, as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tui.charts.axis import Axis
from tui.charts.distribution import Bins, Group, draw_percentiles, kept
from tui.charts.frame import draw_frame
from tui.charts.glyphs import GLYPHS, GlyphName, GlyphSet
from tui.charts.raster import Grid, Ink, dashed, dot_codes, step_line
from tui.charts.sample import described, left_out_text
from tui.charts.units import counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tui.charts.glyphs import Codes

KEY, GAP = 6, 3
"""How wide a line's sample with its caret is, in the legend, and what is between two entries."""


@dataclass(frozen=True, eq=False)
class BeforeAfterData:
    """The latencies of two runs in seconds, shapes (n,) and (m,), and what to call them.

    Latencies that are not finite are counted, not drawn.
    """

    before_s: NDArray[np.float64]
    after_s: NDArray[np.float64]
    names: tuple[str, str] = ("before", "after")

    @classmethod
    def empty(cls) -> BeforeAfterData:
        """Nothing to compare yet."""
        return cls(np.empty(0), np.empty(0))

    @cached_property
    def groups(self) -> tuple[Group, Group]:
        """Both runs, as far as they can be drawn."""
        return kept(self.before_s, self.names[0]), kept(self.after_s, self.names[1])

    @property
    def left_out(self) -> int:
        """How many requests cannot be drawn."""
        return len(self.before_s) + len(self.after_s) - sum(group.latency_s.size for group in self.groups)


def draw_before_after(
    data: BeforeAfterData, width: int, height: int, *, glyphs: GlyphName = "braille"
) -> Grid:
    """Draw both outlines into a grid of exactly this size, each in shares of its own requests."""
    grid, chosen = Grid(width, height), GLYPHS[glyphs]
    sizes = [group.latency_s.size for group in data.groups]
    axis = Axis.around(np.concatenate([group.latency_s for group in data.groups]), "log")
    # The smaller run decides how fine the bins can be: both need counts that mean something.
    bins = Bins.over(axis, width, min((size for size in sizes if size), default=0))
    shares = [bins.counts(group.latency_s) / max(group.latency_s.size, 1) for group in data.groups]
    up = Axis.around(np.concatenate(shares), unit="share")
    rank_rows = 2 if height >= 10 else 0
    top = 1 if height >= 4 else 0
    gutter = width - bins.width
    frame = draw_frame(grid, axis, up, chosen, top=top, bottom=rank_rows, gutter=gutter)
    carets = (chosen.hollow_caret, chosen.caret)
    for place, (share, ink) in enumerate(zip(shares, (Ink.FIRST, Ink.SECOND), strict=True)):
        line = step_line(bins.spread(share / up.high, chosen.across), frame.field.height * chosen.up)
        grid.paste(frame.left, frame.top, _line_codes(line, place, chosen), ink)
        if rank_rows:
            row, found = grid.band(height - rank_rows + place, 1), data.groups[place].percentiles
            draw_percentiles(row, frame, found, glyphs=chosen, caret=carets[place], ink=ink)
    if top:
        _legend(grid, data, carets, chosen)
    return grid


def summarize_before_after(data: BeforeAfterData) -> str:
    """Say in one sentence what the comparison shows."""
    if not any(group.latency_s.size for group in data.groups):
        return f"No requests to compare{left_out_text(data.left_out)}."
    before, after = data.groups
    runs = [
        f"{group.name}: {counted(group.latency_s.size, 'request')}, {described(group.latency_s)}"
        for group in data.groups
    ]
    changes = [
        f"{'median' if rank == 50 else f'p{rank}'} {_signed((after.percentiles[rank] / old - 1) * 100)} %"
        for rank, old in before.percentiles.items()
        if rank in after.percentiles and old > 0
    ]
    return "; ".join(runs + ([", ".join(changes)] if changes else [])) + left_out_text(data.left_out) + "."


def _line_codes(lit: NDArray[np.bool_], place: int, glyphs: GlyphSet) -> Codes:
    if place:
        return dot_codes(lit, glyphs, glyphs.outline)
    # Where both lines are made of the same dots, the first one is dashed.
    return dot_codes(dashed(lit) if glyphs.outline is glyphs.dots else lit, glyphs)


def _signed(percent: float) -> str:
    text = f"{percent:+.0f}"
    return "+0" if text == "-0" else text


def _legend(grid: Grid, data: BeforeAfterData, carets: tuple[str, str], glyphs: GlyphSet) -> None:
    """Show each run's line and caret beside its name, and its size where there is room for both."""
    sample = np.zeros((glyphs.up, 3 * glyphs.across), dtype=np.bool_)
    sample[glyphs.up // 2] = True
    sizes = [counted(group.latency_s.size, "request") for group in data.groups]
    names = [group.name for group in data.groups]
    words = next(
        (
            found
            for found in ([f"{name}, {size}" for name, size in zip(names, sizes, strict=True)], names)
            if sum(map(len, found)) + 2 * KEY + GAP <= grid.width
        ),
        [name.partition(" ")[0] for name in names],
    )
    x = 0
    for place, (text, ink) in enumerate(zip(words, (Ink.FIRST, Ink.SECOND), strict=True)):
        if x + KEY + len(text) > grid.width:
            return
        grid.paste(x, 0, _line_codes(sample, place, glyphs), ink)
        grid.put(x + 4, 0, glyphs.text(f"{carets[place]} {text}"), ink)
        x += KEY + len(text) + GAP
