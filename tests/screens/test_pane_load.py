"""The Load pane: the requests as they come, the report as the tool printed it, the line-up, the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets import Static

from lessons import actions as act
from lessons.model import Step
from simulator.load import PLANS
from simulator.metrics import percentile, summary
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
from tui.charts.scatter import LatencyChart
from tui.panes.line_up import LEFT_OUT, LineUpData, draw_line_up, gutter
from tui.panes.line_up_view import LineUpView
from tui.panes.lines import Lines
from tui.panes.load import LoadPane
from tui.panes.load_report import plan_words
from tui.panes.run_figures import bare_ms

if TYPE_CHECKING:
    from pathlib import Path

    from lessons.session import Session
    from tests.screens.pane_app import PaneApp


TO_REPORT, TO_LINE_UP = ("v",) * 3, ("v",) * 4


def long_plan(folder: Path, requests: int) -> str:
    """Write the module's plan with more requests, one a second."""
    (folder / "user.csv").write_bytes((PLANS / "user.csv").read_bytes())
    text = (PLANS / "artillery-slowness.yml").read_text(encoding="utf-8")
    path = folder / "long.yml"
    path.write_text(text.replace("duration: 60", f"duration: {requests}"), encoding="utf-8")
    return str(path)


def under_way(seconds: float = 34.0) -> Session:
    session = a_session()
    session.perform(act.RunLoad())
    session.lab.advance(seconds)
    return session


def words(app: PaneApp, name: str) -> str:
    return str(app.query_one(f"#{name}", Static).content)


# before the first run


async def test_before_the_first_run_it_says_what_r_does_and_shows_the_plan_as_it_stands_in_its_file() -> None:
    async with shown(LoadPane(), a_session(), LARGE) as (app, _):
        text = app.text()
        assert "r sends what artillery-slowness.yml says" in text
        assert "POST https://api.wildrydes.example/prod/ride" in text
        assert "1 a second for 60 s" in text
        for line in (PLANS / "artillery-slowness.yml").read_text(encoding="utf-8").splitlines():
            assert line in app.query_one("#load-plan", Lines).plain
    async with shown(LoadPane(), a_session()) as (app, _):
        expect_golden("load_plan", app.text())


async def test_the_plan_shown_is_the_one_of_the_step(tmp_path: Path) -> None:
    plan = long_plan(tmp_path, 600)
    session = a_session(steps=(Step(id="one", title="One", text="One.", plan=plan),))
    async with shown(LoadPane(), session) as (app, pilot):
        assert "600 virtual users in 600 s" in app.query_one("#load-plan", Lines).plain
        await press(pilot, "j", "j")
        assert app.query_one("#load-plan", Lines).scroll_offset.y == 2


def test_a_plan_that_sends_no_token_is_told_from_one_that_does(tmp_path: Path) -> None:
    assert "no Authorization header is sent" not in plan_words("artillery-slowness.yml")
    path = long_plan(tmp_path, 60)
    text = (tmp_path / "long.yml").read_text(encoding="utf-8")
    header = '  defaults:\n    headers:\n      Authorization: "{{ wild_rydes_auth }}"\n'
    assert header in text
    (tmp_path / "long.yml").write_text(text.replace(header, ""), encoding="utf-8")
    assert "no Authorization header is sent" in plan_words(path)


# while a run plays


async def test_while_a_run_plays_the_chart_holds_a_dot_for_every_answer_and_the_counters_agree() -> None:
    session = under_way()
    async with shown(LoadPane(), session) as (app, _):
        live = session.live
        assert live is not None
        data = app.query_one(LatencyChart).data
        assert list(data.latency_s) == list(live.requests["latency_s"])
        assert data.threshold_s is None
        assert data.horizon_s == 60.0
        head = words(app, "load-head")
        assert f"run 1: {live.sent} sent, {live.in_flight} in flight" in head
        expect_golden("load_live", app.text())


async def test_the_chart_grows_with_each_view() -> None:
    session = under_way(10.0)
    async with shown(LoadPane(), session) as (app, pilot):
        before = len(app.query_one(LatencyChart).data.started_s)
        session.lab.advance(20.0)
        app.push()
        await settled(pilot)
        assert len(app.query_one(LatencyChart).data.started_s) >= before + 18


async def test_failed_requests_are_those_answered_with_500_and_more() -> None:
    session = run(a_session())
    async with shown(LoadPane(), session) as (app, _):
        failed = app.query_one(LatencyChart).data.failed
        assert int(failed.sum()) == session.runs[0].codes[502] > 0


async def test_deploys_and_alerts_are_marks_on_the_chart() -> None:
    session = under_way(20.0)
    session.perform(act.Deploy(version=TRACED))
    session.finish()
    async with shown(LoadPane(), session) as (app, _):
        marks = [(mark.label, mark.at_s) for mark in app.query_one(LatencyChart).data.marks]
        assert marks == [("deploy request-ride@traced", 20.0), ("alert duration-gt-1000", 60.0)]


