"""What cannot go on is named: deadlocks, processes that let no time pass, and waiting for strangers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from simulator import kernel
from simulator.kernel import Deadlock, Event, Semaphore, Simulation, Stalled, sleep, timeout

if TYPE_CHECKING:
    from collections.abc import Coroutine


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    sim = Simulation()
    task = sim.spawn(coroutine, "main")
    sim.run()
    return task.result


def test_a_deadlock_names_who_waits_for_what() -> None:
    sim = Simulation()
    event, semaphore = Event("the green light"), Semaphore(0, "the only key")

    async def child() -> None:
        await event.wait()

    async def parent() -> None:
        await sim.spawn(child(), "child")

    sim.spawn(parent(), "parent")
    sim.spawn(semaphore.acquire(), "visitor")
    with pytest.raises(Deadlock) as caught:
        sim.run()
    assert str(caught.value) == (
        "nothing can happen any more; waiting: `child` for the green light, "
        "`parent` for the process `child`, `visitor` for the only key"
    )


def test_a_deadlock_is_seen_behind_a_daemon_that_ticks_when_one_asks() -> None:
    sim = Simulation()

    async def cron() -> None:
        while True:
            await sleep(60.0)

    sim.spawn(cron(), daemon=True)
    sim.spawn(Event("what never comes").wait(), "forlorn")
    sim.run(until=600.0)
    with pytest.raises(Deadlock, match="`forlorn` for what never comes"):
        sim.check_deadlock()


def test_who_waits_with_a_timeout_is_in_no_deadlock() -> None:
    async def process() -> str:
        try:
            async with timeout(5.0):
                await Event().wait()
        except TimeoutError:
            return "woken"
        return "never"

    assert run(process()) == "woken"


def spin(sim: Simulation) -> None:
    while sim.run(until=1.0, budget=99):
        pass


def test_a_process_that_lets_no_time_pass_is_named_however_small_the_budget(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kernel, "STALL_STEPS", 1_000)
    sim = Simulation()

    async def spins() -> None:
        while True:
            await sleep(0.0)

    sim.spawn(spins(), "spinner")
    with pytest.raises(Stalled, match="`spinner` goes on without letting time pass"):
        spin(sim)


def test_a_process_that_never_waits_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "STALL_STEPS", 1_000)
    sim = Simulation()

    async def spins() -> None:
        while True:
            async with timeout(1.0):
                pass

    sim.spawn(spins(), "spinner")
    with pytest.raises(Stalled, match="`spinner` goes on without waiting"):
        sim.run(until=1.0)


def test_awaiting_asyncio_names_the_line_and_what_to_write_instead() -> None:
    sim = Simulation()

    async def inner() -> None:
        await asyncio.sleep(0)

    async def process() -> None:
        await inner()

    sim.spawn(process())
    with pytest.raises(TypeError) as caught:
        sim.run()
    line = inner.__code__.co_firstlineno + 1
    assert f"test_stuck.py:{line}: cannot wait for " in str(caught.value)
    assert "use sleep of simulator.kernel" in str(caught.value)


def test_awaiting_a_stranger_s_future_names_its_kind_and_the_process_can_catch_it() -> None:
    class Stranger:
        def __await__(self) -> Any:
            yield self

    async def process() -> str:
        try:
            await Stranger()
        except TypeError as error:
            await sleep(1.0)
            return str(error)
        return "never"

    assert "Stranger in virtual time: use sleep, Event, Semaphore, gather or timeout" in run(process())


def test_a_process_that_never_began_leaves_without_a_warning() -> None:
    sim = Simulation()
    sim.spawn(sleep_once())
    del sim


async def sleep_once() -> None:
    await sleep(1.0)
