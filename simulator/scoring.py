"""What an alert rule would have done on a run that was recorded without it, by the evaluation that agents use."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulator.monitoring import EVERY_S, Alert, fires
from simulator.system.replies import THROTTLED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from simulator.columns import Column
    from simulator.run_data import RunData
    from simulator.settings import AlertRule


class Score(NamedTuple):
    """On how many recorded runs a rule fires: of sick ones, as it should, and of healthy ones, as it should not."""

    rule: AlertRule
    sick: int
    of_sick: int
    healthy: int
    of_healthy: int

    @property
    def gain(self) -> float:
        """The share of sick runs it fires on less the share of healthy ones: 1 is perfect, 0 no better than a coin."""
        return _share(self.sick, self.of_sick) - _share(self.healthy, self.of_healthy)


class _Reports(NamedTuple):
    """What the agent of one function reported, in the order of arrival."""

    came_s: Column
    end_s: Column
    duration_s: Column
    failed: Column


def would_fire(rule: AlertRule, data: RunData) -> tuple[Alert, ...]:
    """Give the alert that a rule would have sent in a recorded run, or none: the same as if it had been there.

    A rule sends one mail in a run. It is evaluated once a minute, to the first time after the last report; where a run
    is still under way, as far as that has come.
    """
    reports = list(_reports(data))
    last_s = max((float(one.came_s[-1]) for one in reports if len(one.came_s)), default=0.0)
    looks = math.floor(data.now_s / EVERY_S)
    if data.settled:
        looks = max(looks, math.ceil(last_s / EVERY_S))
    for now_s in (EVERY_S * (i + 1) for i in range(looks)):
        for one in reports:
            seen = (one.came_s <= now_s) & (one.end_s > now_s - rule.window_s)
            durations, failed = one.duration_s[seen], one.failed[seen]
            match = failed if rule.measure == "errors" else durations * 1000.0 > rule.over_ms
            matching = int(match.sum())
            if fires(rule, matching, durations.tolist()):
                return (Alert(rule, now_s, matching, len(durations)),)
    return ()


def score(rule: AlertRule, sick: Iterable[RunData], healthy: Iterable[RunData]) -> Score:
    """Count on how many runs of each kind a rule would have fired."""
    counts = [[bool(would_fire(rule, data)) for data in runs] for runs in (sick, healthy)]
    return Score(rule, sum(counts[0]), len(counts[0]), sum(counts[1]), len(counts[1]))


def _reports(data: RunData) -> Iterator[_Reports]:
    """The reports of each function, of all invocations that an agent with the right token watched."""
    inv = data.invocations
    seen = data.watching[inv["version"]] & (inv["outcome"] != THROTTLED)
    end_s = inv["start_s"] + inv["duration_s"]
    came_s = end_s + inv["report_s"]
    failed = (inv["outcome"] > 0) | (inv["status"] >= 500)
    order = np.flatnonzero(seen)
    order = order[np.argsort(came_s[order], kind="stable")]
    service = inv["service"][order]
    for one in dict.fromkeys(
        service.tolist()
    ):  # in the order of their first reports, as the agent keeps them
        rows = order[service == one]
        yield _Reports(came_s[rows], end_s[rows], inv["duration_s"][rows], failed[rows])


def _share(part: int, of: int) -> float:
    return part / of if of else 0.0
