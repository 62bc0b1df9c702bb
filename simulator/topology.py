"""The system as a map: its places, what flows between them, and how much of that anybody can know.

The client's clock knows every request. An agent knows the invocations of its own function. A mark knows how long the
call took that was made inside it, and whatever else it holds. Of a place that has none of them nothing is known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from simulator.columns import CHUNK_ROWS
from simulator.metrics import needed_samples, percentiles
from simulator.recent import ended_since, rows_of
from simulator.sampling import as_policy, has_tail
from simulator.system.recorder import ERROR_FLAG
from simulator.system.replies import THROTTLED

if TYPE_CHECKING:
    from simulator.columns import Column
    from simulator.run_data import RunData

WINDOW_S = 10.0
"""How far back the figures of a run under way reach."""
MOST_REQUESTS = 12_000
"""Where more than so many were answered within that, they reach back only as many whole seconds as hold so many."""

Kind: TypeAlias = Literal["riders", "gateway", "function", "fleet", "table"]
Source: TypeAlias = Literal["client", "agent", "mark", "nobody"]
Table: TypeAlias = "dict[str, Column]"

ASKED = ("sent_s", "latency_s", "status")
CALLED = ("number", "parent", "mark", "service", "start_s", "duration_s", "outcome", "status", "kept")
MARKED = ("invocation", "name", "start_s", "end_s", "flags")
LAST_CHUNKS = MOST_REQUESTS // CHUNK_ROWS + 2
LAST = 256
"""Of so many of the last calls it is looked up who made them."""
RIDERS, GATEWAY, FLEET, TABLE = "riders", "gateway", "fleet", "rides table"


@dataclass(frozen=True, slots=True)
class Place:
    """A part of the system; `version` is what a function ended with, `watched` whether anything reports from there."""

    name: str
    kind: Kind
    version: str = ""
    watched: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of the calls along an edge: `n` of them ended, `errors` of those with an error.

    Times are seconds. `p95_s` is nan below the samples a p95 needs, `rate_per_s` where only some calls were kept.
    """

    n: int
    rate_per_s: float
    median_s: float
    p95_s: float
    errors: int

    @property
    def error_share(self) -> float:
        """The share of calls that ended with an error; nan where none ended."""
        return self.errors / self.n if self.n else math.nan


@dataclass(frozen=True, slots=True)
class Edge:
    """Calls from one place to another; `source` is who measured them, `mark` the caller's mark where that did.

    `figures` is None where nobody did.
    """

    origin: str
    target: str
    source: Source
    figures: Figures | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Topology:
    """The map of a run: places in the order of a request's way, and the edge into each but the first.

    Its figures are of the last `window_s` seconds; `live`: of a run under way, else of the whole run.
    """

    places: tuple[Place, ...]
    edges: tuple[Edge, ...]
    window_s: float
    live: bool

    def edge_into(self, name: str) -> Edge | None:
        """Give the edge into a place; None for the riders."""
        return next((edge for edge in self.edges if edge.target == name), None)


@dataclass(frozen=True, slots=True)
class Census:
    """What a function's agent reported over the whole run so far."""

    invocations: int
    containers: int
    cold_starts: int
    errors: int


def topology(data: RunData) -> Topology:
    """Map a run. Of one under way only the tail of its tables is read, whatever it has recorded so far."""
    live = not data.settled
    window_s = _window_s(data) if live else data.ended_s or data.now_s
    look = _Look(data, data.now_s - window_s if live else -math.inf, window_s)
    front, refs = data.front, data.refs
    further = [name for name in data.services if name != front]
    places = (
        Place(RIDERS, "riders", watched=True),
        Place(GATEWAY, "gateway"),
        *(Place(name, "function", refs[name], data.watched(name)) for name in (front, *further)),
        Place(FLEET, "fleet"),
        Place(TABLE, "table"),
    )
    edges = (
        Edge(RIDERS, GATEWAY, "client", look.requests()),
        look.edge(GATEWAY, front),
        *(look.edge(look.caller(name), name) for name in further),
        Edge(front, FLEET, "nobody"),
        Edge(front, TABLE, "nobody"),
    )
    return Topology(places, edges, window_s, live)


