"""Latency over time, live: the widget over `tui.charts.latency`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tui.charts.latency import LatencyData, Mark, Reading, draw_latency, summarize_latency
from tui.charts.over_time import OverTime

if TYPE_CHECKING:
    from typing import Unpack

    from tui.charts.chart import ChartOptions
    from tui.charts.frame import Frame
    from tui.charts.raster import Grid

__all__ = ["LatencyChart", "LatencyData", "Mark", "Reading"]


class LatencyChart(OverTime, can_focus=True):
    """A dot per request over the time it was sent, failed ones as x; percentiles, threshold and marks."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "toggle_scale", "Log or linear", show=False, id="latency.scale"),
    ]

    def __init__(
        self, data: LatencyData | None = None, *, log: bool = True, **options: Unpack[ChartOptions]
    ) -> None:
        """Make a chart of these requests, on a log scale unless told otherwise."""
        super().__init__(data, **options)
        self._log = log

    @property
    def log_scale(self) -> bool:
        """Whether latency is on a log scale."""
        return self._log

    def toggle_scale(self) -> None:
        """Switch between the log and the linear scale."""
        self._log = not self._log
        self.redraw()

    def action_toggle_scale(self) -> None:
        """Switch between the log and the linear scale."""
        self.toggle_scale()

    def summary(self) -> str:
        """Say in one sentence what the chart shows."""
        return summarize_latency(self.data)

    def draw_picture(self, width: int, height: int) -> tuple[Grid, Frame]:
        """Draw a dot per request."""
        return draw_latency(self.data, width, height, log=self._log, glyphs=self.glyphs)
