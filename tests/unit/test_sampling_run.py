"""Sampling at work in a run: what is kept, when it is decided, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from simulator.randomness import request_owner
from simulator.run import replay
from simulator.sampling import Always, HeadAndTail, Ratio, SlowerThan, keeps_at_start
from simulator.traces import trace_id

if TYPE_CHECKING:
    from simulator.run_data import RunData
    from tests.unit.conftest import Bench


def kept(data: RunData) -> set[int]:
    return set(data.requests["number"][data.requests["kept"] > 0].tolist())


def with_marks(data: RunData) -> set[int]:
    front = data.invocations["number"][np.isin(data.invocations["number"], data.spans["invocation"])]
    return set(data.invocations["request"][np.isin(data.invocations["number"], front)].tolist())


def test_a_ratio_goes_by_the_trace_s_id(real: Bench) -> None:
    real.lab.deploy("request-ride@traced")
    real.lab.sample(Ratio(0.3))
    data = real.load(60, 2)
    ids = {
        int(number): trace_id(data.settings.seed, request_owner(int(user), 0))
        for number, user in zip(data.requests["number"], data.requests["user"], strict=True)
    }
    assert kept(data) == {number for number, one in ids.items() if keeps_at_start(Ratio(0.3), one)}
    assert with_marks(data) == kept(data)
    assert 0 < len(kept(data)) < 120


def test_slower_than_keeps_the_slow_and_the_failed_and_their_marks(real: Bench) -> None:
    real.lab.deploy("request-ride@traced")
    real.lab.sample(SlowerThan(1000.0))
    data = real.load(60, 2)
    latency, status = data.requests["latency_s"], data.requests["status"]
    wanted = (latency > 1.0) | (status >= 500)
    assert kept(data) == set(data.requests["number"][wanted].tolist())
    assert with_marks(data) == kept(data)
    assert 0 < len(kept(data)) < 120


def test_a_tail_costs_what_keeping_all_costs_and_a_head_saves_it(bench: Bench) -> None:
    scenario = msgspec.structs.replace(
        bench.scenario,
        monitoring=msgspec.structs.replace(bench.scenario.monitoring, mark_us=800, unsampled_mark_us=200),
    )
    bench.__init__(scenario)  # type: ignore[misc]
    bench.ride("with context.mark('x'):\n    pass\nreturn {'statusCode': 200}")
    cpu = {}
    for policy in (Always(), SlowerThan(10_000.0), Ratio(0.0)):
        bench.lab.sample(policy)
        cpu[type(policy)] = float(bench.load(3, 1).invocations["cpu_s"].sum())
    assert cpu[Always] == cpu[SlowerThan] == pytest.approx(3 * 800e-6)
    assert cpu[Ratio] == pytest.approx(3 * 200e-6)


def test_what_ends_after_the_decision_follows_it(bench: Bench) -> None:
    bench.promo(
        "with context.mark('late'):\n    await asyncio.sleep(5)\nreturn {'statusCode': 200, 'body': '{}'}"
    )
    bench.lab.tokens["promo-discount"] = bench.scenario.monitoring.token
    bench.ride(
        "try:\n    async with asyncio.timeout(0.1):\n        await context.http.post(PROMO)\n"
        "except TimeoutError:\n    pass\nreturn {'statusCode': 200}"
    )
    for limit, there in ((10_000.0, False), (0.0, True)):
        bench.lab.sample(SlowerThan(limit))
        data = bench.load(2, 1)
        assert bool(len(data.spans["name"])) is there
        assert bool(data.of_service("promo-discount")["kept"].all()) is there


def test_a_policy_changed_under_way_holds_for_requests_sent_from_then_on(real: Bench) -> None:
    real.lab.deploy("request-ride@traced")
    run = real.lab.load(real.plan(40, 2))
    real.lab.advance(20.2)
    real.lab.sample(HeadAndTail(Ratio(0.5), SlowerThan(900.0)))
    data = real.lab.finish(run).data()
    sent = data.requests["sent_s"]
    assert data.requests["kept"][sent < 20.2].all()
    assert not data.requests["kept"][sent > 20.2].all()
    again = replay(data).data()
    assert all(np.array_equal(again.requests[k], data.requests[k], equal_nan=True) for k in data.requests)
    assert with_marks(again) == with_marks(data)
