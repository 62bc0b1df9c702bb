"""What became of the discounts of a run, by the versions that lose them in different places."""

from __future__ import annotations

from functools import lru_cache

import pytest

from lessons import actions as act
from lessons.delivered import DELIVERED, Delivered, delivered
from lessons.expressions import Unknown
from lessons.loader import OpenCourse
from lessons.session import Session
from simulator.errors import RidelabError

COURSE = OpenCourse()
RIDE = "request-ride"


@lru_cache(maxsize=8)
def played(version: str) -> tuple[Session, Delivered]:
    """The same sixty requests, met by a version."""
    session = Session(COURSE.scenario, COURSE.lesson("10-failed"), 7)
    if version != "launch":
        session.perform(act.Deploy(version=f"{RIDE}@{version}"))
    session.perform(act.RunLoad(plan="artillery-slowness.yml"))
    session.finish()
    data = session.runs[-1]
    for what in Delivered._fields:
        delivered(session, data, what)
    found = session.delivered[data.number]
    assert isinstance(found, Delivered)
    return session, found


def test_each_count_has_a_line_of_explanation() -> None:
    assert tuple(DELIVERED) == Delivered._fields


@pytest.mark.parametrize("version", ["launch", "first-try"])
def test_what_the_table_refuses_is_neither_delivered_nor_recorded(version: str) -> None:
    session, found = played(version)
    assert found.won == session.runs[-1].codes[502] > 0
    assert (found.discounts, found.recorded, found.billed) == (0, 0, 0)


def test_what_fails_after_the_record_is_billed() -> None:
    session, found = played("second-try")
    assert found.recorded == found.billed == found.won == session.runs[-1].codes[502] > 0
    assert found.discounts == 0


def test_the_published_diff_delivers_and_records_nothing_of_it() -> None:
    session, found = played("published-trace")
    assert session.runs[-1].codes == {201: 60}
    assert (found.recorded, found.billed) == (0, 0)
    assert 0 < found.discounts < found.won  # it asks twice and delivers the second answer


def test_the_mended_version_delivers_and_records_all() -> None:
    _, launch = played("launch")
    _, found = played("decimal")
    assert found == Delivered(won=launch.won, discounts=launch.won, recorded=launch.won, billed=0)


def test_a_run_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    session, found = played("launch")

    def no_more(_: object) -> None:
        raise AssertionError("it was made again")

    monkeypatch.setattr(session.lab, "details", no_more)
    assert delivered(session, session.runs[-1], "won") == found.won


def test_a_run_that_cannot_be_made_again_is_unknown_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(COURSE.scenario, COURSE.lesson("10-failed"), 7)
    session.perform(act.RunLoad(plan="artillery-slowness.yml"))
    session.finish()

    def broken(_: object) -> None:
        raise RidelabError("its process is gone")

    monkeypatch.setattr(session.lab, "details", broken)
    found = delivered(session, session.runs[-1], "won")
    assert isinstance(found, Unknown)
    assert "its process is gone" in found.reason
