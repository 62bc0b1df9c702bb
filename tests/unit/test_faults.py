"""Each fault shows its symptom by its mechanism, and shows nothing where the mechanism has nothing to work on."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import msgspec
import pytest

from simulator import fault_container, fault_fleet, fault_function
from simulator.errors import UsageError
from simulator.fault_container import BadContainer
from simulator.fault_fleet import FanOut, NPlusOne
from simulator.faults import (
    CATALOG,
    AnyFault,
    ColdStarts,
    ErrorRate,
    NoisyNeighbor,
    SporadicDelay,
    parse_fault,
)
from simulator.system.replies import THROTTLED
from simulator.traces import request_trace

if TYPE_CHECKING:
    from simulator.run_data import RunData
    from tests.unit.conftest import Bench

RIDE = "request-ride"
PROMO = "promo-discount"
OK = "return {'statusCode': 200}"
COMPUTES = "context.work(128)\n" + OK


def test_a_sporadic_delay_strikes_its_share_for_a_time_within_its_bounds(bench: Bench) -> None:
    bench.ride(OK).lab.inject(SporadicDelay(service=RIDE, share=0.3, low_s=2.0, high_s=3.0))
    duration = bench.load(400, 1).invocations["duration_s"]
    struck = duration[duration > 0]
    assert len(struck) / 400 == pytest.approx(0.3, abs=4 * math.sqrt(0.21 / 400))
    assert 2.0 <= struck.min() < 2.1 < 2.9 < struck.max() <= 3.0


def test_a_sporadic_delay_counts_against_the_function_s_timeout(bench: Bench) -> None:
    bench.settings(RIDE, timeout_s=1).ride(OK).lab.inject(SporadicDelay(service=RIDE, share=1.0))
    assert bench.load(3, 1).codes == {200: 3}
    bench.lab.inject(SporadicDelay(service=RIDE, share=1.0))
    assert bench.load(3, 1).codes == {502: 3}


def test_an_error_rate_fails_its_share_with_a_traceback(bench: Bench) -> None:
    bench.ride(OK).lab.inject(ErrorRate(service=RIDE, share=0.25))
    data = bench.load(400, 1)
    assert data.codes[502] / 400 == pytest.approx(0.25, abs=4 * math.sqrt(0.1875 / 400))
    failed = next(d for d in bench.details.invocations.values() if d.failure)
    assert failed.failure.endswith("injected into request-ride: 25 % of invocations fail")


def test_cold_starts_come_with_every_request_once_nothing_is_kept(bench: Bench) -> None:
    bench.ride(OK)
    assert bench.load(20, 0.1).cold_starts()[RIDE] == 1
    bench.lab.inject(ColdStarts(service=RIDE, keep_alive_s=5.0))
    assert bench.load(200, 0.1).cold_starts()[RIDE] == 20
    assert bench.load(20, 1).cold_starts()[RIDE] < 5  # one a second: nobody idles for five


def test_a_noisy_neighbor_makes_computing_slower_and_waiting_not(bench: Bench) -> None:
    bench.ride(COMPUTES).lab.inject(NoisyNeighbor(service=RIDE, left=0.5))
    assert bench.load(3, 1).invocations["duration_s"] == pytest.approx([2 * 1.769] * 3)
    bench.ride("await asyncio.sleep(1)\n" + OK)
    assert bench.load(3, 1).invocations["duration_s"] == pytest.approx([1.0] * 3)
    assert bench.ride(COMPUTES).load(3, 1).invocations["cpu_s"] == pytest.approx([0.128] * 3)


def test_faults_of_one_kind_add_up_and_leave_nothing_behind(bench: Bench) -> None:
    bench.ride(COMPUTES)
    run = bench.lab.load(bench.plan(100, 0.1))
    function = run.world.functions[RIDE]
    share, keep_alive = function.share, function.keep_alive_s
    handles = [
        bench.lab.inject(fault)
        for fault in (
            NoisyNeighbor(service=RIDE, left=0.3),
            NoisyNeighbor(service=RIDE, left=0.7),
            ColdStarts(service=RIDE, keep_alive_s=60.0),
            ColdStarts(service=RIDE, keep_alive_s=7.0),
        )
    ]
    assert (function.share, function.keep_alive_s) == (pytest.approx(share * 0.21), 7.0)
    bench.lab.remove(handles.pop())
    assert function.keep_alive_s == 60.0
    for handle in handles:
        bench.lab.remove(handle)
    assert (function.share, function.keep_alive_s) == (share, keep_alive)


def test_a_concurrency_limit_refuses_the_rest_at_once(bench: Bench) -> None:
    bench.ride("await asyncio.sleep(3)\n" + OK).lab.warm(10)
    assert bench.load(1, 10).codes == {200: 10}
    handle = bench.lab.inject(ColdStarts(service=RIDE, keep_alive_s=600.0, concurrency=2))
    data = bench.load(1, 10)
    refused = data.requests["status"] != 200
    assert refused.tolist() == [False] * 2 + [True] * 8
    assert data.requests["latency_s"][refused] == pytest.approx(0.1)  # the network alone
    assert (data.invocations["outcome"] == THROTTLED).sum() == 8
    spans = request_trace(data, 9).spans
    assert [(s.kind, s.error) for s in spans if s.duration_s == 0.0] == [("invocation", True)]
    assert {s.kind for s in spans if s.duration_s > 0.0} == {"request", "network"}
    bench.lab.remove(handle)
    assert bench.load(1, 10).codes == {200: 10}


def test_the_tightest_concurrency_holds_and_goes_with_its_fault(bench: Bench) -> None:
    bench.settings(RIDE, concurrency=5).ride(OK)
    run = bench.lab.load(bench.plan(10, 1))
    function = run.world.functions[RIDE]
    handles = [bench.lab.inject(ColdStarts(service=RIDE, concurrency=n)) for n in (8, 3, None)]
    assert function.concurrency == 3
    bench.lab.remove(handles[1])
    assert function.concurrency == 5
    bench.lab.remove(handles[0])
    bench.lab.remove(handles[2])
    assert (function.concurrency, function.keep_alive_s) == (5, 600.0)


# in the trace


def kinds(data: RunData, request: int) -> dict[str, float]:
    """The spans inside a request's function and before it, by name, with their durations in seconds."""
    return {
        s.name: s.duration_s
        for s in request_trace(data, request).spans
        if s.kind in {"wait", "mark", "cold start"}
    }


