"""Lesson 5, by its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Journey


async def play(journey: Journey) -> None:
    """Play the lesson from home to its end."""
    await journey.open("05-compare")
    await journey.run()
    await journey.keys("7")
    await journey.go_on()

    await journey.answer("a", "b")
    await journey.go_on()
    await journey.answer("b")
    await journey.go_on()
    await journey.answer("b")
    await journey.go_on()

    # The slowest rider met a cold start: go through the invocations that did, until it is found.
    await journey.keys("3 f f f f enter")
    for _ in range(12):
        await journey.keys("o")
        if not journey.session.verdict().because.startswith("the slowest request"):
            break
        await journey.keys("escape right")
    await journey.answer("b")
    await journey.go_on()

    await journey.answer("ab", "c")
    await journey.go_on()
    assert "Home" in type(journey.app.screen).__name__


async def test_a_learner_compares_slow_with_fast(journey: Journey) -> None:
    await play(journey)