async def test_the_report_while_a_run_plays_is_the_beginning_of_the_report_at_its_end() -> None:
    session = under_way()
    async with shown(LoadPane(), session) as (app, pilot):
        await press(pilot, *TO_REPORT)
        report = app.query_one("#load-report", Lines)
        so_far = report.plain
        assert so_far.count("Report @") == 3
        session.finish()
        app.push()
        await settled(pilot)
        assert report.plain.startswith(so_far)
        assert session.lab.run is not None
        assert report.plain + "\n" == session.lab.run.report()


async def test_the_report_stays_at_its_end_while_it_grows_unless_one_scrolls_up() -> None:
    session = under_way(25.0)
    async with shown(LoadPane(), session) as (app, pilot):
        await press(pilot, *TO_REPORT)
        report = app.query_one("#load-report", Lines)
        assert report.scroll_offset.y == report.max_scroll_y > 0
        session.lab.advance(10.0)
        app.push()
        await settled(pilot)
        assert report.scroll_offset.y == report.max_scroll_y
        await press(pilot, "k", "k")
        place = report.scroll_offset.y
        session.lab.advance(10.0)
        app.push()
        await settled(pilot)
        assert report.scroll_offset.y == place < report.max_scroll_y


# after a run


async def test_all_requests_stand_beside_those_that_met_no_cold_start() -> None:
    session = run(a_session())
    async with shown(LoadPane(), session) as (app, _):
        said = words(app, "load-summary").splitlines()
        for line, latencies in (
            (said[1], session.runs[0].latencies_s),
            (said[2], session.runs[0].warm_latencies_s),
        ):
            one = summary(latencies)
            for figure in (f"{one.n:,}", bare_ms(one.min), bare_ms(one.median), bare_ms(one.max)):
                assert figure in line.split()
        expect_golden("load_chart", app.text())


async def test_sixty_requests_can_tell_p95_and_cannot_tell_p99() -> None:
    session = run(a_session())
    async with shown(LoadPane(), session) as (app, _):
        said = words(app, "load-summary")
        assert "n<299" in said.splitlines()[1]
        assert "cannot tell: p99 needs 299 requests" in said
        assert bare_ms(percentile(session.runs[0].latencies_s, 0.95)) in said.splitlines()[1]


async def test_six_hundred_requests_can_tell_both(tmp_path: Path) -> None:
    session = a_session()
    session.perform(act.RunLoad(plan=long_plan(tmp_path, 600)))
    session.finish()
    async with shown(LoadPane(), session) as (app, _):
        said = words(app, "load-summary")
        assert "cannot tell" not in said
        assert bare_ms(percentile(session.runs[0].latencies_s, 0.99)) in said.splitlines()[1]


@pytest.mark.parametrize(("name", "size"), [("narrow", NARROW), ("beside", BESIDE), ("large", LARGE)])
async def test_it_looks_right_at_every_size(name: str, size: tuple[int, int]) -> None:
    async with shown(LoadPane(), run(a_session()), size) as (app, _):
        expect_golden(f"load_{name}", app.text())


async def test_who_read_the_plan_sees_the_run_that_begins() -> None:
    session = run(a_session())
    async with shown(LoadPane(), session) as (app, pilot):
        await press(pilot, *TO_LINE_UP, "v")
        assert app.pane.showing == "plan"
        session.perform(act.RunLoad())
        app.push()
        await settled(pilot)
        assert app.pane.showing == "chart"


async def test_an_older_run_can_be_looked_at_until_escape_or_a_new_run() -> None:
    session = run(run(a_session()), TRACED, new=True)
    async with shown(LoadPane(), session) as (app, pilot):
        app.pane.open_target(1, None)
        await settled(pilot)
        assert "run 1, not the newest (escape)" in words(app, "load-head")
        assert list(app.query_one(LatencyChart).data.latency_s) == list(session.runs[0].requests["latency_s"])
        await press(pilot, "escape")
        assert "run 2:" in words(app, "load-head")
        app.pane.open_target(1, None)
        session.perform(act.RunLoad())
        app.push()
        await settled(pilot)
        assert "run 3:" in words(app, "load-head")


async def test_a_pane_out_of_sight_draws_nothing_and_catches_up_when_it_is_shown() -> None:
    session = under_way(10.0)
    pane = LoadPane()
    async with shown(pane, session) as (app, pilot):
        pane.display = False
        await settled(pilot)
        before = app.query_one(LatencyChart).data
        session.lab.advance(10.0)
        app.push()
        assert app.query_one(LatencyChart).data is before
        pane.display = True
        await settled(pilot)
        assert len(app.query_one(LatencyChart).data.started_s) > len(before.started_s)


