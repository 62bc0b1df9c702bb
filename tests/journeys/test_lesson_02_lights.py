"""Lesson 2, by its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Journey


async def deploy(journey: Journey, token: str) -> None:
    """Deploy what runs once more, with this token."""
    await journey.keys("6 t")
    await journey.until(lambda: type(journey.app.screen).__name__ != "LessonScreen", "the line for the token")
    await journey.keys("ctrl+u")
    await journey.type(token)
    await journey.keys("enter")
    await journey.until(lambda: type(journey.app.screen).__name__ == "LessonScreen", "the Code pane again")
    before = journey.session.scope()("deploys.n")
    await journey.keys("d")
    await journey.until(lambda: journey.session.scope()("deploys.n") > before, "the deploy")


async def play(journey: Journey) -> None:
    """Play the lesson from home to its end."""
    await journey.open("02-lights")
    await journey.run()
    await journey.answer("ab")
    await journey.go_on()

    await journey.keys("3")
    await journey.answer("a", "b", "c")
    await journey.go_on()

    token = journey.session.scope()("lab.token")
    await deploy(journey, token)
    await journey.go_on()

    await journey.answer("a")
    await journey.run()
    assert journey.session.runs[-1].watched("request-ride")
    await journey.keys("8")
    await journey.answer(journey.number("run.arrows_known"))
    await journey.go_on()

    await journey.answer("a")
    await deploy(journey, token[:-1])
    await journey.run()
    assert journey.session.scope()("run.shown") == 0
    await journey.answer("a", "b", "c", "d")
    await journey.go_on()

    await deploy(journey, "")
    await journey.run()
    dark, now = journey.session.runs[0], journey.session.runs[-1]
    assert list(dark.latencies_s) == list(now.latencies_s)
    await journey.answer("a", "c")
    await journey.go_on()

    await deploy(journey, token)
    await journey.run()
    await journey.keys("3 enter")
    await journey.answer("b", "a")
    await journey.go_on()
    assert "Home" in type(journey.app.screen).__name__


async def test_a_learner_turns_the_lights_on_and_off(journey: Journey) -> None:
    await play(journey)
