"""Panes that say in one line what they were shown: the screens are tested without the real ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Static

from lessons import actions as act
from tui.commands import Command, bindings
from tui.panes.base import Pane, Perform, ShowPane

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.view import View


class FakePane(Pane):
    COMMANDS: ClassVar[tuple[Command, ...]] = (
        Command("look", ("enter",), "look", "Look at it.", rank=10),
        Command("sort", ("s",), "sort", "Sort it.", rank=12),
    )
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(COMMANDS))

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[tuple[int | None, int | str | None]] = []
        self.views = 0

    def compose(self) -> ComposeResult:
        line = Static("nothing yet", classes="fake")
        line.can_focus = True
        yield line

    def refresh_view(self, view: View) -> None:
        self.views += 1
        live = "" if view.live is None else f", one under way at {view.live.now_s:.1f} s"
        self.query_one(".fake", Static).update(f"{self.TITLE}: {len(view.runs)} runs{live}")

    def open_target(self, run: int | None, target: int | str | None) -> None:
        self.opened.append((run, target))

    def action_look(self) -> None:
        self.post_message(Perform(act.CompareGroups()))

    def action_sort(self) -> None:
        self.post_message(ShowPane("runs", run=1, target=7))

    def summary(self) -> str:
        return f"The {self.TITLE} pane of the tests."


class FakeLoad(FakePane):
    NAME, TITLE = "load", "Load"


class FakeRuns(FakePane):
    NAME, TITLE = "runs", "Runs"


class FakeAlerts(FakePane):
    NAME, TITLE = "alerts", "Alerts"


PANES = {
    "load": (__name__, "FakeLoad"),
    "runs": (__name__, "FakeRuns"),
    "alerts": (__name__, "FakeAlerts"),
}
