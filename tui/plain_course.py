"""What stands beside the lessons, as plain lines: the board of mysteries and the summary of the course."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from lessons.mysteries import board, evidence
from simulator.errors import RidelabError
from tui.plain_text import blocks, markdown, paragraph

if TYPE_CHECKING:
    from pathlib import Path

    from lessons.loader import OpenCourse
    from lessons.outline import Entry
    from lessons.progress import Progress
    from lessons.session import Session


NOT_BEGUN: Final = "Not begun."
LESSON_HEAD: Final = "## Lesson "


def mysteries_lines(course: OpenCourse, progress: Progress, width: int) -> list[str]:
    """List the mysteries that the learner has come across: where, whether they are open, and what closed them."""
    sightings = board(course, progress)
    if not sightings:
        return paragraph(
            "No mystery so far. What wants an explanation is kept here as soon as you come across it.", width
        )
    still = sum(not one.closed for one in sightings)
    lines = [f"{still} of {len(sightings)} open." if still else "None is open."]
    sessions: dict[str, Session] = {}
    for one in sightings:
        mystery = one.mystery
        lines += ["", *paragraph(f"{'Closed' if one.closed else 'Open'}: {one.title}", width)]
        where = f"Seen in {_lesson(course, mystery.seen)}"
        if one.closed and mystery.closed_in != mystery.seen:
            where += f"; closed in {_lesson(course, mystery.closed_in)}"
        lines += paragraph(f"{where}.", width)
        if one.closed:
            try:
                lines += markdown(evidence(course, progress, mystery, sessions) or "", width)
            except RidelabError as error:
                lines += paragraph(f"What closed it cannot be told: {str(error).splitlines()[0]}", width)
    return lines


def numbered(course: OpenCourse) -> list[tuple[str, Entry]]:
    """List the lessons of a course with their numbers: that of the id, or else the place in the course."""
    found = []
    for place, entry in enumerate(course.entries, start=1):
        digits = entry.id.partition("-")[0]
        found.append((str(int(digits)) if digits.isdecimal() else str(place), entry))
    return found


def _lesson(course: OpenCourse, name: str) -> str:
    found = (f"{number}, {entry.title}" for number, entry in numbered(course) if entry.id == name)
    return f"lesson {next(found, name)}"


def summary_text(course: OpenCourse, progress: Progress) -> str:
    """Write the summary of the course in Markdown; it reads every lesson that was begun, which takes a moment."""
    from lessons.summary import course_summary
    from lessons.summary_page import summary_markdown

    return summary_markdown(course_summary(course, progress))


def summary_lines(text: str, width: int) -> list[str]:
    """Write a summary as plain lines; lessons that were not begun are named in one line."""
    shown: list[str] = []
    waiting: list[str] = []
    for block in blocks(text):
        if block == NOT_BEGUN and shown and shown[-1].startswith(LESSON_HEAD):
            waiting.append(shown.pop().removeprefix(LESSON_HEAD).partition(":")[0])
        else:
            shown.append(block)
    lines = markdown("\n\n".join(shown), width)
    if waiting:
        lines += ["", *paragraph(f"Not begun: lesson{'s' * (len(waiting) > 1)} {', '.join(waiting)}.", width)]
    return lines


def kept(folder: Path, what: str, suffix: str, text: str) -> str:
    """Write a file among the exports, and say where. Raises NotKeptError."""
    from tui.exporting import export_name, write_export

    now = datetime.now()  # the learner's own date, for a name
    return f"Written to {write_export(folder, export_name(what, now, suffix), text)}"
