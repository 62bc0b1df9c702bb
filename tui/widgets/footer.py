"""The line at the foot of a screen: the keys that matter now, whole, in order of need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from tui.commands import fitting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.screen import Screen

    from tui.commands import Command

MOST = 8


class FooterLine(Widget):
    """Names the keys of the focused widget, its pane and its screen."""

    DEFAULT_CSS = """
    FooterLine {
        height: 1;
        padding: 0 2;
        background: $panel;
        color: $text-muted;
    }
    """

    def on_mount(self) -> None:
        """Follow the focus."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, _screen: Screen[object]) -> None:
        self.refresh()

    def render(self) -> Content:
        """Write the keys in bold and what they do beside them."""
        return key_line(self.commands())

    def commands(self) -> list[Command]:
        """List what is shown: at most eight, only what fits whole, and how to get help in any case.

        Below a dialog nothing is: its keys hold then.
        """
        from tui.screens.base import LabScreen

        if self.app.screen is not self.screen:
            return []
        screen, width = self.screen, self.content_size.width
        active = screen.footer_commands() if isinstance(screen, LabScreen) else []
        last = [command for command in active if command.action == "help"]
        room = width - sum(len(command.key) + len(command.label) + 3 for command in last)
        rest = [command for command in active if command not in last]
        return [*fitting(rest, room)[: MOST - len(last)], *last]


def key_line(commands: Iterable[Command]) -> Content:
    """Write keys and labels on one line; commands without a rank are left out."""
    parts: list[Content | tuple[str, str]] = []
    for command in (one for one in commands if one.rank is not None):
        parts += [
            Content("  " if parts else ""),
            (command.key, "bold $foreground"),
            Content(f" {command.label}"),
        ]
    return Content.assemble(*parts)
