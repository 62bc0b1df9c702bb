"""A page to read over the lab: a text that scrolls, filled in as soon as a thread has read the lessons."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Static

from tui.commands import Command, commands_of
from tui.screens.base import Dialog
from tui.screens.course_told import must_wait, told
from tui.widgets.footer import key_line
from tui.widgets.prose import Prose

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from lessons.progress import Progress
    from tui.app import RidelabApp

READING = (
    Command("close", ("escape", "q", "enter"), "close", "Close the page.", shown="escape", rank=10),
    Command(
        "scroll(1)",
        ("j", "down"),
        "scroll",
        "Scroll down.",
        shown="j/k",
        rank=20,
        id="scroll",
        both="Scroll by a line.",
    ),
    Command("scroll(-1)", ("k", "up"), "up", "Scroll up.", id="up"),
    Command(
        "leaf(1)", ("pagedown",), "page down", "Scroll down a page.", id="page-down", both="Scroll by a page."
    ),
    Command("leaf(-1)", ("pageup",), "page up", "Scroll up a page.", id="page-up"),
    Command(
        "edge(-1)", ("g", "home"), "top", "Go to the top.", id="top", both="Go to the top, or to the end."
    ),
    Command("edge(1)", ("G", "end"), "end", "Go to the end.", id="end"),
)
"""The keys of a page to read."""


class ReadingPage(Dialog[None]):
    """Shows Markdown; `write` makes it, beside the event loop, and `before` stands there until it is made.

    A page of its own declares its keys: `READING`, and what it has besides.
    """

    TITLE_WORDS: ClassVar[str] = ""

    class Written(Message):
        """The text is there."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    @property
    def lab_app(self) -> RidelabApp:
        """The app, by its own type."""
        return cast("RidelabApp", self.app)

    def write(self, progress: Progress) -> str:
        """Write the page; in a thread, so it touches no widget. A page's own."""
        raise NotImplementedError

    def before(self) -> str:
        """What is there at once; a page's own."""
        return ""

    def compose(self) -> ComposeResult:
        """Put the text between its title and the keys."""
        with Vertical(classes="dialog"):
            yield Static(self.TITLE_WORDS, classes="title", markup=False)
            with VerticalScroll(classes="page", can_focus=False):
                yield Prose(self.before())
            yield Static(key_line(commands_of(self)), classes="keys")

    def on_mount(self) -> None:
        """Have the page written."""
        if must_wait(self.lab_app):
            self.call_after_refresh(self._write)
        else:
            self.run_worker(self._write, thread=True)

    def _write(self) -> None:
        self.post_message(self.Written(told(self.lab_app, self.write)))

    def on_reading_page_written(self, message: Written) -> None:
        """Show the page."""
        message.stop()
        self.query_one(Prose).show(message.text)
        self.written()

    def written(self) -> None:
        """The page is there; a page's own."""

    @property
    def _page(self) -> VerticalScroll:
        return self.query_one(VerticalScroll)

    def action_close(self) -> None:
        """Close the page."""
        self.dismiss()

    def action_scroll(self, lines: int) -> None:
        """Scroll by lines."""
        self._page.scroll_relative(y=lines, animate=False)

    def action_leaf(self, pages: int) -> None:
        """Scroll by pages, of which the last line stays in sight."""
        self._page.scroll_relative(y=pages * max(1, self._page.size.height - 1), animate=False)

    def action_edge(self, end: int) -> None:
        """Go to the top (-1) or to the end (1)."""
        self._page.scroll_to(y=0 if end < 0 else self._page.max_scroll_y, animate=False)
