"""Faults on the way to another function: each symptom comes from what contends, and goes with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from simulator.errors import UsageError
from simulator.fault_way import HeadOfLine, Hedge, LostConnections, RetryStorm, WayFault
from simulator.faults import parse_fault
from simulator.load import Phase
from simulator.traces import request_trace

if TYPE_CHECKING:
    from simulator.run_data import RunData
    from simulator.tracing import Span
    from tests.unit.conftest import Bench

RIDE = "request-ride"
PROMO_FUNCTION = "promo-discount"
OK = "return {'statusCode': 200}"
CALL = (
    "with context.mark('ask'):\n    answer = await context.http.get(PROMO)\n"
    "return {'statusCode': answer.status_code}"
)
IMPATIENT = (
    """
    try:
        async with asyncio.timeout(0.3):
            await context.http.get(PROMO)
    except TimeoutError:
        return {'statusCode': 503}
    """
    + OK
)
UNLUCKY = "import random\nasync def handler(event, context):\n" + (
    "    if random.random() < 0.2:\n        await context.pass_time(2.0)\n    return {'statusCode': 200}"
)
WAY_S = 0.04  # there and back
NEVER_MS = 86_400_000.0

SLOW: dict[str, WayFault] = {
    "retry-storm": RetryStorm(
        service=PROMO_FUNCTION, workers=1, service_ms=160, for_s=0, tries=1, timeout_ms=NEVER_MS
    ),
    "lost-connections": LostConnections(service=PROMO_FUNCTION, share=0.4),
    "head-of-line": HeadOfLine(service=PROMO_FUNCTION, bulky=1.0, bulky_ms=200),
}
AT_REST: dict[str, WayFault] = {
    "retry-storm": RetryStorm(
        service=PROMO_FUNCTION, workers=10_000, service_ms=0, tries=1, timeout_ms=NEVER_MS
    ),
    "lost-connections": LostConnections(service=PROMO_FUNCTION, share=0.0),
    "head-of-line": HeadOfLine(service=PROMO_FUNCTION, bulky=0.0, connections=10_000),
    "hedge": Hedge(service=PROMO_FUNCTION, after_ms=NEVER_MS),
}
WAITS = {
    "retry-storm": "waiting for a worker of promo-discount",
    "lost-connections": "waiting for a connection to promo-discount: SYN lost",
    "head-of-line": "waiting behind other answers of promo-discount",
}
KINDS = pytest.mark.parametrize("kind", SLOW)
ALL = pytest.mark.parametrize("kind", AT_REST)


def durations(data: RunData, service: str = RIDE) -> list[float]:
    """A function's invocations' lengths in the order they were asked for."""
    table = data.of_service(service)
    order = np.argsort(table["asked_s"], kind="stable")
    return [float(table["duration_s"][i]) for i in order]


def slowest(data: RunData) -> int:
    """The request that took longest."""
    return int(data.requests["number"][np.nanargmax(data.requests["latency_s"])])


def asked(data: RunData, request: int) -> list[Span]:
    """What lies inside of a request's mark `ask`: waits longer than nothing, and the callee's invocations."""
    trace = request_trace(data, request)
    [ask] = [i for i, span in enumerate(trace.spans) if span.name == "ask"]
    return [trace.spans[i] for i in trace.children(ask) if trace.spans[i].duration_s > 1e-9]


def failures(bench: Bench) -> set[str]:
    """How the handlers' tracebacks end."""
    return {d.failure.splitlines()[-1] for d in bench.details.invocations.values() if d.failure}


# lost connections


def test_a_lost_syn_costs_one_second_and_a_second_one_two_more(bench: Bench) -> None:
    bench.ride(CALL).promo(OK).lab.warm(30)
    bench.lab.inject(LostConnections(service=PROMO_FUNCTION, share=0.3, tries=4))
    data = bench.load(600, 1)
    extra = np.round(np.array(durations(data)) - WAY_S, 6)
    assert set(extra) - {15.0 - WAY_S} == {0.0, 1.0, 3.0, 7.0}
    assert (extra == 15.0 - WAY_S).sum() == data.codes[502]  # four SYNs lost, and no answer at all
    for cost_s, share in ((0.0, 0.7), (1.0, 0.21), (3.0, 0.063)):
        assert (extra == cost_s).mean() == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 600))


def test_kept_connections_need_no_set_up(bench: Bench) -> None:
    bench.ride(CALL).promo(OK).lab.warm(5)
    bench.lab.inject(LostConnections(service=PROMO_FUNCTION, share=0.5, keep_alive=True))
    data = bench.load(600, 1)
    containers = len(set(data.of_service(RIDE)["container"]))
    assert containers <= 5
    assert sum(one > WAY_S + 0.5 for one in durations(data)) <= containers
    assert durations(data)[50:] == pytest.approx([WAY_S] * 550)


