"""Versions of the learner's own: made, named, rolled back, and which of them a run ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lessons import actions as act
from lessons.loader import OpenCourse
from lessons.session import Session
from simulator.deploying import Version, read_version
from simulator.errors import BuildError, UsageError
from simulator.marking import bare, marks
from simulator.remote import Host
from simulator.storing import pack
from tests.unit.misbehaving import ENDS, misbehaving

if TYPE_CHECKING:
    from lessons.actions import Action

COURSE = OpenCourse()
LESSON = "06-instrument"
RIDE, PROMO = "request-ride", "promo-discount"
LAUNCH = read_version("request-ride@launch").source


def begin(seed: int = 7) -> Session:
    session = Session(COURSE.scenario, COURSE.lesson(LESSON), seed)
    session.place = 1
    return session


def marked(*texts: str, note: str = "", at: str = "") -> act.DeployOwn:
    return act.DeployOwn(marks=texts, note=note, at=at)


def run(session: Session) -> None:
    session.perform(act.RunLoad())
    session.finish()


def again(session: Session) -> Session:
    """A new session from what was kept, as bytes."""
    new = Session(COURSE.scenario, session.lesson, 7)
    new.replay([(step, act.decode(act.encode(a))) for step, a in session.memory.done], list(session.runs))
    return new


def running(session: Session, service: str = RIDE) -> Version:
    return session.lab.versions[service]


# made


def test_a_lesson_begins_with_the_first_deploy_of_each_service() -> None:
    deploys = begin().deploys
    assert {(one.number, one.version.ref, one.before) for one in deploys} == {
        (1, "request-ride@launch", None),
        (1, "promo-discount@launch", None),
    }
    assert all(one.difference == () and one.new_marks == 0 for one in deploys)


def test_a_mark_is_put_into_what_is_deployed_and_changes_nothing_else() -> None:
    session = begin()
    session.perform(marked("_get_ride("))
    session.perform(marked("_record_ride("))
    assert running(session).name == "mine-2"
    assert [mark.name for mark in marks(running(session).source)] == ["get_ride", "record_ride"]
    assert bare(running(session).source) == bare(LAUNCH)
    last = session.deploys[-1]
    assert (last.number, last.service, last.before, last.new_marks) == (
        3,
        RIDE,
        session.version("request-ride@mine-1"),
        1,
    )
    assert "+    with context.mark('record_ride'):" in last.difference


def test_a_text_stands_for_a_call_and_not_for_the_function_s_own_head() -> None:
    session = begin()
    session.perform(marked("_record_ride("))
    lines = running(session).source.splitlines()
    at = marks(running(session).source)[0].first
    assert lines[at - 1].strip() == "await _record_ride(context, ride)"


def test_edits_and_marks_come_together_and_a_whole_source_goes_first() -> None:
    session = begin()
    session.perform(
        act.DeployOwn(
            source=LAUNCH, edits=(("'30 Seconds'", "'Soon'"),), marks=("find_unicorn(",), name="soon"
        )
    )
    assert running(session).name == "soon"
    assert "'Eta': 'Soon'" in running(session).source
    assert len(marks(running(session).source)) == 1


def test_names_count_up_in_each_service_and_the_same_text_keeps_its_own() -> None:
    session = begin()
    assert session.versions.next_name(RIDE) == "mine-1"
    session.perform(marked("_get_ride("))
    session.perform(marked("_record_ride("))
    session.perform(act.DeployOwn(service=PROMO, marks=("_look_up_campaigns(",)))
    assert [one.version.name for one in session.deploys[2:]] == ["mine-1", "mine-2", "mine-1"]
    session.perform(act.DeployOwn(source=LAUNCH))
    assert session.deploys[-1].version == read_version("request-ride@launch")
    session.perform(act.DeployOwn(source=session.version("request-ride@mine-1").source, name="other"))
    assert running(session).name == "mine-1"
    assert session.versions.next_name(RIDE) == "mine-3"


def test_a_version_of_one_s_own_is_deployed_again_by_its_ref() -> None:
    session = begin()
    session.perform(marked("_get_ride("))
    session.perform(act.Deploy(version="request-ride@launch"))
    session.perform(act.Deploy(version="request-ride@mine-1"))
    assert [mark.name for mark in marks(running(session).source)] == ["get_ride"]
    assert session.deploys[-1].number == 4
    with pytest.raises(UsageError, match="no version `request-ride@mine-9`"):
        session.perform(act.Deploy(version="request-ride@mine-9"))


@pytest.mark.parametrize(
    ("action", "what"),
    [
        (marked("_no_such_call("), "no line inside a function holds `_no_such_call\\(`"),
        (marked("return {"), "no mark at `return {`"),
        (act.DeployOwn(edits=(("context", "ctx"),)), "'context' stands there \\d+ times"),
        (act.DeployOwn(edits=(("nowhere", "x"),)), "'nowhere' stands there 0 times"),
        (act.DeployOwn(edits=(("", "x"),)), "'' stands there 0 times"),
        (
            act.DeployOwn(source="x = 1", name="traced"),
            "another version is called `traced`; `mine-1` is free",
        ),
        (act.DeployOwn(source="x = 1", name="My Version"), "`My Version` is no name for a version"),
        (act.DeployOwn(service="fleet", source="x = 1"), "no service `fleet`"),
        (act.Rollback(service=RIDE), "there is no version before launch"),
        (act.Rollback(service=RIDE, to=1), "deploy 1 is the one that runs"),
        (act.Rollback(service=RIDE, to=2), "there is no deploy 2: there are 1"),
        (act.Rollback(service=RIDE, to=0), "there is no deploy 0"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(action: Action, what: str) -> None:
    session = begin()
    with pytest.raises(UsageError, match=what):
        session.perform(action)
    assert (len(session.deploys), session.memory.done) == (2, [])
    assert running(session).name == "launch"


def test_a_source_that_cannot_be_built_leaves_the_running_version_alone() -> None:
    session = begin()
    with pytest.raises(BuildError, match="no handler"):
        session.perform(act.DeployOwn(source="x = 1\n"))
    assert (len(session.deploys), session.memory.done) == (2, [])


def test_a_mark_is_new_where_it_measures_something_new_whatever_it_is_called() -> None:
    session = begin()
    session.perform(marked("_get_ride(", "_record_ride("))
    assert session.deploys[-1].new_marks == 2
    renamed = running(session).source.replace("mark('get_ride')", "mark('find')")
    session.perform(act.DeployOwn(source=renamed))
    assert session.deploys[-1].new_marks == 0
    moved = LAUNCH.replace(
        "    discount_multiplier = await",
        "    with context.mark('find'):\n        discount_multiplier = await",
    )
    session.perform(act.DeployOwn(source=moved))
    assert session.deploys[-1].new_marks == 1
    scope = session.scope()
    assert [scope(f"deploys.{name}") for name in ("n", "own", "marked", "most_new_marks")] == [3, 3, 2, 2]


# rolled back


def test_rolling_back_goes_to_the_deploy_before_or_to_any_by_its_number() -> None:
    session = begin()
    for text in ("_get_ride(", "_record_ride(", "_get_ride_discount("):
        session.perform(marked(text))
    session.perform(act.Rollback(service=RIDE))
    assert running(session).name == "mine-2"
    session.perform(act.Rollback(service=RIDE, to=1))
    assert running(session).name == "launch"
    session.perform(act.Rollback(service=RIDE, to=4))
    assert running(session).name == "mine-3"
    session.perform(act.Rollback(service=RIDE))
    assert running(session).name == "launch"
    assert [one.number for one in session.deploys if one.service == RIDE] == [1, 2, 3, 4]
    assert session.versions.running(RIDE).number == 1
    assert running(again(session)) == running(session)


class _NeverBack:
    """A run in which a handler does not come back, as often as is said."""

    finished = settled = True

    def __init__(self, ref: str, times: int) -> None:
        self.incidents = [type("Incident", (), {"ref": ref})() for _ in range(times)]

    def advance(self, seconds: float, budget: int | None) -> float:
        return seconds


def test_a_version_that_never_comes_back_is_taken_back_and_that_is_kept_and_told() -> None:
    session = begin()
    session.perform(marked("_get_ride("))
    told: list[tuple[str, str]] = []
    session.on_taken_back = lambda version, instead: told.append((version.ref, instead.ref))
    session.lab.run = _NeverBack("request-ride@mine-1", 3)  # type: ignore[assignment]
    session.lab.advance(1.0)
    session.lab.run = None
    assert told == [("request-ride@mine-1", "request-ride@launch")]
    assert session.memory.done[-1] == ("one-mark", act.Rollback(service=RIDE, forced=True))
    assert [one.taken_back for one in session.deploys if one.service == RIDE] == [False, True]
    assert session.scope()("did.rollback") == 0
    new = again(session)
    assert running(new).name == "launch"
    assert new.deploys == session.deploys
    new.perform(act.Deploy(version="request-ride@mine-1"))
    assert not new.deploys[-1].taken_back


def test_a_handler_that_ends_its_process_is_taken_back_and_the_run_belongs_to_what_ran_then() -> None:
    host = Host()
    session = Session(COURSE.scenario, COURSE.lesson(LESSON), 7, host)
    try:
        bad = misbehaving(ENDS["ends its process at once"], from_call=7)
        session.perform(act.DeployOwn(source=bad.source))
        session.perform(act.RunLoad())
        session.finish()
    finally:
        host.close()
    assert session.memory.done[-1][1] == act.Rollback(service=RIDE, forced=True)
    assert session.deploys[-1].taken_back
    assert session.run().codes[504] >= 3
    assert session.deploy_of().version.name == "launch" == session.run().refs[RIDE]
    new = again(session)
    assert new.deploys == session.deploys
    assert new.deploy_of() == session.deploy_of()


# runs belong to deploys


def played() -> Session:
    """Four runs: of the start, of a version, of the start again by a rollback, and of one deployed while it ran."""
    session = begin()
    run(session)
    session.perform(marked("_get_ride("))
    session.perform(act.DeployOwn(service=PROMO, marks=("_look_up_campaigns(",)))
    run(session)
    session.perform(act.Rollback(service=RIDE, to=1))
    run(session)
    session.perform(act.RunLoad())
    session.lab.advance(20.0)
    session.perform(marked("_record_ride("))
    session.lab.advance(20.0)
    session.perform(act.DeployOwn(service=PROMO, source=read_version("promo-discount@fixed").source))
    session.finish()
    session.perform(marked("find_unicorn("))
    return session


@pytest.mark.parametrize("kept", [False, True])
def test_a_run_belongs_to_the_deploys_it_ended_with(kept: bool) -> None:
    session = again(played()) if kept else played()
    assert [session.deploy_of(i).number for i in (1, 2, 3, 4)] == [1, 2, 1, 3]
    assert [session.deploy_of(i, PROMO).number for i in (1, 2, 3, 4)] == [1, 2, 2, 3]
    for i in (1, 2, 3, 4):
        assert session.run(i).refs == {s: session.deploy_of(i, s).version.name for s in (RIDE, PROMO)}
    assert session.deploy_of() == session.deploy_of(4)
    with pytest.raises(UsageError, match="there is no run 9"):
        session.deploy_of(9)
    with pytest.raises(UsageError, match="no service `fleet`"):
        session.deploy_of(1, "fleet")


def test_what_was_kept_makes_the_same_deploys_and_the_next_run_the_same_bytes() -> None:
    session = played()
    new = again(session)
    assert new.deploys == session.deploys
    for one in (session, new):
        run(one)
    assert pack(session.runs[-1]) == pack(new.runs[-1])


def test_a_kept_version_that_cannot_be_built_any_more_is_skipped() -> None:
    session = begin()
    kept: list[tuple[str, Action]] = [
        ("one-mark", act.DeployOwn(source="import os\n", name="mine-1")),
        ("one-mark", act.DeployOwn(source=LAUNCH + "\n", name="mine-2")),
    ]
    session.replay(kept, [])
    assert [one.version.name for one in session.deploys if one.service == RIDE] == ["launch", "mine-2"]
