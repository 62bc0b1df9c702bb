"""The load generator: what came of the requests in three pictures, as the tool of 2018 reports it, and in line."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.highlight import highlight
from textual.widgets import Static

from lessons.actions import OpenRequest
from simulator.errors import RidelabError
from tui.charts.heat import summarize_heat
from tui.commands import Command, bindings
from tui.panes.base import Perform, ShowPane
from tui.panes.details_reader import DetailsReader
from tui.panes.invocation_pages import exchange_page, request_summary
from tui.panes.keypane import SCROLLING, KeyPane
from tui.panes.load_head import head_line
from tui.panes.load_report import plan_of, plan_text, plan_words
from tui.panes.load_request import request_at
from tui.panes.load_summary import load_sentences, summary_lines
from tui.panes.load_views import OVER_TIME, PICTURES, REQUEST, VIEWS, LoadViews, together
from tui.panes.run_figures import MUTED

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from simulator.run_data import RunData
    from tui.view import View

LOW, FIGURES = 18, 3
"""Below this height only so many lines stand under the chart."""


class LoadPane(KeyPane):
    """The load generator. It shows the run under way or the last one, or a run that another pane points at."""

    NAME = "load"
    TITLE = "Load"
    COMMANDS: ClassVar[tuple[Command, ...]] = (
        Command(
            "turn", ("v",), "view", "Go round: chart, heatmap, histogram, report, line-up, plan.", rank=21
        ),
        Command(
            "leave_out", ("z",), "slowest out/in", "Leave the slowest request out, or take it back.", rank=23
        ),
        Command(
            "read(1)",
            ("right", "l"),
            "read",
            "Move the cursor, and read what is there.",
            rank=25,
            shown="←→",
            id="read",
            both="Move the cursor, and read what is there.",
        ),
        Command("read(-1)", ("left",), "read back", "Move the cursor to the left.", id="read-back"),
        Command(
            "request",
            ("o",),
            "request",
            "Open the request under the cursor, or the slowest: what went over the wire.",
            rank=44,
        ),
        Command("scale", ("y",), "log/linear", "Switch between the log and the linear scale.", rank=45),
        Command("close", ("escape",), "back", "Close the request, and go back to the view before.", rank=20),
        Command("back", ("escape",), "newest run", "Put the cursor away, or go back to the newest run."),
        *SCROLLING,
    )
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(COMMANDS)]
    DEFAULT_CSS = """
    LoadPane > Static { height: auto; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.turned = "chart"
        """The view one chose; before the first run there is only the plan."""
        self._chosen: int | None = None
        self._request: int | None = None  # the one that is open
        self._reader = DetailsReader(self, self.catch_up)
        self._runs = 0
        self._drawn: tuple[object, ...] = ()
        self._plan: str | None = None
        self._room: dict[str, tuple[int, int]] = {}  # cells and lines of head and summary
        self.views = LoadViews()

    def compose(self) -> ComposeResult:
        """Head, the views (one or two of them shown), and what can be said."""
        yield Static(id="load-head")
        yield self.views
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
        """The view that is shown: the plan before the first run, else the one chosen, or the request that is open."""
        if self.run() is None:
            return "plan"
        return self.turned if self._request is None else REQUEST

    @property
    def together(self) -> bool:
        """Whether there is room for a picture and the report at once."""
        return together(*self.size)

    def open_target(self, run: int | None, target: int | str | None) -> None:  # noqa: ARG002 - a run is all there is
        """Show a run by its number, or the newest."""
        self._runs = len(self.view.everything) if self.view is not None else 0
        self._chosen, self._request = run, None
        self.repaint()

    def on_resize(self) -> None:
        """Find out what there is room for."""
        self.repaint()

    def update_widgets(self, view: View) -> None:
        """Show the run as it stands."""
        if len(view.everything) != self._runs:  # a new run began: that is the one to look at
            self._runs, self._chosen, self._request = len(view.everything), None, None
            self.views.report.follow()
            if self.turned == "plan":
                self.turned = "chart"
        run, showing = self.run(), self.showing
        if run is view.last:
            self._chosen = None
        self.views.lay_out(showing, *self.size)
        visible = self.views.in_sight(*self.size)
        self._say("head", self._head(run, visible))
        summary = self.query_one("#load-summary", Static)
        summary.display = run is not None and showing in {*PICTURES, "report"}
        if run is None or showing == "plan":
            self._show_plan(view)
        if run is None:
            return
        self.views.show(run, visible)
        if self._request is not None:
            here = self.number(), self._request
            self.views.request.show(exchange_page(self._reader, view, *here, inside=False), here)
        key = (run, self.size)
        if summary.display and key != self._drawn:
            self._drawn = key
            lines = summary_lines(run, self.size.width)
            self._say("summary", Content("\n").join(lines if self.size.height >= LOW else lines[:FIGURES]))

    def _say(self, part: str, words: Content) -> None:
        """Write the head or the summary; the screen is laid out anew only where that takes other room than before."""
        lines = words.split("\n", allow_blank=True)
        room = max(line.cell_length for line in lines), len(lines)
        self.query_one(f"#load-{part}", Static).update(words, layout=self._room.get(part) != room)
        self._room[part] = room

    def _head(self, run: RunData | None, visible: tuple[str, ...]) -> Content:
        if run is None:
            return Content.styled("[plan]", "bold")
        newest = self._chosen is None
        return head_line(VIEWS, visible, run, number=self.number(), newest=newest, width=self.size.width)

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
        self.views.plan.show(lines)

    def summary(self) -> str:
        """Say in one to three sentences what the run met, or what the next one would do."""
        run = self.run()
        if run is not None and self._request is not None:
            return request_summary(self.view, self.number(), self._request)
        if run is not None:
            words = load_sentences(run, self.number())
            if self.showing == "heatmap":
                return f"{words.partition('.')[0]}. {summarize_heat(self.views.latencies(run))}"
            return words
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
                return self.run() is not None and showing != REQUEST
            case "close" | "back":
                return (showing == REQUEST) == (action == "close")
            case "request":
                run = self.run()
                return run is not None and showing not in {"plan", REQUEST} and len(run.latencies_s) > 0
            case "leave_out":
                return showing == "line-up"
            case "read":
                return showing == "line-up" or self._picture() in OVER_TIME
            case "scale":
                return showing == "line-up" or self._picture() == "chart"
            case "roll" | "leaf" | "edge":
                return showing not in PICTURES or self.together
            case _:
                return True

    def _picture(self) -> str:
        """Name the picture in sight; empty for none."""
        if self.showing == "report":
            return self.views.beside if self.together else ""
        return self.showing if self.showing in PICTURES else ""

    def scroller(self) -> Widget:
        """The report, the plan, or the request that is open."""
        if self.showing == REQUEST:
            return self.views.request
        return self.views.plan if self.showing == "plan" else self.views.report

    def action_turn(self) -> None:
        """Go to the next view."""
        order = [name for name in VIEWS if not (self.together and name == "report")]
        now = self.views.beside if self.together and self.turned == "report" else self.turned
        self.turned = order[(order.index(now) + 1) % len(order)]
        self.repaint()

    def action_request(self) -> None:
        """Open the request under the cursor, or the slowest: in the Invocations pane, where the lesson has it."""
        run = self.run()
        number = request_at(self.views, run) if run is not None else None
        if number is None:
            return
        if self.offers_pane("invocations"):
            self.post_message(ShowPane("invocations", self.number(), f"request:{number}"))
            return
        self._request = number
        self.post_message(Perform(OpenRequest(number=number, run=self.number())))
        self.repaint()

    def action_close(self) -> None:
        """Close the request."""
        self._request = None
        self.repaint()

    def action_read(self, step: int) -> None:
        """Move the cursor of the chart or of the line-up."""
        self.views.read(step)

    def action_scale(self) -> None:
        """Switch the scale of the chart or of the line-up."""
        self.views.toggle_scale()

    def action_leave_out(self) -> None:
        """Leave the slowest request out, or take it back."""
        self.views.line_up.leave_out()

    def action_roll(self, lines: int) -> None:
        """Move along the line-up, or scroll."""
        if self.showing == "line-up":
            self.views.line_up.move(lines)
        else:
            super().action_roll(lines)

    def action_leaf(self, pages: int) -> None:
        """Move ten along the line-up, or scroll."""
        if self.showing == "line-up":
            self.views.line_up.move(10 * pages)
        else:
            super().action_leaf(pages)

    def action_edge(self, end: int) -> None:
        """Go to an end of the line-up, or of the text."""
        if self.showing == "line-up":
            self.views.line_up.jump(end)
        else:
            super().action_edge(end)

    def action_back(self) -> None:
        """Put the cursor away, or else go back to the newest run."""
        if not self.views.put_away():
            self._chosen = None
            self.repaint()
