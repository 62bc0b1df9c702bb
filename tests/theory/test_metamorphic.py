"""What must hold whatever the numbers are: scaling, order, conservation, and time that is all accounted for.

Little, "A proof for the queuing formula L = lambda W", Operations Research 9 (3), 1961. Times that hypothesis draws for
the kernel are whole 64ths, which floats add and halve without rounding: what is equal on paper is equal here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from simulator import Lab, load_plan, load_scenario
from simulator.deploying import Version
from simulator.faults import ErrorRate, SporadicDelay
from simulator.kernel import Semaphore, Simulation, sleep
from simulator.load import Phase
from simulator.metrics import percentiles
from simulator.traces import invocation_trace, request_trace
from tests.theory import models
from tests.theory.recursions import Overload

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.load import Plan
    from simulator.run_data import RunData
    from simulator.tracing import Interval, Trace

ticks = st.integers(min_value=0, max_value=512).map(lambda n: n / 64)
jobs = st.lists(st.tuples(ticks, ticks), min_size=1, max_size=40)
servers = st.integers(min_value=1, max_value=5)


def apart(pairs: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    """Give gaps and services."""
    return [gap for gap, _ in pairs], [service for _, service in pairs]


# scaling


@given(jobs, servers, st.sampled_from([0.125, 0.5, 2.0, 1024.0]))
def test_scaling_every_time_scales_every_wait_and_every_percentile(
    pairs: list[tuple[float, float]], count: int, k: float
) -> None:
    gaps, services = apart(pairs)
    waits = models.queue(gaps, services, count)
    scaled = models.queue([gap * k for gap in gaps], [service * k for service in services], count)
    assert scaled == [wait * k for wait in waits]
    ps = (0.0, 0.5, 0.95, 0.99, 1.0)
    assert percentiles(scaled, ps) == tuple(value * k for value in percentiles(waits, ps))


@given(jobs, servers, st.floats(min_value=1e-3, max_value=1e3))
def test_scaling_by_any_factor_is_exact_up_to_rounding(
    pairs: list[tuple[float, float]], count: int, k: float
) -> None:
    """A gap apart keeps rounding from changing who is first."""
    gaps, services = apart([(gap + 1 / 64, service) for gap, service in pairs])
    waits = models.queue(gaps, services, count)
    scaled = models.queue([gap * k for gap in gaps], [service * k for service in services], count)
    assert scaled == pytest.approx([wait * k for wait in waits], rel=1e-9, abs=1e-9 * k)


@given(jobs, ticks, st.sampled_from([0.25, 4.0]))
def test_scaling_holds_with_timeouts_and_retries_too(
    pairs: list[tuple[float, float]], patience: float, k: float
) -> None:
    """Patience is a time like the others, and is scaled with them."""
    gaps, services = apart(pairs)
    took = services[0] + 1 / 64
    plain = models.answered(gaps, Overload(lambda _: took, patience, 3), 1e6)
    scaled = models.answered([gap * k for gap in gaps], Overload(lambda _: took * k, patience * k, 3), 1e6)
    assert scaled == [moment * k for moment in plain]


# order


@given(jobs, servers)
def test_one_more_server_never_lengthens_a_wait(pairs: list[tuple[float, float]], count: int) -> None:
    fewer, more = (models.queue(*apart(pairs), n) for n in (count, count + 1))
    assert all(after <= before for before, after in zip(fewer, more, strict=True))


@given(jobs, servers)
def test_a_longer_service_never_shortens_a_wait(pairs: list[tuple[float, float]], count: int) -> None:
    gaps, services = apart(pairs)
    longer = models.queue(gaps, [services[0] + 1.0, *services[1:]], count)
    assert all(a >= b for a, b in zip(longer, models.queue(gaps, services, count), strict=True))


@given(jobs, servers)
def test_who_comes_first_is_served_first(pairs: list[tuple[float, float]], count: int) -> None:
    gaps, services = apart(pairs)
    came = np.cumsum(gaps)
    begun = came + np.array(models.queue(gaps, services, count))
    assert all(a <= b for a, b in pairwise(begun))


@given(jobs, servers)
def test_nobody_waits_while_a_server_is_free(pairs: list[tuple[float, float]], count: int) -> None:
    """Every other server is at work all through a wait: between arrival and start `count` services go on."""
    gaps, services = apart(pairs)
    came = np.cumsum(gaps)
    begun = came + np.array(models.queue(gaps, services, count))
    ended = begun + np.array(services)
    for i in np.flatnonzero(begun > came):
        moments = np.unique([came[i], *begun[(begun > came[i]) & (begun < begun[i])]])
        for moment in moments:
            assert ((begun <= moment) & (ended > moment)).sum() == count


# Little's law


@given(jobs, servers)
def test_little_s_law_is_exact_where_a_queue_starts_and_ends_empty(
    pairs: list[tuple[float, float]], count: int
) -> None:
    """The area under the number in the system, added up by who steps the clock, is the sum of the sojourns."""
    sim, line = Simulation(), Semaphore(count)
    inside, area, sojourns = 0, 0.0, 0.0

    async def job(number: int) -> None:
        nonlocal inside, sojourns
        came = sim.now
        inside += 1
        async with line:
            await sleep(pairs[number][1])
        inside -= 1
        sojourns += sim.now - came

    models.arrive(sim, [gap for gap, _ in pairs], job)
    before = 0.0
    while True:
        there = inside
        if not sim.run(budget=1):
            break
        area += there * (sim.now - before)
        before = sim.now
    assert inside == 0
    assert area == sojourns


OVERLAPPING = Version(
    "request-ride",
    "overlapping",
    """
