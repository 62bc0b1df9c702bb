"""Common random numbers: a change touches no draw but its own, so a comparison shows the change and not the luck.

Law and Kelton, "Simulation Modeling and Analysis", chapter 11: the variance of a difference is
var(a) + var(b) - 2 cov(a, b), and equal draws make the covariance large.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from simulator import Lab, load_plan, load_scenario
from simulator.faults import CATALOG, parse_fault
from simulator.load import Phase
from simulator.randomness import Draws

if TYPE_CHECKING:
    from simulator.run_data import RunData

STATISTICS = {
    "min": np.min,
    "median": np.median,
    "p95": lambda ms: np.quantile(ms, 0.95),
    "p99": lambda ms: np.quantile(ms, 0.99),
    "max": np.max,
    "mean": np.mean,
}
SEEDS = range(1, 61)


@lru_cache(maxsize=512)
def run(seed: int, ride: str, promo: str, rides: int, warm: int) -> RunData:
    lab = Lab(load_scenario("module-4"), seed=seed)
    lab.deploy(f"request-ride@{ride}")
    lab.deploy(f"promo-discount@{promo}")
    lab.warm(warm)
    plan = load_plan("artillery-slowness.yml")
    plan = msgspec.structs.replace(plan, phases=(Phase(duration_s=float(rides), rate=1.0),))
    return lab.finish(lab.load(plan)).data()


def gain(statistic: str, before: tuple[str, str], after: tuple[str, str], rides: int, warm: int) -> float:
    """How many times less the difference varies with equal draws than with independent ones."""
    of = STATISTICS[statistic]
    a = np.array([of(run(seed, *before, rides, warm).latencies_s) for seed in SEEDS])
    b = np.array([of(run(seed, *after, rides, warm).latencies_s) for seed in SEEDS])
    paired = np.var(b - a, ddof=1)
    apart = np.var(np.roll(b, 1) - a, ddof=1)  # the same runs, but never two of one seed
    return float(apart / paired) if paired > 0 else float("inf")


@pytest.mark.parametrize("statistic", STATISTICS)
def test_the_price_of_marks_varies_twenty_times_less(statistic: str) -> None:
    assert gain(statistic, ("launch", "launch"), ("traced", "launch"), 60, 0) >= 20


@pytest.mark.parametrize("statistic", ["p95", "p99"])
def test_what_the_fix_of_promo_gains_varies_five_times_less_from_cold_pools(statistic: str) -> None:
    assert gain(statistic, ("launch", "launch"), ("launch", "fixed"), 60, 0) >= 5


class Listening(Draws):
    """Draws that write down what was drawn."""

    heard: dict[tuple[int, str, int], float]

    def u(self, name: str) -> float:
        occurrence = self.counts.get(name, 0)
        drawn = super().u(name)
        Listening.heard[self.owner, name, occurrence] = drawn
        return drawn


@pytest.mark.parametrize("fault", CATALOG)
def test_a_fault_changes_no_draw_but_its_own(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.users.Draws", Listening)

    def heard(*, on: bool) -> dict[tuple[int, str, int], float]:
        Listening.heard = {}
        lab = Lab(load_scenario("module-4"), seed=4)
        if on:
            lab.inject(parse_fault(fault))
        lab.finish(lab.load())
        return dict(Listening.heard)

    without, with_it = heard(on=False), heard(on=True)
    both = without.keys() & with_it.keys()
    assert len(both) > 60
    assert all(without[key] == with_it[key] for key in both)
    new = {name for _, name, occurrence in with_it.keys() - without.keys() if occurrence == 0}
    assert all(name.startswith("fault:") or any(name == known for _, known, _ in without) for name in new)
