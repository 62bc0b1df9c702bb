"""What all screens share: their commands, and the line at the foot that names the keys of the moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.screen import ModalScreen, Screen

from tui.commands import Command, CommandGroup, active_commands, commands_of

if TYPE_CHECKING:
    from textual.dom import DOMNode

Result = TypeVar("Result")


class LabScreen(Screen[Result]):
    """A screen of the lab."""

    HELP_TITLE: ClassVar[str] = ""
    KEYS: ClassVar[tuple[Command, ...]] = ()

    def key_chain(self) -> list[DOMNode]:
        """List the nodes whose keys hold now: from the focused widget outwards."""
        chain: list[DOMNode] = list(self.focused.ancestors_with_self) if self.focused is not None else []
        return chain if self in chain else [self, self.app]

    def footer_commands(self) -> list[Command]:
        """List what the keys do now."""
        return active_commands(self.key_chain())

    def command_groups(self) -> list[CommandGroup]:
        """List all commands that can ever be used here, for the help and the palette."""
        return [
            CommandGroup(self.HELP_TITLE, commands_of(self), self),
            CommandGroup("Everywhere", commands_of(self.app), self.app),
        ]

    def about(self) -> str:
        """Say what is to be seen, for the help: one to three sentences, or nothing."""
        return ""


class Dialog(ModalScreen[Result]):
    """A screen over another one. `KEYS` stand at its foot."""

    KEYS: ClassVar[tuple[Command, ...]] = ()
