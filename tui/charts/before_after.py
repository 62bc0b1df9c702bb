"""Before against after: the widget over `tui.charts.overlay`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.charts.chart import Chart, ChartOptions
from tui.charts.overlay import BeforeAfterData, draw_before_after, summarize_before_after

if TYPE_CHECKING:
    from typing import Unpack

    from tui.charts.raster import Grid

__all__ = ["BeforeAfter", "BeforeAfterData"]


class BeforeAfter(Chart[BeforeAfterData]):
    """The distributions of two runs on one log axis: the first dotted, the second as a whole line."""

    def __init__(self, data: BeforeAfterData | None = None, **options: Unpack[ChartOptions]) -> None:
        """Make a chart of these two runs."""
        super().__init__(data or BeforeAfterData.empty(), **options)

    def summary(self) -> str:
        """Say in one sentence what the comparison shows."""
        return summarize_before_after(self.data)

    def draw(self, width: int, height: int) -> Grid:
        """Draw both outlines into a grid of exactly this size."""
        return draw_before_after(self.data, width, height, glyphs=self.glyphs)
