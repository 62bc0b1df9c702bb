"""A lesson that is being written: its file is read anew when it has changed, and the learner stays at the same step."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simulator.document import DocumentError
from simulator.errors import RidelabError

if TYPE_CHECKING:
    from pathlib import Path

    from lessons.loader import OpenCourse
    from lessons.model import Lesson
    from lessons.session import Session


class Look(NamedTuple):
    """What a look at the file brought: one line to say, and whether the lesson is another now."""

    said: str
    read: bool


class Reloader:
    """Looks at a lesson's file on behalf of a session. It keeps no time: whoever owns it says when to look."""

    def __init__(self, course: OpenCourse, lesson: str, session: Session) -> None:
        self._course = course
        self._lesson = lesson
        self._session = session
        self._file = course.folder / lesson / "lesson.yaml"
        self._stamp = _stamp(self._file)

    def look(self) -> Look | None:
        """Read the lesson anew if its file has changed and no run is under way; None: there is nothing to say.

        What cannot be read is told in one line, once; the lesson stays as it was.
        """
        stamp = _stamp(self._file)
        if stamp == self._stamp or self._session.running:
            return None
        self._stamp = stamp
        try:
            lesson = self._course.lesson(self._lesson)
        except DocumentError as error:
            more = len(error.problems) - 1
            return Look(
                f"Kept as it was: {error.problems[0]}" + (f" (and {more} more)" if more else ""), False
            )
        except RidelabError as error:
            return Look(f"Kept as it was: {error}", False)
        return Look(self._take(lesson), True)

    def _take(self, lesson: Lesson) -> str:
        """Give the session the new text, at the step with the same id, or else in the same place."""
        session, old = self._session, self._session.lesson
        here = session.step.id
        places = {step.id: place for place, step in enumerate(lesson.steps)}
        session.lesson = lesson
        session.place = places.get(here, min(session.place, len(lesson.steps) - 1))
        if lesson.start != old.start:
            return "The lesson was read again; its new `start` holds once it is begun anew (`ridelab reset`)."
        return "The lesson was read again."


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None  # an editor is just replacing it
    return found.st_mtime_ns, found.st_size
