"""The views of the Load pane: how one goes round them, what stands beside what, the cursor, and the head line."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from lessons import actions as act
from simulator.faults import parse_fault
from tests.screens.pane_app import (
    BESIDE,
    LARGE,
    NARROW,
    SMALL,
    TRACED,
    PaneApp,
    a_session,
    expect_golden,
    press,
    run,
    settled,
    shown,
)
from tui.charts.chart import Chart
from tui.charts.heat import summarize_heat
from tui.charts.heatmap import Heatmap
from tui.charts.histogram import Histogram
from tui.charts.scatter import LatencyChart
from tui.panes.load import LoadPane
from tui.panes.load_views import PICTURES, VIEWS

HEATMAP, HISTOGRAM = ("v",), ("v", "v")


def head(app: PaneApp) -> str:
    return str(app.query_one("#load-head", Static).content)


def in_brackets(app: PaneApp) -> str:
    return head(app).partition("]")[0].partition("[")[2]


@pytest.mark.parametrize("size", [SMALL, NARROW])
async def test_v_goes_round_the_views(size: tuple[int, int]) -> None:
    async with shown(LoadPane(), run(a_session()), size) as (app, pilot):
        seen = []
        for _ in range(len(VIEWS) + 1):
            seen.append(in_brackets(app))
            await press(pilot, "v")
        names = {"heat": "heatmap", "hist": "histogram"}
        assert tuple(names.get(name, name) for name in seen) == (*VIEWS, "chart")


@pytest.mark.parametrize("size", [BESIDE, LARGE])
async def test_where_there_is_room_each_picture_stands_together_with_the_report(
    size: tuple[int, int],
) -> None:
    async with shown(LoadPane(), run(a_session()), size) as (app, pilot):
        for name in PICTURES:
            assert app.query_one(f"#load-{name}").region.area
            assert app.query_one("#load-report").region.area
            assert sum(bool(chart.region.area) for chart in app.query(Chart)) == 1
            await press(pilot, "v")
        assert "[line-up]" in head(app)


async def test_a_small_pane_shows_one_view_at_a_time() -> None:
    async with shown(LoadPane(), run(a_session())) as (app, pilot):
        for name in VIEWS:
            assert [view for view in VIEWS if app.query_one(f"#load-{view}").region.area] == [name]
            await press(pilot, "v")


async def test_all_three_pictures_show_the_requests_of_the_run() -> None:
    session = run(a_session())
    latency = session.runs[0].requests["latency_s"]
    async with shown(LoadPane(), session) as (app, pilot):
        assert list(app.query_one(LatencyChart).data.latency_s) == list(latency)
        await press(pilot, *HEATMAP)
        assert list(app.query_one(Heatmap).data.latency_s) == list(latency)
        await press(pilot, "v")
        assert list(app.query_one(Histogram).data.latency_s) == list(latency)
        assert app.query_one(Histogram).data.failed.sum() == session.runs[0].codes[502]


@pytest.mark.parametrize(("name", "size"), [("narrow", NARROW), ("small", SMALL), ("large", LARGE)])
async def test_heatmap_and_histogram_look_right(name: str, size: tuple[int, int]) -> None:
    async with shown(LoadPane(), run(a_session()), size) as (app, pilot):
        await press(pilot, *HEATMAP)
        expect_golden(f"load_heatmap_{name}", app.text())
        await press(pilot, "v")
        expect_golden(f"load_histogram_{name}", app.text())


async def test_only_the_view_in_sight_is_drawn_and_only_when_the_run_has_changed() -> None:
    session = a_session()
    session.perform(act.RunLoad())
    session.lab.advance(20.0)
    async with shown(LoadPane(), session) as (app, pilot):
        chart, heatmap = app.query_one(LatencyChart), app.query_one(Heatmap)
        before = chart.data
        app.pane.catch_up()  # type: ignore[attr-defined]
        await settled(pilot)
        assert chart.data is before
        session.lab.advance(20.0)
        app.push()
        await settled(pilot)
        assert chart.data is not before
        assert not heatmap.data.latency_s.size
        await press(pilot, *HEATMAP)
        assert heatmap.data is chart.data


# keys


async def test_the_cursor_reads_the_chart_and_escape_puts_it_away() -> None:
    async with shown(LoadPane(), run(a_session())) as (app, pilot):
        chart = app.query_one(LatencyChart)
        await press(pilot, "right")
        reading = chart.reading()
        assert reading is not None
        assert reading.from_s == 0.0
        await press(pilot, "escape")
        assert chart.reading() is None


async def test_the_cursor_keeps_its_moment_from_chart_to_heatmap_and_back() -> None:
    async with shown(LoadPane(), run(a_session())) as (app, pilot):
        chart, heatmap = app.query_one(LatencyChart), app.query_one(Heatmap)
        await press(pilot, *["l"] * 30, *HEATMAP)
        one, other = chart.cursor_s, heatmap.reading()
        assert one is not None
        assert other is not None
        assert other.from_s <= one <= other.to_s
        assert other.text(80) in app.text()
        await press(pilot, "left", "escape")
        assert heatmap.reading() is chart.reading() is None


async def test_y_switches_the_scale_of_the_chart_and_is_not_offered_by_heatmap_and_histogram() -> None:
    pane = LoadPane()
    async with shown(pane, run(a_session())) as (app, pilot):
        await press(pilot, "y")
        assert "linear scale" in app.text()
        await press(pilot, *HEATMAP)
        assert not pane.can_do("scale")
        assert pane.can_do("read")
        await press(pilot, "v")
        assert not pane.can_do("scale")
        assert not pane.can_do("read")


# what is said


async def test_the_heatmap_is_put_into_words() -> None:
    pane, session = LoadPane(), run(a_session())
    async with shown(pane, session) as (app, pilot):
        await press(pilot, *HEATMAP)
        assert pane.summary().startswith("Run 1 ")
        assert pane.summary().endswith(summarize_heat(app.query_one(Heatmap).data))
        assert " around " in pane.summary()


async def test_a_fault_is_named_where_it_came_and_went_with_letters_of_its_own() -> None:
    session = a_session()
    session.perform(act.RunLoad())
    session.lab.advance(20.0)
    place = session.lab.inject(parse_fault("sporadic-delay:share=0.5"))
    session.perform(act.Deploy(version=TRACED))
    session.lab.advance(20.0)
    session.lab.remove(place)
    session.finish()
    async with shown(LoadPane(), session, LARGE) as (app, _):
        marks = app.query_one(LatencyChart).data.marked
        labels = {mark.letter: mark.label for mark in marks}
        assert labels["F"] == "fault sporadic-delay on"
        assert labels["f"] == "fault sporadic-delay off"
        assert labels["D"] == f"deploy {TRACED}"
        text = app.text()
        assert all(f"{letter} {label}" in text for letter, label in labels.items())


@pytest.mark.parametrize("size", [SMALL, NARROW, BESIDE, LARGE])
async def test_the_head_is_never_cut_off(size: tuple[int, int]) -> None:
    session = run(run(a_session()), new=True)
    async with shown(LoadPane(), session, size) as (app, pilot):
        for number in (1, None):
            app.pane.open_target(number, None)
            await settled(pilot)
            lines = head(app).splitlines()
            assert len(lines) <= (1 if size is SMALL and number is None else 2)
            assert all(len(line) <= size[0] for line in lines)
            assert "60 sent" in head(app)
            assert ("not the newest" in head(app) or "not newest" in head(app)) == (number == 1)
