"""Virtual users: flows, loops, thinking, variables, captures, limits, and every way of getting no answer."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from simulator.errors import UsageError
from simulator.load import Flow, Loop, Phase, Request, Think
from simulator.users import NO_CAPTURE

if TYPE_CHECKING:
    from simulator.load import Step
    from tests.unit.conftest import Bench

ECHO = (
    "return {'statusCode': 200, 'body': json.dumps({'Body': event['body'], 'Id': 7, 'List': [{'a': 'b'}]})}"
)


def post(bench: Bench, **changes: Any) -> Request:
    return Request(
        **(
            {"method": "POST", "url": "/ride", "headers": {"Authorization": bench.scenario.site.token}}
            | changes
        )
    )


def flow(bench: Bench, *steps: Step, users: int = 1, **changes: Any) -> Any:
    return bench.load(users, 1, flows=(Flow(steps),), **changes)


def bodies(bench: Bench) -> list[str | None]:
    return [exchange.body for exchange in bench.details.exchanges.values()]


# what they do


def test_a_user_takes_one_step_after_the_other(bench: Bench) -> None:
    bench.ride("await asyncio.sleep(1)\nreturn {'statusCode': 200}").unwatched().lab.warm(1)
    data = flow(bench, post(bench), Think(5.0), post(bench), Loop(3, (post(bench), Think(0.5))))
    assert data.requests["sent_s"] == pytest.approx([1.0, 7.1, 8.2, 9.8, 11.4])
    assert data.requests["step"].tolist() == [0, 1, 2, 3, 4]
    assert data.users["ended_s"] == pytest.approx([13.0])
    assert (data.launched, data.sent, data.done) == (1, 5, 1)


def test_a_loop_of_0_is_no_loop_and_loops_nest(bench: Bench) -> None:
    bench.ride(ECHO)
    assert flow(bench, Loop(0, (post(bench),)), Loop(2, (Loop(3, (post(bench),)),))).sent == 6


def test_each_request_of_a_user_meets_luck_of_its_own_and_the_same_in_every_run(real: Bench) -> None:
    real.ride(ECHO).lab.warm(5)
    first = flow(real, post(real), post(real), users=5).requests
    second = flow(real, post(real), Think(3.0), post(real), users=5).requests
    assert len(set(first["latency_s"].tolist())) == 10
    luck = {(u, s): x for u, s, x in zip(first["user"], first["step"], first["latency_s"], strict=True)}
    again = {(u, s): x for u, s, x in zip(second["user"], second["step"], second["latency_s"], strict=True)}
    assert again == pytest.approx(luck)
    assert first["user"].tolist() != second["user"].tolist()  # though they were sent in another order


def test_flows_are_chosen_by_their_weights(bench: Bench) -> None:
    bench.ride(ECHO)
    flows = (Flow((Think(0.1),), 3.0), Flow((Think(0.2),), 1.0))
    data = bench.load(400, 1, flows=flows)
    share = (data.users["flow"] == 1).sum() / 400
    assert share == pytest.approx(0.25, abs=0.09)
    assert data.sent == 0


# variables


def test_variables_go_into_urls_headers_and_bodies(bench: Bench) -> None:
    bench.ride(ECHO)
    request = post(
        bench,
        url="/{{ path }}",
        headers={"Authorization": "{{ token }}", "X": "a {{ path }}"},
        body="<{{ path }}>",
    )
    data = flow(bench, request, variables={"path": ("ride",), "token": (bench.scenario.site.token,)})
    exchange = bench.details.exchanges[0]
    assert data.codes == {200: 1}
    assert (exchange.url, exchange.headers["X"], exchange.body) == (
        f"{bench.scenario.site.url}/ride",
        "a ride",
        "<ride>",
    )


def test_a_variable_can_hold_anything_and_json_stays_json(bench: Bench) -> None:
    bench.ride(ECHO)
    nasty = 'O"Brien\\\n{}'
    request = post(bench, json={"Name": "{{ name }}", "{{ name }}": ["Mr. {{ name }}"]})
    flow(bench, request, variables={"name": (nasty,)})
    assert json.loads(bodies(bench)[0] or "") == {"Name": nasty, nasty: [f"Mr. {nasty}"]}


def test_a_json_body_says_so_unless_the_plan_says_otherwise(bench: Bench) -> None:
    bench.ride(ECHO)
    token = {"Authorization": bench.scenario.site.token}
    flow(
        bench,
        post(bench, json={}),
        post(bench, json={}, headers=token | {"content-type": "x/y"}),
        post(bench, body="a"),
    )
    kinds = [
        {name.lower(): value for name, value in e.headers.items()}.get("content-type")
        for e in bench.details.exchanges.values()
    ]
    assert kinds == ["application/json", "x/y", None]


def test_payload_rows_go_round_in_sequence(bench: Bench) -> None:
    bench.ride(ECHO)
    flow(bench, post(bench, body="{{ n }}"), users=5, fields=("n",), rows=(("a",), ("b",)), order="sequence")
    assert bodies(bench) == ["a", "b", "a", "b", "a"]


def test_payload_rows_at_random_are_the_user_s_own_draw(bench: Bench) -> None:
    bench.ride(ECHO)
    given: Any = {"fields": ("n",), "rows": (("a",), ("b",), ("c",)), "order": "random", "users": 300}
    flow(bench, post(bench, body="{{ n }}"), **given)
    chosen = bodies(bench)
    assert all(70 < n < 130 for n in Counter(chosen).values())
    flow(bench, Think(1.0), post(bench, body="{{ n }}"), **given)
    assert bodies(bench) == chosen


def test_what_was_captured_is_used_as_it_came(bench: Bench) -> None:
    bench.ride(ECHO)
    first = post(bench, captures=(("$.Id", "id"), ("$.List[0].a", "text"), ("$.List", "all")))
    flow(
        bench, first, post(bench, json={"Id": "{{ id }}", "Text": "{{ text }}: {{ id }}", "All": "{{ all }}"})
    )
    assert json.loads(bodies(bench)[1] or "") == {"Id": 7, "Text": "b: 7", "All": [{"a": "b"}]}


@pytest.mark.parametrize("path", ["$.Missing", "$.List[3]", "$.Id.x", "$.List.a"])
def test_a_capture_that_finds_nothing_ends_the_user_and_is_its_own_request_s_error(
    bench: Bench, path: str
) -> None:
    bench.ride("await asyncio.sleep(2.5)\n" + ECHO)
    data = flow(bench, post(bench, captures=((path, "x"),)), post(bench), users=3)
    assert data.sent == 3
    assert data.errors == dict.fromkeys(range(3), NO_CAPTURE)
    assert data.users["failed"].tolist() == [1, 1, 1]
    assert data.codes == {200: 3}


def test_an_answer_that_is_no_json_holds_nothing_to_capture(bench: Bench) -> None:
    bench.ride("return {'statusCode': 200, 'body': 'plain'}")
    assert flow(bench, post(bench, captures=(("$.a", "x"),))).errors == {0: NO_CAPTURE}


# limits and failures


def test_nobody_is_let_in_beyond_max_users_of_the_whole_run(bench: Bench) -> None:
    bench.unwatched().ride("await asyncio.sleep(3.2)\n" + ECHO).lab.warm(9)
    phases = (Phase(2.0, 1.0), Phase(4.0, 1.0, max_users=2))
    data = bench.load(6, 1, phases=phases)
    assert data.skipped_s == (3.0, 4.0)
    assert data.users["user"].tolist() == [0, 1, 4, 5]
    assert (data.launched, data.done) == (4, 4)


def test_a_client_that_gives_up_sees_a_timeout_and_stops(bench: Bench) -> None:
    bench.ride("await asyncio.sleep(9)\n" + ECHO).lab.warm(1)
    data = flow(bench, post(bench), post(bench), timeout_s=2.0)
    assert data.errors == {0: "ETIMEDOUT"}
    assert data.requests["status"].tolist() == [0]
    assert data.requests["invocation"].tolist() == [0]
    assert data.users["ended_s"] == pytest.approx([3.0])
    assert data.invocations["duration_s"] == pytest.approx([9.0])
    assert data.codes == {}
    assert len(data.latencies_s) == 0


@pytest.mark.parametrize(
    "url", ["https://elsewhere.example/ride", "http://api.wildrydes.example/prod/ride", "https://[bad/"]
)
def test_another_host_is_not_found(bench: Bench, url: str) -> None:
    data = flow(bench, post(bench, url=url), post(bench))
    assert data.errors == {0: "ENOTFOUND"}
    assert data.sent == 1
    assert data.users["failed"].tolist() == [1]


@pytest.mark.parametrize("status", [400, 500, 502])
def test_an_answer_with_an_error_is_an_answer_and_the_user_goes_on(bench: Bench, status: int) -> None:
    bench.ride(f"return {{'statusCode': {status}}}")
    data = flow(bench, post(bench), post(bench))
    assert data.codes == {status: 2}
    assert data.users["failed"].tolist() == [0]


def test_a_plan_that_aims_elsewhere_is_refused_before_time_moves(bench: Bench) -> None:
    with pytest.raises(
        UsageError, match=r"test: target `https://other\.example` is not in the lab: it knows https://api"
    ):
        bench.load(1, 1, target="https://other.example")
    with pytest.raises(UsageError, match="target `https://b/prod`"):
        bench.load(1, 1, target="https://{{ host }}/prod", variables={"host": ("b",)})


def test_a_target_may_be_the_host_alone(bench: Bench) -> None:
    bench.ride(ECHO)
    data = flow(bench, post(bench, url="/prod/ride"), post(bench), target="https://api.wildrydes.example")
    assert data.codes == {200: 1, 403: 1}


def test_an_absolute_url_and_one_within_a_query_are_told_apart(bench: Bench) -> None:
    bench.ride(ECHO)
    data = flow(
        bench,
        post(bench, url="/ride?next=https://x.example/"),
        post(bench, url=bench.scenario.site.url + "/ride"),
    )
    assert data.codes == {200: 2}


# plans that do little


@pytest.mark.parametrize(
    "phases",
    [
        (Phase(10.0, pause=True),),
        (Phase(10.0, 0.0),),
        (Phase(10.0, count=0),),
        (Phase(4.0, pause=True), Phase(6.0, pause=True)),
    ],
)
def test_a_plan_without_arrivals_ends_when_it_ends(bench: Bench, phases: tuple[Phase, ...]) -> None:
    data = bench.load(1, 1, phases=phases)
    assert (data.sent, data.launched, data.ended_s, data.now_s, data.settled) == (0, 0, 10.0, 10.0, True)


def test_a_phase_of_no_length_ends_at_once(bench: Bench) -> None:
    assert bench.load(1, 1, phases=(Phase(0.0, 5.0),)).ended_s == 0.0


def test_a_run_ends_with_its_last_user_not_with_its_last_phase(bench: Bench) -> None:
    bench.unwatched().ride("await asyncio.sleep(5)\n" + ECHO).lab.warm(1)
    assert bench.load(1, 1).ended_s == pytest.approx(1.0 + 5.1)
    assert bench.load(1, 1, phases=(Phase(1.0, 1.0), Phase(100.0, pause=True))).ended_s == 101.0


@pytest.mark.parametrize("moment", [0.0, 2.5, 40.0])
def test_a_load_that_is_stopped_ends_with_who_is_under_way(bench: Bench, moment: float) -> None:
    bench.unwatched().ride("await asyncio.sleep(1)\n" + ECHO).lab.warm(3)
    run = bench.lab.load(bench.plan(4, 1, phases=(Phase(4.0, 1.0), Phase(1000.0, pause=True))))
    bench.lab.advance(moment)
    bench.lab.stop(run)
    data = bench.lab.finish(run).data()
    assert (data.launched, data.done, data.stopped_s) == (min(4, int(moment)), min(4, int(moment)), moment)
    assert data.ended_s == pytest.approx({0.0: 0.0, 2.5: 3.1, 40.0: 40.0}[moment])
    bench.lab.stop(run)
    assert run.settings == data.settings
