"""Faults of the rides table: each symptom comes from what contends, and goes with it."""

from __future__ import annotations

import gc
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from simulator.errors import UsageError
from simulator.fault_table import (
    ConnectionPool,
    CronJob,
    LockContention,
    TableFault,
    TableThrottling,
    TokenBucket,
)
from simulator.faults import parse_fault
from simulator.kernel import Simulation, Task
from simulator.load import Phase
from simulator.traces import request_trace

if TYPE_CHECKING:
    from simulator.run_data import RunData
    from tests.unit.conftest import Bench

RIDE = "request-ride"
OK = "return {'statusCode': 200}"
WRITE = "with context.mark('record'):\n    await context.rides.put_item({'RideId': '1'})\n" + OK
IMPATIENT = (
    """
    try:
        async with asyncio.timeout(0.3):
            await context.rides.put_item({'RideId': '1'})
    except TimeoutError:
        return {'statusCode': 503}
    """
    + OK
)
WRITE_S = 0.01  # of the table at rest

SLOW = {
    "lock-contention": LockContention(hold_ms=190),
    "connection-pool": ConnectionPool(size=1, hold_ms=190),
    "table-throttling": TableThrottling(capacity_units=5, burst_s=0, item_kb=1),
    "cron-job": CronJob(every_s=1.0, lasts_s=0.6),
}
AT_REST = {
    "lock-contention": LockContention(share=0.0),
    "connection-pool": ConnectionPool(size=10_000, hold_ms=0, queue=0),
    "table-throttling": TableThrottling(capacity_units=100_000, tries=1),
    "cron-job": CronJob(every_s=3600, lasts_s=0.001),  # at 0 s, before the first write
}
WAITS = {
    "lock-contention": "waiting for the lock of a hot row",
    "connection-pool": "waiting for a connection of the rides pool",
    "table-throttling": "waiting to write again after a throttle",
    "cron-job": "waiting for the table: a cron job has locked it",
}
KINDS = pytest.mark.parametrize("kind", SLOW)


def durations(data: RunData) -> list[float]:
    """The invocations' lengths in the order they were asked for."""
    order = np.argsort(data.invocations["asked_s"], kind="stable")
    return [float(data.invocations["duration_s"][i]) for i in order]


def waits(data: RunData, request: int) -> list[tuple[str, str, float]]:
    """Each wait of a request as (name, what it is inside of, length)."""
    spans = request_trace(data, request).spans
    return [
        (span.name, spans[span.parent].name, span.duration_s)
        for span in spans
        if span.kind == "wait" and span.duration_s > 1e-9
    ]


# lock contention


def test_writes_of_a_hot_row_wait_for_one_another_in_line(bench: Bench) -> None:
    bench.ride(WRITE).lab.warm(30)
    bench.lab.inject(LockContention(hold_ms=190))
    ends_s = 0.0
    data = bench.load(2, 10)
    for began_s, lasted_s in zip(np.sort(data.invocations["start_s"]), durations(data), strict=True):
        ends_s = max(ends_s, began_s) + WRITE_S + 0.19  # Lindley's recursion
        assert began_s + lasted_s == pytest.approx(ends_s)
    assert ends_s - began_s == pytest.approx(0.2 + 19 * 0.1)


def test_stripes_end_the_contention(bench: Bench) -> None:
    bench.ride(WRITE).lab.warm(30)
    bench.lab.inject(LockContention(hold_ms=190, stripes=10_000))
    assert durations(bench.load(2, 10)) == pytest.approx([0.2] * 20)


def test_only_the_share_of_writes_that_want_the_row_wait(bench: Bench) -> None:
    bench.ride(WRITE).lab.warm(100)
    bench.lab.inject(LockContention(hold_ms=190, share=0.3))
    lasted = np.array(durations(bench.load(20, 10)))
    assert 0.5 < (lasted < WRITE_S + 1e-6).mean() < 0.9
    assert lasted.max() > 0.3


# connection pool


def test_a_pool_that_is_too_small_fills_a_line_by_little_s_law(bench: Bench) -> None:
    bench.ride(WRITE).lab.warm(60)
    bench.lab.inject(ConnectionPool(size=2, hold_ms=390, wait_timeout_ms=None))
    lasted = durations(bench.load(3, 10))  # 10 come a second, 2 / 0.4 s = 5 go
    assert lasted[:2] == pytest.approx([0.4, 0.4])
    assert lasted[-1] == pytest.approx(0.4 + 28 * 0.1)
    bench.lab.inject(ConnectionPool(size=2, hold_ms=390))
    assert max(durations(bench.load(0.5, 4))) > 0.4  # the two faults are two pools, one behind the other


