"""Comparisons: slow against fast, before against after, and never a number that the samples do not carry."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from simulator.compare import before_against_after, slow_against_fast
from simulator.faults import SporadicDelay
from simulator.load import Phase

if TYPE_CHECKING:
    from simulator.compare import BeforeAgainstAfter, Difference
    from simulator.run_data import RunData
    from tests.unit.conftest import Bench

TRACED = """
    import random
    with context.mark('outer'):
        with context.mark('steady'):
            await asyncio.sleep(0.2)
        if random.random() < 0.25:
            with context.mark('culprit'):
                await asyncio.sleep(1.5)
                with context.mark('inner'):
                    await asyncio.sleep(0.5)
        await asyncio.sleep(0.1)
    return {'statusCode': 200}
"""


def of(compared: BeforeAgainstAfter, name: str) -> Difference:
    return next(one for one in compared.everybody if one.name == name)


# slow against fast


def test_the_span_that_explains_the_difference_comes_first(bench: Bench) -> None:
    data = bench.ride(TRACED).load(80, 1)
    compared = slow_against_fast(data, 1.0)
    assert (compared.slow + compared.fast, compared.slow) == (
        80,
        int((data.invocations["duration_s"] > 1).sum()),
    )
    assert (compared.slow_median_s, compared.fast_median_s) == pytest.approx((2.3, 0.3))
    assert compared.gap_s == pytest.approx((0.3, 2.3))
    rows = {row.name: row for row in compared.spans}
    assert rows["outer"].share == pytest.approx(1.0)
    assert (rows["steady"].share, rows["steady"].slow_s) == pytest.approx((0.0, 0.2), abs=1e-9)
    assert rows["culprit"].slow_s == pytest.approx(2.0)
    assert math.isnan(rows["culprit"].fast_s)
    assert (rows["culprit"].calls_slow, rows["culprit"].calls_fast) == (1.0, 0.0)
    assert [rows[name].depth for name in ("outer", "steady", "culprit", "inner")] == [0, 1, 1, 2]
    assert rows["unmarked"].fast_s == pytest.approx(0.1)
    assert rows["unmarked"].slow_s == pytest.approx(0.1 + 1.5)
    assert compared.spans[0].name == "outer"


def test_unmarked_time_counts_overlapping_marks_once(bench: Bench) -> None:
    bench.ride("""
        async def work(name, seconds):
            with context.mark(name):
                await asyncio.sleep(seconds)
        await asyncio.gather(work('a', 1), work('b', 2))
        await asyncio.sleep(0.5)
        with context.mark('c'):
            await asyncio.sleep(0.25)
        return {'statusCode': 200}
    """)
    [unmarked] = [row for row in slow_against_fast(bench.load(5, 1), 1.0).spans if row.name == "unmarked"]
    assert unmarked.slow_s == pytest.approx(0.5)


def test_cold_starts_and_errors_are_counted_in_both_groups(bench: Bench) -> None:
    bench.ride("""
        import random
        if random.random() < 0.5:
            await asyncio.sleep(2)
        if random.random() < 0.5:
            raise ValueError
        return {'statusCode': 200}
    """)
    data = bench.load(60, 1)
    compared = slow_against_fast(data, 1.0)
    cold, errors = compared.attributes
    assert (cold.name, errors.name) == ("COLD START", "ERROR")
    assert cold.slow + cold.fast == data.cold_starts()["request-ride"]
    assert errors.slow + errors.fast == data.codes[502]
    assert (errors.of_slow, errors.of_fast) == (compared.slow, compared.fast)
    assert min(errors.slow, errors.fast) > 5


def test_spans_are_compared_among_the_kept_only(bench: Bench) -> None:
    bench.lab.sample(0.4)
    compared = slow_against_fast(bench.ride(TRACED).load(80, 1), 1.0)
    rows = {row.name: row for row in compared.spans}
    assert compared.slow + compared.fast == 80
    assert rows["steady"].calls_slow == rows["steady"].calls_fast == 1.0
    assert rows["unmarked"].fast_s == pytest.approx(0.1)


def test_what_never_ran_is_in_neither_group(bench: Bench) -> None:
    bench.settings("request-ride", concurrency=1).ride("await asyncio.sleep(2)\nreturn {'statusCode': 200}")
    compared = slow_against_fast(bench.load(9, 1), 1.0)
    assert (compared.slow, compared.fast) == (bench.data.codes[200], 0)
    assert math.isnan(compared.fast_median_s)


def test_a_function_further_down_can_be_compared_too(bench: Bench) -> None:
    bench.lab.inject(SporadicDelay(service="promo-discount", share=0.5))
    data = bench.load(40, 1)
    compared = slow_against_fast(data, 0.5, "promo-discount")
    assert compared.slow == int((data.of_service("promo-discount")["duration_s"] > 0.5).sum())


@pytest.mark.parametrize(
    "body", ["return {'statusCode': 200}", "with context.mark('a'):\n    return {'statusCode': 200}"]
)
def test_a_run_without_slow_ones_or_without_any_compares_without_a_warning(bench: Bench, body: str) -> None:
    data = bench.ride(body).load(5, 1)
    assert (slow_against_fast(data, 1.0).slow, slow_against_fast(data, 1.0).fast) == (0, 5)
    empty = bench.load(1, 1, phases=(Phase(1.0, pause=True),))
    assert (slow_against_fast(empty, 1.0).slow, slow_against_fast(empty, 1.0).fast) == (0, 0)


# before against after


def runs(
    real: Bench, *what: str, seconds: float = 60.0, seeds: tuple[int, int] = (1, 1)
) -> tuple[RunData, RunData]:
    found = []
    for ref, seed in zip(what, seeds, strict=True):
        real.lab.seed = seed
        real.lab.deploy(ref)
        found.append(real.load(seconds, 1))
    return found[0], found[1]


def test_a_run_against_itself_differs_by_nothing(real: Bench) -> None:
    data = real.load(300, 1)
    compared = before_against_after(data, data)
    assert (compared.unequal, compared.paired) == ((), True)
    assert {one.change_s for one in compared.everybody} == {0.0}
    assert [(one.low_s, one.high_s) for one in compared.everybody[1:4]] == [(0.0, 0.0)] * 3
    assert {one.verdict for one in compared.everybody[1:4]} == {"no difference seen"}


@pytest.mark.parametrize(
    ("n", "told"), [(58, []), (59, ["p50", "p95"]), (298, ["p50", "p95"]), (299, ["p50", "p95", "p99"])]
)
def test_below_the_samples_it_takes_it_cannot_tell(real: Bench, n: int, told: list[str]) -> None:
    before, after = runs(real, "promo-discount@launch", "promo-discount@fixed", seconds=float(n))
    compared = before_against_after(before, after)
    assert [one.name for one in compared.everybody if one.low_s is not None] == told
    for one in compared.everybody[1:4]:
        if one.name not in told:
            assert one.verdict == "cannot tell"
            assert (
                one.reason
                == f"{one.name} needs {59 if one.name != 'p99' else 299} requests in each run, there are {n}"
            )


def test_an_extreme_is_one_request_and_has_no_interval(real: Bench) -> None:
    compared = before_against_after(*runs(real, "request-ride@launch", "request-ride@plain", seconds=300))
    for name in ("min", "max"):
        assert of(compared, name).reason == "one request: no interval"
        assert of(compared, name).verdict == "cannot tell"


def test_with_the_same_requests_a_small_change_is_seen(real: Bench) -> None:
    """Marks cost 0.7 ms amid hundreds; paired requests show it, unpaired ones cannot."""
    real.lab.warm(3)
    before, after = runs(real, "request-ride@launch", "request-ride@traced", seconds=300)
    paired = of(before_against_after(before, after), "p50")
    assert (paired.verdict, paired.low_s) == ("slower", pytest.approx(0.00066, abs=0.0001))
    real.lab.deploy("request-ride@launch")
    before, after = runs(real, "request-ride@launch", "request-ride@traced", seconds=300, seeds=(1, 2))
    unpaired = before_against_after(before, after)
    assert (unpaired.paired, of(unpaired, "p50").verdict) == (False, "no difference seen")


def test_the_fix_is_faster_at_p95_of_600(real: Bench) -> None:
    compared = before_against_after(*runs(real, "promo-discount@launch", "promo-discount@fixed", seconds=600))
    p95 = of(compared, "p95")
    assert p95.verdict == "faster"
    assert p95.low_s is not None
    assert p95.high_s is not None
    assert p95.low_s <= p95.change_s <= p95.high_s < -0.5


def test_what_was_unequal_is_said_first(real: Bench) -> None:
    before = real.load(60, 1)
    real.lab.seed = 2
    real.lab.warm(1)
    after = real.load(30, 1)
    compared = before_against_after(before, after)
    assert compared.unequal == (
        "seed: 1 and 2",
        "load: test (60 requests) and test (30)",
        "start: cold and warm 1",
    )
    assert not compared.paired
    assert (compared.n_before, compared.n_after) == (60, 30)


def test_a_change_while_a_run_went_on_is_said(real: Bench) -> None:
    before = real.load(60, 1)
    run = real.lab.load(real.plan(60, 1))
    real.lab.advance(10.0)
    real.lab.deploy("promo-discount@fixed")
    after = real.lab.finish(run).data()
    assert before_against_after(before, after).unequal == ("one was changed while it went on",)


def test_another_scenario_is_said(real: Bench, bench: Bench) -> None:
    compared = before_against_after(real.load(60, 1), bench.load(60, 1))
    assert compared.unequal == ("scenario: module-4 and module-4, not the same",)


def test_those_without_a_cold_start_stand_beside_all(real: Bench) -> None:
    before, after = runs(real, "promo-discount@launch", "promo-discount@fixed", seconds=300)
    compared = before_against_after(before, after)
    assert compared.n_warm_before == int((before.requests["cold"] == 0).sum()) < compared.n_before
    warm = {one.name: one for one in compared.warm}
    both = (before.requests["cold"] == 0) & (after.requests["cold"] == 0)
    assert warm["max"].before_s == float(before.requests["latency_s"][both].max())
    assert warm["max"].after_s < 1.0 < of(compared, "max").after_s


def test_requests_are_paired_by_user_and_step_not_by_their_order(bench: Bench) -> None:
    from simulator.load import Flow, Think

    bench.ride("await asyncio.sleep(int(event['body']) / 10)\nreturn {'statusCode': 200}").lab.warm(9)
    [step] = bench.plan(1, 1).flows[0].steps
    import msgspec

    steps = tuple(msgspec.structs.replace(step, json=None, body=body) for body in ("1", "9"))
    flows = (Flow((steps[0], Think(2.5), steps[1])),)
    before = bench.load(60, 1, flows=flows)
    bench.ride(
        "await asyncio.sleep(int(event['body']) / 10 + 3 * (event['body'] == '1'))\nreturn {'statusCode': 200}"
    )
    bench.lab.warm(9)
    after = bench.load(60, 1, flows=flows)
    assert before.requests["step"].tolist() != after.requests["step"].tolist()
    compared = before_against_after(before, after)
    assert of(compared, "min").change_s == pytest.approx(0.8)
    assert of(compared, "p50").low_s is not None


def test_resampling_in_blocks_gives_what_it_gives_at_once(
    real: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = runs(real, "promo-discount@launch", "promo-discount@fixed", seconds=80)
    whole = before_against_after.__wrapped__(*pair)
    monkeypatch.setattr("simulator.compare.DRAWS_AT_ONCE", 1000)
    assert before_against_after.__wrapped__(*pair) == whole


def test_the_interval_covers_the_change_as_often_as_it_says(real: Bench) -> None:
    """A/A with other requests: 95 % of the intervals of p50's change hold 0."""
    real.lab.warm(2)
    data = []
    for seed in range(1, 41):
        real.lab.seed = seed
        data.append(real.load(60, 1))
    verdicts = [
        of(before_against_after(a, b), "p50").verdict for a, b in zip(data[::2], data[1::2], strict=True)
    ]
    assert verdicts.count("no difference seen") >= 16
    assert np.isfinite(of(before_against_after(data[0], data[1]), "p95").change_s)
