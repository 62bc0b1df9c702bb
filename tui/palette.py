"""The palette: every command of the screen by name, from the same declarations as the keys."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider

from tui.commands import offered, with_keys
from tui.screens.base import Hasty, LabScreen
from tui.themes import THEMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.dom import DOMNode

    from tui.commands import Command


class Palette(Hasty, CommandPalette):
    """Textual's palette, but for its page keys: they fail until the list has been drawn (Textual 8.2)."""

    def _action_command_list(self, action: str) -> None:
        with suppress(KeyError):
            super()._action_command_list(action)


class CommandProvider(Provider):
    """Offers the commands of the screen that the palette was opened from, and the themes."""

    async def discover(self) -> Hits:
        """List all of them."""
        for name, text, run in self._offers():
            yield DiscoveryHit(name, run, help=text)

    async def search(self, query: str) -> Hits:
        """List those that match what was typed."""
        matcher = self.matcher(query)
        for name, text, run in self._offers():
            if (score := matcher.match(name)) > 0:
                yield Hit(score, matcher.highlight(name), run, help=text)

    def _offers(self) -> Iterator[tuple[str, str, Callable[[], object]]]:
        if isinstance(self.screen, LabScreen):
            for group in self.screen.command_groups():
                now = offered(group.node)
                for command in (one for one in with_keys(group.node, group.commands) if one in now):
                    yield (
                        f"{command.label[:1].upper()}{command.label[1:]} ({command.key})",
                        command.help,
                        partial(self._run, group.node, command),
                    )
        for theme in THEMES:
            yield (
                f"Theme: {theme}",
                "Change the colors, and keep them.",
                partial(setattr, self.app, "theme", theme),
            )

    async def _run(self, node: DOMNode, command: Command) -> None:
        """Run a command where it is still to be had: another one may just have left its screen, or hidden it."""
        app = self.app
        if node is app or (node.is_attached and node.screen is app.screen and app.screen.is_mounted):
            await app.run_action(command.action, node)
