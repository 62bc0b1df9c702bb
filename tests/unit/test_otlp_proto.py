"""Traces as OTLP/JSON, judged by OpenTelemetry's own definition: what `ridelab run --traces` writes parses strictly."""

from __future__ import annotations

import base64
import json
import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status, TracesData

from simulator.faults import CATALOG
from simulator.otlp import documents
from simulator.traces import request_trace
from tui.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.unit.conftest import Bench

    Write = Callable[..., list[dict[str, Any]]]

IDS = {"traceId": 16, "spanId": 8, "parentSpanId": 8}  # bytes
ON_RESOURCES = {"service.name": str, "service.version": str}
ON_SPANS = {
    "faas.coldstart": bool, "faas.invocation_id": str, "faas.trigger": str,
    "http.request.method": str, "http.response.status_code": int, "http.route": str, "url.path": str,
    "ridelab.kind": str, "ridelab.left_open": bool,
}  # fmt: skip
PLAN = """\
config:
  target: https://api.wildrydes.example/prod
  http: {timeout: 2}
  phases: [{duration: 20, arrivalRate: 2}]
  defaults: {headers: {Authorization: eyJraWQiOiJyaWRlbGFiIn0.d2lsZC1yeWRlcw.unicorn}}
scenarios:
  - weight: 8
    flow: [{post: {url: /ride, json: {PickupLocation: {Latitude: 42, Longitude: -71}}}}]
  - flow: [{post: {url: /ride, json: {}}}]
  - flow: [{post: {url: /ride, headers: {Authorization: nobody}}}, {get: {url: /nowhere}}]
"""


def spans_of(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for resource in document["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            yield from scope["spans"]


def for_protobuf(document: dict[str, Any]) -> dict[str, Any]:
    """OTLP/JSON writes ids in hex, protobuf's JSON bytes in base64; the two differ in nothing else."""
    document = deepcopy(document)
    for span in spans_of(document):
        for name in span.keys() & IDS.keys():
            span[name] = base64.b64encode(bytes.fromhex(span[name])).decode()
    return document


def strictly(document: dict[str, Any]) -> TracesData:
    """Parse a document, as file and as request to a collector. Raises for whatever the definition does not know.

    The parser takes enum names, times as numbers and snake_case keys too, where OTLP/JSON does not: written again,
    the message has to say the same, so the document was in the one form that is right.
    """
    told = for_protobuf(document)
    for message in (request := ExportTraceServiceRequest(), traces := TracesData()):
        json_format.ParseDict(told, message, ignore_unknown_fields=False)
        assert json_format.MessageToDict(message, use_integers_for_enums=True) == told
    assert TracesData.FromString(request.SerializeToString()) == traces
    return traces


def check_ids(document: dict[str, Any], message: TracesData) -> None:
    """Lower-case hex of the right length in the document; in the message one trace whose parents all exist."""
    for span in spans_of(document):
        for name in span.keys() & IDS.keys():
            assert re.fullmatch(f"[0-9a-f]{{{2 * IDS[name]}}}", span[name])
    spans = [span for one in message.resource_spans for scope in one.scope_spans for span in scope.spans]
    by_id = {span.span_id: span for span in spans}
    assert len(by_id) == len(spans) > 0
    assert {(len(span.trace_id), len(span.span_id)) for span in spans} == {(16, 8)}
    assert len({span.trace_id for span in spans}) == 1
    assert all(any(span.trace_id) and any(span.span_id) for span in spans)
    assert [span.name for span in spans if not span.parent_span_id] == ["request"]
    root = next(span for span in spans if not span.parent_span_id)
    assert root.kind == Span.SPAN_KIND_CLIENT
    for span in spans:
        assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano
        above = span
        for _ in spans:  # the way up ends at the root
            above = by_id[above.parent_span_id] if above.parent_span_id else above
        assert above is root


def check_attributes(document: dict[str, Any], message: TracesData) -> None:
    """Each name stands once, is one of ours or of the conventions, and has a value of its type."""
    for resource in message.resource_spans:
        for spoken, known in [
            (resource.resource.attributes, ON_RESOURCES),
            *((span.attributes, ON_SPANS) for scope in resource.scope_spans for span in scope.spans),
        ]:
            names = [one.key for one in spoken]
            assert len(set(names)) == len(names)
            for one in spoken:
                value = getattr(one.value, one.value.WhichOneof("value"))
                assert (one.key, type(value)) == (one.key, known.get(one.key))
    for span in spans_of(document):
        assert type(span["kind"]) is int
        assert Span.SpanKind.Name(span["kind"]) != "SPAN_KIND_UNSPECIFIED"
        assert span["status"] in ({}, {"code": int(Status.STATUS_CODE_ERROR)})
        for time in (span["startTimeUnixNano"], span["endTimeUnixNano"]):
            assert re.fullmatch("[1-9][0-9]{18}", time)


@pytest.fixture
def write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Write:
    """Run `ridelab run --traces` on a plan with good requests and bad; gives the documents it wrote."""
    (tmp_path / "plan.yml").write_text(PLAN, encoding="utf-8")

    def run(*options: str) -> list[dict[str, Any]]:
        file = tmp_path / "traces.json"
        assert main(["run", "--load", str(tmp_path / "plan.yml"), "--traces", str(file), *options]) == 0
        capsys.readouterr()
        return [json.loads(line) for line in file.read_bytes().splitlines()]

    return run


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--deploy", "request-ride@traced", "--deploy", "promo-discount@traced"),
        ("--deploy", "request-ride@published-trace", "--warm", "3"),
        ("--deploy", "request-ride@timeout"),
        ("--deploy", "request-ride@together", "--sampling", "0.5"),
        ("--no-monitoring",),
        ("--repeat", "2", "--seed", "7"),
        *(("--fault", name, "--deploy", "request-ride@traced") for name in CATALOG),
    ],
    ids=" ".join,
)
def test_every_document_is_what_opentelemetry_defines(write: Write, options: tuple[str, ...]) -> None:
    written = write(*options)
    assert len(written) >= 10
    for document in written:
        message = strictly(document)
        check_ids(document, message)
        check_attributes(document, message)
    traces = [next(spans_of(document))["traceId"] for document in written]
    assert len(set(traces)) == len(traces)


