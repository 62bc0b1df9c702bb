"""Theory values a lesson may quote: computed from the scenario's own distributions, not measured in a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.settings import Scenario

PROMO = "promo-discount"


def promo_call(scenario: Scenario, p: float) -> float:
    """Give the quantile p of a healthy, warm call to the promo service, in seconds."""
    return scenario.functions[PROMO].link.ms_at(p) / 1000.0


def promo_over(scenario: Scenario, seconds: float) -> float:
    """Give the share of healthy, warm calls to the promo service that take longer (by bisection of the quantile)."""
    low, high = 0.0, 1.0 - 1e-12
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if promo_call(scenario, middle) < seconds else (low, middle)
    return 1.0 - low


THEORY: dict[str, tuple[str, Callable[[Scenario], float]]] = {
    "promo_p50": ("median of a healthy call to the promo service", lambda s: promo_call(s, 0.50)),
    "promo_p99": ("p99 of a healthy call to the promo service", lambda s: promo_call(s, 0.99)),
    "promo_over_250": ("share of healthy promo calls over 250 ms", lambda s: promo_over(s, 0.250)),
    "promo_over_450": ("share of healthy promo calls over 450 ms", lambda s: promo_over(s, 0.450)),
}
