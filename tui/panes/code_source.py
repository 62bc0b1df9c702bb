"""Which versions the Code pane offers, the text of each, and how two of them differ."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from textual.content import Content
from textual.highlight import highlight

from simulator.deploying import read_version
from tui.panes.run_figures import MUTED

if TYPE_CHECKING:
    from lessons.session import Session
    from simulator.deploying import Version

CONTEXT = 3


def offered(session: Session) -> dict[str, tuple[Version, ...]]:
    """List the versions a lesson shows, by service: those it names, then what is or was deployed besides.

    The function behind the gateway comes first and is always there; of any other only what the lesson names.
    """
    lab = session.lab
    front = lab.scenario.gateway.routes[0].function
    found: dict[str, dict[str, Version]] = {front: {}}
    for ref in session.lesson.versions:
        version = read_version(ref)
        found.setdefault(version.service, {})[version.name] = version
    for version in lab.history(front):
        found[front][version.name] = version
    return {service: tuple(versions.values()) for service, versions in found.items()}


def numbered(source: str, width: int = 3) -> list[Content]:
    """Highlight a source, each line behind its number."""
    return [
        Content.styled(f"{number:>{width}} ", MUTED) + line
        for number, line in enumerate(_highlighted(source), start=1)
    ]


def _highlighted(source: str) -> list[Content]:
    return highlight(source.rstrip("\n"), language="python").split("\n", allow_blank=True)


@dataclass(frozen=True, slots=True)
class Difference:
    """How a version differs from another: its lines to show, and how many lines came and went."""

    lines: tuple[Content, ...]
    added: int
    removed: int


def difference(before: str, after: str) -> Difference:
    """Compare two sources line by line: what went behind `-`, what came behind `+`, and three lines around."""
    old, new = before.splitlines(), after.splitlines()
    shown_old, shown_new = _highlighted(before), _highlighted(after)
    lines: list[Content] = []
    added = removed = 0
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(CONTEXT):
        first, last = group[0], group[-1]
        place = f"@@ -{first[1] + 1},{last[2] - first[1]} +{first[3] + 1},{last[4] - first[3]} @@"
        lines.append(Content.styled(place, MUTED))
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                lines += [_line(i + 1, " ", shown_new[i], "") for i in range(new_from, new_to)]
                continue
            removed += old_to - old_from
            added += new_to - new_from
            lines += [_line(None, "-", shown_old[i], "$text-error") for i in range(old_from, old_to)]
            lines += [_line(i + 1, "+", shown_new[i], "$text-success") for i in range(new_from, new_to)]
    return Difference(tuple(lines), added, removed)


def _line(number: int | None, sign: str, text: Content, style: str) -> Content:
    gutter = Content.styled(f"{number or '':>3} ", MUTED)
    if not style:
        return gutter + Content(f"{sign} ") + text
    return gutter + Content.styled(f"{sign} {text.plain}", f"bold {style}" if sign == "+" else style)
