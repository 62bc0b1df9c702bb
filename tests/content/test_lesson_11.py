"""Lesson 11's six incidents: alike from a rider's seat, and each true to what its questions say of it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lessons import actions as act
from lessons.expressions import parse
from lessons.loader import OpenCourse
from lessons.names import FUNCTIONS
from lessons.session import Session

if TYPE_CHECKING:
    from simulator.run_data import RunData

COURSE = OpenCourse()
LESSON = COURSE.lesson("11-alone")
INCIDENTS = tuple(variant.id for variant in LESSON.start.variants)
IN_THE_CALL = ("container", "connections")
BEFORE_THE_FUNCTION = ("authorizer", "cold")
SEEDS = range(1, 21)


@lru_cache(maxsize=200)
def begun(incident: str, seed: int) -> Session:
    """A learner who has sent the load once, as the system stands, and once with the guard."""
    session = Session(COURSE.scenario, LESSON, seed, incident=incident)
    session.perform(act.RunLoad())
    session.finish()
    session.perform(act.Deploy(version="request-ride@guarded"))
    session.perform(act.RunLoad())
    session.finish()
    return session


def first(incident: str, seed: int) -> RunData:
    return begun(incident, seed).runs[0]


def over(data: RunData) -> int:
    return int((data.latencies_s > 1.0).sum())


def value(session: Session, name: str) -> object:
    return parse(name).evaluate(session.scope(), FUNCTIONS)


@pytest.mark.parametrize("incident", INCIDENTS)
def test_about_a_fifth_of_the_rides_takes_over_a_second_and_none_fails(incident: str) -> None:
    shares = [over(first(incident, seed)) / first(incident, seed).sent for seed in SEEDS]
    assert np.mean(shares) == pytest.approx(0.2, abs=0.02)
    assert min(shares) >= 0.1
    assert max(shares) <= 0.31
    assert all(set(first(incident, seed).codes) == {201} for seed in SEEDS)


def test_their_histograms_do_not_tell_them_apart() -> None:
    """Quick rides are as quick, there is a hole in all of them, and the slow hump stands in the same place."""
    for incident in INCIDENTS:
        latencies = np.concatenate([first(incident, seed).latencies_s for seed in SEEDS])
        slow, quick = latencies[latencies > 1.0], latencies[latencies <= 1.0]
        assert 0.40 < np.median(quick) < 0.50
        assert 1.2 < np.median(slow) < 1.6
        assert ((latencies > 0.75) & (latencies <= 1.0)).mean() < 0.01


@pytest.mark.parametrize("incident", INCIDENTS)
def test_the_function_s_clock_has_the_wait_where_the_symptom_says_so(incident: str) -> None:
    for seed in SEEDS:
        data, unseen = first(incident, seed), value(begun(incident, seed), "first.over_unseen")
        assert isinstance(unseen, int)
        assert unseen / over(data) == pytest.approx(float(incident in BEFORE_THE_FUNCTION), abs=0.1)
        assert bool(data.alerts) == (incident not in BEFORE_THE_FUNCTION)


@pytest.mark.parametrize("incident", INCIDENTS)
def test_the_guard_helps_where_the_wait_is_in_the_call_and_nowhere_else(incident: str) -> None:
    for seed in SEEDS:
        before, after = begun(incident, seed).runs
        if incident in IN_THE_CALL:
            assert over(after) <= 1
        else:
            assert over(after) == pytest.approx(over(before), rel=0.2)


@pytest.mark.parametrize("incident", INCIDENTS)
def test_the_figures_of_the_explanations_point_at_one_incident(incident: str) -> None:
    for seed in SEEDS:
        session = begun(incident, seed)
        most_cpu, slow_in = value(session, "first.most_cpu"), value(session, "first.callee_slow_in")
        cold = value(session, "first.over - first.over_warm")
        assert isinstance(most_cpu, float)
        assert isinstance(cold, int)
        assert (most_cpu > 0.05) == (incident == "bodies")
        assert slow_in == (1 if incident == "container" else 0)
        assert (cold / over(session.runs[0]) > 0.5) == (incident == "cold")


def test_who_has_spent_the_budget_can_still_come_to_the_end() -> None:
    session = Session(COURSE.scenario, LESSON, 3, incident="throttling")
    answers = {
        "symptom": "seen", "cause": "throttling", "evidence": "steps", "refuted": "gone", "remedy": "capacity",
        "tracing_again": "sample", "slowness_again": "ask_evidence",
    }  # fmt: skip
    for _ in range(6):
        session.perform(act.RunLoad())
        session.finish()
    for step in LESSON.steps:
        if step.predict is not None and step.predict.kind == "number":
            session.perform(act.Predict(question=step.predict.id, number=5.0))
        elif step.predict is not None:
            session.perform(act.Predict(question=step.predict.id, choices=("none",)))
        if step.id in {"symptom", "evidence"}:
            session.perform(act.OpenRequest(number="slowest"))
            session.perform(act.OpenRequest(number="fastest"))
        if step.question is not None:
            session.perform(act.Answer(question=step.question.id, choices=(answers[step.question.id],)))
        assert session.verdict().met, session.verdict()
        if not session.at_end:
            session.perform(act.GoOn())
    assert session.at_end
