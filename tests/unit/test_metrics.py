"""Percentiles, their confidence, and the counts behind charts."""

import math
import statistics
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.metrics import (
    Ordered,
    ProportionInterval,
    artillery1_percentile,
    heatmap,
    log_edges,
    log_histogram,
    needed_samples,
    percentile,
    percentile_interval,
    percentiles,
    proportion_interval,
    summary,
)

latencies = st.floats(min_value=0, max_value=1e6, allow_subnormal=False)
samples = st.lists(latencies, min_size=2, max_size=120)
percents = st.integers(1, 99)


@given(samples)
def test_every_percentile_is_that_of_statistics_inclusive(values):
    expected = statistics.quantiles(values, n=100, method="inclusive")
    actual = percentiles(values, [k / 100 for k in range(1, 100)])
    assert actual == pytest.approx(expected, rel=1e-12, abs=1e-300)


@given(samples, st.floats(0, 1))
def test_any_percentile_is_that_of_numpy_linear(values, p):
    assert percentile(values, p) == pytest.approx(np.quantile(values, p), rel=1e-12, abs=1e-12 * max(values))


@pytest.mark.parametrize("n", [2, 3, 10, 60, 101, 600, 4_097])
def test_percentiles_agree_for_every_length(n):
    values = np.random.default_rng(n).lognormal(-1, 1, n)
    expected = statistics.quantiles(values.tolist(), n=1000, method="inclusive")
    assert percentiles(values, [k / 1000 for k in range(1, 1000)]) == pytest.approx(expected, rel=1e-12)


@given(samples, percents)
def test_sorted_once_the_answers_are_the_same(values, k):
    ordered = Ordered(values)
    assert ordered.values.tolist() == sorted(values)
    assert summary(ordered) == summary(values)
    assert percentile(ordered, k / 100) == percentile(values, k / 100)
    assert percentile_interval(ordered, k / 100) == percentile_interval(values, k / 100)
    assert artillery1_percentile(ordered, 0.5) == artillery1_percentile(values, 0.5)


def test_what_was_sorted_once_stays_sorted():
    with pytest.raises(ValueError, match="read-only"):
        Ordered([2.0, 1.0]).values[0] = 9.0
    with pytest.raises(ValueError, match="NaN"):
        Ordered([math.nan])


def test_a_rank_that_is_whole_on_paper_lets_no_neighbor_leak_in():
    # 0.07 * 100 is 7.000000000000001 in floating point.
    values = [0.0] * 8 + [1e300] * 93
    assert percentile(values, 0.07) == 0.0


@given(samples, percents)
def test_percentiles_do_not_touch_or_depend_on_the_order(values, k):
    array = np.array(values)
    assert percentile(array, k / 100) == percentile(array[::-1], k / 100)
    assert array.tolist() == values


def test_few_values():
    assert percentile([7.5], 0.99) == 7.5
    assert math.isnan(percentile([], 0.5))
    assert percentiles([], ()) == ()


@pytest.mark.parametrize(
    ("values", "p", "expected"),
    [
        ([1.0, math.inf], 0.25, math.inf),
        ([1.0, math.inf], 0.0, 1.0),
        ([math.inf, math.inf, 1.0], 0.75, math.inf),
        ([-math.inf, math.inf], 0.4, -math.inf),
        ([-math.inf, math.inf], 0.6, math.inf),
        ([-math.inf, -math.inf, 3.0], 0.25, -math.inf),
    ],
)
def test_infinities_sort_to_the_ends_and_come_back_as_they_are(values, p, expected):
    assert percentile(values, p) == expected


@pytest.mark.parametrize(
    "function",
    [
        lambda values: percentile(values, 0.5),
        lambda values: artillery1_percentile(values, 0.5),
        lambda values: percentile_interval(values, 0.5),
        lambda values: log_histogram(values, 0.1, 10, 4),
        lambda values: heatmap([0, 1, 2], values, start=0, stop=2, columns=2, low=0.1, high=10, rows=2),
        lambda values: heatmap(values, [1, 1, 1], start=0, stop=2, columns=2, low=0.1, high=10, rows=2),
        summary,
    ],
)
def test_nan_is_refused_with_what_to_do(function):
    with pytest.raises(ValueError, match="hold NaN: leave out"):
        function([1.0, math.nan, 2.0])


