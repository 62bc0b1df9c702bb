"""The service map as a widget over `tui.charts.service_map`: it draws anew when data, cursor or size change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from tui.charts.chart import Chart, ChartOptions
from tui.charts.service_map import MapData, draw_service_map

if TYPE_CHECKING:
    from typing import Unpack

    from tui.charts.raster import Grid


class ServiceMap(Chart[MapData]):
    """Boxes and arrows; `cursor` is the index of the place that is chosen. The pane around it takes the keys."""

    class Chosen(Message):
        """The cursor stands on another place."""

    def __init__(self, data: MapData | None = None, **options: Unpack[ChartOptions]) -> None:
        """Make a map."""
        super().__init__(data or MapData(), **options)
        self._cursor = 0

    @property
    def cursor(self) -> int:
        """The index of the chosen place."""
        return self._cursor

    @cursor.setter
    def cursor(self, place: int) -> None:
        place = max(0, min(place, len(self.data.places) - 1))
        if place != self._cursor:
            self._cursor = place
            self.redraw()
            self.post_message(self.Chosen())

    def action_move(self, places: int) -> None:
        """Go on by places, or back."""
        self.cursor += places

    def action_first(self) -> None:
        """Go to the first place."""
        self.cursor = 0

    def action_last(self) -> None:
        """Go to the last place."""
        self.cursor = len(self.data.places) - 1

    def summary(self) -> str:
        """Say what flows where, as far as anybody knows."""
        known = [
            f"{self.data.places[edge.origin].name} to {self.data.places[edge.target].name}: {' '.join(edge.cells)}"
            for edge in self.data.edges
        ]
        return "; ".join(known) + "." if known else "No map yet."

    def draw(self, width: int, height: int) -> Grid:
        """Draw the map into a grid of exactly this size."""
        return draw_service_map(self.data, width, height, cursor=self.cursor, glyphs=self.glyphs)
