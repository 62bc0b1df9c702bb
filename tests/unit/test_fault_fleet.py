"""Faults around the fleet: a stampede, a fan-out and one call per unicorn, by their mechanisms alone."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from simulator.fault_fleet import CacheStampede, FanOut, NPlusOne
from simulator.load import Phase
from simulator.traces import request_trace

if TYPE_CHECKING:
    from simulator.faults import AnyFault
    from simulator.run_data import RunData
    from tests.unit.conftest import Bench

RIDE = "request-ride"
LOOK = "await context.fleet.find_unicorn({})\nreturn {'statusCode': 200}"
REFILL, WORKER, OTHER = (
    "waiting for the refill",
    "waiting for a store worker",
    "waiting for somebody else's refill",
)

KINDS: list[AnyFault] = [CacheStampede(ttl_s=2.0), FanOut(), NPlusOne()]


def durations(data: RunData) -> Any:
    """How long each invocation of the ride function took, in seconds."""
    return data.of_service(RIDE)["duration_s"]


def spans(data: RunData, name: str) -> Any:
    """When the waits of this name began, in order, in seconds."""
    if name not in data.names:
        return np.array([])
    return np.sort(data.spans["start_s"][data.spans["name"] == data.names.index(name)])


def waits(data: RunData, request: int) -> dict[str, float]:
    """What a request waited for inside its invocation, and for how long in all."""
    found: dict[str, float] = {}
    for span in request_trace(data, request).spans:
        if span.kind == "wait":
            found[span.name] = found.get(span.name, 0.0) + span.duration_s
    return found


# cache stampede


def _refills(bench: Bench, **fault: Any) -> Any:
    """When refills began in 40 s of 200 Poisson arrivals a second, where one takes half a second."""
    bench.ride(LOOK).lab.warm(150)
    handle = bench.lab.inject(CacheStampede(refill_ms=500, store_workers=None, **fault))
    started = spans(bench.load(0, 0, phases=(Phase(40, 200, mode="poisson"),)), REFILL)
    bench.lab.remove(handle)
    return started


def _misses(started: Any) -> list[int]:
    """How many refilled at each expiry; the last may be cut short."""
    return [len(burst) for burst in np.split(started, np.flatnonzero(np.diff(started) > 0.5) + 1)[:-1]]


def test_everybody_refills_an_answer_that_ran_out(bench: Bench) -> None:
    misses = _misses(_refills(bench, ttl_s=1.0))
    assert len(misses) >= 15
    assert np.mean(misses) == pytest.approx(1 + 200 * 0.5, abs=4 * 10 / len(misses) ** 0.5)


def test_single_flight_refills_once_for_all(bench: Bench) -> None:
    assert set(_misses(_refills(bench, ttl_s=1.0, single_flight=True))) == {1}


def test_refilling_early_by_chance_keeps_the_herd_away(bench: Bench) -> None:
    late, early = _refills(bench, ttl_s=5.0), _refills(bench, ttl_s=5.0, early_beta=1.0)
    assert len(late) > 500
    # after the empty cache's own stampede
    assert (early > 1.0).sum() < (late > 1.0).sum() / 10


def test_who_finds_it_good_never_waits_for_a_refill(bench: Bench) -> None:
    early = _refills(bench, ttl_s=5.0, early_beta=1.0, single_flight=True)
    assert len(early) > 8
    assert spans(bench.data, OTHER).max() < early[0] + 0.5  # when the cache was empty


def _burst(bench: Bench, **fault: Any) -> RunData:
    """Ten requests 10 ms apart meet an empty cache whose refill takes 95 ms, ten more meet what they left."""
    bench.ride(LOOK).lab.warm(20)
    bench.lab.inject(CacheStampede(ttl_s=5.0, refill_ms=95, **fault))
    return bench.load(0, 0, phases=(Phase(0.1, count=10), Phase(2, pause=True), Phase(0.1, count=10)))


def test_who_is_in_line_for_the_store_stays_there(bench: Bench) -> None:
    data = _burst(bench, store_workers=1)
    assert durations(data)[:10] == pytest.approx([0.095 + 0.085 * i for i in range(10)])
    assert durations(data)[10:] == pytest.approx(0.0)
    assert waits(data, 9) == {WORKER: pytest.approx(0.085 * 9), REFILL: pytest.approx(0.095)}
    assert waits(data, 0) == {REFILL: pytest.approx(0.095)}
    assert waits(data, 10) == {}


def test_more_workers_shorten_the_line(bench: Bench) -> None:
    data = _burst(bench, store_workers=10)
    assert durations(data)[:10] == pytest.approx([0.095] * 10)
    assert len(spans(data, WORKER)) == 0


def test_in_single_flight_the_others_wait_no_longer_than_the_first(bench: Bench) -> None:
    data = _burst(bench, store_workers=1, single_flight=True)
    assert durations(data)[:10] == pytest.approx([0.095 - 0.01 * i for i in range(10)])
    assert waits(data, 9) == {OTHER: pytest.approx(0.005)}
    assert (len(spans(data, REFILL)), len(spans(data, OTHER))) == (1, 9)


def test_an_answer_that_is_never_good_still_serves_who_waited_for_it(bench: Bench) -> None:
    bench.ride(LOOK).lab.warm(20)
    bench.lab.inject(CacheStampede(ttl_s=0.0, refill_ms=95, single_flight=True))
    assert len(spans(bench.load(0.1, 100), REFILL)) == 1


def test_a_flight_that_is_ended_hands_over_to_who_waits(bench: Bench) -> None:
    bench.settings(RIDE, timeout_s=1.0).ride(LOOK).lab.warm(5)
    bench.lab.inject(CacheStampede(refill_ms=1500, single_flight=True, store_workers=1))
    data = bench.load(2, 2.5)
    assert durations(data) == pytest.approx([1.0] * 5)
    assert waits(data, 0) == {REFILL: pytest.approx(1.0)}
    for request in range(1, 5):  # the store's one worker is free again each time
        assert waits(data, request) == {OTHER: pytest.approx(0.6), REFILL: pytest.approx(0.4)}


def test_a_refill_that_costs_nothing_shows_nothing(bench: Bench) -> None:
    bench.ride(LOOK).lab.warm(20)
    bench.lab.inject(CacheStampede(ttl_s=0.0, refill_ms=0))
    data = bench.load(5, 10)
    assert durations(data) == pytest.approx(0.0)
    assert len(data.spans["name"]) == 0


# fan-out


def _asked(bench: Bench, **fault: Any) -> Any:
    """Durations of 1,000 look-ups in units of a replica's mean, in the order of the requests."""
    bench.ride(LOOK).lab.warm(10)
    handle = bench.lab.inject(FanOut(replica_ms=10.0, **fault))
    data = bench.load(100, 10)
    bench.lab.remove(handle)
    calls = data.of_service(RIDE)
    return calls["duration_s"][np.argsort(calls["request"])] / 0.010


