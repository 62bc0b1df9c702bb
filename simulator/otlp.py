"""Traces as OTLP/JSON, one document a line: what any OpenTelemetry tool can read.

Attribute names are OpenTelemetry's semantic conventions for functions and HTTP; the lab's own stand under `ridelab.`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from simulator._version import __version__
from simulator.system.dates import ZERO
from simulator.traces import request_trace, span_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.run_data import RunData
    from simulator.tracing import Span, Trace

KINDS = {"request": 3, "invocation": 2}  # client, server; everything else is internal
INTERNAL = 1
ZERO_NS = int(ZERO.timestamp()) * 1_000_000_000


def documents(data: RunData) -> Iterator[bytes]:
    """Give one OTLP/JSON document for each request that ended and whose trace was kept, in the order of sending."""
    requests = data.requests
    kept = requests["kept"] > 0
    for number, status in zip(requests["number"][kept], requests["status"][kept], strict=True):
        yield msgspec.json.encode(_document(data, int(number), int(status)))


def _document(data: RunData, request: int, status: int) -> dict[str, Any]:
    trace = request_trace(data, request)
    by_service: dict[str, list[dict[str, Any]]] = {}
    for i, span in enumerate(trace.spans):
        by_service.setdefault(span.service, []).append({
            "traceId": trace.trace_id,
            "spanId": span_id(trace.trace_id, i),
            **({} if span.parent < 0 else {"parentSpanId": span_id(trace.trace_id, span.parent)}),
            "name": span.name,
            "kind": KINDS.get(span.kind, INTERNAL),
            "startTimeUnixNano": _nanoseconds(span.start_s),
            "endTimeUnixNano": _nanoseconds(span.end_s),
            "attributes": [_attribute(key, value) for key, value in _attributes(data, trace, i, status)],
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
    data: RunData, trace: Trace, index: int, status: int
) -> Iterator[tuple[str, str | int | bool]]:
    span = trace.spans[index]
    route = data.settings.scenario.gateway.routes[0]
    yield "ridelab.kind", span.kind
    if span.kind == "request":
        yield "http.request.method", route.method
        yield "url.path", route.path
        if status:
            yield "http.response.status_code", status
    if span.kind == "invocation":
        yield "faas.invocation_id", span_id(trace.trace_id, index)
        yield "faas.coldstart", any(_is_its_cold_start(other, span) for other in trace.spans)
        yield "faas.trigger", "http"
        if span.service == data.front:
            yield "http.route", route.path
    if span.left_open:
        yield "ridelab.left_open", True


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
