"""A page of text that scrolls with the keys of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui.widgets.keeps_place import PlaceKeeper

if TYPE_CHECKING:
    from rich.text import Text
    from textual.app import ComposeResult


class Page(PlaceKeeper, can_focus=True, inherit_bindings=False):
    """Text to read: a mail, an invocation's page, an HTTP exchange.

    (Textual's own bindings would take the left and right keys from the pane, and then do nothing with them.)
    """

    DEFAULT_CSS = """
    Page {
        width: 1fr;
        height: 1fr;
        scrollbar-size-vertical: 1;
        & > Static { width: 1fr; height: auto; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_down", "Down", show=False),
        Binding("k,up", "scroll_up", "Up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("g,home", "scroll_home", "To the top", show=False),
        Binding("G,end", "scroll_end", "To the end", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self.text: Text | None = None
        self._what: object = None

    @property
    def room(self) -> int:
        """How many cells a line has, whether or not there is more to scroll to."""
        return max(0, self.size.width - self.styles.scrollbar_size_vertical)

    def compose(self) -> ComposeResult:
        """Hold the text in one widget, which grows with it."""
        yield Static()

    def watch_show_vertical_scrollbar(self) -> None:
        """Name the keys that scroll once there is something to scroll."""
        self.refresh_bindings()

    def show(self, text: Text, what: object = None) -> None:
        """Show a text about something: from its top, or, where it is about the same as before, from where one was."""
        if self.text != text:
            self.text = text
            self.query_one(Static).update(text)
        if self._what != what:
            self._what = what
            self.to_top()
