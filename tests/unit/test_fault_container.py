"""Faults of containers: each shows by its mechanism, is gone with it, and its time stands in the trace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest

from simulator.fault_container import BadContainer, GcPause, MemoryLeak, SlowStart, SlowUsers
from simulator.load import Flow
from simulator.traces import request_trace

if TYPE_CHECKING:
    from simulator.faults import AnyFault
    from simulator.run_data import RunData
    from tests.unit.conftest import Bench

RIDE = "request-ride"
OK = "return {'statusCode': 200}"
WHOLE = 1769 / 128  # how much longer computing takes than at full speed
WORK_S = 0.00128 * WHOLE
PROCESSOR = "waiting for the processor"
NOTHING = pytest.approx(0.0, abs=1e-12)

KINDS: list[AnyFault] = [
    GcPause(service=RIDE, alloc_mb=20),
    SlowStart(service=RIDE, over_invocations=10),
    BadContainer(service=RIDE, share=1),
    MemoryLeak(service=RIDE, leak_mb=8, work_ms=1),
    SlowUsers(service=RIDE, share=0.5),
]


def waits(data: RunData, request: int) -> list[tuple[str, float]]:
    """What a request waited for, and for how long, in the order of the trace."""
    return [(s.name, s.duration_s) for s in request_trace(data, request).spans if s.kind == "wait"]


def by_container(data: RunData, column: str = "duration_s") -> list[list[float]]:
    """A column's values container by container, each in the order of its invocations."""
    calls = data.invocations
    order = np.argsort(calls["start_s"], kind="stable")
    found = [order[calls["container"][order] == index] for index in np.unique(calls["container"])]
    return [calls[column][rows].tolist() for rows in found]


# garbage collection


def test_a_full_heap_stops_every_so_manieth_invocation(bench: Bench) -> None:
    bench.ride(OK).lab.warm(1)
    bench.lab.inject(GcPause(service=RIDE, alloc_mb=10, heap_mb=64, live_mb=24, pause_ms_per_mb=0.5))
    data = bench.load(12, 1)
    paused = 0.012 * WHOLE
    assert data.invocations["duration_s"] == pytest.approx(
        [paused if i in (4, 8) else 0.0 for i in range(12)]
    )
    assert data.invocations["cpu_s"] == pytest.approx([0.012 if i in (4, 8) else 0.0 for i in range(12)])
    assert waits(data, 4) == [("waiting for the garbage collector", pytest.approx(paused))]
    assert waits(data, 3) == []


def test_containers_fill_up_each_for_itself(bench: Bench) -> None:
    bench.ride("await asyncio.sleep(1.5)\n" + OK).lab.warm(2)
    bench.lab.inject(GcPause(service=RIDE, alloc_mb=10, heap_mb=64, live_mb=24, pause_ms_per_mb=0.5))
    for durations in by_container(bench.load(40, 1)):
        assert [i for i, duration in enumerate(durations) if duration > 1.6] == [*range(4, len(durations), 4)]
        assert len(durations) >= 15


@pytest.mark.parametrize("off", [{"alloc_mb": 0}, {"live_mb": 0}, {"pause_ms_per_mb": 0}])
def test_no_garbage_no_live_data_or_no_cost_is_no_pause(bench: Bench, off: dict[str, float]) -> None:
    bench.ride(OK).lab.warm(1)
    bench.lab.inject(GcPause(service=RIDE, **off))
    assert bench.load(40, 1).invocations["duration_s"] == NOTHING


def test_a_larger_heap_pauses_less_often(bench: Bench) -> None:
    bench.ride(OK).lab.warm(1)
    counts = []
    for heap_mb in (44.0, 104.0):
        handle = bench.lab.inject(GcPause(service=RIDE, heap_mb=heap_mb))
        counts.append(int((bench.load(61, 1).invocations["duration_s"] > 0).sum()))
        bench.lab.remove(handle)
    assert counts == [12, 3]


def test_a_heap_that_cannot_hold_one_invocation_is_refused() -> None:
    with pytest.raises(ValueError, match="do not fit in `heap_mb` 30"):
        GcPause(service=RIDE, heap_mb=30, live_mb=28, alloc_mb=4)


# slow start


