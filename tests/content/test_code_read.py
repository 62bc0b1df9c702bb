"""A step that asks for the other function's source tells which one was read, and its hint follows that."""

from __future__ import annotations

import pytest

from lessons import actions as act
from lessons.hinting import shown_hints
from lessons.loader import OpenCourse
from lessons.session import Session

COURSE = OpenCourse()
RIDE, PROMO = "request-ride@launch", "promo-discount@launch"


def at(lesson: str, step: str) -> Session:
    """A session at the very beginning of a step, whatever those before it ask."""
    session = Session(COURSE.scenario, COURSE.lesson(lesson), 7)
    session.place = [one.id for one in session.lesson.steps].index(step)
    return session


def test_versions_and_functions_that_were_read_are_told_in_the_order_of_the_first_look() -> None:
    session = at("07-trace", "read-the-cause")
    assert (session.scope()("opened.sources"), session.scope()("opened.code_of")) == ([], [])
    for ref in (RIDE, "promo-discount@traced", RIDE, PROMO):
        session.perform(act.ReadCode(version=ref))
    assert session.scope()("opened.sources") == [RIDE, "promo-discount@traced", PROMO]
    assert session.scope()("opened.code_of") == ["request-ride", "promo-discount"]


def test_what_was_read_in_another_step_does_not_count() -> None:
    session = at("07-trace", "read-the-cause")
    session.perform(act.ReadCode(version=PROMO))
    session.place -= 1
    assert session.scope()("opened.code_of") == []


@pytest.mark.parametrize(("lesson", "step"), [("07-trace", "read-the-cause"), ("10-failed", "source")])
def test_who_read_the_wrong_function_is_told_so_and_hinted_at_the_key(lesson: str, step: str) -> None:
    session = at(lesson, step)
    assert "looked at in this step" in session.verdict().because
    session.perform(act.ReadCode(version=RIDE))
    assert "promo-discount" in session.verdict().because
    session.perform(act.AskHint())
    assert "`s` goes to the other" in shown_hints(session.step, session.memory)[0]
    session.perform(act.ReadCode(version=PROMO))
    assert session.verdict().because == "the question is open"
