"""Lesson 8, by its keys: the jump, what is noise, the marks alone, the line, one change, and what the agent costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.panes.code import CodePane
from tui.panes.code_pipeline import Pipeline
from tui.panes.runs import RunsPane
from tui.screens.quiz import QuizScreen

if TYPE_CHECKING:
    from tests.journeys.conftest import Journey


async def show(journey: Journey, name: str) -> None:
    """In the Code pane, turn to a version of the ride function."""
    await journey.keys("6")
    for _ in range(6):
        version = journey.lesson.query_one(CodePane).version()
        if version is not None and version.name == name:
            return
        await journey.keys("v")
    raise AssertionError(f"{name} is not among the versions")


async def deploy(journey: Journey, name: str) -> None:
    """Deploy a version that stands ready."""
    await show(journey, name)
    await journey.keys("d")
    assert journey.session.lab.versions["request-ride"].name == name


async def delete_the_second_call(journey: Journey) -> None:
    """Edit the published version: empty the line below the note, and deploy what is left."""
    await show(journey, "published-trace")
    version = journey.lesson.query_one(CodePane).version()
    assert version is not None
    lines = version.source.splitlines()
    note = next(i for i, line in enumerate(reversed(lines)) if "# Note: testing discount" in line)
    await journey.keys("G " + "k " * (note - 1) + "e end ctrl+u escape")
    before = len(journey.session.deploys)
    await journey.keys("d")
    await journey.app.workers.wait_for_complete()
    pipeline = journey.lesson.query_one(Pipeline)
    await journey.until(lambda: pipeline.noting, f"the end of the smoke test: {pipeline.progress}")
    await journey.keys("enter")
    await journey.until(lambda: len(journey.session.deploys) == before + 1, "the deploy")


async def token(journey: Journey, text: str) -> None:
    """Deploy what runs once more, with this token; an empty text is none."""
    before = len(journey.session.deploys)
    await journey.keys("6 t ctrl+u")
    await journey.type(text)
    await journey.keys("enter d")
    await journey.until(lambda: len(journey.session.deploys) == before + 1, "the deploy with the token")


async def point_at_the_second_call(journey: Journey) -> None:
    """Point at a line in the Code pane, and answer with it."""
    await journey.keys("a")
    await journey.until(lambda: journey.lesson.points_here or journey.lesson.pointing is None, "the pointing")
    if not journey.lesson.points_here:  # what is asked is shown first
        await journey.keys("enter")
        await journey.until(lambda: journey.lesson.points_here, "the pointing")
    version = journey.lesson.query_one(CodePane).version()
    assert version is not None
    assert version.name == "published-trace"
    lines = version.source.splitlines()
    note = next(i for i, line in enumerate(lines) if "# Note: testing discount" in line)
    await journey.keys("g " + "j " * (note + 1) + "enter")
    await journey.until(lambda: "which_line" in journey.session.memory.right, "the right line")


async def compare(journey: Journey, *, back: int = 1) -> None:
    """Compare the last run with the one that many before it."""
    last = len(journey.session.runs)
    await journey.keys("4")
    marked, wanted = set(journey.lesson.query_one(RunsPane).marked), {last, last - back}
    for number in (*(marked - wanted), *(wanted - marked)):
        await journey.keys("g " + "j " * (number - 1) + "m")
    await journey.keys("c")
    assert journey.session.memory.compared == (last - back, last)


async def find_the_line(journey: Journey) -> None:
    """Steps 1 to 6: the claim, the jump, noise, the marks alone, the line."""
    await journey.answer("20")
    await journey.run()
    await journey.go_on()

    await deploy(journey, "published-trace")
    await journey.run()
    await compare(journey)
    assert journey.session.scope()("pair.min_change") > 0.15
    await journey.answer("a", "b", "bde")
    await journey.go_on()

    await journey.answer("5")
    await deploy(journey, "launch")
    await journey.run()
    await compare(journey, back=2)
    assert journey.session.scope()("pair.p50_change") == 0.0
    await journey.answer("c", "b")
    await journey.go_on()

    for _ in range(3):
        await journey.run("n")
    await journey.answer("ab")
    await journey.go_on()

    await deploy(journey, "traced")
    await journey.run()
    await compare(journey)
    assert 0.0 < journey.session.scope()("pair.p50_high") < 0.001
    await journey.answer("a", "c")
    await journey.go_on()

    await show(journey, "published-trace")
    await journey.keys("D C")
    await point_at_the_second_call(journey)
    for _ in range(3):
        if isinstance(journey.app.screen, QuizScreen):
            await journey.keys("enter")
    await journey.go_on()


async def play(journey: Journey) -> None:
    """Play the lesson from home to its end."""
    await journey.open("08-cost")
    await find_the_line(journey)

    await journey.answer("a")
    await delete_the_second_call(journey)
    await journey.run()
    await compare(journey)
    assert journey.session.runs[-1].codes == {201: 60}
    await journey.answer("36")
    await journey.go_on()

    await journey.answer("10")
    await deploy(journey, "traced")
    await journey.run()
    await token(journey, "")
    await journey.run()
    await compare(journey)
    await journey.answer("a", "d")
    await journey.go_on()

    await journey.answer("12")
    await token(journey, str(journey.session.scope()("lab.token")))
    await journey.keys("5 S ctrl+u")
    await journey.type("0.1")
    await journey.keys("enter")
    await journey.run()
    await compare(journey, back=2)
    await journey.answer("a", "b")
    await journey.go_on()

    await journey.answer("a", "d")
    await journey.go_on()
    assert "Home" in type(journey.app.screen).__name__


async def test_a_learner_finds_what_tracing_costs(journey: Journey) -> None:
    await play(journey)
