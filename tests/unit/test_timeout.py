"""Timeouts: they end the waiting and not the work, the outer one wins, and nobody can refuse the platform's."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from simulator.kernel import Cancelled, Semaphore, Simulation, gather, sleep, spawn, timeout
from simulator.waiting import overruled

if TYPE_CHECKING:
    from collections.abc import Coroutine


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    sim = Simulation()
    task = sim.spawn(coroutine, "main")
    sim.run()
    return task.result


def test_a_timeout_ends_the_waiting_and_never_what_is_waited_for() -> None:
    sim, log = Simulation(), []

    async def callee() -> None:
        await sleep(10.0)
        log.append((sim.now, "callee done"))

    async def caller() -> None:
        task = await spawn(callee())
        limit = timeout(2.5)
        with pytest.raises(TimeoutError, match=r"nothing came within 2\.5 s"):
            async with limit:
                await task
        log.append((sim.now, f"expired: {limit.expired}"))

    sim.spawn(caller())
    sim.run()
    assert log == [(2.5, "expired: True"), (10.0, "callee done")]


def test_what_comes_in_time_passes_and_the_timer_is_forgotten() -> None:
    sim = Simulation()

    async def process() -> bool:
        limit = timeout(5.0)
        async with limit:
            await sleep(1.0)
        await sleep(100.0)
        return limit.expired

    task = sim.spawn(process())
    sim.run()
    assert (task.result, sim.now) == (False, 101.0)


@pytest.mark.parametrize(
    ("outer", "inner", "winner"), [(2.0, 5.0, "outer"), (5.0, 2.0, "inner"), (2.0, 2.0, "outer")]
)
def test_nested_timeouts_the_first_counts_and_together_the_outer_one(
    outer: float, inner: float, winner: str
) -> None:
    async def process() -> str:
        try:
            async with timeout(outer):
                try:
                    async with timeout(inner):
                        await sleep(10.0)
                except TimeoutError:
                    return "inner"
        except TimeoutError:
            return "outer"
        return "none"

    assert run(process()) == winner


def test_an_outer_timeout_that_expires_with_an_inner_entered_later_counts() -> None:
    async def process() -> str:
        try:
            async with timeout(2.0):
                await sleep(1.0)
                try:
                    async with timeout(1.0):
                        await sleep(10.0)
                except TimeoutError:
                    return "inner"
        except TimeoutError:
            return "outer"
        return "none"

    assert run(process()) == "outer"


def test_a_cancel_counts_before_a_timeout_of_the_same_moment() -> None:
    sim, log = Simulation(), []

    async def canceller() -> None:
        await sleep(1.0)
        task.cancel()

    async def process() -> None:
        try:
            async with timeout(1.0):
                await sleep(10.0)
        except BaseException as error:
            log.append(type(error).__name__)
            raise

    sim.spawn(canceller())
    task = sim.spawn(process())
    sim.run()
    assert log == ["Cancelled"]


def test_a_timeout_inside_a_gather_ends_its_children() -> None:
    sim, ended = Simulation(), []

    async def child() -> None:
        try:
            await sleep(10.0)
        finally:
            ended.append(sim.now)

    async def process() -> None:
        with pytest.raises(TimeoutError):
            async with timeout(1.0):
                await gather(child(), child())

    sim.spawn(process())
    sim.run()
    assert ended == [1.0, 1.0]


def test_an_error_in_the_block_stays_itself() -> None:
    async def process() -> None:
        async with timeout(1.0):
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        run(process())


@pytest.mark.parametrize("seconds", [None, math.inf])
def test_no_limit_is_no_limit(seconds: float | None) -> None:
    sim = Simulation()

    async def process() -> str:
        async with timeout(seconds):
            await sleep(1e6)
        return "done"

    task = sim.spawn(process())
    sim.run()
    assert (task.result, sim.now) == ("done", 1e6)


@pytest.mark.parametrize("seconds", [-0.1, math.nan])
def test_a_timeout_without_a_time_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="a timeout needs seconds of 0 or more"):
        timeout(seconds)


def test_a_timeout_of_0_ends_the_first_real_wait() -> None:
    async def process() -> str:
        try:
            async with timeout(0.0):
                async with Semaphore(1):
                    pass
                await sleep(0.0)
        except TimeoutError:
            return "ended"
        return "never"

    assert run(process()) == "ended"


def test_a_timeout_is_entered_once() -> None:
    async def process() -> None:
        limit = timeout(1.0)
        async with limit:
            pass
        async with limit:
            pass

    with pytest.raises(RuntimeError, match="entered once"):
        run(process())


# ended without consent


def test_an_overruled_coroutine_ends_though_it_catches_everything() -> None:
    sim, log = Simulation(), []

    async def stubborn() -> None:
        while True:
            try:
                await sleep(1.0)
                log.append(sim.now)
            except BaseException as error:
                log.append(type(error).__name__)
                raise

    async def deaf() -> None:
        while len(log) < 100:
            try:
                await sleep(0.25)
            except Cancelled:
                log.append("deaf to a cancel")

    async def process(coroutine: Coroutine[Any, Any, Any]) -> None:
        limit = timeout(2.5)
        with pytest.raises(TimeoutError):
            async with limit:
                await overruled(limit, coroutine)

    sim.spawn(process(stubborn()))
    sim.spawn(process(deaf()))
    sim.run()
    assert log == [1.0, 2.0, "GeneratorExit"]
    assert sim.now == 2.5


def test_an_overruled_coroutine_is_otherwise_left_alone() -> None:
    async def work() -> str:
        try:
            async with timeout(1.0):
                await sleep(5.0)
        except TimeoutError:
            await sleep(1.0)
        return "its own result"

    async def process() -> str:
        limit = timeout(10.0)
        async with limit:
            return str(await overruled(limit, work()))

    assert run(process()) == "its own result"