def _about(values: Any, mean: float) -> None:
    assert values.mean() == pytest.approx(mean, abs=4 * values.std() / len(values) ** 0.5)


def test_the_slowest_of_ten_is_the_tenth_harmonic_number(bench: Bench) -> None:
    _about(_asked(bench, n=10, slow=1.0), 2.92897)
    _about(_asked(bench, n=1, slow=1.0), 1.0)


def test_one_slow_replica_is_what_all_wait_for(bench: Bench) -> None:
    every = _asked(bench, n=10, slow=10.0)
    assert every.mean() > 10.0
    bench.ride(LOOK).lab.warm(10)
    bench.lab.inject(FanOut(n=10))
    data = bench.load(50, 10)
    slowest = int(data.invocations["request"][np.argmax(data.invocations["duration_s"])])
    waited = waits(data, slowest)
    assert sorted(waited) == sorted(f"waiting for replica {i}" for i in range(1, 11))
    assert max(waited, key=lambda name: waited[name]) == "waiting for replica 1"
    assert waited["waiting for replica 1"] == pytest.approx(data.invocations["duration_s"].max())
    starts = {s.start_s for s in request_trace(data, slowest).spans if s.kind == "wait"}
    assert len(starts) == 1, "they are asked side by side"


def test_a_quorum_does_without_the_slow_one(bench: Bench) -> None:
    healthy, quorum = _asked(bench, n=10, slow=1.0), _asked(bench, n=10, slow=1000.0, quorum=9)
    assert quorum.max() < healthy.max() + 3.0
    _about(quorum, sum(1 / i for i in range(1, 10)))  # the slow one is as good as never among the nine
    _about(_asked(bench, n=10, slow=1.0, quorum=1), 0.1)


def test_hedging_puts_a_spare_beside_who_is_late(bench: Bench) -> None:
    late, hedged = _asked(bench, n=1, slow=50.0), _asked(bench, n=1, slow=50.0, hedge_after_ms=30.0)
    before = late <= 3.0
    assert hedged[before] == pytest.approx(late[before])
    assert (hedged <= late + 1e-9).all()
    # from the hedge on, two exponentials run against each other: of mean 50 and of mean 1
    _about(hedged[~before] - 3.0, 1 / (1 / 50 + 1))


def test_replicas_that_answer_at_once_cost_nothing(bench: Bench) -> None:
    bench.ride(LOOK).lab.warm(2)
    bench.lab.inject(FanOut(replica_ms=0.0))
    assert durations(bench.load(5, 10)) == pytest.approx(0.0)


def test_a_timeout_calls_all_replicas_off(bench: Bench) -> None:
    bench.settings(RIDE, timeout_s=1.0).ride(LOOK).lab.warm(5)
    bench.lab.inject(FanOut(n=3, replica_ms=3_600_000, hedge_after_ms=500))
    data = bench.load(3, 1)
    assert data.codes == {502: 3}
    sim = bench.lab.run.world.sim
    sim.run()
    assert sim.now < 120.0, "nobody is left who waits for an hour"
    assert waits(data, 0) == {f"waiting for replica {i}": pytest.approx(1.0) for i in (1, 2, 3)}


def test_a_quorum_of_more_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="`quorum` 4 is more than there are replicas, 3"):
        FanOut(n=3, quorum=4)


