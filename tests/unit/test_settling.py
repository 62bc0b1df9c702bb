"""When a run has ended: load over, callees done, rules looked at; and runs by hand, which go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator import Lab, load_scenario
from simulator.faults import ErrorRate
from simulator.kernel import Deadlock, Event

if TYPE_CHECKING:
    from tests.unit.conftest import Bench


def test_a_run_has_settled_when_every_callee_and_the_rules_are_done(bench: Bench) -> None:
    bench.promo("await asyncio.sleep(4)\nreturn {'statusCode': 200}").ride("""
        try:
            async with asyncio.timeout(1):
                await context.http.get(PROMO)
        except TimeoutError:
            return {'statusCode': 200}
    """).lab.warm(1)
    run = bench.lab.load(bench.plan(1, 1))
    bench.lab.advance(2.5)
    assert (run.finished, run.settled) == (True, False)
    bench.lab.advance(4.0)
    assert (run.finished, run.settled) == (True, False)
    assert bench.lab.advance(100.0) == pytest.approx(60.0 - 6.5)
    assert run.settled
    bench.unwatched()
    data = bench.load(1, 1)
    assert data.now_s == pytest.approx(1.0 + 0.05 + 0.02 + 4.0)


def test_a_run_by_hand_goes_on_and_finishing_it_stops_at_its_last_answer(bench: Bench) -> None:
    bench.ride("await asyncio.sleep(2)\nreturn {'statusCode': 200}").unwatched()
    lab = bench.lab
    run = lab.request(headers={"Authorization": bench.scenario.site.token})
    assert not run.settled
    lab.finish(run)
    assert run.settled
    assert run.world.sim.now == pytest.approx(1.0 + 2.1)
    assert lab.advance(60.0) == pytest.approx(60.0)
    assert lab.request(headers={"Authorization": bench.scenario.site.token}) is run
    assert not run.settled
    lab.finish(run)
    assert run.data().requests["sent_s"].tolist() == pytest.approx([0.0, 63.1])
    assert (run.is_by_hand, run.finished, run.data().ended_s) == (True, False, None)


def test_a_request_by_hand_joins_the_run_under_way_with_luck_of_its_own(real: Bench) -> None:
    run = real.lab.load(real.plan(5, 1))
    real.lab.advance(2.0)
    assert (
        real.lab.request(headers={"Authorization": real.scenario.site.token}, body='{"PickupLocation": 1}')
        is run
    )
    data = real.lab.finish(run).data()
    assert data.sent == 6
    assert data.launched == 5
    assert len(set(data.latencies_s.tolist())) == 6
    ids = [e.answer for e in real.lab.details(data).exchanges.values()]
    assert len(set(ids)) == len(ids)


def test_a_request_by_hand_into_the_last_moment_of_a_run_is_waited_for(bench: Bench) -> None:
    bench.unwatched().ride("await asyncio.sleep(2)\nreturn {'statusCode': 200}").lab.warm(2)
    run = bench.lab.load(bench.plan(1, 1))
    bench.lab.advance(3.0)
    bench.lab.request(headers={"Authorization": bench.scenario.site.token})
    data = bench.lab.finish(run).data()
    assert data.requests["latency_s"] == pytest.approx([2.1, 2.1])
    assert data.now_s == pytest.approx(5.1)


def test_a_run_that_can_never_end_says_who_waits_for_what() -> None:
    lab = Lab(load_scenario("module-4"))
    run = lab.load()
    run.world.sim.spawn(Event("what never comes").wait(), "a stray")
    run.load.waiting[99] = 0.0
    with pytest.raises(
        Deadlock, match="run 1: nothing can happen any more; waiting: `a stray` for what never comes"
    ):
        lab.finish(run)


def test_what_is_set_after_the_load_is_over_is_for_the_next_run() -> None:
    lab = Lab(load_scenario("module-4"))
    data = lab.finish(lab.load()).data()
    lab.deploy("promo-discount@fixed")
    lab.inject(ErrorRate(service="promo-discount"))
    lab.sample(0.1)
    assert lab.snapshot().settings == data.settings  # type: ignore[union-attr]


def test_the_report_is_the_one_of_2018() -> None:
    run = Lab(load_scenario("module-4")).load()
    run.finish()
    assert run.report().startswith("Started phase 0, duration: 60s @ 19:48:41(-0400) 2018-03-30\n")
    assert "Scenarios launched:  " in run.report()