import asyncio, random

async def handler(event, context):
    async def work(name):
        with context.mark(name):
            await asyncio.sleep(random.random())
    with context.mark('outer'):
        await asyncio.gather(*map(work, 'abcd'))
        await asyncio.sleep(0.1)
        await work('e')
    return {'statusCode': 201}
""",
)


@dataclass(frozen=True)
class Load:
    """A load on the module's system: enough of everything that can go wrong."""

    seed: int = 1
    rate: float = 3.0
    seconds: float = 15.0
    timeout_s: float = 120.0
    concurrency: int | None = None
    version: str = "traced"


SCENARIO = load_scenario("module-4")
PLAN = load_plan("artillery-slowness.yml")

loads = st.builds(
    Load,
    seed=st.integers(1, 1_000),
    rate=st.sampled_from([0.5, 3.0, 8.0]),
    timeout_s=st.sampled_from([0.4, 1.5, 120.0]),
    concurrency=st.sampled_from([1, 4, None]),
    version=st.sampled_from(["launch", "traced", "published-trace", "timeout", "together", "overlapping"]),
)


def plan(load: Load) -> Plan:
    phases = (Phase(load.seconds, load.rate, mode="poisson"),)
    return msgspec.structs.replace(PLAN, phases=phases, timeout_s=load.timeout_s)


def lab_of(load: Load) -> Lab:
    change = msgspec.structs.replace
    functions = {
        name: change(function, concurrency=load.concurrency) for name, function in SCENARIO.functions.items()
    }
    lab = Lab(change(SCENARIO, functions=functions), load.seed)
    lab.deploy(OVERLAPPING if load.version == "overlapping" else f"request-ride@{load.version}")
    lab.inject(ErrorRate(service="promo-discount", share=0.1))
    lab.inject(SporadicDelay(service="promo-discount", share=0.3))
    return lab


@settings(max_examples=20)
@given(loads)
def test_little_s_law_is_exact_in_a_run_of_the_lab(load: Load) -> None:
    """It starts and ends empty; a client who gave up stayed for the whole of its patience."""
    lab = lab_of(load)
    run = lab.load(plan(load))
    area, inside = 0.0, 0
    while not run.settled:
        inside = len(run.load.waiting)
        area += inside * lab.advance(3600.0, budget=1)
    data = run.data()
    assert data.in_flight == 0
    gave_up = int(np.isnan(data.requests["latency_s"]).sum())
    stays = float(np.nansum(data.requests["latency_s"])) + gave_up * load.timeout_s
    assert area == pytest.approx(stays, rel=1e-9)


# conservation


def check_counts(data: RunData) -> None:
    """Arrivals = done + failed + in flight, for users, requests and invocations."""
    failed = int(data.users["failed"].sum())
    done = len(data.users["failed"]) - failed
    assert data.launched == done + failed + len(data.at_work)
    assert data.done == done + failed
    answered = int((data.requests["status"] > 0).sum())
    assert data.sent == answered + len(data.errors) + data.in_flight
    assert answered == len(data.latencies_s) == sum(data.codes.values())
    assert all(data.settings.plan.timeout_s >= data.now_s - sent for sent in data.waiting)
    assert len(set(data.requests["number"].tolist())) == len(data.requests["number"])


