"""Traces out of a run's columns: one invocation as its agent tells it, or a request whole, as only the lab can.

Span objects are made when somebody looks; a run keeps columns.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.randomness import mix, name_key, request_owner
from simulator.system.recorder import ERROR_FLAG, LEFT_OPEN_FLAG, WAIT_FLAG
from simulator.system.replies import THROTTLED
from simulator.tracing import Span, Trace

if TYPE_CHECKING:
    from simulator.randomness import Draws
    from simulator.run_data import RunData


def trace_id(seed: int, owner: int) -> str:
    """Give the 32 hex digits of a request's trace; the same request has the same one in every run of its seed."""
    high = mix(name_key(f"trace:{seed}") ^ owner)
    return f"{high:016x}{mix(high ^ 0x9E3779B97F4A7C15) or 1:016x}"


def span_id(trace: str, key: int) -> str:
    """Give the 16 hex digits of a trace's span, by its key: what it is, known from the moment it begins."""
    return f"{mix((int(trace[:16], 16) + key + 1) % 2**64) or 1:016x}"


def invocation_key(number: int, part: int = 0) -> int:
    """Give the key of an invocation's span, or of a part of it; marks are the parts from MARKS on, in their order."""
    return (number + 1 << 32) + part


def passed_on(draws: Draws, key: int) -> str:
    """Give the `traceparent` that the span with this key sends to whom it calls."""
    trace = trace_id(draws.seed, draws.owner)
    return f"00-{trace}-{span_id(trace, key)}-{'01' if draws.kept else '00'}"


REQUEST, THERE, BACK = range(3)  # keys of a request's own spans
COLD_START, REPORT, MARKS = range(1, 4)  # parts of an invocation


def invocation_trace(data: RunData, number: int, *, unwatched: bool = False) -> Trace:
    """Give the trace of one invocation: its marks, and below them the invocations it caused that an agent watches.

    `unwatched` shows those too that no agent watches. Raises KeyError for an invocation that has not ended.
    """
    row = data.row(number)
    spans: list[Span] = []
    _add_invocation(data, row, -1, spans, unwatched=unwatched)
    return Trace.arranged(_trace_of(data, row["request"]), spans)


def request_trace(data: RunData, request: int) -> Trace:
    """Give a request whole, from the client's clock: the way there, cold start, invocation, report, the way back.

    Raises KeyError for a request that has not ended.
    """
    requests = data.requests
    at = _place(data, request)
    if at is None:
        raise KeyError(request)
    sent = float(requests["sent_s"][at])
    end = sent + _lasted(data, request, float(requests["latency_s"][at]))
    failed = int(requests["status"][at]) in {0, *range(500, 600)}
    spans = [Span("request", "request", "client", sent, end, -1, error=failed, key=REQUEST)]
    try:
        row = data.row(int(requests["invocation"][at]))
    except KeyError:  # it met no function, or that is at work still
        return Trace.arranged(_trace_of(data, request), spans)
    service = data.services[row["service"]]
    done = row["start_s"] + row["duration_s"]
    back = done + row["report_s"]
    spans.append(Span("network, gateway", "network", "gateway", sent, row["asked_s"], 0, key=THERE))
    _add_cold_start(row, data, 0, spans)
    _add_invocation(data, row, 0, spans, unwatched=True)
    if row["report_s"] > 0:
        key = invocation_key(row["number"], REPORT)
        spans.append(Span("agent's report", "report", service, done, back, 0, key=key))
    if back < end:
        spans.append(Span("network, gateway", "network", "gateway", back, end, 0, key=BACK))
    return Trace.arranged(_trace_of(data, request), spans)


def _place(data: RunData, request: int) -> int | None:
    numbers = data.requests["number"]
    at = int(np.searchsorted(numbers, request))
    return at if at < len(numbers) and int(numbers[at]) == request else None


def _lasted(data: RunData, request: int, latency: float) -> float:
    """How long the client waited: for its answer, or until it gave up."""
    if not math.isnan(latency):
        return latency
    return data.settings.plan.timeout_s if data.errors.get(request) == "ETIMEDOUT" else 0.0


def _trace_of(data: RunData, request: int) -> str:
    """The trace's id hangs on whose request it is; one that is under way has no row yet and goes by its number."""
    at = _place(data, request)
    if at is None:
        return trace_id(data.settings.seed, -1 - request & (1 << 64) - 1)
    user, step = (int(data.requests[name][at]) for name in ("user", "step"))
    return trace_id(data.settings.seed, request_owner(user, step))


def _add_cold_start(row: dict[str, Any], data: RunData, parent: int, spans: list[Span]) -> None:
    if row["cold_s"] > 0:
        service = data.services[row["service"]]
        key = invocation_key(row["number"], COLD_START)
        spans.append(
            Span("cold start", "cold start", service, row["asked_s"], row["start_s"], parent, key=key)
        )


def _add_invocation(
    data: RunData, row: dict[str, Any], parent: int, spans: list[Span], *, unwatched: bool
) -> None:
    service = data.services[row["service"]]
    start, end = row["start_s"], row["start_s"] + row["duration_s"]
    own = len(spans)
    failed = row["outcome"] > 0 or row["status"] >= 500
    key = invocation_key(row["number"])
    spans.append(Span(service, "invocation", service, start, end, parent, error=failed, key=key))
    table = data.spans
    first, last = np.searchsorted(table["invocation"], [row["number"], row["number"] + 1])
    place = {-1: own}  # of a mark's row among the spans
    for row_of, i in enumerate(range(int(first), int(last))):
        above, flags = int(table["parent"][i]), int(table["flags"][i])
        if flags & WAIT_FLAG and not unwatched:
            continue  # no agent knows of it
        place[row_of] = len(spans)
        begin = max(start, float(table["start_s"][i]))
        spans.append(
            Span(
                name=data.names[int(table["name"][i])],
                kind="wait" if flags & WAIT_FLAG else "mark",
                service=service,
                start_s=begin,
                end_s=max(begin, min(end, float(table["end_s"][i]))),
                parent=place[above],
                error=bool(flags & ERROR_FLAG),
                left_open=bool(flags & LEFT_OPEN_FLAG),
                key=key + MARKS + row_of,
            )
        )
    for at in data.callees.get(row["number"], ()):
        below = {name: column[at].item() for name, column in data.invocations.items()}
        if below["outcome"] == THROTTLED:
            continue  # it never ran
        if unwatched or data.watched(data.services[below["service"]]):
            above = place.get(below["mark"], own)
            _add_cold_start(below, data, above, spans)
            _add_invocation(data, below, above, spans, unwatched=unwatched)
