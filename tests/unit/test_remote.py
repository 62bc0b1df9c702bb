"""A run in a process of its own: the same bytes as here, and contained whatever its version does."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from simulator.deploying import Version, read_version
from simulator.lab import Lab
from simulator.load import load_plan
from simulator.remote import Host, RemoteRun
from simulator.run import Run
from simulator.scenario import load_scenario
from simulator.storing import pack
from tests.unit.misbehaving import ENDS, FAILS, FLOODS, HARMLESS, LAUNCH, LOOPS, misbehaving

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAN = "artillery-slowness.yml"
MINE = Version("request-ride", "mine", LAUNCH + "\n# mine\n")
SCREEN_WAIT_S = 0.004


@pytest.fixture
def host() -> Iterator[Host]:
    made = Host()
    yield made
    made.close()


@pytest.fixture
def quick_host() -> Iterator[Host]:
    """A host as a screen has it: a call waits for a moment at most."""
    made = Host(SCREEN_WAIT_S)
    yield made
    made.close()


def played(lab: Lab) -> float:
    """Play the lab's run to its end as a screen does; gives the longest that a call took, in wall seconds."""
    longest, began = 0.0, time.monotonic()
    while lab.run is not None and not lab.run.settled:
        before = time.monotonic()
        lab.advance(1.0, 2_000)
        longest = max(longest, time.monotonic() - before)
        assert time.monotonic() - began < 100
        time.sleep(0.001)
    return longest


def test_built_in_versions_are_played_here_and_a_learners_there(host: Host) -> None:
    lab = Lab(load_scenario("module-4"), host=host)
    assert isinstance(lab.load(load_plan(PLAN)), Run)
    lab.finish(lab.run)
    lab.deploy(MINE)
    assert isinstance(lab.load(load_plan(PLAN)), RemoteRun)


def test_both_homes_give_the_same_bytes(host: Host) -> None:
    here, there = Lab(load_scenario("module-4"), 3), Lab(load_scenario("module-4"), 3, host)
    for lab in (here, there):
        lab.deploy(MINE)
        lab.finish(lab.load(load_plan(PLAN)))
    assert pack(there.snapshot()) == pack(here.snapshot())
    assert isinstance(there.run, RemoteRun)


def test_both_homes_give_the_same_details(host: Host) -> None:
    here, there = Lab(load_scenario("module-4"), 3), Lab(load_scenario("module-4"), 3, host)
    for lab in (here, there):
        lab.deploy(MINE)
        lab.finish(lab.load(load_plan(PLAN)))
    ours, theirs = (lab.details(lab.snapshot()) for lab in (here, there))
    assert theirs.exchanges == ours.exchanges
    assert theirs.invocations == ours.invocations


def test_both_homes_give_the_same_bytes_however_it_is_cut_and_changed(host: Host) -> None:
    here, there = Lab(load_scenario("module-4"), 3), Lab(load_scenario("module-4"), 3, host)
    for lab in (here, there):
        lab.deploy(MINE)
        lab.load(load_plan(PLAN))
        lab.advance(7.0)
        lab.sample(0.5)
        lab.advance(9.0, budget=300)
        lab.deploy("promo-discount@fixed")
        lab.advance(0.0)
        lab.finish(lab.run)
    assert pack(there.snapshot()) == pack(here.snapshot())


def test_a_run_under_way_moves_house_when_a_learners_version_is_deployed(host: Host) -> None:
    here, there = Lab(load_scenario("module-4"), 3), Lab(load_scenario("module-4"), 3, host)
    for lab in (here, there):
        lab.load(load_plan(PLAN))
        lab.advance(20.0)
        before = lab.snapshot()
        lab.deploy(MINE)
        assert len(lab.snapshot().requests["number"]) == len(before.requests["number"])
        lab.finish(lab.run)
    assert isinstance(there.run, RemoteRun)
    assert pack(there.snapshot()) == pack(here.snapshot())


def test_a_request_by_hand_is_answered_there_too(host: Host) -> None:
    lab = Lab(load_scenario("module-4"), host=host)
    lab.deploy(MINE)
    run = lab.request("GET", "/nothing-here")
    while run.answers[0] is None:
        lab.advance(60.0, budget=10)
    assert run.answers[0].status >= 400


