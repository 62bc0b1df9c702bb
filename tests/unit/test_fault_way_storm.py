"""A retry storm: a trigger, a line, retries that keep it long, and what lets it end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from simulator.fault_way import RetryStorm
from simulator.traces import request_trace

if TYPE_CHECKING:
    from simulator.run_data import RunData
    from simulator.tracing import Span
    from tests.unit.conftest import Bench

RIDE = "request-ride"
PROMO_FUNCTION = "promo-discount"
OK = "return {'statusCode': 200}"
CALL = (
    "with context.mark('ask'):\n    answer = await context.http.get(PROMO)\n"
    "return {'statusCode': answer.status_code}"
)
WAY_S = 0.04  # there and back


def asked(data: RunData, request: int) -> list[Span]:
    """What lies inside of a request's mark `ask`: waits longer than nothing, and the callee's invocations."""
    trace = request_trace(data, request)
    [ask] = [i for i, span in enumerate(trace.spans) if span.name == "ask"]
    return [trace.spans[i] for i in trace.children(ask) if trace.spans[i].duration_s > 1e-9]


def failures(bench: Bench) -> set[str]:
    """How the handlers' tracebacks end."""
    return {d.failure.splitlines()[-1] for d in bench.details.invocations.values() if d.failure}


def storm(bench: Bench, **changes: Any) -> RunData:
    """Run a minute of 6 calls a second against one worker that does 10, and 1.6 from 10 s to 15 s."""
    bench.ride(CALL).promo(OK).lab.warm(100)
    values: dict[str, Any] = {
        "workers": 1, "service_ms": 60, "slow": 10, "from_s": 10, "for_s": 5, "timeout_ms": 500, "base_ms": 10,
    }  # fmt: skip
    bench.lab.inject(RetryStorm(service=PROMO_FUNCTION, **values | changes))
    return bench.load(60, 6)


def goodput(data: RunData, from_s: float, to_s: float) -> float:
    """The share of requests sent in a time that were answered by 200."""
    sent = data.requests["sent_s"]
    return float((data.requests["status"][(sent >= from_s) & (sent < to_s)] == 200).mean())


def test_a_storm_outlives_its_trigger_while_workers_do_what_nobody_waits_for(bench: Bench) -> None:
    data = storm(bench)
    assert goodput(data, 0, 9) == 1.0
    assert goodput(data, 30, 60) == 0.0
    worked = data.of_service(PROMO_FUNCTION)["start_s"]
    assert ((worked > 30) & (worked < 60)).sum() >= 295  # ten a second: not one moment is a worker idle
    assert failures(bench) == {
        "TimeoutError: promo-discount, try 3: nothing came within 0.5 s",
    }


@pytest.mark.parametrize("remedy", [{"budget": 0.1}, {"tries": 1}, {"slow": 1}, {"workers": 8}])
def test_a_budget_no_retries_or_no_trigger_let_it_end(bench: Bench, remedy: dict[str, float]) -> None:
    data = storm(bench, **remedy)
    assert goodput(data, 30, 60) == 1.0
    if "budget" in remedy:
        assert goodput(data, 10, 15) < 0.5  # the trigger itself is not undone
        tried = len(data.of_service(PROMO_FUNCTION)["start_s"])
        assert 360 < tried <= 360 * 1.1


def test_answers_from_500_on_are_tried_again_and_the_last_one_counts(bench: Bench) -> None:
    bench.ride(CALL).promo("return {'statusCode': 503}").lab.warm(9)
    bench.lab.inject(RetryStorm(service=PROMO_FUNCTION, service_ms=0, base_ms=100, cap_ms=300, tries=5))
    data = bench.load(1, 1)
    assert data.codes == {503: 1}
    spans = asked(data, 0)
    again = [s.duration_s for s in spans if s.name == "waiting to try promo-discount again"]
    assert again == pytest.approx([0.1, 0.2, 0.3, 0.3])
    assert len(data.of_service(PROMO_FUNCTION)["start_s"]) == 5


def test_full_jitter_spreads_the_tries(bench: Bench) -> None:
    bench.ride(CALL).promo("return {'statusCode': 500}").lab.warm(30)
    bench.lab.inject(
        RetryStorm(service=PROMO_FUNCTION, workers=100, service_ms=0, base_ms=400, tries=2, jitter="full")
    )
    bench.load(20, 1)
    back_off = bench.data.of_service(RIDE)["duration_s"] - 2 * WAY_S
    assert 0.0 <= back_off.min() < 0.1 < 0.3 < back_off.max() <= 0.4
    assert len(set(back_off)) == 20


def test_a_budget_saves_ten_retries_and_no_more(bench: Bench) -> None:
    bench.ride(CALL).promo("return {'statusCode': 500 if context.clock() > 30 else 200}").lab.warm(30)
    bench.lab.inject(RetryStorm(service=PROMO_FUNCTION, service_ms=0, base_ms=0, tries=20, budget=1.0))
    tried = np.unique(bench.load(40, 1).of_service(PROMO_FUNCTION)["request"], return_counts=True)[1]
    assert tried.tolist() == [1] * 29 + [11] + [2] * 10


def test_a_storm_s_tries_lie_side_by_side_in_the_trace(bench: Bench) -> None:
    data = storm(bench)
    late = int(data.requests["number"][np.searchsorted(data.requests["sent_s"], 40.0)])
    names = [span.name for span in asked(data, late) if span.kind == "wait"]
    wait, again = "waiting for a worker of promo-discount", "waiting to try promo-discount again"
    assert names == [wait, again, wait, again, wait]
    assert sum(span.duration_s for span in asked(data, late) if span.name == wait) == pytest.approx(1.5)
