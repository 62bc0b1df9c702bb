"""What a learner sets besides versions - tokens, sampling, rules - and a budget; and all of it again from progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from msgspec import UNSET

from lessons import actions as act
from lessons.expressions import Unknown, parse
from lessons.keeping import open_session
from lessons.loader import OpenCourse
from lessons.model import Budget, Recorded, Start
from lessons.names import FUNCTIONS, NAMES, known_names
from lessons.progress import Progress
from lessons.session import Session
from simulator.errors import UsageError

if TYPE_CHECKING:
    from lessons.model import Lesson

COURSE = OpenCourse()
TOKEN = COURSE.scenario.monitoring.token


def begin(lesson: str = "03-load", **changes: object) -> Session:
    content: Lesson = msgspec.structs.replace(COURSE.lesson(lesson), **changes)
    return Session(COURSE.scenario, content, 7)


def again(session: Session) -> Session:
    """What a new session makes of the kept actions, each written and read."""
    new = Session(COURSE.scenario, session.lesson, 7)
    new.replay([(step, act.decode(act.encode(a))) for step, a in session.memory.done], session.runs)
    return new


def value(session: Session, text: str) -> object:
    return parse(text).evaluate(session.scope(), FUNCTIONS)


def run(session: Session) -> None:
    session.perform(act.RunLoad())
    session.finish()


# tokens


@pytest.mark.parametrize(
    ("token", "agent"),
    [(None, "dormant"), ("", "dormant"), ("  ", "dormant"), ("wrong", "rejected"), (TOKEN, "on")],
)
def test_a_token_is_deployed_and_the_run_shows_what_it_does(token: str | None, agent: str) -> None:
    session = begin()
    session.perform(act.SetToken(token=token))
    run(session)
    assert value(session, "lab.agent") == value(session, "run.agent") == agent
    assert value(session, "run.shown") == (60 if agent == "on" else 0)
    assert value(session, "lab.token") == TOKEN
    assert bool(session.runs[-1].invocations["report_s"].any()) == (agent != "dormant")


def test_a_token_comes_with_a_deploy_and_without_one_stays_as_it_is() -> None:
    session = begin()
    session.perform(act.Deploy(version="request-ride@traced", token="wrong"))
    assert value(session, "lab.agent") == "rejected"
    session.perform(act.Deploy(version="request-ride@launch"))
    assert value(session, "lab.agent") == "rejected"
    session.perform(act.Deploy(version="request-ride@traced", token=TOKEN))
    assert value(session, "lab.agent") == "on"
    session.perform(act.Rollback(service="request-ride"))
    assert value(session, "lab.agent") == "rejected"
    assert act.decode(b'{"do":"deploy","version":"request-ride@traced"}').token is UNSET  # type: ignore[attr-defined]


def test_setting_a_token_is_a_deploy_of_what_runs_and_empties_the_pool() -> None:
    session = begin(start=Start(warm=2))
    session.perform(act.RunLoad())
    session.lab.advance(30.5)
    session.perform(act.SetToken(token="wrong"))
    session.finish()
    assert [one.version.name for one in session.deploys if one.service == "request-ride"] == [
        "launch",
        "launch",
    ]
    assert session.runs[-1].cold_starts()["request-ride"] > 0
    assert value(session, "run.agent") == "rejected"
    assert 25 < value(session, "run.shown") < 35  # type: ignore[operator]
    assert value(session, "deploys.n") == 1


@pytest.mark.parametrize(
    ("action", "why"),
    [
        (act.SetToken(token="two\nlines"), "a token is one line of at most 200"),
        (act.SetToken(token="x" * 201), "a token is one line of at most 200"),
        (act.SetToken(service="promo", token="x"), "no service `promo`"),
        (act.Deploy(version="request-ride@none", token="x"), "none"),
        (act.Sample(policy="sometimes"), "no sampling `sometimes`"),
        (act.Sample(policy="1.5"), "a share is a number from 0 to 1"),
        (act.Watch(rule="max > 3 s"), "no rule is about `max`"),
        (act.Watch(rule="duration > 1000 ms"), "this rule is on already: `duration-gt-1000`"),
        (act.Unwatch(name="duration-gt-100"), "did you mean `duration-gt-1000`"),
    ],
)
def test_what_cannot_be_set_is_told_in_one_line_and_changes_nothing(action: act.Action, why: str) -> None:
    session = begin()
    before = session.lab.tokens.copy(), session.lab.sampling, list(session.lab.rules), len(session.deploys)
    with pytest.raises(UsageError) as raised:
        session.perform(action)
    assert why in str(raised.value)
    assert "\n" not in str(raised.value)
    assert before == (session.lab.tokens, session.lab.sampling, session.lab.rules, len(session.deploys))
    assert session.memory.done == []


# sampling and rules


def test_sampling_keeps_a_part_of_the_traces() -> None:
    session = begin()
    run(session)
    assert value(session, "run.traced") == 1.0
    session.perform(act.Sample(policy="0.1"))
    run(session)
    assert 0.0 < value(session, "run.traced") < 0.35  # type: ignore[operator]
    assert value(session, "run.sampling") == value(session, "lab.sampling") == "a share of all (10%)"
    session.perform(act.Sample(policy="slower-than:500ms"))
    run(session)
    assert value(session, "run.slow_traced") == 1.0 > value(session, "run.traced")  # type: ignore[operator]


def test_a_rule_that_is_added_watches_the_next_run_and_one_taken_away_no_more() -> None:
    session = begin()
    session.perform(act.Watch(rule="errors, at least 1 in 2 min"))
    run(session)
    assert {alert.rule.name for alert in session.runs[-1].alerts} == {"duration-gt-1000", "errors"}
    session.perform(act.OpenMail(rule="errors"))
    session.perform(act.Unwatch(name="errors"))
    run(session)
    assert {alert.rule.name for alert in session.runs[-1].alerts} == {"duration-gt-1000"}
    assert value(session, "run.rules") == value(session, "lab.rules") == 1


def test_rules_are_scored_on_recorded_runs_sick_and_healthy() -> None:
    session = begin(
        recorded=Recorded(
            sick=Start(deploy=["promo-discount@launch"], warm=3),
            healthy=Start(deploy=["promo-discount@fixed"], warm=3),
            days=6,
        )
    )
    assert isinstance(value(session, "rule.sick"), Unknown)
    assert (value(session, "rules.n"), value(session, "rules.days")) == (0, 6)
    session.perform(act.Watch(rule="duration > 900 ms, at least 3 in 2 min"))
    assert (value(session, "rule.sick"), value(session, "rule.healthy"), value(session, "rule.gain")) == (
        6,
        0,
        1.0,
    )
    session.perform(act.Watch(rule="duration > 10 ms"))
    assert (value(session, "rule.sick"), value(session, "rule.healthy"), value(session, "rule.gain")) == (
        6,
        6,
        0.0,
    )
    assert value(session, "best.name") == "duration-gt-900-at-least-3"
    assert (value(session, "given.sick"), value(session, "best.gain")) == (6, 1.0)
    assert value(begin(), "rules.n") == 0
    assert value(begin(), "rule.sick") == Unknown("this lesson has no recorded runs")


# again


def test_everything_set_is_there_again_after_a_restart() -> None:
    session = begin()
    for action in (
        act.Deploy(version="request-ride@traced", token="wrong"),
        act.SetToken(token=TOKEN),
        act.Sample(policy="ratio:0.5"),
        act.Watch(rule="errors, more than 5 %, at least 3 of 20 in 5 min"),
        act.Watch(rule="p95 > 1 s, in 1 min"),
        act.Unwatch(name="duration-gt-1000"),
    ):
        session.perform(action)
    run(session)
    new = again(session)
    assert new.memory.done == session.memory.done
    assert (new.lab.tokens, new.lab.sampling, new.lab.rules) == (
        session.lab.tokens, session.lab.sampling, session.lab.rules,
    )  # fmt: skip
    assert new.deploys == session.deploys
    run(session)
    run(new)
    assert new.runs[-1].settings == session.runs[-1].settings


def test_what_was_set_is_kept_in_progress() -> None:
    with Progress.in_memory(seed=7) as progress:
        session, _ = open_session(COURSE, "03-load", progress)
        session.perform(act.SetToken(token="wrong"))
        session.perform(act.Sample(policy="0.1"))
        session.perform(act.Watch(rule="errors"))
        new, notices = open_session(COURSE, "03-load", progress)
        assert notices == []
        assert (new.lab.tokens["request-ride"], new.lab.sampling) == ("wrong", session.lab.sampling)
        assert [rule.name for rule in new.lab.rules] == ["duration-gt-1000", "errors"]


# tries by hand


def test_a_try_by_hand_is_a_run_of_one_new_request() -> None:
    session = begin(start=Start(warm=2, plan="one-by-hand.yml"))
    assert (value(session, "tries.n"), value(session, "tries.slow")) == (0, 0)
    assert isinstance(value(session, "tries.first_slow"), Unknown)
    for _ in range(40):
        session.perform(act.RunLoad(new=True))
        session.finish()
    latencies = [float(data.latencies_s[0]) for data in session.runs]
    assert len(set(latencies)) == 40
    slow = [i for i, latency in enumerate(latencies, start=1) if latency > 1.0]
    assert 2 <= len(slow) <= 16  # a fifth of 40
    assert value(session, "tries.n") == 40
    assert value(session, "tries.slow") == len(slow)
    assert value(session, "tries.first_slow") == slow[0]
    session.perform(act.RunLoad(plan="artillery-slowness.yml"))
    session.finish()
    assert value(session, "tries.n") == 40


# a budget


def test_beyond_its_budget_nothing_happens_and_the_lesson_says_why() -> None:
    session = begin(budget=Budget(runs=2, deploys=1))
    assert (value(session, "left.runs"), value(session, "left.deploys")) == (2, 1)
    session.perform(act.SetToken(token="wrong"))
    with pytest.raises(
        UsageError, match=r"a budget of 1 deploy, and the only one is used.*begin the lesson anew"
    ):
        session.perform(act.Deploy(version="request-ride@traced"))
    assert session.lab.versions["request-ride"].name == "launch"
    session.perform(act.Rollback(service="request-ride"))
    run(session)
    run(session)
    with pytest.raises(UsageError, match="a budget of 2 runs, and all 2 are used"):
        session.perform(act.RunLoad(new=True))
    assert (session.lab.seed, len(session.runs), session.running) == (7, 2, False)
    new = again(session)
    assert (value(new, "left.runs"), value(new, "left.deploys")) == (0, 0)
    anew = begin(budget=Budget(runs=2, deploys=1))
    assert value(anew, "left.runs") == 2


def test_a_deploy_that_failed_costs_nothing_and_without_a_budget_all_is_free() -> None:
    session = begin(budget=Budget(deploys=1))
    with pytest.raises(UsageError):
        session.perform(act.Deploy(version="request-ride@nothing"))
    assert value(session, "left.deploys") == 1
    assert isinstance(value(session, "left.runs"), Unknown)
    assert isinstance(value(begin(), "left.deploys"), Unknown)


def test_every_new_name_is_listed_with_a_line_of_explanation() -> None:
    for name in (
        "lab.token",
        "lab.agent",
        "run.agent",
        "left.runs",
        "incident.id",
        "rule.sick",
        "did.set_token",
    ):
        assert name in known_names()
        assert NAMES[name]
