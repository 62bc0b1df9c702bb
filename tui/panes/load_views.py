"""The views of the Load pane: three pictures of a run's latencies, the report beside them, the line-up, the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container
from textual.content import Content

from tui.charts.heatmap import Heatmap
from tui.charts.histogram import Histogram, HistogramData
from tui.charts.scatter import LatencyChart
from tui.panes.line_up_view import LineUpView
from tui.panes.lines import Lines
from tui.panes.load_report import GrowingReport
from tui.panes.load_request import RequestPage
from tui.panes.load_summary import latency_data

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from simulator.run_data import RunData
    from tui.charts.latency import LatencyData
    from tui.charts.over_time import OverTime

VIEWS = ("chart", "heatmap", "histogram", "report", "line-up", "plan")
OVER_TIME = ("chart", "heatmap")
REQUEST = "request"
"""What opens over the views and closes again: one request."""
PICTURES = (*OVER_TIME, "histogram")
"""What the report can stand beside."""
TALL, BROAD = 30, 104
"""From this height, or this width on, a picture and the report stand together."""


class LoadViews(Container):
    """One or two of the views at a time; the pane takes the keys."""

    DEFAULT_CSS = """
    LoadViews {
        height: 1fr;
        &.-broad { layout: horizontal; }
        &.-broad > #load-report { width: 46; margin-left: 2; }
        & > #load-report, & > #load-plan { overflow-x: hidden; }
        &.-tall > #load-report { border-top: solid $foreground 30%; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="load-body")
        self.chart = LatencyChart(id="load-chart")
        self.heatmap = Heatmap(id="load-heatmap")
        self.histogram = Histogram(id="load-histogram")
        self.chart.can_focus = self.heatmap.can_focus = False
        self.report = Lines(id="load-report", follow=True)
        self.line_up = LineUpView(id="load-line-up")
        self.plan = Lines(id="load-plan")
        self.request = RequestPage(id="load-request")
        self.showing = "plan"
        self.beside = "chart"
        """The picture that stands beside the report."""
        self._report = GrowingReport()
        self._run: RunData | None = None
        self._latencies: LatencyData | None = None
        self._shown: dict[str, RunData] = {}

    def compose(self) -> ComposeResult:
        """All of them, out of sight until `lay_out` tells which are wanted."""
        views = (self.chart, self.heatmap, self.histogram, self.report, self.line_up, self.plan, self.request)
        for view in views:
            view.display = False
            yield view

    def lay_out(self, showing: str, width: int, height: int) -> None:
        """Show a view, and beside it what there is room for in a pane of this size."""
        self.showing = showing
        if showing in PICTURES:
            self.beside = showing
        visible = self.in_sight(width, height)
        pair = len(visible) > 1
        self.set_class(pair and width >= BROAD, "-broad")
        self.set_class(pair and width < BROAD, "-tall")
        for name in VIEWS:
            self.query_one(f"#load-{name}").display = name in visible
        self.request.display = showing == REQUEST

    def in_sight(self, width: int, height: int) -> tuple[str, ...]:
        """Name the views that are to be seen in a pane of this size."""
        if together(width, height) and self.showing in {*PICTURES, "report"}:
            return (self.beside, "report")
        return (self.showing,)

    def show(self, run: RunData, names: Sequence[str]) -> None:
        """Show a run in these views; what shows it already is left alone."""
        if run is not self._run:
            self._run, self._latencies = run, None
        for name in names:
            if self._shown.get(name) is not run:
                self._shown[name] = run
                self._fill(name, run)

    def _fill(self, name: str, run: RunData) -> None:
        match name:
            case "chart" | "heatmap":
                self._over_time(name).data = self.latencies(run)
            case "histogram":
                data = self.latencies(run)
                self.histogram.data = HistogramData(data.latency_s, data.failed)
            case "line-up":
                self.line_up.show(run)
            case "report" if self._report.take(run):
                self.report.show([Content(line) for line in self._report.text.split("\n")])
            case _:
                pass

    def latencies(self, run: RunData) -> LatencyData:
        """Give a run's requests as the charts want them, made once."""
        if run is not self._run or self._latencies is None:
            self._run, self._latencies = run, latency_data(run)
        return self._latencies

    def _over_time(self, name: str) -> OverTime:
        return self.chart if name == "chart" else self.heatmap

    # keys

    def picture(self) -> OverTime | None:
        """The chart over time whose cursor moves now, or None."""
        name = self.beside if self.showing == "report" else self.showing
        return self._over_time(name) if name in OVER_TIME else None

    def read(self, step: int) -> None:
        """Move the cursor; both charts over time keep it at the same moment."""
        if self.showing == "line-up":
            self.line_up.move(step)
        elif (picture := self.picture()) is not None:
            picture.move_cursor(step)
            for chart in (self.chart, self.heatmap):
                chart.cursor_s = picture.cursor_s

    def toggle_scale(self) -> None:
        """Switch the scale of the chart or of the line-up."""
        if self.showing == "line-up":
            self.line_up.toggle_scale()
        else:
            self.chart.toggle_scale()

    def put_away(self) -> bool:
        """Put the cursors away; tells whether there was one in sight."""
        there = self.line_up.put_away()
        for chart in (self.chart, self.heatmap):
            there = there or chart.cursor_s is not None
            chart.clear_cursor()
        return there


def together(width: int, height: int) -> bool:
    """Tell whether a pane of this size has room for a picture and the report at once."""
    return height >= TALL or width >= BROAD
