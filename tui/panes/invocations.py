"""The Invocations pane: the monitoring page of a run, one invocation's page, and a ride's whole exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import ContentSwitcher

from lessons.actions import OpenInvocation, OpenRequest
from tui.commands import Command, bindings
from tui.panes.base import Perform, ShowPane
from tui.panes.details_reader import DetailsReader
from tui.panes.invocation_detail import last_line
from tui.panes.invocation_pages import exchange_page, invocation_page, invocation_summary, request_summary
from tui.panes.invocation_rows import watched_rows
from tui.panes.invocation_search import wants_text
from tui.panes.monitoring_page import MonitoringPage, Shown
from tui.panes.page import Page
from tui.panes.reported import run_of
from tui.panes.shown import MOVING, LevelPane

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from simulator.run_data import RunData
    from tui.panes.cursor_list import CursorList
    from tui.view import View

LIST, DETAIL, EXCHANGE = "invocations-list", "invocations-detail", "invocations-exchange"
REQUEST = "request:"


class InvocationsPane(LevelPane):
    """The watched invocations of a run: sorted, filtered, searched; one opens, and so does the ride it was part of.

    As a target it takes an invocation's number, or a request's as ``request:57``.
    """

    NAME = "invocations"
    TITLE = "Invocations"
    COMMANDS: ClassVar[tuple[Command, ...]] = (
        Command("open", ("enter",), "open", "Open an invocation: its figures, its log, its traceback.", 10),
        Command("keep_search", ("enter",), "keep search", "Go to what the search has found.", 10),
        Command("back", ("escape",), "back", "Go back; in the list: end the search.", 12),
        Command(
            "filter",
            ("f",),
            "filter",
            "Show all, the slow, the fast, the failed, or those with a cold start.",
            14,
        ),
        Command("sort", ("s",), "sort", "Sort by time or by duration, either way round.", 16),
        Command(
            "search",
            ("slash",),
            "search",
            "Search: >1000, a request's number, TypeError, COLD START ...",
            18,
            "/",
        ),
        Command(
            "exchange", ("o",), "exchange", "Open the ride's whole HTTP exchange, and the client's clock.", 20
        ),
        Command("trace", ("t",), "trace", "Open the trace of the invocation.", 22),
        Command(
            "other_run(-1)",
            ("p", "left"),
            "run before",
            "Show the run before this one.",
            24,
            id="run-before",
            both="Show the run before this one, or the one after.",
        ),
        Command("other_run(1)", ("right",), "run after", "Show the run after this one.", id="run-after"),
        Command(
            "neighbor(-1)",
            ("left",),
            "one before",
            "Open the invocation before this one in the list.",
            None,
            "←",
            id="one-before",
            both="Open the invocation before this one in the list, or after.",
        ),
        Command(
            "neighbor(1)",
            ("right",),
            "next one",
            "Open the invocation after this one in the list.",
            24,
            "→",
            id="next-one",
        ),
        *MOVING,
    )
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(COMMANDS)]

    DEFAULT_CSS = """
    InvocationsPane {
        width: 1fr;
        height: 1fr;
        & ContentSwitcher { width: 1fr; height: 1fr; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._run: int | None = None  # as chosen; None: the last
        self._runs = 0
        self._invocation: tuple[int, int] | None = None  # (run, number)
        self._request: tuple[int, int] | None = None
        self._before_exchange = LIST
        self._reader = DetailsReader(self, self._details_came)

    def compose(self) -> ComposeResult:
        """Hold the list, an invocation's page, an exchange."""
        with ContentSwitcher(initial=LIST):
            yield MonitoringPage(id=LIST)
            yield Page(id=DETAIL)
            yield Page(id=EXCHANGE)

    def on_resize(self) -> None:
        """Break the lines of a page anew."""
        self.catch_up()

    @property
    def page(self) -> MonitoringPage:
        """The list with its filter and search."""
        return self.query_one(MonitoringPage)

    def focus_of(self, level: str) -> CursorList | Page:
        """The list or page of a level."""
        return self.page.listed if level == LIST else self.query_one(f"#{level}", Page)

    # what is shown

    @property
    def run(self) -> int:
        """The run whose invocations are listed, counted from 1: the chosen one, or the last; 0 where there is none."""
        runs = len(self.view.everything) if self.view is not None else 0
        return min(self._run or runs, runs)

    def refresh_view(self, view: View) -> None:
        """Go to a new run when there is one."""
        if len(view.everything) != self._runs:
            self._runs, self._run = len(view.everything), None
        super().refresh_view(view)

    def update_widgets(self, view: View) -> None:
        """Update the level that is shown."""
        if self.level == LIST:
            self.page.show(self._listed(view))
        elif self.level == DETAIL and self._invocation is not None:
            page = self.query_one(f"#{DETAIL}", Page)
            page.show(invocation_page(self._reader, view, *self._invocation, page.room), self._invocation)
        elif self.level == EXCHANGE and self._request is not None:
            self.query_one(f"#{EXCHANGE}", Page).show(
                exchange_page(self._reader, view, *self._request), self._request
            )

    def _listed(self, view: View) -> Shown | None:
        data = run_of(view, self.run)
        if data is None:
            return None
        return Shown(data, self.run, self._runs, view.slow_s, self._error_texts(view, data))

    def _error_texts(self, view: View, data: RunData) -> dict[int, str]:
        """Give what the exceptions of a settled run's failed invocations say, once a search asks for words."""
        rows = watched_rows(data)
        if not (data.settled and wants_text(self.page.search) and rows.failed.any()):
            return {}
        details = self._reader.get(view.session.lab, self.run, data)
        found = details.invocations if details is not None else {}
        failed = rows.columns["number"][rows.failed].tolist()
        return {number: last_line(found[number].failure) for number in failed if number in found}

    def _details_came(self) -> None:
        self.page.forget()
        self.catch_up()

    # what one does

    def open_target(self, run: int | None, target: int | str | None) -> None:
        """Open an invocation by its number, or a request as ``request:57``."""
        if self.view is None or run_of(self.view, run) is None:
            return
        at = run if run is not None else len(self.view.everything)
        if isinstance(target, str) and target.removeprefix(REQUEST).isdecimal():
            self._open_request(at, int(target.removeprefix(REQUEST)), LIST)
        elif isinstance(target, int):
            self._run = at
            self.page.show_all()
            self.page.show(self._listed(self.view), number=target)
            self._open_invocation(at, target)

    def action_open(self) -> None:
        """Open the invocation under the cursor."""
        if (number := self.page.listed.number) is not None:
            self._open_invocation(self.run, number)

    def on_cursor_list_chosen(self) -> None:
        """Open the row that was clicked."""
        self.action_open()

    def _open_invocation(self, run: int, number: int) -> None:
        self._invocation = run, number
        self.go_to_level(DETAIL)
        self.post_message(Perform(OpenInvocation(number=number, run=run)))

    def _open_request(self, run: int, request: int, before: str) -> None:
        self._request, self._before_exchange = (run, request), before
        self.go_to_level(EXCHANGE)
        self.post_message(Perform(OpenRequest(number=request, run=run)))

    def _here(self) -> tuple[int, int] | None:
        """The (run, number) of the invocation that is open, or under the cursor."""
        if self.level == DETAIL:
            return self._invocation
        number = self.page.listed.number
        return (self.run, number) if number is not None else None

    def action_exchange(self) -> None:
        """Open the exchange of the ride that the invocation was part of."""
        here = self._here()
        data = run_of(self.view, here[0]) if here is not None else None
        if here is not None and data is not None:
            self._open_request(here[0], data.row(here[1])["request"], self.level)

    def action_trace(self) -> None:
        """Open the trace of the invocation."""
        if (here := self._here()) is not None:
            self.post_message(ShowPane("trace", *here))

    def action_back(self) -> None:
        """Go back one level, or end the search."""
        if self.level == LIST:
            self.page.end_search()
        else:
            self.go_to_level(self._before_exchange if self.level == EXCHANGE else LIST)

    def action_filter(self) -> None:
        """Go to the next filter."""
        self.page.next_filter()

    def action_sort(self) -> None:
        """Go to the next order."""
        self.page.next_sort()

    def action_keep_search(self) -> None:
        """Go from the search line to what it has found."""
        self.page.keep_search()

    def action_search(self) -> None:
        """Open the search line."""
        self.page.start_search()
        self.refresh_bindings()

    def on_monitoring_page_search_changed(self) -> None:
        """Read error texts if the search asks for words."""
        self.refresh_bindings()
        self.catch_up()

    def action_other_run(self, step: int) -> None:
        """Go to another run; after the last comes the first."""
        if self._runs:
            self._run = (self.run - 1 + step) % self._runs + 1
            self.catch_up()

    def action_neighbor(self, step: int) -> None:
        """Open the invocation before or after this one in the list."""
        listed = self.page.listed
        number = listed.number_at(listed.cursor + step)
        if number is not None and self._invocation is not None and self._invocation[0] == self.run:
            listed.move_cursor(listed.cursor + step)
            self._open_invocation(self.run, number)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done at this level."""
        if not (level := self.level):
            return False  # nothing is there yet
        typing = self.page.typing
        match action:
            case "back":
                return level != LIST or self.page.searching
            case "keep_search" | "move" | "edge":
                return typing if action == "keep_search" else not typing and self.can_move()
            case "filter" | "sort" | "search":
                return level == LIST and not typing and self.run > 0
            case "open":
                return level == LIST and not typing and self.page.listed.count > 0
            case "exchange":
                return level != EXCHANGE and not typing and self._is_there(level)
            case "trace":
                return (
                    level != EXCHANGE and not typing and self._is_there(level) and self.offers_pane("trace")
                )
            case "other_run":
                return level == LIST and not typing and self._runs > 1
            case "neighbor":
                return level == DETAIL
            case _:
                return super().check_action(action, parameters)

    def _is_there(self, level: str) -> bool:
        return level == DETAIL or self.page.listed.count > 0

    def summary(self) -> str:
        """Say what is listed, or what is open."""
        if self.level == DETAIL and self._invocation is not None:
            return invocation_summary(self.view, *self._invocation)
        if self.level == EXCHANGE and self._request is not None:
            return request_summary(self.view, *self._request)
        if self.view is not None and self.is_mounted:
            self.page.show(self._listed(self.view))
        return self.page.summary()
