"""Attributes of slow and fast invocations: how frequent, how surely, and how much each explains."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from simulator.attributes import AttributeDifference, difference, ranked_attributes, user_classes
from simulator.multipliers import Multipliers, kind_of

if TYPE_CHECKING:
    from tests.unit.conftest import Bench


def of(slow: int, fast: int, of_slow: int = 13, of_fast: int = 47) -> AttributeDifference:
    return AttributeDifference("it", slow, fast, of_slow, of_fast)


def test_three_times_as_frequent_and_yet_it_explains_one_of_thirteen() -> None:
    cold = of(2, 2)
    assert cold.times == pytest.approx((2 / 13) / (2 / 47))
    assert cold.explains == pytest.approx(2 - 4 * 11.5 / 57)
    assert not cold.sure


def test_what_all_the_slow_have_and_none_of_the_fast_explains_them() -> None:
    cause = of(13, 0)
    assert cause.times == math.inf
    assert cause.sure
    assert 12.5 < cause.explains <= 13


def test_what_is_as_frequent_among_the_fast_explains_nothing() -> None:
    assert of(13, 47, 130, 470).explains == pytest.approx(0.0, abs=0.2)
    assert of(0, 20).explains == 0.0


def test_the_same_shares_are_sure_once_there_are_enough() -> None:
    few, many = of(2, 2), of(200, 200, 1300, 4700)
    assert few.times == pytest.approx(many.times)
    assert (few.sure, many.sure) == (False, True)
    low, high = many.times_interval
    assert few.times_interval[0] < low < many.times < high < few.times_interval[1]


def test_without_groups_nothing_is_said() -> None:
    for nothing in (of(0, 0), of(0, 3, 0, 10), of(3, 0, 10, 0)):
        assert math.isnan(nothing.times)
        assert not nothing.sure
    assert math.isnan(of(0, 3, 0, 10).explains)
    assert math.isnan(of(10, 10, 10, 10).explains)


def test_what_is_left_is_the_difference_without_those_that_have_it() -> None:
    duration = np.array([0.1, 0.2, 0.3, 2.0, 2.2, 9.0])
    has = np.array([False, False, True, False, False, True])
    found = difference("it", has, duration > 1, duration)
    assert (found.slow, found.fast, found.of_slow, found.of_fast) == (1, 1, 3, 3)
    assert found.left_s == pytest.approx(2.1 - 0.15)
    assert math.isnan(difference("it", duration > 1, duration > 1, duration).left_s)


def test_the_interval_covers_the_true_ratio_as_often_as_it_says() -> None:
    chance = np.random.default_rng(4)
    slow, fast = chance.binomial(60, 0.3, 400), chance.binomial(240, 0.1, 400)
    intervals = [of(int(a), int(b), 60, 240).times_interval for a, b in zip(slow, fast, strict=True)]
    assert sum(low <= 3.0 <= high for low, high in intervals) >= 370


def test_the_cause_stands_first_and_a_called_cold_start_only_where_it_is_watched(bench: Bench) -> None:
    bench.promo("""
        import random
        await asyncio.sleep(2 if random.random() < 0.3 else 0)
        return {'statusCode': 200, 'body': '{}'}
    """)
    bench.ride("await context.http.post(PROMO)\nreturn {'statusCode': 200}")
    bench.lab.tokens = dict.fromkeys(bench.scenario.functions, bench.scenario.monitoring.token)
    data = bench.load(60, 1)
    names = [one.name for one in ranked_attributes(data, 0.9)]
    assert "COLD START of promo-discount" in names
    assert "COLD START of request-ride" not in names
    of_promo = next(one for one in ranked_attributes(data, 0.9) if one.name == "COLD START of promo-discount")
    assert of_promo.slow == data.cold_starts()["promo-discount"]  # a cold start of 1 s is slow by itself
    bench.lab.tokens = {"request-ride": bench.scenario.monitoring.token}
    assert [one.name for one in ranked_attributes(bench.load(60, 1), 0.9)] == ["COLD START", "ERROR"]


def test_what_is_sure_stands_before_what_may_be_chance(real: Bench) -> None:
    real.lab.deploy("request-ride@published-trace")
    real.lab.tokens = dict.fromkeys(real.scenario.functions, real.scenario.monitoring.token)
    data = real.load(600, 1)
    rows = ranked_attributes(data, 1.0, None, Multipliers.of(real.lab.details(data)))
    sure, unsure = [one for one in rows if one.sure], [one for one in rows if not one.sure]
    assert rows == (*sure, *unsure)
    assert len(unsure) >= 2
    assert [one.explains for one in sure] == sorted((one.explains for one in sure), reverse=True)
    times = [one.times for one in unsure if not math.isnan(one.times)]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("order", ["random", "sequence"])
def test_the_users_class_is_what_was_really_sent(bench: Bench, order: str) -> None:
    bench.ride("""
        await asyncio.sleep(2 if json.loads(event['body'])['pool'] == 'gold' else 0)
        return {'statusCode': 200}
    """)
    plan = bench.plan(40, 1)
    [flow] = plan.flows
    [request] = flow.steps
    sent = msgspec.structs.replace(request, json={"pool": "{{ pool }}", "size": "{{ size }}"})
    data = bench.load(
        40, 1,
        flows=(msgspec.structs.replace(flow, steps=(sent,)),),
        fields=("pool",), rows=(("gold",), ("tin",), ("tin",)), order=order, variables={"size": ("s", "m")},
    )  # fmt: skip
    classes = user_classes(data, 40)
    details = bench.lab.details(data)
    for user, number in zip(data.requests["user"].tolist(), data.requests["number"].tolist(), strict=True):
        body = msgspec.json.decode(details.exchanges[number].body or "")
        assert body == {"pool": classes["pool"][user], "size": classes["size"][user]}
    first = ranked_attributes(data, 1.0)[0]
    assert (first.name, first.slow, first.fast) == ("user pool=gold", classes["pool"].count("gold"), 0)


def test_a_class_that_all_users_share_is_not_listed(bench: Bench) -> None:
    data = bench.ride("return {'statusCode': 200}").load(10, 1, fields=("pool",), rows=(("gold",),))
    assert [one.name for one in ranked_attributes(data, 1.0)] == ["COLD START", "ERROR"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ('{"DiscountMultiplier": 1}', "whole"), ('{"DiscountMultiplier": 0.87}', "fraction"),
        ('{"DiscountMultiplier": "0.87"}', "fraction"), ('{"message": "Internal server error"}', "none"),
        ("no JSON", "none"), ("[1]", "none"), ('{"DiscountMultiplier": null}', "none"), ("", "none"),
        ('{"DiscountMultiplier": NaN}', "none"),
    ],
)  # fmt: skip
def test_the_multiplier_is_what_the_answer_says(answer: str, kind: str) -> None:
    assert kind_of(answer) == kind


def test_multipliers_are_counted_over_the_invocations_of_their_answers(real: Bench) -> None:
    real.lab.deploy("request-ride@published-trace")
    data = real.load(60, 1)
    told = Multipliers.of(real.lab.details(data))
    rows = {one.name: one for one in ranked_attributes(data, 1.0, None, told)}
    counts = list(told.kinds.values())
    for name, kind in (("whole number", "whole"), ("fraction", "fraction")):
        assert rows[f"multiplier: {name}"].slow + rows[f"multiplier: {name}"].fast == counts.count(kind) > 0
    assert ranked_attributes(data, 1.0, None, told) is ranked_attributes(data, 1.0, None, told)
