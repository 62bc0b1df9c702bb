"""Lesson 11, by its keys: an incident that only the riders' clock sees, and one that a mark has to find."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lessons.loader import OpenCourse
from lessons.progress import Progress
from lessons.variants import chosen
from tests.journeys.conftest import Journey
from tests.journeys.test_lesson_06_instrument import deploy, to_line
from tests.journeys.test_lesson_09_prove import deploy as deploy_version
from tui.app import RidelabApp
from tui.screens.first_time import mark_seen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def on_call(request: pytest.FixtureRequest, data_folder: Path) -> AsyncIterator[Journey]:
    """A learner whose data folder has a seed that draws the incident asked for."""
    start = OpenCourse().lesson("11-alone").start
    drawn = next(seed for seed in range(1, 1001) if chosen(start, seed) == request.param)
    with Progress.open(data_folder, draw_seed=lambda: drawn) as progress:
        mark_seen(progress)
    app = RidelabApp(data=data_folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        yield Journey(app, pilot)


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


@pytest.mark.parametrize("on_call", ["authorizer"], indirect=True)
async def test_a_wait_that_only_the_riders_clock_has_is_found_by_looking(on_call: Journey) -> None:
    journey = on_call
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


@pytest.mark.parametrize("on_call", ["throttling"], indirect=True)
async def test_a_wait_in_a_part_of_the_handler_is_found_by_marks(on_call: Journey) -> None:
    journey = on_call
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