def test_a_fresh_container_warms_up_with_use(bench: Bench) -> None:
    bench.ride("context.work(1.28)\n" + OK).lab.warm(1)
    bench.lab.inject(SlowStart(service=RIDE, first=0.2, over_invocations=4, work_ms=1.28))
    data = bench.load(6, 1)
    speeds = np.array([0.2, 0.4, 0.6, 0.8, 1.0, 1.0])
    assert data.invocations["duration_s"] == pytest.approx(2 * WORK_S / speeds)
    assert data.invocations["cpu_s"] == pytest.approx([0.00256] * 6)
    assert waits(data, 0) == [(PROCESSOR, pytest.approx(WORK_S / 0.2))]
    assert waits(data, 5) == [(PROCESSOR, pytest.approx(WORK_S))]


def test_a_slow_start_comes_again_with_every_deploy(bench: Bench) -> None:
    bench.ride(OK).lab.warm(1)
    bench.lab.inject(SlowStart(service=RIDE, first=0.5, over_invocations=5, work_ms=1.28))
    run = bench.lab.load(bench.plan(60, 1))
    bench.lab.advance(30.5)
    bench.ride("await asyncio.sleep(0)\n" + OK)
    data = bench.lab.finish(run).data()
    containers = by_container(data)
    assert len(containers) >= 2
    for durations in containers:
        assert durations[0] == pytest.approx(2 * WORK_S)
        assert np.diff(durations).max(initial=0.0) < 1e-9
    assert all(durations[-1] == pytest.approx(WORK_S) for durations in containers if len(durations) > 5)


def test_rehearsals_and_full_speed_from_the_start_leave_nothing_slow(bench: Bench) -> None:
    bench.ride(OK).lab.warm(1)
    for off in ({"rehearsals": 200}, {"first": 1.0}):
        handle = bench.lab.inject(SlowStart(service=RIDE, work_ms=1.28, **off))
        assert bench.load(10, 1).invocations["duration_s"] == pytest.approx([WORK_S] * 10)
        bench.lab.remove(handle)


def test_a_container_older_than_the_fault_is_warm(bench: Bench) -> None:
    bench.ride(OK).lab.warm(1)
    run = bench.lab.load(bench.plan(10, 1))
    bench.lab.advance(5.5)
    bench.lab.inject(SlowStart(service=RIDE, work_ms=1.28))
    assert bench.lab.finish(run).data().invocations["duration_s"] == pytest.approx([0.0] * 5 + [WORK_S] * 5)


# a bad container


def _many(bench: Bench, body: str = "await asyncio.sleep(9)") -> RunData:
    """Keep 90 containers busy."""
    bench.ride(f"{body}\n{OK}").lab.warm(100)
    return bench.load(30, 10)


def _bad(data: RunData) -> set[int]:
    calls = data.invocations
    slow = calls["duration_s"] > calls["duration_s"].min() + WORK_S
    return set(calls["container"][slow].tolist())


def test_some_containers_are_slow_whoever_they_serve(bench: Bench) -> None:
    bench.lab.inject(BadContainer(service=RIDE, share=0.25, left=0.25, work_ms=1.28))
    data = _many(bench)
    for durations in by_container(data):
        assert len(durations) >= 2
        assert durations == pytest.approx([durations[0]] * len(durations))
        assert durations[0] - 9.0 in (pytest.approx(WORK_S), pytest.approx(4 * WORK_S))
    bad, used = _bad(data), len(by_container(data))
    assert used >= 90
    assert len(bad) / used == pytest.approx(0.25, abs=4 * (0.1875 / used) ** 0.5)
    other = _bad(_many(bench, "await asyncio.sleep(8)"))
    assert other == {index for index in bad if index in set(bench.data.invocations["container"].tolist())}
    slow = int(np.argmax(data.invocations["duration_s"]))
    assert waits(data, int(data.invocations["request"][slow])) == [(PROCESSOR, pytest.approx(4 * WORK_S))]


def test_without_bad_ones_or_with_their_whole_speed_all_containers_are_alike(bench: Bench) -> None:
    for off in ({"share": 0.0}, {"left": 1.0}):
        handle = bench.lab.inject(BadContainer(service=RIDE, work_ms=1.28, **off))
        assert _many(bench).invocations["duration_s"] == pytest.approx([9.0 + WORK_S] * 300)
        bench.lab.remove(handle)


