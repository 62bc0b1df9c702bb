"""A pane that takes the keys itself: what it holds is only looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

from tui.commands import Command
from tui.panes.cursor_list import CursorList
from tui.panes.shown import ShownPane

if TYPE_CHECKING:
    from textual.widget import Widget

    from tui.view import View

SCROLLING = (
    Command(
        "roll(1)",
        ("j", "down"),
        "scroll",
        "Scroll down by a line.",
        rank=50,
        shown="j/k",
        id="scroll",
        both="Scroll by a line.",
    ),
    Command("roll(-1)", ("k", "up"), "up", "Scroll up by a line.", id="up"),
    Command(
        "leaf(1)",
        ("pagedown",),
        "page down",
        "Scroll down by a page.",
        id="page-down",
        both="Scroll by a page.",
    ),
    Command("leaf(-1)", ("pageup",), "page up", "Scroll up by a page.", id="page-up"),
    Command(
        "edge(-1)",
        ("g", "home"),
        "top",
        "Scroll to the top.",
        id="top",
        both="Scroll to the top, or to the end.",
    ),
    Command("edge(1)", ("G", "end"), "end", "Scroll to the end.", id="end"),
)


class KeyPane(ShownPane, can_focus=True):
    """A pane whose keys work wherever one looks in it, because the pane has the focus and its widgets never do."""

    def focus_target(self) -> None:
        """Take the focus. (`focus` would draw the pane anew.)"""
        self.come()
        self.screen.set_focus(self, scroll_visible=False)

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Style what shows whether its keys work: the cursors of lists. (All of a pane takes 20 ms.)"""
        for widget in self.query(CursorList):
            widget.update_node_styles()

    def on_blur(self, event: events.Blur) -> None:
        """Let the keys go, and draw nothing anew for it."""
        event.prevent_default()
        self.has_focus = False
        if self.parent is not None:
            self.parent.post_message(events.DescendantBlur(self))

    def on_focus(self, event: events.Focus) -> None:
        """Somebody turned to this pane: it did not just come into sight beside the lesson."""
        event.prevent_default()  # which would draw all of the pane anew
        self.has_focus = True
        if self.parent is not None:
            self.parent.post_message(events.DescendantFocus(self))
        if self.view is not None:
            self.looked_at(self.view)

    def look(self) -> None:
        """Take note of what is looked at, if anybody looks."""
        if self.screen.focused is self and self.view is not None:
            self.looked_at(self.view)

    def looked_at(self, view: View) -> None:
        """Somebody looks at what is shown; for panes where that is something done."""

    def repaint(self) -> None:
        """Draw the view anew, after a key changed how it is shown."""
        self.catch_up()
        self.refresh_bindings()

    # what the keys can do now

    def can_do(self, action: str) -> bool:  # noqa: ARG002 - for panes to override
        """Tell whether an action makes sense now, by its bare name."""
        return True

    def offers(self, command: Command) -> bool:
        """Tell footer, palette and help whether a command makes sense now."""
        return self.can_do(command.action.partition("(")[0])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Leave keys alone that make no sense now."""
        return self.can_do(action)

    # scrolling

    def scroller(self) -> Widget | None:
        """What the scrolling keys move now, or None."""
        return None

    def action_roll(self, lines: int) -> None:
        """Scroll by lines."""
        if (widget := self.scroller()) is not None:
            widget.scroll_relative(y=lines, animate=False)

    def action_leaf(self, pages: int) -> None:
        """Scroll by pages, of which the last line stays in sight."""
        if (widget := self.scroller()) is not None:
            widget.scroll_relative(y=pages * max(1, widget.size.height - 1), animate=False)

    def action_edge(self, end: int) -> None:
        """Scroll to the top (-1) or to the end (1)."""
        if (widget := self.scroller()) is not None:
            widget.scroll_to(y=0 if end < 0 else widget.max_scroll_y, animate=False)
