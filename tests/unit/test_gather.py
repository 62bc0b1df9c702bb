"""Processes side by side: results in order, one fate, and failures that reach who waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from simulator.kernel import Cancelled, Event, Simulation, gather, sleep, spawn

if TYPE_CHECKING:
    from collections.abc import Coroutine


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    sim = Simulation()
    task = sim.spawn(coroutine, "main")
    sim.run()
    return task.result


def test_gather_gives_results_in_the_order_given() -> None:
    async def work(seconds: float) -> float:
        await sleep(seconds)
        return seconds

    async def process() -> list[float]:
        return await gather(work(3.0), work(1.0), work(2.0))

    assert run(process()) == [3.0, 1.0, 2.0]
    assert run(gather()) == []


def test_gather_takes_tasks_and_other_awaitables_too() -> None:
    async def work() -> str:
        await sleep(1.0)
        return "task"

    async def process() -> list[Any]:
        event = Event()
        event.set()
        return await gather(await spawn(work()), sleep(2.0), event.wait())

    assert run(process()) == ["task", None, None]


def test_gather_cancels_the_rest_when_one_fails() -> None:
    sim, log = Simulation(), []

    async def fails() -> None:
        await sleep(1.0)
        raise KeyError("first")

    async def waits() -> None:
        try:
            await sleep(100.0)
        except Cancelled:
            log.append((sim.now, "cancelled"))
            raise

    async def process() -> None:
        with pytest.raises(KeyError, match="first"):
            await gather(waits(), fails(), waits())
        await sleep(1.0)

    sim.spawn(process())
    sim.run()
    assert (sim.now, log) == (2.0, [(1.0, "cancelled")] * 2)


def test_a_second_failure_in_a_gather_goes_no_further() -> None:
    async def fails(seconds: float, name: str) -> None:
        try:
            await sleep(seconds)
        finally:
            raise KeyError(name)

    async def process() -> None:
        with pytest.raises(KeyError, match="first"):
            await gather(fails(1.0, "first"), fails(1.0, "the same moment"), fails(9.0, "when cancelled"))
        await sleep(1.0)

    run(process())


def test_cancelling_the_caller_of_a_gather_cancels_all() -> None:
    sim, log = Simulation(), []

    async def waits() -> None:
        try:
            await sleep(100.0)
        finally:
            log.append((sim.now, "ended"))

    async def process() -> None:
        await gather(waits(), waits())

    task = sim.spawn(process())
    sim.run(until=2.0)
    task.cancel()
    sim.run()
    assert log == [(2.0, "ended")] * 2
