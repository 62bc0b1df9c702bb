"""What is seen, as plain text: to be copied, where a picture would be of no use."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING

from lessons.prose import unmarked
from tui.widgets.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.screen import Screen
    from textual.widget import Widget

    from tui.panes.base import Pane
    from tui.widgets.lesson_text import PanelText


def seen_text(screen: Screen[object]) -> str:
    """Give the text of what one looks at: the pane in sight, the lesson's step, or else the screen as it stands."""
    labs = screen.query(Lab)
    pane = labs.first().pane if labs else None
    if pane is None:
        return screen_text(screen)
    text: PanelText | None = getattr(screen, "text", None)
    if getattr(screen, "side", "lab") == "lesson" and text is not None:
        return step_text(text)
    return pane_text(pane) or screen_text(screen)


def pane_text(pane: Pane) -> str:
    """Give a pane's summary and, below it, the texts in it that are shown: a report, a source, a mail, a page."""
    parts = [str(pane.summary())] if hasattr(pane, "summary") else []
    parts += _texts(pane)
    return "\n\n".join(part for part in parts if part.strip())


def _texts(pane: Pane) -> Iterator[str]:
    from tui.panes.lines import Lines
    from tui.panes.page import Page

    for widget in pane.query("*"):
        if isinstance(widget, Lines) and _shown(widget):
            yield _tidy(widget.plain)
        elif isinstance(widget, Page) and widget.text is not None and _shown(widget):
            yield _tidy(widget.text.plain)


def _shown(widget: Widget) -> bool:
    return all(node.display for node in widget.ancestors_with_self if hasattr(node, "display"))


def step_text(text: PanelText) -> str:
    """Give a step of a lesson in Markdown: its text, what there is to do, and what was said to it."""
    todos = [f"- [{'x' if todo.done else ' '}] {todo.text}" for todo in text.todos]
    parts = [f"## {text.title}", text.text, text.expected, text.afterwards, *text.hints, "\n".join(todos)]
    return unmarked("\n\n".join(part.strip() for part in parts if part.strip()))


def screen_text(screen: Screen[object]) -> str:
    """Give a screen line by line, as it stands in the terminal, but for the empty lines that only fill it."""
    text = _tidy("\n".join(strip.text for strip in screen._compositor.render_strips()))
    return re.sub(r"\n{3,}", "\n\n", text)


def _tidy(text: str) -> str:
    """Take away what only fills a window: blanks at the ends of lines and on their left, empty lines around."""
    return dedent("\n".join(line.rstrip() for line in text.split("\n"))).strip("\n")