def test_a_pool_that_is_large_enough_has_no_line(bench: Bench) -> None:
    bench.ride(WRITE).lab.warm(60)
    bench.lab.inject(ConnectionPool(size=5, hold_ms=390, queue=0))
    assert durations(bench.load(3, 10)) == pytest.approx([0.4] * 30)


def test_a_bounded_line_refuses_at_once(bench: Bench) -> None:
    bench.ride(WRITE).lab.warm(30)
    bench.lab.inject(ConnectionPool(size=1, hold_ms=990, queue=1))
    data = bench.load(1, 10)
    assert data.codes == {200: 2, 502: 8}
    assert durations(data)[2:] == [0.0] * 8
    failure = next(d.failure for d in bench.details.invocations.values() if d.failure)
    assert failure.endswith(
        "ConnectionError: the rides pool: all 1 connections are in use and 1 writes wait already"
    )


def test_a_line_has_a_timeout_and_leaves_no_connection_behind(bench: Bench) -> None:
    bench.ride(WRITE).lab.warm(30)
    bench.lab.inject(ConnectionPool(size=1, hold_ms=990, wait_timeout_ms=500))
    plan = bench.plan(0, 0, phases=(Phase(0.5, 8), Phase(4, 0.5)))
    data = bench.lab.finish(bench.lab.load(plan)).data()
    assert data.codes == {200: 3, 502: 3}
    assert sorted(durations(data)) == pytest.approx([0.5] * 3 + [1.0] * 3)
    failure = next(d.failure for d in bench.details.invocations.values() if d.failure)
    assert failure.endswith("ConnectionError: the rides pool: no connection came free within 500 ms")


# throttling


def test_what_goes_beyond_the_capacity_is_throttled_and_comes_again(bench: Bench) -> None:
    bench.ride(WRITE).lab.warm(60)
    bench.lab.inject(TableThrottling(capacity_units=5, burst_s=0, item_kb=1))
    data = bench.load(4, 10)
    written = np.sort(data.invocations["start_s"] + data.invocations["duration_s"])
    for at_s in written:  # in no stretch more than the rate and the one second that a bucket holds
        assert ((written >= at_s) & (written < at_s + 2.0 - 1e-6)).sum() <= 5 + 2 * 5
    assert durations(data)[:5] == pytest.approx([WRITE_S] * 5)
    assert sum(one > 5 * WRITE_S for one in durations(data)) > 10


@pytest.mark.parametrize(
    "remedy",
    [{"capacity_units": 20}, {"item_kb": 0.5, "capacity_units": 10}, {"credit_s": 8.0, "burst_s": 300}],
)
def test_capacity_or_saved_credit_ends_the_throttling(bench: Bench, remedy: dict[str, float]) -> None:
    bench.ride(WRITE).lab.warm(60)
    fault: dict[str, float] = {"capacity_units": 5, "burst_s": 0, "item_kb": 1} | remedy
    bench.lab.inject(parse_fault("table-throttling:" + ",".join(f"{k}={v}" for k, v in fault.items())))
    assert durations(bench.load(4, 10)) == pytest.approx([WRITE_S] * 40)


def test_the_back_off_doubles_and_ends_in_the_table_s_own_error(bench: Bench) -> None:
    bench.ride(WRITE).lab.warm(9)
    bench.lab.inject(TableThrottling(capacity_units=0.001, item_kb=1.2, tries=5, full_jitter=False))
    data = bench.load(1, 1)
    assert data.codes == {502: 1}
    assert [length for *_, length in waits(data, 0)] == pytest.approx([0.05, 0.1, 0.2, 0.4])
    failure = next(d.failure for d in bench.details.invocations.values() if d.failure)
    assert "ProvisionedThroughputExceededException: the rides table takes 0.001 units a second" in failure
    assert failure.endswith("a write of 2 units was throttled 5 times")


