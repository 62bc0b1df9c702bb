"""A whole traced ride of the module's scenario, beside SimPy's bare process of six timeouts."""

from __future__ import annotations

import msgspec
import simpy

from simulator import Lab, load_plan, load_scenario
from simulator.load import Phase

RATE = 100.0


def ridelab(rides: int) -> int:
    """Send rides through gateway, containers, the traced handler and its spans; gives how many were answered."""
    plan = load_plan("artillery-slowness.yml")
    plan = msgspec.structs.replace(plan, phases=(Phase(duration_s=rides / RATE, rate=RATE),))
    lab = Lab(load_scenario("module-4"), seed=1)
    lab.deploy("request-ride@traced")
    return len(lab.finish(lab.load(plan)).data().frozen_requests)


def with_simpy(rides: int) -> int:
    """Let as many processes wait six times each, and do nothing else; gives how many ended."""
    env, ended = simpy.Environment(), 0

    def ride():
        nonlocal ended
        for _ in range(6):
            yield env.timeout(0.05)
        ended += 1

    def source():
        for _ in range(rides):
            yield env.timeout(1 / RATE)
            env.process(ride())

    env.process(source())
    env.run()
    return ended
