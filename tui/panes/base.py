"""What all panes share."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.message import Message

if TYPE_CHECKING:
    from lessons.actions import Action
    from tui.commands import Command
    from tui.view import View


class Perform(Message):
    """A pane (or the lesson panel) asks the lesson screen to perform an action."""

    def __init__(self, action: Action) -> None:
        super().__init__()
        self.action = action


class ShowPane(Message):
    """A pane asks for another pane, for one run's invocation, request, rule or version there.

    `target` is what that pane should open: an invocation's or request's number, a rule's name, a version's ref.
    """

    def __init__(self, pane: str, run: int | None = None, target: int | str | None = None) -> None:
        super().__init__()
        self.pane = pane
        self.run = run
        self.target = target


class Pane(Vertical):
    """A pane of the lab. `view` is None until the first one is shown."""

    NAME: ClassVar[str] = ""
    """As in `lessons.model.Pane`: load, alerts, invocations, runs, trace, code, compare."""
    TITLE: ClassVar[str] = ""
    COMMANDS: ClassVar[tuple[Command, ...]] = ()

    def __init__(self) -> None:
        super().__init__(id=f"pane-{self.NAME}", classes="pane")
        self.view: View | None = None

    def show_view(self, view: View) -> None:
        """Take a new view: called after each action, and at most 5 times a second while a run plays."""
        self.view = view
        self.refresh_view(view)

    def refresh_view(self, view: View) -> None:
        """Update the widgets; a pane's own. Cursor, sort, fold stay."""

    def open_target(self, run: int | None, target: int | str | None) -> None:
        """Open what another pane pointed at (see ShowPane)."""

    def badge(self, view: View) -> str:  # noqa: ARG002 - for panes to override
        """A short text behind the pane's tab, such as an alert's ``!``; empty for none."""
        return ""

    def focus_target(self) -> None:
        """Put the focus where keys are wanted when the pane is shown: its first focusable widget."""
        for widget in self.query("*"):
            if widget.focusable and widget.display:
                widget.focus()
                return
