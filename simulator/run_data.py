"""What a run recorded, frozen: whole columns on demand, and the questions everybody asks of them.

Times are seconds. Requests are in the order of sending, invocations and users in the order of their numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.monitoring import matches

if TYPE_CHECKING:
    from simulator.columns import Column, Frozen
    from simulator.deploying import Version
    from simulator.monitoring import Alert
    from simulator.report import Traffic
    from simulator.run_settings import RunSettings
    from simulator.settings import AlertRule


@dataclass(frozen=True, eq=False)
class RunData:
    """A run as it stands: settings, counters, alerts, and the frozen tables of `system/recorder.py`."""

    number: int
    settings: RunSettings
    now_s: float
    steps: int
    ended_s: float | None
    settled: bool
    launched: int
    sent: int
    done: int
    skipped: int
    errors: dict[int, str]
    alerts: tuple[Alert, ...]
    services: tuple[str, ...]
    versions: tuple[Version, ...]
    names: tuple[str, ...]
    frozen_requests: Frozen
    frozen_invocations: Frozen
    frozen_spans: Frozen
    frozen_users: Frozen = field(repr=False)

    @cached_property
    def requests(self) -> dict[str, Column]:
        """The requests that ended, in the order of sending."""
        return self.frozen_requests.columns("number")

    @cached_property
    def invocations(self) -> dict[str, Column]:
        """The invocations that ended, by number."""
        return self.frozen_invocations.columns("number")

    @cached_property
    def spans(self) -> dict[str, Column]:
        """The marks of kept traces; those of one invocation stand together, in the order of opening."""
        return self.frozen_spans.columns("invocation")

    @cached_property
    def users(self) -> dict[str, Column]:
        """The virtual users that ended."""
        return self.frozen_users.columns("user")

    @property
    def in_flight(self) -> int:
        """Requests sent and not yet ended."""
        return self.sent - len(self.frozen_requests)

    @cached_property
    def latencies_s(self) -> Column:
        """The latency of every answered request, in the order of sending."""
        latency = self.requests["latency_s"]
        return latency[~np.isnan(latency)]

    @cached_property
    def warm_latencies_s(self) -> Column:
        """The same for those that met no cold start."""
        latency = self.requests["latency_s"]
        return latency[~np.isnan(latency) & (self.requests["cold"] == 0)]

    @cached_property
    def codes(self) -> dict[int, int]:
        """How many answers there were of each status, in the order of the statuses."""
        status = self.requests["status"]
        found, counts = np.unique(status[status > 0], return_counts=True)
        return {int(code): int(n) for code, n in zip(found, counts, strict=True)}

    def of_service(self, service: str) -> dict[str, Column]:
        """Give the invocations of one function."""
        mask = self.invocations["service"] == self.services.index(service)
        return {name: column[mask] for name, column in self.invocations.items()}

    @cached_property
    def front(self) -> str:
        """The function behind the gateway."""
        return self.settings.scenario.gateway.routes[0].function

    def watched(self, service: str) -> bool:
        """Tell whether the agent of a function shows its invocations."""
        return self.settings.tokens.get(service) == self.settings.scenario.monitoring.token

    def cold_starts(self) -> dict[str, int]:
        """Give the number of cold starts of each function."""
        inv = self.invocations
        return {name: int(((inv["service"] == i) & (inv["cold_s"] > 0)).sum()) for i, name in enumerate(self.services)}

    def matching(self, rule: AlertRule) -> Column:
        """Give the numbers of the watched invocations that match a rule, up to the end of the run."""
        found = []
        for service in self.services:
            if self.watched(service):
                inv = self.of_service(service)
                failed = (inv["outcome"] > 0) | (inv["status"] >= 500)
                found += [
                    int(number)
                    for number, duration, bad in zip(inv["number"], inv["duration_s"], failed, strict=True)
                    if matches(rule, float(duration), failed=bool(bad))
                ]
        return np.array(sorted(found), dtype=np.int64)

    @property
    def refs(self) -> dict[str, str]:
        """The version of each service that the run ended with: service -> name."""
        return {version.service: version.name for version in self.versions}

    def traffic(self) -> Traffic:
        """Give the run as the load generator saw it, for the reports."""
        from simulator.run_traffic import traffic

        return traffic(self)

    def row(self, number: int) -> dict[str, Any]:
        """Give one invocation by its number as Python values. Raises KeyError where it has not ended."""
        at = int(np.searchsorted(self.invocations["number"], number))
        if at >= len(self.invocations["number"]) or int(self.invocations["number"][at]) != number:
            raise KeyError(number)
        return {name: column[at].item() for name, column in self.invocations.items()}
