"""Lesson 9, by its keys: with the versions that stand ready, and with versions written in the Code pane."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.panes.code import CodePane
from tui.panes.code_pipeline import Pipeline

if TYPE_CHECKING:
    from tests.journeys.conftest import Journey


async def deploy(journey: Journey, ref: str) -> None:
    """In the Code pane: go to the service, turn to the version, deploy it."""
    service, _, name = ref.partition("@")
    await journey.keys("6")
    for _ in range(2):
        for _ in range(4):
            await journey.keys("d")
            if journey.session.lab.versions[service].name == name:
                return
            await journey.keys("v")
        await journey.keys("s")
    raise AssertionError(f"{ref} could not be deployed by keys")


async def play(journey: Journey) -> None:
    """Play the lesson from home to its end."""
    await journey.open("09-prove")
    await journey.run()
    await journey.go_on()

    await journey.answer("a")
    await deploy(journey, "request-ride@timeout")
    await journey.run()
    await journey.keys("4 G c")
    await journey.answer("a", "b")
    await journey.go_on()

    await journey.answer("a", "b")
    await journey.go_on()
    await journey.answer("b")
    await journey.go_on()

    await deploy(journey, "request-ride@launch")
    await deploy(journey, "promo-discount@fixed")
    await journey.run()
    await journey.keys("4 g m G m c")
    assert journey.session.verdict().met
    await journey.go_on()

    await journey.answer("b")
    await journey.go_on()

    await journey.run("n")
    await journey.run("n")
    await journey.answer("b")
    await journey.go_on()
    assert "Home" in type(journey.app.screen).__name__


async def test_a_learner_mends_it_and_proves_it(journey: Journey) -> None:
    await play(journey)


async def to_line(journey: Journey, text: str) -> None:
    """In the Code pane, go up to the last line that holds a text."""
    version = journey.lesson.query_one(CodePane).version()
    assert version is not None
    lines = version.source.splitlines()
    from_the_end = next(i for i, line in enumerate(reversed(lines)) if text in line)
    await journey.keys("G " + "k " * from_the_end)


async def deploy_draft(journey: Journey) -> None:
    """Deploy what was written, without a note."""
    before = len(journey.session.deploys)
    await journey.keys("d")
    await journey.app.workers.wait_for_complete()
    pipeline = journey.lesson.query_one(Pipeline)
    await journey.until(lambda: pipeline.noting, f"the end of the smoke test: {pipeline.progress}")
    await journey.keys("enter")
    await journey.until(lambda: len(journey.session.deploys) == before + 1, "the deploy")


async def write_a_timeout(journey: Journey) -> None:
    """Put a timeout around the handler's call, letter by letter."""
    await to_line(journey, "await _get_ride_discount(")
    await journey.keys("e")
    await journey.type("import asyncio")
    await journey.keys("enter")
    await journey.type("try:")
    await journey.keys("enter")
    await journey.type("async with asyncio.timeout(0.45):")
    await journey.keys("enter end enter")
    await journey.keys("backspace " * 8)
    await journey.type("except TimeoutError:")
    await journey.keys("enter")
    await journey.type("discount_multiplier = 1")
    await journey.keys("escape")


@pytest.mark.parametrize("journey", [(80, 24)], indirect=True, ids=["80x24"])  # many letters: once is enough
async def test_a_learner_mends_it_with_versions_of_their_own(journey: Journey) -> None:
    await journey.open("09-prove")
    await journey.run()
    await journey.go_on()

    await journey.answer("a")
    await journey.keys("6")
    await write_a_timeout(journey)
    await deploy_draft(journey)
    await journey.run()
    await journey.keys("4 G c")
    await journey.answer("a", "b")
    await journey.go_on()
    await journey.answer("b")
    await journey.go_on()
    await journey.answer("b")
    await journey.go_on()

    await journey.keys("6 U s")
    assert journey.session.lab.versions["request-ride"].name == "launch"
    await to_line(journey, "await _look_up_campaigns()")
    await journey.keys("e end ctrl+u escape")
    await deploy_draft(journey)
    await journey.run()
    await journey.keys("4 g m G m c")
    assert journey.session.verdict().met, journey.session.verdict().because
    assert journey.session.deploy_of(-1, "promo-discount").version.name == "mine-1"
