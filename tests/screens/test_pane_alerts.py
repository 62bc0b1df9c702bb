"""The Alerts pane: a mailbox, the mail, and the event page with its matching invocations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lessons import actions as act
from simulator.settings import AlertRule
from tests.screens.pane_app import (
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
from tui.panes.alerts import AlertsPane
from tui.panes.invocation_list import InvocationList
from tui.panes.invocation_rows import watched_rows
from tui.panes.mails import mails
from tui.view import View

if TYPE_CHECKING:
    from lessons.model import Start
    from lessons.session import Session

RULE = "duration-gt-1000"
PANES = ["alerts", "invocations", "trace"]


def watching(**lesson: Any) -> Session:
    return a_session(panes=PANES, **lesson)


def view_of(session: Session) -> View:
    return View(session, tuple(session.runs), session.live)


def a_start(**settings: Any) -> Start:
    from lessons.model import Start

    return Start(**settings)


async def test_without_mail_it_says_what_arrives_and_when_rules_are_looked_at() -> None:
    async with shown(AlertsPane(), watching()) as (app, _):
        expect_golden("alerts_none", app.text())
        assert app.pane.badge(view_of(app.session)) == ""
        assert "once a minute of virtual time" in app.pane.summary()  # type: ignore[attr-defined]


async def test_while_a_run_goes_on_it_says_when_the_next_look_is() -> None:
    session = watching()
    session.perform(act.RunLoad(plan="artillery-600.yml"))
    session.lab.advance(20.0)
    async with shown(AlertsPane(), session) as (app, pilot):
        assert "next at 19:49:41" in app.text()
        session.lab.advance(41.0)  # the rules were looked at
        app.push()
        await settled(pilot)
        assert f"{RULE} is in alarm" in app.text()


async def test_with_every_agent_dormant_it_says_that_no_rule_can_fire() -> None:
    session = run(watching(start=a_start(monitoring=[])))
    async with shown(AlertsPane(), session) as (app, _):
        assert "No rule can fire" in app.text()
        assert "request-ride: its agent is dormant: nothing is reported" in app.text()


async def test_a_run_without_an_alert_says_so() -> None:
    session = watching()
    session.lab.rules[:] = [AlertRule(name="never", over_ms=100_000)]
    async with shown(AlertsPane(), run(session)) as (app, _):
        assert "Run 1 ended without an alert." in app.text()
        assert "never: Invocation duration greater than 100000 milliseconds" in app.text()


@pytest.mark.parametrize(("name", "size"), [("narrow", NARROW), ("small", SMALL), ("large", LARGE)])
async def test_mails_stand_newest_first_and_unread_ones_have_a_star(name: str, size: tuple[int, int]) -> None:
    async with shown(AlertsPane(), run(run(watching()), new=True), size) as (app, _):
        expect_golden(f"alerts_mailbox_{name}", app.text())
        runs = [line.split()[-7] for line in app.text().splitlines() if "is in alarm" in line]
        assert len(runs) == 2


async def test_enter_opens_the_mail_then_the_event_then_one_of_its_invocations() -> None:
    session = run(watching())
    async with shown(AlertsPane(), session) as (app, pilot):
        await press(pilot, "enter")
        expect_golden("alerts_mail", app.text())
        await press(pilot, "enter")
        expect_golden("alerts_event", app.text())
        assert app.performed == [act.OpenMail(rule=RULE), act.OpenAlert(rule=RULE)]
        await press(pilot, "j", "enter")
        [pointed] = app.pointed
        matching = session.runs[0].matching(session.runs[0].alerts[0].rule)
        assert (pointed.pane, pointed.run, pointed.target) == ("invocations", 1, int(matching[1]))


async def test_the_event_page_counts_what_matches_now_and_tells_their_range_and_tags() -> None:
    session = run(watching())
    data = session.runs[0]
    async with shown(AlertsPane(), session) as (app, pilot):
        await press(pilot, "enter", "enter")
        rows = watched_rows(data)
        places = rows.places(data.matching(data.alerts[0].rule))
        durations = rows.columns["duration_s"][places] * 1000.0
        assert f"{len(places)} matching of 60 invocations" in app.text()
        assert f"{durations.min():,.2f} ms to {durations.max():,.2f} ms" in app.text()
        assert (
            f"COLD START {int(rows.cold[places].sum())}   ERROR {int(rows.failed[places].sum())}"
            in app.text()
        )
        assert app.query_one(InvocationList).count == len(places)


async def test_the_event_page_goes_on_counting_while_its_run_does() -> None:
    session = watching()
    session.perform(act.RunLoad(plan="artillery-600.yml"))
    session.lab.advance(61.0)
    async with shown(AlertsPane(), session) as (app, pilot):
        await press(pilot, "enter", "enter")
        first = app.query_one(InvocationList).count
        session.lab.advance(60.0)
        app.push()
        await settled(pilot)
        assert app.query_one(InvocationList).count > first
        assert f"{app.query_one(InvocationList).count} matching of" in app.text()


async def test_escape_goes_back_up_and_the_keys_go_with_it() -> None:
    async with shown(AlertsPane(), run(run(watching()), new=True)) as (app, pilot):
        await press(pilot, "j", "enter", "enter", "escape")
        assert "View Alert Event" in app.text()
        await press(pilot, "escape")
        assert "subject" in app.text()
        await press(pilot, "k", "enter")
        assert "run 2" in app.text()


async def test_the_badge_counts_unread_mails_and_a_new_run_brings_a_new_one() -> None:
    session = run(watching())
    pane = AlertsPane()
    async with shown(pane, session) as (app, pilot):
        assert pane.badge(view_of(session)) == "!1"
        await press(pilot, "enter")
        assert pane.badge(view_of(session)) == ""
        run(session, new=True)
        app.push()
        await settled(pilot)
        assert pane.badge(view_of(session)) == "!1"
        await press(pilot, "escape", "g", "enter")
        assert pane.badge(view_of(session)) == ""


def test_a_load_whose_run_was_lost_does_not_make_the_newest_mail_read() -> None:
    session = run(watching())
    session.memory.done[:0] = [("one", act.RunLoad()), ("one", act.OpenMail(rule=RULE))]  # and no run of it
    [mail] = mails(view_of(session))
    assert not mail.read


async def test_where_the_lesson_has_no_invocations_pane_enter_points_nowhere() -> None:
    async with shown(AlertsPane(), run(a_session(panes=["alerts"]))) as (app, pilot):
        await press(pilot, "enter", "enter", "enter")
        assert app.pointed == []


async def test_another_pane_can_point_at_a_rule() -> None:
    async with shown(AlertsPane(), run(run(watching()), new=True)) as (app, pilot):
        app.pane.open_target(1, RULE)
        await settled(pilot)
        assert "run 1" in app.text()
        assert app.performed == [act.OpenMail(rule=RULE)]


async def test_the_summary_follows_what_is_open() -> None:
    pane = AlertsPane()
    async with shown(pane, run(watching(), TRACED)) as (_, pilot):
        assert pane.summary() == f"1 mail, 1 unread. The newest: {RULE} is in alarm, at 19:49:41 of run 1."
        await press(pilot, "enter", "enter")
        assert "of 60 invocations match: " in pane.summary()


def test_no_key_of_the_screen_is_taken() -> None:
    assert not keys_of(AlertsPane) & SCREEN_KEYS
