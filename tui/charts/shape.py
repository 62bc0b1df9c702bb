"""A latency histogram as a picture: bars on a log axis, failed requests hatched, percentiles below."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tui.charts.axis import Axis
from tui.charts.distribution import Bins, Group, draw_percentiles, kept
from tui.charts.frame import Frame, draw_frame, joined
from tui.charts.glyphs import GLYPHS, SPACE, GlyphName, GlyphSet
from tui.charts.raster import Grid, Ink, bar_codes
from tui.charts.sample import described, left_out_text
from tui.charts.units import counted, duration_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tui.charts.glyphs import Codes

LEAST_GROUPED_HEIGHT = 10


@dataclass(frozen=True, eq=False)
class HistogramData:
    """The latencies of a run in seconds, which failed, and which belong to the first of two groups, if any.

    All arrays have the shape (n,); ValueError if not. Latencies that are not finite are counted, not drawn.
    """

    latency_s: NDArray[np.float64]
    failed: NDArray[np.bool_]
    first: NDArray[np.bool_] | None = None
    names: tuple[str, str] = ("slow", "fast")
    noun: str = "request"

    def __post_init__(self) -> None:
        arrays = [self.latency_s, self.failed] + ([] if self.first is None else [self.first])
        shapes = {np.shape(array) for array in arrays}
        if len(shapes) != 1 or len(shapes.pop()) != 1:
            raise ValueError("latency_s, failed and first must be flat and of one length")

    @classmethod
    def empty(cls) -> HistogramData:
        """No requests yet."""
        return cls(np.empty(0), np.empty(0, dtype=np.bool_))

    @cached_property
    def whole(self) -> Group:
        """All requests that can be drawn."""
        return kept(self.latency_s, "", self.failed)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """What is drawn: the whole, or one group above the other."""
        if self.first is None:
            return (self.whole,)
        return tuple(
            kept(self.latency_s[part], name, self.failed[part])
            for name, part in zip(self.names, (self.first, ~self.first), strict=True)
        )

    @property
    def left_out(self) -> int:
        """How many requests cannot be drawn."""
        return len(self.latency_s) - self.whole.latency_s.size


def draw_histogram(data: HistogramData, width: int, height: int, *, glyphs: GlyphName = "braille") -> Grid:
    """Draw a histogram into a grid of exactly this size: groups above one another on one axis.

    Below ten rows there is no room for two groups, and all requests are drawn as one.
    """
    grid, chosen = Grid(width, height), GLYPHS[glyphs]
    bins = Bins.over(Axis.around(data.whole.latency_s, "log"), width, data.whole.latency_s.size)
    rank_rows = 1 if height >= 8 else 0
    *above, last = data.groups if height >= LEAST_GROUPED_HEIGHT else (data.whole,)
    each = (height - rank_rows - 1) // (len(above) + 1)
    for place, group in enumerate(above):
        _draw_group(grid.band(place * each, each), group, bins, chosen, labels=False, noun=data.noun)
    lowest = grid.band(len(above) * each, height - rank_rows - len(above) * each)
    frame = _draw_group(lowest, last, bins, chosen, labels=True, noun=data.noun)
    if rank_rows:
        row, found = grid.band(height - 1, 1), data.whole.percentiles
        draw_percentiles(row, frame, found, glyphs=chosen, caret=chosen.caret, ink=Ink.CAPTION)
    return grid


def summarize_histogram(data: HistogramData) -> str:
    """Say in one sentence what the histogram shows."""
    whole = data.whole
    if not whole.latency_s.size:
        return f"No {data.noun}s to show{left_out_text(data.left_out)}."
    text = f"{counted(whole.latency_s.size, data.noun)}: {described(whole.latency_s)}"
    if data.first is not None:
        for group in data.groups:
            size = group.latency_s.size
            median = f", median {duration_text(group.percentiles[50])}" if size else ""
            text += f"; {size:,} {group.name}{median}"
    return f"{text}; {int(whole.failed.sum()):,} failed{left_out_text(data.left_out)}."


def _draw_group(grid: Grid, group: Group, bins: Bins, glyphs: GlyphSet, *, labels: bool, noun: str) -> Frame:
    captions = 1 if grid.height >= 4 else 0
    counts, failed = bins.counts(group.latency_s), bins.counts(group.latency_s[group.failed])
    up = Axis.around([int(counts.max())], unit="count")
    gutter = grid.width - bins.width
    frame = draw_frame(grid, bins.axis, up, glyphs, top=captions, gutter=gutter, labels=labels)
    codes, inks = _bars(counts / up.high, failed / up.high, frame.field.height, glyphs)
    if bins.columns >= 3:
        codes = np.where(np.arange(bins.columns) < bins.columns - 1, codes[:, :, None], SPACE)
    else:
        codes = np.repeat(codes[:, :, None], bins.columns, axis=2)
    codes = codes.reshape(len(codes), -1)[:, : bins.width]
    grid.paste(frame.left, frame.top, codes, np.repeat(inks, bins.columns, axis=1)[:, : bins.width])
    if captions:
        grid.put(0, 0, glyphs.text(joined(_caption(group, glyphs, noun), grid.width)), Ink.CAPTION)
    return frame


def _bars(
    whole: NDArray[np.float64], failed: NDArray[np.float64], rows: int, glyphs: GlyphSet
) -> tuple[Codes, NDArray[np.uint8]]:
    """Draw a bar per bin, both parts given as 0 to 1 of the height, the failed part hatched at its foot.

    Hatching has no eighths: it takes whole cells, at least one, and all of a bar in which everything failed.
    """
    only = (failed == whole) & (failed > 0)
    hatched = np.minimum(np.maximum(np.rint(failed * rows), failed > 0), np.ceil(whole * rows))
    codes = bar_codes(np.where(only, hatched, whole * rows), rows, glyphs)
    foot = np.arange(rows, 0, -1)[:, None] <= hatched
    codes[foot] = ord(glyphs.hatch)
    return codes, np.where(foot, Ink.FAILED, Ink.OK).astype(np.uint8)


def _caption(group: Group, glyphs: GlyphSet, noun: str) -> list[str]:
    parts = [group.name] if group.name else []
    parts.append(counted(group.latency_s.size, noun) if group.latency_s.size else f"no {noun}s")
    if group.name and group.latency_s.size:
        parts.append(f"median {duration_text(group.percentiles[50])}")
    if group.failed.any():
        parts.append(f"{int(group.failed.sum()):,} failed {glyphs.hatch}")
    return parts
