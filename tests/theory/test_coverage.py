"""Intervals hold the truth as often as they say, and where too few samples came nobody is told anything.

Order statistics: David and Nagaraja, "Order Statistics", 2003, section 7.1. The bootstrap of pairs: Efron and
Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13. Where a share of runs holds the truth, it may differ
from what is claimed by four binomial standard errors.
"""

from __future__ import annotations

import dataclasses
import math
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from simulator import Lab, load_plan, load_scenario
from simulator.compare import BeforeAgainstAfter, _intervals, before_against_after
from simulator.load import Phase
from simulator.metrics import needed_samples, percentile_interval
from tests.theory.recursions import ERRORS, exponential, uniform

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.run_data import RunData
    from tests.theory.recursions import Floats

    Change = Callable[[int], tuple[Floats, Floats]]

RUNS = 4_000
INVERSES: dict[str, Callable[[Floats], Floats]] = {
    "uniform": lambda u: u,
    "exponential": lambda u: -np.log1p(-u),
    "pareto": lambda u: (1 - u) ** -0.5,  # no mean to speak of, no variance at all
}


def binomial_error(share: float, runs: int) -> float:
    return math.sqrt(share * (1 - share) / runs)


def binomial(n: int, p: float, low: int, high: int) -> float:
    """P(low <= Bin(n, p) <= high), by the formula."""
    return math.fsum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(low, high + 1))


# intervals from order statistics


@pytest.mark.parametrize("narrowest", [False, True])
@pytest.mark.parametrize(
    ("n", "p"), [(29, 0.9), (59, 0.95), (60, 0.5), (299, 0.99), (600, 0.95), (1_000, 0.99)]
)
def test_an_interval_holds_the_quantile_as_often_as_it_claims(n: int, p: float, narrowest: bool) -> None:
    """Whatever the distribution: what is exact is the binomial, and the samples are anybody's."""
    claimed = percentile_interval(np.arange(float(n)), p, narrowest=narrowest)
    assert claimed is not None
    exact = binomial(n, p, claimed.low_rank, claimed.high_rank - 1)
    assert claimed.coverage == pytest.approx(exact, rel=1e-9)
    assert exact >= 0.95
    runs = RUNS if n < 600 else 1_000
    drawn = uniform(f"coverage:{n}", runs * n).reshape(runs, n)
    for inverse in INVERSES.values():
        true = float(inverse(np.array(p)))
        held = 0
        for row in inverse(drawn[:200]):
            found = percentile_interval(row, p, narrowest=narrowest)
            assert found is not None
            assert (found.low_rank, found.high_rank) == (claimed.low_rank, claimed.high_rank)
            held += found.low <= true <= found.high
        assert abs(held / 200 - exact) <= ERRORS * binomial_error(exact, 200)
    ordered = np.sort(drawn, axis=1)
    share = float(((ordered[:, claimed.low_rank - 1] <= p) & (p <= ordered[:, claimed.high_rank - 1])).mean())
    assert abs(share - exact) <= ERRORS * binomial_error(exact, runs)


@pytest.mark.parametrize(("p", "needed"), [(0.9, 29), (0.95, 59), (0.99, 299), (0.999, 2_995)])
def test_from_so_many_on_the_largest_exceeds_the_quantile(p: float, needed: int) -> None:
    assert needed_samples(p) == needed
    assert 1 - p**needed >= 0.95 > 1 - p ** (needed - 1)
    runs = 1_000
    largest = uniform(f"largest:{p}", runs * needed).reshape(runs, needed).max(axis=1)
    exact = 1 - p**needed
    assert abs(float((largest > p).mean()) - exact) <= ERRORS * binomial_error(exact, runs)


# the bootstrap of a comparison


def base(name: str, n: int) -> Floats:
    """What a request takes for certain, in s: a network and a call of some noise."""
    return 0.3 + exponential(f"{name}:network", n, 0.036) + exponential(f"{name}:call", n, 0.06)


def slow(name: str, n: int) -> Floats:
    """The module's sleep: 0.80 to 0.95 s in a fifth of the calls."""
    return np.where(uniform(f"{name}:slow", n) < 0.2, 0.8 + 0.15 * uniform(f"{name}:long", n), 0.0)


def fixed(n: int) -> tuple[Floats, Floats]:
    """The sleep is taken away."""
    return base("a", n) + slow("a", n), base("a", n)


def doubled(n: int) -> tuple[Floats, Floats]:
    """A second call is made."""
    x = base("a", n) + slow("a", n)
    return x, x + 0.188 + exponential("b:call", n, 0.06) + slow("b", n)


def unchanged(n: int) -> tuple[Floats, Floats]:
    """Nothing is changed, and the requests are not the same ones."""
    return base("a", n) + slow("a", n), base("b", n) + slow("b", n)


def in_proportion(n: int) -> tuple[Floats, Floats]:
    """Everything is a fifth quicker, so the change is the larger the further out one looks."""
    x = exponential("a:whole", n)
    return x, 0.8 * x


@lru_cache(maxsize=8)
def truth(change: Change, p: float) -> float:
    """The change of the quantile itself, from half a million requests."""
    x, y = change(500_000)
    return float(np.quantile(y, p) - np.quantile(x, p))