def test_a_kept_connection_carries_one_call_at_a_time(bench: Bench) -> None:
    bench.ride("""
        await context.http.get(PROMO)
        with context.mark('together'):
            await asyncio.gather(context.http.get(PROMO), context.http.get(PROMO))
        await asyncio.sleep(20)
        return {'statusCode': 200}
    """).promo(OK).lab.warm(60)
    bench.lab.inject(LostConnections(service=PROMO_FUNCTION, share=0.5, keep_alive=True))
    data = bench.load(4, 10)
    assert len(set(data.of_service(RIDE)["container"])) == 40
    traces = [request_trace(data, i) for i in range(40)]
    again = [
        sum(span.kind == "wait" and trace.spans[span.parent].name == "together" for span in trace.spans)
        for trace in traces
    ]
    assert set(again) == {0, 1}  # one of the two needs a second connection, half of which lose a SYN
    assert sum(again) == pytest.approx(20, abs=10)


def test_a_call_that_is_given_up_closes_its_connection(bench: Bench) -> None:
    bench.ride(IMPATIENT).promo("await asyncio.sleep(0.5)\n" + OK).lab.warm(1)
    bench.lab.inject(LostConnections(service=PROMO_FUNCTION, share=0.5, keep_alive=True))
    data = bench.load(40, 1)
    assert data.codes == {503: 40}
    lost = sum(
        span.name == WAITS["lost-connections"] for i in range(40) for span in request_trace(data, i).spans
    )
    assert lost == pytest.approx(20, abs=10)


def test_after_so_many_syns_the_caller_is_told(bench: Bench) -> None:
    bench.ride(CALL).promo(OK).lab.warm(9)
    bench.lab.inject(LostConnections(service=PROMO_FUNCTION, share=1.0, tries=3))
    data = bench.load(1, 1)
    assert data.codes == {502: 1}
    assert durations(data) == pytest.approx([7.0])
    assert failures(bench) == {"ConnectionError: promo-discount: no connection after 3 SYNs"}


# head of line


def test_answers_queue_behind_a_bulky_one(bench: Bench) -> None:
    bench.ride(CALL).promo(OK).lab.warm(60)
    bench.lab.inject(HeadOfLine(service=PROMO_FUNCTION, bulky=1.0, bulky_ms=160))
    data = bench.load(3, 10)
    read_s = 0.0
    for began_s, lasted_s in zip(np.sort(data.of_service(RIDE)["start_s"]), durations(data), strict=True):
        read_s = max(read_s, began_s + WAY_S) + 0.16  # Lindley's recursion
        assert began_s + lasted_s == pytest.approx(read_s)
    assert durations(data)[-1] == pytest.approx(0.2 + 29 * 0.06)


def test_answers_come_in_order_behind_a_slow_one_too(bench: Bench) -> None:
    bench.ride(CALL).promo("await asyncio.sleep(1.0 if context.clock() < 0.2 else 0.0)\n" + OK).lab.warm(60)
    handle = bench.lab.inject(HeadOfLine(service=PROMO_FUNCTION, bulky=0.0))
    lasted = durations(bench.load(2, 10))
    assert lasted == pytest.approx([max(WAY_S, 1.04 - 0.1 * i) for i in range(20)])
    bench.lab.remove(handle)
    bench.lab.inject(HeadOfLine(service=PROMO_FUNCTION, bulky=0.0, connections=10_000))
    assert durations(bench.load(2, 10)) == pytest.approx([1.04] + [WAY_S] * 19)


def test_only_the_bulky_share_holds_the_others_up(bench: Bench) -> None:
    bench.ride(CALL).promo(OK).lab.warm(100)
    held_up = {}
    for connections in (1, 10_000):
        handle = bench.lab.inject(
            HeadOfLine(service=PROMO_FUNCTION, bulky=0.05, bulky_ms=1000, connections=connections)
        )
        lasted = np.array(durations(bench.load(30, 10)))
        held_up[connections] = int((lasted > WAY_S + 1e-6).sum())
        bench.lab.remove(handle)
    assert 5 <= held_up[10_000] <= 30  # themselves
    assert held_up[1] > 5 * held_up[10_000]


# hedging


