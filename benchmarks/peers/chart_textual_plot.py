"""textual-plot's scatter of the same run at the same rate, in braille dots as ours is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App
from textual_plot import HiResMode, PlotWidget

from benchmarks.peers.points import HZ, SECONDS, points, size

if TYPE_CHECKING:
    from textual.app import ComposeResult


class ChartApp(App[None]):
    def compose(self) -> ComposeResult:
        yield PlotWidget()

    def on_mount(self) -> None:
        self.x, self.y = points()
        self.update = 0
        self.query_one(PlotWidget).set_xlimits(0.0, SECONDS)
        self.set_interval(1.0 / HZ, self.feed)

    def feed(self) -> None:
        n = size(self.update)
        self.update += 1
        plot = self.query_one(PlotWidget)
        plot.clear()
        plot.scatter(self.x[:n], self.y[:n], hires_mode=HiResMode.BRAILLE)


if __name__ == "__main__":
    ChartApp().run()
