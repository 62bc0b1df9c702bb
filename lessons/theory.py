"""Theory values a lesson may quote: computed from the scenario's own distributions, not measured in a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.settings import AlertRule, Scenario

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


def alert_rule(scenario: Scenario) -> AlertRule:
    """Give the scenario's first alert rule. Raises UsageError where it has none."""
    if not scenario.monitoring.rules:
        raise UsageError(f"the scenario `{scenario.name}` has no alert rule")
    return scenario.monitoring.rules[0]


THEORY: dict[str, tuple[str, Callable[[Scenario], float]]] = {
    "promo_p50": ("median of a healthy call to the promo service", lambda s: promo_call(s, 0.50)),
    "promo_p99": ("p99 of a healthy call to the promo service", lambda s: promo_call(s, 0.99)),
    "promo_over_250": ("share of healthy promo calls over 250 ms", lambda s: promo_over(s, 0.250)),
    "promo_over_450": ("share of healthy promo calls over 450 ms", lambda s: promo_over(s, 0.450)),
    "alert_over": ("the limit of the scenario's alert rule", lambda s: alert_rule(s).over_ms / 1000.0),
    "alert_window": ("how far that rule looks back", lambda s: float(alert_rule(s).window_s)),
    "report_least": (
        "the shortest the agent's report takes",
        lambda s: s.monitoring.report.ms_at(0.0) / 1000.0,
    ),
    "report_most": ("the longest it takes", lambda s: s.monitoring.report.ms_at(1.0) / 1000.0),
}
