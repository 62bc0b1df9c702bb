"""The latency heatmap, live: the widget over `tui.charts.heat`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.charts.heat import draw_heat, summarize_heat
from tui.charts.over_time import OverTime

if TYPE_CHECKING:
    from tui.charts.frame import Frame
    from tui.charts.raster import Grid

__all__ = ["Heatmap"]


class Heatmap(OverTime, can_focus=True):
    """How many requests took how long, and when: the more there are in a cell, the fuller and stronger it is.

    The ramp goes from faint to the foreground's own color: brighter on a dark theme, darker on a light one.
    """

    DEFAULT_CSS = """
    Heatmap {
        & > .chart--heat1 { color: $primary 75%; }
        & > .chart--heat2 { color: $primary 80%; }
        & > .chart--heat3 { color: $primary 90%; }
        & > .chart--heat4 { color: $primary; }
        & > .chart--heat5 { color: $foreground; }
    }
    """

    def summary(self) -> str:
        """Say in one sentence what the chart shows."""
        return summarize_heat(self.data)

    def draw_picture(self, width: int, height: int) -> tuple[Grid, Frame]:
        """Draw the counts."""
        return draw_heat(self.data, width, height, glyphs=self.glyphs)
