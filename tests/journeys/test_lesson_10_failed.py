"""Lesson 10, by its keys: with the versions that stand ready, to the alert that was missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lessons.answers import choice_lines
from lessons.recording import scores
from tests.journeys.test_lesson_04_alert import write_a_rule
from tests.journeys.test_lesson_09_prove import deploy

if TYPE_CHECKING:
    from tests.journeys.conftest import Journey

TO_FAILED = "f f f"


async def open_a_failed_ride(journey: Journey, turn: str = "") -> None:
    """Open the first of the failed; `turn` are the keys that filter for them, where that was not done yet."""
    await journey.keys(f"3 escape escape {turn} enter")
    await journey.done("open_invocation")


async def open_what_it_called(journey: Journey) -> None:
    """Search for the request that the failed ride was of, and open the other invocation of it."""
    data = journey.session.runs[-1]
    failed = data.of_service(data.front)["outcome"] > 0
    request = int(data.of_service(data.front)["request"][failed][0])
    await journey.keys("escape f f slash")
    await journey.type(str(request))
    await journey.keys("enter g down enter")


def line_of(journey: Journey, choice: str) -> str:
    """The number of the line that a choice stands at."""
    question = journey.session.question("into_the_ride")
    return next(str(line) for line, one in choice_lines(question).items() if one.id == choice)


async def play(journey: Journey) -> None:
    """Play the lesson from home to its end."""
    await journey.open("10-failed")
    await journey.keys("6 s")
    await journey.done("read_code")
    await journey.answer("20", "10")
    await journey.go_on()

    await journey.answer("60")
    await journey.run()
    await journey.keys("7")
    await journey.answer("60", journey.number("run.discounts"))
    await journey.go_on()

    await open_a_failed_ride(journey, TO_FAILED)
    await open_what_it_called(journey)
    assert journey.session.scope()("opened.failed_callee")
    await journey.answer("a", "b", "c", "d")
    await journey.go_on()

    await open_a_failed_ride(journey, TO_FAILED)
    await journey.answer(line_of(journey, "noticed"), line_of(journey, "put"))
    await journey.go_on()

    await journey.answer("a")
    await deploy(journey, "request-ride@published-trace")
    await journey.run()
    await journey.answer("a", "b")
    await journey.go_on()

    await journey.answer("0")
    await deploy(journey, "request-ride@first-try")
    await journey.run()
    await open_a_failed_ride(journey)
    await journey.answer("a", "b")
    await journey.go_on()

    await deploy(journey, "request-ride@second-try")
    await journey.run()
    await open_a_failed_ride(journey)
    await journey.answer("a", "c")
    await journey.go_on()

    await deploy(journey, "request-ride@decimal")
    await journey.run()
    await journey.keys("4 g m G m c")
    await journey.answer("b", "c")
    await journey.go_on()

    await write_a_rule(journey, "errors")
    assert not journey.session.verdict().met, (
        journey.session.step.id,
        journey.session.lab.rules,
        scores(journey.session),
    )
    await write_a_rule(journey, "errors, at least 3")
    await journey.go_on()

    await journey.answer("d", "a")
    await journey.go_on()
    assert "Home" in type(journey.app.screen).__name__


async def test_a_learner_follows_an_error_to_its_cause(journey: Journey) -> None:
    await play(journey)
