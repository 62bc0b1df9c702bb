"""Traces as OTLP/JSON: shapes, ids, times and attributes as any OpenTelemetry tool reads them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import msgspec

from simulator.load import Flow, Loop, Request, Think
from simulator.otlp import documents
from simulator.settings import Route
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


def sent(bench: Bench) -> list[tuple[str | None, str | None, str | None]]:
    """Method and path of each request, and the route by which its function was called."""
    found = []
    for document in exported(bench):
        says = [span["says"] for span in spans(document).values()]
        root = next(one for one in says if one["ridelab.kind"] == "request")
        route = next((one["http.route"] for one in says if "http.route" in one), None)
        found.append((root.get("http.request.method"), root.get("url.path"), route))
    return found


def test_each_request_names_its_own_method_and_path(bench: Bench) -> None:
    token = {"Authorization": bench.scenario.site.token}
    steps = (
        Request("POST", "/ride", token),
        Think(1.0),
        Loop(2, (Request("GET", bench.scenario.site.url + "/nowhere", {}),)),
        Request("POST", "https://elsewhere.example/prod/ride?x=1", {}),
    )
    bench.ride("return {'statusCode': 200}").load(1, 1, flows=(Flow(steps),))
    assert sent(bench) == [
        ("POST", "/ride", "/ride"), ("GET", "/nowhere", None), ("GET", "/nowhere", None),
        ("POST", "/prod/ride", None),
    ]  # fmt: skip


def test_several_flows_and_routes_are_told_apart(bench: Bench) -> None:
    gateway = bench.scenario.gateway
    routes = [*gateway.routes, Route(method="GET", path="/offer", function="promo-discount")]
    bench.__init__(
        msgspec.structs.replace(bench.scenario, gateway=msgspec.structs.replace(gateway, routes=routes))
    )
    token = {"Authorization": bench.scenario.site.token}
    flows = (Flow((Request("POST", "/ride", token),)), Flow((Request("GET", "/offer", token),)))
    bench.ride("return {'statusCode': 200}").promo("return {'statusCode': 200}").load(20, 1, flows=flows)
    assert set(sent(bench)) == {("POST", "/ride", "/ride"), ("GET", "/offer", "/offer")}
    for number, (_, path, _) in enumerate(sent(bench)):
        services = {span.service for span in request_trace(bench.data, number).spans}
        assert ("promo-discount" in services) is (path == "/offer")


def test_a_path_with_a_variable_is_told_only_where_a_route_took_it(bench: Bench) -> None:
    token = {"Authorization": bench.scenario.site.token}
    flow = Flow((Request("POST", "/{{ what }}", token), Request("GET", "/{{ what }}", token)))
    bench.ride("return {'statusCode': 200}").load(1, 1, flows=(flow,), variables={"what": ("ride",)})
    assert sent(bench) == [("POST", "/ride", "/ride"), ("GET", None, None)]


def test_a_user_under_way_has_no_flow_on_record_yet(bench: Bench) -> None:
    steps = (Request("GET", "/nowhere", {}), Think(100.0))
    run = bench.lab.load(bench.plan(2, 1, flows=(Flow(steps), Flow(steps))))
    bench.lab.advance(10)
    assert sent(bench) == [(None, None, None)] * 2
    bench.lab.finish(run)
    assert sent(bench) == [("GET", "/nowhere", None)] * 2


def test_requests_by_hand_name_what_was_asked_for(bench: Bench) -> None:
    bench.ride("return {'statusCode': 200}").ask()
    for method, url in [("DELETE", "/ride"), ("GET", "https://elsewhere.example/"), ("PUT", "https://[/")]:
        bench.lab.finish(bench.lab.request(method, url))
    assert sent(bench) == [
        ("POST", "/ride", "/ride"), ("DELETE", "/ride", None), ("GET", "/", None), ("PUT", None, None)
    ]  # fmt: skip


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
