"""The Trace pane: one invocation as a waterfall, what is selected in it, and what no mark covers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from rich.text import Text
from textual.strip import Strip
from textual.widgets import Static

from lessons.actions import OpenTrace, Sample
from lessons.answers import UNMARKED
from simulator.traces import invocation_trace, request_trace
from tui.charts.timeline import summarize_trace
from tui.charts.waterfall import Waterfall
from tui.commands import Command, bindings
from tui.panes.base import Perform, Pointed, ShowPane
from tui.panes.invocation_rows import watched_rows
from tui.panes.reported import run_of, silences
from tui.panes.shown import MOVING, ShownPane
from tui.panes.trace_sampling import kept_words, offers_sampling, sampling_line
from tui.panes.trace_words import (
    NO_RUN,
    by_duration,
    invocation_of,
    row_words,
    slowest,
    trace_head,
    watched_only,
    why_bare,
    why_nothing,
)

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from simulator.tracing import Trace
    from tui.view import View


ROOMY = 16
"""From this height on it is said below the trace who is silent."""


class TraceFall(Waterfall):
    """The waterfall; without a trace it is blank, for the head says why."""

    def render_line(self, y: int) -> Strip:
        """Show a line of the trace."""
        return (
            super().render_line(y)
            if self.trace is not None
            else Strip.blank(self.size.width, self.rich_style)
        )


class TracePane(ShownPane):
    """The trace of one invocation: the slowest of the last run, or the one that was asked for."""

    NAME = "trace"
    TITLE = "Trace"
    COMMANDS: ClassVar[tuple[Command, ...]] = (
        Command(
            "point",
            ("enter",),
            "answer",
            "Answer the question with the span under the cursor.",
            9,
            id="point",
        ),
        Command(
            "slow(1)",
            ("o",),
            "slow",
            "Show the next slow invocation: the longest stands first.",
            10,
            "o/p",
            id="slow",
            both="Show the next slow invocation, or the one before: longest first.",
        ),
        Command(
            "slow(-1)", ("p",), "slow before", "Show the slow invocation before this one.", id="slow-before"
        ),
        Command(
            "whole", ("w",), "whole ride", "Show the ride as its client saw it, or its invocation alone.", 14
        ),
        Command(
            "fold",
            ("left", "minus"),
            "fold",
            "Fold the span under the cursor, or go to its parent.",
            16,
            "←→",
            both="Fold the span under the cursor, or unfold it; go out, or in.",
        ),
        Command("unfold", ("right", "plus"), "unfold", "Unfold the span under the cursor, or go into it."),
        Command("sample", ("S",), "sampling", "Choose which traces are kept, from now on.", 20),
        Command("page", ("enter",), "page", "Open the page of the invocation under the cursor.", 18),
        *MOVING,
    )
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(COMMANDS)]

    DEFAULT_CSS = """
    TracePane {
        width: 1fr;
        height: 1fr;
        & > Static { width: 1fr; height: auto; }
        & > #trace-head { text-wrap: nowrap; text-overflow: ellipsis; }
        & > #trace-kept { display: none; text-style: bold; }
        & > #trace-head.-nothing { text-wrap: wrap; }
        & > #trace-foot { min-height: 3; max-height: 5; margin-top: 1; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.here: tuple[int, int] | None = None
        """The (run, number) of the invocation that is shown."""
        self.whole = False
        """Whether the whole ride is shown, on the client's clock."""
        self._by_hand = False
        self._settled = 0
        self._opened: dict[tuple[int, int], str] = {}  # in which step of the lesson it was opened last
        self._drawn: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """Hold a head, the waterfall, and a foot for what is selected."""
        yield Static(id="trace-head")
        yield Static(id="trace-kept", markup=False)
        yield TraceFall()
        yield Static(id="trace-foot")

    def refresh_view(self, view: View) -> None:
        """Once a run has ended, leave an invocation of an older one, and one that nobody asked for."""
        if len(view.runs) != self._settled:
            self._settled = len(view.runs)
            if self.here is not None and (self.here[0] < self._settled or not self._by_hand):
                self.here = None
        super().refresh_view(view)

    def on_descendant_focus(self) -> None:
        """Somebody turned to this pane: in another step of the lesson, that opens the trace anew."""
        step = self.view.session.step.id if self.view is not None else ""
        if self.here is not None and self._opened.get(self.here) != step:
            self._opened.pop(self.here, None)
        if self.view is not None:
            self._look(self.view)

    def _look(self, view: View) -> None:
        """Tell that the trace was opened, where that was not told: it does not just stand beside the lesson."""
        focused = self.screen.focused
        looks = focused is not None and self in focused.ancestors_with_self
        if (
            looks
            and self.here is not None
            and self.here not in self._opened
            and self._trace(view) is not None
        ):
            self._opened[self.here] = view.session.step.id
            self.post_message(Perform(OpenTrace(number=self.here[1], run=self.here[0])))

    def update_widgets(self, view: View) -> None:
        """Draw the trace, if it is another one."""
        if self.here is None:
            self.here = slowest(view)
        waterfall, trace = self.query_one(Waterfall), self._trace(view)
        drawn = (self.here, trace.root.kind, len(trace.spans)) if trace is not None else ()
        if drawn != self._drawn:
            self._drawn = drawn
            waterfall.trace = trace
        head = self.query_one("#trace-head", Static)
        head.set_class(trace is None, "-nothing")
        head.update(trace_head(view, self.here, trace))
        kept = self.query_one("#trace-kept", Static)
        kept.display = offers_sampling(view)
        if kept.display:
            kept.update(kept_words(view))
        self._update_foot(view)
        self._look(view)

    def _trace(self, view: View) -> Trace | None:
        """Make the trace that is to be shown; None where there is none, or nobody reports it."""
        data = run_of(view, self.here[0]) if self.here is not None else None
        if data is None or self.here is None:
            return None
        try:
            row = data.row(self.here[1])
        except KeyError:
            return None
        if not data.watched(data.services[row["service"]]):
            return None
        if self.whole:
            try:
                return watched_only(request_trace(data, row["request"]), data)
            except KeyError:  # its invocation has ended, the ride has not
                pass
        return invocation_trace(data, self.here[1])

    def _update_foot(self, view: View) -> None:
        waterfall, foot = self.query_one(Waterfall), self.query_one("#trace-foot", Static)
        trace, row = waterfall.trace, waterfall.row
        data = run_of(view, self.here[0]) if self.here is not None else None
        if trace is None or row is None or data is None:
            foot.update("")
            return
        figures, inside = row_words(trace, row)
        text = Text().append(figures, style="bold").append(f"\n{inside}")
        for line in silences(data) if self.size.height >= ROOMY else ():
            text.append(f"\n{line}", style="dim")
        foot.update(text)

    # what one does

    def on_waterfall_span_selected(self, event: Waterfall.SpanSelected) -> None:
        """Say what is selected; enter opens the page of the invocation."""
        event.stop()
        if event.chosen:
            (self.action_page if self.pointing is None else self.action_point)()
        elif self.view is not None:
            self._update_foot(self.view)

    def open_target(self, run: int | None, target: int | str | None) -> None:
        """Show the trace of an invocation, by its number."""
        if self.view is not None and isinstance(target, int):
            self._go_to(run if run is not None else len(self.view.everything), target)

    def _go_to(self, run: int, number: int) -> None:
        self.here, self._by_hand = (run, number), True
        self._opened.pop(self.here, None)
        self.catch_up()

    def moving(self) -> Waterfall:
        """The waterfall moves."""
        return self.query_one(Waterfall)

    def action_slow(self, step: int) -> None:
        """Show the slow invocation that is next in length, or the one before."""
        data = run_of(self.view, self.here[0]) if self.here is not None else None
        if self.view is None or data is None or self.here is None:
            return
        rows = watched_rows(data)
        at = rows.places(np.array([self.here[1]]))
        if not len(at):
            return
        order = by_duration(rows, rows.service(int(at[0])), self.view.slow_s)
        place = np.flatnonzero(order == self.here[1])
        wanted = min(max(int(place[0]) + step, 0), len(order) - 1) if len(place) else 0
        self._go_to(self.here[0], int(order[wanted]))

    def action_whole(self) -> None:
        """Change between the invocation on the function's clock and the whole ride on the client's."""
        self.whole = not self.whole
        self.catch_up()

    def action_fold(self) -> None:
        """Fold the span under the cursor."""
        self.moving().action_fold()

    def action_unfold(self) -> None:
        """Unfold the span under the cursor."""
        self.moving().action_unfold()

    def action_point(self) -> None:
        """Answer the question with the span under the cursor; what no mark covers is called ``unmarked``."""
        waterfall = self.query_one(Waterfall)
        trace, row = waterfall.trace, waterfall.row
        if self.pointing is None or trace is None or row is None:
            self.notify("There is no span to point at yet.", severity="warning", timeout=4)
            return
        self.post_message(Pointed((UNMARKED if row.span is None else trace.spans[row.span].name,)))

    def action_sample(self) -> None:
        """Ask which traces are to be kept."""
        if self.view is not None and offers_sampling(self.view):
            self.app.push_screen(sampling_line(self.view), self._sample)

    def _sample(self, policy: str | None) -> None:
        if policy is not None:
            self.post_message(Perform(Sample(policy=policy)))

    def action_page(self) -> None:
        """Open the page of the invocation that the cursor is in: the one shown, or one that it caused."""
        data = run_of(self.view, self.here[0]) if self.here is not None else None
        if data is None or self.here is None or not self.offers_pane("invocations"):
            return
        waterfall, number = self.query_one(Waterfall), self.here[1]
        if waterfall.trace is not None and waterfall.row is not None:
            number = invocation_of(data, waterfall.trace, waterfall.row, number)
        self.post_message(ShowPane("invocations", self.here[0], number))

    def ever(self, command: Command) -> bool:
        """Leave out what sets the sampling where that is not offered."""
        sampled = command.action != "sample" or self.view is None or offers_sampling(self.view)
        return sampled and super().ever(command)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer keys once there is a trace."""
        if action == "point":
            return self.pointing is not None and self.is_mounted and self.moving().trace is not None
        if action == "sample":
            return self.view is not None and offers_sampling(self.view)
        if action == "page" and self.pointing is not None:
            return False
        if action == "page":
            return self.here is not None and self.offers_pane("invocations")
        if action in {"slow", "whole"}:
            return self.here is not None
        if action in {"move", "edge", "fold", "unfold"}:
            trace = self.moving().trace if self.is_mounted else None
            return trace is not None and len(trace.rows()) > 1
        return super().check_action(action, parameters)

    def summary(self) -> str:
        """Say what the trace shows, or why there is none."""
        if self.view is None:
            return NO_RUN
        if self.here is None:
            self.here = slowest(self.view)
        trace = self._trace(self.view)
        if trace is None or self.here is None:
            return why_nothing(self.view, self.here)
        data = run_of(self.view, self.here[0])
        assert data is not None
        what = f"Invocation {self.here[1]}"
        if trace.root.kind == "request":
            what = f"The request of invocation {self.here[1]}"
        parts = [f"{what} of run {self.here[0]}: {summarize_trace(trace)}", why_bare(data, self.here[1])]
        return " ".join([part for part in parts if part] + [f"{line}." for line in silences(data)])
