"""Events and semaphores: everybody is woken once, and what is granted is never lost or doubled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.kernel import Cancelled, Event, Semaphore, Simulation, sleep, timeout

if TYPE_CHECKING:
    from collections.abc import Coroutine


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    sim = Simulation()
    task = sim.spawn(coroutine, "main")
    sim.run()
    return task.result


# events


def test_an_event_wakes_all_in_order_and_who_comes_later_does_not_wait() -> None:
    sim, event, log = Simulation(), Event(), []

    async def waits(name: str) -> None:
        await event.wait()
        log.append((sim.now, name))

    async def sets() -> None:
        await sleep(1.0)
        event.set()
        event.set()
        await waits("late")

    for name in "ab":
        sim.spawn(waits(name))
    sim.spawn(sets())
    sim.run()
    assert log == [(1.0, "late"), (1.0, "a"), (1.0, "b")]


def test_who_was_cancelled_is_not_woken_again_by_the_event() -> None:
    sim, event = Simulation(), Event()
    woken = []

    async def waits() -> None:
        try:
            await event.wait()
        except Cancelled:
            await sleep(10.0)
            woken.append(sim.now)

    task = sim.spawn(waits())
    sim.run(until=1.0)
    task.cancel()
    sim.run(until=2.0)
    event.set()
    sim.run()
    assert woken == [11.0]


# semaphores


def test_permits_are_given_first_come_first_served() -> None:
    sim, semaphore, log = Simulation(), Semaphore(2), []

    async def customer(name: str) -> None:
        async with semaphore:
            log.append((sim.now, name))
            await sleep(1.0)

    for name in "abcde":
        sim.spawn(customer(name))
    sim.run(until=0.0)
    assert semaphore.waiting == 3
    sim.run()
    assert log == [(0.0, "a"), (0.0, "b"), (1.0, "c"), (1.0, "d"), (2.0, "e")]
    assert (semaphore.free, semaphore.waiting) == (2, 0)


def test_nobody_overtakes_a_permit_that_was_handed_over() -> None:
    sim, semaphore, log = Simulation(), Semaphore(1), []

    async def holder() -> None:
        await semaphore.acquire()
        await sleep(1.0)
        semaphore.release()
        await semaphore.acquire()
        log.append("holder again")
        semaphore.release()

    async def waits() -> None:
        async with semaphore:
            log.append("first in line")

    sim.spawn(holder())
    sim.spawn(waits())
    sim.run()
    assert log == ["first in line", "holder again"]


def test_a_semaphore_has_no_negative_permits() -> None:
    with pytest.raises(ValueError, match="0 permits or more"):
        Semaphore(-1)


@pytest.mark.parametrize("how", ["cancel", "abandon", "timeout"])
def test_a_permit_granted_in_the_moment_of_giving_up_goes_to_the_next_in_line(how: str) -> None:
    sim, semaphore, log = Simulation(), Semaphore(1), []

    async def holder() -> None:
        await semaphore.acquire()
        await sleep(1.0)
        semaphore.release()  # grants it to the one that gives up at this very moment
        if how == "cancel":
            unlucky.cancel()
        if how == "abandon":
            unlucky.abandon()

    async def gives_up() -> None:
        try:
            async with timeout(1.0 if how == "timeout" else None):
                await semaphore.acquire()
            log.append("got it")
        except TimeoutError:
            log.append("timed out")

    async def next_in_line() -> None:
        await semaphore.acquire()
        log.append("next")

    sim.spawn(holder())
    unlucky = sim.spawn(gives_up())
    sim.spawn(next_in_line())
    sim.run()
    assert log == (["timed out", "next"] if how == "timeout" else ["next"])
    assert semaphore.free == 0


@given(
    permits=st.integers(1, 3),
    customers=st.lists(
        st.tuples(
            st.sampled_from([0.0, 1.0, 2.0]),  # arrives
            st.sampled_from([0.0, 1.0, 3.0]),  # holds
            st.sampled_from([None, 0.0, 1.0, 2.0]),  # patience
            st.sampled_from([None, 0.0, 1.0, 2.0, 3.0]),  # is cancelled at
        ),
        max_size=8,
    ),
)
def test_no_permit_is_ever_lost_or_doubled(
    permits: int, customers: list[tuple[float, float, float | None, float | None]]
) -> None:
    sim, semaphore, inside = Simulation(), Semaphore(permits), []

    async def customer(arrives: float, holds: float, patience: float | None) -> None:
        await sleep(arrives)
        try:
            async with timeout(patience), semaphore:
                inside.append(1)
                assert len(inside) <= permits
                try:
                    await sleep(holds)
                finally:
                    inside.pop()
        except TimeoutError:
            pass

    async def canceller(task: Any, at: float) -> None:
        await sleep(at)
        task.cancel()

    for arrives, holds, patience, at in customers:
        task = sim.spawn(customer(arrives, holds, patience))
        if at is not None:
            sim.spawn(canceller(task, at))
    sim.run()
    assert (semaphore.free, semaphore.waiting, inside) == (permits, 0, [])