@pytest.mark.parametrize("turns", [True, False])
def test_one_of_five_containers_is_bad_and_they_take_turns_if_they_are_told_to(
    bench: Bench, turns: bool
) -> None:
    """Alone on its way, a ride meets the container used last: only where they take turns all five work."""
    bench.ride("return {'statusCode': 200}").lab.warm(5)
    handle = bench.lab.inject(BadContainer(service=RIDE, left=0.25, work_ms=1.28, one_of=5, in_turn=turns))
    data = bench.load(50, 1)
    used = data.invocations["container"].tolist()
    assert len(set(used)) == (5 if turns else 1)
    if turns:
        assert all(set(used[i : i + 5]) == set(used[:5]) for i in range(0, 50, 5))
        assert len(_bad(data)) == 1
        assert (data.invocations["duration_s"] > 1.5 * WORK_S).sum() == 10
    bench.lab.remove(handle)
    assert len(set(bench.load(50, 1).invocations["container"].tolist())) == 1


def test_which_one_of_five_is_bad_is_drawn_by_the_seed(bench: Bench) -> None:
    bench.ride("return {'statusCode': 200}").lab.warm(5)
    bench.lab.inject(BadContainer(service=RIDE, left=0.25, work_ms=1.28, one_of=5, in_turn=True))
    found = set()
    for seed in range(1, 31):
        bench.lab.seed = seed
        bad = _bad(bench.load(5, 1))
        assert len(bad) == 1
        found |= bad
    assert found == set(range(5))


def test_a_bad_container_that_is_retired_serves_one_invocation(bench: Bench) -> None:
    bench.lab.inject(BadContainer(service=RIDE, share=0.25, left=0.25, work_ms=1.28, retire=True))
    data = _many(bench)
    served = {len(rows) for rows in by_container(data) if rows[0] > 9.0 + 2 * WORK_S}
    assert served == {1}
    assert data.cold_starts()[RIDE] > 0


# a memory leak


def test_a_leak_slows_its_container_and_then_ends_it(bench: Bench) -> None:
    bench.ride(OK).lab.warm(1)
    bench.lab.inject(MemoryLeak(service=RIDE, leak_mb=10, pressure_mb=32, work_ms=1.28))
    data = bench.load(12, 1)
    calls = data.invocations
    free = 128 - 34.2 - 10 * np.arange(1, 10)
    assert calls["duration_s"][:9] == pytest.approx(WORK_S / np.minimum(1.0, free / 32))
    assert calls["memory_mb"][:10] == pytest.approx([*(128 - free), 128.0])
    assert data.requests["status"].tolist() == [200] * 9 + [502] + [200] * 2
    assert data.names[calls["error"][9]] == "OutOfMemory"
    assert data.requests["cold"].tolist()[9:11] == [0, 1]
    assert waits(data, 8) == [(PROCESSOR, pytest.approx(WORK_S * 32 / 3.8))]
    assert [s.name for s in request_trace(data, 10).spans if s.kind == "cold start"] == ["cold start"]
    assert "memory is full (128 MB)" in bench.details.invocations[9].failure


def test_a_leak_never_slows_below_the_worst(bench: Bench) -> None:
    bench.ride(OK).lab.warm(1)
    bench.lab.inject(MemoryLeak(service=RIDE, leak_mb=93.7, pressure_mb=32, worst=0.25, work_ms=1.28))
    assert bench.load(1, 1).invocations["duration_s"] == pytest.approx([4 * WORK_S])


def test_without_a_leak_or_with_planned_ends_nothing_fails(bench: Bench) -> None:
    bench.ride(OK).lab.warm(1)
    handle = bench.lab.inject(MemoryLeak(service=RIDE, leak_mb=0, work_ms=1.28))
    data = bench.load(100, 1)
    assert data.invocations["duration_s"] == pytest.approx([WORK_S] * 100)
    assert data.cold_starts()[RIDE] == 0
    bench.lab.remove(handle)
    bench.lab.inject(MemoryLeak(service=RIDE, leak_mb=10, work_ms=1.28, recycle_after=6))
    data = bench.load(100, 1)
    assert data.codes == {200: 100}
    assert data.invocations["duration_s"] == pytest.approx([WORK_S] * 100)
    assert max(len(rows) for rows in by_container(data)) == 6


