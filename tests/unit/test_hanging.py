"""A process that never comes back: told from outside, at one step, and the same in every run made again."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import numpy as np
import pytest

from simulator.deploying import Version, read_version
from simulator.errors import UsageError
from simulator.hanging import hang, turn
from simulator.kernel import Deadlock, Simulation, sleep, timeout
from simulator.lab import Lab
from simulator.load import load_plan
from simulator.run import replay
from simulator.scenario import load_scenario
from simulator.storing import pack
from simulator.system.replies import TIMED_OUT

if TYPE_CHECKING:
    from simulator.run import Run

PLAN = "artillery-slowness.yml"
STUBBORN = """
import asyncio

async def handler(event, context):
    while True:
        try:
            await asyncio.sleep(1)
        except BaseException:
            raise SystemError('the coroutine was run again')
"""


def begun(lab: Lab) -> Run:
    return lab.load(load_plan(PLAN))


def to_a_handler(lab: Lab, run: Run, after: int) -> None:
    """Go on until so many steps have been made and it is a handler's turn."""
    lab.advance(3_600.0, budget=after)
    while not run.world.runs_version(turn(run.world.sim)):
        assert not run.settled
        lab.advance(3_600.0, budget=1)


def hung_at(step: int) -> Run:
    """A run in which the first handler whose turn it is after so many steps never comes back."""
    lab = Lab(load_scenario("module-4"))
    run = begun(lab)
    to_a_handler(lab, run, step)
    run.hang()
    lab.finish(run)
    return run


@pytest.mark.parametrize("step", [0, 1, 2, 17, 101, 250, 333, 600])
def test_a_run_settles_and_is_the_same_when_it_is_made_again(step: int) -> None:
    run = hung_at(step)
    data = run.data()
    assert data.settled
    assert pack(replay(data).data()) == pack(data)


def test_an_invocation_whose_process_hangs_is_answered_as_timed_out_at_its_time() -> None:
    lab = Lab(load_scenario("module-4"))
    run = begun(lab)
    function = run.world.functions["request-ride"]
    to_a_handler(lab, run, 100)
    while turn(run.world.sim) not in function.at_work:
        lab.advance(3_600.0, budget=1)
    call = function.at_work[turn(run.world.sim)]
    run.hang()
    lab.finish(run)
    row = run.data().row(call.number)
    assert row["outcome"] == TIMED_OUT
    assert row["duration_s"] == pytest.approx(function.settings.timeout_s)
    assert row["cpu_s"] > 0.5 * function.settings.timeout_s * function.share
    assert function.busy == 0
    others = run.data().invocations["outcome"] == TIMED_OUT
    assert int(others.sum()) == 1


def test_the_others_meet_what_they_would_have_met() -> None:
    lab = Lab(load_scenario("module-4"))
    whole = lab.finish(begun(lab)).data()
    cut = hung_at(400).data()
    both = np.isin(whole.requests["number"], cut.requests["number"])
    same = np.isclose(whole.requests["latency_s"][both], cut.requests["latency_s"], rtol=0, atol=1e-9)
    assert 55 <= int(same.sum()) < 60


def test_a_coroutine_that_hangs_is_not_run_again_not_even_to_close_it() -> None:
    lab = Lab(load_scenario("module-4"))
    lab.deploy(Version("request-ride", "stubborn", STUBBORN))
    run = begun(lab)
    to_a_handler(lab, run, 0)
    run.hang()
    lab.advance(100.0)
    outcomes = run.data().invocations["error"]
    assert "SystemError" not in {run.data().names[int(i)] for i in outcomes}


def test_a_process_that_hangs_does_not_hold_up_who_waits_with_a_timeout() -> None:
    seen = []

    async def caller() -> None:
        try:
            async with timeout(1.0):
                await sim.spawn(sleep(0.5), "callee")
        except TimeoutError:
            seen.append(sim.now)

    sim = Simulation()
    sim.spawn(caller(), "caller")
    sim.run(until=0.2)
    assert turn(sim).name == "callee"
    held = hang(sim)
    with pytest.raises(Deadlock, match="`callee` for a step that never ends"):
        sim.run()
    assert seen == [1.0]
    assert inspect.getgeneratorstate(held) == inspect.GEN_SUSPENDED


def test_nothing_can_hang_where_nothing_goes_on() -> None:
    with pytest.raises(UsageError, match="nothing goes on in this run"):
        hang(Simulation())


def test_only_a_handler_can_hang() -> None:
    lab = Lab(load_scenario("module-4"))
    run = begun(lab)
    with pytest.raises(UsageError, match="runs no version: it cannot hang"):
        run.hang()


def test_what_hung_is_part_of_what_a_run_is_made_of() -> None:
    settings = hung_at(100).data().settings
    assert [type(change).__name__ for change in settings.changes] == ["HangChange"]
    assert read_version("request-ride@launch") == settings.versions["request-ride"]


@pytest.mark.parametrize(
    "loop",
    [
        "while True: await asyncio.sleep(0)",
        "while True:\n            async with asyncio.timeout(5): pass",
    ],
)
def test_a_handler_that_lets_no_time_pass_hangs_and_its_run_is_made_again_the_same(loop: str) -> None:
    source = f"""
import asyncio

async def handler(event, context):
    if context.invocation == 6:
        {loop}
    return {{'statusCode': 200, 'body': '{{}}'}}
"""
    lab = Lab(load_scenario("module-4"))
    lab.deploy(Version("request-ride", "stalls", source))
    data = lab.finish(begun(lab)).data()
    assert [one.invocation for one in lab.run.incidents] == [6]
    assert data.row(6)["outcome"] == TIMED_OUT
    assert pack(replay(data).data()) == pack(data)
    assert len(lab.details(data).exchanges) == 60