def test_a_hedge_lets_the_first_answer_win(bench: Bench) -> None:
    bench.ride(CALL).promo(UNLUCKY).lab.warm(60)
    without = durations(bench.load(300, 1))
    bench.lab.inject(Hedge(service=PROMO_FUNCTION, after_ms=100))
    data = bench.load(300, 1)
    hedged = np.array(durations(data))
    slow = [one > 1.0 for one in without]
    assert 40 <= sum(slow) <= 80
    assert hedged[~np.array(slow)] == pytest.approx(WAY_S)
    lucky = hedged[np.array(slow)] < 1.0
    assert lucky.mean() > 0.6
    assert hedged[np.array(slow)][lucky] == pytest.approx(0.1 + WAY_S)
    assert len(durations(data, PROMO_FUNCTION)) == 300 + sum(slow)
    assert sum(one == pytest.approx(2.0) for one in durations(data, PROMO_FUNCTION)) >= sum(slow)


def test_a_hedge_shows_as_two_invocations_side_by_side(bench: Bench) -> None:
    bench.ride(CALL).promo(UNLUCKY).lab.warm(60)
    bench.lab.inject(Hedge(service=PROMO_FUNCTION, after_ms=100))
    data = bench.load(60, 1)
    two = next(i for i in range(60) if 0.11 < data.of_service(RIDE)["duration_s"][i] < 1.0)
    trace = request_trace(data, int(data.of_service(RIDE)["request"][two]))
    [ask] = [i for i, span in enumerate(trace.spans) if span.name == "ask"]
    first, second = (trace.spans[i] for i in trace.children(ask))
    assert first.name == second.name == PROMO_FUNCTION
    assert second.start_s - first.start_s == pytest.approx(0.1)
    assert first.end_s > trace.spans[ask].end_s  # the loser's work goes on


@pytest.mark.parametrize("hedge_first", [True, False])
def test_a_hedge_covers_lost_connections_whichever_came_first(bench: Bench, *, hedge_first: bool) -> None:
    bench.ride(CALL).promo(OK).lab.warm(60)
    faults = [
        Hedge(service=PROMO_FUNCTION, after_ms=100),
        LostConnections(service=PROMO_FUNCTION, share=0.3),
    ]
    for fault in faults if hedge_first else reversed(faults):
        bench.lab.inject(fault)
    lasted = np.array(durations(bench.load(400, 1)))
    assert (lasted > 0.5).mean() == pytest.approx(0.09, abs=4 * np.sqrt(0.09 * 0.91 / 400))


def test_a_failed_call_counts_only_when_no_other_is_under_way(bench: Bench) -> None:
    bench.ride(CALL).promo(OK).lab.warm(60)
    bench.lab.inject(LostConnections(service=PROMO_FUNCTION, share=0.5, tries=1))
    plain = bench.load(200, 1)
    handle = bench.lab.inject(Hedge(service=PROMO_FUNCTION, after_ms=100))
    hedged = bench.load(200, 1)
    assert plain.codes[502] > 1.5 * hedged.codes[502]
    assert max(durations(hedged)) == pytest.approx(1.1)  # both lost: the second one's failure counts
    bench.lab.remove(handle)
    bench.lab.inject(Hedge(service=PROMO_FUNCTION, after_ms=1500))
    assert bench.load(200, 1).codes == plain.codes  # the first had failed before


# all of them


@KINDS
def test_it_shows_its_wait_in_the_trace_beside_the_callee(bench: Bench, kind: str) -> None:
    bench.ride(CALL).promo("await asyncio.sleep(0.1)\n" + OK).lab.warm(60)
    bench.lab.inject(SLOW[kind])
    data = bench.load(2, 10)
    spans = asked(data, slowest(data))
    [wait] = [span for span in spans if span.name == WAITS[kind]]
    [callee] = [span for span in spans if span.name == PROMO_FUNCTION]
    assert (wait.kind, wait.service) == ("wait", RIDE)
    assert wait.duration_s > 0.5
    if kind == "head-of-line":
        assert wait.start_s == pytest.approx(callee.end_s + WAY_S / 2)
    else:
        assert wait.end_s < callee.start_s
    together = sum(span.duration_s for span in spans) + WAY_S
    assert together == pytest.approx(float(np.nanmax(data.requests["latency_s"])) - 0.1 - 0.02)


@KINDS
def test_who_gives_up_leaves_nothing_lost(bench: Bench, kind: str) -> None:
    bench.ride(IMPATIENT).promo(OK).lab.warm(60)
    bench.lab.inject(SLOW[kind])
    plan = bench.plan(0, 0, phases=(Phase(1, 20), Phase(4, 0.001), Phase(20, 1)))
    data = bench.lab.finish(bench.lab.load(plan)).data()
    assert data.codes[503] >= 4
    later = data.requests["sent_s"] > 4.5
    assert later.sum() >= 20
    expected = 0.6 if kind == "lost-connections" else 1.0
    assert (data.requests["status"][later] == 200).mean() == pytest.approx(
        expected, abs=0.3 if expected < 1 else 0
    )


