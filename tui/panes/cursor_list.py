"""A list with a cursor, drawn a line at a time: a hundred thousand rows cost what the visible ones cost."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

if TYPE_CHECKING:
    from textual import events

    from tui.charts.bars import Runs

INKS = ("header", "text", "muted", "strong", "slow", "error", "tag", "grid", "bar", "slow-bar", "error-bar")
GUTTER = 2
"""Cells before each row: a sign for the cursor, and a blank."""


class CursorList(ScrollView, can_focus=True):
    """What lists of the lab share: a header line that stays, a cursor told by a sign, keys, and scrolling.

    A list of its own gives `header_runs` and `row_runs`, and tells `set_count` how many rows there are.
    """

    DEFAULT_CSS = """
    CursorList {
        width: 1fr;
        height: 1fr;
        min-height: 2;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        & > .cursor-list--header { color: $text-muted; }
        & > .cursor-list--text { color: $foreground; }
        & > .cursor-list--muted { color: $text-muted; }
        & > .cursor-list--strong { color: $foreground; text-style: bold; }
        & > .cursor-list--slow { color: $text-warning; text-style: bold; }
        & > .cursor-list--error { color: $text-error; text-style: bold; }
        & > .cursor-list--tag { color: $text-accent; }
        & > .cursor-list--grid { color: $foreground 20%; }
        & > .cursor-list--bar { color: $primary; }
        & > .cursor-list--slow-bar { color: $text-warning; }
        & > .cursor-list--error-bar { color: $error; }
        & > .cursor-list--cursor { background: $block-cursor-blurred-background; }
        &:focus > .cursor-list--cursor { text-style: bold; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"cursor-list--{ink}" for ink in (*INKS, "cursor")}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("home,g", "first", "First", show=False),
        Binding("end,G", "last", "Last", show=False),
    ]

    class Chosen(Message):
        """A row was chosen with the mouse: a click on the row under the cursor."""

        def __init__(self, list_: CursorList) -> None:
            super().__init__()
            self.list = list_

        @property
        def control(self) -> CursorList:
            """The list, for `@on` with a selector."""
            return self.list

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self.count = 0
        self.cursor = 0
        self.placeholder = ""
        """What to say where there are no rows."""
        self._styles_of: dict[tuple[str, bool], Style] = {}

    def header_runs(self, width: int) -> Runs:
        """The line above all rows, as (ink, text); a list's own."""
        raise NotImplementedError

    def row_runs(self, index: int, width: int) -> Runs:
        """One row, as (ink, text); a list's own."""
        raise NotImplementedError

    def set_count(self, count: int, cursor: int) -> None:
        """Take how many rows there are now, and where the cursor is to stand."""
        known = min(self.count, 2)
        self.count = count
        if known != min(count, 2):  # there is something to open now, or somewhere to go
            self.refresh_bindings()
        self.cursor = max(0, min(cursor, count - 1))
        self.virtual_size = Size(0, count + 1)
        self.refresh()
        self._scroll_to_cursor()

    def move_cursor(self, place: int) -> None:
        """Put the cursor on a row, or the nearest there is."""
        place = max(0, min(place, self.count - 1))
        if place != self.cursor:
            for line in (self.cursor, place):
                self.refresh(Region(0, line - self.scroll_offset.y + 1, self.size.width, 1))
            self.cursor = place
            self._scroll_to_cursor()

    def action_move(self, rows: int) -> None:
        """Move the cursor by rows."""
        self.move_cursor(self.cursor + rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor by what is visible at once."""
        self.move_cursor(self.cursor + pages * max(1, self._page - 1))

    def action_first(self) -> None:
        """Move the cursor to the first row."""
        self.move_cursor(0)

    def action_last(self) -> None:
        """Move the cursor to the last row."""
        self.move_cursor(self.count - 1)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row that was clicked; a click on the cursor chooses its row."""
        offset = event.get_content_offset(self)
        if (
            offset is None
            or not 0 <= (place := self.scroll_offset.y + offset.y - 1) < self.count
            or not offset.y
        ):
            return
        if place == self.cursor:
            self.post_message(self.Chosen(self))
        else:
            self.move_cursor(place)

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self._scroll_to_cursor()

    def notify_style_update(self) -> None:
        """Color anew when the theme or the focus changed."""
        self._styles_of.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Show the header on the first line, and the row that is scrolled to on every other."""
        width = self.scrollable_content_region.width
        if not self.count:
            lines = wrap(self.placeholder, max(10, width - 2 * GUTTER))
            return self._strip([("muted", " " * GUTTER + lines[y])] if y < len(lines) else [], width)
        if y == 0:
            return self._strip([("header", " " * GUTTER), *self.header_runs(width - GUTTER)], width)
        index = self.scroll_offset.y + y - 1
        if index >= self.count:
            return self._strip([], width)
        cursor = index == self.cursor
        sign = ("strong", ">".ljust(GUTTER) if cursor else " " * GUTTER)
        return self._strip([sign, *self.row_runs(index, width - GUTTER)], width, cursor=cursor)

    @property
    def _page(self) -> int:
        return max(1, self.size.height - 1)

    def _scroll_to_cursor(self) -> None:
        if not self.is_attached or self.size.height < 2:
            return
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + self._page:
            self.scroll_to(y=self.cursor - self._page + 1, animate=False)

    def _strip(self, runs: Runs, width: int, *, cursor: bool = False) -> Strip:
        segments, left = [], width
        for ink, text in [*runs, ("text", " " * width)]:
            if piece := text[:left]:
                segments.append(Segment(piece, self._style(ink, cursor=cursor)))
                left -= len(piece)
        return Strip(segments, width)

    def _style(self, ink: str, *, cursor: bool) -> Style:
        if (ink, cursor) not in self._styles_of:
            style = self.get_component_rich_style(f"cursor-list--{ink}")
            if cursor:
                marked = self.get_component_rich_style("cursor-list--cursor")
                style += Style(bgcolor=marked.bgcolor, bold=marked.bold or None)
            self._styles_of[ink, cursor] = style
        return self._styles_of[ink, cursor]
