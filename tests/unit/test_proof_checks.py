"""A span that a question asks to point at must be there to be pointed at."""

from __future__ import annotations

import pytest

from lessons import actions as act
from lessons.loader import OpenCourse
from lessons.proof_checks import missing_spans
from lessons.session import Session


@pytest.fixture(scope="module")
def session() -> Session:
    course = OpenCourse()
    session = Session(course.scenario, course.lesson("07-trace"), 7)
    assert list(missing_spans(session, ["nothing"])) == []  # without a run there is nothing to say
    session.perform(act.RunLoad())
    session.finish()
    return session


def test_spans_of_both_clocks_and_what_is_unmarked_can_be_pointed_at(session: Session) -> None:
    assert (
        list(missing_spans(session, ["get_ride_discount", "network, gateway", "cold start", "unmarked"]))
        == []
    )


def test_a_span_of_no_trace_is_named_with_the_nearest(session: Session) -> None:
    assert list(missing_spans(session, ["get_ride_discont"])) == [
        "no trace of the last run has a span `get_ride_discont`; did you mean `get_ride_discount`?"
    ]
    [line] = missing_spans(session, ["xyz"])
    assert "there are `" in line
    assert "`unmarked`" in line