# n plus one


def test_one_call_per_unicorn_adds_up(bench: Bench) -> None:
    bench.ride(LOOK).lab.warm(2)
    bench.lab.inject(NPlusOne(n=20, rtt_base_ms=2.0, rtt_mean_ms=3.0))
    data = bench.load(100, 2)
    took = durations(data)
    assert took.mean() == pytest.approx(20 * 0.005, abs=4 * (20 * 0.003**2 / 200) ** 0.5)
    steps = [s for s in request_trace(data, 0).spans if s.kind == "wait"]
    assert [s.name for s in steps] == ["waiting for one unicorn"] * 20
    for earlier, later in pairwise(steps):
        assert earlier.end_s == pytest.approx(later.start_s), "one after the other"
    assert min(s.duration_s for s in steps) >= 0.002 - 1e-9


def test_batched_it_is_one_round_trip_for_all(bench: Bench) -> None:
    bench.ride(LOOK).lab.warm(2)
    bench.lab.inject(NPlusOne(n=20, rtt_base_ms=2.0, rtt_mean_ms=0.0, batched=True))
    data = bench.load(5, 2)
    assert durations(data) == pytest.approx(0.002)
    assert waits(data, 0) == {"waiting for all unicorns at once": pytest.approx(0.002)}


def test_round_trips_that_take_no_time_show_nothing(bench: Bench) -> None:
    bench.ride(LOOK).lab.warm(2)
    bench.lab.inject(NPlusOne(rtt_base_ms=0.0, rtt_mean_ms=0.0))
    data = bench.load(5, 2)
    assert durations(data) == pytest.approx(0.0)
    assert len(data.spans["name"]) == 0


# what holds for all


@pytest.mark.parametrize("fault", KINDS)
def test_what_was_computed_before_is_waited_for_first(bench: Bench, fault: AnyFault) -> None:
    bench.ride("context.work(128)\n" + LOOK).lab.warm(1)
    bench.lab.inject(fault)
    data = bench.load(1, 1)
    began = data.invocations["start_s"][0] + 1.769
    assert data.spans["start_s"].min() == pytest.approx(began)
    last = data.invocations["start_s"][0] + data.invocations["duration_s"][0]
    assert data.spans["end_s"].max() == pytest.approx(last)


def test_who_computes_takes_nothing_from_the_others_meanwhile(bench: Bench) -> None:
    bench.ride("if context.invocation == 0:\n    context.work(128)\n" + LOOK).lab.warm(2)
    bench.lab.inject(CacheStampede(refill_ms=95, single_flight=True, store_workers=1))
    data = bench.load(0.2, 10)
    assert waits(data, 1) == {REFILL: pytest.approx(0.095)}
    assert waits(data, 0) == {}
    assert durations(data) == pytest.approx([1.769, 0.095])


@pytest.mark.parametrize("kind", [CacheStampede, FanOut, NPlusOne])
def test_it_strikes_the_look_ups_of_its_own_function_only(bench: Bench, kind: Any) -> None:
    bench.ride("await context.http.get(PROMO)\n" + LOOK).promo(LOOK).lab.warm(5)
    bench.lab.inject(kind(service="promo-discount"))
    data = bench.load(10, 1)
    promo = data.of_service("promo-discount")["duration_s"]
    assert promo.max() > 0.0
    assert durations(data) == pytest.approx(promo + 0.04)


@pytest.mark.parametrize("fault", KINDS)
def test_what_is_switched_off_during_a_run_leaves_nothing_behind(bench: Bench, fault: AnyFault) -> None:
    bench.ride(LOOK).lab.warm(5)
    run = bench.lab.load(bench.plan(40, 2))
    bench.lab.advance(10.3)
    handle = bench.lab.inject(fault)
    bench.lab.advance(10.0)
    bench.lab.remove(handle)
    assert run.world.fleet.guards == []
    data = bench.lab.finish(run).data()
    during = (data.requests["sent_s"] > 10.2) & (data.requests["sent_s"] < 20.3)
    took = durations(data)[np.argsort(data.of_service(RIDE)["request"])]
    assert took[~during] == pytest.approx(0.0, abs=1e-9)
    assert took[during].max() > 0.005, "the fault did nothing while it was on"


@pytest.mark.parametrize("fault", KINDS)
def test_a_run_with_it_is_the_same_twice_and_sends_the_same_unicorns(real: Bench, fault: AnyFault) -> None:
    real.ride(
        "unicorn = await context.fleet.find_unicorn({})\n"
        "return {'statusCode': 200 if unicorn['Name'] == 'Shadowfax' else 201}"
    ).lab.warm(20)
    plain = real.load(30, 2)
    real.lab.inject(fault)
    first, second = real.load(30, 2), real.load(30, 2)
    for name in ("start_s", "duration_s", "container"):
        assert np.array_equal(first.invocations[name], second.invocations[name])
    assert np.array_equal(first.spans["end_s"], second.spans["end_s"])
    assert first.requests["status"].tolist() == plain.requests["status"].tolist()
    assert not np.array_equal(plain.invocations["duration_s"], first.invocations["duration_s"])
