"""The whole course by keyboard alone, in the smallest terminal, in one go: one app, one folder, eleven lessons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lessons.keeping import standing
from lessons.loader import OpenCourse
from tests.journeys import (
    test_lesson_01_complaint,
    test_lesson_02_lights,
    test_lesson_03_load,
    test_lesson_04_alert,
    test_lesson_05_compare,
    test_lesson_06_instrument,
    test_lesson_07_trace,
    test_lesson_08_cost,
    test_lesson_09_prove,
    test_lesson_10_failed,
    test_lesson_11_alone,
)
from tests.journeys.conftest import SEED
from tests.journeys.test_lesson_11_alone import seed_of
from tui.screens.board import BEING_READ, CLOSED, BoardScreen
from tui.screens.home import HomeScreen
from tui.screens.summary import SummaryScreen
from tui.widgets.prose import Prose

if TYPE_CHECKING:
    from tests.journeys.conftest import Journey

LESSONS = {
    "01-complaint": test_lesson_01_complaint,
    "02-lights": test_lesson_02_lights,
    "03-load": test_lesson_03_load,
    "04-alert": test_lesson_04_alert,
    "05-compare": test_lesson_05_compare,
    "06-instrument": test_lesson_06_instrument,
    "07-trace": test_lesson_07_trace,
    "08-cost": test_lesson_08_cost,
    "09-prove": test_lesson_09_prove,
    "10-failed": test_lesson_10_failed,
    "11-alone": test_lesson_11_alone,
}


def test_these_are_all_the_lessons() -> None:
    assert list(LESSONS) == [entry.id for entry in OpenCourse().entries]
    assert seed_of("throttling") <= SEED  # what lesson 11's `play` is about


async def summary_is_read(journey: Journey) -> None:
    """Open the summary from home: each lesson is in it, with what was predicted and what was compared."""
    await journey.keys("f9")
    screen = journey.app.screen
    assert isinstance(screen, SummaryScreen)
    await journey.until(lambda: bool(screen.text), "the summary")
    for entry in journey.app.course.entries:
        assert entry.title in screen.text
    assert "cannot be" not in screen.text
    await journey.keys("escape")


async def board_is_closed(journey: Journey) -> None:
    """Open the board from home: no mystery is open, and each tells what closed it."""
    await journey.keys("B")
    screen = journey.app.screen
    assert isinstance(screen, BoardScreen)
    page = screen.query_one(Prose)
    await journey.until(lambda: BEING_READ not in page.text, "the evidence")
    assert page.text.startswith("None is open.")
    assert page.text.count(CLOSED) == len(journey.app.course.course.mysteries)
    await journey.keys("escape")


@pytest.mark.timeout(400)
@pytest.mark.parametrize("journey", [(80, 24)], indirect=True, ids=["80x24"])
async def test_the_whole_course_is_played_by_keyboard_in_one_go(journey: Journey) -> None:
    for name, lesson in LESSONS.items():
        try:
            await lesson.play(journey)
        except BaseException as error:
            error.add_note(f"while playing {name}: {journey.place()}")
            raise
        assert isinstance(journey.app.screen, HomeScreen), name
        assert standing(journey.app.progress, name).finished, name
    await summary_is_read(journey)
    await board_is_closed(journey)
    assert isinstance(journey.app.screen, HomeScreen)
