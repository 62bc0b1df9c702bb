"""Lesson 11, by its keys: an incident that only the riders' clock sees, and one that a mark has to find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lessons.loader import OpenCourse
from lessons.variants import chosen
from tests.journeys.conftest import at_home
from tests.journeys.test_lesson_06_instrument import deploy, to_line
from tests.journeys.test_lesson_09_prove import deploy as deploy_version

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.conftest import Journey


async def open_late_exchange(journey: Journey) -> None:
    """Open exchanges from the top of the list until one is of a ride that took over a second."""
    await journey.keys("3 g")
    for _ in range(60):
        await journey.keys("enter o")
        if journey.session.scope()("opened.late_ride"):
            await journey.keys("escape escape")
            return
        await journey.keys("escape escape down")
    raise AssertionError("no late ride among the first invocations")


async def try_the_guard(journey: Journey, right: str) -> None:
    """Predict, deploy the guard, send the same requests, compare, answer."""
    await journey.answer("5")
    await deploy_version(journey, "request-ride@guarded")
    await journey.run()
    await journey.keys("4 G c")
    await journey.answer(right)
    await journey.go_on()


async def come_to_the_end(journey: Journey, remedy: str) -> None:
    """Choose the remedy, read the five lines, and answer the module's two questions."""
    await journey.answer(remedy)
    await journey.go_on()
    await journey.go_on()
    await journey.answer("b")
    await journey.go_on()
    await journey.answer("b")
    await journey.go_on()
    await journey.go_on()
    assert "Home" in type(journey.app.screen).__name__


async def play_authorizer(journey: Journey) -> None:
    """Play the lesson where its wait is before the handler, from home to its end."""
    await journey.open("11-alone")
    await journey.answer("f")
    await journey.go_on()
    await journey.run()
    await open_late_exchange(journey)
    await journey.answer("b", "c")
    await journey.go_on()
    await journey.keys("7")
    await journey.answer("f", "c")
    await journey.go_on()
    await journey.keys("3 g enter o escape escape")  # of one clock or the other
    await open_late_exchange(journey)
    for _ in range(20):
        if journey.session.scope()("opened.quick_ride"):
            break
        await journey.keys("down enter o escape escape")
    await journey.answer("c")
    await journey.go_on()
    await try_the_guard(journey, "a")
    assert len(journey.session.runs) == 2
    await come_to_the_end(journey, "c")


async def play(journey: Journey) -> None:
    """Play the lesson where its wait is in a part of the handler, from home to its end."""
    await journey.open("11-alone")
    await journey.answer("c")
    await journey.go_on()
    await journey.run()
    await open_late_exchange(journey)
    await journey.answer("b")
    await journey.go_on()
    await to_line(journey, "await _record_ride(")
    await journey.keys("m")
    await to_line(journey, "await _get_ride_discount(")
    await journey.keys("m")
    await deploy(journey, "marks")
    await journey.run()
    await journey.answer("e", "a")
    await journey.go_on()
    await journey.keys("5")  # the slowest invocation's trace
    await journey.until(lambda: bool(journey.session.scope()("opened.marked_late")), "the trace with marks")
    await journey.keys("3 g")
    for _ in range(20):
        if journey.session.scope()("opened.quick_ride"):
            break
        await journey.keys("down enter escape")
    await journey.answer("a")
    await journey.go_on()
    await try_the_guard(journey, "a")
    await come_to_the_end(journey, "a")


def seed_of(incident: str) -> int:
    """Find a seed that draws an incident."""
    start = OpenCourse().lesson("11-alone").start
    return next(seed for seed in range(1, 1001) if chosen(start, seed) == incident)


async def test_a_wait_that_only_the_riders_clock_has_is_found_by_looking(data_folder: Path) -> None:
    async with at_home(data_folder, (80, 24), seed_of("authorizer")) as journey:
        await play_authorizer(journey)


async def test_a_wait_in_a_part_of_the_handler_is_found_by_marks(data_folder: Path) -> None:
    async with at_home(data_folder, (120, 40), seed_of("throttling")) as journey:
        await play(journey)
