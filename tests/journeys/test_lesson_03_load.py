"""Lesson 3, by its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Journey


async def play(journey: Journey) -> None:
    """Play the lesson from home to its end."""
    await journey.open("03-load")
    await journey.go_on()

    await journey.answer("b")
    await journey.run()
    assert journey.session.runs[-1].codes == {401: 60}
    await journey.go_on()

    await journey.answer("5")
    await journey.run()
    await journey.go_on()

    await journey.keys("1 v v")
    await journey.answer("1", journey.number("run.x57 * 1000"))
    await journey.go_on()

    await journey.answer("a", "c", "b")
    await journey.go_on()
    await journey.answer("b")
    await journey.go_on()
    await journey.answer("b")
    await journey.go_on()
    await journey.answer("b")
    await journey.go_on()
    assert "Home" in type(journey.app.screen).__name__


async def test_a_learner_puts_the_service_under_load(journey: Journey) -> None:
    await play(journey)
