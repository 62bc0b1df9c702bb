"""`keys:` of settings.yaml: other keys for commands, checked against everything that is active with them.

What is wrong is said in one line each, and refused for that command alone; all the others hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from simulator.errors import UsageError, nearest
from tui.keys import RESERVED, key_name, shown_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.document import Document
    from tui.places import Place, Places
    from tui.settings_file import Choices

Keys = tuple[str, ...]


@dataclass(frozen=True)
class Keymap:
    """What holds: new keys by command id, the same as Textual wants it, and what is wrong, a line each."""

    keys: Mapping[str, Keys] = field(default_factory=dict)
    for_textual: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


DEFAULTS: Final = Keymap()


def make_keymap(document: Document[Choices] | None, places: Places) -> Keymap:
    """Read the `keys:` of a settings file. Nothing is imported where there are none."""
    if document is None or not document.value.keys:
        return DEFAULTS
    wanted: dict[str, Keys] = {}
    problems: list[str] = []
    for command, written in document.value.keys.items():
        try:
            wanted[command] = _wanted(command, written, places)
        except UsageError as error:
            problems.append(str(document.problem(("keys", command), str(error))))
    while (clash := next(_clashes(wanted, places), None)) is not None:
        refused, what = clash
        problems.append(str(document.problem(("keys", refused), what)))
        del wanted[refused]
    touched = {command.partition(".")[0] for command in wanted}
    # Textual takes a key away from all commands that share it when one of them gets another: so all are told.
    told = {one: ",".join(keys) for name in touched for one, keys in places.place(name).keys.items()}
    return Keymap(wanted, told | {one: ",".join(keys) for one, keys in wanted.items()}, tuple(problems))


def _wanted(command: str, written: str | list[str], places: Places) -> Keys:
    """Check one entry by itself; gives its keys, with those that a command cannot lose. Raises UsageError."""
    where = command.partition(".")[0]
    if where not in places.names or "." not in command:
        raise UsageError(f"no command `{command}`{_nearest(command, places)}")
    place = places.place(where)
    if command in place.without_keys:
        raise UsageError(f"`{command}` keeps its key: it must work everywhere")
    if command not in place.keys:
        raise UsageError(f"no command `{command}`{_nearest(command, places)}")
    keys = tuple(dict.fromkeys(key_name(key) for key in ([written] if isinstance(written, str) else written)))
    if not keys:
        raise UsageError(f"`{command}` needs a key: without one it could not be reached")
    kept = tuple(key for key in place.keys[command] if key in RESERVED)
    if taken := [key for key in keys if key in RESERVED and key not in kept]:
        raise UsageError(f"`{taken[0]}` always does what it does and cannot be `{command}`")
    return (*keys, *(key for key in kept if key not in keys))


def _nearest(command: str, places: Places) -> str:
    """Name the command that was probably meant: of its place, of the place it was meant for, or of any."""
    where, _, rest = command.partition(".")
    known = [one for one in places.names if one == where] or list(places.names)
    if where not in known and (said := nearest(where, known)):
        meant = said.split("`")[1]
        return nearest(f"{meant}.{rest}", places.place(meant).keys) or said
    every = (one for name in known for one in places.place(name).keys)
    return nearest(command, every) or (
        f"; there are {', '.join(places.place(where).keys)}" if where in known else ""
    )


def _clashes(wanted: Mapping[str, Keys], places: Places) -> Iterator[tuple[str, str]]:
    """List which entry to refuse, and why: of two entries the later one, of an entry and a default the entry."""
    order = list(wanted)
    for command, keys in wanted.items():
        mine = places.place(command.partition(".")[0])
        for other, key in _taken(command, keys, mine, wanted, places):
            later = other if other in wanted and order.index(other) > order.index(command) else command
            where, _, _ = later.partition(".")
            default = " ".join(map(shown_key, places.place(where).keys[later]))
            both = f"`{command}` and {other if ' ' in other else f'`{other}`'}"
            yield later, f"`{shown_key(key)}` is both {both}; `{later}` stays on `{default}`"


def _taken(
    command: str, keys: Keys, mine: Place, wanted: Mapping[str, Keys], places: Places
) -> Iterator[tuple[str, str]]:
    new = set(keys) - set(mine.keys[command])
    for name in dict.fromkeys(name for chain in places.chains(mine.name) for name in chain):
        place = places.place(name)
        for other, default in place.keys.items():
            # Commands that share a key from the start take turns: there is never more than one of them.
            turns = place is mine and set(default) & set(mine.keys[command])
            if other != command and not turns:
                yield from ((other, key) for key in wanted.get(other, default) if key in new)
        yield from ((f"{what} in {name}", key) for key, what in place.fixed.items() if key in new)
