"""The load generator: requests over time as they come, the report as the tool of 2018 prints it, and the line-up."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container
from textual.content import Content
from textual.highlight import highlight
from textual.widgets import Static

from simulator.errors import RidelabError
from tui.charts.scatter import LatencyChart
from tui.commands import Command, bindings
from tui.panes.keypane import SCROLLING, KeyPane
from tui.panes.line_up_view import LineUpView
from tui.panes.lines import Lines
from tui.panes.load_report import GrowingReport, plan_of, plan_text, plan_words
from tui.panes.load_summary import latency_data, load_sentences, summary_lines
from tui.panes.run_figures import MUTED

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from simulator.run_data import RunData
    from tui.view import View

LOW, FIGURES = 16, 3
"""Below this height only so many lines stand under the chart."""
VIEWS = ("chart", "report", "line-up", "plan")
TALL, BROAD = 30, 104
"""From this height, or this width on, chart and report stand together."""


class LoadPane(KeyPane):
    """The load generator. It shows the run under way or the last one, or a run that another pane points at."""

    NAME = "load"
    TITLE = "Load"
    COMMANDS: ClassVar[tuple[Command, ...]] = (
        Command("turn", ("v",), "view", "Go round the views: chart, report, line-up, plan.", rank=21),
        Command("leave_out", ("z",), "slowest out/in", "Leave the slowest request out, or take it back.", rank=23),
        Command("read(1)", ("right", "l"), "read", "Move the cursor, and read what is there.", rank=25, shown="←→"),
        Command("read(-1)", ("left",), "read back", "Move the cursor to the left."),
        Command("scale", ("y",), "log/linear", "Switch between the log and the linear scale.", rank=45),
        Command("back", ("escape",), "newest run", "Put the cursor away, or go back to the newest run."),
        *SCROLLING,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(COMMANDS)]
    DEFAULT_CSS = """
    LoadPane {
        & > Static { height: auto; text-wrap: nowrap; text-overflow: ellipsis; }
        & > #load-body { height: 1fr; }
        &.-broad > #load-body { layout: horizontal; }
        &.-broad #load-report { width: 46; margin-left: 2; }
        & #load-report, & #load-plan { overflow-x: hidden; }
        &.-tall #load-report { border-top: solid $foreground 30%; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.turned = "chart"
        """The view one chose; before the first run there is only the plan."""
        self._chosen: int | None = None
        self._runs = 0
        self._drawn: tuple[object, ...] = ()
        self._plan: str | None = None
        self._report = GrowingReport()

    def compose(self) -> ComposeResult:
        """Head, the four views (one or two of them shown), and what can be said."""
        yield Static(id="load-head")
        with Container(id="load-body"):
            chart = LatencyChart(id="load-chart")
            chart.can_focus = False
            yield chart
            yield Lines(id="load-report", follow=True)
            yield LineUpView(id="load-line-up")
            yield Lines(id="load-plan")
        yield Static(id="load-summary")

    # what is shown

    def run(self) -> RunData | None:
        """The run that is shown."""
        if self.view is None:
            return None
        runs = self.view.everything
        if self._chosen is not None and self._chosen <= len(runs):
            return runs[self._chosen - 1]
        return self.view.last

    def number(self) -> int:
        """The number of the run that is shown, from 1."""
        runs = self.view.everything if self.view is not None else ()
        return self._chosen if self._chosen is not None and self._chosen <= len(runs) else len(runs)

    @property
    def showing(self) -> str:
        """The view that is shown: the plan before the first run, else the one chosen."""
        return self.turned if self.run() is not None else "plan"

    @property
    def together(self) -> bool:
        """Whether there is room for chart and report at once."""
        return self.size.height >= TALL or self.size.width >= BROAD

    def open_target(self, run: int | None, target: int | str | None) -> None:  # noqa: ARG002 - a run is all there is
        """Show a run by its number, or the newest."""
        self._runs = len(self.view.everything) if self.view is not None else 0
        self._chosen = run
        self.repaint()

    def on_resize(self) -> None:
        """Find out what there is room for."""
        self.repaint()

    def update_widgets(self, view: View) -> None:
        """Show the run as it stands."""
        if len(view.everything) != self._runs:  # a new run began: that is the one to look at
            self._runs, self._chosen = len(view.everything), None
            self.query_one("#load-report", Lines).follow()
        run, showing = self.run(), self.showing
        if run is view.last:
            self._chosen = None
        self._arrange(showing)
        self.query_one("#load-head", Static).update(self._head(run))
        summary = self.query_one("#load-summary", Static)
        summary.display = run is not None and showing in {"chart", "report"}
        if run is None or showing == "plan":
            self._show_plan(view)
        if run is None:
            return
        key = (run, showing, self.size)
        if key == self._drawn:
            return
        self._drawn = key
        if showing == "line-up":
            self.query_one(LineUpView).show(run)
        if summary.display:
            self.query_one(LatencyChart).data = latency_data(run)
            if self._report.take(run):
                printed = [Content(line) for line in self._report.text.split("\n")]
                self.query_one("#load-report", Lines).show(printed)
            lines = summary_lines(run, self.size.width)
            summary.update(Content("\n").join(lines if self.size.height >= LOW else lines[:FIGURES]))

    def _arrange(self, showing: str) -> None:
        pair = self.together and showing in {"chart", "report"}
        broad = pair and self.size.width >= BROAD
        self.set_class(broad, "-broad")
        self.set_class(pair and not broad, "-tall")
        self.query_one("#load-chart").display = showing == "chart" or pair
        self.query_one("#load-report").display = showing == "report" or pair
        self.query_one("#load-line-up").display = showing == "line-up"
        self.query_one("#load-plan").display = showing == "plan"

    def _head(self, run: RunData | None) -> Content:
        pair = (
            {"chart", "report"} if self.together and self.showing in {"chart", "report"} else {self.showing}
        )
        names = [
            Content.styled(f"[{name}]", "bold") if name in pair else Content.styled(f" {name} ", MUTED)
            for name in VIEWS
            if run is not None or name == "plan"
        ]
        views = Content("").join(names)
        if run is None:
            return views
        where = f"run {self.number()}"
        if self._chosen is not None:
            where += ", not the newest (escape)"
        counters = (
            f"{where}: {run.sent:,} sent, {len(run.latencies_s):,} answered, {run.in_flight:,} in flight"
        )
        fits = views.cell_length + 2 + len(counters) <= self.size.width
        return Content("  " if fits else "\n").join([views, Content(counters)])

    def _show_plan(self, view: View) -> None:
        name = plan_of(view.session)
        key = f"{name} {bool(view.everything)}"
        if key == self._plan:
            return
        self._plan = key
        lines = [] if view.everything else [Content("No load has been sent in this lesson yet.")]
        lines.append(Content.assemble(("r", "bold"), " sends what ", (name, "bold"), " says:"))
        try:
            lines += [Content(f"  {words}") for words in plan_words(name)]
            lines += [Content(), Content.styled(f"{name}, as it stands in its file", MUTED)]
            lines += highlight(plan_text(name), language="yaml").split("\n")
        except (RidelabError, OSError) as error:
            lines.append(Content.styled(str(error), "$text-error"))
        self.query_one("#load-plan", Lines).show(lines)

    def summary(self) -> str:
        """Say in one to three sentences what the run met, or what the next one would do."""
        run = self.run()
        if run is not None:
            return load_sentences(run, self.number())
        if self.view is None:
            return "No load has been sent."
        name = plan_of(self.view.session)
        return f"No load has been sent in this lesson. {name}: {'; '.join(plan_words(name))}."

    # keys

    def can_do(self, action: str) -> bool:
        """Offer only what the view that is shown can do."""
        showing = self.showing
        match action:
            case "turn":
                return self.run() is not None
            case "leave_out":
                return showing == "line-up"
            case "read" | "scale":
                return showing in {"chart", "line-up"} or (self.together and showing == "report")
            case "roll" | "leaf" | "edge":
                return showing != "chart" or self.together
            case _:
                return True

    def scroller(self) -> Widget | None:
        """The report or the plan."""
        return self.query_one("#load-plan" if self.showing == "plan" else "#load-report", Lines)

    def action_turn(self) -> None:
        """Go to the next view."""
        order = [name for name in VIEWS if not (self.together and name == "report")]
        now = "chart" if self.together and self.turned == "report" else self.turned
        self.turned = order[(order.index(now) + 1) % len(order)]
        self.repaint()

    def action_read(self, step: int) -> None:
        """Move the cursor of the chart or of the line-up."""
        if self.showing == "line-up":
            self.query_one(LineUpView).move(step)
        else:
            self.query_one(LatencyChart).move_cursor(step)

    def action_scale(self) -> None:
        """Switch the scale of the chart or of the line-up."""
        if self.showing == "line-up":
            self.query_one(LineUpView).toggle_scale()
        else:
            self.query_one(LatencyChart).toggle_scale()

    def action_leave_out(self) -> None:
        """Leave the slowest request out, or take it back."""
        self.query_one(LineUpView).leave_out()

    def action_roll(self, lines: int) -> None:
        """Move along the line-up, or scroll."""
        if self.showing == "line-up":
            self.query_one(LineUpView).move(lines)
        else:
            super().action_roll(lines)

    def action_leaf(self, pages: int) -> None:
        """Move ten along the line-up, or scroll."""
        if self.showing == "line-up":
            self.query_one(LineUpView).move(10 * pages)
        else:
            super().action_leaf(pages)

    def action_edge(self, end: int) -> None:
        """Go to an end of the line-up, or of the text."""
        if self.showing == "line-up":
            self.query_one(LineUpView).jump(end)
        else:
            super().action_edge(end)

    def action_back(self) -> None:
        """Put the cursor away, or else go back to the newest run."""
        chart, line_up = self.query_one(LatencyChart), self.query_one(LineUpView)
        if line_up.put_away() or chart.reading() is not None:
            chart.clear_cursor()
        else:
            self._chosen = None
            self.repaint()
