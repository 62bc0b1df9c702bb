"""The chart kit: latencies and traces as pictures in characters, and Textual widgets that show them.

Pictures are pure functions of data and a size, in modules that know numpy and no screen: `latency`, `heat`,
`shape`, `overlay` and `timeline`, built on `axis`, `raster`, `glyphs`, `frame`, `marks`, `bands` and `bars`.
The widgets are named here and imported when they are first asked for, so that a picture can be drawn where
there is no Textual.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.charts.before_after import BeforeAfter, BeforeAfterData
    from tui.charts.heatmap import Heatmap
    from tui.charts.histogram import Histogram, HistogramData
    from tui.charts.scatter import LatencyChart, LatencyData, Mark, Reading
    from tui.charts.waterfall import Waterfall

__all__ = [
    "BeforeAfter",
    "BeforeAfterData",
    "Heatmap",
    "Histogram",
    "HistogramData",
    "LatencyChart",
    "LatencyData",
    "Mark",
    "Reading",
    "Waterfall",
]

_HOMES = {
    "BeforeAfter": "before_after",
    "BeforeAfterData": "overlay",
    "Heatmap": "heatmap",
    "Histogram": "histogram",
    "HistogramData": "shape",
    "LatencyChart": "scatter",
    "LatencyData": "latency",
    "Mark": "latency",
    "Reading": "latency",
    "Waterfall": "waterfall",
}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(f"tui.charts.{_HOMES[name]}"), name)
    raise AttributeError(f"module `tui.charts` has no attribute `{name}`")
