"""Traces out of a run's columns: whose child each call is, what an agent shows, and requests that ended badly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.traces import invocation_trace, request_trace, span_id, trace_id

if TYPE_CHECKING:
    from simulator.tracing import Trace
    from tests.unit.conftest import Bench


def tree(trace: Trace) -> list[tuple[str, str, float]]:
    """Each span as (name, its parent's name, length), in order."""
    return [
        (s.name, trace.spans[s.parent].name if s.parent >= 0 else "", round(s.duration_s, 6))
        for s in trace.spans
    ]


CALLS = """
    with context.mark('outer'):
        with context.mark('ask'):
            await context.http.get(PROMO)
    await context.http.get(PROMO)
    return {'statusCode': 200}
"""
PROMO = "with context.mark('think'):\n    await asyncio.sleep(0.5)\nreturn {'statusCode': 200}"


def test_a_request_whole_is_the_way_there_everything_inside_and_the_way_back(bench: Bench) -> None:
    bench.ride(CALLS).promo(PROMO).load(1, 1)
    trace = request_trace(bench.data, 0)
    assert tree(trace) == [
        ("request", "", 1.0 + 0.1 + 2 * 0.54 + 1.0 + 0.02),
        ("network, gateway", "request", 0.05),
        ("cold start", "request", 1.0),
        ("request-ride", "request", 2 * 0.54 + 1.0),
        ("outer", "request-ride", 1.54),
        ("ask", "outer", 1.54),
        ("cold start", "ask", 1.0),
        ("promo-discount", "ask", 0.5),
        ("promo-discount", "request-ride", 0.5),
        ("agent's report", "request", 0.02),
        ("network, gateway", "request", 0.05),
    ]
    assert trace.root.duration_s == pytest.approx(bench.data.requests["latency_s"][0])
    assert trace.unmarked_s(0) == pytest.approx(0.0, abs=1e-9)


def test_an_invocation_shows_what_its_agents_watch(bench: Bench) -> None:
    bench.ride(CALLS).promo(PROMO).load(1, 1)
    assert [name for name, *_ in tree(invocation_trace(bench.data, 0))] == ["request-ride", "outer", "ask"]
    shown = [name for name, *_ in tree(invocation_trace(bench.data, 0, unwatched=True))]
    assert shown == ["request-ride", "outer", "ask", "cold start", "promo-discount", "promo-discount"]
    bench.lab.tokens["promo-discount"] = bench.scenario.monitoring.token
    bench.load(1, 1)
    shown = [name for name, *_ in tree(invocation_trace(bench.data, 0))]
    assert shown == [
        "request-ride",
        "outer",
        "ask",
        "cold start",
        "promo-discount",
        "think",
        "promo-discount",
        "think",
    ]


def test_a_call_s_parent_is_the_mark_of_its_own_process(bench: Bench) -> None:
    bench.ride("""
        async def ask():
            with context.mark('ask'):
                await context.http.get(PROMO)
        async def idle():
            await asyncio.sleep(0.01)
            with context.mark('idle'):
                await asyncio.sleep(0.3)
        await asyncio.gather(ask(), idle())
        return {'statusCode': 200}
    """).load(1, 1)
    parents = {name: parent for name, parent, _ in tree(request_trace(bench.data, 0))}
    assert parents["promo-discount"] == "ask"


def test_a_callee_may_outlive_its_caller(bench: Bench) -> None:
    bench.promo("await asyncio.sleep(5)\nreturn {'statusCode': 200}").ride("""
        try:
            async with asyncio.timeout(0.1):
                await context.http.get(PROMO)
        except TimeoutError:
            return {'statusCode': 200}
    """).load(1, 1)
    trace = request_trace(bench.data, 0)
    promo = next(
        span for span in trace.spans if span.service == "promo-discount" and span.kind == "invocation"
    )
    assert promo.end_s > trace.root.end_s
    assert trace.critical_path()


def test_a_request_that_no_function_answered_is_one_span(bench: Bench) -> None:
    run = bench.lab.request("POST", "/ride", {})
    bench.lab.request("GET", "https://elsewhere.example/")
    bench.lab.finish(run)
    assert tree(request_trace(bench.data, 0)) == [("request", "", 0.1)]
    assert tree(request_trace(bench.data, 1)) == [("request", "", 0.0)]
    assert request_trace(bench.data, 1).root.error
    assert not request_trace(bench.data, 0).root.error


def test_a_request_that_was_given_up_lasts_as_long_as_its_client_waited(bench: Bench) -> None:
    bench.ride("await asyncio.sleep(9)\nreturn {'statusCode': 200}").lab.warm(1)
    run = bench.lab.load(bench.plan(1, 1, timeout_s=2.0))
    bench.lab.advance(5.0)
    assert tree(request_trace(bench.data, 0)) == [("request", "", 2.0)]
    bench.lab.finish(run)
    assert [name for name, *_ in tree(request_trace(bench.data, 0))] == [
        "request",
        "network, gateway",
        "request-ride",
        "agent's report",
    ]


def test_errors_and_open_marks_are_flagged(bench: Bench) -> None:
    bench.ride("context.mark.start('open')\nwith context.mark('bad'):\n    raise ValueError").load(1, 1)
    spans = {span.name: span for span in request_trace(bench.data, 0).spans}
    assert spans["request"].error
    assert spans["request-ride"].error
    assert spans["bad"].error
    assert (spans["open"].left_open, spans["open"].error) == (True, False)


def test_what_was_refused_never_ran_and_is_no_span_of_its_caller(bench: Bench) -> None:
    bench.settings("promo-discount", concurrency=1).promo(PROMO)
    bench.ride(
        "await asyncio.gather(context.http.get(PROMO), context.http.get(PROMO))\nreturn {'statusCode': 200}"
    )
    bench.load(1, 1)
    names = [name for name, *_ in tree(request_trace(bench.data, 0))]
    assert names.count("promo-discount") == 1


def test_who_has_not_ended_has_no_trace(bench: Bench) -> None:
    bench.ride("await asyncio.sleep(9)\nreturn {'statusCode': 200}")
    bench.lab.load(bench.plan(1, 1))
    bench.lab.advance(5.0)
    with pytest.raises(KeyError):
        request_trace(bench.data, 0)
    with pytest.raises(KeyError):
        invocation_trace(bench.data, 0)


def test_every_request_of_a_real_run_has_a_sound_trace(real: Bench) -> None:
    real.lab.deploy("request-ride@published-trace")
    data = real.load(60, 1)
    for number, latency in zip(
        data.requests["number"].tolist(), data.requests["latency_s"].tolist(), strict=True
    ):
        trace = request_trace(data, number)
        assert trace.root.duration_s == pytest.approx(latency)
        assert trace.unmarked_s(0) == pytest.approx(0.0, abs=1e-6)
        assert sum(stretch.duration_s for stretch in trace.critical_stretches()) == pytest.approx(latency)


# ids


def test_the_same_request_has_the_same_trace_in_every_run_of_its_seed(real: Bench) -> None:
    first = real.load(20, 1)
    real.lab.deploy("request-ride@timeout")
    second = real.load(20, 1)
    ids = [[request_trace(data, n).trace_id for n in range(20)] for data in (first, second)]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 20
    assert invocation_trace(first, 0).trace_id == ids[0][int(first.invocations["request"][0])]
    real.lab.seed = 2
    assert request_trace(real.load(20, 1), 0).trace_id != ids[0][0]


@given(st.integers(0, 2**63), st.integers(0, 2**64 - 1), st.integers(0, 1000))
def test_ids_are_hex_of_their_length_and_never_zero(seed: int, owner: int, index: int) -> None:
    trace = trace_id(seed, owner)
    span = span_id(trace, index)
    for text, digits in ((trace, 32), (span, 16)):
        assert len(text) == digits
        assert set(text) <= set("0123456789abcdef")
        assert int(text, 16) > 0
    assert span_id(trace, index) != span_id(trace, index + 1)
