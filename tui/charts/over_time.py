"""What the charts of a run over time share: a cursor that stands at a moment and reads its column out."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tui.charts.chart import Chart, ChartOptions
from tui.charts.frame import Frame, with_cursor
from tui.charts.glyphs import GLYPHS
from tui.charts.latency import LatencyData, Reading, read_column
from tui.charts.raster import Grid, Ink

if TYPE_CHECKING:
    from typing import Unpack


class OverTime(Chart[LatencyData], can_focus=True):
    """The requests of a run over the time they were sent.

    The cursor stands at a moment of the run, so it stays where it was when the chart is resized or grows.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h,left", "move_cursor(-1)", "Earlier", show=False, id="latency.earlier"),
        Binding("l,right", "move_cursor(1)", "Later", show=False, id="latency.later"),
        Binding("escape", "clear_cursor", "Put the cursor away", show=False, id="latency.clear"),
    ]

    def __init__(self, data: LatencyData | None = None, **options: Unpack[ChartOptions]) -> None:
        """Make a chart of these requests."""
        super().__init__(data or LatencyData.empty(), **options)
        self._cursor_s: float | None = None
        self._picture: tuple[Grid, Frame] | None = None
        self._picture_size: tuple[int, int] | None = None

    def draw_picture(self, width: int, height: int) -> tuple[Grid, Frame]:
        """Draw the chart without its cursor, and say where its plot lies."""
        raise NotImplementedError

    def move_cursor(self, columns: int) -> None:
        """Move the cursor by columns, or by bins; the first step puts it at the end it comes from."""
        if not self.size.width or not self.size.height:
            return
        frame = self._frame()
        width = frame.field.width
        here = self._cursor_column()
        last = (width - 1) // frame.step
        entry = 0 if columns > 0 else last
        place = entry if here is None else min(max(here // frame.step + columns, 0), last)
        first, stop = frame.columns(place * frame.step)
        self._cursor_s = float(self.data.across.values((first + stop) / 2 / width))
        self._repaint()

    def clear_cursor(self) -> None:
        """Put the cursor away."""
        self._cursor_s = None
        self._repaint()

    @property
    def cursor_s(self) -> float | None:
        """The moment at which the cursor stands, in seconds, or None while there is none."""
        return self._cursor_s

    @cursor_s.setter
    def cursor_s(self, at_s: float | None) -> None:
        if at_s != self._cursor_s:
            self._cursor_s = at_s
            self._repaint()

    def reading(self) -> Reading | None:
        """What lies under the cursor, or None while there is none."""
        column = self._cursor_column()
        return None if column is None else read_column(self.data, self._frame(), column)

    def draw(self, width: int, height: int) -> Grid:
        """Draw the chart, its caption giving way to the cursor's reading."""
        grid, frame = self._drawn(width, height)
        if self._cursor_s is None:
            return grid
        column = self.data.across.cell(self._cursor_s, frame.field.width)
        chosen = GLYPHS[self.glyphs]
        marked = with_cursor(grid, frame, column, chosen)
        if frame.top:
            text = chosen.text(read_column(self.data, frame, column).text(width))
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

    def _repaint(self) -> None:
        """Draw the cursor anew over the picture that is there."""
        super().redraw()

    def _drawn(self, width: int, height: int) -> tuple[Grid, Frame]:
        if self._picture is None or self._picture_size != (width, height):
            self._picture = self.draw_picture(width, height)
            self._picture_size = (width, height)
        return self._picture

    def _frame(self) -> Frame:
        return self._drawn(self.size.width, self.size.height)[1]

    def _cursor_column(self) -> int | None:
        if self._cursor_s is None or not self.size.width or not self.size.height:
            return None
        return self.data.across.cell(self._cursor_s, self._frame().field.width)
