"""Each fault shows its symptom by its mechanism, and shows nothing where the mechanism has nothing to work on."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import msgspec
import pytest

from simulator.errors import UsageError
from simulator.faults import (
    CATALOG,
    AnyFault,
    ColdStarts,
    ErrorRate,
    NoisyNeighbor,
    SporadicDelay,
    parse_fault,
)

if TYPE_CHECKING:
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
    ],
)
def test_a_fault_is_read_from_the_command_line(text: str, fault: AnyFault) -> None:
    assert parse_fault(text) == fault


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("error-rates", "no fault `error-rates`; did you mean `error-rate`?"),
        ("chaos", "no fault `chaos`; there are sporadic-delay, error-rate, cold-starts, noisy-neighbor"),
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