@pytest.mark.parametrize("p", [-0.01, 1.01, math.nan])
def test_a_share_outside_0_and_1_is_refused(p):
    with pytest.raises(ValueError, match="p must be between 0 and 1"):
        percentile([1.0, 2.0], p)


def test_a_table_is_not_a_sample():
    with pytest.raises(ValueError, match="one dimension, not 2"):
        percentile([[1.0, 2.0]], 0.5)


def test_a_summary_holds_the_figures_of_a_report():
    latency = summary([0.4, 0.1, 0.2, 0.3, 1.0])
    assert (latency.n, latency.min, latency.median, latency.max) == (5, 0.1, 0.3, 1.0)
    assert (latency.mean, latency.p95, latency.p99) == pytest.approx((0.4, 0.88, 0.976))
    assert summary([]).n == 0
    assert math.isnan(summary([]).p99)


# The 2018 tool


@given(st.lists(latencies, min_size=1, max_size=120), percents)
def test_the_2018_rule_is_hazen_where_it_is_defined_and_nan_past_the_end(values, k):
    actual = artillery1_percentile(values, k / 100)
    if Fraction(k, 100) * len(values) - Fraction(1, 2) > len(values) - 1:
        assert math.isnan(actual)
    elif Fraction(k, 100) * len(values) >= Fraction(1, 2):
        expected = np.quantile(values, k / 100, method="hazen")
        assert actual == pytest.approx(expected, rel=1e-9, abs=1e-9 * max(values))


@pytest.mark.parametrize(("p", "first"), [(0.95, 10), (0.99, 50)])
def test_the_2018_rule_needs_so_many_samples(p, first):
    values = np.arange(100.0)
    assert next(n for n in range(101) if not math.isnan(artillery1_percentile(values[:n], p))) == first
    assert artillery1_percentile(values[:first], p) == first - 1  # the largest, exactly


def test_the_2018_rule_at_the_edges():
    assert math.isnan(artillery1_percentile([], 0.5))
    assert artillery1_percentile([3.0], 0.5) == 3.0
    assert math.isnan(artillery1_percentile([1.0, 2.0], 7))  # counts as 1, which is past the end
    assert math.isnan(artillery1_percentile([1.0, 2.0], -0.1))


def test_p99_of_60_is_a_tenth_of_the_last_but_one_and_the_rest_of_the_last():
    assert artillery1_percentile([*[0.0] * 58, 2766.3, 7947.3], 0.99) == pytest.approx(7429.2)


# Confidence


@pytest.mark.parametrize(("p", "n"), [(0.9, 29), (0.95, 59), (0.99, 299), (0.999, 2_995)])
def test_samples_needed_for_the_largest_to_exceed_a_quantile(p, n):
    assert needed_samples(p) == n
    assert percentile_interval(np.arange(float(n)), p) is not None
    assert percentile_interval(np.arange(n - 1.0), p) is None


@pytest.mark.parametrize(("p", "n"), [(0.9, 36), (0.95, 72), (0.99, 368), (0.999, 3_688)])
def test_samples_needed_for_a_fortieth_in_each_tail(p, n):
    assert needed_samples(p, 0.975) == n


@given(st.integers(1, 99), st.integers(1, 99))
def test_needed_samples_are_enough_and_one_fewer_is_not(p, confidence):
    n = needed_samples(p / 100, confidence / 100)
    error = 1 - Fraction(confidence, 100)
    assert Fraction(p, 100) ** n <= error
    assert n == 1 or Fraction(p, 100) ** (n - 1) > error


@pytest.mark.parametrize(
    ("n", "p", "ranks", "coverage"),
    [
        (60, 0.95, (52, 60), 0.951),
        (600, 0.99, (589, 599), 0.963),
        (1_000, 0.99, (983, 997), 0.976),
        (10_000, 0.99, (9_880, 9_920), 0.956),
        (60, 0.05, (1, 9), 0.951),
    ],
)
def test_the_samples_that_hold_a_quantile(n, p, ranks, coverage):
    values = np.arange(1.0, n + 1)
    interval = percentile_interval(values[::-1], p)
    assert (interval.low_rank, interval.high_rank) == ranks
    assert (interval.low, interval.high) == ranks  # the r-th smallest of 1 .. n is r
    assert interval.coverage == pytest.approx(coverage, abs=0.0005)


