"""Everything on the screen in ASCII: a filter that writes one plain character for each cell that is not."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.filter import LineFilter

if TYPE_CHECKING:
    from textual.color import Color

_GROUPS: Final = (
    ("─┄┈╌╴╶╼╾–—‒―−▔¯‾", "-"),
    ("━┅┉╍═╸╺", "="),
    ("▁▂", "_"),
    ("│┆┊╎╵╷╽╿▏▕▎▍▌▐¦‖", "|"),
    ("┃┇┋╏║╹╻", "#"),
    ("┌┐└┘├┤┬┴┼┏┓┗┛┣┫┳┻╋╔╗╚╝╠╣╦╩╬╭╮╯╰┍┎┑┒┕┖┙┚┝┞┟┠┡┢┥┦┧┨┩┪┭┮┯┰┱┲┵┶┷┸┹┺┽┾┿╀╁╂╃╄╅╆╇╈╉╊╒╓╕╖╘╙╛╜╞╟╡╢╤╥╧╨╪╫", "+"),
    ("●•■◆★◼▪█▇▆▅▉▊▋", "*"),
    ("◉◎⊙", "@"),
    ("○◌◯□◇☆◻▫", "o"),
    ("·∙⋅▃▄░", "."),
    ("✓✔☑", "v"),
    ("✗✘×╳☒", "x"),
    ("▶▸►»›→⇒❯", ">"),
    ("◀◂◄«‹←⇐❮", "<"),
    ("▲△▴↑⇑˄", "^"),
    ("▼▽▾↓⇓˅", "v"),
    ("…≈∼", "~"),
    ("↔↕±", "+"),
    ("≤", "<"),
    ("≥", ">"),
    ("≠", "!"),
    ("µμ", "u"),
    ("“”„″", '"'),
    ("‘’‚′´", "'"),
    ("▒▓╱⁄∕", "/"),
    ("╲∖", "\\"),
    ("▀▘▝", "'"),
    ("▖▗", "."),
    ("▙▛▜▟▚▞", "#"),
    ("⏎↵", "<"),
    ("\u00a0\u2002\u2003\u2007\u2009\u202f", " "),
    ("§", "S"),
    ("°", "o"),
    ("⣀⣤⣶⣿", "#"),
)
STAND_INS: Final = {character: plain for characters, plain in _GROUPS for character in characters}


@lru_cache(4096)
def plain(character: str) -> str:
    """Write a character in ASCII, on as many cells as it fills; what is unknown becomes ``?``, or nothing for none."""
    if character.isascii():
        return character
    width = cell_len(character)
    if width != 1:
        return "?" * width
    if stand_in := STAND_INS.get(character):
        return stand_in
    if 0x2800 <= ord(character) <= 0x28FF:  # braille: by how many dots are set
        return " .:#"[min(3, ((ord(character) & 0xFF).bit_count() + 2) // 3)]
    base = unicodedata.normalize("NFKD", character)[0]
    return base if base.isascii() and base.isprintable() else "?"


def to_ascii(text: str) -> str:
    """Write a text in ASCII; its width in cells stays."""
    if text.isascii():
        return text
    written = "".join(map(plain, text))
    # A text is narrower than its characters where some of them join.
    width = cell_len(text)
    return written[:width].ljust(width)


class Ascii(LineFilter):
    """Writes every segment in ASCII."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's signature
        """Write segments in ASCII; styles and widths stay."""
        return [
            segment
            if segment.text.isascii()
            else Segment(to_ascii(segment.text), segment.style, segment.control)
            for segment in segments
        ]
