"""What several runs say together: how far alike ones lie apart, and what each measurement costs."""

from __future__ import annotations

import pytest

from lessons import actions as act
from lessons.expressions import Unknown
from lessons.facts import FACTS
from lessons.loader import OpenCourse
from lessons.session import Session

COURSE = OpenCourse()


def run(session: Session, *actions: act.Action, new: bool = False) -> None:
    for action in actions:
        session.perform(action)
    session.perform(act.RunLoad(new=new))
    session.finish()


def deploy(name: str) -> act.Action:
    return act.Deploy(version=f"request-ride@{name}")


@pytest.fixture(scope="module")
def played() -> Session:
    """Eight runs: launch, published, launch, launch on two other seeds, traced, without the agent, sampled."""
    session = Session(COURSE.scenario, COURSE.lesson("08-cost"), 5)
    run(session)
    run(session, deploy("published-trace"))
    run(session, deploy("launch"))
    run(session, new=True)
    run(session, new=True)
    run(session, deploy("traced"))
    run(session, act.SetToken(token=None))
    run(session, act.SetToken(token=session.lab.scenario.monitoring.token), act.Sample(policy="0.1"))
    return session


def compare(session: Session, before: int, after: int) -> None:
    session.perform(act.CompareRuns(before=before, after=after))


def test_alike_runs_differ_in_the_seed_alone(played: Session) -> None:
    from lessons.alike import ALIKE, alike

    found = alike(played.runs[:5])
    assert sorted(data.settings.seed for data in found) == [5, 6, 7]
    assert len(alike(played.runs[:6])) == 1
    assert len(alike(played.runs[:8])) == 1  # sampled, as none before it
    mins = [float(data.latencies_s.min()) for data in found]
    assert ALIKE["min_spread"][1](found) == max(mins) - min(mins)
    assert isinstance(ALIKE["median_spread"][1](found[:1]), Unknown)


def test_the_published_noise_is_what_alike_runs_show() -> None:
    import numpy as np

    from simulator.lab import Lab

    medians = []
    for seed in range(1001, 1121):
        lab = Lab(COURSE.scenario, seed)
        lab.tokens = {"request-ride": COURSE.scenario.monitoring.token}
        lab.finish(lab.load())
        data = lab.snapshot()
        assert data is not None
        medians.append(np.median(data.latencies_s))
    pairs = np.abs(np.subtract.outer(medians, medians))[np.triu_indices(len(medians), 1)]
    assert np.quantile(pairs, 0.95) == pytest.approx(FACTS["alike_median"].value, rel=0.35)


def test_a_cost_is_unknown_until_a_fair_pair_is_compared(played: Session) -> None:
    assert isinstance(played.scope()("cost.agent"), Unknown)
    compare(played, 1, 6)  # launch and traced, but with other requests
    assert isinstance(played.scope()("cost.marks"), Unknown)


def test_each_cost_has_its_pair_and_its_sign(played: Session) -> None:
    compare(played, 1, 2)
    assert played.scope()("cost.diff") > 0.2
    assert isinstance(played.scope()("cost.marks"), Unknown)
    compare(played, 5, 6)
    assert 0.0004 < played.scope()("cost.marks") < 0.001
    compare(played, 6, 7)
    assert 0.01 < played.scope()("cost.agent_low") < played.scope()("cost.agent") < 0.025
    compare(played, 7, 6)  # the other way round it costs as much
    assert 0.01 < played.scope()("cost.agent_low") < played.scope()("cost.agent_high")
    compare(played, 6, 8)
    assert 0.0 <= played.scope()("cost.sampling") < 0.001
    assert played.scope()("cost.diff") > 0.2  # what was compared before is known still


def test_without_the_same_requests_a_small_change_needs_millions(played: Session) -> None:
    compare(played, 5, 6)
    assert 1e6 < played.scope()("pair.apart") < 2e7
    compare(played, 1, 2)
    assert played.scope()("pair.apart") < 500
    compare(played, 1, 3)
    assert isinstance(played.scope()("pair.apart"), Unknown)


def test_a_choice_may_stand_at_a_whole_line_that_is_a_part_of_another() -> None:
    from lessons.answers import choice_lines

    question = next(step.question for step in COURSE.lesson("08-cost").steps if step.id == "the-line")
    assert question is not None
    lines = {choice.id: number for number, choice in choice_lines(question).items()}
    assert lines["first_call"] < lines["record"] < lines["note"] < lines["second_call"]
