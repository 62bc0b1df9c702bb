r"""What is prose in a lesson's text and what is not: code, inserts, and the marks around words of the glossary.

    [[p95]]                    a word of the glossary, in any of its forms
    [[the slow end|tail]]      other words that lead to a term
    \[[                        two plain brackets

Code stands between backquotes or fences. Whoever shows a text without marks takes `unmarked` of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HIDDEN: Final = "\0"
_CODE: Final = re.compile(
    r"^[ ]*(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^[ ]*(?P=fence)[`~]*[ ]*$|\Z)"
    r"|(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)",
    re.DOTALL | re.MULTILINE,
)
_INSERT: Final = re.compile(r"(?<!\\)\{\{(?:'(?:[^'\\]|\\.)*'|[^'])*?\}\}", re.DOTALL)
_MENTION: Final = re.compile(r"(?<!\\)\[\[(?P<words>[^\[\]|]*)(?:\|(?P<term>[^\[\]|]*))?\]\]")
_LOOSE: Final = re.compile(r"(?<!\\)\[\[|\]\]")


class Mention(NamedTuple):
    """A marked word: the words shown, the term they lead to, and the places of the whole mark in its text."""

    words: str
    term: str
    start: int
    end: int


def prose(text: str, *, inserts: bool = False) -> str:
    """Hide code and inserts: a text of the same length, with what is no prose as `HIDDEN`; lines stay lines."""
    hidden = _CODE.sub(_hide, text)
    return hidden if inserts else _INSERT.sub(_hide, hidden)


def mentions(text: str) -> Iterator[Mention]:
    """List the marked words of a text, in order; what stands in code is none."""
    for found in _MENTION.finditer(prose(text)):
        words = found["words"]
        yield Mention(words, " ".join((found["term"] or words).split()), *found.span())


def loose_marks(text: str) -> Iterator[int]:
    """List the places of brackets that open a mark and do not close it, or the other way round."""
    rest = _MENTION.sub(_hide, prose(text))
    return (found.start() for found in _LOOSE.finditer(rest))


def marked(text: str, write: Callable[[Mention], str]) -> str:
    """Write a text with other marks around the words of the glossary."""
    parts: list[str] = []
    done = 0
    for mention in mentions(text):
        parts += (text[done : mention.start], write(mention))
        done = mention.end
    return "".join((*parts, text[done:]))


def unmarked(text: str) -> str:
    """Give a text with the words of the glossary as plain words."""
    return marked(text, lambda mention: mention.words) if "[[" in text else text


def _hide(found: re.Match[str]) -> str:
    return "".join("\n" if letter == "\n" else HIDDEN for letter in found.group())
