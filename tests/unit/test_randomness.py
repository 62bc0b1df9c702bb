"""Draws hang on their four keys and on nothing else, never change, and have the distributions they claim."""

from __future__ import annotations

import math
import statistics
from itertools import pairwise
from statistics import NormalDist

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.randomness import (
    Constant,
    Distribution,
    Draws,
    Exponential,
    Lognormal,
    Uniform,
    Weibull,
    mix,
    name_key,
    randint,
    request_owner,
    stream_key,
    unit,
    unit_block,
)

KEYS = st.integers(0, 2**64 - 1)
REQUESTS = st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
N = 20_000

# Written down once. A stored run and a lesson's proof mean these numbers: they never change.
GOLDEN = {
    (1, 0, "gateway:network", 0): 0.3139885142436397,
    (1, 0, "gateway:network", 1): 0.048607957684310255,
    (1, 65_536, "gateway:network", 0): 0.24841839933127152,
    (2, 0, "gateway:network", 0): 0.4054684190869443,
    (400, 59 << 16, "promo-discount:_look_up_campaigns:randint(1,10)", 0): 0.661577702841739,
    (0, 0, "", 0): 0.8770728454581663,
    (10**18, 2**63, "é", 7): 0.522032789527875,
}


@pytest.mark.parametrize(("keys", "u"), GOLDEN.items())
def test_draws_never_change_between_versions(keys: tuple[int, int, str, int], u: float) -> None:
    seed, owner, name, occurrence = keys
    assert unit(stream_key(seed, name), owner, occurrence) == u


def test_the_mix_is_splitmix64() -> None:
    """The first outputs of splitmix64 from seed 1234567, as its authors' reference code gives them."""
    state = 1234567
    outputs = []
    for _ in range(3):
        state = (state + 0x9E3779B97F4A7C15) % 2**64
        outputs.append(mix(state))
    assert outputs == [6457827717110365317, 3203168211198807973, 9817491932198370423]


@given(key=KEYS, n=st.integers(0, 300), first=st.integers(0, 2**40))
def test_a_block_equals_one_by_one(key: int, n: int, first: int) -> None:
    assert unit_block(key, n, first).tolist() == [unit(key, first + i) for i in range(n)]


@given(key=KEYS, owner=KEYS, occurrence=st.integers(0, 2**32))
def test_u_lies_inside_0_and_1(key: int, owner: int, occurrence: int) -> None:
    assert 0.0 < unit(key, owner, occurrence) < 1.0


def test_even_the_last_u_is_below_1_and_the_first_above_0() -> None:
    assert (2**52 - 1 + 0.5) * 2.0**-52 < 1.0
    for distribution in (Exponential(mean=10), Weibull(shape=2, mean=10), Lognormal(median_ms=10, sigma=2)):
        assert math.isfinite(distribution.ms_at(1.0 - 2.0**-53))
        assert distribution.ms_at(2.0**-53) >= 0
    assert randint(1.0 - 2.0**-53, 1, 10) == 10
    assert randint(2.0**-53, 1, 10) == 1


def test_u_is_spread_evenly_over_owners_occurrences_names_and_seeds() -> None:
    samples = [
        unit_block(stream_key(1, "a"), N),
        np.array([unit(stream_key(1, "a"), 7, i) for i in range(N)]),
        np.array([unit(stream_key(1, f"name {i}"), 7) for i in range(N)]),
        np.array([unit(stream_key(seed, "a"), 7) for seed in range(N)]),
    ]
    for u in samples:
        counts = np.bincount((u * 20).astype(int), minlength=20)
        assert ((counts - N / 20) ** 2 / (N / 20)).sum() < 43.8  # chi-squared, 19 degrees of freedom, 0.1 %
    for first, second in pairwise(samples):
        assert abs(np.corrcoef(first, second)[0, 1]) < 4 / math.sqrt(N)
    assert abs(np.corrcoef(samples[0][1:], samples[0][:-1])[0, 1]) < 4 / math.sqrt(N)


def test_one_name_s_draws_do_not_move_another_s() -> None:
    alone, among = Draws(1, 5), Draws(1, 5)
    expected = [alone.u("a") for _ in range(3)]
    found = []
    for _ in range(3):
        among.u("b")
        found.append(among.u("a"))
    assert found == expected
    assert len(set(found)) == 3


@given(REQUESTS, REQUESTS)
def test_no_two_requests_share_an_owner(one: tuple[int, int], other: tuple[int, int]) -> None:
    assert (request_owner(*one) == request_owner(*other)) == (one == other)
    assert 0 <= request_owner(*one) < 2**64


def test_names_have_keys_of_their_own() -> None:
    names = [f"fault:{i}" for i in range(1000)] + ["", "a", "aa", "é", "\0"]
    assert len({name_key(name) for name in names}) == len(names)


def test_randint_gives_each_number_its_share() -> None:
    found = [randint(float(u), 1, 10) for u in unit_block(stream_key(1, "dice"), N)]
    assert set(found) == set(range(1, 11))
    shares = [found.count(i) / N for i in range(1, 11)]
    assert max(abs(share - 0.1) for share in shares) < 4 * math.sqrt(0.09 / N)


SCALE = 36 / math.gamma(1 + 1 / 1.24)
CDF = {
    Uniform(low_ms=10, high_ms=20): lambda x: (x - 10) / 10,
    Exponential(mean=30, base_ms=5): lambda x: -math.expm1(-(x - 5) / 30),
    Weibull(shape=1.24, mean=36, base_ms=70): lambda x: (
        -math.expm1(-(((x - 70) / (36 / math.gamma(1 + 1 / 1.24))) ** 1.24))
    ),
    Lognormal(median_ms=1800, sigma=0.75): lambda x: NormalDist(math.log(1800), 0.75).cdf(math.log(x)),
}


@pytest.mark.parametrize("distribution", CDF, ids=lambda d: type(d).__name__)
def test_a_distribution_is_the_one_it_is_called_after(distribution: Distribution) -> None:
    """Kolmogorov-Smirnov against the formula: 1.95 / sqrt(n) is passed by chance once in a thousand."""
    u = unit_block(stream_key(3, "marginal"), N)
    values = sorted(distribution.ms_at(float(one)) for one in u)
    distance = max(abs(CDF[distribution](x) - (i + 0.5) / N) for i, x in enumerate(values))
    assert distance < 1.95 / math.sqrt(N)
    error = statistics.stdev(values) / math.sqrt(N)
    assert statistics.fmean(values) == pytest.approx(distribution.mean_ms, abs=4 * error)


def test_a_constant_is_constant() -> None:
    assert Constant(ms=7).ms_at(0.1) == Constant(ms=7).ms_at(0.9) == Constant(ms=7).mean_ms == 7


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"kind": "uniform", "low_ms": 20, "high_ms": 10}, "`low_ms` 20 lies above `high_ms` 10"),
        ({"kind": "weibull", "shape": 0, "mean_ms": 1}, ">= 0.1"),
        ({"kind": "constant", "ms": -1}, ">= 0"),
        ({"kind": "lognormal", "median_ms": 1, "sigma": 1, "mean": 2}, "unknown field `mean`"),
        ({"kind": "gamma"}, "gamma"),
    ],
)
def test_a_distribution_that_makes_no_sense_is_refused(given: dict[str, object], what: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=what):
        msgspec.convert(given, Distribution)
