"""Lesson 7, by its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.screens.quiz import QuizScreen

if TYPE_CHECKING:
    from tests.journeys.conftest import Journey


async def open_a_slow_promo_trace(journey: Journey, sort: str = "") -> None:
    await journey.keys("3 escape slash")
    await journey.type("promo")
    await journey.keys(f"enter {sort} g t")


async def play(journey: Journey) -> None:
    """Play the lesson from home to its end."""
    await journey.open("07-trace")
    await journey.run()
    await journey.keys("5")
    await journey.answer("b")
    await journey.go_on()

    await journey.keys("7")
    await journey.answer(journey.number("run.top_share * 100"))
    await journey.go_on()
    await journey.answer("a", "c")
    await journey.go_on()

    await open_a_slow_promo_trace(journey, sort="s")
    await journey.answer("b")
    await journey.go_on()

    await journey.keys("6 s v d")
    assert journey.session.lab.versions["promo-discount"].name == "traced"
    await journey.run()
    await open_a_slow_promo_trace(journey)
    await journey.keys("a enter enter")  # the question steps aside; the first bar is the whole invocation
    await journey.until(lambda: isinstance(journey.app.screen, QuizScreen), "what is said to the bar")
    assert journey.session.memory.answers["which_mark"].choices == ("promo-discount",)
    await journey.keys("enter j enter")
    await journey.until(lambda: journey.session.verdict().met, "the right bar")
    await journey.keys("enter")
    await journey.go_on()

    await journey.keys("6 v v")
    await journey.answer("20")
    await journey.go_on()
    await journey.answer("c")
    await journey.go_on()
    assert "Home" in type(journey.app.screen).__name__


async def test_a_learner_reads_traces_and_follows_the_call(journey: Journey) -> None:
    await play(journey)
