"""The agent: what it costs, what it sees with which token, and when its rules send a mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.monitoring import Agent, describe_rule, fires, matches
from simulator.randomness import Constant
from simulator.settings import AlertRule, MonitoringSettings

if TYPE_CHECKING:
    from tests.unit.conftest import Bench

OK = "return {'statusCode': 200}"
SLOW = "await asyncio.sleep(2)\n" + OK
RULE = AlertRule(name="duration-gt-1000")
TOKEN = "iop-7f3a-wild-rydes"


def agent(*rules: AlertRule, token: str | None = "t") -> Agent:
    settings = MonitoringSettings(token="t", watches=["f"], report=Constant(ms=0), mark_us=8)
    return Agent(settings, {"f": token}, list(rules))


def see(watching: Agent, end_s: float, duration_s: float, *, failed: bool = False) -> None:
    watching.saw("f", end_s, duration_s, failed=failed, now=end_s)


# tokens


@pytest.mark.parametrize(
    ("token", "state", "pays", "warning"),
    [
        (TOKEN, "on", True, None),
        ("wrong", "rejected", True, "monitoring: the report was rejected: 401, unknown token"),
        (None, "dormant", False, "monitoring: no token is set; nothing is reported"),
        ("", "dormant", False, "monitoring: no token is set; nothing is reported"),
    ],
)
def test_a_token_decides_what_the_agent_costs_and_shows(
    bench: Bench, token: str | None, state: str, pays: bool, warning: str | None
) -> None:
    bench.lab.tokens = {"request-ride": token}
    bench.ride("with context.mark('m'):\n    await asyncio.sleep(2)\n" + OK).lab.warm(1)
    data = bench.load(1, 1)
    assert data.requests["latency_s"] == pytest.approx([2.1 + (0.02 if pays else 0.0)])
    assert data.watched("request-ride") == (state == "on")
    assert len(data.alerts) == (state == "on")
    assert len(data.matching(RULE)) == (state == "on")
    assert data.invocations["kept"].tolist() == [pays]
    assert bench.log() == ([warning] if warning else [])


def test_an_agent_that_was_never_deployed_says_nothing(bench: Bench) -> None:
    bench.unwatched().ride(OK).ask()
    assert bench.log() == []
    assert not bench.data.watched("request-ride")


def test_a_token_comes_with_a_deploy_and_goes_with_its_rollback(bench: Bench) -> None:
    lab = bench.lab
    lab.deploy("request-ride@traced", token=None)
    assert lab.tokens["request-ride"] is None
    lab.deploy("request-ride@launch")
    assert lab.tokens["request-ride"] is None
    lab.rollback("request-ride")
    assert lab.tokens["request-ride"] is None
    lab.rollback("request-ride")
    assert (lab.tokens["request-ride"], lab.versions["request-ride"].name) == (TOKEN, "launch")


def test_a_token_that_comes_while_a_run_goes_on_counts_from_then(bench: Bench) -> None:
    bench.lab.tokens = {"request-ride": None}
    bench.ride(SLOW)
    run = bench.lab.load(bench.plan(10, 1))
    bench.lab.advance(5.5)
    bench.lab.deploy(bench.lab.versions["request-ride"], token=TOKEN)
    data = bench.lab.finish(run).data()
    assert (data.invocations["report_s"] > 0).tolist() == [False] * 5 + [True] * 5
    assert data.watched("request-ride")
    assert data.matching(RULE).tolist() == [5, 6, 7, 8, 9]
    assert [(alert.at_s, alert.matching, alert.of) for alert in data.alerts] == [(60.0, 5, 5)]


def test_the_instrument_does_not_measure_itself(bench: Bench) -> None:
    bench.ride(SLOW).ask()
    row = bench.data.row(0)
    assert row["duration_s"] == pytest.approx(2.0)
    assert row["report_s"] == pytest.approx(0.02)


def test_marks_cost_by_the_function_s_share_and_less_when_the_trace_is_not_kept(real: Bench) -> None:
    real.ride("with context.mark('m'):\n    pass\n" + OK)
    costs = []
    for rate in (1.0, 0.0):
        real.lab.sample(rate)
        real.ask()
        costs.append(float(real.data.invocations["duration_s"][-1]))
    assert costs == pytest.approx([8e-6 * 1769 / 128, 2e-6 * 1769 / 128])
    assert real.data.frozen_spans.columns()["invocation"].tolist() == [0]


# rules


def test_rules_are_looked_at_once_a_minute_and_fire_once(bench: Bench) -> None:
    bench.ride(SLOW)
    data = bench.load(200, 0.1)
    assert [(alert.rule.name, alert.at_s) for alert in data.alerts] == [("duration-gt-1000", 60.0)]
    assert len(data.matching(data.alerts[0].rule)) == 20


def test_a_cold_start_of_its_own_is_no_duration(bench: Bench) -> None:
    bench.ride(OK)
    data = bench.load(10, 1)
    assert data.requests["latency_s"].max() > 1.0
    assert data.alerts == ()


@pytest.mark.parametrize(("age_s", "fired"), [(119.9, True), (120.0, False), (130.0, False)])
def test_what_lies_outside_the_window_does_not_count(age_s: float, fired: bool) -> None:
    watching = agent(RULE)
    see(watching, 180.0 - age_s, 2.0)
    see(watching, 179.0, 0.1)
    watching.evaluate(180.0)
    assert bool(watching.alerts) == fired


def test_a_duration_of_exactly_the_limit_does_not_match() -> None:
    assert not matches(RULE, 1.0, failed=True)
    assert matches(RULE, 1.0000001, failed=False)


def test_errors_are_what_failed_or_answered_500(bench: Bench) -> None:
    rule = AlertRule(name="errors", measure="errors", at_least=3)
    bench.lab.rules = [rule]
    bench.ride("""
        import random
        if random.random() < 0.5:
            raise ValueError
        return {'statusCode': 503 if random.random() < 0.5 else 200}
    """)
    data = bench.load(50, 1)
    failed = 50 - data.codes[200]
    assert [(alert.matching, alert.of) for alert in data.alerts] == [(failed, 50)]
    assert len(data.matching(rule)) == failed


def test_what_was_refused_no_agent_saw(bench: Bench) -> None:
    rule = AlertRule(name="errors", measure="errors")
    bench.lab.rules = [rule]
    bench.settings("request-ride", concurrency=1).ride("await asyncio.sleep(20)\n" + OK)
    bench.lab.rules = [rule]
    data = bench.load(5, 1)
    assert data.codes == {200: 1, 500: 4}
    assert data.matching(rule).tolist() == []
    assert data.alerts == ()


@pytest.mark.parametrize(
    ("rule", "slow", "of", "fired"),
    [
        (AlertRule(name="any"), 1, 100, True),
        (AlertRule(name="any"), 0, 100, False),
        (AlertRule(name="three", at_least=3), 2, 100, False),
        (AlertRule(name="three", at_least=3), 3, 100, True),
        (AlertRule(name="share", share=0.05), 5, 100, False),
        (AlertRule(name="share", share=0.05), 6, 100, True),
        (AlertRule(name="enough", share=0.05, of_at_least=30), 29, 29, False),
        (AlertRule(name="enough", share=0.05, of_at_least=30), 2, 30, True),
        (AlertRule(name="p95", measure="p95"), 5, 100, False),
        (AlertRule(name="p95", measure="p95"), 6, 100, True),
        (AlertRule(name="p95", measure="p95"), 0, 0, False),
    ],
)
def test_a_rule_fires_on_its_conditions_and_only_then(
    rule: AlertRule, slow: int, of: int, fired: bool
) -> None:
    durations = [2.0] * slow + [0.1] * (of - slow)
    matching = sum(matches(rule, one, failed=False) for one in durations)
    assert fires(rule, matching, durations) == fired


@given(st.lists(st.tuples(st.floats(0, 3), st.booleans()), max_size=40), st.integers(1, 5), st.floats(0, 1))
def test_a_stricter_rule_never_fires_where_a_laxer_one_does_not(
    seen: list[tuple[float, bool]], at_least: int, share: float
) -> None:
    durations = [duration for duration, _ in seen]
    matching = sum(matches(RULE, one, failed=False) for one in durations)
    strict = msgspec.structs.replace(RULE, at_least=at_least, share=share)
    assert fires(RULE, matching, durations) or not fires(strict, matching, durations)


def test_a_rule_that_comes_while_a_run_goes_on_looks_back_too(bench: Bench) -> None:
    bench.lab.rules = []
    bench.ride(SLOW)
    run = bench.lab.load(bench.plan(70, 1, phases=bench.plan(10, 1).phases + bench.plan(200, 0.01).phases))
    bench.lab.advance(90.0)
    bench.lab.watch(RULE)
    data = bench.lab.finish(run).data()
    assert [(alert.at_s, alert.matching) for alert in data.alerts] == [(120.0, 11)]


def test_two_rules_fire_each_by_itself(bench: Bench) -> None:
    bench.lab.watch(AlertRule(name="many", at_least=50))
    bench.ride(SLOW)
    data = bench.load(100, 1)
    assert [(alert.rule.name, alert.at_s) for alert in data.alerts] == [
        ("duration-gt-1000", 60.0),
        ("many", 60.0),
    ]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (RULE, "Invocation duration greater than 1000 milliseconds within 2 minutes"),
        (
            AlertRule(name="e", measure="errors", window_s=60, at_least=3),
            "Invocations that failed within 60 seconds (at least 3)",
        ),
        (
            AlertRule(name="s", share=0.005, of_at_least=30, over_ms=250.5),
            "Invocation duration greater than 250.5 milliseconds within 2 minutes "
            "(more than 0.5 % of all, at least 30 in all)",
        ),
        (
            AlertRule(name="p", measure="p95", at_least=9),
            "p95 of the invocation duration greater than 1000 milliseconds within 2 minutes",
        ),
    ],
)
def test_a_rule_in_words(rule: AlertRule, words: str) -> None:
    assert describe_rule(rule) == words


def test_the_mail_s_title_is_the_workshop_s(bench: Bench) -> None:
    bench.ride(SLOW)
    [alert] = bench.load(10, 1).alerts
    assert alert.subject == "duration-gt-1000 is in alarm"
    assert alert.condition == describe_rule(RULE)