def test_full_jitter_spreads_those_who_were_throttled_together(bench: Bench) -> None:
    bench.ride("await asyncio.sleep(1.0 - context.clock() % 1.0)\n" + WRITE).lab.warm(30)
    ends = {}
    for jitter in (False, True):
        handle = bench.lab.inject(
            TableThrottling(capacity_units=4, burst_s=0, item_kb=1, full_jitter=jitter, tries=20)
        )
        invocations = bench.load(0.5, 40).invocations
        ends[jitter] = len(set(np.round(invocations["start_s"] + invocations["duration_s"], 6)))
        bench.lab.remove(handle)
    assert ends[False] <= 8 < 14 <= ends[True] <= 20


def test_a_bucket_keeps_what_is_unused_up_to_its_limit() -> None:
    sim = Simulation()
    bucket = TokenBucket(sim, 2.0, 6.0, 1.0)
    assert not bucket.take(2.0)
    sim.run(until=0.5)
    assert bucket.take(2.0)
    assert not bucket.take(0.1)
    sim.run(until=100.0)
    assert bucket.take(6.0)
    assert not bucket.take(0.1)


# cron job


def test_a_cron_job_locks_writes_out_by_the_clock(bench: Bench) -> None:
    bench.ride(WRITE).lab.warm(30)
    bench.lab.inject(CronJob(every_s=5.0, lasts_s=2.0))
    data = bench.load(20, 2)
    for began_s, lasted_s in zip(np.sort(data.invocations["start_s"]), durations(data), strict=True):
        assert lasted_s == pytest.approx(max(0.0, 2.0 - began_s % 5.0) + WRITE_S)


def test_a_job_in_batches_lets_writes_in_between(bench: Bench) -> None:
    bench.ride(WRITE).lab.warm(60)
    bench.lab.inject(CronJob(every_s=5.0, lasts_s=2.0, batches=10))
    lasted = durations(bench.load(20, 8))
    assert 0.1 < max(lasted) <= 0.2 + 2 * WRITE_S
    assert sum(one > 2 * WRITE_S for one in lasted) > 20


def test_a_job_waits_for_the_writes_under_way_and_writes_share_the_table(bench: Bench) -> None:
    bench.ride(WRITE).lab.warm(9)
    bench.lab.inject(CronJob(every_s=1.4, lasts_s=0.3))
    bench.lab.inject(
        LockContention(hold_ms=990, stripes=10_000)
    )  # a write lasts 1 s, inside of the table's lock
    data = bench.load(1.5, 2)
    assert data.invocations["start_s"] == pytest.approx([0.55, 1.05, 1.55])
    assert durations(data) == pytest.approx([1.0, 1.0, 2.05 + 0.3 + 1.0 - 1.55])


@pytest.mark.parametrize(
    ("text", "busy"), [("every_s=5,lasts_s=5", "5"), ("every_s=5,lasts_s=3,batches=10", "5.7")]
)
def test_a_job_has_to_end_before_it_begins_again(text: str, busy: str) -> None:
    said = f"fault `cron-job`: the job would take {busy} s, and the next begins after `every_s` 5"
    with pytest.raises(UsageError, match=f"^{re.escape(said)}$"):
        parse_fault(f"cron-job:{text}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("table-throttling:full_jitter=1", "fault `table-throttling`: `full_jitter=1`: give on or off"),
        ("connection-pool:queue=-1", "fault `connection-pool`: `queue=-1`: give at least 0"),
        ("lock-contention:stripes=0", "fault `lock-contention`: `stripes=0`: give at least 1"),
    ],
)
def test_a_parameter_out_of_its_limits_is_named(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(said)}$"):
        parse_fault(text)


def test_switches_and_lines_without_an_end_are_read_from_the_command_line() -> None:
    assert parse_fault("table-throttling:full_jitter=off") == TableThrottling(full_jitter=False)
    pool = ConnectionPool(queue=None, wait_timeout_ms=None, size=4)
    assert parse_fault("connection-pool:queue=none,wait_timeout_ms=none,size=4") == pool


# all of them


@KINDS
def test_it_shows_its_wait_in_the_trace_before_the_write(bench: Bench, kind: str) -> None:
    bench.ride(WRITE).lab.warm(60)
    bench.lab.inject(SLOW[kind])
    data = bench.load(2, 10)
    slowest = int(data.requests["number"][np.argmax(data.requests["latency_s"])])
    found = waits(data, slowest)
    assert found[0][:2] == (WAITS[kind], "record")
    first = sum(length for name, _, length in found if name == WAITS[kind])
    held = sum(length for name, _, length in found if name != WAITS[kind])
    lasted = float(data.requests["latency_s"].max()) - 0.1 - 0.02  # network, agent's report
    assert first > 0.1
    assert first + held + WRITE_S == pytest.approx(lasted)


