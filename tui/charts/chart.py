"""What all charts share: strips drawn once and kept, a style for each ink, and a sentence in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypedDict, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.charts.app_glyphs import app_glyphs, follow_app_glyphs
from tui.charts.raster import CURSOR, Grid, Ink

if TYPE_CHECKING:
    from typing import Unpack

    from tui.charts.glyphs import GlyphName

Data = TypeVar("Data")


class WidgetOptions(TypedDict, total=False):
    """What every widget of Textual's can be made with."""

    name: str | None
    id: str | None
    classes: str | None
    disabled: bool


class ChartOptions(WidgetOptions, total=False):
    """What every chart can be made with besides its data."""

    glyphs: GlyphName | None


class Chart(Widget, Generic[Data]):
    """A widget that shows a grid: drawn when data or size change, colored when the theme does, else kept."""

    DEFAULT_CSS = """
    Chart {
        width: 1fr;
        height: 1fr;
        min-height: 3;
        & > .chart--blank { color: $foreground; }
        & > .chart--caption { color: $foreground; }
        & > .chart--label { color: $text-muted; }
        & > .chart--axis { color: $foreground 40%; }
        & > .chart--ok { color: $text-success; }
        & > .chart--crowd { color: $text-success; text-style: bold; }
        & > .chart--failed { color: $text-error; text-style: bold; }
        & > .chart--p50 { color: $text-secondary; }
        & > .chart--p95 { color: $text-primary; }
        & > .chart--p99 { color: $text-accent; }
        & > .chart--threshold { color: $text-warning; }
        & > .chart--mark { color: $text-warning; text-style: bold; }
        & > .chart--first { color: $text-warning; }
        & > .chart--second { color: $text-primary; text-style: bold; }
        & > .chart--cursor { background: $primary 25%; text-style: bold; }
        &:focus > .chart--caption { text-style: bold; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"chart--{ink.name.lower()}" for ink in Ink} | {"chart--cursor"}

    def __init__(
        self, data: Data, *, glyphs: GlyphName | None = None, **options: Unpack[WidgetOptions]
    ) -> None:
        """Make a chart of this data, drawn with these glyphs, None for the app's; the other options are Textual's."""
        super().__init__(**options)
        self._glyphs = glyphs
        self._data = data
        self._grid: Grid | None = None
        self._strips: list[Strip] = []

    @property
    def data(self) -> Data:
        """What the chart shows; setting it draws the chart anew."""
        return self._data

    @data.setter
    def data(self, data: Data) -> None:
        self._data = data
        self.redraw()

    @property
    def glyphs(self) -> GlyphName:
        """What the chart is drawn with: the app's choice unless it has its own; setting it draws it anew."""
        return self._glyphs or app_glyphs(self)

    @glyphs.setter
    def glyphs(self, glyphs: GlyphName) -> None:
        self._glyphs = glyphs
        self.redraw()

    def on_mount(self) -> None:
        """Follow the app's choice of glyphs."""
        follow_app_glyphs(self, self._glyphs_changed)

    def _glyphs_changed(self) -> None:
        if self._glyphs is None:
            self.redraw()

    def draw(self, width: int, height: int) -> Grid:
        """Draw the chart into a grid of exactly this size."""
        raise NotImplementedError

    def summary(self) -> str:
        """Say in one sentence what the chart shows."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Forget what was drawn: the data or its presentation changed."""
        self._grid = None
        self.refresh()

    def notify_style_update(self) -> None:
        """Color anew when the theme or the focus changed."""
        self._strips = []
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Show a row of the grid."""
        width, height = self.size
        if not 0 <= y < height or not width:
            return Strip.blank(width, self.rich_style)
        if self._grid is None or (self._grid.width, self._grid.height) != (width, height):
            self._grid, self._strips = self.draw(width, height), []
        if not self._strips:
            self._strips = self._color(self._grid)
        return self._strips[y]

    def _color(self, grid: Grid) -> list[Strip]:
        styles: dict[int, Style] = {}

        def style(ink: int) -> Style:
            if ink not in styles:
                name = f"chart--{Ink(ink & ~CURSOR).name.lower()}"
                styles[ink] = self.get_component_rich_style(name)
                if ink & CURSOR:
                    styles[ink] += self._cursor_style()
            return styles[ink]

        return [
            Strip([Segment(text, style(ink)) for text, ink in grid.runs(y)], grid.width)
            for y in range(grid.height)
        ]

    def _cursor_style(self) -> Style:
        whole = self.get_component_rich_style("chart--cursor")
        return Style(bgcolor=whole.bgcolor, bold=whole.bold)
