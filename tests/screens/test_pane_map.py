"""The Map pane: what flows where, what is known of the chosen place, and what it says while a run plays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Static

from lessons import actions as act
from lessons.model import Start
from simulator.topology import census, longest, topology
from tests.screens.pane_app import (
    BESIDE,
    LARGE,
    NARROW,
    PUBLISHED,
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
from tui.charts.map_chart import ServiceMap
from tui.panes.map import MapPane
from tui.panes.run_figures import ms

if TYPE_CHECKING:
    from tests.screens.pane_app import PaneApp

PANES = ["load", "invocations", "map"]
SIZES = {"narrow": NARROW, "small": SMALL, "beside": BESIDE, "large": LARGE}


def foot(app: PaneApp) -> str:
    return str(app.query_one("#map-foot", Static).content)


def chosen(app: PaneApp) -> str:
    chart = app.query_one(ServiceMap)
    return chart.data.places[chart.cursor].name


async def test_before_the_first_run_it_says_what_will_be_shown() -> None:
    async with shown(MapPane(), a_session()) as (app, pilot):
        assert "No run yet. r sends the load" in app.text()
        await press(pilot, "j", "enter", "G")
        assert app.pointed == []


@pytest.mark.parametrize("name", SIZES)
async def test_the_map_at_every_size(name: str) -> None:
    async with shown(MapPane(), run(a_session(panes=PANES), TRACED), SIZES[name]) as (app, _):
        expect_golden(f"map_{name}", app.text())


async def test_it_opens_at_the_function_behind_the_gateway() -> None:
    session = run(a_session(panes=PANES))
    data = session.runs[0]
    async with shown(MapPane(), session) as (app, _):
        assert chosen(app) == "request-ride"
        figures = topology(data).edges[1].figures
        assert figures is not None
        found = census(data, "request-ride")
        assert f"p95 {ms(figures.p95_s)}" in foot(app)
        assert f"request-ride@launch: 60 invocations, {found.containers} containers" in foot(app)
        assert f"{found.cold_starts} cold start" in foot(app)
        assert f"{figures.errors} of 60 failed" in foot(app)


async def test_places_that_nobody_watches_say_so_and_nothing_else() -> None:
    async with shown(MapPane(), run(a_session(panes=PANES))) as (app, pilot):
        assert app.text().count("not watched") == 3
        await press(pilot, "j")
        assert foot(app).splitlines() == [
            "to promo-discount: not watched",
            "Nobody measures these calls.",
            "promo-discount: its agent is dormant: nothing is reported.",
        ]
        await press(pilot, "G")
        assert foot(app).endswith("The rides table has no agent.")
        await press(pilot, "g", "j")
        assert "Nobody watches gateway and authorizer" in foot(app)


async def test_what_a_mark_saw_is_shown_as_the_marks() -> None:
    async with shown(MapPane(), run(a_session(panes=PANES), TRACED)) as (app, pilot):
        assert "in get_ride_discount" in app.text()
        await press(pilot, "j")
        assert "Known from request-ride's mark get_ride_discount: all that it holds." in foot(app)


async def test_with_its_agent_on_the_called_function_is_known() -> None:
    start = Start(monitoring=["request-ride", "promo-discount"])
    async with shown(MapPane(), run(a_session(panes=PANES, start=start))) as (app, pilot):
        await press(pilot, "j")
        assert "Known from its agent's reports" in foot(app)
        assert "promo-discount@launch: 60 invocations" in foot(app)


async def test_enter_opens_the_longest_invocation_of_a_watched_function() -> None:
    session = run(a_session(panes=PANES))
    async with shown(MapPane(), session) as (app, pilot):
        await press(pilot, "enter")
        [message] = app.pointed
        wanted = ("invocations", 1, longest(session.runs[0], "request-ride"))
        assert (message.pane, message.run, message.target) == wanted
        await press(pilot, "j", "enter", "k", "k", "enter")
        assert len(app.pointed) == 1


async def test_enter_leads_nowhere_where_the_lesson_has_no_invocations() -> None:
    async with shown(MapPane(), run(a_session(panes=["load", "map"]))) as (app, pilot):
        assert not app.pane.can_do("open")  # type: ignore[attr-defined]
        await press(pilot, "enter")
        assert app.pointed == []


async def test_while_a_run_plays_it_is_of_the_last_seconds_and_the_cursor_stays() -> None:
    session = run(a_session(panes=PANES))
    session.perform(act.RunLoad())
    session.lab.advance(25.0)
    async with shown(MapPane(), session) as (app, pilot):
        assert "run 2, under way: figures of the last 10 s" in app.text()
        assert "n<59" in app.text()
        await press(pilot, "j")
        session.lab.advance(5.0)
        app.push()
        await settled(pilot)
        assert chosen(app) == "promo-discount"
        session.finish()
        app.push()
        await settled(pilot)
        assert "run 2: figures of the whole run" in app.text()
        assert "p95 needs" not in app.pane.summary()  # type: ignore[attr-defined]


async def test_what_did_not_change_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[object] = []
    monkeypatch.setattr("tui.panes.map.topology", lambda data: drawn.append(data) or topology(data))
    async with shown(MapPane(), run(a_session(panes=PANES))) as (app, pilot):
        for _ in range(3):
            app.push()
            await press(pilot, "j")
        assert len(drawn) == 1


async def test_the_summary_says_what_is_known_and_of_what_nothing_is() -> None:
    async with shown(MapPane(), run(a_session(panes=PANES), PUBLISHED)) as (app, _):
        said = app.pane.summary()  # type: ignore[attr-defined]
        assert said.startswith("Run 1: figures of the whole run, 6")
        assert "riders to gateway 1.0/s, median " in said
        assert said.endswith("Not watched: fleet, rides table.")


async def test_the_foot_never_moves_the_map() -> None:
    for size in SIZES.values():
        async with shown(MapPane(), run(a_session(panes=PANES), TRACED), size) as (app, pilot):
            height = app.query_one(ServiceMap).size.height
            await press(pilot, "g")
            for _ in range(6):
                assert app.query_one(ServiceMap).size.height == height
                static = app.query_one("#map-foot", Static)
                needs = sum(-(-len(line) // size[0]) for line in foot(app).splitlines())
                assert needs <= static.size.height
                await press(pilot, "j")


def test_no_key_of_the_lesson_screen_is_taken() -> None:
    assert not keys_of(MapPane) & SCREEN_KEYS
