"""What the lessons say is so: each claim in their prose that a number can decide is decided here."""

import numpy as np
import pytest

from lessons.facts import FACTS
from lessons.theory import THEORY, promo_call, promo_over
from simulator import Lab, load_plan, load_scenario
from simulator.compare import before_against_after, slow_against_fast
from simulator.run_data import RunData

SCENARIO = load_scenario("module-4")
SEEDS = range(1, 101)


def one_run(seed: int, *versions: str, plan: str = "artillery-slowness.yml") -> RunData:
    lab = Lab(SCENARIO, seed)
    for version in versions:
        lab.deploy(version)
    return lab.finish(lab.load(load_plan(plan))).data()


@pytest.fixture(scope="module")
def launch() -> list[RunData]:
    return [one_run(seed) for seed in SEEDS]


def test_lesson_3_the_median_moves_least_when_the_slowest_goes(launch: list[RunData]) -> None:
    for data in launch:
        line = np.sort(data.latencies_s)
        moves = [abs(statistic(line) - statistic(line[:-1])) for statistic in STATISTICS]
        assert int(np.argmin(moves)) == 1


STATISTICS = (
    np.mean,
    np.median,
    lambda values: np.percentile(values, 95),
    lambda values: np.percentile(values, 99),
)


def test_lesson_3_refused_requests_are_quick_and_half_are_answered_within_half_a_second(
    launch: list[RunData],
) -> None:
    refused = one_run(1, plan="artillery-no-token.yml")
    assert refused.codes == {401: 60}
    assert refused.latencies_s.max() < min(data.latencies_s.min() for data in launch)
    assert all(np.median(data.latencies_s) < 0.6 for data in launch)


def test_lesson_4_the_duration_rule_fires_and_reports_few_of_the_failed(launch: list[RunData]) -> None:
    assert sum(bool(data.alerts) for data in launch) >= 99
    errors = [slow_against_fast(data, 1.0).attributes[1] for data in launch]
    assert sum(one.slow for one in errors) < 0.4 * sum(one.slow + one.fast for one in errors)


def test_lesson_4_the_rule_is_the_workshops() -> None:
    of = {name: compute(SCENARIO) for name, (_, compute) in THEORY.items()}
    assert (of["alert_over"], of["alert_window"]) == (1.0, 120.0)
    assert SCENARIO.monitoring.rules[0].name == "duration-gt-1000"


def test_lesson_5_a_report_takes_a_small_part_of_what_is_missing(launch: list[RunData]) -> None:
    of = {name: compute(SCENARIO) for name, (_, compute) in THEORY.items()}
    assert (of["report_least"], of["report_most"]) == (0.010, 0.020)
    missing = [
        data.latencies_s.max() - data.of_service("request-ride")["duration_s"].max() for data in launch
    ]
    assert np.mean(np.array(missing) > 5 * of["report_most"]) > 0.95


def test_what_is_quoted_has_a_source() -> None:
    assert all(fact.source and fact.text for fact in FACTS.values())


def test_lesson_5_a_cold_start_is_about_three_times_as_frequent_among_the_slow(launch: list[RunData]) -> None:
    tags = [slow_against_fast(data, 1.0).attributes[0] for data in launch]
    slow = sum(one.slow for one in tags) / sum(one.of_slow for one in tags)
    fast = sum(one.fast for one in tags) / sum(one.of_fast for one in tags)
    assert 2.0 < slow / fast < 4.5
    assert sum(one.slow for one in tags) < 0.25 * sum(one.of_slow for one in tags)


def test_lesson_5_between_the_humps_is_nothing_but_a_straggler_or_two(launch: list[RunData]) -> None:
    for data in launch:
        duration = data.of_service("request-ride")["duration_s"]
        assert np.count_nonzero((duration > 0.74) & (duration < 0.985)) <= 3
        warm = data.requests["cold"] == 0
        calm = duration[warm]
        assert not ((calm > 0.75) & (calm < 0.985)).any()


def test_lesson_5_slow_and_fast_invocations_use_the_same_processor_time(launch: list[RunData]) -> None:
    for data in launch:
        groups = slow_against_fast(data, 1.0)
        assert groups.cpu_slow_s == pytest.approx(groups.cpu_fast_s, rel=1e-6)
        assert 0.80 < groups.difference_s < 1.1


def test_lesson_5_the_slowest_rider_nearly_always_waited_for_a_container(launch: list[RunData]) -> None:
    cold = [data.requests["cold"][data.requests["latency_s"].argmax()] & 1 for data in launch]
    assert np.mean(cold) > 0.95


def test_lesson_7_the_call_to_promo_explains_nearly_the_whole_difference() -> None:
    for seed in range(1, 21):
        rows = slow_against_fast(one_run(seed, "request-ride@traced"), 1.0).spans
        share = next(row.share for row in rows if row.name == "get_ride_discount")
        assert 0.9 < share < 1.1


def test_lesson_9_the_price_of_a_timeout_is_what_the_lesson_says() -> None:
    assert promo_call(SCENARIO, 0.50) == pytest.approx(0.232, abs=0.001)
    assert promo_call(SCENARIO, 0.99) == pytest.approx(0.440, abs=0.005)
    assert promo_over(SCENARIO, 0.250) == pytest.approx(0.366, abs=0.005)
    assert promo_over(SCENARIO, 0.450) == pytest.approx(0.008, abs=0.002)
    assert promo_over(SCENARIO, 1.0) < 1e-4


def test_lesson_9_running_both_together_gains_next_to_nothing() -> None:
    pair = before_against_after(one_run(3), one_run(3, "request-ride@together"))
    assert all(abs(one.change_s) < 0.005 for one in pair.everybody)


def test_lesson_9_after_the_fix_only_cold_starts_are_over_a_second() -> None:
    for seed in range(1, 11):
        data = one_run(seed, "promo-discount@fixed", plan="artillery-600.yml")
        assert data.latencies_s.max() > 1.0
        assert data.warm_latencies_s.max() < 1.0
        assert data.codes[502] == one_run(seed, plan="artillery-600.yml").codes[502]


def test_lesson_9_the_timeout_halves_the_502s_and_mends_none() -> None:
    for seed in range(1, 11):
        before = one_run(seed, plan="artillery-600.yml").codes[502]
        after = one_run(seed, "request-ride@timeout", plan="artillery-600.yml").codes[502]
        assert 0.3 < after / before < 0.75