@pytest.mark.parametrize(
    ("n", "p", "equal", "narrowest"),
    [
        (60, 0.95, (52, 60), (52, 60)),
        (600, 0.95, (559, 581), (560, 581)),
        (600, 0.99, (589, 599), (589, 599)),
        (1_000, 0.99, (983, 997), (984, 997)),
    ],
)
def test_unequal_tails_can_bring_the_ranks_closer(n, p, equal, narrowest):
    values = np.arange(float(n))
    for wanted, interval in (
        (equal, percentile_interval(values, p)),
        (narrowest, percentile_interval(values, p, narrowest=True)),
    ):
        assert (interval.low_rank, interval.high_rank) == wanted


def test_too_few_samples_cannot_tell():
    assert percentile_interval(np.arange(60.0), 0.99) is None
    assert percentile_interval([], 0.5) is None


@given(st.integers(1, 150), st.integers(1, 99), st.sampled_from([50, 80, 95, 99]), st.booleans())
def test_coverage_is_exact_and_at_least_the_confidence(n, p, confidence, narrowest):
    share = Fraction(p, 100)
    chance = [math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]
    interval = percentile_interval(np.arange(float(n)), p / 100, confidence / 100, narrowest=narrowest)
    possible = chance[0] + chance[n] <= 1 - Fraction(confidence, 100)
    assert (interval is not None) == possible
    if interval is not None:
        exact = sum(chance[interval.low_rank : interval.high_rank])
        assert 1 <= interval.low_rank < interval.high_rank <= n
        assert interval.coverage == pytest.approx(float(exact), rel=1e-9)
        assert exact >= Fraction(confidence, 100)


@pytest.mark.parametrize("narrowest", [False, True])
@pytest.mark.parametrize(("n", "p"), [(60, 0.95), (200, 0.95), (600, 0.99), (20, 0.5)])
def test_in_simulated_runs_the_interval_holds_the_quantile_as_often_as_it_says(n, p, narrowest):
    runs = 4_000
    drawn = np.sort(np.random.default_rng(18).exponential(size=(runs, n)), axis=1)
    interval = percentile_interval(drawn[0], p, narrowest=narrowest)
    true = -math.log(1 - p)
    held = (drawn[:, interval.low_rank - 1] <= true) & (true <= drawn[:, interval.high_rank - 1])
    error = math.sqrt(interval.coverage * (1 - interval.coverage) / runs)
    assert held.mean() == pytest.approx(interval.coverage, abs=4 * error)


def test_a_million_samples_leave_little_doubt():
    interval = percentile_interval(np.arange(1.0, 1_000_001), 0.999)
    assert (interval.low_rank, interval.high_rank) == (998_938, 999_062)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95])
def test_a_confidence_outside_0_and_1_is_refused(confidence):
    for ask in (
        lambda: percentile_interval([1.0, 2.0], 0.5, confidence),
        lambda: needed_samples(0.5, confidence),
        lambda: proportion_interval(1, 2, confidence),
    ):
        with pytest.raises(ValueError, match="confidence must be between 0 and 1, and neither"):
            ask()


def test_a_share_of_failures_with_its_doubt():
    # 6 of 60 by hand: z = 1.95996, center 7.9207 / 63.8415, reach 0.0774.
    interval = proportion_interval(6, 60)
    assert (interval.low, interval.high) == pytest.approx((0.04664, 0.20149), abs=5e-6)


def test_no_failure_among_60_does_not_mean_none():
    assert proportion_interval(0, 60).low == 0
    assert proportion_interval(0, 60).high == pytest.approx(0.0602, abs=5e-5)
    assert proportion_interval(60, 60).high == 1
    assert proportion_interval(0, 0) == ProportionInterval(0.0, 1.0, 0.95)


@given(st.integers(1, 400), st.data())
def test_a_share_lies_in_its_interval_and_failures_mirror_successes(n, data):
    k = data.draw(st.integers(0, n))
    interval, mirrored = proportion_interval(k, n), proportion_interval(n - k, n)
    assert 0 <= interval.low <= k / n <= interval.high <= 1
    assert (1 - mirrored.high, 1 - mirrored.low) == pytest.approx((interval.low, interval.high), abs=1e-12)


def test_more_successes_than_trials_are_refused():
    with pytest.raises(ValueError, match="3 of 2"):
        proportion_interval(3, 2)


# Charts

positive = st.floats(min_value=1e-6, max_value=1e6)


