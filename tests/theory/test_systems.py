"""Systems: a cache that expires, containers that go cold, tries that fail, and an overload that stays.

Each model runs as processes of the kernel and as a recursion on the same draws; formulas stand in the tests.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest

from simulator import Lab, load_plan, load_scenario
from simulator.load import Phase
from tests.theory import models
from tests.theory.recursions import (
    ERRORS,
    Overload,
    answered,
    batch_means,
    cold,
    exponential,
    misses,
    uniform,
)

MANY = 1_000_000


# cache stampede: 200 a second, a value that lives 2 s and takes 0.5 s to fetch

TTL, REFILL, RATE = 2.0, 0.5, 200.0


def test_the_same_misses_follow_each_expiry() -> None:
    gaps = exponential("gaps", 10_000, 1 / RATE).tolist()
    counts = models.misses(gaps, TTL, REFILL)
    assert len(counts) > 10  # the last fetch begins a refill after the first, and renews the value once more
    assert len(counts) == pytest.approx(10_000 / RATE / (TTL + 2 * REFILL), abs=2)
    assert counts == misses(gaps, TTL, REFILL)


def test_an_expiry_is_followed_by_a_miss_and_all_who_come_while_it_is_fetched() -> None:
    exact = 1 + RATE * REFILL
    assert exact == 101
    counts = np.array(misses(exponential("gaps", MANY, 1 / RATE).tolist(), TTL, REFILL)[:-1])
    error = counts.std(ddof=1) / math.sqrt(counts.size)
    assert abs(counts.mean() - exact) < ERRORS * error < 2
    assert counts.var(ddof=1) == pytest.approx(RATE * REFILL, rel=ERRORS * math.sqrt(2 / counts.size))


def test_with_a_single_flight_one_miss_fetches_for_all() -> None:
    gaps = exponential("gaps", 10_000, 1 / RATE).tolist()
    assert set(models.misses(gaps, TTL, REFILL, single_flight=True)) == {1}


# cold starts: one request in 5 minutes, containers kept for 10

GAP, KEEP_ALIVE = 300.0, 600.0


def test_the_same_requests_meet_no_idle_container() -> None:
    """Also where requests overlap, and containers die one by one."""
    gaps, services = exponential("gaps", 5_000, 10.0).tolist(), exponential("services", 5_000, 8.0).tolist()
    found = models.cold(gaps, services, 15.0)
    assert 0.1 < np.mean(found) < 0.9
    assert found == cold(gaps, services, 15.0)


def test_a_start_is_cold_when_nobody_came_for_the_whole_keep_alive() -> None:
    exact = math.exp(-KEEP_ALIVE / GAP)
    assert f"{exact:.4f}" == "0.1353"
    found = np.array(cold(exponential("gaps", MANY, GAP).tolist(), [0.0] * MANY, KEEP_ALIVE))
    assert batch_means(found).agrees(exact, at_most=0.01)


def test_the_lab_s_own_containers_go_cold_as_often() -> None:
    """A ride takes about half a second of 300 s: that it overlaps with the next is as rare as it is short."""
    scenario = load_scenario("module-4")
    rides = 4_000
    lab = Lab(scenario, seed=1)
    phase = Phase(rides * GAP, 1 / GAP, mode="poisson")
    plan = msgspec.structs.replace(load_plan("artillery-slowness.yml"), phases=(phase,))
    data = lab.finish(lab.load(plan)).data()
    assert scenario.functions["request-ride"].keep_alive_s == KEEP_ALIVE
    share = data.cold_starts()["request-ride"] / data.sent
    exact = math.exp(-KEEP_ALIVE / GAP)
    overlap = 1.0 / GAP
    assert abs(share - exact) < ERRORS * math.sqrt(exact * (1 - exact) / data.sent) + overlap
    assert data.sent == pytest.approx(rides, abs=ERRORS * math.sqrt(rides))


# retries: one try of ten fails, three tries

FAILING, TRIES = 0.1, 3


def attempts(failed: np.ndarray) -> np.ndarray:
    """Count the tries of each request from which of its tries would fail: one more for each that all before it did."""
    return 1 + np.cumprod(failed[:, :-1], axis=1).sum(axis=1)


def test_the_same_tries_are_made() -> None:
    failed = uniform("tries", 1_000 * TRIES).reshape(-1, TRIES) < 0.5
    made = [models.alone(models.tries(row)).result for row in failed.tolist()]
    assert set(made) == {1, 2, 3}
    assert made == attempts(failed).tolist()


def test_three_tries_are_little_more_work_than_one_where_failures_are_independent() -> None:
    exact = math.fsum(FAILING**k for k in range(TRIES))
    assert f"{exact:.2f}" == "1.11"
    made = attempts(uniform("tries", MANY * TRIES).reshape(-1, TRIES) < FAILING)
    assert batch_means(made).agrees(exact, at_most=0.001)
    assert batch_means(made - 1).agrees(exact - 1, at_most=0.01)


# overload: 800 a second into a server of 1,000, at half its speed for 10 s; patience of a second, three tries

FROM, TO, END = 5.0, 15.0, 60.0
STORM_END = 30.0
SHORT = 1 / 1_000


def half_speed(at: float) -> float:
    return 2 * SHORT if FROM <= at < TO else SHORT


def overload(tries: int = TRIES, budget: float | None = None) -> Overload:
    return Overload(half_speed, patience=1.0, tries=tries, budget=budget)


def gaps_until(end: float) -> list[float]:
    return exponential("arrivals", int(800 * end), 1 / 800).tolist()


def goodput(moments: list[float], start: float, end: float) -> float:
    """Answers a second that somebody still waited for."""
    return sum(start <= at < end for at in moments) / (end - start)


@pytest.fixture(scope="module")
def storm() -> list[float]:
    return models.answered(gaps_until(STORM_END), overload(), STORM_END - 1)


@pytest.fixture(scope="module")
def budgeted() -> list[float]:
    return models.answered(gaps_until(END), overload(budget=0.1), END - 1)


def test_the_same_answers_come_in_time_with_and_without_a_budget(
    storm: list[float], budgeted: list[float]
) -> None:
    for moments, end, budget in ((storm, STORM_END, None), (budgeted, END, 0.1)):
        came = np.cumsum(gaps_until(end)).tolist()
        expected = [at for at in answered(came, overload(budget=budget)) if at <= end - 1]
        assert moments == pytest.approx(expected, abs=1e-9)


def test_retries_keep_the_goodput_at_nothing_after_the_trigger(storm: list[float]) -> None:
    """The recursion, which costs less, sees no end of it in ten times as long: 2,400 a second go into 1,000."""
    assert goodput(storm, 0.0, FROM) == pytest.approx(800, rel=0.05)
    assert goodput(storm, TO, STORM_END - 1) == 0
    moments = answered(np.cumsum(gaps_until(TO + 150.0)).tolist(), overload())
    assert goodput(moments, TO, TO + 150.0 - 1) == 0


def test_a_retry_budget_lets_it_recover_within_30_s(budgeted: list[float]) -> None:
    """While what is left of the backlog clears, more are answered than come."""
    assert goodput(budgeted, 10.0, TO) == 0
    assert goodput(budgeted, TO, TO + 10.0) == 0
    assert TO + 20.0 < min(at for at in budgeted if at > TO) < TO + 30.0
    assert 0.95 * 800 <= goodput(budgeted, TO + 30.0, TO + 35.0) <= 1_000 + 1
    assert goodput(budgeted, TO + 37.0, END - 1) == pytest.approx(800, rel=0.05)


def test_without_retries_it_recovers_as_soon_as_the_backlog_is_gone() -> None:
    """The trigger leaves 800 - 500 a second for 10 s, which 1,000 - 800 a second clear; a second of it may stay."""
    end = TO + 20.0
    moments = models.answered(gaps_until(end), overload(tries=1), end - 1)
    fluid = TO + (10 * (800 - 500) - 1_000) / (1_000 - 800)
    back = min(at for at in moments if at > TO)
    assert back == pytest.approx(fluid, abs=3.0)
    assert goodput(moments, fluid + 7.0, end - 1) == pytest.approx(800, rel=0.1)