@KINDS
def test_an_invocation_that_is_ended_leaves_nothing_lost(bench: Bench, kind: str) -> None:
    bench.settings(RIDE, timeout_s=0.5).ride(CALL).promo(OK).lab.warm(60)
    bench.lab.inject(SLOW[kind])
    plan = bench.plan(0, 0, phases=(Phase(1, 20), Phase(4, 0.001), Phase(20, 1)))
    data = bench.lab.finish(bench.lab.load(plan)).data()
    assert data.codes[502] >= 4
    first = int(data.requests["number"][data.requests["status"] == 502][0])
    assert WAITS[kind] in {span.name for span in asked(data, first)}  # what was not waited out shows as well
    later = data.requests["sent_s"] > 4.5
    assert (data.requests["status"][later] == 200).sum() >= (6 if kind == "lost-connections" else 20)


@KINDS
def test_it_is_switched_on_and_off_and_leaves_nothing_behind(bench: Bench, kind: str) -> None:
    bench.ride(CALL).promo(OK).lab.warm(60)
    run = bench.lab.load(bench.plan(9, 10))
    bench.lab.advance(3.01)
    handles = [bench.lab.inject(SLOW[kind]), bench.lab.inject(Hedge(service=PROMO_FUNCTION, after_ms=1e6))]
    bench.lab.advance(3.0)
    for handle in handles:
        bench.lab.remove(handle)
    assert run.world.functions[PROMO_FUNCTION].call_guards == []
    data = bench.lab.finish(run).data()
    lasted = durations(data)
    assert data.codes == {200: 90}
    assert lasted[:29] == pytest.approx([WAY_S] * 29)
    assert max(lasted[30:60]) > 0.5
    assert lasted[61:] == pytest.approx([WAY_S] * 29)


@ALL
def test_a_run_with_it_is_the_same_every_time_however_it_is_cut(bench: Bench, kind: str) -> None:
    bench.ride(CALL).promo(UNLUCKY).lab.warm(30)
    bench.lab.inject(SLOW.get(kind, Hedge(service=PROMO_FUNCTION, after_ms=100)))
    whole = bench.load(3, 10)
    run = bench.lab.load(bench.plan(3, 10))
    while not run.settled:
        bench.lab.advance(0.37)
    cut = run.data()
    for table in ("requests", "invocations", "spans"):
        for name, column in getattr(whole, table).items():
            assert np.array_equal(column, getattr(cut, table)[name], equal_nan=column.dtype.kind == "f"), name


@ALL
def test_with_nothing_to_work_on_it_changes_nothing_in_the_module(real: Bench, kind: str) -> None:
    without = real.load(60, 1)
    real.lab.inject(AT_REST[kind])
    with_it = real.load(60, 1)
    assert with_it.requests["latency_s"] == pytest.approx(without.requests["latency_s"], abs=1e-9)
    assert (with_it.requests["status"] == without.requests["status"]).all()


@KINDS
def test_the_module_s_own_load_shows_it_by_default(real: Bench, kind: str) -> None:
    without = real.load(60, 1)
    fault = parse_fault(kind)
    assert fault.service == PROMO_FUNCTION
    real.lab.inject(fault)
    slowed = real.load(60, 1).requests["latency_s"] > without.requests["latency_s"] + 0.1
    assert slowed.sum() >= 5


def test_hedging_helps_the_module_by_default(real: Bench) -> None:
    without = real.load(300, 1).requests["latency_s"]
    real.lab.inject(parse_fault("hedge"))
    with_it = real.load(300, 1).requests["latency_s"]
    assert (with_it > 1.0).mean() < 0.6 * (without > 1.0).mean()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("retry-storm:jitter=full,budget=0.1", RetryStorm(service=PROMO_FUNCTION, jitter="full", budget=0.1)),
        ("retry-storm:budget=none,workers=3", RetryStorm(service=PROMO_FUNCTION, workers=3)),
        ("lost-connections:keep_alive=on", LostConnections(service=PROMO_FUNCTION, keep_alive=True)),
        ("hedge:after_ms=20,service=request-ride", Hedge(service=RIDE, after_ms=20)),
    ],
)
def test_its_switches_are_read_from_the_command_line(text: str, fault: WayFault) -> None:
    assert parse_fault(text) == fault


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lost-connections:keep_alive=yes", "fault `lost-connections`: `keep_alive=yes`: give on or off"),
        ("lost-connections:tries=8", "fault `lost-connections`: `tries=8`: give at most 7"),
        ("retry-storm:jitter=some", "fault `retry-storm`: `jitter=some`: invalid enum value 'some'"),
        (
            "head-of-line:connections=1.5",
            "fault `head-of-line`: `connections=1.5`: give a whole number",
        ),
    ],
)
def test_a_parameter_out_of_its_limits_is_named(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(said)}$"):
        parse_fault(text)