def test_a_leak_that_is_switched_off_gives_the_memory_back(bench: Bench) -> None:
    bench.ride(OK).lab.warm(1)
    run = bench.lab.load(bench.plan(10, 1))
    handle = bench.lab.inject(MemoryLeak(service=RIDE, leak_mb=15))
    bench.lab.advance(5.5)
    bench.lab.remove(handle)
    memory = bench.lab.finish(run).data().invocations["memory_mb"]
    assert memory == pytest.approx([34.2 + 15 * i for i in range(1, 6)] + [34.2] * 5)


# slow users


def _thrice(bench: Bench, seconds: float = 100, rate: float = 1) -> RunData:
    """Every user asks three times."""
    bench.ride(OK).lab.warm(5)
    plan = bench.plan(seconds, rate)
    return bench.lab.finish(
        bench.lab.load(msgspec.structs.replace(plan, flows=(Flow(plan.flows[0].steps * 3),)))
    ).data()


def _read_s(records: int, pages: int) -> float:
    return 0.005 * pages + 0.00002 * records * WHOLE


def test_it_is_slow_for_the_same_users_always(bench: Bench) -> None:
    bench.lab.inject(SlowUsers(service=RIDE, share=0.3))
    data = _thrice(bench)
    users = data.requests["user"][data.invocations["request"]]
    few, many = _read_s(25, 1), _read_s(1000, 10)
    durations = data.invocations["duration_s"]
    of_user = [durations[users == user] for user in range(100)]
    assert all(len(times) == 3 and np.ptp(times) < 1e-9 for times in of_user)
    slow = [times[0] for times in of_user if times[0] > 2 * few]
    assert slow == pytest.approx([many] * len(slow))
    assert len(slow) / 100 == pytest.approx(0.3, abs=4 * (0.21 / 100) ** 0.5)
    slowest = int(data.invocations["request"][np.argmax(durations)])
    assert waits(data, slowest) == [("waiting for a page of records", pytest.approx(many / 10))] * 10


@pytest.mark.parametrize("off", [{"share": 0.0}, {"rows": 1.0}, {"newest": 25}])
def test_no_class_no_more_rows_or_the_newest_only_is_quick_for_all(bench: Bench, off: dict[str, Any]) -> None:
    bench.lab.inject(SlowUsers(service=RIDE, **({"share": 0.3} | off)))
    assert _thrice(bench).invocations["duration_s"] == pytest.approx([_read_s(25, 1)] * 300)


# what holds for all


@pytest.mark.parametrize("fault", KINDS)
def test_what_is_switched_off_during_a_run_leaves_nothing_behind(bench: Bench, fault: AnyFault) -> None:
    bench.ride("context.work(1.28)\n" + OK).lab.warm(1)
    run = bench.lab.load(bench.plan(40, 1))
    bench.lab.advance(10.5)
    handle = bench.lab.inject(fault)
    bench.lab.advance(10.0)
    bench.lab.remove(handle)
    assert run.world.functions[RIDE].guards == []
    data = bench.lab.finish(run).data()
    calls = data.invocations
    during = (calls["request"] >= 10) & (calls["request"] < 20)
    assert calls["duration_s"][~during] == pytest.approx([WORK_S] * 30)
    assert calls["memory_mb"][~during] == pytest.approx([34.2] * 30)
    shown = len({round(duration, 9) for duration in calls["duration_s"].tolist()}) > 1
    assert shown, "the fault did nothing while it was on"


@pytest.mark.parametrize("fault", KINDS)
def test_a_run_with_it_is_the_same_twice_and_moves_no_draw_but_its_own(real: Bench, fault: AnyFault) -> None:
    real.lab.warm(20)
    plain = real.load(30, 2)
    real.lab.inject(fault)
    first, second = real.load(30, 2), real.load(30, 2)
    for name in ("start_s", "duration_s", "memory_mb", "container", "outcome"):
        assert np.array_equal(first.invocations[name], second.invocations[name])
    assert not np.array_equal(plain.of_service(RIDE)["duration_s"], first.of_service(RIDE)["duration_s"])
    assert _reports(plain) == _reports(first)


def _reports(data: RunData) -> dict[int, float]:
    calls = data.of_service(RIDE)
    return dict(zip(calls["request"].tolist(), calls["report_s"].tolist(), strict=True))
