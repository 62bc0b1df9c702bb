"""What happened during a run, as marks on a chart: a letter of its own for each, and the legend that names them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tui.charts.frame import joined
from tui.charts.raster import Ink

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tui.charts.frame import Frame
    from tui.charts.glyphs import GlyphSet
    from tui.charts.raster import Grid

DIGITS = "123456789"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened during a run: a deploy, a fault, an alert; what stands for it is its letter."""

    at_s: float
    label: str
    sign: str = ""

    @property
    def letter(self) -> str:
        """What stands for it in the picture: its sign, or else the label's first letter."""
        return self.sign or self.label[:1].upper() or "?"

    def text(self) -> str:
        """Letter and label, as the legend gives them."""
        return f"{self.letter} {self.label}"

    def short(self) -> str:
        """Letter and the label's first word, where there is no room for more."""
        return f"{self.letter} {self.label.partition(' ')[0]}"


def signed(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Put marks in the order of time, and give each label a letter that no other label has.

    The first to come gets its initial, the next with the same initial the small letter, then the initials of
    its other words, then a digit; beyond all of these, a ``+``.
    """
    ordered = sorted(marks, key=lambda mark: mark.at_s)
    letters: dict[str, str] = {}
    for mark in ordered:
        if mark.label not in letters:
            taken = set(letters.values())
            letters[mark.label] = next((sign for sign in _choices(mark) if sign not in taken), "+")
    return tuple(replace(mark, sign=letters[mark.label]) for mark in ordered)


def _choices(mark: Mark) -> Iterator[str]:
    yield mark.letter
    yield mark.letter.lower()
    for word in mark.label.replace("-", " ").split()[1:]:
        yield word[0].upper()
    yield from DIGITS


def draw_marks(grid: Grid, frame: Frame, marks: Sequence[Mark], glyphs: GlyphSet) -> None:
    """Draw a line through the plot for each mark."""
    for mark in marks:
        x = frame.left + frame.field.across.cell(mark.at_s, frame.field.width)
        grid.codes[frame.top : frame.foot, x] = ord(glyphs.mark)
        grid.inks[frame.top : frame.foot, x] = Ink.MARK


def draw_letters(grid: Grid, frame: Frame, marks: Sequence[Mark], row: int) -> None:
    """Write the letters of marks on a row, side by side where several fall together; one label counts once there.

    Marks come in the order of time, and so do the letters. Where there are more than columns, the last are lost.
    """
    width = frame.field.width
    wanted = list(dict.fromkeys((frame.field.across.cell(mark.at_s, width), mark.letter) for mark in marks))
    places: list[int] = []
    for cell, _ in wanted[:width]:
        places.append(max(cell, places[-1] + 1 if places else 0))
    highest = width
    for i in range(len(places) - 1, -1, -1):
        places[i] = highest = min(places[i], highest - 1)
    for place, (_, letter) in zip(places, wanted, strict=False):
        grid.put(frame.left + place, row, letter, Ink.MARK)


def caption_lines(
    parts: Sequence[str], marks: Sequence[Mark], width: int, most: int, besides: Sequence[str]
) -> tuple[list[str], str]:
    """Write a caption and the legend of its marks on `most` lines at most, and choose what stands beside the first.

    `besides` are wordings for that, the best first. Where the labels do not fit with any of them, their first
    words stand for them, and what is left even then is counted: ``+2 more``.
    """
    for name in (Mark.text, Mark.short):
        named = [*parts, *dict.fromkeys(map(name, marks))]
        for beside in besides:
            rooms = [width - len(beside) - (3 if beside else 0), *[width] * (most - 1)]
            lines, rest = _laid_out(named, rooms)
            if not rest:
                return lines, beside
    shown = len(named) - len(rest)
    while shown > len(parts):
        more = f"+{len(named) - shown} more"
        lines, over = _laid_out([*named[:shown], more], rooms)
        if not over:
            break
        shown -= 1
    return lines, beside


def _laid_out(parts: Sequence[str], rooms: Sequence[int]) -> tuple[list[str], Sequence[str]]:
    """Lay parts out on lines of these lengths; gives the lines, and the parts that do not fit."""
    lines: list[str] = []
    for room in rooms:
        lines.append(joined(parts, room))
        parts = parts[_held(lines[-1], parts) :]
        if not parts:
            break
    while len(lines) > 1 and not lines[-1]:
        lines.pop()
    return lines, parts


def _held(line: str, parts: Sequence[str]) -> int:
    """Count how many of the parts a joined line holds."""
    end = -3
    for held, part in enumerate(parts):
        end += 3 + len(part)
        if end > len(line):
            return held
    return len(parts)