@settings(max_examples=30)
@given(loads, st.lists(st.floats(min_value=0.0, max_value=4.0), max_size=12))
def test_arrivals_are_done_or_failed_or_in_flight_at_any_moment(load: Load, steps: list[float]) -> None:
    lab = lab_of(load)
    run = lab.load(plan(load))
    check_counts(run.data())
    for seconds in steps:
        lab.advance(seconds)
        check_counts(run.data())
    data = lab.finish(run).data()
    check_counts(data)
    assert (data.in_flight, data.at_work) == (0, ())


def test_the_loads_reach_every_way_to_end() -> None:
    """Or else the property above would say nothing about failures."""
    lab = lab_of(Load(rate=8.0, timeout_s=1.5, concurrency=4))
    run = lab.load(plan(Load(rate=8.0, timeout_s=1.5, concurrency=4)))
    lab.advance(8.0)
    under_way = run.data()
    data = lab.finish(run).data()
    assert under_way.in_flight > 0
    assert data.errors
    assert data.codes.get(201, 0) > 0
    assert sum(count for code, count in data.codes.items() if code >= 500) > 0


# time that is all accounted for


def covered(trace: Trace, index: int) -> float:
    """How much of a span its children cover: what lies between any two of their ends is covered or is not."""
    span = trace.spans[index]
    below = [trace.spans[child] for child in trace.children(index)]
    ends = sorted({span.start_s, span.end_s, *(x.start_s for x in below), *(x.end_s for x in below)})
    return math.fsum(
        b - a
        for a, b in pairwise(at for at in ends if span.start_s <= at <= span.end_s)
        if any(x.start_s <= a and b <= x.end_s for x in below)
    )


def overlaps(gap: Interval, other: Interval) -> bool:
    return max(gap[0], other[0]) < min(gap[1], other[1])


def check_trace(trace: Trace) -> None:
    for index, span in enumerate(trace.spans):
        whole = covered(trace, index) + trace.unmarked_s(index)
        assert whole == pytest.approx(span.duration_s, rel=1e-9, abs=1e-9)
        for child in trace.children(index):
            inner = trace.spans[child]
            assert not any(overlaps(gap, (inner.start_s, inner.end_s)) for gap in trace.unmarked(index))
    stretches = trace.critical_stretches()
    assert math.fsum(one.duration_s for one in stretches) == pytest.approx(trace.root.duration_s, abs=1e-9)


@lru_cache(maxsize=32)
def finished(load: Load) -> RunData:
    lab = lab_of(load)
    return lab.finish(lab.load(plan(load))).data()


@pytest.mark.parametrize("of", [request_trace, invocation_trace])
@settings(max_examples=15)
@given(load=loads)
@example(load=Load(version="overlapping"))
def test_children_and_unmarked_time_make_up_every_span(
    of: Callable[[RunData, int], Trace], load: Load
) -> None:
    data = finished(load)
    numbers = (data.requests if of is request_trace else data.invocations)["number"].tolist()
    for number in numbers:
        check_trace(of(data, number))


def test_the_traces_hold_overlaps_and_unmarked_time_and_callees_that_run_on() -> None:
    """Or else the property above would be about spans in a row."""
    traces = []
    for version in ("traced", "timeout", "overlapping"):
        data = finished(Load(version=version))
        traces += [request_trace(data, number) for number in data.requests["number"].tolist()]
    assert max(len(trace.spans) for trace in traces) >= 8
    assert any(trace.unmarked_s(0) < trace.root.duration_s for trace in traces)
    assert any(
        trace.unmarked_s(i) > 1e-6 and trace.children(i) for trace in traces for i in range(len(trace.spans))
    )
    assert any(
        a.start_s < b.start_s + 1e-9 and b.end_s < a.end_s - 1e-6
        for trace in traces
        for i in range(len(trace.spans))
        for a, b in pairwise(trace.spans[child] for child in trace.children(i))
    )
    assert any(
        span.parent >= 0 and span.end_s > trace.spans[span.parent].end_s + 1e-6
        for trace in traces
        for span in trace.spans
    )
