"""Alert rules in one line: read, written, and what they would have done on runs recorded without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.rules import named, parse_rule, write_rule
from simulator import Lab, load_plan, load_scenario
from simulator.errors import UsageError
from simulator.monitoring import describe_rule
from simulator.scoring import score, would_fire
from simulator.settings import AlertRule

if TYPE_CHECKING:
    from simulator.run_data import RunData

SCENARIO = load_scenario("module-4")
Measure = Literal["duration", "errors", "p95"]
MEASURES: tuple[Measure, ...] = ("duration", "errors", "p95")
LINES = (
    "duration > 1000 ms",
    "duration > 1000 ms, at least 5 in 2 min",
    "duration > 1.2 s, more than 10 %, at least 3 of 20 in 5 min",
    "errors, more than 5 %, at least 3 of 20 in 5 min",
    "errors, at least 2 in 1 min",
    "p95 > 1500 ms, at least 20 in 5 min",
    "p95 > 1100 ms, in 30 s",
    "duration > 350 ms, more than 60 %, in 1 min",
)


def test_a_rule_says_what_it_counts_and_when() -> None:
    assert parse_rule("duration > 1000 ms, at least 5 in 2 min") == AlertRule(
        name="duration-gt-1000-at-least-5", over_ms=1000, at_least=5, window_s=120
    )
    assert parse_rule("Errors, more than 5%, at least 3 of 20 in 5 min") == AlertRule(
        name="errors-share-5-at-least-3-of-20-in-300s",
        measure="errors", over_ms=0, share=0.05, at_least=3, of_at_least=20, window_s=300,
    )  # fmt: skip
    assert parse_rule("p95 > 1.5 s, at least 59 in 5 min") == AlertRule(
        name="p95-gt-1500-of-59-in-300s", measure="p95", over_ms=1500, of_at_least=59, window_s=300
    )


def test_the_scenario_s_own_rule_has_the_name_that_its_line_gives() -> None:
    assert parse_rule("duration > 1000 ms") == SCENARIO.monitoring.rules[0]


@st.composite
def rules(draw: st.DrawFn) -> AlertRule:
    measure: Measure = draw(st.sampled_from(MEASURES))
    plain = measure != "p95"
    return named(
        AlertRule(
            name="-",
            measure=measure,
            over_ms=0.0
            if measure == "errors"
            else draw(st.integers(0, 999_999).map(lambda tenths: tenths / 10)),
            window_s=float(draw(st.integers(1, 86_400))),
            at_least=draw(st.integers(1, 99_999)) if plain else 1,
            share=draw(st.integers(0, 9_999)) / 10_000 if plain else 0.0,
            of_at_least=draw(st.integers(1, 99_999)),
        )
    )


@given(rules())
def test_a_rule_that_is_written_is_read_as_the_same_rule(rule: AlertRule) -> None:
    assert parse_rule(write_rule(rule)) == rule


@given(rules())
def test_the_words_of_a_mail_are_read_as_its_rule(rule: AlertRule) -> None:
    """The mail rounds to six figures, so what is compared is what it says."""
    assert describe_rule(parse_rule(describe_rule(rule))) == describe_rule(rule)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "a rule says what it is about"),
        ("duraton > 1000 ms", "did you mean `duration`"),
        ("duration", "needs a limit, such as `duration > 1000 ms`"),
        ("duration > 1000", "needs a limit"),
        ("duration > 1000 parsec", "no unit `parsec`; there are ms, s, min and h"),
        ("duration > 5 h, in 48 h", "too long"),
        ("errors > 5", "`errors` has no limit"),
        ("errors, more than 100 %", "give a share below 100 %"),
        ("errors, at least 0", "a whole number from 1"),
        ("errors, at least 1.5", "a whole number from 1"),
        ("errors, at least 2, at least 3", "said twice"),
        ("errors, in 2 min, at least 3 in 5 min", "said twice"),
        ("errors, sometimes", "`sometimes` is no limit"),
        ("errors, in 0.5 s", "too short"),
        ("p95 > 1 s, more than 5 %", "a p95 has no share"),
        ("p95 > 1 s, at least 3 of 20", "a p95 is of all invocations"),
        ("max > 3 s", "no rule is about `max`"),
    ],
)
def test_what_is_no_rule_is_told_in_one_line_with_what_is_allowed(text: str, why: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_rule(text)
    assert why in str(raised.value)
    assert "\n" not in str(raised.value)
    assert "duration > 1000 ms" in str(raised.value)


@given(st.text())
@settings(max_examples=200)
def test_no_text_breaks_the_reader(text: str) -> None:
    told = []
    try:
        rule = parse_rule(text)
    except UsageError as error:
        told = str(error).splitlines()
    else:
        assert msgspec.convert(msgspec.to_builtins(rule), AlertRule) == rule
    assert len(told) <= 1


def recorded(
    seed: int, *own: AlertRule, promo: str = "launch", plan: str = "artillery-slowness.yml"
) -> RunData:
    lab = Lab(SCENARIO, seed)
    lab.rules = list(own)
    lab.deploy(f"promo-discount@{promo}")
    lab.tokens["promo-discount"] = SCENARIO.monitoring.token
    return lab.finish(lab.load(load_plan(plan))).data()


@pytest.mark.parametrize("plan", ["artillery-slowness.yml", "bursts.yml"])
@pytest.mark.parametrize("seed", range(1, 6))
def test_a_rule_would_have_done_what_it_does_when_it_is_there_beforehand(seed: int, plan: str) -> None:
    own = tuple(parse_rule(line) for line in LINES)
    with_rules, without = recorded(seed, *own, plan=plan), recorded(seed, plan=plan)
    told = {alert.rule.name: alert for alert in with_rules.alerts}
    assert told  # the sick system sets off some of them
    for rule in own:
        for data in (without, with_rules):
            fired = would_fire(rule, data)
            assert fired == ((told[rule.name],) if rule.name in told else ())


def test_a_rule_alone_fires_as_it_would_have() -> None:
    for line in LINES:
        rule = parse_rule(line)
        for seed in (1, 2, 3):
            assert recorded(seed, rule).alerts == would_fire(rule, recorded(seed))


def test_a_run_under_way_is_scored_as_far_as_it_has_come() -> None:
    rule = parse_rule("duration > 1000 ms")
    lab = Lab(SCENARIO, 7)
    run = lab.load()
    lab.advance(59.0)
    assert would_fire(rule, run.data()) == ()
    lab.advance(2.0)
    assert would_fire(rule, run.data()) == run.data().alerts != ()


def test_a_run_without_an_agent_sets_off_nothing() -> None:
    lab = Lab(SCENARIO, 7)
    lab.tokens = {"request-ride": "wrong"}
    assert would_fire(parse_rule("errors"), lab.finish(lab.load()).data()) == ()


def test_a_score_counts_sick_runs_and_healthy_ones() -> None:
    sick = [recorded(seed) for seed in range(1, 6)]
    healthy = [recorded(seed, promo="fixed") for seed in range(1, 6)]
    good = score(parse_rule("duration > 1100 ms, at least 3 in 2 min"), sick, healthy)
    assert (good.of_sick, good.of_healthy) == (5, 5)
    assert good.sick > good.healthy
    always = score(parse_rule("duration > 0 ms"), sick, healthy)
    assert (always.sick, always.healthy, always.gain) == (5, 5, 0.0)
