"""Tails: what fan-out, sequences, mixtures and hedged tries make of the slow few.

Dean and Barroso, "The Tail at Scale", Communications of the ACM 56 (2), 2013, on fan-out and hedged requests. The times
of one request do not wait for another's here, so samples are independent and a share has the binomial's error.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.theory import models
from tests.theory.recursions import batch_means, exponential, hedged, quantile, uniform

if TYPE_CHECKING:
    from tests.theory.recursions import Floats

FEW, MANY = 300, 1_000_000
EXACT = 1e-9


def above(samples: Floats, exact: float, p: float) -> bool:
    """Tell whether as many samples lie above the exact p-quantile as should."""
    return batch_means(samples > exact).agrees(1 - p, at_most=0.06)


# fan-out


@pytest.mark.parametrize("width", [10, 100])
def test_a_fan_out_takes_as_long_as_its_slowest_part(width: int) -> None:
    parts = exponential("parts", FEW * width).reshape(FEW, width)
    took = [models.alone(models.fan_out(row)).seconds for row in parts.tolist()]
    assert took == pytest.approx(parts.max(axis=1).tolist(), abs=EXACT)


@pytest.mark.parametrize(("width", "mean", "p99"), [(10, "2.92897", "6.90324"), (100, "5.18738", "9.20537")])
def test_the_slowest_of_many(width: int, mean: str, p99: str) -> None:
    """The mean is the harmonic sum; P(max > t) = 1 - (1 - e^-t)^n, kept from cancelling."""
    harmonic = math.fsum(1 / k for k in range(1, width + 1))
    tail = quantile(lambda t: -math.expm1(width * math.log1p(-math.exp(-t))) if t else 1.0, 0.99, high=100.0)
    assert (f"{harmonic:.5f}", f"{tail:.5f}") == (mean, p99)
    slowest = exponential("parts", MANY).reshape(-1, width).max(axis=1)
    assert batch_means(slowest).agrees(harmonic, at_most=0.01)
    assert batch_means(slowest > tail).agrees(0.01, at_most=0.15)


# sequence


def erlang_tail(stages: int, mean: float, t: float) -> float:
    """P(sum of memoryless stages > t): fewer than that many events of a Poisson process by then."""
    x = t / mean
    return math.exp(-x) * math.fsum(x**k / math.factorial(k) for k in range(stages))


def test_a_sequence_takes_as_long_as_its_parts_together() -> None:
    parts = exponential("parts", FEW * 5, 10.0).reshape(FEW, 5)
    took = [models.alone(models.sequence(row)).seconds for row in parts.tolist()]
    assert took == pytest.approx(parts.sum(axis=1).tolist(), abs=EXACT)


def test_the_p99_of_five_in_a_row_is_half_of_five_p99s() -> None:
    tail = quantile(lambda t: erlang_tail(5, 10.0, t), 0.99, high=1_000.0)
    assert f"{tail:.3f}" == "116.046"
    assert f"{5 * quantile(lambda t: math.exp(-t / 10.0), 0.99):.1f}" == "230.3"
    assert above(exponential("parts", MANY, 10.0).reshape(-1, 5).sum(axis=1), tail, 0.99)


# mixture


def base_with_rare(n: int, share: float) -> tuple[Floats, Floats]:
    """A memoryless 20 ms for everybody, and 500 ms more for a few."""
    return exponential("base", n, 20.0), np.where(uniform("slow", n) < share, 500.0, 0.0)


@pytest.mark.parametrize("share", [0.005, 0.05])
def test_the_slow_few_take_the_base_and_more(share: float) -> None:
    base, more = base_with_rare(FEW, share)
    pairs = zip(base.tolist(), more.tolist(), strict=True)
    took = [models.alone(models.sequence(pair)).seconds for pair in pairs]
    assert took == pytest.approx((base + more).tolist(), abs=EXACT)


@pytest.mark.parametrize(
    ("share", "figure"), [(0.005, "105.87"), (0.011, "501.91"), (0.02, "513.86"), (0.05, "532.19")]
)
def test_a_p99_jumps_where_the_slow_are_more_than_one_in_a_hundred(share: float, figure: str) -> None:
    def survival(t: float) -> float:
        fast = math.exp(-t / 20.0)
        return (1 - share) * fast + share * (1.0 if t < 500.0 else math.exp(-(t - 500.0) / 20.0))

    tail = quantile(survival, 0.99, high=2_000.0)
    assert f"{tail:.2f}" == figure
    base, more = base_with_rare(MANY, share)
    assert above(base + more, tail, 0.99)


# hedge


def one_try(t: float) -> float:
    """P(try > t): a memoryless 10 ms, and in one of a hundred a second more."""
    return 0.99 * math.exp(-t / 10.0) + 0.01 * (1.0 if t < 1_000.0 else math.exp(-(t - 1_000.0) / 10.0))


def drawn_try(name: str, n: int) -> Floats:
    return exponential(f"{name}:base", n, 10.0) + np.where(uniform(f"{name}:slow", n) < 0.01, 1_000.0, 0.0)


AFTER = quantile(one_try, 0.95)


def either(t: float) -> float:
    """P(the first of both to answer takes longer than t)."""
    return one_try(t) * (one_try(t - AFTER) if t > AFTER else 1.0)


def test_a_hedged_try_takes_as_long_as_the_first_to_answer() -> None:
    first, second = drawn_try("first", FEW * 10), drawn_try("second", FEW * 10)
    expected = hedged(first, second, AFTER)
    assert ((expected < first).sum() >= 10, (expected > AFTER + 1e-6).sum() >= 10) == (True, True)
    pairs = zip(first.tolist(), second.tolist(), strict=True)
    took = [models.alone(models.hedged(one, two, AFTER)) for one, two in pairs]
    assert [one.seconds for one in took] == pytest.approx(expected.tolist(), abs=EXACT)
    assert [one.result for one in took] == np.where(first > AFTER, 2, 1).tolist()


def test_a_second_try_at_p95_cuts_the_tail_for_a_twentieth_of_the_load() -> None:
    assert f"{AFTER:.2f}" == "32.09"
    plain, cut = quantile(one_try, 0.999), quantile(either, 0.999)
    assert (f"{plain:,.0f}", f"{cut:.2f}", f"{one_try(AFTER):.1%}") == ("1,023", "58.82", "5.0%")
    first, second = drawn_try("first", MANY), drawn_try("second", MANY)
    for samples, tail in ((first, plain), (hedged(first, second, AFTER), cut)):
        assert above(samples, tail, 0.999)
    assert batch_means(first > AFTER).agrees(0.05, at_most=0.01)


# hosts together


def test_percentiles_do_not_average() -> None:
    """Two hosts of equal traffic: the p99 of all is neither host's, nor the mean of both."""
    hosts = (10.0, 100.0)
    each = [quantile(lambda t, mean=mean: math.exp(-t / mean), 0.99) for mean in hosts]

    def both(t: float) -> float:
        return math.fsum(math.exp(-t / mean) for mean in hosts) / 2

    tail = quantile(both, 0.99)
    figures = [f"{value:.2f}" for value in (*each, sum(each) / 2, tail)]
    assert figures == ["46.05", "460.52", "253.28", "391.20"]
    halves = [exponential(f"host {mean:g}", MANY // 2, mean) for mean in hosts]
    assert above(np.stack(halves, axis=1).ravel(), tail, 0.99)


@pytest.mark.parametrize("off", [0.9, 1.1])
def test_a_quantile_that_is_a_tenth_off_is_noticed(off: float) -> None:
    assert not above(exponential("parts", MANY), quantile(lambda t: math.exp(-t), 0.99) * off, 0.99)
