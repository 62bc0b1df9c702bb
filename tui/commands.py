"""One declaration per command: it feeds the key, the footer, the palette, the tooltip and the help screen."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from tui.keys import shown_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

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
    id: str = ""
    """Its name in `keys:` of settings.yaml; an action with a parameter needs one."""
    both: str = ""
    """What this command and the one after it do, there and back, in one sentence: they share a line of the help."""

    @property
    def name(self) -> str:
        """Its name among the commands of its node: its id, or else the action's, which no other label changes."""
        action, _, parameter = self.action.partition("(")
        words = self.id or f"{action.rpartition('.')[2]} {parameter.replace('-', 'minus ')}"
        return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")

    @property
    def key(self) -> str:
        """The key as people write it."""
        return self.shown or shown_key(self.keys[0])


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
            id=command.name,
        )
        for command in commands
    ]


class Commanded:
    """Gives a class's bindings the ids by which settings.yaml knows them: ``load.turn``, ``lesson.run``."""

    WHERE: ClassVar[str] = ""
    """What its commands are called after, where neither a pane's name nor the class's own does."""

    def __init_subclass__(cls, **options: Any) -> None:
        """Put the class's place before each name."""
        own: Sequence[Any] | None = cls.__dict__.get("BINDINGS")
        if own is not None:
            where = where_of(cls)
            cls.BINDINGS = [  # type: ignore[attr-defined]
                replace(one, id=f"{where}.{one.id}")
                if getattr(one, "id", None) and "." not in one.id
                else one
                for one in own
            ]
        super().__init_subclass__(**options)


def where_of(kind: type) -> str:
    """Name what a class's commands are called after: a pane's name, else the class's: ``home`` for HomeScreen."""
    if said := getattr(kind, "WHERE", "") or getattr(kind, "NAME", ""):
        return str(said)
    bare = re.sub(r"(Screen|Pane)$", "", kind.__name__)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", bare).lower()


def declared(kind: type) -> tuple[str, tuple[Command, ...]]:
    """Give what a class's commands are called after, and the commands as they are declared.

    They stand in `KEYS` of a screen or the app, `COMMANDS` of a pane or panel. (A screen's own ``COMMANDS`` is
    Textual's, and means providers of its palette.)
    """
    for base in kind.__mro__:
        for name in ("KEYS", "COMMANDS"):
            found = base.__dict__.get(name)
            if isinstance(found, tuple):
                return where_of(base), found
    return "", ()


def commands_of(node: DOMNode) -> tuple[Command, ...]:
    """Give the commands of a node, with the keys they have now."""
    return with_keys(node, declared(type(node))[1])


def with_keys(node: DOMNode, commands: Iterable[Command]) -> tuple[Command, ...]:
    """Give a node's commands the keys that settings.yaml has for them."""
    keys: Mapping[str, tuple[str, ...]] = getattr(node.app, "remapped", {}) if node.is_attached else {}
    if not keys:
        return tuple(commands)
    return tuple(
        replace(command, keys=found, shown=shown_key(found[0]))
        if (found := keys.get(command_id(node, command)))
        else command
        for command in commands
    )


def command_id(node: DOMNode, command: Command) -> str:
    """Give the id by which settings.yaml knows a node's command: ``lesson.run``."""
    return f"{declared(type(node))[0]}.{command.name}"


def key_now(node: DOMNode, command: str, usual: str) -> str:
    """Write the key that a command has now, for texts that name it: `command` is its id, `usual` its own key."""
    keys: Mapping[str, tuple[str, ...]] = getattr(node.app, "remapped", {})
    return shown_key(keys[command][0]) if command in keys else usual


def offered(node: DOMNode) -> list[Command]:
    """List the commands of a node that make sense now: all, unless it has a method ``offers(command)`` that says no."""
    offers = getattr(node, "offers", None)
    return [command for command in commands_of(node) if offers is None or offers(command)]


def active_commands(chain: Iterable[DOMNode]) -> list[Command]:
    """List what the keys do now, for the nodes from the focus outwards: what is nearer hides what is further."""
    found: list[Command] = []
    taken: set[str] = set()
    for node in chain:
        now = offered(node)
        found += [command for command in now if taken.isdisjoint(command.keys)]
        taken.update(key for command in now for key in command.keys)
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
