"""Keys as people write them, as Textual names them, and back."""

from __future__ import annotations

import unicodedata
from typing import Final

from textual.keys import KEY_NAME_REPLACEMENTS, Keys, key_to_character

from simulator.errors import UsageError, nearest

RESERVED: Final = ("ctrl+q", "ctrl+c", "ctrl+p", "escape")
"""Keys that always do what they do: there is a way out of everything, and to every command by its name."""
MODIFIERS: Final = ("ctrl", "alt", "shift", "super", "hyper", "meta")
SHORTENED: Final = {short: name for name, short in KEY_NAME_REPLACEMENTS.items()}
NAMED: Final = frozenset(
    {key.value for key in Keys if "+" not in key.value and key.value.isidentifier()}
    | {f"f{number}" for number in range(1, 25)}
) - {"ignore", "scrollup", "scrolldown"}
ALSO: Final = {
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "page up": "pageup",
    "page down": "pagedown",
    "ctrl+i": "tab",  # terminals send the same for both
    "ctrl+m": "enter",
    "ctrl+left_square_bracket": "escape",
}


def key_name(written: str) -> str:
    """Give Textual's name of a key: ``question_mark`` for ``?``, ``pagedown`` for ``Page Down``. Raises UsageError."""
    word = written.strip() or written[:1]
    if len(word) != 1:
        word = word.lower()
        word = ALSO.get(word, word)
    *before, last = (
        word.split("+") if len(word) > 1 and not word.endswith("++") else [*word[:-2].split("+"), word[-1:]]
    )
    before = [one for one in before if one]
    if len(last) == 1:
        last = _name_of(last.lower() if before else last)
    unknown = next((one for one in before if one not in MODIFIERS), None)
    if unknown is not None:
        raise UsageError(f"no key `{written}`: `{unknown}` is none of {', '.join(MODIFIERS)}")
    if not _known(last):
        raise UsageError(f"no key `{written}`{nearest(last, NAMED)}")
    name = "+".join([*sorted(before, key=MODIFIERS.index), last])
    return ALSO.get(name, name)


def shown_key(key: str) -> str:
    """Write a key for people: ``?`` for ``question_mark``, ``page down`` for ``pagedown``."""
    character = _character_of(key)
    if character is not None and character != " ":
        return character
    return {"pagedown": "page down", "pageup": "page up"}.get(key, key)


def _name_of(character: str) -> str:
    """Name a single character as Textual does: by its Unicode name, unless it is a letter or a digit."""
    if character.isalnum():
        return character
    if character == " ":
        return "space"
    name = unicodedata.name(character, character).lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)


def _known(name: str) -> bool:
    return name in NAMED or _character_of(name) is not None


def _character_of(name: str) -> str | None:
    """Give the character that a key types, None where it types none that can be seen."""
    # Textual finds no character for the names that it shortened itself, such as `slash`.
    character = key_to_character(SHORTENED.get(name, name))
    return character if character and character.isprintable() else None
