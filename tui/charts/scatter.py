"""Latency over time, live: the widget over `tui.charts.latency`, with a cursor that reads columns out."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tui.charts.chart import Chart, ChartOptions
from tui.charts.frame import Frame, with_cursor
from tui.charts.glyphs import GLYPHS
from tui.charts.latency import LatencyData, Mark, Reading, draw_latency, read_column, summarize_latency
from tui.charts.raster import Grid, Ink

if TYPE_CHECKING:
    from typing import Unpack

__all__ = ["LatencyChart", "LatencyData", "Mark", "Reading"]


class LatencyChart(Chart[LatencyData], can_focus=True):
    """A dot per request over the time it was sent, failed ones as x; lines at percentiles and the threshold.

    The cursor stands at a moment of the run, so it stays where it was when the chart is resized or grows.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h,left", "move_cursor(-1)", "Earlier", show=False, id="latency.earlier"),
        Binding("l,right", "move_cursor(1)", "Later", show=False, id="latency.later"),
        Binding("y", "toggle_scale", "Log or linear", show=False, id="latency.scale"),
        Binding("escape", "clear_cursor", "Put the cursor away", show=False, id="latency.clear"),
    ]

    def __init__(
        self, data: LatencyData | None = None, *, log: bool = True, **options: Unpack[ChartOptions]
    ) -> None:
        """Make a chart of these requests, on a log scale unless told otherwise."""
        super().__init__(data or LatencyData.empty(), **options)
        self._log = log
        self._cursor_s: float | None = None
        self._picture: tuple[Grid, Frame] | None = None
        self._picture_size: tuple[int, int] | None = None

    @property
    def log_scale(self) -> bool:
        """Whether latency is on a log scale."""
        return self._log

    def toggle_scale(self) -> None:
        """Switch between the log and the linear scale."""
        self._log = not self._log
        self.redraw()

    def move_cursor(self, columns: int) -> None:
        """Move the cursor by columns; the first step puts it at the end it comes from."""
        if not self.size.width or not self.size.height:
            return
        width = self._frame().field.width
        here = self._cursor_column()
        entry = 0 if columns > 0 else width - 1
        column = entry if here is None else min(max(here + columns, 0), width - 1)
        self._cursor_s = float(self.data.across.values((column + 0.5) / width))
        self._repaint()

    def clear_cursor(self) -> None:
        """Put the cursor away."""
        self._cursor_s = None
        self._repaint()

    def reading(self) -> Reading | None:
        """What lies under the cursor, or None while there is none."""
        column = self._cursor_column()
        return None if column is None else read_column(self.data, self._frame(), column)

    def summary(self) -> str:
        """Say in one sentence what the chart shows."""
        return summarize_latency(self.data)

    def draw(self, width: int, height: int) -> Grid:
        """Draw the chart, its caption giving way to the cursor's reading."""
        grid, frame = self._draw_picture(width, height)
        if self._cursor_s is None:
            return grid
        column = self.data.across.cell(self._cursor_s, frame.field.width)
        chosen = GLYPHS[self.glyphs]
        marked = with_cursor(grid, frame, column, chosen)
        if frame.top:
            text = chosen.text(read_column(self.data, frame, column).text())
            marked.put(0, 0, text.ljust(width)[:width], Ink.CAPTION)
        return marked

    def redraw(self) -> None:
        """Forget the picture: the data or its scale changed."""
        self._picture = None
        super().redraw()

    def action_move_cursor(self, columns: int) -> None:
        """Move the cursor by columns."""
        self.move_cursor(columns)

    def action_clear_cursor(self) -> None:
        """Put the cursor away."""
        self.clear_cursor()

    def action_toggle_scale(self) -> None:
        """Switch between the log and the linear scale."""
        self.toggle_scale()

    def _repaint(self) -> None:
        """Draw the cursor anew over the picture that is there."""
        super().redraw()

    def _draw_picture(self, width: int, height: int) -> tuple[Grid, Frame]:
        if self._picture is None or self._picture_size != (width, height):
            self._picture = draw_latency(self.data, width, height, log=self._log, glyphs=self.glyphs)
            self._picture_size = (width, height)
        return self._picture

    def _frame(self) -> Frame:
        return self._draw_picture(self.size.width, self.size.height)[1]

    def _cursor_column(self) -> int | None:
        if self._cursor_s is None or not self.size.width or not self.size.height:
            return None
        return self.data.across.cell(self._cursor_s, self._frame().field.width)