@KINDS
def test_who_gives_up_leaves_no_permit_lost(bench: Bench, kind: str) -> None:
    bench.ride(IMPATIENT).lab.warm(60)
    bench.lab.inject(SLOW[kind])
    plan = bench.plan(0, 0, phases=(Phase(1.5, 30), Phase(2, 0.001), Phase(4, 1)))
    data = bench.lab.finish(bench.lab.load(plan)).data()
    assert data.codes[503] >= 10
    later = data.requests["sent_s"] > 3.5
    if kind == "cron-job":
        assert 200 in data.requests["status"][later]
    else:
        assert data.requests["status"][later].tolist() == [200] * later.sum()
        assert later.sum() >= 4


@KINDS
def test_an_invocation_that_is_ended_leaves_no_permit_lost(bench: Bench, kind: str) -> None:
    bench.settings(RIDE, timeout_s=0.5).ride(WRITE).lab.warm(60)
    bench.lab.inject(SLOW[kind])
    plan = bench.plan(0, 0, phases=(Phase(1.5, 30), Phase(2, 0.001), Phase(4, 1)))
    data = bench.lab.finish(bench.lab.load(plan)).data()
    assert data.codes[502] >= 4
    first = int(data.requests["number"][data.requests["status"] == 502][0])
    assert waits(data, first)[0][:2] == (WAITS[kind], "record")  # what was not waited out shows as well
    later = (data.requests["sent_s"] > 3.5) & (data.requests["status"] == 200)
    assert later.sum() >= (1 if kind == "cron-job" else 4)


@KINDS
def test_it_is_switched_on_and_off_and_leaves_nothing_behind(bench: Bench, kind: str) -> None:
    bench.ride(WRITE).lab.warm(60)
    run = bench.lab.load(bench.plan(9, 10))
    bench.lab.advance(3.01)
    handle = bench.lab.inject(SLOW[kind])
    bench.lab.advance(3.0)
    bench.lab.remove(handle)
    assert run.world.rides.guards == []
    bench.lab.advance(0.0)
    mine = [one for one in gc.get_objects() if isinstance(one, Task) and one.sim is run.world.sim]
    assert {task.name for task in mine if task.daemon and not task.done} == {"agent"}
    data = bench.lab.finish(run).data()
    lasted = durations(data)
    assert data.codes == {200: 90}
    assert lasted[:29] == pytest.approx([WRITE_S] * 29)
    assert max(lasted[30:60]) > 0.1
    assert lasted[61:] == pytest.approx([WRITE_S] * 29)


@KINDS
def test_a_run_with_it_is_the_same_every_time_however_it_is_cut(bench: Bench, kind: str) -> None:
    bench.ride(WRITE).lab.warm(30)
    bench.lab.inject(SLOW[kind])
    whole = bench.load(3, 10)
    run = bench.lab.load(bench.plan(3, 10))
    while not run.settled:
        bench.lab.advance(0.37)
    cut = run.data()
    for table in ("requests", "invocations", "spans"):
        for name, column in getattr(whole, table).items():
            assert np.array_equal(column, getattr(cut, table)[name], equal_nan=column.dtype.kind == "f"), name


@KINDS
def test_with_nothing_to_work_on_it_changes_nothing_in_the_module(real: Bench, kind: str) -> None:
    without = real.load(60, 1)
    real.lab.inject(AT_REST[kind])
    with_it = real.load(60, 1)
    assert with_it.requests["latency_s"] == pytest.approx(without.requests["latency_s"], abs=1e-9)
    assert (with_it.requests["status"] == without.requests["status"]).all()


@KINDS
def test_it_strikes_the_writes_of_its_function_only(bench: Bench, kind: str) -> None:
    fault = parse_fault(f"{kind}:service=promo-discount")
    assert isinstance(fault, TableFault)
    bench.ride(WRITE).lab.warm(30)
    bench.lab.inject(fault)
    assert durations(bench.load(3, 10)) == pytest.approx([WRITE_S] * 30)


@KINDS
def test_the_module_s_own_load_shows_it_by_default(real: Bench, kind: str) -> None:
    assert parse_fault(kind).service == RIDE
    without = real.load(60, 1)
    real.lab.inject(parse_fault(kind))
    data = real.load(60, 1)
    slowed = data.requests["latency_s"] > without.requests["latency_s"] + 0.02
    assert slowed.sum() >= 5
