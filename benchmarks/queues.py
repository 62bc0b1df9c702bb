"""M/M/4 at rho 0.8: jobs through four servers, with the same gaps and service times for everybody."""

from __future__ import annotations

import random

import simpy

from simulator.kernel import Semaphore, Simulation, sleep

SERVERS, RHO = 4, 0.8


def draws(jobs: int) -> list[tuple[float, float]]:
    """Give (gap before it, service time) of each job."""
    rng = random.Random(1)
    return [(rng.expovariate(SERVERS * RHO), rng.expovariate(1.0)) for _ in range(jobs)]


def ridelab(jobs: list[tuple[float, float]]) -> list[float]:
    """Run it on the lab's kernel; gives the waits."""
    sim, servers, waits = Simulation(), Semaphore(SERVERS), [0.0] * len(jobs)

    async def job(number: int, service: float) -> None:
        came = sim.now
        async with servers:
            waits[number] = sim.now - came
            await sleep(service)

    async def source() -> None:
        for number, (gap, service) in enumerate(jobs):
            await sleep(gap)
            sim.spawn(job(number, service))

    sim.spawn(source())
    sim.run()
    return waits


def with_simpy(jobs: list[tuple[float, float]]) -> list[float]:
    """Run it on SimPy; gives the waits."""
    env = simpy.Environment()
    servers, waits = simpy.Resource(env, SERVERS), [0.0] * len(jobs)

    def job(number: int, service: float):
        came = env.now
        with servers.request() as asked:
            yield asked
            waits[number] = env.now - came
            yield env.timeout(service)

    def source():
        for number, (gap, service) in enumerate(jobs):
            yield env.timeout(gap)
            env.process(job(number, service))

    env.process(source())
    env.run()
    return waits
