"""What a terminal can show, told by its environment: UTF-8 or not, which dots, and whether somebody sits far away."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.charts.glyphs import GlyphName

LOCALE: Final = ("LC_ALL", "LC_CTYPE", "LANG")
REMOTE: Final = ("SSH_CONNECTION", "SSH_TTY")
NO_BRAILLE: Final = frozenset({"linux", "cons25", "vt220"})
"""Consoles whose fonts have blocks and no braille."""


def shows_utf8(environment: Mapping[str, str], encoding: str | None) -> bool:
    """Tell whether characters beyond ASCII arrive: both what Python writes and what the locale names must be UTF-8.

    Python writes UTF-8 in the C locale too (PEP 538 and 540), so the locale is asked by itself. Where it names no
    encoding (``C``, ``POSIX``, ``en_US``) nothing beyond ASCII is promised; where there is none, Python is believed.
    """
    if encoding is not None and not _is_utf8(encoding):
        return False
    named = next((environment[name] for name in LOCALE if environment.get(name)), None)
    if named is None:
        return encoding is not None
    return _is_utf8(named.partition(".")[2].partition("@")[0])


def glyphs_for(environment: Mapping[str, str], encoding: str | None) -> GlyphName:
    """Choose what charts are drawn with where nobody chose: braille, blocks, or ASCII."""
    if not shows_utf8(environment, encoding):
        return "ascii"
    return "blocks" if environment.get("TERM", "").partition("-")[0] in NO_BRAILLE else "braille"


def is_remote(environment: Mapping[str, str]) -> bool:
    """Tell whether the terminal is at the other end of a network."""
    return any(environment.get(name) for name in REMOTE)


def _is_utf8(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding).name == "utf-8"
    except (LookupError, ValueError):
        return False
