"""Lesson 6, by its keys: marks are placed in the Code pane, tried out, deployed, and judged by what they cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.marking import bare, marks
from tui.panes.code import CodePane
from tui.panes.code_pipeline import Pipeline
from tui.screens.quiz import QuizScreen

if TYPE_CHECKING:
    from tests.journeys.conftest import Journey

RIDE = "request-ride"


async def to_line(journey: Journey, text: str) -> None:
    """In the Code pane, go up to the last line that holds a text: the call, not the function it calls."""
    await journey.keys("6")
    version = journey.lesson.query_one(CodePane).version()
    assert version is not None
    lines = version.source.splitlines()
    from_the_end = next(i for i, line in enumerate(reversed(lines)) if text in line)
    await journey.keys("G " + "k " * from_the_end)


async def deploy(journey: Journey, note: str = "") -> None:
    """Deploy the draft: wait for the smoke test, type a note, and see it active."""
    pipeline = journey.lesson.query_one(Pipeline)
    before = len(journey.session.deploys)
    await journey.keys("d")
    await journey.app.workers.wait_for_complete()
    await journey.until(lambda: pipeline.noting, "the end of the smoke test")
    await journey.type(note)
    await journey.keys("enter")
    await journey.until(lambda: len(journey.session.deploys) == before + 1, "the deploy")


def marked(journey: Journey) -> list[str]:
    return [mark.name for mark in marks(journey.session.lab.versions[RIDE].source)]


async def put_in_order(journey: Journey) -> None:
    """Take each choice up, carry it to its place, and let it go."""
    quiz = journey.app.screen
    assert isinstance(quiz, QuizScreen)
    for place, choice in enumerate(quiz.question.choices):
        at = quiz.choices.index(choice)
        await journey.keys(f"{at + 1} space {'k ' * (at - place)} space")


async def play(journey: Journey) -> None:
    """Play the lesson from home to its end."""
    await journey.open("06-instrument")
    await journey.keys("6")
    await journey.keys("a")
    await put_in_order(journey)
    await journey.keys("enter enter")
    await journey.go_on()

    await to_line(journey, "await _record_ride(")
    await journey.keys("m")
    await deploy(journey, "db")
    assert marked(journey) == ["record_ride"]
    await journey.run()
    assert "is still under no innermost mark" in journey.session.verdict().because

    await to_line(journey, "await _record_ride(")
    await journey.keys("m")  # takes it away
    await to_line(journey, "await _get_ride(")
    await journey.keys("m")
    await deploy(journey)
    assert marked(journey) == ["get_ride"]
    await journey.run()
    assert "is still under no innermost mark" in journey.session.verdict().because

    await to_line(journey, "await _get_ride_discount(")
    await journey.keys("m")
    await deploy(journey)
    await journey.run()
    await journey.answer("a", "b")
    await journey.go_on()
    deploys = [one for one in journey.session.deploys if one.service == RIDE]
    assert [one.note for one in deploys] == ["", "db", "", ""]
    assert [one.new_marks for one in deploys] == [0, 1, 1, 1]
    assert all(one.at for one in deploys[1:])
    assert [journey.session.deploy_of(run).number for run in (1, 2, 3)] == [2, 3, 4]

    await to_line(journey, "await _record_ride(")
    await journey.keys("m")
    await deploy(journey)
    assert marked(journey) == ["get_ride", "get_ride_discount", "record_ride"]
    assert bare(journey.session.lab.versions[RIDE].source) == bare(deploys[0].version.source)
    await journey.run()
    await journey.keys("5")
    await journey.answer("a", "b")
    await journey.go_on()

    await journey.answer("c")
    await journey.go_on()
    assert "Home" in type(journey.app.screen).__name__


async def test_a_learner_finds_the_wait_with_marks(journey: Journey) -> None:
    await play(journey)
