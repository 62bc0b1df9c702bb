"""The gateway: routes, the authorizer, and what it makes of a function's reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from simulator.system.gateway import local_path

if TYPE_CHECKING:
    from tests.unit.conftest import Bench


def ask(bench: Bench, method: str, path: str, headers: dict[str, str]) -> tuple[int, str]:
    run = bench.lab.request(method, path, headers, "{}")
    bench.lab.finish(run)
    answer = run.sent_by_hand[-1].result[1]
    return answer.status, answer.body


@pytest.mark.parametrize("name", ["Authorization", "authorization", "AUTHORIZATION"])
def test_the_right_token_passes_whatever_the_header_s_case(bench: Bench, name: str) -> None:
    bench.ride("return {'statusCode': 204}")
    assert ask(bench, "POST", "/ride", {name: f" {bench.scenario.site.token} "}) == (204, "")


@pytest.mark.parametrize("headers", [{}, {"Authorization": ""}, {"Authorization": "wrong"}])
def test_a_wrong_or_missing_token_is_a_401_before_any_function_runs(
    bench: Bench, headers: dict[str, str]
) -> None:
    assert ask(bench, "POST", "/ride", headers) == (401, '{"message": "Unauthorized"}')
    assert len(bench.data.frozen_invocations) == 0
    assert bench.data.requests["latency_s"] == pytest.approx([0.1])
    assert bench.data.requests["invocation"].tolist() == [-1]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/ride"),
        ("POST", "/"),
        ("POST", "/rides"),
        ("POST", "/ride/"),
        ("POST", "https://api.wildrydes.example/ride"),
        ("POST", "https://api.wildrydes.example/production/ride"),
    ],
)
def test_no_other_route_exists(bench: Bench, method: str, path: str) -> None:
    token = {"Authorization": bench.scenario.site.token}
    assert ask(bench, method, path, token) == (403, '{"message": "Missing Authentication Token"}')


def test_a_query_does_not_change_the_route(bench: Bench) -> None:
    bench.ride("return {'statusCode': 200, 'body': event['path']}")
    assert ask(bench, "POST", "/ride?a=1", {"Authorization": bench.scenario.site.token}) == (200, "/ride")


def test_the_handler_meets_the_user_the_token_names(bench: Bench) -> None:
    bench.ride(
        "return {'statusCode': 200, 'body': event['requestContext']['authorizer']['claims']['cognito:username']}"
    )
    assert bench.ask().body == "ada"


def test_the_answer_has_the_handler_s_headers_as_text(bench: Bench) -> None:
    bench.ride("return {'statusCode': 200, 'headers': {'X-Rides': 3, 'Content-Type': 'text/plain'}}")
    answer = bench.ask()
    assert answer.headers == {"Content-Type": "text/plain", "X-Rides": "3"}


def test_a_failure_tells_the_client_nothing(bench: Bench) -> None:
    answer = bench.ride("raise ValueError('secret')").ask()
    assert (answer.status, answer.body) == (502, '{"message": "Internal server error"}')


def test_an_error_the_handler_answers_itself_passes_as_it_is(bench: Bench) -> None:
    answer = bench.ride("return {'statusCode': 500, 'body': 'sorry'}").ask()
    assert (answer.status, answer.body) == (500, "sorry")


def test_the_way_there_and_back_is_the_network_s_time_once(bench: Bench) -> None:
    bench.unwatched().ride("await asyncio.sleep(1)\nreturn {'statusCode': 200}").lab.warm(1)
    data = bench.load(1, 1)
    assert data.requests["latency_s"] == pytest.approx([1.1])
    assert data.invocations["asked_s"] == pytest.approx([1.05])


SITE = "https://api.example/prod"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://api.example/prod/ride", "/prod/ride"),
        ("https://API.example:443/prod/ride?q#f", "/prod/ride"),
        ("https://api.example", "/"),
        ("http://api.example/prod/ride", None),
        ("https://api.example:8443/prod/ride", None),
        ("https://other.example/prod/ride", None),
        ("https://api.example.evil/prod", None),
        ("ride", None),
        ("", None),
        ("https://[::1/ride", None),
        ("https://api.example:port/", None),
    ],
)
def test_the_lab_has_one_host(url: str, path: str | None) -> None:
    assert local_path(url, SITE) == path


def test_a_timeout_that_is_longer_than_the_gateway_s_is_seen_from_both_sides(bench: Bench) -> None:
    gateway = msgspec.structs.replace(bench.scenario.gateway, timeout_s=2.0)
    short = type(bench)(msgspec.structs.replace(bench.scenario, gateway=gateway))
    short.ride("await asyncio.sleep(4)\nreturn {'statusCode': 200}")
    answer = short.ask()
    assert (answer.status, answer.body) == (504, '{"message": "Endpoint request timed out"}')
    assert short.data.invocations["duration_s"] == pytest.approx([4.0])
