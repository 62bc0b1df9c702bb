"""The scheduler: order, cancelling and failures, and that cutting a run into calls changes nothing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.kernel import (
    Cancelled,
    Event,
    Semaphore,
    Simulation,
    sleep,
    spawn,
    timeout,
)

if TYPE_CHECKING:
    from collections.abc import Coroutine


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run one process to its end in a world of its own; gives its result or raises what it raised."""
    sim = Simulation()
    task = sim.spawn(coroutine, "main")
    sim.run()
    return task.result


async def tick(log: list[tuple[float, str]], sim: Simulation, name: str, *waits: float) -> None:
    for seconds in waits:
        await sleep(seconds)
        log.append((sim.now, name))


# time and order


def test_time_starts_at_0_and_moves_by_what_is_slept() -> None:
    sim, log = Simulation(), []
    sim.spawn(tick(log, sim, "a", 1.5, 0.25))
    assert sim.run() == 3
    assert log == [(1.5, "a"), (1.75, "a")]
    assert (sim.now, sim.steps) == (1.75, 3)


def test_ties_run_in_the_order_they_were_scheduled() -> None:
    sim, log = Simulation(), []
    for name in "bca":
        sim.spawn(tick(log, sim, name, 2.0, 0.0, 1.0))
    sim.run()
    assert [name for _, name in log] == list("bca") * 3


def test_what_was_scheduled_for_a_moment_runs_before_what_is_started_at_it() -> None:
    sim, log = Simulation(), []

    async def starter() -> None:
        await sleep(1.0)
        await spawn(tick(log, sim, "child", 0.0))
        log.append((sim.now, "starter"))

    sim.spawn(starter())
    sim.spawn(tick(log, sim, "other", 1.0))
    sim.run()
    assert [name for _, name in log] == ["starter", "other", "child"]


def test_sleep_0_lets_everything_else_that_is_due_go_first() -> None:
    sim, log = Simulation(), []
    sim.spawn(tick(log, sim, "first", 0.0))
    sim.spawn(tick(log, sim, "second"))
    sim.spawn(tick(log, sim, "third", 0.0))
    sim.run()
    assert log == [(0.0, "first"), (0.0, "third")]


@pytest.mark.parametrize("seconds", [-1.0, -1e-300, math.nan, math.inf, -math.inf])
def test_a_sleep_without_a_time_is_refused_where_it_stands(seconds: float) -> None:
    async def process() -> str:
        try:
            await sleep(seconds)
        except ValueError as error:
            return str(error)
        return "slept"

    assert "sleep needs seconds of 0 or more" in run(process())


def test_run_until_stands_at_that_time_and_keeps_what_is_later() -> None:
    sim, log = Simulation(), []
    sim.spawn(tick(log, sim, "a", 1.0, 9.0))
    sim.run(until=4.0)
    assert (sim.now, log) == (4.0, [(1.0, "a")])
    sim.run(until=4.0)
    assert sim.now == 4.0
    sim.run()
    assert log[-1] == (10.0, "a")


def test_a_budget_stops_after_so_many_steps_and_leaves_the_clock_there() -> None:
    sim, log = Simulation(), []
    sim.spawn(tick(log, sim, "a", 1.0, 1.0, 1.0))
    assert sim.run(until=100.0, budget=2) == 2
    assert sim.now == 1.0
    assert sim.run(until=100.0, budget=0) == 0
    assert sim.run(until=100.0, budget=50) == 2
    assert sim.now == 100.0


@pytest.mark.parametrize("until", [0.5, -1.0, math.nan])
def test_time_does_not_run_backward(until: float) -> None:
    sim = Simulation()
    sim.run(until=1.0)
    with pytest.raises(ValueError, match="time runs forward"):
        sim.run(until=until)


def test_stop_ends_the_run_after_the_step_under_way() -> None:
    sim, log = Simulation(), []

    async def stopper() -> None:
        await sleep(1.0)
        sim.stop()
        log.append((sim.now, "still this step"))

    sim.spawn(stopper())
    sim.spawn(tick(log, sim, "other", 1.0, 1.0))
    sim.run(until=10.0)
    assert (sim.now, log) == (1.0, [(1.0, "still this step")])
    sim.run(until=10.0)
    assert [name for _, name in log[1:]] == ["other", "other"]


def test_a_run_ends_when_only_daemons_are_left() -> None:
    sim, log = Simulation(), []

    async def cron() -> None:
        while True:
            await tick(log, sim, "cron", 1.0)

    sim.spawn(cron(), daemon=True)
    sim.spawn(tick(log, sim, "work", 2.5))
    sim.run()
    assert (sim.now, log) == (2.5, [(1.0, "cron"), (2.0, "cron"), (2.5, "work")])
    sim.run(until=4.0)
    assert log[-1] == (4.0, "cron")


def test_a_process_cannot_run_its_own_simulation() -> None:
    sim = Simulation()

    async def process() -> None:
        sim.run()

    sim.spawn(process(), "greedy")
    with pytest.raises(RuntimeError, match="`greedy` cannot run the simulation"):
        sim.run()


