"""What a run recorded, frozen: whole columns on demand, and the questions everybody asks of them.

Times are seconds. Requests are in the order of sending, invocations and users in the order of their numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import UNSET

from simulator.columns import Columns
from simulator.metrics import Ordered
from simulator.monitoring import state_of
from simulator.run_settings import DeployChange
from simulator.system.recorder import WAIT_FLAG
from simulator.system.replies import THROTTLED

if TYPE_CHECKING:
    from simulator.columns import Column, Frozen
    from simulator.deploying import Version
    from simulator.monitoring import Alert
    from simulator.report_traffic import Traffic
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
    skipped_s: tuple[float, ...]  # when `maxVusers` kept an arrival out
    waiting: tuple[float, ...]  # when each request was sent that has no answer yet
    at_work: tuple[tuple[int, float], ...]  # (flow, launched) of each virtual user under way
    stopped_s: float | None
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
        """The invocations that ended, by number; `cold_s` is their own cold start, 0 when warm."""
        columns = self.frozen_invocations.columns("number")
        return columns | Columns(("cold_s",), lambda _: columns["start_s"] - columns["asked_s"])

    @cached_property
    def spans(self) -> dict[str, Column]:
        """The marks of kept traces, and waits that the lab wrote down; those of one invocation stand together."""
        return self.frozen_spans.columns("invocation")

    @cached_property
    def marks(self) -> dict[str, Column]:
        """The marks alone, all that an agent knows, in the order of opening; parents are rows among the marks."""
        table = self.spans
        wait = (table["flags"] & WAIT_FLAG) > 0
        if not wait.any():
            return table
        first = np.searchsorted(table["invocation"], table["invocation"])
        before: Column = np.cumsum(wait) - wait  # how many waits stand above each row
        parent = table["parent"]
        above = first + np.maximum(parent, 0)
        renumbered = np.where(parent < 0, parent, parent - (before[above] - before[first]))
        return {
            name: (renumbered if name == "parent" else column)[~wait].astype(column.dtype)
            for name, column in table.items()
        }

    @cached_property
    def users(self) -> dict[str, Column]:
        """The virtual users that ended."""
        return self.frozen_users.columns("user")

    @property
    def in_flight(self) -> int:
        """Requests sent and not yet ended."""
        return len(self.waiting)

    @cached_property
    def latencies_s(self) -> Column:
        """The latency of every answered request, in the order of sending."""
        latency: Column = self.requests["latency_s"]
        answered: Column = latency[~np.isnan(latency)]
        return answered

    @cached_property
    def warm_latencies_s(self) -> Column:
        """The same for those that met no cold start."""
        latency = self.requests["latency_s"]
        answered: Column = latency[~np.isnan(latency) & (self.requests["cold"] == 0)]
        return answered

    @cached_property
    def ordered_latencies(self) -> Ordered:
        """`latencies_s` in ascending order, for quantiles."""
        return Ordered(self.latencies_s)

    @cached_property
    def ordered_warm_latencies(self) -> Ordered:
        """`warm_latencies_s` in ascending order; where no request met a cold start, those are all."""
        warm = self.warm_latencies_s
        return self.ordered_latencies if len(warm) == len(self.latencies_s) else Ordered(warm)

    @cached_property
    def codes(self) -> dict[int, int]:
        """How many answers there were of each status, in the order of the statuses."""
        counts = np.bincount(np.maximum(self.requests["status"], 0))
        return {code: int(counts[code]) for code in np.flatnonzero(counts).tolist() if code}

    def of_service(self, service: str) -> dict[str, Column]:
        """Give the invocations of one function."""
        inv = self.invocations
        mask = inv["service"] == self.services.index(service)
        return Columns(inv, lambda name: inv[name][mask])

    @cached_property
    def front(self) -> str:
        """The function behind the gateway."""
        return self.settings.scenario.gateway.routes[0].function

    def watched(self, service: str) -> bool:
        """Tell whether the agent of a function shows its invocations, as last deployed."""
        last = max(i for i, version in enumerate(self.versions) if version.service == service)
        return bool(self.watching[last])

    @cached_property
    def watching(self) -> Column:
        """For each deploy, in their order, whether its agent was on."""
        tokens, right = dict(self.settings.tokens), self.settings.scenario.monitoring.token
        deploys = [change for change in self.settings.changes if isinstance(change, DeployChange)]
        begun = len(self.versions) - len(deploys)
        watching = []
        for i, version in enumerate(self.versions):
            if i >= begun and (token := deploys[i - begun].token) is not UNSET:
                tokens[version.service] = token
            watching.append(state_of(tokens.get(version.service), right) == "on")
        return np.array(watching, dtype=bool)

    @cached_property
    def callees(self) -> dict[int, Column]:
        """The places, in `invocations`, of what each invocation called: caller's number -> places."""
        parent = self.invocations["parent"]
        order = np.argsort(parent, kind="stable")
        order = order[parent[order] >= 0]
        callers, first = np.unique(parent[order], return_index=True)
        return dict(zip(callers.tolist(), np.split(order, first[1:]), strict=True)) if len(order) else {}

    def cold_starts(self) -> dict[str, int]:
        """Give the number of cold starts of each function."""
        inv = self.invocations
        return {
            name: int(((inv["service"] == i) & (inv["cold_s"] > 0)).sum())
            for i, name in enumerate(self.services)
        }

    def matching(self, rule: AlertRule) -> Column:
        """Give the numbers of the watched invocations that match a rule, up to the end of the run."""
        inv = self.invocations
        if rule.measure == "errors":
            match = (inv["outcome"] > 0) | (inv["status"] >= 500)
        else:
            match = inv["duration_s"] * 1000.0 > rule.over_ms
        seen = self.watching[inv["version"]] & (inv["outcome"] != THROTTLED)  # none ran: no agent saw it
        numbers: Column = inv["number"][match & seen].astype(np.int64)
        return numbers

    @cached_property
    def by_request(self) -> tuple[Column, Column]:
        """The requests of all invocations, ascending, and the place of each invocation in `invocations`."""
        order = np.argsort(self.invocations["request"], kind="stable")
        return self.invocations["request"][order], order

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
