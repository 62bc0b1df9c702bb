"""The lessons of a course on the home screen, one line each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets.option_list import Option

from tui.commands import Command, Commanded, bindings
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.binding import BindingType

    from lessons.keeping import Standing
    from lessons.outline import Entry

WIDEST_TITLE = 48
MARGINS = 6
"""The cells beside the list on the home screen."""


@dataclass(frozen=True, slots=True)
class LessonRow:
    """A lesson in the list: its entry in the course's index, its number, how far it has come, whether to resume it."""

    entry: Entry
    number: str
    standing: Standing
    resume: bool = False

    @property
    def sign(self) -> str:
        """A sign for how far it has come: done, begun, untouched."""
        return "✓" if self.standing.finished else "▶" if self.standing.begun else "·"

    def progress(self) -> str:
        """Say how far it has come."""
        done, total, place = self.standing
        if total is None:
            return ""
        if self.standing.finished:
            return f"done {done}/{total}"
        return f"{'resume: ' if self.resume else ''}step {place} of {total}"

    def line(self, width: int, progress_width: int) -> Content:
        """Write it on one line of this width, the last cells of it for how far it has come."""
        minutes = f"{self.entry.minutes} min"
        tail = f"{minutes:>7}  {self.progress():<{progress_width}}"
        title = self.entry.title
        room = max(8, min(width - 7 - len(tail), WIDEST_TITLE))
        title = title if len(title) <= room else title[: room - 1] + "…"
        return Content(f"{self.sign} {self.number:>3}  {title:<{room}}{tail}")


class LessonList(Commanded, PagedList):
    """The list; its width decides how its lines are written."""

    COMMANDS: ClassVar[tuple[Command, ...]] = (
        Command("select", ("enter",), "open", "Open the lesson, where it was left.", rank=10),
        Command(
            "cursor_down",
            ("j", "down"),
            "next",
            "Go to the next lesson.",
            both="Go to the next lesson, or to the one before.",
        ),
        Command("cursor_up", ("k", "up"), "previous", "Go to the lesson before."),
        Command(
            "first",
            ("g", "home"),
            "first",
            "Go to the first lesson.",
            both="Go to the first lesson, or to the last.",
        ),
        Command("last", ("G", "end"), "last", "Go to the last lesson."),
    )
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(COMMANDS))

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.rows: tuple[LessonRow, ...] = ()
        self._written_lines: tuple[tuple[str, Content], ...] = ()

    def show(self, rows: Sequence[LessonRow], chosen: int) -> None:
        """Show the lessons, the cursor on one of them."""
        self.rows = tuple(rows)
        self._write()
        self.highlighted = min(chosen, len(rows) - 1)

    def _write(self) -> None:
        """Write the lines, where they change. Before the list has its width they are written for the app's."""
        width = (self.content_size.width or self.app.size.width - MARGINS) - 3
        progress = max((len(row.progress()) for row in self.rows), default=0)
        lines = tuple((row.entry.id, row.line(width, progress)) for row in self.rows)
        if lines != self._written_lines:
            self._written_lines = lines
            chosen = self.highlighted
            self.set_options([Option(line, id=name) for name, line in lines])
            self.highlighted = chosen

    def on_resize(self) -> None:
        """Write the lines anew for another width."""
        self._write()

    @property
    def row(self) -> LessonRow | None:
        """The lesson under the cursor."""
        return self.rows[self.highlighted] if self.highlighted is not None and self.rows else None


def number_of(entry: Entry, place: int) -> str:
    """Give a lesson's number: the one its id begins with, or its place in the course."""
    digits = entry.id.partition("-")[0]
    return str(int(digits)) if digits.isdecimal() else str(place)
