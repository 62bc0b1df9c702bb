"""YAML files as typed values: the one reader that scenarios, load plans and lessons share.

``read(path, kind)`` gives a `Document` whose value is a ``kind`` (a msgspec Struct), or raises
`DocumentError` with every problem it found, each at its place. What is read is a plain part of YAML: one
document of mappings, lists and texts. Every scalar is a text until a type asks for something else, so ``no``,
``1:30`` and ``0755`` stay as written; fields of type ``Any`` or ``object`` follow YAML's core rules. Aliases,
tags, merge keys, duplicate keys and nesting over 50 deep are refused.

    document_nodes.py    text -> nodes, each with its place
    document_values.py   nodes -> a value of the type asked for
    document_types.py    what a type wants, as tests and in words
    document.py          files, problems, places: what others use
"""

from __future__ import annotations

import stat
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar

from simulator.document_nodes import Node, compose, find
from simulator.document_values import convert
from simulator.errors import RidelabError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

T = TypeVar("T")
NodePath = tuple[str | int, ...]

LARGEST = 1_000_000
SHOWN = 10
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file: where (lines and columns count from 1) and what."""

    file: str
    line: int
    column: int
    what: str

    def __str__(self) -> str:
        said = f"{self.file}:{self.line}:{self.column}: {self.what}"
        # A file's name and what is quoted from it can hold anything; this must be one printable line.
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in said)


class DocumentError(RidelabError):
    """A YAML file that cannot be understood; the text is its problems, one a line, the first ten of them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems[:SHOWN]]
        if (more := len(self.problems) - SHOWN) > 0:
            lines.append(f"and {more} more")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Document(Generic[T]):
    """A file that was read: its value, and where in the text each part of it stands.

    A path names a part by keys, as written in the file, and by list positions from 0, such as
    ``("steps", 2, "say")``.
    """

    value: T
    name: str
    _root: Node = field(repr=False, compare=False)
    _text: str = field(repr=False, compare=False)

    def where(self, path: NodePath) -> str:
        """Return ``file:line:column`` of the value at the path, or of its nearest parent that exists."""
        node = find(self._root, path)
        return f"{self.name}:{node.line}:{node.column}"

    def problem(self, path: NodePath, what: str) -> Problem:
        """Make a problem of the value at the path, for what only a later check can see."""
        node = find(self._root, path)
        return Problem(self.name, node.line, node.column, what)

    def excerpt(self, path: NodePath) -> str:
        """Return the source line on which the value at the path begins."""
        lines = self._text.split("\n")
        line = find(self._root, path).line
        return lines[line - 1].rstrip() if line <= len(lines) else ""


def read(path: Path, kind: type[T], *, name: str | None = None) -> Document[T]:
    """Read a UTF-8 file of at most 1 MB as a ``kind``; ``name`` is what errors call it (default: the path).

    Raises DocumentError, also for a file that is missing or cannot be opened.
    """
    called = str(path) if name is None else name
    data = _bytes(path, called)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8").removeprefix("\ufeff")
        before = before.replace("\r\n", "\n").replace("\r", "\n")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        what = f"byte {error.start + 1} (0x{data[error.start]:02x}) is not UTF-8; save the file as UTF-8"
        if data.startswith(_UTF16):
            what = "the file is UTF-16; save it as UTF-8"
        raise DocumentError([Problem(called, line, column, what)]) from None
    return parse(text, kind, name=called)


def parse(text: str, kind: type[T], *, name: str) -> Document[T]:
    """Read a text as a ``kind``; ``name`` stands for the file in errors. Raises DocumentError."""
    problems: list[Problem] = []

    def report(line: int, column: int, what: str) -> None:
        problems.append(Problem(name, line, column, what))

    if len(text) > LARGEST:
        raise DocumentError([_too_large(name)])
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    root = compose(text, report)
    if root is None:
        if not problems:
            report(1, 1, "the file is empty")
    else:
        value = convert(root, kind, report, broken=bool(problems))
        if not problems:
            return Document(value, name, root, text)
    raise DocumentError(sorted(problems, key=lambda problem: (problem.line, problem.column)))


def _bytes(path: Path, name: str) -> bytes:
    """Read at most one byte more than is allowed; never open what could wait for ever, such as a pipe."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            what = "this is a directory, not a file"
        elif not stat.S_ISREG(mode):
            what = "this is not a regular file"
        else:
            with path.open("rb") as file:
                data = file.read(LARGEST + 1)
            if len(data) <= LARGEST:
                return data
            raise DocumentError([_too_large(name)])
    except FileNotFoundError:
        what = f"there is no such file{_beside(path)}"
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else None
        what = f"the file cannot be read: {(reason or str(error)).lower()}"
    raise DocumentError([Problem(name, 1, 1, what)])


def _beside(path: Path) -> str:
    """Name the file in the same directory that was probably meant, or nothing."""
    try:
        return nearest(path.name, (sibling.name for sibling in islice(path.parent.iterdir(), 1000)))
    except (OSError, ValueError):
        return ""


def _too_large(name: str) -> Problem:
    return Problem(name, 1, 1, "the file is larger than 1 MB; split it")
