"""`settings.yaml` in the data folder: read strictly, and written so that only the line of a setting changes.

Everything else in the file stays byte for byte: comments, order, line ends. What cannot be read is never written.
"""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from simulator.document import Document, DocumentError, parse, read
from simulator.errors import NotKeptError

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME: Final = "settings.yaml"
HEAD: Final = "# ridelab's settings. The settings screen (key `,`) changes single lines and keeps the rest.\n"
_WORD = re.compile(r"(?P<quote>[\"']?)[\w.-]+(?P=quote)")
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_BOM = "\ufeff"

ThemeName = Literal["night", "day", "contrast", "okabe-ito"]
SpeedName = Literal["1", "10", "60", "end"]
GlyphChoice = Literal["auto", "braille", "blocks", "ascii"]
Motion = Literal["full", "reduced"]


class Choices(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What stands in the file; None for what does not. `keys` has a key, or a list of keys, for command ids."""

    theme: ThemeName | None = None
    speed: SpeedName | None = None
    glyphs: GlyphChoice | None = None
    motion: Motion | None = None
    keys: dict[str, str | list[str]] = {}


NOTHING: Final = Choices()


def read_choices(path: Path) -> tuple[Choices, Document[Choices] | None]:
    """Read the file; without one, or with nothing but comments in it, nothing is chosen. Raises DocumentError."""
    if not os.path.lexists(path):
        return NOTHING, None
    try:
        document = read(path, Choices, name=NAME)
    except DocumentError:
        if _says_nothing(path):
            return NOTHING, None
        raise
    return document.value, document


def changed(text: str, setting: str, value: str) -> str:
    """Write a setting into a file's text. Raises DocumentError for a text, NotKeptError for a place that is not ours.

    Each way of writing is tried and read again: what would change more than this one setting is not taken.
    """
    before = NOTHING if _blank(text) else parse(text, Choices, name=NAME).value
    wanted = msgspec.structs.replace(before, **{setting: value})
    for attempt in _attempts(text, setting, value):
        with suppress(DocumentError):
            if parse(attempt, Choices, name=NAME).value == wanted:
                return attempt
    raise NotKeptError(f"{NAME} is written in a way that leaves no line for `{setting}`: change it by hand")


def write_choice(path: Path, setting: str, value: str) -> None:
    """Change one setting in the file, all at once or not at all; makes the file where there is none.

    Raises DocumentError where the file cannot be read (then it stays as it is), NotKeptError where not written.
    """
    choices, _ = read_choices(path)
    if getattr(choices, setting) == value:
        return
    try:
        real = path.resolve()  # a link into somebody's dotfiles stays a link
        text = real.read_bytes().decode() if real.exists() else HEAD
        _replace(real, changed(text, setting, value).encode())
    except (OSError, ValueError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise NotKeptError(f"{path} cannot be written ({reason.lower()})") from error


def _replace(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with suppress(OSError):
            Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _attempts(text: str, setting: str, value: str) -> Iterator[str]:
    """Give the ways to write a setting: in its own place, else as a line at the end, else as the first line."""
    bom = _BOM if text.startswith(_BOM) else ""
    lines = _LINES.findall(text.removeprefix(_BOM))
    end = next((m.group() for line in lines if (m := re.search(r"[\r\n]+\Z", line))), "\n")
    if not _blank(text):
        spot = parse(text, Choices, name=NAME).problem((setting,), "")
        at = spot.line - 1
        if at < len(lines):
            line, column = lines[at], spot.column - 1
            if old := _WORD.match(line, column):
                quote = old["quote"]
                new = f"{line[:column]}{quote}{value}{quote}{line[old.end() :]}"
                yield bom + "".join([*lines[:at], new, *lines[at + 1 :]])
            new = f"{line[:column]} {value}{line[column:]}"  # `theme:` with nothing behind it
            yield bom + "".join([*lines[:at], new, *lines[at + 1 :]])
    body = "".join(lines)
    gap = "" if not body or body.endswith(("\n", "\r")) else end
    yield f"{bom}{body}{gap}{setting}: {value}{end}"
    yield f"{bom}{setting}: {value}{end}{body}"


def _says_nothing(path: Path) -> bool:
    try:
        return path.is_file() and path.stat().st_size < 1_000_000 and _blank(path.read_bytes().decode())
    except (OSError, ValueError):
        return False


def _blank(text: str) -> bool:
    """Tell whether there is nothing but comments in a text."""
    lines = (line.strip(" \r\n") for line in _LINES.findall(text.removeprefix(_BOM)))
    return all(not line or line.startswith("#") for line in lines)