@given(st.data())
def test_a_histogram_is_that_of_numpy_with_what_lies_outside(data):
    low = data.draw(positive)
    high = low * data.draw(st.floats(1.01, 1e6))
    bins = data.draw(st.integers(1, 60))
    edges = log_edges(low, high, bins)
    beside = [np.nextafter(edge, to) for edge in edges for to in (0, math.inf)]
    anything = st.one_of(
        st.sampled_from([*edges, *beside]),
        st.floats(low, high),
        st.floats(allow_nan=False),
    )
    values = data.draw(st.lists(anything, max_size=200))
    counts = log_histogram(values, low, high, bins)
    assert counts[1:-1].tolist() == np.histogram([v for v in values if low <= v <= high], edges)[0].tolist()
    assert counts[0] == sum(value < low for value in values)
    assert counts[-1] == sum(value > high for value in values)


def test_edges_are_evenly_spaced_in_the_logarithm_and_exact_at_the_ends():
    edges = log_edges(0.001, 100, 5)
    assert edges == pytest.approx([0.001, 0.01, 0.1, 1, 10, 100])
    assert (edges[0], edges[-1]) == (0.001, 100)


def test_a_histogram_of_many_blocks_counts_each_value_once():
    values = np.random.default_rng(3).lognormal(-1, 1, 100_000)
    counts = log_histogram(values, 0.05, 5, 40)
    assert counts[1:-1].tolist() == np.histogram(values, log_edges(0.05, 5, 40))[0].tolist()
    assert counts.sum() == 100_000


@given(st.data())
def test_a_heatmap_is_a_histogram_of_two_dimensions(data):
    columns, rows = data.draw(st.integers(1, 12)), data.draw(st.integers(1, 12))
    start, width = data.draw(st.floats(-10, 1e4)), data.draw(st.floats(0.5, 1e4))
    stop = start + width
    times_edges = [*(start + i * ((stop - start) / columns) for i in range(columns)), stop]
    a_time = st.one_of(st.sampled_from(times_edges), st.floats(start - 5, stop + 5))
    points = data.draw(st.lists(st.tuples(a_time, st.floats(0.01, 10.0)), max_size=80))
    times, values = [time for time, _ in points], [value for _, value in points]
    grid = heatmap(times, values, start=start, stop=stop, columns=columns, low=0.01, high=10, rows=rows)
    expected, _, _ = np.histogram2d(values, times, bins=[log_edges(0.01, 10, rows), np.array(times_edges)])
    assert grid.shape == (rows + 2, columns)
    assert grid[1:-1].tolist() == expected.tolist()
    assert not grid[[0, -1]].any()


def test_a_heatmap_keeps_what_is_too_fast_or_too_slow_and_drops_what_is_too_early_or_late():
    times, values = [-1, 0, 5, 10, 10.1, 5], [1, 0.001, 99, 1, 1, 0]
    grid = heatmap(times, values, start=0, stop=10, columns=2, low=0.1, high=10, rows=1)
    assert grid.tolist() == [[1, 1], [0, 1], [0, 1]]


def test_a_heatmap_of_many_blocks_is_one_count():
    rng = np.random.default_rng(5)
    times, values = rng.uniform(0, 60, 100_000), rng.lognormal(-1, 1, 100_000)
    grid = heatmap(times, values, start=0, stop=60, columns=24, low=0.01, high=20, rows=16)
    expected, _, _ = np.histogram2d(values, times, bins=[log_edges(0.01, 20, 16), np.linspace(0, 60, 25)])
    assert grid[1:-1].tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("low", "high", "bins", "message"),
    [
        (0.0, 1.0, 4, "needs 0 < low < high"),
        (2.0, 1.0, 4, "needs 0 < low < high"),
        (1.0, math.inf, 4, "needs 0 < low < high"),
        (1.0, 2.0, 0, "at least one bin"),
        (1.0, np.nextafter(1.0, 2.0), 3, "too many"),
    ],
)
def test_an_impossible_axis_is_refused(low, high, bins, message):
    with pytest.raises(ValueError, match=message):
        log_histogram([1.0], low, high, bins)


def test_an_impossible_heatmap_is_refused():
    with pytest.raises(ValueError, match="of one length, not 2 and 1"):
        heatmap([0, 1], [1], start=0, stop=1, columns=1, low=0.1, high=1, rows=1)
    with pytest.raises(ValueError, match="start < stop"):
        heatmap([0], [1], start=1, stop=1, columns=1, low=0.1, high=1, rows=1)
    with pytest.raises(ValueError, match="at least one bin"):
        heatmap([0], [1], start=0, stop=1, columns=0, low=0.1, high=1, rows=1)
