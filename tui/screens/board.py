"""The board of mysteries: which have been seen, where, which are open, and what closed the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from lessons.mysteries import board, evidence
from simulator.errors import RidelabError
from tui.commands import bindings
from tui.screens.reading_page import READING, ReadingPage
from tui.widgets.lesson_list import number_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.binding import BindingType

    from lessons.loader import OpenCourse
    from lessons.mysteries import Sighting
    from lessons.progress import Progress
    from lessons.session import Session
    from tui.commands import Command

NONE_YET = "No mystery so far. What wants an explanation is kept here as soon as you come across it."
OPEN, CLOSED = "○ open", "● closed"
BEING_READ = "*The evidence is being read ...*"


class BoardScreen(ReadingPage):
    """Shows the mysteries; the evidence of a closed one comes once its lesson has been read."""

    CSS_PATH = "board.tcss"
    KEYS: ClassVar[tuple[Command, ...]] = READING
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(KEYS))
    TITLE_WORDS = "Mysteries"

    def before(self) -> str:
        """List them as they stand; to tell which are closed opens no lesson."""
        app = self.lab_app
        return board_text(app.course, board(app.course, app.progress), {})

    def write(self, progress: Progress) -> str:
        """Write the evidence too."""
        course = self.lab_app.course
        sightings = board(course, progress)
        sessions: dict[str, Session] = {}
        found = {
            one.mystery.id: _evidence(course, progress, one, sessions) for one in sightings if one.closed
        }
        return board_text(course, sightings, found)


def _evidence(course: OpenCourse, progress: Progress, one: Sighting, sessions: dict[str, Session]) -> str:
    try:
        return evidence(course, progress, one.mystery, sessions) or ""
    except RidelabError as error:
        return f"What closed it cannot be told: {str(error).splitlines()[0]}"


def board_text(course: OpenCourse, sightings: tuple[Sighting, ...], evidence: Mapping[str, str]) -> str:
    """Write the board in Markdown; `evidence` is by a mystery's id, as far as it is known."""
    if not sightings:
        return NONE_YET
    still = sum(not one.closed for one in sightings)
    parts = [f"{still} of {len(sightings)} open." if still else "None is open."]
    for one in sightings:
        mystery = one.mystery
        parts.append(f"**{CLOSED if one.closed else OPEN}: {one.title}**")
        where = f"Seen in {_lesson(course, mystery.seen)}"
        if not one.closed:
            parts.append(f"{where}.")
            continue
        if mystery.closed_in != mystery.seen:
            where += f", closed in {_lesson(course, mystery.closed_in)}"
        parts += [f"{where}.", evidence.get(mystery.id) or BEING_READ]
    return "\n\n".join(parts)


def _lesson(course: OpenCourse, name: str) -> str:
    entry = next((one for one in course.entries if one.id == name), None)
    if entry is None:
        return f"lesson {name}"
    return f"lesson {number_of(entry, course.entries.index(entry) + 1)}, {entry.title}"
