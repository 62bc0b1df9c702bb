"""A run leaves no reference cycles: what has ended goes at once, and Python's collector need not hold everything up."""

from __future__ import annotations

import gc
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from simulator import Lab
from simulator.load import load_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.settings import Scenario
    from tests.unit.conftest import Bench

OK = "return {'statusCode': 200, 'body': 'fine'}"
HANDLERS = {
    "answers": OK,
    "marks": "with context.mark('a'):\n    context.mark.start('b')\n    await asyncio.sleep(0.1)\n" + OK,
    "fails": "with context.mark('a'):\n    raise KeyError('UserType')",
    "fails from another": "try:\n    {}['x']\nexcept KeyError as error:\n    raise ValueError('y') from error",
    "is cut off": "await asyncio.sleep(1000)",
    "ends its process": "raise SystemExit(1)",
    "waits for children": "await asyncio.gather(asyncio.sleep(1), asyncio.sleep(2))\n" + OK,
    "gives up a wait": "try:\n    await asyncio.wait_for(asyncio.sleep(9), 1)\nexcept TimeoutError:\n    pass\n"
    + OK,
}
LATE = f"""
kept = []

async def handler(event, context):
    for old in kept:
        with old.mark('late'):
            old.mark.start('x')
            old.mark.end('x')
            old.mark.end('never begun')
        old.waited('late', 0)
        await old.http.post(PROMO, {{}})
    if not kept:
        await context.http.post(PROMO, {{}})
    kept.append(context)
    with context.mark('own'):
        context.work(10)
    {OK}
"""


@pytest.fixture
def held_back() -> Iterator[None]:
    """Let the collector do nothing by itself, and put what it finds on show."""
    was = gc.isenabled()
    gc.disable()
    gc.collect()
    try:
        yield
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        if was:
            gc.enable()


def cycles() -> Counter[str]:
    """Collect, and count what was found by its type."""
    gc.set_debug(gc.DEBUG_SAVEALL)
    gc.collect()
    gc.set_debug(0)
    found = Counter(type(one).__qualname__ for one in gc.garbage)
    gc.garbage.clear()
    return found


@pytest.mark.usefixtures("held_back")
@pytest.mark.parametrize("ref", ["request-ride@launch", "request-ride@traced"])
def test_rides_of_the_module_leave_nothing_to_collect(module_4: Scenario, ref: str) -> None:
    lab = Lab(module_4, seed=7)
    lab.deploy(ref)
    run = lab.load(load_plan("artillery-600.yml"))
    lab.advance(20.0)
    gc.collect()
    before = len(run.data().frozen_invocations)
    lab.advance(60.0)
    assert len(run.data().frozen_invocations) > before + 50
    assert not cycles()


@pytest.mark.usefixtures("held_back")
@pytest.mark.parametrize("body", HANDLERS.values(), ids=HANDLERS.keys())
def test_an_invocation_leaves_nothing_to_collect_however_it_ends(bench: Bench, body: str) -> None:
    bench.ride(body).lab.warm(20)
    run = bench.lab.load(bench.plan(60, 0.5))
    bench.lab.advance(5.0)
    gc.collect()
    bench.lab.advance(40.0)
    assert len(run.data().frozen_invocations) > 5
    found = cycles()
    assert not {"Context", "Marks", "Invocation", "Task", "traceback", "coroutine"} & set(found), found


def test_who_keeps_a_context_may_mark_after_the_end_and_nothing_comes_of_it(bench: Bench) -> None:
    bench.ride(LATE).lab.warm(1)
    bench.ask()
    bench.ask()
    data = bench.data
    assert data.requests["status"].tolist() == [200, 200]
    assert data.of_service("request-ride")["marks"].tolist() == [1, 1]
    assert [data.names[i] for i in data.spans["name"]] == ["own", "own"]
    first, second = data.of_service("request-ride")["duration_s"]
    assert first == pytest.approx(second)