@given(
    processes=st.lists(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0, 3.0]), max_size=5), max_size=5),
    cuts=st.lists(
        st.tuples(st.sampled_from([0.0, 0.25, 0.7, 2.0]), st.none() | st.integers(0, 4)), max_size=30
    ),
)
def test_cutting_a_run_into_calls_changes_nothing(
    processes: list[list[float]], cuts: list[tuple[float, int | None]]
) -> None:
    def world() -> tuple[Simulation, list[tuple[float, str]]]:
        sim, log = Simulation(), []
        semaphore = Semaphore(1)

        async def process(name: str, waits: list[float]) -> None:
            for seconds in waits:
                async with semaphore:
                    await tick(log, sim, name, seconds)

        for i, waits in enumerate(processes):
            sim.spawn(process(str(i), waits))
        return sim, log

    whole, expected = world()
    whole.run(until=60.0)
    sim, log = world()
    for seconds, budget in cuts:
        sim.run(until=min(60.0, sim.now + seconds), budget=budget)
    while sim.now < 60.0:
        sim.run(until=60.0)
    assert (log, sim.steps) == (expected, whole.steps)


# tasks


def test_a_task_gives_its_result_to_everybody_who_awaits_it() -> None:
    async def work() -> int:
        await sleep(1.0)
        return 7

    async def process() -> list[int]:
        task = await spawn(work())
        return [await task, await task]

    assert run(process()) == [7, 7]


def test_a_failure_reaches_who_awaits_the_task() -> None:
    async def work() -> None:
        await sleep(1.0)
        raise KeyError("lost")

    async def process() -> str:
        task = await spawn(work())
        try:
            await task
        except KeyError as error:
            return str(error)
        return "nothing"

    assert run(process()) == "'lost'"


def test_a_failure_nobody_waits_for_ends_the_run_and_names_its_process() -> None:
    sim = Simulation()

    async def work() -> None:
        await sleep(2.0)
        raise KeyError("lost")

    sim.spawn(work(), "worker 3")
    with pytest.raises(KeyError) as caught:
        sim.run()
    assert caught.value.__notes__ == ["in the process `worker 3`, at 2.000000 s; nobody waited for it"]


def test_a_failure_nobody_waits_for_any_more_ends_the_run() -> None:
    sim = Simulation()

    async def work() -> None:
        await sleep(2.0)
        raise KeyError("late")

    async def impatient() -> None:
        task = await spawn(work(), "work")
        with pytest.raises(TimeoutError):
            async with timeout(1.0):
                await task
        await sleep(5.0)

    sim.spawn(impatient())
    with pytest.raises(KeyError, match="late"):
        sim.run()


def test_a_keyboard_interrupt_is_not_a_process_s_own_and_passes_through() -> None:
    sim = Simulation()

    async def work() -> None:
        raise KeyboardInterrupt

    async def caller() -> None:
        await (await spawn(work()))

    sim.spawn(caller())
    with pytest.raises(KeyboardInterrupt):
        sim.run()


def test_cancel_raises_where_the_process_waits_and_it_may_go_on() -> None:
    sim, log = Simulation(), []

    async def stubborn() -> str:
        try:
            await sleep(100.0)
        except Cancelled:
            log.append((sim.now, "cancelled"))
        await sleep(1.0)
        return "went on"

    task = sim.spawn(stubborn())
    sim.run(until=3.0)
    task.cancel()
    sim.run()
    assert (sim.now, log, task.result) == (4.0, [(3.0, "cancelled")], "went on")


def test_a_process_cancelled_before_it_began_never_begins() -> None:
    sim, log = Simulation(), []
    task = sim.spawn(tick(log, sim, "a"))
    task.cancel()
    sim.run()
    assert task.done
    assert log == []


def test_a_process_that_cancels_itself_stops_at_its_next_wait() -> None:
    sim, log = Simulation(), []

    async def process() -> None:
        task.cancel()
        log.append((sim.now, "goes on to its next wait"))
        await sleep(100.0)
        log.append((sim.now, "never"))

    task = sim.spawn(process())
    sim.run()
    assert (sim.now, log) == (0.0, [(0.0, "goes on to its next wait")])


@pytest.mark.parametrize("moment", ["before it began", "asleep", "due", "in line"])
def test_an_abandoned_process_never_runs_again_wherever_it_stands(moment: str) -> None:
    sim, log = Simulation(), []
    event, semaphore = Event(), Semaphore(0)

    async def process() -> None:
        if moment == "in line":
            await semaphore.acquire()
        await (event.wait() if moment == "due" else sleep(5.0))
        log.append((sim.now, "never"))

    task = sim.spawn(process())
    sim.spawn(tick(log, sim, "other", 10.0))
    if moment != "before it began":
        sim.run(until=1.0)
    event.set()
    task.abandon()
    task.abandon()
    sim.run()
    assert (task.done, log) == (True, [(10.0, "other")])
    semaphore.release()
    assert semaphore.free == 1


def test_an_abandoned_process_gives_back_what_it_holds() -> None:
    sim, semaphore = Simulation(), Semaphore(1)

    async def holder() -> None:
        async with semaphore:
            await sleep(100.0)

    task = sim.spawn(holder())
    sim.run(until=1.0)
    task.abandon()
    assert semaphore.free == 1


def test_a_process_that_abandons_itself_ends_at_its_next_wait() -> None:
    sim, log = Simulation(), []

    async def process() -> None:
        task.abandon()
        await sleep(1.0)
        log.append((sim.now, "never"))

    task = sim.spawn(process())
    sim.run()
    assert task.done
    assert log == []


def test_what_an_abandoned_process_raises_on_its_way_out_is_not_lost() -> None:
    sim = Simulation()

    async def process() -> None:
        try:
            await sleep(10.0)
        finally:
            raise KeyError("on the way out")

    task = sim.spawn(process())
    sim.run(until=1.0)
    task.abandon()
    with pytest.raises(KeyError, match="on the way out"):
        sim.run(until=2.0)
