"""Lesson 1, by its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lessons.expressions import Unknown

if TYPE_CHECKING:
    from tests.journeys.conftest import Journey


async def play(journey: Journey) -> None:
    """Play the lesson from home to its end."""
    await journey.open("01-complaint")
    await journey.go_on()

    await journey.run()
    assert journey.session.runs[-1].sent == 1
    await journey.go_on()

    assert "POST /prod/ride" in journey.session.scope()("exchange.sent")
    await journey.answer("a", "b", "c", "d")
    await journey.go_on()

    await journey.answer("b")
    await journey.run()
    first, again = journey.session.runs
    assert first.latencies_s[0] == again.latencies_s[0]
    assert journey.session.scope()("tries.n") == 1
    await journey.go_on()

    await journey.answer("5")
    tried = 0
    while not journey.session.verdict().met:
        await journey.run("n")
        tried += 1
        assert tried <= 14
    assert tried >= 3
    assert journey.session.scope()("tries.n") == 1 + tried
    assert not isinstance(journey.session.scope()("tries.slowest"), Unknown)
    await journey.go_on()

    await journey.answer("90", "73")
    await journey.go_on()

    await journey.keys("8 down down")
    await journey.answer(journey.number("run.arrows"), journey.number("run.arrows_known"))
    await journey.go_on()

    await journey.answer("abcd")
    await journey.go_on()
    await journey.answer("a", "b", "c", "d")
    await journey.go_on()
    assert "Home" in type(journey.app.screen).__name__


async def test_a_learner_tries_a_complaint_by_hand(journey: Journey) -> None:
    await play(journey)
