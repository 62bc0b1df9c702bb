"""The lab's service as any HTTP client sees it, and exchanges as they go over the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from simulator.http import LabTransport, as_text, request, response

if TYPE_CHECKING:
    from tests.unit.conftest import Bench


def client(bench: Bench) -> httpx.Client:
    return httpx.Client(transport=LabTransport(bench.lab), base_url=bench.scenario.site.url)


def token(bench: Bench) -> dict[str, str]:
    return {"Authorization": bench.scenario.site.token}


def test_a_client_gets_the_answer_in_virtual_time(bench: Bench) -> None:
    bench.ride("return {'statusCode': 201, 'body': event['body'], 'headers': {'X-Ride': 'yes'}}")
    with client(bench) as http:
        answer = http.post("/ride", headers=token(bench), json={"a": 1})
        assert (answer.status_code, answer.json(), answer.headers["x-ride"]) == (201, {"a": 1}, "yes")
        assert answer.headers["content-type"] == "application/json"
        assert answer.extensions["latency_s"] == pytest.approx(1.12)
        assert http.post("/ride", headers=token(bench), json={"a": 2}).json() == {"a": 2}
        assert http.post("/ride").status_code == 401
        assert http.get("/rides").status_code == 403
    assert bench.data.sent == 4


def test_a_client_meets_what_really_happens(bench: Bench) -> None:
    bench.ride("raise ValueError")
    with client(bench) as http:
        assert http.post("/ride", headers=token(bench)).status_code == 502


def test_another_host_is_no_host(bench: Bench) -> None:
    with (
        client(bench) as http,
        pytest.raises(httpx.ConnectError, match=r"no such host in the lab: elsewhere\.example"),
    ):
        http.get("https://elsewhere.example/")


def test_a_request_amid_a_load_gets_its_own_answer(bench: Bench) -> None:
    bench.ride("await asyncio.sleep(0.7)\nreturn {'statusCode': 200, 'body': event['body']}").lab.warm(20)
    run = bench.lab.load(bench.plan(20, 10))
    bench.lab.advance(3.0)
    with client(bench) as http:
        assert http.post("/ride", headers=token(bench), content="mine").text == "mine"
    assert bench.lab.finish(run).data().sent == 201


def test_a_request_whose_client_gives_up_is_a_read_timeout(bench: Bench) -> None:
    bench.ride("await asyncio.sleep(5)\nreturn {'statusCode': 200}")
    bench.lab.load(bench.plan(60, 0.1, timeout_s=2.0))
    with client(bench) as http, pytest.raises(httpx.ReadTimeout, match="no answer came: ETIMEDOUT"):
        http.post("/ride", headers=token(bench))


def test_a_body_that_is_no_text_is_sent_as_far_as_it_is(bench: Bench) -> None:
    bench.ride("return {'statusCode': 200, 'body': event['body']}")
    with client(bench) as http:
        assert http.post("/ride", headers=token(bench), content=b"a\xff").text == "a\ufffd"


def test_an_exchange_is_shown_as_it_went_over_the_wire(bench: Bench) -> None:
    bench.ride(
        "return {'statusCode': 201, 'body': json.dumps({'Eta': '30 Seconds'}), 'headers': {'X-A': 'b'}}"
    )
    bench.load(1, 1)
    exchange = bench.details.exchanges[0]
    sent, got = as_text(request(exchange)), as_text(response(exchange))
    assert sent.splitlines()[0] == "POST /prod/ride HTTP/1.1"
    assert f"authorization: {bench.scenario.site.token}" in sent
    assert sent.endswith('\n\n{\n  "PickupLocation": {}\n}')
    assert got.splitlines()[0] == "HTTP/1.1 201 Created"
    assert "x-a: b" in got
    assert got.endswith('\n\n{\n  "Eta": "30 Seconds"\n}')
    assert response(exchange).extensions["latency_s"] == exchange.latency_s


def test_a_body_that_only_looks_like_json_is_shown_as_it_came(bench: Bench) -> None:
    bench.ride("return {'statusCode': 200, 'body': '{not json'}")
    bench.load(1, 1)
    assert as_text(response(bench.details.exchanges[0])).endswith("\n\n{not json")
