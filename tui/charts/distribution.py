"""Distributions of latency: groups of requests, bins on an axis, and percentiles marked below it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from tui.charts.frame import LEAST_WIDTH
from tui.charts.sample import percentiles, usable
from tui.charts.units import duration_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tui.charts.axis import Axis
    from tui.charts.frame import Frame
    from tui.charts.glyphs import GlyphSet
    from tui.charts.raster import Grid, Ink

GUTTER = 7
"""Columns for the labels of counts and shares."""


@dataclass(frozen=True, eq=False)
class Group:
    """Some requests under a name: latencies in seconds and which of them failed, both of shape (n,)."""

    name: str
    latency_s: NDArray[np.float64]
    failed: NDArray[np.bool_]

    @cached_property
    def percentiles(self) -> dict[int, float]:
        """Latency by percentile rank, seconds; only those there are enough requests for."""
        return percentiles(self.latency_s)


@dataclass(frozen=True, slots=True)
class Bins:
    """Equal steps of an axis, each `columns` cells wide, over a plot of `width` cells.

    They are chosen wide enough for their counts to mean something: about three per root of the sample size.
    """

    axis: Axis
    width: int
    columns: int

    @classmethod
    def over(cls, axis: Axis, grid_width: int, samples: int) -> Bins:
        """Choose bins for a grid of this width, whose plot stands right of the gutter if there is room."""
        width = max(1, grid_width - GUTTER if grid_width - GUTTER >= LEAST_WIDTH else grid_width)
        return cls(axis, width, max(1, round(width / max(12.0, 3 * sqrt(samples)))))

    @property
    def count(self) -> int:
        """How many bins there are; the last may reach beyond the plot."""
        return -(-self.width // self.columns)

    def counts(self, values: NDArray[np.float64]) -> NDArray[np.int64]:
        """Count the values in each bin."""
        if not values.size:
            return np.zeros(self.count, dtype=np.int64)
        return np.bincount(self.axis.cells(values, self.width) // self.columns, minlength=self.count)

    def spread(self, per_bin: NDArray[np.float64], per_column: int = 1) -> NDArray[np.float64]:
        """Repeat a number per bin for each of its columns, `per_column` times."""
        return np.repeat(per_bin, self.columns * per_column)[: self.width * per_column]


def kept(latency_s: NDArray[np.float64], name: str, failed: NDArray[np.bool_] | None = None) -> Group:
    """Make a group of the latencies that can be drawn."""
    keep = usable(latency_s)
    failed = np.zeros(latency_s.shape, dtype=np.bool_) if failed is None else failed
    return Group(name, latency_s[keep], failed[keep])


def draw_percentiles(
    row: Grid, frame: Frame, found: dict[int, float], *, glyphs: GlyphSet, caret: str, ink: Ink
) -> None:
    """Mark percentiles on a row under a plot: a caret at each, and beside it the longest label that fits.

    p95 chooses its place first, then p50, then p99.
    """
    across, width = frame.field.across, frame.field.width
    places = {rank: frame.left + across.cell(value, width) for rank, value in found.items()}
    taken = set(places.values())
    for rank in (95, 50, 99):
        if rank not in places:
            continue
        x = places[rank]
        row.put(x, 0, caret, ink)
        for text in (f"p{rank} {duration_text(found[rank])}", f"p{rank}"):
            right, left = range(x + 1, x + 1 + len(text)), range(x - len(text), x)
            beside = [(right, right.stop), (left, left.start - 1)]
            fits = [
                cells
                for cells, margin in beside
                if cells.start >= 0 and cells.stop <= row.width and not taken & {*cells, margin}
            ]
            if fits:
                row.put(fits[0].start, 0, glyphs.text(text), ink)
                taken.update(fits[0])
                break
