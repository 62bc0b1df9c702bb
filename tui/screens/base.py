"""What all screens share: their commands, and the line at the foot that names the keys of the moment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual.await_complete import AwaitComplete
from textual.keys import key_to_character
from textual.screen import ModalScreen, Screen

from tui.commands import Command, Commanded, CommandGroup, active_commands, commands_of
from tui.keys import shown_key
from tui.screens.sharing_keys import dialog_bindings

if TYPE_CHECKING:
    from textual.binding import BindingType
    from textual.dom import DOMNode

    _Screen = Screen[Any]
else:
    _Screen = object  # Textual takes a screen's styles from its first base alone

Result = TypeVar("Result")


class Hasty(_Screen):
    """A screen that takes keys in any haste: none before it is there, and closing it twice closes it once."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Do nothing before everything is there: keys come as soon as the screen is pushed."""
        return self.is_mounted and super().check_action(action, parameters)

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Close the screen; once it is closed, or something lies over it, that is no longer asked of it."""
        if self.app.screen is not self:
            return AwaitComplete()
        closed: AwaitComplete = super().dismiss(result)
        return closed


class LabScreen(Commanded, Hasty, Screen[Result]):
    """A screen of the lab."""

    HELP_TITLE: ClassVar[str] = ""
    KEYS: ClassVar[tuple[Command, ...]] = ()

    def on_screen_suspend(self) -> None:
        """Name no keys while something lies over this."""
        self.refresh_bindings()

    def on_screen_resume(self) -> None:
        """Name them again."""
        self.refresh_bindings()

    def key_chain(self) -> list[DOMNode]:
        """List the nodes whose keys hold now: from the focused widget outwards."""
        chain: list[DOMNode] = list(self.focused.ancestors_with_self) if self.focused is not None else []
        return chain if self in chain else [self, self.app]

    def footer_commands(self) -> list[Command]:
        """List what the keys do now: while somebody types, with the keys that type nothing."""
        reached = ((command, self._reached(command)) for command in active_commands(self.key_chain()))
        return [
            command if keys == command.keys else replace(command, keys=keys, shown=shown_key(keys[0]))
            for command, keys in reached
            if keys
        ]

    def _reached(self, command: Command) -> tuple[str, ...]:
        """Give the keys of a command that are not characters now, for whoever has the focus."""
        focused = self.focused
        if focused is None:
            return command.keys
        return tuple(key for key in command.keys if not focused.check_consume_key(key, key_to_character(key)))

    def command_groups(self) -> list[CommandGroup]:
        """List all commands that can ever be used here, for the help and the palette."""
        return [
            CommandGroup(self.HELP_TITLE, commands_of(self), self),
            CommandGroup("Everywhere", commands_of(self.app), self.app),
        ]

    def about(self) -> str:
        """Say what is to be seen, for the help: one to three sentences, or nothing."""
        return ""


class Dialog(Commanded, Hasty, ModalScreen[Result]):
    """A screen over another one. `KEYS` stand at its foot."""

    KEYS: ClassVar[tuple[Command, ...]] = ()
    BINDINGS: ClassVar[list[BindingType]] = [*dialog_bindings()]