@pytest.mark.parametrize("name", LOOPS | ENDS)
def test_a_handler_that_never_comes_back_times_out_and_is_taken_back_the_third_time(
    name: str, quick_host: Host
) -> None:
    lab = Lab(load_scenario("module-4"), host=quick_host)
    taken_back: list[tuple[str, str]] = []
    lab.on_rollback = lambda version, instead: taken_back.append((version.ref, instead.ref))
    lab.deploy(misbehaving((LOOPS | ENDS)[name], from_call=7))
    lab.load(load_plan(PLAN))
    longest = played(lab)
    data = lab.snapshot()
    assert data.settled
    assert not lab.run.lost
    assert len(data.requests["number"]) == 60
    assert taken_back == [("request-ride@mine", "request-ride@launch")]
    assert 3 <= len(lab.run.incidents) <= 6
    assert data.codes[504] == len(lab.run.incidents)
    assert data.codes[201] > 40
    lines = misbehaving((LOOPS | ENDS)[name], from_call=7).source.splitlines()
    if name in {"endless loop", "endless loop under a bare except", "a loop in C"}:
        assert all(
            "while True" in lines[one.line - 1] or "sum(" in lines[one.line - 1] for one in lab.run.incidents
        )
    assert longest < 1.5  # a screen goes on: a call waits a moment, and starting a process takes a little


@pytest.mark.parametrize("name", FAILS | HARMLESS | FLOODS)
def test_whatever_else_it_does_ends_its_own_invocations_at_most(name: str, quick_host: Host) -> None:
    lab = Lab(load_scenario("module-4"), host=quick_host)
    lab.deploy(misbehaving((FAILS | HARMLESS | FLOODS)[name], from_call=7))
    lab.load(load_plan(PLAN))
    played(lab)
    data = lab.snapshot()
    assert data.settled
    assert not lab.run.lost
    assert len(data.requests["number"]) == 60
    assert lab.run.incidents == ()
    assert (data.codes[502] >= 54) == (name in FAILS)


def test_a_run_that_had_handlers_hang_is_made_again_the_same(host: Host) -> None:
    lab = Lab(load_scenario("module-4"), host=host)
    lab.deploy(misbehaving(ENDS["ends its process at once"], from_call=59))
    lab.finish(lab.load(load_plan(PLAN)))
    data = lab.snapshot()
    again = RemoteRun(data.settings, data.number, host, now_s=data.now_s, steps=data.steps)
    assert pack(again.data()) == pack(data)


def test_what_hung_says_which_version_and_which_invocation(host: Host) -> None:
    lab = Lab(load_scenario("module-4"), host=host)
    lab.deploy(misbehaving(ENDS["ends its process at once"], from_call=60))
    run = lab.finish(lab.load(load_plan(PLAN)))
    [incident] = run.incidents
    assert incident.ref == "request-ride@mine"
    assert lab.snapshot().row(incident.invocation)["outcome"] == 2


def test_a_process_that_is_gone_is_replaced_and_the_run_goes_on(host: Host) -> None:
    lab = Lab(load_scenario("module-4"), host=host)
    lab.deploy(MINE)
    lab.load(load_plan(PLAN))
    lab.advance(20.0)
    host.child()._process.kill()
    lab.finish(lab.run)
    here = Lab(load_scenario("module-4"))
    here.deploy(MINE)
    here.finish(here.load(load_plan(PLAN)))
    assert pack(lab.snapshot()) == pack(here.snapshot())


def test_a_run_whose_process_cannot_go_on_is_given_up_in_words(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = Lab(load_scenario("module-4"), host=host)
    lab.deploy(MINE)
    run = lab.load(load_plan(PLAN))
    child = host.child

    def broken() -> object:
        found = child()
        found._process.kill()
        found._process.wait()
        return found

    monkeypatch.setattr(host, "child", broken)
    lab.advance(1.0)
    assert run.settled
    assert "was given up: its process ended again and again" in run.lost
    assert read_version("request-ride@launch").ref in {one.ref for one in lab.history("request-ride")}


def test_a_handler_that_lets_no_time_pass_is_part_of_what_its_run_is_made_of(host: Host) -> None:
    here, there = Lab(load_scenario("module-4"), 3), Lab(load_scenario("module-4"), 3, host)
    loop = LOOPS["a loop that waits for nothing"].replace("while True", "while context.request == 6")
    for lab in (here, there):
        lab.deploy(misbehaving(loop))
        lab.finish(lab.load(load_plan(PLAN)))
    data = there.snapshot()
    assert [type(change).__name__ for change in data.settings.changes] == ["HangChange"]
    assert pack(data) == pack(here.snapshot())
    assert len(there.details(data).invocations) == len(data.invocations["number"])
