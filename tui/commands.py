"""One declaration per command: it feeds the key, the footer, the palette, the tooltip and the help screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import Binding
    from textual.dom import DOMNode


@dataclass(frozen=True, slots=True)
class Command:
    """Something a key does. `action` is Textual's action string; the help text is one sentence.

    `label` stands in the footer, where commands appear by `rank` (lower first; None: never in the footer).
    """

    action: str
    keys: tuple[str, ...]
    label: str
    help: str
    rank: int | None = None
    shown: str = ""
    """How the key is written for people, where Textual's name is not: ``enter``, ``space``, ``?``."""

    @property
    def key(self) -> str:
        """The key as people write it."""
        return self.shown or self.keys[0]


class CommandGroup(NamedTuple):
    """Commands that belong together: their title in the help, and the node whose actions they are."""

    title: str
    commands: tuple[Command, ...]
    node: DOMNode


def bindings(commands: Iterable[Command]) -> list[Binding]:
    """Give Textual's bindings for commands; for a class's ``BINDINGS``."""
    from textual.binding import Binding

    return [
        Binding(
            ",".join(command.keys),
            command.action,
            command.label,
            show=command.rank is not None,
            key_display=command.key,
            tooltip=command.help,
        )
        for command in commands
    ]


def commands_of(node: DOMNode) -> tuple[Command, ...]:
    """Give the commands that a node declares: `KEYS` of a screen or the app, `COMMANDS` of a pane or panel.

    (A screen's own ``COMMANDS`` is Textual's, and means providers of its palette.)
    """
    for name in ("KEYS", "COMMANDS"):
        declared = getattr(type(node), name, None)
        if isinstance(declared, tuple):
            return declared
    return ()


def offered(node: DOMNode) -> list[Command]:
    """List the commands of a node that make sense now: all, unless it has a method ``offers(command)`` that says no."""
    offers = getattr(node, "offers", None)
    return [command for command in commands_of(node) if offers is None or offers(command)]


def active_commands(chain: Iterable[DOMNode]) -> list[Command]:
    """List what the keys do now, for the nodes from the focus outwards: what is nearer hides what is further."""
    found: list[Command] = []
    taken: set[str] = set()
    for node in chain:
        found += [command for command in offered(node) if taken.isdisjoint(command.keys)]
        taken.update(key for command in commands_of(node) for key in command.keys)
    return found


def fitting(commands: Iterable[Command], width: int) -> list[Command]:
    """Choose the commands that fit a width whole, in order of need; two cells stand between two of them."""
    chosen: list[Command] = []
    left = width
    for command in sorted((c for c in commands if c.rank is not None), key=lambda c: c.rank or 0):
        needed = len(command.key) + 1 + len(command.label) + (2 if chosen else 0)
        if needed > left:
            break
        chosen.append(command)
        left -= needed
    return chosen