def _window_s(data: RunData) -> float:
    window_s = min(WINDOW_S, data.now_s)
    tail = [chunk["sent_s"] + chunk["latency_s"] for chunk in data.frozen_requests.chunks[-LAST_CHUNKS:]]
    ended = np.concatenate(tail) if tail else np.zeros(0)
    if len(ended) <= MOST_REQUESTS or not data.now_s - ended[-MOST_REQUESTS] < window_s:
        return window_s
    return max(1.0, math.floor(data.now_s - float(ended[-MOST_REQUESTS])))


def census(data: RunData, service: str) -> Census:
    """Count what the agent of a function reported, chunk by chunk; containers are those that served."""
    index = data.services.index(service)
    total, cold, errors = 0, 0, 0
    served = np.zeros(0, dtype=bool)
    for chunk in data.frozen_invocations.chunks:
        mask = (chunk["service"] == index) & (chunk["outcome"] != THROTTLED)
        total += int(np.count_nonzero(mask))
        cold += int(np.count_nonzero(mask & (chunk["start_s"] > chunk["asked_s"])))
        errors += int(np.count_nonzero(mask & _failed(chunk)))
        containers = chunk["container"][mask]
        if len(containers) and (most := int(containers.max())) >= len(served):
            served = np.concatenate((served, np.zeros(most + 1 - len(served), dtype=bool)))
        served[containers] = True
    return Census(total, int(np.count_nonzero(served)), cold, errors)


def longest(data: RunData, service: str) -> int | None:
    """Give the number of a function's longest invocation; None where it has none."""
    best, number = -1.0, None
    for chunk in data.frozen_invocations.chunks:
        ran = (chunk["service"] == data.services.index(service)) & (chunk["outcome"] != THROTTLED)
        duration = np.where(ran, chunk["duration_s"], -1.0)
        if len(duration) and duration.max() > best:
            best, number = float(duration.max()), int(chunk["number"][int(duration.argmax())])
    return number


def _failed(table: Table) -> Column:
    failed: Column = (table["outcome"] > 0) | (table["status"] >= 500)
    return failed


