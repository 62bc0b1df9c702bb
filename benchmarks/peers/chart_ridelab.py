"""Ridelab's latency chart, alone, fed a run that grows to ten thousand requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from textual.app import App

from benchmarks.peers.points import HZ, SECONDS, points, size
from tui.charts.latency import LatencyData
from tui.charts.scatter import LatencyChart

if TYPE_CHECKING:
    from textual.app import ComposeResult


class ChartApp(App[None]):
    def compose(self) -> ComposeResult:
        yield LatencyChart()

    def on_mount(self) -> None:
        self.x, self.y = points()
        self.failed = np.zeros(len(self.x), dtype=np.bool_)
        self.update = 0
        self.set_interval(1.0 / HZ, self.feed)

    def feed(self) -> None:
        n = size(self.update)
        self.update += 1
        self.query_one(LatencyChart).data = LatencyData(
            self.x[:n], self.y[:n], self.failed[:n], horizon_s=SECONDS
        )


if __name__ == "__main__":
    ChartApp().run()
