"""When virtual users arrive: evenly as Artillery sends them, along a ramp, or as a Poisson process."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.arrivals import arrivals, expected, starts
from simulator.load import Phase, Plan

DURATIONS = st.sampled_from([0.0, 0.5, 1.0, 7.0, 60.0])
RATES = st.sampled_from([0.0, 0.1, 1 / 3, 1.0, 2.5, 10.0])
PHASES = st.builds(
    Phase, DURATIONS, RATES, st.none() | RATES, mode=st.sampled_from(["uniform", "poisson"])
) | st.builds(
    lambda duration, count, mode: Phase(duration, count=count, mode=mode),
    DURATIONS,
    st.integers(0, 50),
    st.sampled_from(["uniform", "poisson"]),
) | st.builds(lambda duration: Phase(duration, pause=True), DURATIONS)  # fmt: skip


def plan(*phases: Phase) -> Plan:
    return Plan(name="test", target="https://x", phases=phases, flows=())


def times(*phases: Phase, seed: int = 1) -> list[float]:
    return [at for at, _ in arrivals(plan(*phases), seed)]


def test_the_module_s_plan_sends_one_each_second_from_the_first_on() -> None:
    assert times(Phase(60.0, 1.0)) == [float(i) for i in range(1, 61)]


def test_phases_follow_one_another_and_a_pause_sends_nobody() -> None:
    found = list(arrivals(plan(Phase(2.0, 1.0), Phase(3.0, pause=True), Phase(1.0, count=2)), 1))
    assert found == [(1.0, 0), (2.0, 0), (5.5, 2), (6.0, 2)]
    assert starts(plan(Phase(2.0, 1.0), Phase(3.0, pause=True))) == (0.0, 2.0, 5.0)


def test_a_count_is_spread_over_the_phase_also_over_none() -> None:
    assert times(Phase(10.0, count=4)) == [2.5, 5.0, 7.5, 10.0]
    assert times(Phase(0.0, count=3)) == [0.0, 0.0, 0.0]
    assert times(Phase(10.0, count=0)) == []


@pytest.mark.parametrize(("rate", "ramp_to"), [(0.0, 10.0), (10.0, 0.0), (2.0, 8.0), (1.0, 1.0)])
def test_along_a_ramp_the_integral_of_the_rate_grows_by_one_each_time(rate: float, ramp_to: float) -> None:
    found = times(Phase(20.0, rate, ramp_to))
    slope = (ramp_to - rate) / 20.0
    integral = [rate * t + slope * t * t / 2 for t in found]
    assert integral == pytest.approx(list(range(1, len(found) + 1)))
    assert len(found) == math.floor((rate + ramp_to) / 2 * 20.0)


def test_a_fraction_of_a_user_does_not_get_lost_to_rounding() -> None:
    assert len(times(Phase(60.0, 0.1))) == 6
    assert len(times(Phase(30.0, 1 / 3))) == 10


@given(st.lists(PHASES, max_size=4), st.integers(0, 5))
def test_arrivals_come_in_order_inside_their_phase_and_as_many_as_announced(
    phases: list[Phase], seed: int
) -> None:
    found = list(arrivals(plan(*phases), seed))
    begins = starts(plan(*phases))
    assert all(one <= other for (one, _), (other, _) in pairwise(found))
    assert all(begins[index] <= at <= begins[index + 1] + 1e-9 for at, index in found)
    if all(phase.mode == "uniform" or phase.count is not None for phase in phases):
        assert len(found) == expected(plan(*phases))
    assert found == list(arrivals(plan(*phases), seed))


def test_poisson_gaps_are_exponential() -> None:
    gaps = sorted(b - a for a, b in pairwise(times(Phase(10_000.0, 2.0, mode="poisson"))))
    n = len(gaps)
    assert abs(n - 20_000) < 4 * math.sqrt(20_000)
    distance = max(abs(-math.expm1(-2.0 * gap) - (i + 0.5) / n) for i, gap in enumerate(gaps))
    assert distance < 1.95 / math.sqrt(n)


def test_poisson_counts_vary_as_much_as_their_mean() -> None:
    counts = [len(times(Phase(50.0, 1.0, mode="poisson"), seed=seed)) for seed in range(400)]
    mean = sum(counts) / 400
    variance = sum((count - mean) ** 2 for count in counts) / 399
    assert abs(mean - 50) < 4 * math.sqrt(50 / 400)
    assert 0.75 < variance / 50 < 1.3


def test_a_poisson_count_is_exact_and_evenly_likely_anywhere() -> None:
    found = times(Phase(1.0, count=10_000, mode="poisson"))
    assert len(found) == 10_000
    assert max(abs(at - (i + 0.5) / 10_000) for i, at in enumerate(found)) < 1.95 / 100


def test_phases_and_seeds_have_draws_of_their_own() -> None:
    phase = Phase(10.0, 1.0, mode="poisson")
    one = times(phase, phase)
    assert [at - 10.0 for at in one if at > 10.0] != [at for at in one if at <= 10.0]
    assert one != times(phase, phase, seed=2)
