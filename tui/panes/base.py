"""What all panes share."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.message import Message

from tui.commands import Commanded

if TYPE_CHECKING:
    from lessons.actions import Action
    from lessons.model import Question
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


class KeepDraft(Message):
    """The Code pane asks the lesson screen to keep what was written of a service; None: nothing any more."""

    def __init__(self, service: str, text: str | None) -> None:
        super().__init__()
        self.service = service
        self.text = text


class Pointed(Message):
    """A pane was pointed in, to answer a question: at a span by its name, or at a line by its number, from 1."""

    def __init__(self, choices: tuple[str, ...], number: float | None = None) -> None:
        super().__init__()
        self.choices = choices
        self.number = number


class Pane(Commanded, Vertical):
    """A pane of the lab. `view` is None until the first one is shown."""

    NAME: ClassVar[str] = ""
    """As in `lessons.model.Pane`: load, alerts, invocations, runs, trace, code, compare, map."""
    TITLE: ClassVar[str] = ""
    COMMANDS: ClassVar[tuple[Command, ...]] = ()

    def __init__(self) -> None:
        super().__init__(id=f"pane-{self.NAME}", classes="pane")
        self.view: View | None = None
        self.pointing: Question | None = None
        """The question that is answered by pointing here, while it is."""

    def show_view(self, view: View) -> None:
        """Take a new view: called after each action, and at most 5 times a second while a run plays."""
        self.view = view
        self.refresh_view(view)

    def refresh_view(self, view: View) -> None:
        """Update the widgets; a pane's own. Cursor, sort, fold stay."""

    def open_target(self, run: int | None, target: int | str | None) -> None:
        """Open what another pane pointed at (see ShowPane)."""

    def ever(self, command: Command) -> bool:
        """Tell whether a command has any use in this lesson: help and palette leave the others out."""
        return command.action != "point" or self.view is None or self.asks_to_point(self.view)

    def asks_to_point(self, view: View) -> bool:
        """Tell whether the lesson has a question that is answered by pointing here."""
        kind = {"trace": "span", "code": "line"}.get(self.NAME)
        asked = (step.question for step in view.session.lesson.steps)
        return any(one is not None and one.kind == kind for one in asked)

    def action_point(self) -> None:
        """Answer the question with what is under the cursor; for panes in which one points."""

    def way_to_point(self) -> str:
        """Say which key leads to what one points at, where another page or version is shown; empty where none does."""
        return ""

    def badge(self, view: View) -> str:  # noqa: ARG002 - for panes to override
        """A short text behind the pane's tab, such as an alert's ``!``; empty for none."""
        return ""

    def focus_target(self) -> None:
        """Put the focus where keys are wanted when the pane is shown: its first focusable widget."""
        for widget in self.query("*"):
            if widget.focusable and widget.display:
                widget.focus()
                return
