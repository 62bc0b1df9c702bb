"""The characters charts are drawn with: braille, blocks, or ASCII where the terminal has nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias
from unicodedata import combining, east_asian_width

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

GlyphName: TypeAlias = Literal["braille", "blocks", "ascii"]
Codes: TypeAlias = "NDArray[np.uint32]"

SPACE = ord(" ")


@dataclass(frozen=True, eq=False)
class GlyphSet:
    """The characters a chart is drawn with.

    `dots[bits]` shows `across` by `up` dots in a cell, bit 0 the upper left one, row by row; `outline`
    likewise, for lines that must differ from dots; `bars[n]` is a column of n eighths, from the foot.
    """

    across: int
    up: int
    dots: Codes
    outline: Codes
    bars: Codes
    hatch: str
    ramp: str
    """How full a cell of a heatmap is: one request, and from few to many."""
    dot: str
    """A request where there are few: easier to see than a fraction of a cell."""
    cross: str
    caret: str
    hollow_caret: str
    axis: str
    """Horizontal, vertical, corner, tick on the horizontal, tick on the vertical."""
    percentile: str
    threshold: str
    mark: str
    cursor: str
    plain: dict[int, str]
    """What to write for characters the set does without."""

    def text(self, text: str) -> str:
        """Write a text with this set's characters; its length stays."""
        return text.translate(self.plain) if self.plain else text


@lru_cache(maxsize=1024)
def narrow(text: str) -> str:
    """Replace what does not fill exactly one cell (wide, combining and control characters) by ``?``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character
        if character.isprintable() and not combining(character) and east_asian_width(character) not in "WF"
        else "?"
        for character in text
    )


def codes_of(characters: str) -> Codes:
    """A text as an array of code points."""
    return np.frombuffer(characters.encode("utf-32-le"), dtype="<u4")


def _braille() -> Codes:
    order = (0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80)
    cells = [0x2800 + sum(dot for bit, dot in enumerate(order) if bits >> bit & 1) for bits in range(256)]
    return np.array([SPACE, *cells[1:]], dtype="<u4")


_EIGHTHS = codes_of(" ▁▂▃▄▅▆▇█")
_QUADRANTS = codes_of(" ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█")
_DOTS = _braille()
_PLAIN = {ord(before): after for before, after in zip("µ·–…▲", "u--~^", strict=True)}
_LINES = {
    "hatch": "▒",
    "ramp": "•░▒▓█",
    "dot": "•",
    "cross": "x",
    "caret": "▲",
    "hollow_caret": "△",
    "axis": "─│└┴┤",
    "percentile": "─╌┄",
    "threshold": "═",
}

GLYPHS: dict[GlyphName, GlyphSet] = {
    "braille": GlyphSet(2, 4, _DOTS, _DOTS, _EIGHTHS, mark="┊", cursor="┃", plain={}, **_LINES),
    "blocks": GlyphSet(2, 2, _QUADRANTS, _QUADRANTS, _EIGHTHS, mark="┊", cursor="┃", plain={}, **_LINES),
    "ascii": GlyphSet(
        1,
        2,
        dots=codes_of(" '.:"),
        outline=codes_of(" ###"),
        bars=codes_of(" ...:::##"),
        hatch="x",
        ramp=".:*#@",
        dot="o",
        cross="x",
        caret="^",
        hollow_caret="'",
        axis="-|++|",
        percentile="---",
        threshold="=",
        mark="!",
        cursor="|",
        plain=_PLAIN,
    ),
}
