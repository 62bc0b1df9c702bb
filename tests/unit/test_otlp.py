"""Traces as OTLP/JSON: shapes, ids, times and attributes as any OpenTelemetry tool reads them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from simulator.otlp import documents
from simulator.traces import request_trace

if TYPE_CHECKING:
    from tests.unit.conftest import Bench

START_NS = 1_522_453_721_000_000_000  # 2018-03-30 19:48:41 -0400


def spans(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The spans of a document by id, each with its service and its attributes as values."""
    found = {}
    for resource in document["resourceSpans"]:
        about = values(resource["resource"]["attributes"])
        for scope in resource["scopeSpans"]:
            assert scope["scope"]["name"] == "ridelab"
            for span in scope["spans"]:
                found[span["spanId"]] = span | {"about": about, "says": values(span["attributes"])}
    return found


def values(attributes: list[dict[str, Any]]) -> dict[str, Any]:
    [names, found] = [
        [one["key"] for one in attributes],
        [next(iter(one["value"].values())) for one in attributes],
    ]
    return dict(zip(names, found, strict=True))


def exported(bench: Bench) -> list[dict[str, Any]]:
    return [json.loads(line) for line in documents(bench.data)]


def test_a_document_is_one_request_s_trace_and_one_line(real: Bench) -> None:
    real.lab.deploy("request-ride@traced")
    data = real.load(20, 1)
    lines = list(documents(data))
    assert len(lines) == 20
    assert all(b"\n" not in line for line in lines)
    for number, line in enumerate(lines):
        trace, found = request_trace(data, number), spans(json.loads(line))
        assert len(found) == len(trace.spans)
        assert {span["traceId"] for span in found.values()} == {trace.trace_id}
        roots = [span for span in found.values() if "parentSpanId" not in span]
        assert [span["name"] for span in roots] == ["request"]
        assert all(span["parentSpanId"] in found for span in found.values() if span not in roots)


def test_ids_are_lower_case_hex_and_times_are_texts_of_nanoseconds(real: Bench) -> None:
    real.load(5, 1)
    for document in exported(real):
        for span in spans(document).values():
            assert re.fullmatch("[0-9a-f]{32}", span["traceId"])
            assert re.fullmatch("[0-9a-f]{16}", span["spanId"])
            begin, end = span["startTimeUnixNano"], span["endTimeUnixNano"]
            assert isinstance(begin, str)
            assert isinstance(end, str)
            assert START_NS <= int(begin) <= int(end)
            assert isinstance(span["kind"], int)


def test_attributes_follow_the_conventions(bench: Bench) -> None:
    bench.lab.tokens["promo-discount"] = bench.scenario.monitoring.token
    bench.ride("context.mark.start('open')\nawait context.http.get(PROMO)\nraise ValueError").load(20, 0.1)
    first, second = (list(spans(document).values()) for document in exported(bench))
    by_name = {span["name"]: span for span in first}
    request, ride, promo = by_name["request"], by_name["request-ride"], by_name["promo-discount"]
    assert request["kind"] == 3
    assert request["says"] == {
        "ridelab.kind": "request", "http.request.method": "POST", "url.path": "/ride",
        "http.response.status_code": "502",
    }  # fmt: skip
    assert request["status"] == {"code": 2}
    assert int(request["startTimeUnixNano"]) == START_NS + 10_000_000_000
    assert ride["kind"] == 2
    assert (ride["says"]["faas.coldstart"], ride["says"]["faas.trigger"]) == (True, "http")
    assert ride["says"]["http.route"] == "/ride"
    assert ride["about"] == {"service.name": "request-ride", "service.version": "own"}
    assert promo["about"] == {"service.name": "promo-discount", "service.version": "launch"}
    assert "http.route" not in promo["says"]
    assert by_name["open"]["kind"] == 1
    assert by_name["open"]["says"] == {"ridelab.kind": "mark", "ridelab.left_open": True}
    assert {span["name"]: span["says"].get("faas.coldstart") for span in second}["request-ride"] is False
    assert (
        len({span["says"]["faas.invocation_id"] for span in first if "faas.invocation_id" in span["says"]})
        == 2
    )


def test_only_kept_traces_are_written_with_marks_or_without(real: Bench) -> None:
    real.lab.sample(0.3)
    for ref in ("request-ride@launch", "request-ride@traced"):
        real.lab.deploy(ref)
        data = real.load(100, 1)
        kept = data.requests["number"][data.requests["kept"] > 0].tolist()
        assert 10 < len(kept) < 55
        found = [next(iter(spans(document).values()))["traceId"] for document in exported(real)]
        assert found == [request_trace(data, number).trace_id for number in kept]
    real.lab.sample(0.0)
    real.load(5, 1)
    assert exported(real) == []


def test_a_request_names_the_version_it_met(bench: Bench) -> None:
    bench.ride("return {'statusCode': 200}")
    run = bench.lab.load(bench.plan(4, 1))
    bench.lab.advance(2.5)
    bench.lab.deploy("request-ride@plain")
    bench.lab.finish(run)
    found = []
    for document in exported(bench):
        [version] = {
            s["about"]["service.version"] for s in spans(document).values() if s["name"] == "request-ride"
        }
        found.append(version)
    assert found == ["own", "own", "plain", "plain"]


def test_a_request_without_an_answer_has_no_status_code(bench: Bench) -> None:
    run = bench.lab.request("GET", "https://elsewhere.example/")
    bench.lab.finish(run)
    [document] = exported(bench)
    [span] = spans(document).values()
    assert "http.response.status_code" not in span["says"]
    assert span["status"] == {"code": 2}


def test_the_same_run_gives_the_same_bytes(real: Bench) -> None:
    real.lab.deploy("request-ride@traced")
    assert list(documents(real.load(10, 1))) == list(documents(real.load(10, 1)))
