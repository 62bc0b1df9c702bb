"""The latency histogram: the widget over `tui.charts.shape`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.charts.chart import Chart, ChartOptions
from tui.charts.shape import HistogramData, draw_histogram, summarize_histogram

if TYPE_CHECKING:
    from typing import Unpack

    from tui.charts.raster import Grid

__all__ = ["Histogram", "HistogramData"]


class Histogram(Chart[HistogramData]):
    """How many requests took how long, on a log axis; failed ones hatched, percentiles marked below."""

    def __init__(self, data: HistogramData | None = None, **options: Unpack[ChartOptions]) -> None:
        """Make a histogram of these requests."""
        super().__init__(data or HistogramData.empty(), **options)

    def summary(self) -> str:
        """Say in one sentence what the histogram shows."""
        return summarize_histogram(self.data)

    def draw(self, width: int, height: int) -> Grid:
        """Draw the histogram into a grid of exactly this size."""
        return draw_histogram(self.data, width, height, glyphs=self.glyphs)
