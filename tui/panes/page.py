"""A page of text that scrolls with the keys of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

if TYPE_CHECKING:
    from rich.text import Text
    from textual.app import ComposeResult


class Page(VerticalScroll, can_focus=True):
    """Text to read: a mail, an invocation's page, an HTTP exchange."""

    DEFAULT_CSS = """
    Page {
        width: 1fr;
        height: 1fr;
        scrollbar-size-vertical: 1;
        & > Static { width: 1fr; height: auto; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Down", show=False),
        Binding("k", "scroll_up", "Up", show=False),
        Binding("g", "scroll_home", "To the top", show=False),
        Binding("G", "scroll_end", "To the end", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self.text: Text | None = None
        self._what: object = None

    def compose(self) -> ComposeResult:
        """Hold the text in one widget, which grows with it."""
        yield Static()

    def show(self, text: Text, what: object = None) -> None:
        """Show a text about something: from its top, or, where it is about the same as before, from where one was."""
        if self.text != text:
            self.text = text
            self.query_one(Static).update(text)
        if self._what != what:
            self._what = what
            self.scroll_home(animate=False)