class _Look:
    """What ended since a moment, read once."""

    def __init__(self, data: RunData, since_s: float, window_s: float) -> None:
        self.data = data
        self.since_s = since_s
        self.window_s = window_s
        # Where a trace's end decides whether it is kept, rows are written once the request has ended: later than that.
        late_s = (
            data.settings.scenario.gateway.timeout_s if has_tail(as_policy(data.settings.sampling)) else 0.0
        )
        self._floor_s = since_s - late_s
        self.called = ended_since(data.frozen_invocations, CALLED, _end, self._floor_s)
        self._ended = _end(self.called) > since_s

    def requests(self) -> Figures:
        """The client's clock: the rate is that of sending, times are of the answers that came."""
        timeout_s = self.data.settings.plan.timeout_s

        def end(chunk: Table) -> Column:
            latency = chunk["latency_s"]
            ended: Column = chunk["sent_s"] + np.where(np.isnan(latency), timeout_s, latency)
            return ended

        table = ended_since(self.data.frozen_requests, ASKED, end, self._floor_s)
        sent = int(np.count_nonzero(table["sent_s"] > self.since_s))
        sent += sum(at > self.since_s for at in self.data.waiting)
        table = rows_of(table, end(table) > self.since_s)
        answered = ~np.isnan(table["latency_s"])
        failed = ~answered | (table["status"] >= 400)
        return self._figures(table["latency_s"][answered], len(answered), int(failed.sum()), sent)

    def edge(self, origin: str, target: str) -> Edge:
        """The calls of a function: as its agent reports them, or else as a mark of its caller saw them."""
        data = self.data
        if data.watched(target):
            table = rows_of(self.called, _ran(self.called, data, target) & self._ended)
            errors = int(_failed(table).sum())
            return Edge(origin, target, "agent", self._figures(table["duration_s"], None, errors))
        if origin != GATEWAY and data.watched(origin):
            return self._marked(origin, target)
        return Edge(origin, target, "nobody")

    def caller(self, service: str) -> str:
        """Name the function that calls another: the one that did so last, or else the one behind the gateway."""
        data, called = self.data, self.called
        parents = called["parent"][np.flatnonzero(_ran(called, data, service))[-LAST:]]
        at = _places(called["number"], parents)
        found = called["service"][at[at >= 0]]
        return data.services[int(found[-1])] if len(found) else data.front

    def _marked(self, origin: str, target: str) -> Edge:
        """Measure calls by the caller's innermost mark around them; the mark that saw most of them counts."""
        data = self.data
        callers = rows_of(self.called, _ran(self.called, data, origin) & self._ended)
        if not len(callers["number"]):
            return Edge(origin, target, "nobody")
        # What was called has ended no earlier than the longest of its callers began.
        floor_s = self._floor_s - float(callers["duration_s"].max())
        called = ended_since(data.frozen_invocations, CALLED, _end, floor_s)
        calls = rows_of(called, (called["service"] == data.services.index(target)) & (called["mark"] >= 0))
        by = _places(callers["number"], calls["parent"])
        calls = rows_of(calls, (by >= 0) & (callers["kept"][by] > 0))
        spans = ended_since(data.frozen_spans, MARKED, lambda chunk: chunk["end_s"], floor_s)
        begins = np.flatnonzero(np.diff(spans["invocation"].astype(np.int64), prepend=-1))
        at = _places(spans["invocation"][begins], calls["parent"])
        seen = np.zeros(len(spans["name"]), dtype=bool)
        seen[(begins[at[at >= 0]] + calls["mark"][at >= 0])] = True
        if not seen.any():
            return Edge(origin, target, "nobody")
        name = int(np.bincount(spans["name"][seen]).argmax())
        marks = rows_of(spans, seen & (spans["name"] == name))
        errors = int(np.count_nonzero(marks["flags"] & ERROR_FLAG))
        figures = self._figures(marks["end_s"] - marks["start_s"], None, errors)
        if not callers["kept"].all():  # how many calls there were is not known
            figures = replace(figures, rate_per_s=math.nan)
        return Edge(origin, target, "mark", figures, data.names[name])

    def _figures(self, times_s: Column, n: int | None, errors: int, calls: int | None = None) -> Figures:
        """Sum up: `calls` make the rate and `n` the share of errors, where they are not as many as there are times."""
        n = len(times_s) if n is None else n
        rate = (n if calls is None else calls) / self.window_s if self.window_s > 0 else 0.0
        if not len(times_s):
            return Figures(n, rate, math.nan, math.nan, errors)
        median, p95 = percentiles(times_s, (0.5, 0.95))
        return Figures(n, rate, median, p95 if len(times_s) >= needed_samples(0.95) else math.nan, errors)


def _end(chunk: Table) -> Column:
    """When each invocation's handler ended."""
    end: Column = chunk["start_s"] + chunk["duration_s"]
    return end


def _ran(table: Table, data: RunData, service: str) -> Column:
    """Which rows are invocations of a function that ran."""
    ran: Column = (table["service"] == data.services.index(service)) & (table["outcome"] != THROTTLED)
    return ran


def _places(numbers: Column, wanted: Column) -> Column:
    """Find where some numbers stand in a column that is in any order, each once; -1 for those that do not.

    By a table over their range, which is about as long as the column: numbers are counted up.
    """
    wanted = wanted.astype(np.int64)
    if not len(numbers):
        return np.full(len(wanted), -1)
    low, high = int(numbers.min()), int(numbers.max())
    table = np.full(high - low + 1, -1)
    table[numbers.astype(np.int64) - low] = np.arange(len(numbers))
    inside = (wanted >= low) & (wanted <= high)
    return np.where(inside, table[np.where(inside, wanted - low, 0)], -1)
