"""The models of the theory as processes of the simulator's kernel: plain ``async def``, and what really contends.

Each takes the draws that its twin in recursions.py takes, and gives what that gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from simulator.kernel import Event, Semaphore, Simulation, Task, gather, sleep, spawn, timeout

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from tests.theory.recursions import Overload


def arrive(sim: Simulation, gaps: Sequence[float], job: Callable[[int], Coroutine[Any, Any, Any]]) -> None:
    """Start `job(number)` after each gap, from one source."""

    async def source() -> None:
        for number, gap in enumerate(gaps):
            await sleep(gap)
            sim.spawn(job(number))

    sim.spawn(source())


class Took(NamedTuple):
    """How long a process took, and what it gave."""

    seconds: float
    result: Any


def alone(coroutine: Coroutine[Any, Any, Any]) -> Took:
    """Run a process in a world of its own; the clock is read when it ends, whoever goes on."""
    sim = Simulation()

    async def whole() -> Took:
        result = await coroutine
        return Took(sim.now, result)

    task = sim.spawn(whole())
    sim.run()
    took: Took = task.result
    return took


def queue(gaps: Sequence[float], services: Sequence[float], servers: int = 1) -> list[float]:
    """Give the waits at some servers with one line, first come, first served."""
    sim, line, waits = Simulation(), Semaphore(servers), [-1.0] * len(gaps)

    async def job(number: int) -> None:
        came = sim.now
        async with line:
            waits[number] = sim.now - came
            await sleep(services[number])

    arrive(sim, gaps, job)
    sim.run()
    return waits


def loss(gaps: Sequence[float], services: Sequence[float], servers: int) -> list[bool]:
    """Tell who was turned away where nobody waits."""
    sim, line, lost = Simulation(), Semaphore(servers), [False] * len(gaps)

    async def job(number: int) -> None:
        if not line.free:
            lost[number] = True
            return
        async with line:
            await sleep(services[number])

    arrive(sim, gaps, job)
    sim.run()
    return lost


async def fan_out(parts: Sequence[float]) -> None:
    """Ask everybody at once and wait for all."""
    await gather(*map(sleep, parts))


async def sequence(parts: Sequence[float]) -> None:
    """Ask one after the other."""
    for part in parts:
        await sleep(part)


async def hedged(first: float, second: float, after: float) -> int:
    """Ask a second time where the first has not answered by then, and wait for either; gives the tries made."""
    answer = Event("an answer")

    async def attempt(seconds: float) -> None:
        await sleep(seconds)
        answer.set()

    tries = [await spawn(attempt(first))]
    try:
        async with timeout(after):
            await answer.wait()
    except TimeoutError:
        tries.append(await spawn(attempt(second)))
        await answer.wait()
    for one in tries:
        one.cancel()
    return len(tries)


def misses(gaps: Sequence[float], ttl: float, refill: float, *, single_flight: bool = False) -> list[int]:
    """Count the fetches of each expiry of a cached value, by everybody who misses it or by the first alone."""
    sim, counts = Simulation(), []
    expires, under_way = 0.0, 0
    fetched: Event | None = None

    async def job(_: int) -> None:
        nonlocal expires, under_way, fetched
        if sim.now < expires:
            return
        if single_flight and fetched is not None:
            await fetched.wait()
            return
        if not under_way:
            counts.append(0)
            fetched = Event("the value")
        counts[-1] += 1
        under_way += 1
        await sleep(refill)
        under_way -= 1
        expires = sim.now + ttl
        if fetched is not None:
            fetched.set()
            fetched = None

    arrive(sim, gaps, job)
    sim.run()
    return counts


def cold(gaps: Sequence[float], services: Sequence[float], keep_alive: float) -> list[bool]:
    """Tell which requests met no idle container; an idle one waits with a timer of its own for its end."""
    sim, idle, found = Simulation(), list[Task](), [False] * len(gaps)

    async def rest() -> None:
        await sleep(keep_alive)
        idle.pop(0)  # the longest idle is the first to go

    async def job(number: int) -> None:
        found[number] = not idle
        if idle:
            idle.pop().cancel()
        await sleep(services[number])
        idle.append(sim.spawn(rest()))

    arrive(sim, gaps, job)
    sim.run()
    return found


async def tries(failures: Sequence[bool]) -> int:
    """Try until it works or the tries are used up; gives how many it took."""

    async def attempt(fails: bool) -> None:
        await sleep(0.0)
        if fails:
            raise ConnectionError

    for made, fails in enumerate(failures, start=1):
        try:
            await (await spawn(attempt(fails)))
        except ConnectionError:
            continue
        return made
    return len(failures)


def answered(gaps: Sequence[float], overload: Overload, until: float) -> list[float]:
    """Give the moments at which somebody got an answer who still waited for it, up to a time."""
    sim, server, tokens, found = Simulation(), Semaphore(1, "the server"), 0.0, []

    async def serve() -> None:
        async with server:
            await sleep(overload.service_at(sim.now))

    async def client(_: int) -> None:
        nonlocal tokens
        tokens += overload.budget or 0.0
        for attempt in range(overload.tries):
            if attempt and overload.budget is not None:
                if tokens < 1.0:
                    return
                tokens -= 1.0
            serving = await spawn(serve())
            try:
                async with timeout(overload.patience):
                    await serving
            except TimeoutError:
                continue
            found.append(sim.now)
            return

    arrive(sim, gaps, client)
    sim.run(until=until)
    return found
