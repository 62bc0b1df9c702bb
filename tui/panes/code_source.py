"""The text of a version as the Code pane shows it, and how two of them differ."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from textual.content import Content
from textual.highlight import highlight

from tui.panes.code_view import Row
from tui.panes.run_figures import MUTED

CONTEXT = 3
GUTTER = 6


@lru_cache(maxsize=16)
def _colored(source: str) -> tuple[Content, ...]:
    return tuple(highlight(source, language="python").split("\n", allow_blank=True))


def highlighted(source: str) -> list[Content]:
    """Give the lines of a source in color."""
    return list(_colored(source.rstrip("\n")))


@dataclass(frozen=True, slots=True)
class Difference:
    """How a version differs from another: its rows to show, and how many lines came and went."""

    rows: tuple[Row, ...]
    added: int
    removed: int


def difference(before: str, after: str) -> Difference:
    """Compare two sources line by line: what went behind `-`, what came behind `+`, and three lines around."""
    old, new = before.splitlines(), after.splitlines()
    shown_old, shown_new = _shown(before, old), _shown(after, new)
    rows: list[Row] = []
    added = removed = 0
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(CONTEXT):
        first, last = group[0], group[-1]
        place = f"@@ -{first[1] + 1},{last[2] - first[1]} +{first[3] + 1},{last[4] - first[3]} @@"
        rows.append(Row(Content(" " * GUTTER), Content.styled(place, MUTED)))
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                rows += [_row(i + 1, " ", shown_new[i], "") for i in range(new_from, new_to)]
                continue
            removed += old_to - old_from
            added += new_to - new_from
            rows += [_row(None, "-", shown_old[i], "$text-error") for i in range(old_from, old_to)]
            rows += [_row(i + 1, "+", shown_new[i], "$text-success") for i in range(new_from, new_to)]
    return Difference(tuple(rows), added, removed)


def _shown(source: str, lines: list[str]) -> list[Content]:
    """Give a source's lines in color, or as they are where its lines are parted by more than line feeds."""
    colored = highlighted(source)
    return colored if len(colored) == len(lines) else [Content(line) for line in lines]


def _row(number: int | None, sign: str, text: Content, style: str) -> Row:
    place = Content.styled(f"{number or '':>3} ", MUTED)
    if not style:
        return Row(place + Content(f"{sign} "), text)
    bold = f"bold {style}" if sign == "+" else style
    return Row(place + Content.styled(f"{sign} ", bold), Content.styled(text.plain, bold))
