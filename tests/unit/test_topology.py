"""The map of a run: what is known of which edge, by whom, and over which time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from simulator.metrics import percentile
from simulator.topology import FLEET, GATEWAY, RIDERS, TABLE, WINDOW_S, census, longest, topology

if TYPE_CHECKING:
    from simulator.run_data import RunData
    from simulator.topology import Edge, Figures
    from tests.unit.conftest import Bench

RIDE, PROMO_NAME = "request-ride", "promo-discount"
MARKED = """
    with context.mark('outer'):
        with context.mark('call'):
            await context.http.post(PROMO)
    await asyncio.sleep(0.5)
    return {'statusCode': 200}
"""


def edge(data: RunData, target: str) -> Edge:
    found = topology(data).edge_into(target)
    assert found is not None
    return found


def known(data: RunData, target: str) -> Figures:
    figures = edge(data, target).figures
    assert figures is not None
    return figures


def test_every_place_but_the_riders_has_one_edge_into_it(real: Bench) -> None:
    found = topology(real.load(5, 1))
    assert [place.name for place in found.places] == [RIDERS, GATEWAY, RIDE, PROMO_NAME, FLEET, TABLE]
    assert [edge.target for edge in found.edges] == [place.name for place in found.places[1:]]
    assert [edge.origin for edge in found.edges] == [RIDERS, GATEWAY, RIDE, RIDE, RIDE]


def test_clients_and_agents_are_known_and_the_rest_is_not(real: Bench) -> None:
    data = real.load(120, 1)
    client, front = known(data, GATEWAY), known(data, RIDE)
    assert (client.n, front.n) == (120, 120)
    assert client.p95_s == percentile(data.latencies_s, 0.95)
    assert front.p95_s == percentile(data.of_service(RIDE)["duration_s"], 0.95)
    assert client.errors == data.codes[502] == front.errors
    assert [edge(data, name).source for name in (PROMO_NAME, FLEET, TABLE)] == ["nobody"] * 3
    assert [edge(data, name).figures for name in (PROMO_NAME, FLEET, TABLE)] == [None] * 3


def test_with_its_agent_on_a_called_function_is_known_by_it(real: Bench) -> None:
    real.lab.tokens = dict.fromkeys(real.scenario.functions, real.scenario.monitoring.token)
    data = real.load(60, 1)
    assert edge(data, PROMO_NAME).source == "agent"
    assert known(data, PROMO_NAME).median_s == float(np.median(data.of_service(PROMO_NAME)["duration_s"]))


@pytest.mark.parametrize("token", [None, "wrong"])
def test_without_a_token_that_is_known_nothing_is(real: Bench, token: str | None) -> None:
    real.lab.tokens = {} if token is None else {RIDE: token, PROMO_NAME: token}
    real.lab.deploy("request-ride@traced", token=token)
    data = real.load(60, 1)
    assert [edge(data, name).source for name in (RIDE, PROMO_NAME)] == ["nobody", "nobody"]
    assert known(data, GATEWAY).n == 60


def test_the_callers_innermost_mark_around_a_call_measures_it(bench: Bench) -> None:
    bench.promo("await asyncio.sleep(1)\nreturn {'statusCode': 200, 'body': '{}'}").lab.warm(5)
    data = bench.ride(MARKED).load(70, 1)
    found = edge(data, PROMO_NAME)
    assert (found.source, found.mark) == ("mark", "call")
    figures = known(data, PROMO_NAME)
    assert (figures.n, figures.median_s, figures.p95_s) == (70, pytest.approx(1.04), pytest.approx(1.04))
    assert figures.rate_per_s == known(data, RIDE).rate_per_s


def test_a_call_outside_every_mark_is_not_seen(bench: Bench) -> None:
    bench.ride("""
        with context.mark('elsewhere'):
            await asyncio.sleep(0.1)
        await context.http.post(PROMO)
        return {'statusCode': 200}
    """)
    assert edge(bench.load(5, 1), PROMO_NAME).source == "nobody"


def test_a_mark_that_an_exception_closed_is_an_error(bench: Bench) -> None:
    bench.ride("""
        with context.mark('call'):
            await context.http.post(PROMO)
            raise ValueError
    """)
    figures = known(bench.load(5, 1), PROMO_NAME)
    assert (figures.n, figures.errors, figures.error_share) == (5, 5, 1.0)


def test_where_only_some_traces_are_kept_how_often_it_was_called_is_not_known(bench: Bench) -> None:
    bench.lab.sample(0.4)
    figures = known(bench.ride(MARKED).load(60, 1), PROMO_NAME)
    assert 0 < figures.n < 60
    assert math.isnan(figures.rate_per_s)
    assert figures.median_s > 0


@pytest.mark.parametrize(("n", "quoted"), [(58, False), (59, True)])
def test_a_p95_needs_its_samples(real: Bench, n: int, quoted: bool) -> None:
    figures = known(real.load(float(n), 1), GATEWAY)
    assert math.isnan(figures.p95_s) != quoted
    assert figures.median_s > 0


def test_of_a_run_under_way_only_the_last_seconds_count(bench: Bench) -> None:
    bench.ride("return {'statusCode': 200}").lab.warm(3)
    run = bench.lab.load(bench.plan(60, 4))
    bench.lab.advance(3.0)
    assert topology(bench.data).window_s == 3.0
    bench.lab.advance(27.0)
    data = bench.data
    assert (topology(data).window_s, topology(data).live) == (WINDOW_S, True)
    ended = data.requests["sent_s"] + data.requests["latency_s"]
    assert known(data, GATEWAY).n == int((ended > 20.0).sum()) == 40
    assert known(data, GATEWAY).rate_per_s == pytest.approx(4.0, abs=0.1)
    bench.lab.finish(run)
    data = run.data()
    assert (topology(data).live, known(data, GATEWAY).n) == (False, 240)
    assert known(data, GATEWAY).rate_per_s == pytest.approx(240 / (data.ended_s or 0))


def test_a_stop_of_answers_shows_in_the_window_and_not_in_the_rate(bench: Bench) -> None:
    """The rate is that of sending: nothing comes back for 20 s, and it is still 2 a second."""
    bench.ride("await asyncio.sleep(25)\nreturn {'statusCode': 200}").lab.warm(3)
    bench.lab.load(bench.plan(60, 2))
    bench.lab.advance(20.0)
    client = known(bench.data, GATEWAY)
    assert (client.n, client.rate_per_s) == (0, pytest.approx(2.0, abs=0.1))
    assert math.isnan(client.median_s)


def test_the_tail_of_many_chunks_gives_what_the_whole_tables_give(bench: Bench) -> None:
    bench.promo("await asyncio.sleep(0.2)\nreturn {'statusCode': 200, 'body': '{}'}").ride(MARKED)
    bench.lab.warm(400)
    bench.lab.load(bench.plan(60, 300))
    bench.lab.advance(40.0)
    data = bench.data
    assert len(data.frozen_invocations.chunks) > 4
    inv = data.of_service(RIDE)
    late = inv["start_s"] + inv["duration_s"] > 30.0
    assert known(data, RIDE).n == int(late.sum())
    assert known(data, RIDE).median_s == float(np.median(inv["duration_s"][late]))
    calls = known(data, PROMO_NAME)
    assert (edge(data, PROMO_NAME).mark, calls.n) == ("call", known(data, RIDE).n)
    assert calls.median_s == pytest.approx(0.24)


def test_of_very_many_requests_the_last_few_seconds_are_enough(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.topology.MOST_REQUESTS", 700)
    bench.ride("return {'statusCode': 200}").lab.warm(400)
    bench.lab.load(bench.plan(60, 200))
    bench.lab.advance(30.0)
    assert topology(bench.data).window_s == 3.0
    assert known(bench.data, GATEWAY).n == pytest.approx(600, abs=2)
    assert known(bench.data, GATEWAY).rate_per_s == pytest.approx(200, rel=0.01)


def test_rides_under_a_policy_that_decides_at_the_end_are_not_missed(bench: Bench) -> None:
    from simulator.sampling import SlowerThan

    bench.lab.sample(SlowerThan(over_ms=1.0))
    bench.ride(MARKED)
    bench.lab.warm(9)
    bench.lab.load(bench.plan(60, 4))
    bench.lab.advance(30.0)
    inv = bench.data.of_service(RIDE)
    assert known(bench.data, RIDE).n == int((inv["start_s"] + inv["duration_s"] > 20.0).sum())


def test_a_census_counts_what_the_agent_reported(real: Bench) -> None:
    data = real.load(120, 2)
    found, inv = census(data, RIDE), data.of_service(RIDE)
    assert (found.invocations, found.containers) == (len(inv["number"]), len(np.unique(inv["container"])))
    assert found.cold_starts == data.cold_starts()[RIDE]
    assert found.errors == data.codes[502]
    assert longest(data, RIDE) == int(inv["number"][inv["duration_s"].argmax()])


def test_what_was_refused_never_ran_and_is_not_counted(bench: Bench) -> None:
    bench.settings(RIDE, concurrency=1).ride("await asyncio.sleep(3)\nreturn {'statusCode': 200}")
    data = bench.load(9, 1)
    assert census(data, RIDE).invocations == known(data, RIDE).n == data.codes[200] < data.sent
    assert census(data, RIDE).containers == 1


def test_before_anything_was_sent_there_is_a_map_too(bench: Bench) -> None:
    bench.lab.load(bench.plan(9, 1))
    data = bench.data
    assert known(data, GATEWAY).n == 0
    assert edge(data, RIDE).figures is not None
    assert longest(data, RIDE) is None
    assert census(data, RIDE).containers == 0


def test_a_client_that_gave_up_is_an_error_when_it_gave_up(bench: Bench) -> None:
    bench.ride("await asyncio.sleep(20)\nreturn {'statusCode': 200}").lab.warm(9)
    plan = msgspec.structs.replace(bench.plan(30, 1), timeout_s=2.0)
    bench.lab.load(plan)
    bench.lab.advance(25.0)
    client = known(bench.data, GATEWAY)
    assert client.errors == client.n == 10