def test_the_requests_of_the_plan_end_in_every_way(write: Write) -> None:
    """Else the test above would not have seen them: answers, refusals, errors, and none in time."""
    statuses, kinds = set(), set()
    slow = "sporadic-delay:share=0.3,low_s=3,high_s=4"
    for document in write("--deploy", "request-ride@traced", "--fault", slow):
        for span in spans_of(document):
            says = {one["key"]: one["value"] for one in span["attributes"]}
            kinds.add((says["ridelab.kind"]["stringValue"], span["kind"]))
            if "parentSpanId" not in span:
                statuses.add(says.get("http.response.status_code", {}).get("intValue"))
    assert statuses == {"201", "401", "403", "502", None}
    assert kinds == {
        ("request", Span.SPAN_KIND_CLIENT), ("invocation", Span.SPAN_KIND_SERVER),
        *((kind, Span.SPAN_KIND_INTERNAL) for kind in ("network", "cold start", "mark", "report")),
    }  # fmt: skip


def test_the_same_seed_gives_the_same_bytes_and_another_one_other_ids(write: Write) -> None:
    once, again, other = write("--seed", "3"), write("--seed", "3"), write("--seed", "4")
    assert once == again
    used = [{span["traceId"] for one in run for span in spans_of(one)} for run in (once, other)]
    assert used[0].isdisjoint(used[1])


def test_a_message_says_what_the_trace_says(bench: Bench) -> None:
    bench.lab.tokens["promo-discount"] = bench.scenario.monitoring.token
    bench.ride("context.mark.start('open')\nawait context.http.get(PROMO)\nraise ValueError")
    data = bench.load(20, 0.1)
    for number, line in enumerate(documents(data)):
        message = strictly(json.loads(line))
        told = [
            (
                span.name,
                resource.resource.attributes[0].value.string_value,
                span.end_time_unix_nano - span.start_time_unix_nano,
                span.status.code == Status.STATUS_CODE_ERROR,
                "ridelab.left_open" in {one.key for one in span.attributes},
            )
            for resource in message.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]
        spans = request_trace(data, number).spans
        assert sorted(told) == sorted(
            (span.name, span.service, round(span.duration_s * 1e6) * 1000, span.error, span.left_open)
            for span in spans
        )
        assert any(span.left_open for span in spans)


def changed(**what: Any) -> Callable[[dict[str, Any]], None]:
    """Change the last span, which has a parent and no child; an id of the trace is changed in all of them."""

    def change(document: dict[str, Any]) -> None:
        spans = list(spans_of(document))
        for span in spans if "traceId" in what else spans[-1:]:
            span.update(what)

    return change


@pytest.mark.parametrize(
    "change",
    [
        changed(spanID="00f067aa0ba902b7"),
        changed(start_time_unix_nano="1522453721000000000"),
        changed(kind="SPAN_KIND_CLIENT"),
        changed(startTimeUnixNano=1522453721000000000),
        changed(startTimeUnixNano="2018-03-30T19:48:41Z"),
        changed(status={"code": "STATUS_CODE_ERROR"}),
        changed(attributes=[{"key": "url.path", "value": "/ride"}]),
        changed(attributes=[{"key": "url.path", "value": {"intValue": 1}}]),
        changed(attributes={"url.path": "/ride"}),
    ],
)
def test_the_parser_is_as_strict_as_it_should_be(
    bench: Bench, change: Callable[[dict[str, Any]], None]
) -> None:
    bench.ride("return {'statusCode': 200}").ask()
    [line] = documents(bench.data)
    document = json.loads(line)
    strictly(document)
    change(document)
    with pytest.raises((json_format.ParseError, AssertionError, KeyError)):
        strictly(document)


@pytest.mark.parametrize(
    "change",
    [
        changed(traceId="4BF92F3577B34DA6A3CE929D0E0E4736"),
        changed(traceId="0" * 32),
        changed(spanId="f067aa0ba902b7"),
        changed(spanId="0" * 16),
        changed(parentSpanId="00f067aa0ba902b7"),
        changed(endTimeUnixNano="1"),
    ],
)
def test_the_check_of_ids_is_as_strict_as_it_should_be(
    bench: Bench, change: Callable[[dict[str, Any]], None]
) -> None:
    bench.ride("return {'statusCode': 200}").ask()
    [line] = documents(bench.data)
    document = json.loads(line)
    check_ids(document, strictly(document))
    change(document)
    with pytest.raises((AssertionError, KeyError)):
        check_ids(document, strictly(document))
