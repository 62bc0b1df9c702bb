"""A run is a pure function of its settings: twice, cut anyhow, with marks or with a fault, or made again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import Lab, load_scenario
from simulator.deploying import Version, read_version
from simulator.faults import ColdStarts, ErrorRate, NoisyNeighbor, SporadicDelay
from simulator.load import Phase, load_plan
from simulator.run import make_again, replay
from simulator.settings import AlertRule
from simulator.storing import pack
from simulator.system.recorder import INVOCATIONS, REQUESTS, SPANS

if TYPE_CHECKING:
    from simulator.load import Plan
    from simulator.run import Run
    from simulator.run_data import RunData
    from simulator.settings import Scenario
    from tests.unit.conftest import Bench

PROMO = "promo-discount"


def plan(*phases: Phase) -> Plan:
    return msgspec.structs.replace(load_plan("artillery-slowness.yml"), phases=phases)


SHORT = plan(Phase(12.0, 1.0), Phase(3.0, pause=True), Phase(5.0, 3.0, mode="poisson"))


def play(lab: Lab, seed: int = 1, load: Plan = SHORT) -> RunData:
    return lab.finish(lab.load(load, seed)).data()


def fresh(*deploys: str) -> Lab:
    lab = Lab(load_scenario("module-4"))
    for ref in deploys:
        lab.deploy(ref)
    return lab


def rows(data: RunData) -> dict[str, list[Any]]:
    """All that was recorded, as Python values; nan as a word, for it equals nothing."""
    tables = {
        "request": data.requests,
        "invocation": data.invocations,
        "span": data.spans,
        "user": data.users,
    }
    return {
        f"{table}.{name}": np.where(np.isnan(column), -99.0, column).tolist()
        for table, columns in tables.items()
        for name, column in columns.items()
    }


# pure


@pytest.mark.parametrize("version", ["launch", "published-trace", "timeout"])
def test_the_same_settings_give_the_same_bytes_in_any_lab(version: str) -> None:
    one, other = fresh(f"request-ride@{version}"), fresh(f"request-ride@{version}")
    assert pack(play(one)) == pack(play(other))


def test_nothing_leaks_from_one_run_into_the_next() -> None:
    lab, other = fresh(), fresh()
    play(lab, 5)
    handle = lab.inject(ErrorRate(service=PROMO))
    play(lab, 1)
    lab.remove(handle)
    lab.request(headers={"Authorization": lab.scenario.site.token}, body="{}")
    lab.advance(3.0)
    play(other, 9)
    play(other, 9)
    play(other, 9)
    assert pack(play(lab, 1)) == pack(play(other, 1))


def test_seeds_give_other_runs() -> None:
    lab = fresh()
    assert play(lab, 1).latencies_s.tolist() != play(lab, 2).latencies_s.tolist()


@settings(max_examples=30)
@given(
    cuts=st.lists(
        st.tuples(st.sampled_from([0.0, 0.001, 0.3, 1.0, 7.7, 1000.0]), st.none() | st.integers(0, 60)),
        max_size=40,
    ),
    version=st.sampled_from(["launch", "published-trace"]),
)
def test_any_cutting_into_seconds_and_budgets_gives_the_same_bytes(
    cuts: list[tuple[float, int | None]], version: str
) -> None:
    whole = play(fresh(f"request-ride@{version}"))
    lab = fresh(f"request-ride@{version}")
    run = lab.load(SHORT)
    for seconds, budget in cuts:
        before = run.world.sim.now
        assert lab.advance(seconds, budget) == run.world.sim.now - before <= seconds + 1e-9
        lab.snapshot()
    while not run.settled:
        lab.advance(1e6, 777)
    assert lab.advance(50.0) == 0.0
    assert pack(run.data()) == pack(whole)


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf")])
def test_time_is_moved_forward_by_a_number_of_seconds(seconds: float) -> None:
    with pytest.raises(ValueError, match="time runs forward"):
        fresh().advance(seconds)


def test_without_a_run_no_time_passes() -> None:
    assert fresh().advance(10.0) == 0.0
    assert fresh().snapshot() is None


# what stays as it was


def test_what_goes_in_comes_out(module_4: Scenario) -> None:
    lab = Lab(module_4)
    run = lab.load(plan(Phase(10.0, 3.0, mode="poisson"), Phase(5.0, 1.0)))
    while not run.settled:
        lab.advance(0.7, 30)
        data = run.data()
        assert data.launched == data.done + len(data.at_work)
        assert data.sent == len(data.frozen_requests) + len(data.waiting)
        assert data.in_flight == run.load.active
    assert (data.launched, data.in_flight) == (data.done, 0)
    assert sum(data.codes.values()) == data.sent == len(data.of_service("request-ride")["number"])
    assert data.requests["number"].tolist() == list(range(data.sent))
    assert data.invocations["number"].tolist() == list(range(len(data.frozen_invocations)))
    assert set(data.requests["invocation"].tolist()) == set(
        data.of_service("request-ride")["number"].tolist()
    )
    assert set(data.spans["invocation"].tolist()) <= set(data.invocations["number"].tolist())
    assert {name: str(c.dtype)[0] + str(c.itemsize) for name, c in data.requests.items()} == REQUESTS
    assert list(data.invocations) == [*INVOCATIONS, "cold_s"]
    assert (data.invocations["cold_s"] == data.invocations["start_s"] - data.invocations["asked_s"]).all()
    assert list(data.spans) == list(SPANS)


def test_a_request_s_latency_is_the_sum_of_what_it_met(real: Bench) -> None:
    real.lab.deploy("request-ride@plain")
    data = real.lab.finish(real.lab.load(SHORT)).data()
    inv = data.invocations
    inside = inv["start_s"] + inv["duration_s"] + inv["report_s"] - inv["asked_s"]
    way = inv["asked_s"] - data.requests["sent_s"][inv["request"]]
    assert data.requests["latency_s"][inv["request"]] == pytest.approx(2 * way + inside, abs=1e-6)
    assert inv["start_s"] - inv["asked_s"] == pytest.approx(inv["cold_s"], abs=1e-6)


def test_marks_change_no_draw() -> None:
    """With marks that cost nothing the runs are the same to the last bit."""
    scenario = load_scenario("module-4")
    monitoring = msgspec.structs.replace(scenario.monitoring, mark_us=0.0)
    free = msgspec.structs.replace(scenario, monitoring=monitoring)
    found = []
    for ref in ("request-ride@launch", "request-ride@traced"):
        lab = Lab(free)
        lab.deploy(ref)
        found.append(play(lab))
    assert found[0].latencies_s.tolist() == found[1].latencies_s.tolist()
    assert found[0].requests["status"].tolist() == found[1].requests["status"].tolist()
    assert len(found[1].spans["name"]) > 0


def test_no_monitoring_changes_no_draw_but_the_report_s() -> None:
    watched, unwatched = fresh(), fresh()
    unwatched.tokens = {}
    watched.warm(3)
    unwatched.warm(3)
    one, other = play(watched), play(unwatched)
    report = one.of_service("request-ride")["report_s"]
    assert one.latencies_s - other.latencies_s == pytest.approx(report, abs=1e-6)
    assert 0.010 <= report.min() <= report.max() <= 0.020


def test_sampling_changes_no_draw() -> None:
    lab = fresh("request-ride@launch")
    whole = play(lab)
    lab.sample(0.5)
    half = play(lab)
    assert whole.latencies_s.tolist() == half.latencies_s.tolist()
    assert 0 < half.requests["kept"].sum() < half.sent


@pytest.mark.parametrize("service", ["request-ride", PROMO])
def test_a_fault_on_changes_no_draw_but_its_own(service: str) -> None:
    lab = fresh()
    lab.warm(9)
    healthy = play(lab)
    lab.inject(SporadicDelay(service=service, share=0.5, low_s=5.0, high_s=5.0))
    sick = play(lab)
    added = sick.latencies_s - healthy.latencies_s
    assert np.isclose(added[:, None], [0.0, 5.0], atol=1e-9).any(axis=1).all()
    assert np.isclose(added, 5.0).sum() == pytest.approx(sick.sent / 2, abs=8)
    assert sick.requests["status"].tolist() == healthy.requests["status"].tolist()


def test_a_fault_that_never_strikes_and_one_switched_off_again_change_no_byte() -> None:
    lab = fresh()
    before = play(lab)
    for fault in (
        SporadicDelay(service=PROMO, share=0.0),
        ErrorRate(service=PROMO, share=0.0),
        NoisyNeighbor(service="request-ride", left=0.3),
        ColdStarts(service=PROMO),
    ):
        handle = lab.inject(fault)
        if not getattr(fault, "share", 1.0):
            assert rows(play(lab)) == rows(before)
        else:
            assert rows(play(lab)) != rows(before)
        lab.remove(handle)
        assert rows(play(lab)) == rows(before)


def test_a_version_s_sibling_draws_the_same_luck_when_a_line_is_added() -> None:
    source = read_version("promo-discount@launch").source
    more = source.replace(
        "    await _look_up_campaigns()\n",
        "    [random.random() for _ in range(3)]\n    await _look_up_campaigns()\n",
    )
    lab = fresh()
    before = play(lab)
    lab.deploy(Version(PROMO, "more", more))
    assert rows(play(lab))["request.latency_s"] == rows(before)["request.latency_s"]


# made again


def changed(lab: Lab) -> Run:
    """A run with everything that can be done to one while it goes on, also in the middle of a moment."""
    run = lab.load(SHORT)
    token = lab.scenario.site.token
    lab.advance(2.25)
    lab.deploy("request-ride@traced")
    lab.advance(1.0, budget=7)
    handle = lab.inject(SporadicDelay(service=PROMO, share=0.9))
    lab.advance(3.0)
    lab.request(headers={"Authorization": token}, body='{"PickupLocation": 1}')
    lab.request(headers={"Authorization": "wrong"})
    lab.sample(0.25)
    lab.advance(0.0, budget=1)
    lab.watch(AlertRule(name="errors", measure="errors"))
    lab.advance(1.5)
    lab.remove(handle)
    lab.deploy("promo-discount@fixed", token=lab.scenario.monitoring.token)
    lab.advance(0.1)
    lab.request("GET", "https://elsewhere.example/")
    lab.rollback("request-ride")
    lab.advance(9.9)
    lab.stop(run)
    return lab.finish(run)


def test_a_run_with_its_changes_is_made_again_to_the_last_row() -> None:
    lab = fresh()
    data = changed(lab).data()
    assert len(data.settings.changes) == 11
    details = make_again(data)
    assert {n: e.status for n, e in details.exchanges.items()} == dict(
        zip(data.requests["number"].tolist(), data.requests["status"].tolist(), strict=True)
    )
    assert [e.latency_s for e in details.exchanges.values()] == pytest.approx(
        data.requests["latency_s"].tolist(), nan_ok=True, abs=0.0
    )
    assert set(details.invocations) == set(data.invocations["number"].tolist())

    again = replay(data).data()
    assert rows(again) == rows(data)
    assert pack(again) == pack(data)


def test_details_of_a_run_under_way_reach_as_far_as_it_has_come() -> None:
    lab = fresh()
    run = lab.load(SHORT)
    lab.advance(6.0)
    lab.advance(0.4)
    data = run.data()
    details = lab.details(data)
    assert len(details.exchanges) == data.sent
    assert len([e for e in details.exchanges.values() if e.status]) == len(data.frozen_requests)
    assert lab.details(run.data()) is details


def test_details_are_those_of_the_run_that_was_asked_for() -> None:
    first = fresh("request-ride@plain")
    second = fresh("request-ride@decimal")
    one, other = play(first), play(second)
    assert one.number == other.number == 1
    assert "DiscountMultiplier" not in first.details(one).exchanges[0].answer
    assert "DiscountMultiplier" in first.details(other).exchanges[0].answer


def test_whether_somebody_looks_changes_nothing(bench: Bench) -> None:
    bench.ride("""
        import logging
        logging.getLogger().info('%d rides', 'no number')
        class Odd:
            def __str__(self): raise KeyError
        logging.warning(Odd())
        logging.exception('with', exc_info=True)
        return {'statusCode': 200}
    """)
    assert bench.ask().status == 200
    assert bench.details.exchanges[0].status == 200
    assert bench.log()[:2] == [
        "(a log line that cannot be formatted: TypeError)", "(a log line that cannot be formatted: KeyError)"
    ]  # fmt: skip