# the line-up


async def test_the_fifty_seventh_of_sixty_is_where_p95_stands() -> None:
    session = run(a_session())
    async with shown(LoadPane(), session) as (app, pilot):
        await press(pilot, *TO_LINE_UP)
        assert "57th: p95" in app.text()
        await press(pilot, "g", *["l"] * 56)
        latency = float(np.sort(session.runs[0].latencies_s)[56])
        said = words(app, "line-up-figures").splitlines()[0]
        assert said.startswith(f"57th of 60: {bare_ms(latency)} ms, code ")
        assert said.endswith("here stands p95")


async def test_z_leaves_the_slowest_out_shows_what_each_figure_does_and_takes_it_back() -> None:
    session = run(a_session())
    latencies = np.sort(session.runs[0].latencies_s)
    async with shown(LoadPane(), session) as (app, pilot):
        await press(pilot, *TO_LINE_UP)
        before = words(app, "line-up-figures")
        await press(pilot, "G", "z")
        expect_golden("load_line_up", app.text())
        _, _, whole, without, change, _ = words(app, "line-up-figures").splitlines()
        assert whole.split()[-4:] == _figures(latencies)
        assert without.split()[-4:] == _figures(latencies[:-1])
        assert change.split()[1:] != ["0", "0", "0", "0"]
        await press(pilot, "z", "escape")
        assert words(app, "line-up-figures") == before


def _figures(latencies: np.ndarray) -> list[str]:
    one = summary(latencies)
    return [bare_ms(value) for value in (one.mean, one.median, one.p95, one.p99)]


async def test_six_hundred_stand_in_rows_each_with_a_glyph_of_its_own(tmp_path: Path) -> None:
    session = a_session()
    session.perform(act.RunLoad(plan=long_plan(tmp_path, 600)))
    session.finish()
    async with shown(LoadPane(), session) as (app, pilot):
        await press(pilot, *TO_LINE_UP)
        expect_golden("load_line_up_600", app.text())
        chart = app.query_one(LineUpView).chart
        rows = draw_line_up(chart.data, chart.size.width, chart.size.height).text().splitlines()
        figures = "".join(line[8:] for line in rows[:-1])
        failed = session.runs[0].codes[502]
        assert sum(figures.count(glyph) for glyph in "x*") == failed
        assert sum(figures.count(glyph) for glyph in "ocx*MPQ") == 600


@given(
    latencies=st.lists(st.floats(0.001, 100.0), max_size=400),
    width=st.integers(1, 160),
    height=st.integers(1, 50),
    log=st.booleans(),
    left_out=st.booleans(),
    cursor=st.none() | st.integers(0, 400),
)
def test_any_line_up_fits_its_grid(
    latencies: list[float], width: int, height: int, log: bool, left_out: bool, cursor: int | None
) -> None:
    n = len(latencies)
    data = LineUpData(np.sort(latencies), np.full(n, 201, np.int16), np.zeros(n, dtype=bool)).leaving_out(
        left_out
    )
    grid = draw_line_up(data, width, height, log=log, cursor=cursor)
    assert (grid.width, grid.height) == (width, height)
    left = gutter(width)
    if 0 < n <= width - left and height >= 5:
        figures = grid.line(height - 2)[left:]
        assert figures.count("o") + figures.count(LEFT_OUT) == n


@given(n=st.integers(1, 3000), p=st.sampled_from([0.5, 0.95, 0.99]))
def test_a_rank_is_the_smallest_at_which_the_share_is_reached(n: int, p: float) -> None:
    data = LineUpData(np.arange(1.0, n + 1), np.full(n, 201, np.int16), np.zeros(n, dtype=bool))
    rank = data.rank(p)
    percents = round(p * 100)
    assert rank * 100 >= percents * n > (rank - 1) * 100


# all the same


async def test_it_says_in_words_what_it_shows() -> None:
    pane, session = LoadPane(), a_session()
    async with shown(pane, session) as (app, _):
        assert "No load has been sent" in pane.summary()
        run(session)
        app.push()
        assert "60 sent, 60 answered, 0 in flight" in pane.summary()
        assert "Cannot tell: p99 needs 299 requests." in pane.summary()


async def test_it_offers_only_what_the_view_can_do() -> None:
    pane = LoadPane()
    offered = {command.label for command in LoadPane.COMMANDS if command.rank is not None}
    async with shown(pane, run(a_session()), SMALL) as (_, pilot):
        assert not pane.can_do("leave_out")
        assert pane.can_do("read")
        await press(pilot, *TO_LINE_UP)
        assert pane.can_do("leave_out")
        assert {"view", "slowest out/in", "read"} <= offered


def test_no_key_of_the_screen_is_taken() -> None:
    assert not keys_of(LoadPane) & SCREEN_KEYS