def test_a_sporadic_delay_stands_before_the_first_mark(bench: Bench) -> None:
    bench.ride("with context.mark('work'):\n    await asyncio.sleep(1)\n" + OK).lab.warm(1)
    bench.lab.inject(SporadicDelay(service=RIDE, share=1.0, low_s=2.0, high_s=2.0))
    data = bench.load(1, 1)
    assert kinds(data, 0) == {
        "waiting for a sporadic delay": pytest.approx(2.0),
        "work": pytest.approx(1.0),
    }
    spans = {s.name: s for s in request_trace(data, 0).spans}
    assert spans["waiting for a sporadic delay"].end_s == pytest.approx(spans["work"].start_s)


def test_a_timeout_shows_what_was_being_waited_for(bench: Bench) -> None:
    bench.settings(RIDE, timeout_s=1.5).ride(OK).lab.warm(1)
    bench.lab.inject(SporadicDelay(service=RIDE, share=1.0, low_s=2.0, high_s=2.0))
    assert kinds(bench.load(1, 1), 0) == {"waiting for a sporadic delay": pytest.approx(1.5)}


def test_an_injected_error_comes_before_any_mark(bench: Bench) -> None:
    bench.ride("with context.mark('work'):\n    await asyncio.sleep(1)\n" + OK).lab.warm(1)
    bench.lab.inject(ErrorRate(service=RIDE, share=1.0))
    data = bench.load(1, 1)
    assert kinds(data, 0) == {}
    assert [s.error for s in request_trace(data, 0).spans if s.kind == "invocation"] == [True]


def test_a_cold_start_stands_before_a_handler_that_is_quick(bench: Bench) -> None:
    bench.ride(OK).lab.warm(1)
    bench.lab.inject(ColdStarts(service=RIDE, keep_alive_s=0.5))
    data = bench.load(1, 1)
    assert kinds(data, 0) == {"cold start": pytest.approx(1.0)}
    assert data.invocations["duration_s"] == pytest.approx(0.0)


def test_a_noisy_neighbor_stretches_the_marks_that_compute(bench: Bench) -> None:
    bench.ride(
        "with context.mark('compute'):\n    context.work(128)\n"
        "with context.mark('wait'):\n    await asyncio.sleep(1)\n" + OK
    ).lab.warm(1)
    bench.lab.inject(NoisyNeighbor(service=RIDE, left=0.5))
    spans = {s.name: s.duration_s for s in request_trace(bench.load(1, 1), 0).spans if s.kind == "mark"}
    assert spans["compute"] == pytest.approx(2 * 1.769)
    # while it computes nothing else goes on: the wait pays for that first
    assert spans["wait"] == pytest.approx(1.0)


def test_a_fault_is_switched_on_and_off_while_a_run_goes_on(bench: Bench) -> None:
    bench.ride(OK).lab.warm(1)
    run = bench.lab.load(bench.plan(30, 1))
    bench.lab.advance(10.5)
    handle = bench.lab.inject(ErrorRate(service=RIDE, share=1.0))
    bench.lab.advance(10.0)
    bench.lab.remove(handle)
    data = bench.lab.finish(run).data()
    assert data.requests["status"].tolist() == [200] * 10 + [502] * 10 + [200] * 10


def test_a_fault_that_goes_while_it_strikes_does_not_disturb_the_next(bench: Bench) -> None:
    bench.ride(OK).lab.warm(1)
    first = bench.lab.inject(SporadicDelay(service=RIDE, share=1.0, low_s=2.0, high_s=2.0))
    bench.lab.inject(ErrorRate(service=RIDE, share=1.0))
    run = bench.lab.load(bench.plan(1, 1))
    bench.lab.advance(2.0)
    bench.lab.remove(first)
    assert bench.lab.finish(run).data().codes == {502: 1}


