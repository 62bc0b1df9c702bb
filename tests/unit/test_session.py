"""A session: what a learner does, what is kept of it, and what a new session makes of that."""

from __future__ import annotations

import pytest

from lessons import actions as act
from lessons.loader import OpenCourse
from lessons.session import Session
from simulator.errors import UsageError

COURSE = OpenCourse()


def begin(lesson: str, place: int = 0, seed: int = 7) -> Session:
    session = Session(COURSE.scenario, COURSE.lesson(lesson), seed)
    session.place = place
    return session


def again(session: Session, *, runs: int | None = None) -> Session:
    """A new session from what was kept, with all of the runs or the first few."""
    new = begin_like(session)
    new.replay([(step, act.decode(act.encode(a))) for step, a in session.memory.done], session.runs[:runs])
    return new


def begin_like(session: Session) -> Session:
    return Session(COURSE.scenario, session.lesson, 7)


def test_a_step_that_is_not_met_says_why_and_stays() -> None:
    session = begin("04-alert")
    with pytest.raises(UsageError, match="not yet, because no run has ended in this step"):
        session.perform(act.GoOn())
    assert session.place == 0
    assert session.memory.done == []


def test_two_runs_at_once_are_refused() -> None:
    session = begin("04-alert")
    session.perform(act.RunLoad())
    with pytest.raises(UsageError, match="a run is under way"):
        session.perform(act.RunLoad())


def test_the_same_requests_and_new_ones() -> None:
    session = begin("04-alert")
    for new in (False, False, True):
        session.perform(act.RunLoad(new=new))
        session.finish()
    first, second, third = session.runs
    assert list(first.latencies_s) == list(second.latencies_s) != list(third.latencies_s)
    assert third.settings.seed == first.settings.seed + 1


def test_a_run_that_is_over_is_taken_in_once() -> None:
    session = begin("04-alert")
    seen: list[int] = []
    session.on_run = lambda data: seen.append(data.number)
    session.perform(act.RunLoad())
    assert session.settle() is None
    session.finish()
    assert session.settle() is None
    assert seen == [1]


def test_what_is_opened_while_a_run_goes_on_counts_and_breaks_nothing() -> None:
    session = begin("04-alert", place=2)
    session.perform(act.RunLoad())
    session.lab.advance(45.0)
    live = session.live
    assert live is not None
    slow = live.of_service("request-ride")
    number = int(slow["number"][slow["duration_s"].argmax()])
    session.perform(act.OpenInvocation(number=number, run=1))
    assert session.verdict().because == "the question is open"
    session.finish()
    assert session.verdict().because == "the question is open"


def test_an_invocation_that_does_not_exist_cannot_be_opened() -> None:
    session = begin("04-alert", place=2)
    with pytest.raises(UsageError, match="no run has ended yet"):
        session.perform(act.OpenInvocation(number="slowest"))
    session.perform(act.RunLoad())
    session.finish()
    with pytest.raises(UsageError, match="no invocation 99999"):
        session.perform(act.OpenInvocation(number=99_999))


def test_an_answer_that_was_right_stays_right_when_other_runs_have_come() -> None:
    session = begin("03-load", place=3)
    session.perform(act.RunLoad(plan="artillery-slowness.yml"))
    session.finish()
    judgement = session.perform(act.Answer(question="rank_57", exact=True))
    assert judgement is not None
    assert judgement.right
    for _ in range(2):
        session.perform(act.RunLoad(plan="artillery-slowness.yml", new=True))
        session.finish()
    assert session.verdict().met
    assert again(session).verdict(session.step).met


def test_a_wrong_answer_is_kept_too_and_does_not_take_a_right_one_away() -> None:
    session = begin("04-alert", place=4)
    assert not session.perform(act.Answer(question="quiet_means", choices=("fixed",))).right  # type: ignore[union-attr]
    assert not session.verdict().met
    assert session.perform(act.Answer(question="quiet_means", choices=("nothing_matched",))).right  # type: ignore[union-attr]
    session.perform(act.Answer(question="quiet_means", choices=("healthy",)))
    assert session.verdict().met
    assert again(session).verdict(session.step).met
    assert again(session).memory.tries == {"quiet_means": 3}


def test_a_run_that_was_lost_under_way_is_told_and_what_was_opened_in_it_is_dropped() -> None:
    session = begin("04-alert")
    session.perform(act.RunLoad())
    session.finish()
    session.perform(act.RunLoad())
    session.lab.advance(30.0)
    session.perform(act.OpenInvocation(number="slowest", run=2))
    new = begin_like(session)
    assert new.replay(session.memory.done, session.runs) == 1
    assert len(new.runs) == 1
    assert [act.tag(action) for _, action in new.memory.done] == ["run"]
    new.perform(act.RunLoad())
    new.finish()
    assert [data.number for data in new.runs] == [1, 3]


def test_deploys_are_made_again() -> None:
    session = begin("06-instrument", place=1)
    session.perform(act.Deploy(version="request-ride@mark-ride"))
    session.perform(act.Deploy(version="request-ride@traced"))
    session.perform(act.Rollback(service="request-ride"))
    assert again(session).lab.versions["request-ride"].name == "mark-ride"


def test_hints_come_one_by_one_and_end() -> None:
    session = begin("04-alert")
    for _ in range(5):
        session.perform(act.AskHint())
    assert session.memory.hints == {"wait-for-mail": [None, None]}


def test_a_step_that_was_left_as_met_can_be_left_again() -> None:
    session = begin("04-alert")
    session.perform(act.RunLoad())
    session.finish()
    session.perform(act.GoOn())
    session.perform(act.GoBack())
    session.runs.clear()  # as if later runs had turned what its check reads
    assert not session.verdict().met
    session.perform(act.GoOn())
    assert session.place == 1
