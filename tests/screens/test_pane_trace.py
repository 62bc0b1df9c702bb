"""The Trace pane: one invocation as a waterfall, and what no mark covers in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from lessons import actions as act
from lessons.model import Start
from simulator.faults import parse_fault
from simulator.traces import invocation_trace, request_trace
from tests.screens.pane_app import (
    BESIDE,
    LARGE,
    NARROW,
    SCREEN_KEYS,
    SMALL,
    TRACED,
    a_session,
    expect_golden,
    keys_of,
    press,
    run,
    settled,
    shown,
)
from tui.charts.waterfall import Waterfall
from tui.panes.reported import ms_text
from tui.panes.trace import TracePane
from tui.panes.trace_words import row_words, watched_only

if TYPE_CHECKING:
    from lessons.session import Session

PANES = ["alerts", "invocations", "trace"]
BOTH = ["request-ride", "promo-discount"]


def tracing(monitoring: list[str] | None = None, **lesson: Any) -> Session:
    return a_session(panes=PANES, start=Start(deploy=[TRACED], monitoring=monitoring), **lesson)


def by_duration(session: Session, run_number: int = 1) -> list[int]:
    """The slow invocations of the ride function, the longest first."""
    inv = session.runs[run_number - 1].of_service("request-ride")
    order = np.argsort(-inv["duration_s"], kind="stable")
    return [int(inv["number"][i]) for i in order if inv["duration_s"][i] > 1.0]


def names(app: Any) -> list[str]:
    trace = app.query_one(Waterfall).trace
    return [span.name for span in trace.spans] if trace is not None else []


async def test_without_a_run_it_says_what_will_be_here() -> None:
    async with shown(TracePane(), tracing()) as (app, _):
        assert "No run yet" in app.text()
        assert app.performed == []


@pytest.mark.parametrize(
    ("name", "size"), [("narrow", NARROW), ("small", SMALL), ("beside", BESIDE), ("large", LARGE)]
)
async def test_the_slowest_invocation_of_the_last_run_is_shown(name: str, size: tuple[int, int]) -> None:
    async with shown(TracePane(), run(tracing()), size) as (app, _):
        expect_golden(f"trace_{name}", app.text())


async def test_showing_a_trace_is_told_once_and_again_when_somebody_asks_for_it() -> None:
    session = run(tracing())
    slowest = by_duration(session)[0]
    async with shown(TracePane(), session) as (app, pilot):
        for _ in range(3):
            app.push()
            await settled(pilot)
        assert app.performed == [act.OpenTrace(number=slowest, run=1)]
        app.pane.open_target(1, slowest)
        await settled(pilot)
        assert len(app.performed) == 2


async def test_a_trace_that_only_stands_beside_the_lesson_was_not_opened() -> None:
    session = run(tracing())
    async with shown(TracePane(), session) as (app, pilot):
        app.screen.set_focus(None)
        run(session, new=True)
        app.push()
        await settled(pilot)
        assert len(app.performed) == 1
        app.pane.focus_target()
        await settled(pilot)
        assert app.performed[1:] == [act.OpenTrace(number=by_duration(session, 2)[0], run=2)]


async def test_nothing_is_told_while_nobody_sees_the_pane_and_a_later_step_counts_anew() -> None:
    session = run(tracing())
    async with shown(TracePane(), session) as (app, pilot):
        app.pane.display = False
        await settled(pilot)
        run(session, new=True)
        app.push()
        await settled(pilot)
        assert len(app.performed) == 1
        app.pane.display = True
        app.pane.focus_target()
        await settled(pilot)
        assert app.performed[1:] == [act.OpenTrace(number=by_duration(session, 2)[0], run=2)]
        app.pane.display = False
        await settled(pilot)
        session.place = 1  # the next step of the lesson
        app.pane.display = True
        app.pane.focus_target()
        await settled(pilot)
        assert len(app.performed) == 3


async def test_o_and_p_go_through_the_slow_ones_from_the_longest_and_stop_at_the_ends() -> None:
    session = run(tracing())
    order = by_duration(session)
    async with shown(TracePane(), session) as (app, pilot):
        await press(pilot, "p", "o", "o")
        assert f"Invocation {order[2]} of run 1" in app.text()
        assert f"slow 3 of {len(order)}" in app.text()
        await press(pilot, *["o"] * len(order))
        assert f"slow {len(order)} of {len(order)}" in app.text()
        await press(pilot, "p")
        assert f"Invocation {order[-2]} of run 1" in app.text()


async def test_the_foot_says_the_unmarked_time_of_what_is_selected() -> None:
    session = run(tracing())
    trace = invocation_trace(session.runs[0], by_duration(session)[0])
    async with shown(TracePane(), session) as (app, pilot):
        await press(pilot, "j")
        assert f"{ms_text(trace.unmarked_s(1))} of request_ride are under no mark" in app.text()
        await press(pilot, "G")
        assert "of request-ride are under no mark" in app.text()
        assert "in one piece" in app.text()


def test_a_mark_with_nothing_inside_says_where_and_not_why() -> None:
    session = run(tracing())
    trace = invocation_trace(session.runs[0], by_duration(session)[0])
    [row] = [
        row
        for row in trace.rows()
        if row.span is not None and trace.spans[row.span].name == "get_ride_discount"
    ]
    figures, inside = row_words(trace, row)
    assert figures.startswith(f"get_ride_discount: {ms_text(row.duration_s)} from ")
    assert "it says where, not why" in inside


async def test_w_shows_the_whole_ride_on_the_clients_clock_and_the_invocation_again() -> None:
    session = run(tracing())
    data = session.runs[0]
    row = data.row(by_duration(session)[0])
    async with shown(TracePane(), session) as (app, pilot):
        await press(pilot, "w")
        expect_golden("trace_whole", app.text())
        latency = float(data.requests["latency_s"][row["request"]])
        assert f"Request {row['request']} of run 1  {latency * 1000:,.2f} ms" in app.text()
        assert names(app)[:3] == ["request", "network, gateway", "cold start"]
        await press(pilot, "w")
        assert names(app)[0] == "request-ride"


async def test_the_whole_ride_shows_what_a_fault_held_up_and_the_invocation_does_not() -> None:
    session = tracing()
    session.lab.inject(parse_fault("lock-contention:share=1,hold_ms=1500"))
    run(session)
    async with shown(TracePane(), session) as (app, pilot):
        assert not any(name.startswith("waiting for") for name in names(app))
        await press(pilot, "w")
        assert any(name.startswith("waiting for") for name in names(app))
        assert "waiting for" in app.text()


async def test_the_whole_ride_shows_no_function_whose_agent_is_dormant() -> None:
    session = run(tracing())
    async with shown(TracePane(), session) as (app, pilot):
        await press(pilot, "w")
        assert "promo-discount" not in names(app)
        assert "promo-discount: its agent is dormant: nothing is reported" in app.text()
    data = session.runs[0]
    for request in range(60):
        kept = watched_only(request_trace(data, request), data)
        assert {span.service for span in kept.spans} <= {"client", "gateway", "request-ride"}
        assert kept.root == request_trace(data, request).root


async def test_a_watched_callee_stands_below_the_mark_that_waited_for_it_and_has_its_own_page() -> None:
    session = run(tracing(BOTH))
    data = session.runs[0]
    slowest = by_duration(session)[0]
    async with shown(TracePane(), session) as (app, pilot):
        trace = app.query_one(Waterfall).trace
        assert trace is not None
        callee = names(app).index("promo-discount")
        assert trace.spans[trace.spans[callee].parent].name == "get_ride_discount"
        await press(pilot, "enter")
        app.query_one(Waterfall).move_to_span(callee)
        await press(pilot, "enter")
        calls = data.invocations
        [child] = calls["number"][calls["parent"] == slowest]
        assert [(one.pane, one.run, one.target) for one in app.pointed] == [
            ("invocations", 1, slowest),
            ("invocations", 1, int(child)),
        ]


async def test_without_marks_the_invocation_is_one_bar_and_all_of_it_unmarked() -> None:
    session = run(a_session(panes=PANES, start=Start(deploy=["request-ride@launch"])))
    async with shown(TracePane(), session) as (app, _):
        expect_golden("trace_no_marks", app.text())
        assert names(app) == ["request-ride"]
        assert "request-ride@launch has no marks: the whole invocation is unmarked." in app.text()


async def test_a_trace_that_was_not_kept_says_so() -> None:
    session = tracing()
    session.lab.sample(0.1)
    run(session)
    kept = set(session.runs[0].spans["invocation"].tolist())
    lost = next(number for number in by_duration(session) if number not in kept)
    async with shown(TracePane(), session, (90, 18)) as (app, pilot):
        app.pane.open_target(1, lost)
        await settled(pilot)
        assert names(app) == ["request-ride"]
        assert (
            f"This trace was not kept: sampling keeps a share of all (10%); {len(kept)} traces were kept"
            in app.text()
        )


async def test_with_a_dormant_agent_there_is_nothing_and_it_says_why() -> None:
    async with shown(TracePane(), run(tracing([]))) as (app, pilot):
        assert "request-ride: its agent is dormant: nothing is reported" in app.text()
        await press(pilot, "o", "p", "w", "enter")
        assert (app.performed, app.pointed) == ([], [])
    async with shown(TracePane(), run(tracing())) as (app, pilot):
        calls = app.session.runs[0].invocations
        app.pane.open_target(1, int(calls["number"][calls["parent"] >= 0][0]))
        await settled(pilot)
        assert "Nothing to show. promo-discount: its agent is dormant: nothing is reported." in app.text()
        assert len(app.performed) == 1


async def test_a_new_run_brings_its_own_slowest_and_what_was_asked_for_stays_until_then() -> None:
    session = run(run(tracing()), new=True)
    async with shown(TracePane(), session) as (app, pilot):
        asked = by_duration(session, 1)[1]
        app.pane.open_target(1, asked)
        app.push()
        await settled(pilot)
        assert f"Invocation {asked} of run 1" in app.text()
        run(session, new=True)
        app.push()
        await settled(pilot)
        assert f"Invocation {by_duration(session, 3)[0]} of run 3" in app.text()


async def test_the_first_run_can_be_looked_at_while_it_goes_on() -> None:
    session = tracing()
    session.perform(act.RunLoad())
    session.lab.advance(0.5)
    async with shown(TracePane(), session) as (app, pilot):
        assert "No invocation has ended yet." in app.text()
        session.lab.advance(10.0)
        app.push()
        await settled(pilot)
        assert "of run 1" in app.text()
        session.finish()
        app.push()
        await settled(pilot)
        assert f"Invocation {by_duration(session)[0]} of run 1" in app.text()


async def test_the_cursor_stays_where_it_is_while_views_come() -> None:
    async with shown(TracePane(), run(tracing())) as (app, pilot):
        await press(pilot, "j", "j", "j")
        row = app.query_one(Waterfall).row
        app.push()
        await settled(pilot)
        assert app.query_one(Waterfall).row == row


async def test_the_summary_says_the_widest_span_and_who_is_silent() -> None:
    pane = TracePane()
    session = run(tracing())
    async with shown(pane, session):
        said = pane.summary()
        assert said.startswith(f"Invocation {by_duration(session)[0]} of run 1: request-ride took ")
        assert "get_ride_discount" in said
        assert said.endswith("promo-discount: its agent is dormant: nothing is reported.")


def test_no_key_of_the_screen_is_taken() -> None:
    assert not keys_of(TracePane) & SCREEN_KEYS


async def test_folding_is_offered_once_there_is_something_to_fold() -> None:
    def offered(app: Any) -> set[str]:
        return {command.action for command in app.pane.COMMANDS if app.pane.offers(command)}

    async with shown(TracePane(), tracing()) as (app, _):
        assert not {"fold", "unfold"} & offered(app)
    async with shown(TracePane(), run(tracing())) as (app, pilot):
        assert {"fold", "unfold"} <= offered(app)
        whole = app.text()
        await press(pilot, "left")
        assert "▸ request-ride" in app.text()
        await press(pilot, "right")
        assert app.text() == whole