def test_a_fault_strikes_its_own_function_only(bench: Bench) -> None:
    bench.ride("await context.http.get(PROMO)\n" + OK).lab.inject(ErrorRate(service=PROMO, share=1.0))
    data = bench.load(5, 1)
    assert data.codes == {200: 5}
    assert (data.of_service(PROMO)["outcome"] == 1).all()


# as text


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("error-rate", ErrorRate(service=PROMO)),
        ("error-rate:", ErrorRate(service=PROMO)),
        ("error-rate:share=0.5,service=request-ride", ErrorRate(service=RIDE, share=0.5)),
        (
            "sporadic-delay: share = 1 , low_s=0,high_s=2",
            SporadicDelay(service=PROMO, share=1, low_s=0, high_s=2),
        ),
        ("cold-starts:keep_alive_s=60", ColdStarts(service=PROMO, keep_alive_s=60)),
        ("noisy-neighbor:left=0.1", NoisyNeighbor(service=PROMO, left=0.1)),
        ("cold-starts:concurrency=3", ColdStarts(service=PROMO, concurrency=3)),
        ("cold-starts:concurrency=none", ColdStarts(service=PROMO)),
        ("bad-container:retire=on,share=1", BadContainer(service=PROMO, retire=True, share=1.0)),
        ("fan-out:quorum=9", FanOut(service=RIDE, quorum=9)),
        ("n-plus-one:service=promo-discount,n=7", NPlusOne(service=PROMO, n=7)),
    ],
)
def test_a_fault_is_read_from_the_command_line(text: str, fault: AnyFault) -> None:
    assert parse_fault(text) == fault


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("error-rates", "no fault `error-rates`; did you mean `error-rate`?"),
        ("chaos", "no fault `chaos`; there are sporadic-delay, error-rate, large-bodies, cold-starts"),
        ("", "no fault ``"),
        ("error-rate:shar=0.1", "fault `error-rate` has no `shar`; did you mean `share`?"),
        ("error-rate:0.1", "fault `error-rate`: `0.1` is no key=value; it takes share, service"),
        ("error-rate:share=lots", "fault `error-rate`: `share=lots`: that is no number"),
        ("error-rate:share=nan", "fault `error-rate`: `share=nan`: that is no number"),
        ("error-rate:share=1.5", "fault `error-rate`: `share=1.5`: give at most 1"),
        ("error-rate:share=0.1,share=0.2", "fault `error-rate`: `share` is given twice"),
        ("sporadic-delay:low_s=-1", "fault `sporadic-delay`: `low_s=-1`: give at least 0"),
        ("sporadic-delay:low_s=2", "fault `sporadic-delay`: `low_s` 2 lies above `high_s` 0.95"),
        ("cold-starts:keep_alive_s=inf", "fault `cold-starts`: `keep_alive_s=inf`: that is no number"),
        ("cold-starts:concurrency=0", "fault `cold-starts`: `concurrency=0`: give at least 1"),
        ("fan-out:n=2.5", "fault `fan-out`: `n=2.5`: give a whole number"),
        ("fan-out:n=1e300", "fault `fan-out`: `n=1e300`: give a whole number"),
        ("fan-out:quorum=11", "fault `fan-out`: `quorum` 11 is more than there are replicas, 10"),
        ("n-plus-one:batched=1", "fault `n-plus-one`: `batched=1`: give on or off"),
        ("gc-pause:heap_mb=20", "fault `gc-pause`: `live_mb` 24 and `alloc_mb` 4 do not fit in `heap_mb` 20"),
        ("noisy-neighbor:left=0", "fault `noisy-neighbor`: `left=0`: give at least 0.001"),
    ],
)
def test_what_is_no_fault_is_said_in_one_line(text: str, said: str) -> None:
    with pytest.raises(UsageError, match="^" + re.escape(said)) as caught:
        parse_fault(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", CATALOG)
def test_every_fault_says_what_it_does_and_is_a_record_with_a_tag(name: str) -> None:
    kind = CATALOG[name]
    assert kind.__doc__
    fault = parse_fault(name)
    assert msgspec.json.decode(msgspec.json.encode(fault), type=AnyFault) == fault
    assert msgspec.to_builtins(fault)["fault"] == name


OURS = {module.__name__ for module in (fault_container, fault_fleet, fault_function)}


@pytest.mark.parametrize("kind", [kind for kind in CATALOG.values() if kind.__module__ in OURS])
def test_a_fault_s_help_tells_its_model_mechanism_trace_remedies_and_sources(kind: type[AnyFault]) -> None:
    text = kind.__doc__ or ""
    parts = [text.find(word) for word in ("Models ", "Mechanism: ", "Trace: ", "Remedies: ", "Default")]
    assert -1 not in parts
    assert parts == sorted(parts)
    named = [field for field in kind.__struct_fields__ if field != "service"]
    assert [field for field in named if f"`{field}`" not in text] == []
