"""The line of tabs: the lesson and the lab's panes, each with the digit that goes to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual.content import Content
from textual.message import Message
from textual.widget import Widget

if TYPE_CHECKING:
    from textual import events


WHOLE: Final = 99
LEAST: Final = 3
"""The fewest letters of a title that still say something."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab: what it is called, its digit, its title, and a short badge such as an alert's ``!``."""

    name: str
    digit: str
    title: str
    badge: str = ""

    def words(self, letters: int = WHOLE) -> str:
        """Write it with so many letters of its title."""
        return " ".join(part for part in (self.digit, self.title[:letters], self.badge) if part)


def written(tabs: tuple[Tab, ...], active: str, width: int) -> list[str]:
    """Write tabs as wide as there is room for: whole, closer together, with shorter titles, or their digits alone.

    The active one always stands there whole, in blanks of its own.
    """
    loose = [f" {tab.words()} " for tab in tabs]
    if sum(map(len, loose)) <= width:
        return loose
    tight: list[str] = []
    for letters in (WHOLE, *range(max((len(tab.title) for tab in tabs), default=0), LEAST - 1, -1), 0):
        tight = [f" {tab.words()} " if tab.name == active else f" {tab.words(letters)}" for tab in tabs]
        if sum(map(len, tight)) <= width:
            break
    return tight


class TabStrip(Widget):
    """Shows the tabs on one line. The active one is in reverse, or underlined where the keys are elsewhere."""

    DEFAULT_CSS = """
    TabStrip {
        height: 1;
        padding: 0 1;
        color: $text-muted;
        & > .tab--active {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
            text-style: bold;
        }
        & > .tab--quiet {
            color: $foreground;
            background: $block-cursor-blurred-background;
            text-style: bold underline;
        }
        & > .tab--badge { color: $text-warning; text-style: bold; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"tab--active", "tab--quiet", "tab--badge"}

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, *, beside: bool = False, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Make it empty; one that stands beside something else says with a sign when the keys are here."""
        super().__init__(id=id)
        self._sign = ">" if beside else " "
        self.tabs: tuple[Tab, ...] = ()
        self.active = ""
        self.quiet = False

    def show(self, tabs: tuple[Tab, ...], active: str, *, quiet: bool) -> None:
        """Show tabs; `quiet` where the active one is in sight and the keys are elsewhere."""
        if (tabs, active, quiet) != (self.tabs, self.active, self.quiet):
            self.tabs, self.active, self.quiet = tabs, active, quiet
            self.refresh()

    def _places(self) -> list[tuple[Tab, str]]:
        return list(zip(self.tabs, written(self.tabs, self.active, self.content_size.width), strict=True))

    def render(self) -> Content:
        """Write the tabs; a badge stands out by itself."""
        active = self.get_visual_style("tab--quiet" if self.quiet else "tab--active")
        badge = self.get_visual_style("tab--badge")
        parts: list[Content] = []
        for tab, words in self._places():
            part = Content(words)
            if tab.name == self.active and not self.quiet:
                part = Content(self._sign + words[1:])
            if tab.name == self.active:
                part = part.stylize(active)
            elif tab.badge:
                part = part.stylize(badge, len(words.rstrip()) - len(tab.badge), len(words))
            parts.append(part)
        return Content("").join(parts)

    def on_click(self, event: events.Click) -> None:
        """Go to the tab under the mouse."""
        at = event.x - self.styles.padding.left
        for tab, words in self._places():
            if 0 <= at < len(words):
                self.post_message(self.Chosen(tab.name))
            at -= len(words)
