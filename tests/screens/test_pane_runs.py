"""The Runs pane: what each run of the lesson ran and came to, and two of them to compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets import Static

from lessons import actions as act
from simulator.metrics import summary
from tests.screens.pane_app import (
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
from tui.panes.run_figures import bare_ms
from tui.panes.runs import RunsPane
from tui.panes.runs_table import columns_for

if TYPE_CHECKING:
    from lessons.session import Session


def three_runs() -> Session:
    return run(run(run(a_session()), PUBLISHED), TRACED, new=True)


def under_way(session: Session) -> Session:
    session.perform(act.RunLoad())
    session.lab.advance(20.0)
    return session


async def test_without_a_run_it_says_which_key_makes_one() -> None:
    async with shown(RunsPane(), a_session()) as (app, _):
        assert "No run yet. r sends the load" in app.text()
        assert app.pane.summary() == "There is no run yet."  # type: ignore[attr-defined]


@pytest.mark.parametrize(("name", "size"), [("narrow", NARROW), ("small", SMALL), ("large", LARGE)])
async def test_every_run_has_its_line_and_the_one_under_the_cursor_its_figures(
    name: str, size: tuple[int, int]
) -> None:
    async with shown(RunsPane(), three_runs(), size) as (app, _):
        expect_golden(f"runs_{name}", app.text())


async def test_a_line_holds_version_seed_start_and_the_figures_that_can_be_told() -> None:
    session = three_runs()
    async with shown(RunsPane(), session, (80, 18)) as (app, _):
        line = next(text for text in app.text().splitlines() if text.split()[:2] == ["2", "published-trace"])
        one = summary(session.runs[1].latencies_s)
        median, p95, longest = (bare_ms(seconds) for seconds in (one.median, one.p95, one.max))
        assert line.split() == ["2", "published-trace", "1", "cold", "60", median, p95, "n<299", longest, "0"]


async def test_the_version_of_the_promo_service_has_a_column_as_soon_as_two_of_them_ran() -> None:
    session = run(run(a_session()), "promo-discount@fixed")
    async with shown(RunsPane(), session) as (app, _):
        header, first, second = app.text().splitlines()[:3]
        assert "promo" in header.split()
        assert ("launch" in first.split(), "fixed" in second.split()) == (True, True)
    async with shown(RunsPane(), run(a_session())) as (app, _):
        assert "promo" not in app.text().splitlines()[0].split()


@given(width=st.integers(20, 200))
def test_columns_fit_any_width_and_the_figures_that_matter_stay_longest(width: int) -> None:
    columns = columns_for(_TWO.runs, width)
    titles = [column.title for column in columns]
    assert sum(column.width for column in columns) <= max(width, 12)
    assert titles[0] == "version"
    if width >= 52:
        assert {"n", "median", "p95", "p99", "max"} <= set(titles)


_TWO = run(run(a_session()), PUBLISHED)


async def test_the_cursor_follows_the_newest_run_unless_it_stands_elsewhere() -> None:
    session = three_runs()
    async with shown(RunsPane(), session) as (app, pilot):
        detail = app.query_one("#runs-detail", Static)
        assert str(detail.content).startswith("run 3: request-ride@traced")
        run(session)
        app.push()
        await settled(pilot)
        assert str(detail.content).startswith("run 4: request-ride@traced")
        await press(pilot, "g", "j")
        run(session)
        app.push()
        await settled(pilot)
        assert str(detail.content).startswith("run 2: request-ride@published-trace")


async def test_c_compares_the_run_under_the_cursor_with_the_one_before() -> None:
    async with shown(RunsPane(), three_runs()) as (app, pilot):
        await press(pilot, "c")
        assert app.performed == [act.CompareRuns(before=2, after=3)]
        assert [(one.pane, one.target) for one in app.pointed] == [("compare", "runs")]


async def test_two_marked_runs_are_compared_the_older_as_before_whichever_was_marked_first() -> None:
    async with shown(RunsPane(), three_runs()) as (app, pilot):
        await press(pilot, "G", "m", "g", "m", "j", "c")
        assert app.performed == [act.CompareRuns(before=1, after=3)]
        assert app.text().count("*") == 2


async def test_of_three_marks_the_oldest_goes_and_m_takes_a_mark_away() -> None:
    pane = RunsPane()
    async with shown(pane, three_runs()) as (_, pilot):
        await press(pilot, "g", "m", "j", "m", "j", "m")
        assert pane.marked == (2, 3)
        await press(pilot, "m")
        assert pane.marked == (2,)


async def test_one_mark_is_compared_with_the_cursor() -> None:
    async with shown(RunsPane(), three_runs()) as (app, pilot):
        await press(pilot, "G", "m", "g", "c")
        assert app.performed == [act.CompareRuns(before=1, after=3)]


async def test_the_first_run_has_none_before_it_and_that_is_said() -> None:
    async with shown(RunsPane(), three_runs()) as (app, pilot):
        await press(pilot, "g", "c")
        assert app.performed == []
        assert app.notices == ["there is no run before this one: mark two with m, or go down"]


async def test_a_run_under_way_is_shown_and_is_not_compared() -> None:
    session = under_way(run(a_session()))
    async with shown(RunsPane(), session) as (app, pilot):
        assert "~  2 launch" in app.text()
        await press(pilot, "m", "c")
        assert app.performed == []
        assert len(app.notices) == 2
        assert all("run 2 is under way" in notice for notice in app.notices)


async def test_enter_shows_the_run_in_the_load_pane() -> None:
    async with shown(RunsPane(), three_runs()) as (app, pilot):
        await press(pilot, "k", "enter")
        assert [(one.pane, one.run) for one in app.pointed] == [("load", 2)]


async def test_another_pane_can_point_at_a_run() -> None:
    pane = RunsPane()
    async with shown(pane, three_runs()) as (_, pilot):
        pane.open_target(2, None)
        await settled(pilot)
        assert pane.table.cursor == 1


async def test_it_offers_to_compare_only_where_there_is_a_pane_for_it_and_a_second_run() -> None:
    one, no_compare = RunsPane(), RunsPane()
    async with shown(one, run(a_session())) as _:
        assert not one.can_do("compare")
    async with shown(no_compare, run(run(a_session(panes=["load", "runs"])))) as _:
        assert not no_compare.can_do("compare")


async def test_it_says_in_words_which_runs_there_are() -> None:
    pane = RunsPane()
    async with shown(pane, three_runs()) as (_, pilot):
        await press(pilot, "m")
        said = pane.summary()
        assert said.startswith(
            "3 runs. The newest ran request-ride@traced, promo-discount@launch with seed 2 from a cold"
        )
        assert "p99 n<299" in said
        assert said.endswith("Marked: 3.")


def test_no_key_of_the_screen_is_taken() -> None:
    assert not keys_of(RunsPane) & SCREEN_KEYS
