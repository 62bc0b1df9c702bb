"""Lesson 10: what it says is so, on many days, and other ways through it than its proof's."""

from __future__ import annotations

import pytest

from lessons import actions as act
from lessons.expressions import parse
from lessons.loader import OpenCourse
from lessons.names import FUNCTIONS
from lessons.recording import Recordings
from lessons.rules import parse_rule
from lessons.session import Session

COURSE = OpenCourse()
LESSON = COURSE.lesson("10-failed")
PUT = "    ride['DiscountMultiplier'] = discount_multiplier\n"
RECORD = "    await _record_ride(context, ride)\n"
IMPORT = ("import json\n", "import json\nfrom decimal import Decimal\n")
BY_HAND = (
    IMPORT,
    (PUT, ""),
    (
        RECORD,
        "    exact = Decimal(str(discount_multiplier))\n"
        "    await _record_ride(context, ride | {'DiscountMultiplier': exact})\n" + PUT,
    ),
)
AS_TEXT = ((PUT, "    ride['DiscountMultiplier'] = str(discount_multiplier)\n"),)
ROUNDED = ((PUT, "    ride['DiscountMultiplier'] = round(discount_multiplier)\n"),)
LATER = ((PUT, ""), (RECORD, RECORD + PUT))
ALL_DECIMAL = (IMPORT, (PUT, "    ride['DiscountMultiplier'] = Decimal(discount_multiplier)\n"))


def at(step: str, seed: int = 7) -> Session:
    """A session that came to a step by the proofs of those before it, with what was launched in place."""
    session = Session(COURSE.scenario, LESSON, seed)
    while session.step.id != step:
        for action in session.step.proof:
            session.perform(action)
            session.finish()
        session.perform(act.GoOn())
    session.perform(act.Deploy(version="request-ride@launch"))
    return session


def edited(session: Session, *edits: tuple[str, str]) -> None:
    """Deploy an edited version, send the same requests, and compare with the first run."""
    session.perform(act.DeployOwn(edits=edits))
    session.perform(act.RunLoad())
    session.finish()
    session.perform(act.CompareRuns(before=1, after=-1))


def mended(session: Session) -> bool:
    """Whether the step waits for nothing but its question."""
    return session.verdict().because == "the question is open"


def value(session: Session, expression: str) -> object:
    return parse(expression).evaluate(session.scope(), FUNCTIONS)


@pytest.mark.parametrize("edits", [BY_HAND, AS_TEXT], ids=["a Decimal for the table alone", "a text"])
def test_a_mend_by_hand_is_one(edits: tuple[tuple[str, str], ...]) -> None:
    session = at("mend")
    edited(session, *edits)
    assert mended(session), session.verdict().because


def test_what_only_takes_the_errors_away_is_no_mend() -> None:
    session = at("mend")
    for edits, because in ((ROUNDED, "0 stand in the rides table"), (LATER, "0 stand in the rides table")):
        edited(session, *edits)
        assert value(session, "run.failed") == 0
        assert because in session.verdict().because
        session.perform(act.Deploy(version="request-ride@launch"))


def test_a_decimal_for_everybody_is_seen_as_the_first_try_and_fails_all() -> None:
    session = at("first-try")
    session.perform(act.Predict(question="first_try_fails", number=60))
    edited(session, *ALL_DECIMAL)
    assert value(session, "run.failed == run.n and 'Inexact' in run.errors")
    session.perform(act.OpenInvocation(number="failed"))
    assert mended(session), session.verdict().because


def test_who_mends_it_at_once_is_not_sent_through_the_traps() -> None:
    session = at("first-try")
    session.perform(act.Predict(question="first_try_fails", number=0))
    edited(session, *BY_HAND)
    assert mended(session), session.verdict().because


def test_other_requests_are_no_comparison() -> None:
    session = at("mend")
    session.perform(act.Deploy(version="request-ride@decimal"))
    session.perform(act.RunLoad(new=True))
    session.finish()
    session.perform(act.CompareRuns(before=1, after=-1))
    assert "unequal" in session.verdict().because


def test_winners_fail_failures_are_quick_and_the_mend_looks_slower() -> None:
    for seed in range(1, 7):
        session = at("mend", seed)
        assert value(session, "first.won == first.failed and first.failed_median < first.ok_median")
        session.perform(act.Deploy(version="request-ride@decimal"))
        session.perform(act.RunLoad())
        session.finish()
        session.perform(act.CompareRuns(before=1, after=-1))
        assert value(session, "pair.p50_change > 0 and after.ok_median > before.failed_median")


def test_the_rules_of_lessons_4_and_10_do_on_recorded_days_what_is_said_of_them() -> None:
    for seed in (101, 202, 303):
        old = Recordings(COURSE.scenario, COURSE.lesson("04-alert").recorded, seed)
        new = Recordings(COURSE.scenario, LESSON.recorded, seed)
        assert old.score(parse_rule("duration > 1000 ms")).healthy >= 8
        assert old.score(parse_rule("duration > 2000 ms")).gain < 0.5
        assert old.score(parse_rule("duration > 1000 ms, at least 5")).gain >= 0.95
        short = old.score(parse_rule("duration > 1000 ms, at least 5 in 30 s"))
        assert short.sick < 20
        assert short.healthy <= 1
        errors = old.score(parse_rule("errors, at least 3"))
        assert errors.sick == errors.healthy > 10
        duration = new.score(parse_rule("duration > 1000 ms"))
        assert abs(duration.sick - duration.healthy) <= 2
        assert new.score(parse_rule("errors")).healthy > 3
        missing = new.score(parse_rule("errors, at least 3"))
        assert missing.sick >= 16
        assert missing.healthy <= 3
