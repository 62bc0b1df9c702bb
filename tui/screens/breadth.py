"""Screens that are laid out differently where there is room for lesson and lab side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from textual.screen import Screen

if TYPE_CHECKING:
    from textual import events

Result = TypeVar("Result")

WIDE: Final = 120
"""From this width on lesson and lab stand side by side."""


class BroadScreen(Screen[Result]):
    """Knows how broad the terminal is before it is laid out: its class ``-wide`` or ``-narrow`` is never late.

    (Textual's own breakpoints come after the layout, so that one frame of each change would be drawn wrong.)
    """

    wide = False
    """Whether lesson and lab stand side by side."""

    def take_width(self, width: int) -> None:
        """Take the terminal's width; called first thing in `compose`, and whenever it has changed."""
        if width:
            self.wide = width >= WIDE
            self.set_class(self.wide, "-wide")
            self.set_class(not self.wide, "-narrow")
            self.width_taken()

    def width_taken(self) -> None:
        """Lay out for the width; a screen's own."""

    def on_resize(self, event: events.Resize) -> None:
        """Take the new width before Textual lays the screen out for it."""
        self.take_width(event.size.width)

    def on_screen_resume(self) -> None:
        """Take the width that came while other screens were shown."""
        self.take_width(self.app.size.width)
