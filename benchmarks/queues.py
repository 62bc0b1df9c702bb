"""M/M/4 at rho 0.8: jobs through four servers, with the same gaps and service times for everybody."""

from __future__ import annotations

import random

import ciw
import simpy

from simulator.kernel import Semaphore, Simulation, sleep

SERVERS, RHO = 4, 0.8
NEVER = float("inf")

Jobs = list[tuple[float, float]]


def draws(jobs: int) -> Jobs:
    """Give (gap before it, service time) of each job."""
    rng = random.Random(1)
    return [(rng.expovariate(SERVERS * RHO), rng.expovariate(1.0)) for _ in range(jobs)]


def ridelab(jobs: Jobs) -> list[float]:
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


def with_simpy(jobs: Jobs) -> list[float]:
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


def with_ciw(jobs: Jobs) -> list[float]:
    """Run it on Ciw; gives the waits."""
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([*(gap for gap, _ in jobs), NEVER])],
        service_distributions=[ciw.dists.Sequential([service for _, service in jobs])],
        number_of_servers=[SERVERS],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(len(jobs), method="Finish")
    records = sorted(simulation.get_all_records(), key=lambda record: record.arrival_date)
    return [record.waiting_time for record in records]