class Covered:
    """Intervals of many comparisons of n requests a run, and how often they hold the truth."""

    def __init__(
        self,
        change: Change,
        n: int,
        runs: int,
        ps: list[float],
        *,
        paired: bool = True,
    ) -> None:
        x, y = (column.reshape(runs, n) for column in change(runs * n))
        self.runs, self.ps = runs, ps
        found = [_intervals(a, b, ps, paired=paired) for a, b in zip(x, y, strict=True)]
        self.low, self.high = np.array(found).transpose(2, 1, 0)
        self.true = np.array([truth(change, p) for p in ps])[:, None]
        self.changes = np.quantile(y, ps, axis=1) - np.quantile(x, ps, axis=1)

    def share(self, shrunk: float = 1.0) -> list[float]:
        """How often the truth is held, for each quantile; `shrunk` shortens the intervals about their middles."""
        middle, reach = (self.low + self.high) / 2, (self.high - self.low) / 2 * shrunk
        held: list[float] = (np.abs(self.true - middle) <= reach).mean(axis=1).tolist()
        return held

    def width(self) -> list[float]:
        """The median width of an interval over that of the central 95 % of the changes seen, for each quantile."""
        spread = np.diff(np.quantile(self.changes, (0.025, 0.975), axis=1), axis=0)[0]
        widths: list[float] = (np.median(self.high - self.low, axis=1) / spread).tolist()
        return widths


@pytest.fixture
def _fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter of the resamples: the ends of an interval get a little noise, and the test its time."""
    monkeypatch.setattr("simulator.compare.RESAMPLES", 500)


CASES = [
    (fixed, 59, 200, [0.5, 0.95], True),
    (doubled, 59, 200, [0.5, 0.95], True),
    (doubled, 299, 100, [0.99], True),
    (fixed, 299, 100, [0.99], True),
    (unchanged, 59, 200, [0.5, 0.95], False),
]


@pytest.mark.usefixtures("_fewer")
@pytest.mark.parametrize(("change", "n", "runs", "ps", "paired"), CASES)
def test_a_comparison_s_interval_holds_the_change_as_often_as_it_says(
    change: Change, n: int, runs: int, ps: list[float], paired: bool
) -> None:
    """And no more than that is bought with width: it is about as wide as the changes of many such runs lie apart."""
    covered = Covered(change, n, runs, ps, paired=paired)
    least = 0.95 - ERRORS * binomial_error(0.95, runs)
    assert min(covered.share()) >= least
    assert max(covered.width()) <= 1.75
    assert min(covered.share(shrunk=0.4)) < least  # the judge would notice


@pytest.mark.usefixtures("_fewer")
def test_a_change_in_proportion_is_covered_as_it_says_from_four_times_as_many() -> None:
    """Where the change grows with the tail, the largest sample bounds it: the least n is short of the 95 %."""
    [few] = Covered(in_proportion, 59, 200, [0.95]).share()
    [more] = Covered(in_proportion, 4 * 59, 100, [0.95]).share()
    assert few >= 0.75
    assert more >= 0.95 - ERRORS * binomial_error(0.95, 100)


# what a comparison does not say, and what it says first


@lru_cache(maxsize=16)
def run(
    requests: int, *, seed: int = 1, warm: int = 0, promo: str = "launch", poisson: bool = False
) -> RunData:
    """A run of the module's system, one request a second."""
    lab = Lab(load_scenario("module-4"), seed)
    lab.warm(warm)
    lab.deploy(f"promo-discount@{promo}")
    phase = Phase(float(requests), 1.0, mode="poisson" if poisson else "uniform")
    plan = msgspec.structs.replace(load_plan("artillery-slowness.yml"), phases=(phase,))
    return lab.finish(lab.load(plan)).data()


def told(compared: BeforeAgainstAfter) -> dict[str, str]:
    """The verdict of each statistic."""
    return {one.name: one.verdict for one in compared.everybody}


@pytest.mark.parametrize(("before", "after"), [(1, 1), (58, 58), (58, 300), (300, 58)])
def test_with_fewer_than_59_in_either_run_nothing_is_told(before: int, after: int) -> None:
    compared = before_against_after(run(before), run(after, promo="fixed"))
    assert set(told(compared).values()) == {"cannot tell"}
    reasons = {one.name: one.reason for one in compared.everybody}
    least = min(before, after)
    assert reasons["p95"] == f"p95 needs 59 requests in each run, there are {least}"
    assert reasons["p99"] == f"p99 needs 299 requests in each run, there are {least}"


@pytest.mark.parametrize("n", [59, 298, 299])
def test_from_59_on_p95_is_told_and_from_299_on_p99(n: int) -> None:
    verdicts = told(before_against_after(run(n), run(n, promo="fixed")))
    assert [name for name, verdict in verdicts.items() if verdict != "cannot tell"] == (
        ["p50", "p95"] if n < 299 else ["p50", "p95", "p99"]
    )


def test_a_comparison_begins_with_what_was_unequal() -> None:
    assert dataclasses.fields(BeforeAgainstAfter)[0].name == "unequal"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"warm": 2}, "start: cold and warm 2"),
        ({"seed": 2}, "seed: 1 and 2"),
        ({"poisson": True}, "load: artillery-slowness.yml (60 requests) and artillery-slowness.yml ("),
    ],
)
def test_one_thing_unequal_is_named_and_ends_the_pairing(changes: dict[str, int], said: str) -> None:
    compared = before_against_after(run(60), run(60, promo="fixed", **changes))
    [first] = compared.unequal
    assert first.startswith(said)
    assert not compared.paired


def test_start_load_and_seed_are_all_named_and_an_equal_run_names_nothing() -> None:
    compared = before_against_after(run(60), run(70, promo="fixed", seed=2, warm=1))
    assert [said.partition(":")[0] for said in compared.unequal] == ["seed", "load", "start"]
    equal = before_against_after(run(60), run(60, promo="fixed"))
    assert (equal.unequal, equal.paired) == ((), True)
