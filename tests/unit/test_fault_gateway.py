"""Faults before and at the start of a handler that a client's clock, or a processor's, tells apart."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from simulator.fault_function import LargeBodies
from simulator.fault_gateway import FIRST, POOL, SECOND, SlowAuthorizer

if TYPE_CHECKING:
    from tests.unit.conftest import Bench

RIDE = "request-ride"
OK = "return {'statusCode': 200}"


def test_a_slow_authorizer_holds_up_one_pool_before_its_function_is_asked(bench: Bench) -> None:
    bench.ride(OK).lab.inject(SlowAuthorizer(share=0.25))
    data = bench.load(400, 1)
    waited = data.invocations["asked_s"] - data.requests["sent_s"] > 0.8
    assert waited.mean() == pytest.approx(0.25, abs=4 * math.sqrt(0.1875 / 400))
    assert (data.invocations["duration_s"] < 0.05).all()
    pools = [
        bench.details.invocations[int(number)].event["requestContext"]["authorizer"]["claims"][POOL]
        for number in data.requests["invocation"]
    ]
    assert [pool == SECOND for pool in pools] == waited.tolist()
    assert set(pools) == {FIRST, SECOND}


def test_who_belongs_to_the_second_pool_is_the_same_in_every_version(bench: Bench) -> None:
    bench.ride(OK).lab.inject(SlowAuthorizer(share=0.25))
    first = bench.load(200, 1).requests["latency_s"] > 0.8
    bench.ride("context.work(5)\n" + OK)
    assert ((bench.load(200, 1).requests["latency_s"] > 0.8) == first).all()


def test_without_the_fault_there_is_no_pool(bench: Bench) -> None:
    bench.ride(OK)
    bench.lab.remove(bench.lab.inject(SlowAuthorizer(share=1.0)))
    bench.load(3, 1)
    claims = next(iter(bench.details.invocations.values())).event["requestContext"]["authorizer"]["claims"]
    assert POOL not in claims


def test_a_large_body_computes_on_the_function_s_share_of_a_processor(bench: Bench) -> None:
    bench.settings(RIDE, memory_mb=128).ride(OK).lab.inject(LargeBodies(service=RIDE, share=0.25, work_ms=65))
    data = bench.load(400, 1)
    large = data.invocations["duration_s"] > 0.5
    assert large.mean() == pytest.approx(0.25, abs=4 * math.sqrt(0.1875 / 400))
    assert np.allclose(data.invocations["duration_s"][large], 0.065 * 1769 / 128, atol=0.01)
    assert np.allclose(data.invocations["cpu_s"][large], 0.065, atol=0.001)


def test_more_memory_is_a_remedy_for_large_bodies(bench: Bench) -> None:
    bench.settings(RIDE, memory_mb=1769).ride(OK).lab.inject(LargeBodies(service=RIDE, share=1.0, work_ms=65))
    assert bench.load(10, 1).invocations["duration_s"].max() == pytest.approx(0.065, abs=0.001)
