"""Traces as OTLP/JSON, one document a line: what any OpenTelemetry tool can read.

Attribute names are OpenTelemetry's semantic conventions for functions and HTTP; the lab's own stand under `ridelab.`.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
import numpy as np

from simulator._version import __version__
from simulator.load import Loop, Request
from simulator.run_settings import RequestChange
from simulator.system.dates import ZERO
from simulator.system.gateway import local_path
from simulator.system.recorder import BY_HAND
from simulator.templates import VARIABLE
from simulator.traces import request_trace, span_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.load import Step
    from simulator.run_data import RunData
    from simulator.tracing import Span, Trace

KINDS = {"request": 3, "invocation": 2}  # client, server; everything else is internal
INTERNAL = 1
ZERO_NS = int(ZERO.timestamp()) * 1_000_000_000


def documents(data: RunData) -> Iterator[bytes]:
    """Give one OTLP/JSON document for each request that ended and whose trace was kept, in the order of sending."""
    for at in np.flatnonzero(data.requests["kept"]).tolist():
        yield msgspec.json.encode(_document(data, at))


def _document(data: RunData, at: int) -> dict[str, Any]:
    request, status = (int(data.requests[name][at]) for name in ("number", "status"))
    sent = _sent(data, at)
    trace = request_trace(data, request)
    by_service: dict[str, list[dict[str, Any]]] = {}
    for i, span in enumerate(trace.spans):
        by_service.setdefault(span.service, []).append({
            "traceId": trace.trace_id,
            "spanId": span_id(trace.trace_id, span.key),
            **({} if span.parent < 0 else {"parentSpanId": span_id(trace.trace_id, trace.spans[span.parent].key)}),
            "name": span.name,
            "kind": KINDS.get(span.kind, INTERNAL),
            "startTimeUnixNano": _nanoseconds(span.start_s),
            "endTimeUnixNano": _nanoseconds(span.end_s),
            "attributes": [_attribute(key, value) for key, value in _attributes(trace, i, sent, status)],
            "status": {"code": 2} if span.error else {},
        })  # fmt: skip
    versions = _versions(data, request)
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": [
                    _attribute("service.name", service),
                    *([_attribute("service.version", versions[service])] if service in versions else []),
                ]},
                "scopeSpans": [{"scope": {"name": "ridelab", "version": __version__}, "spans": spans}],
            }
            for service, spans in by_service.items()
        ]
    }  # fmt: skip


def _attributes(
    trace: Trace, index: int, sent: tuple[str, str], status: int
) -> Iterator[tuple[str, str | int | bool]]:
    span, (method, path) = trace.spans[index], sent
    yield "ridelab.kind", span.kind
    if span.kind == "request":
        if method:
            yield "http.request.method", method
        if path:
            yield "url.path", path
        if status:
            yield "http.response.status_code", status
    if span.kind == "invocation":
        yield "faas.invocation_id", span_id(trace.trace_id, span.key)
        yield "faas.coldstart", any(_is_its_cold_start(other, span) for other in trace.spans)
        yield "faas.trigger", "http"
        if span.parent == 0:  # called by the client, so by a route; the others are called by their host
            yield "http.route", path
    if span.left_open:
        yield "ridelab.left_open", True


def _sent(data: RunData, at: int) -> tuple[str, str]:
    """The method and path of a request, below the site's address; empty where what was recorded does not tell."""
    method, url = _step(data, *(int(data.requests[name][at]) for name in ("user", "step")))
    scenario = data.settings.scenario
    local = local_path(url, scenario.site.url)
    stage = urlsplit(scenario.site.url).path.rstrip("/") + "/"
    path = local.removeprefix(stage[:-1]) if local and local.startswith(stage) else _path(url)
    try:
        service = data.services[data.row(int(data.requests["invocation"][at]))["service"]]
    except KeyError:  # it met no function, or that is at work still
        return method, "" if VARIABLE.search(path) else path
    met = [(route.method, route.path) for route in scenario.gateway.routes if route.function == service]
    return (method, path) if (method, path) in met else met[0]


def _step(data: RunData, user: int, step: int) -> tuple[str, str]:
    """The method and URL that a request was sent with; variables stand in it as in the plan."""
    plan, site = data.settings.plan, data.settings.scenario.site.url
    if user >= BY_HAND:
        by_hand = (change for change in data.settings.changes if isinstance(change, RequestChange))
        change = next(islice(by_hand, user - BY_HAND, None))
        return change.method, change.url
    row = int(np.searchsorted(data.users["user"], user))
    flow = 0
    if len(plan.flows) > 1:
        if row == len(data.users["user"]) or data.users["user"][row] != user:
            return "", ""  # a user's flow is written down when the user has ended
        flow = int(data.users["flow"][row])
    request = next(islice(_requests(plan.flows[flow].steps), step, None))
    target = (
        site if VARIABLE.search(plan.target) else plan.target
    )  # it is the site's: a run begins with no other
    return request.method, target + request.url if request.url.startswith("/") else request.url


def _requests(steps: tuple[Step, ...]) -> Iterator[Request]:
    """The requests that a user sends in going through these steps."""
    for step in steps:
        if isinstance(step, Request):
            yield step
        elif isinstance(step, Loop):
            for _ in range(step.count):
                yield from _requests(step.steps)


def _path(url: str) -> str:
    try:
        return urlsplit(url).path or ("/" if url else "")
    except ValueError:  # no URL at all
        return ""


def _is_its_cold_start(other: Span, span: Span) -> bool:
    return other.kind == "cold start" and other.service == span.service and other.end_s == span.start_s


def _versions(data: RunData, request: int) -> dict[str, str]:
    """The version of each service that this request met."""
    first, last = np.searchsorted(data.by_request[0], [request, request + 1])
    met = (data.versions[data.invocations["version"][at]] for at in data.by_request[1][first:last])
    return {version.service: version.name for version in met}


def _nanoseconds(seconds: float) -> str:
    return str(ZERO_NS + round(seconds * 1e6) * 1000)


def _attribute(key: str, value: str | int | bool) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"key": key, "value": {"boolValue": value}}
    if isinstance(value, int):
        return {"key": key, "value": {"intValue": str(value)}}
    return {"key": key, "value": {"stringValue": value}}
