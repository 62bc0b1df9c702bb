"""Links in lesson text: to files beside it, to pages of the web, and to other lessons by their number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from lessons.prose import prose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from lessons.outline import Entry

_LINK: Final = re.compile(r"(?<!\\)(?<!\[)\[[^\[\]]*\]\(\s*<?(?P<target>[^()\s<>]*)>?[^()]*\)")
_NUMBER: Final = re.compile(r"\blessons?\s+(?P<number>\d+)\b", re.IGNORECASE)


def lesson_numbers(entries: Iterable[Entry]) -> frozenset[int]:
    """Give the numbers of a course's lessons: those their ids begin with, or else their places."""
    return frozenset(
        int(digits[0]) if (digits := re.match(r"\d+", entry.id)) else place
        for place, entry in enumerate(entries, start=1)
    )


def dead_links(text: str, folder: Path, numbers: frozenset[int]) -> Iterator[tuple[str, int, int]]:
    """List the links of a text that lead nowhere: (what is wrong, start, length). Nothing is fetched."""
    plain = prose(text)
    for found in _LINK.finditer(plain):
        if what := _wrong(found["target"], folder):
            yield what, found.start(), found.end() - found.start()
    for found in _NUMBER.finditer(plain):
        if int(found["number"]) not in numbers:
            there = ", ".join(map(str, sorted(numbers)))
            yield (
                f"there is no lesson {found['number']} in this course; there are {there}",
                found.start(),
                len(found.group()),
            )


def _wrong(target: str, folder: Path) -> str:
    address = urlsplit(target)
    if address.scheme in {"http", "https"}:
        return "" if address.hostname and "." in address.hostname else f"`{target}` is no address of a page"
    if address.scheme or not address.path:
        return (
            f"the link to `{target}` leads nowhere: give the address of a page, or a file beside the lesson"
        )
    return (
        ""
        if (folder / address.path).is_file()
        else f"the link to `{target}` leads nowhere: there is no such file"
    )
