"""Literal latencies in prose: figures that stand there as text, and so can be wrong one day. The lab computes its own.

Refused are digits or number words with a unit of ms, microseconds or seconds, and shares in percent. Allowed are:

    code, and what stands in {{ }}      `timeout=0.25`, {{ run.p95 | ms }}
    other numbers                       60 requests, the 57th, three mysteries, 2018, for 2 minutes
    a threshold in words                longer than a second, within one second
    the rhythm of a plan or a report    every 10 seconds, pieces of ten seconds, a ten-second piece
    shares that are names               50 %, 90 %, 95 %, 99 %, 99.9 %: percentiles and confidence; 0 % and 100 %
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from lessons.prose import prose

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIGITS: Final = r"(?<![\w.,])\d(?:[\d,.]*\d)?"
_WORD: Final = (
    r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    r"|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?)"
)
_WORDS: Final = rf"\b{_WORD}(?:(?:\s+|-|\s+and\s+){_WORD})*"
_SPELLED: Final = r"(?:milliseconds?|microseconds?|nanoseconds?|seconds?)"
_PLURAL: Final = r"(?:milliseconds|microseconds|nanoseconds|seconds)"
_SHORT: Final = r"(?-i:ms|msecs?|µs|μs|us|ns|secs?)"
_RHYTHM: Final = re.compile(r"\b(?:every|pieces\s+of)\s+$", re.IGNORECASE)
_NAMES: Final = frozenset({"0", "50", "90", "95", "99", "99.9", "99.99", "100"})
_LITERAL: Final = re.compile(
    rf"(?P<share>{_DIGITS}|{_WORDS})\s*(?:%|\bper\s?cent\b)"
    rf"|{_DIGITS}\s*(?:{_SHORT}|{_SPELLED})\b"
    rf"|(?<![\w.,])\d{{1,2}}(?:\.\d+)?(?-i:s)\b"  # 2s, but neither 401s nor the 1990s
    rf"|{_DIGITS}\s+(?-i:s)\b(?!')"
    rf"|{_WORDS}\s+(?:{_SHORT}|{_PLURAL})\b"
    rf"|(?:{_DIGITS}|{_WORDS})\s+(?:tenth|hundredth|thousandth|millionth)s\s+of\s+a\s+second\b"
    r"|\b(?:half|three\s+quarters\s+of|(?:an?|one)\s+(?:quarter|third|fifth|tenth|hundredth|thousandth)\s+of)"
    r"\s+a\s+second\b"
    r"|\b(?:a|one)\s+second\s+and\s+(?:a\s+half|a\s+quarter|three\s+quarters)\b",
    re.IGNORECASE,
)


class Literal(NamedTuple):
    """A literal latency or share, as written, and where its text has it."""

    words: str
    start: int


def literals(text: str) -> Iterator[Literal]:
    """List the literal latencies of a text, in order."""
    plain = prose(text)
    for found in _LITERAL.finditer(plain):
        if found["share"] is not None:
            if found["share"] in _NAMES:
                continue
        elif _RHYTHM.search(plain[: found.start()]):
            continue
        yield Literal(" ".join(found.group().split()), found.start())
