"""The app with its real panes on the small course in which everything can be pointed at and set."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lessons import actions as act
from lessons.keeping import open_session
from lessons.loader import OpenCourse
from lessons.progress import Progress
from tests.screens.conftest import Clock, Seat
from tui.app import RidelabApp
from tui.screens.first_time import mark_seen
from tui.screens.lesson import LessonScreen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

COURSE = Path(__file__).parent / "controls"
SMALL, BESIDE, NARROW = (80, 24), (120, 40), (60, 20)


@asynccontextmanager
async def seated(data: Path, lesson: str | None = None, size: tuple[int, int] = SMALL) -> AsyncIterator[Seat]:
    """Sit down in front of a lesson, or at home."""
    course = OpenCourse(COURSE)
    with Progress.open(data, course=course.name, draw_seed=lambda: 7) as progress:
        mark_seen(progress)
    clock = Clock()
    app = RidelabApp(data=data, course=course, lesson=lesson, seed=7, clock=clock)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        seat = Seat(app, pilot, clock)
        if lesson is not None:
            await seat.until(lambda: isinstance(app.screen, LessonScreen))
        yield seat


def played(data: Path, *lessons: str) -> None:
    """Play lessons to their ends, as their proofs do."""
    course = OpenCourse(COURSE)
    with Progress.open(data, course=course.name, draw_seed=lambda: 7) as progress:
        for lesson in lessons:
            session, _ = open_session(course, lesson, progress)
            for step in session.lesson.steps:
                for action in step.proof:
                    session.perform(action)
                    if isinstance(action, act.RunLoad):
                        session.finish()
                session.perform(act.GoOn())


def words(seat: Seat) -> str:
    """What is on the screen, line breaks and frames apart."""
    return " ".join(seat.text().replace("│", " ").split())


def foot(seat: Seat) -> str:
    """The last line."""
    return seat.text().splitlines()[-1]
