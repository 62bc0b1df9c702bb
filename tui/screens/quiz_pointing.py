"""Pointing at a span or a line: the question waits in a line above the player while one looks in the lab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from lessons.prose import unmarked
from tui.panes.offering import offered
from tui.screens.quiz_asked import POINTS_IN

if TYPE_CHECKING:
    from lessons.model import Question
    from lessons.session import Session
    from tui.screens.quiz_asked import Asked

WHAT = {"span": "a span", "line": "a line"}


def pane_to_point_in(session: Session, question: Question) -> str:
    """Name the pane in which a question is answered by pointing; empty where the lesson does not show what is asked."""
    pane = POINTS_IN.get(question.kind, "")
    if pane not in session.lesson.panes:
        return ""
    if question.kind == "line":
        service, _, name = (question.version or "").partition("@")
        if name not in {version.name for version in offered(session).get(service, ())}:
            return ""
    return pane


class PointLine(Static):
    """Says what is asked while one points at the answer, and with which keys."""

    DEFAULT_CSS = """
    PointLine {
        height: 2;
        padding: 0 2;
        display: none;
        background: $panel;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """

    def show(self, asked: Asked | None, *, answer: str = "", leave: str = "", away: str = "") -> None:
        """Show what is asked, and the keys that answer and leave; `away` says how to get to the pane it is about."""
        self.display = asked is not None
        if asked is None:
            return
        ask = " ".join(unmarked(asked.render(asked.question.ask)).replace("`", "").split())
        what = WHAT[asked.question.kind]
        do = away or f"Go to {what}: {answer} answers, {leave} leaves it open."
        self.update(Content.assemble(("? ", "bold"), (ask, "bold"), "\n  ", do))
