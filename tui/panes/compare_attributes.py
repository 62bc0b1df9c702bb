"""The attributes of slow and fast invocations as a table: how frequent each is, and what it explains."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from textual.content import Content

from tui.panes.compare_words import explains_text, times_text
from tui.panes.run_figures import MUTED, bare_ms, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.attributes import AttributeDifference

LEAST_NAME, MOST_NAME = 17, 32
LEAST_GROUP, TIMES, WITH_INTERVAL, EXPLAINS, LEFT = 8, 7, 14, 11, 7
"""How wide the columns are: slow and others each at least, times without and with interval, explains, left."""
ROOMY = 4
"""So much room is left before the columns are set further apart."""
SAVED = WITH_INTERVAL - TIMES + LEFT
"""So much narrower is the table without intervals and without what is left."""
LOOSE, TIGHT = "{} ({})", "{} {}"
"""How a count and its share are written."""
BEING_READ = "The answers are being read, for the multiplier each carried."
TOO_LONG = "The multiplier in each answer is left out: this run is too long to be read again."
EXPLAINED = "explains: slow ones beyond those to be expected"
LEFT_OVER = "left: ms between the medians without it"
UNSURE = "?: so few that it may be chance"


def attribute_lines(attributes: Sequence[AttributeDifference], width: int, note: str) -> list[Content]:
    """Write the attributes as a table of this width, and below it what the columns mean."""
    groups = {form: _group(attributes, form) for form in (LOOSE, TIGHT)}
    spare = {
        form: width - (LEAST_NAME + 2 * groups[form] + WITH_INTERVAL + EXPLAINS + LEFT) for form in groups
    }
    form = LOOSE if spare[LOOSE] >= 0 or spare[TIGHT] < 0 <= spare[LOOSE] + SAVED else TIGHT
    group, whole = groups[form], spare[form] >= 0
    times = WITH_INTERVAL + (spare[form] > ROOMY) if whole else TIMES
    room = min(MOST_NAME, max(LEAST_NAME, width - 2 * group - times - EXPLAINS - (LEFT if whole else 0)))
    left = f"{'left':>{LEFT}}" if whole else ""
    head = f"{'attribute':<{room}}{'slow':>{group}}{'others':>{group}}{'times':>{times}}{'explains':>{EXPLAINS}}{left}"
    rows = [_row(one, form, room, group, times, whole=whole) for one in attributes]
    notes = [EXPLAINED, *[LEFT_OVER] * whole]
    if any(not one.sure and one.slow + one.fast for one in attributes):
        notes.append(UNSURE)
    words = [line for one in (*_lines_of(notes, width), note) for line in wrap(one, max(LEAST_NAME, width))]
    return [Content.styled(head, MUTED), *rows, *(Content.styled(line, MUTED) for line in words)]


def _lines_of(notes: Sequence[str], width: int) -> list[str]:
    """Put as many notes into a line as fit."""
    lines: list[str] = []
    for note in notes:
        if lines and len(lines[-1]) + 2 + len(note) <= width:
            lines[-1] += f"; {note}"
        else:
            lines.append(note)
    return lines


def _row(one: AttributeDifference, form: str, room: int, group: int, times: int, *, whole: bool) -> Content:
    name = (
        one.name
        if len(one.name) < room
        else one.name.replace("multiplier:", "mult.").replace(" in answer", "")
    )
    name = name if len(name) < room else name[: room - 2] + "…"
    groups = f"{_count(one.slow, one.of_slow, form):>{group}}{_count(one.fast, one.of_fast, form):>{group}}"
    often = f"{times_text(one, interval=whole):>{times}}"
    left = f"{bare_ms(one.left_s):>{LEFT}}" if whole else ""
    line = f"{name:<{room}}{groups}{often}{explains_text(one):>{EXPLAINS}}{left}"
    return Content.styled(line, "bold") if one.sure and one.explains >= one.of_slow / 2 else Content(line)


def _group(attributes: Sequence[AttributeDifference], form: str) -> int:
    """Tell how wide a column of counts is in this form."""
    counts = [_count(one.slow, one.of_slow, form) for one in attributes]
    counts += [_count(one.fast, one.of_fast, form) for one in attributes]
    return max([LEAST_GROUP, *(len(count) + 2 for count in counts)])


def _count(n: int, of: int, form: str) -> str:
    return form.format(f"{n:,}", percent(n / of)) if of else f"{n:,}"
