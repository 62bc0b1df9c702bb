"""The line of tabs: the lesson and the lab's panes, each with the digit that goes to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.message import Message
from textual.widget import Widget

if TYPE_CHECKING:
    from textual import events


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab: what it is called, its digit, its title, and a short badge such as an alert's ``!``."""

    name: str
    digit: str
    title: str
    badge: str = ""

    def words(self, *, full: bool) -> str:
        """Write it, in full or as short as can be."""
        badge = f" {self.badge}" if self.badge else ""
        return f"{self.digit} {self.title}{badge}" if full else f"{self.digit}{badge}"


class TabStrip(Widget):
    """Shows the tabs on one line; where they do not fit, only the active one is written out."""

    DEFAULT_CSS = """
    TabStrip {
        height: 1;
        padding: 0 1;
        color: $text-muted;
        & > .tab--active { color: $block-cursor-foreground; background: $block-cursor-background; text-style: bold; }
        & > .tab--quiet { color: $foreground; background: $block-cursor-blurred-background; text-style: bold; }
        & > .tab--badge { color: $text-warning; text-style: bold; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"tab--active", "tab--quiet", "tab--badge"}

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.tabs: tuple[Tab, ...] = ()
        self.active = ""
        self.quiet = False

    def show(self, tabs: tuple[Tab, ...], active: str, *, quiet: bool) -> None:
        """Show tabs; `quiet` where the active one is in sight and the keys are elsewhere."""
        if (tabs, active, quiet) != (self.tabs, self.active, self.quiet):
            self.tabs, self.active, self.quiet = tabs, active, quiet
            self.refresh()

    def _places(self) -> list[tuple[Tab, str]]:
        width = self.content_size.width
        whole = [(tab, f" {tab.words(full=True)} ") for tab in self.tabs]
        if sum(len(words) for _, words in whole) <= width:
            return whole
        return [(tab, f" {tab.words(full=tab.name == self.active)} ") for tab in self.tabs]

    def render(self) -> Content:
        """Write the tabs, the active one in reverse."""
        active = self.get_visual_style("tab--quiet" if self.quiet else "tab--active")
        badge = self.get_visual_style("tab--badge")
        parts: list[Content] = []
        for tab, words in self._places():
            part = Content(words)
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
