"""Everything that can go wrong by somebody's input, as one small tree.

    RidelabError                  one readable line: what, where, what to do
    ├── DocumentError             a YAML file that cannot be understood (simulator/document.py)
    ├── UsageError                a name or value that does not exist: a lesson, a version, a flag's value
    ├── BuildError                a version's source that cannot be built
    └── NotKeptError              progress that could not be read or written

The kernel's own exceptions (Deadlock, Stalled) are faults of a program, not of its input, and stand in kernel.py.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class RidelabError(Exception):
    """An error a person can mend: its text says what, where and what to do, in one line."""


class UsageError(RidelabError):
    """A name or a value that does not exist here."""


class BuildError(RidelabError):
    """A version's source that cannot be built; the text names the line."""


class NotKeptError(RidelabError):
    """Progress that could not be read or written."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Say which of the known words was probably meant: ``; did you mean `x`?``, or an empty text."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean `{close[0]}`?" if close else ""
