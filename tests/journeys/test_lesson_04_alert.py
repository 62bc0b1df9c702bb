"""Lesson 4, by its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.screens.one_line import OneLineScreen

if TYPE_CHECKING:
    from tests.journeys.conftest import Journey


async def write_a_rule(journey: Journey, rule: str) -> None:
    """In the Alerts pane, among the rules: write one."""
    before = len(journey.session.lab.rules)
    await journey.keys("2 escape escape R w")
    await journey.until(lambda: isinstance(journey.app.screen, OneLineScreen), "the line to type")
    await journey.type(rule)
    await journey.keys("enter")
    await journey.until(lambda: len(journey.session.lab.rules) == before + 1, f"the rule {rule}")


async def play(journey: Journey) -> None:
    """Play the lesson from home to its end."""
    await journey.open("04-alert")
    await journey.run()
    assert journey.session.runs[-1].alerts
    await journey.go_on()

    await journey.keys("2 enter enter")
    await journey.answer("3", journey.number("run.matching"))
    await journey.go_on()

    await journey.keys("3 f enter")
    await journey.answer("a", "b", "c")
    await journey.go_on()

    await journey.keys("3 escape f f enter")
    assert not journey.session.verdict().because.startswith("no failed")
    await journey.answer(journey.number("run.slow_errors"))
    await journey.go_on()

    await journey.answer("b")
    await journey.go_on()

    await journey.answer("2")
    await write_a_rule(journey, "duration > 2000 ms")
    await journey.answer("a", "b")
    await journey.go_on()

    await write_a_rule(journey, "duration > 1000 ms, at least 20")
    assert "asks for too much" in journey.session.verdict().because
    await write_a_rule(journey, "duration > 1000 ms, at least 5")
    await journey.answer("a", "b")
    await journey.go_on()

    await write_a_rule(journey, "errors, at least 3")
    await journey.answer("a", "b")
    await journey.go_on()
    assert "Home" in type(journey.app.screen).__name__


async def test_a_learner_is_alerted_and_looks_behind_the_alert(journey: Journey) -> None:
    await play(journey)
