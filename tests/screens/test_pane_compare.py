"""The Compare pane: slow invocations against fast ones, and one run against another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from textual.widgets import Static

from lessons import actions as act
from lessons.model import Start
from simulator.compare import before_against_after, slow_against_fast
from simulator.metrics import proportion_interval
from simulator.multipliers import Multipliers
from tests.screens.pane_app import (
    BESIDE,
    LARGE,
    NARROW,
    PUBLISHED,
    SCREEN_KEYS,
    TRACED,
    a_session,
    expect_golden,
    keys_of,
    press,
    run,
    settled,
    shown,
)
from tui.charts.before_after import BeforeAfter
from tui.charts.histogram import Histogram
from tui.panes.compare import ComparePane
from tui.panes.compare_attributes import BEING_READ, TOO_LONG
from tui.panes.run_figures import bare_ms, change_ms

if TYPE_CHECKING:
    from tests.screens.pane_app import PaneApp


def said(app: PaneApp, *parts: str) -> str:
    return "\n".join(str(app.query_one(f"#compare-{part}", Static).content) for part in parts or ("words",))


# slow against fast


async def test_before_the_first_run_it_says_what_will_be_compared() -> None:
    async with shown(ComparePane(), a_session()) as (app, _):
        assert "No run has ended yet. r sends the load" in app.text()
        assert app.performed == []


async def test_the_two_groups_of_the_last_run_stand_beside_each_other() -> None:
    session = run(a_session())
    groups = slow_against_fast(session.runs[0], 1.0)
    async with shown(ComparePane(), session) as (app, _):
        rows = [line.split() for line in said(app).splitlines()]
        assert rows[0] == ["request-ride@launch", "over", "1,000", "ms", "others"]
        assert rows[1] == ["invocations", str(groups.slow), str(groups.fast)]
        assert rows[2] == [
            "median",
            "duration",
            bare_ms(groups.slow_median_s),
            "ms",
            bare_ms(groups.fast_median_s),
            "ms",
        ]
        table = {line[:16].strip(): line[16:].split() for line in said(app, "attributes").splitlines()}
        assert table["COLD START"][0] == str(groups.attributes[0].slow)
        assert table["ERROR"][0] == str(groups.attributes[1].slow)
        expect_golden("compare_groups", app.text())


@pytest.mark.parametrize(("size", "name"), [(NARROW, "narrow"), (BESIDE, "beside"), (LARGE, "large")])
async def test_the_groups_at_other_sizes(size: tuple[int, int], name: str) -> None:
    async with shown(ComparePane(), run(a_session(), TRACED), size) as (app, _):
        expect_golden(f"compare_groups_{name}", app.text())


async def test_a_frequent_attribute_is_shown_with_what_it_explains() -> None:
    session = run(a_session())
    [cold] = [one for one in slow_against_fast(session.runs[0], 1.0).attributes if one.name == "COLD START"]
    assert cold.times > 2
    async with shown(ComparePane(), session) as (app, _):
        [line] = [line for line in said(app, "attributes").splitlines() if line.startswith("COLD START")]
        assert f"{cold.times:.1f}x" in line
        assert line.split()[-1] == bare_ms(cold.left_s)
        assert f"{cold.explains:.1f} of {cold.of_slow}" in line
        assert "?" in line
        assert f"explains {cold.explains:.1f} of {cold.of_slow}" in app.pane.summary()  # type: ignore[attr-defined]


async def test_what_the_answers_carried_is_one_of_the_attributes() -> None:
    session = run(a_session(), PUBLISHED)
    async with shown(ComparePane(), session) as (app, _):
        table = said(app, "attributes")
        kinds = Multipliers.of(session.lab.details(session.runs[0])).kinds
        assert "fraction" in kinds.values()
        [line] = [line for line in table.splitlines() if line.startswith("multiplier: fra")]
        told = re.findall(r"(\d+) \(?\d+ %", line)
        assert sum(map(int, told)) == list(kinds.values()).count("fraction")


async def test_a_run_too_long_to_be_read_again_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.panes.compare.MOST_STEPS", 10)
    async with shown(ComparePane(), run(a_session(), PUBLISHED)) as (app, _):
        assert "multiplier:" not in said(app, "attributes")
        assert " ".join(said(app, "attributes").split()).endswith(TOO_LONG)


async def test_answers_read_in_the_background_come_when_they_are_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui.panes.details_reader.QUICK_STEPS", 10)
    async with shown(ComparePane(), run(a_session(), PUBLISHED)) as (app, pilot):
        await app.workers.wait_for_complete()
        await settled(pilot)
        assert ": fraction" in said(app, "attributes")
        assert BEING_READ not in said(app, "attributes")


async def test_the_share_of_the_slow_comes_with_its_interval_and_the_hole_with_its_edges() -> None:
    session = run(a_session())
    duration = session.runs[0].of_service("request-ride")["duration_s"]
    slow = duration > 1.0
    interval = proportion_interval(int(slow.sum()), len(duration))
    async with shown(ComparePane(), session) as (app, _):
        assert f"95 % sure: {interval.low * 100:.0f} to {interval.high * 100:.0f} %" in said(app)
        low, high = float(duration[~slow].max()), float(duration[slow].min())
        assert f"No invocation took between {bare_ms(low)} and {bare_ms(high)} ms" in said(app)
        assert np.array_equal(app.query_one(Histogram).data.latency_s, duration)


async def test_where_the_lesson_draws_the_line_is_where_slow_begins() -> None:
    session = run(a_session(slow_over_ms=300.0))
    slow = int((session.runs[0].of_service("request-ride")["duration_s"] > 0.3).sum())
    async with shown(ComparePane(), session) as (app, _):
        assert "over 300 ms" in said(app)
        assert said(app).splitlines()[1].split()[1] == str(slow)


async def test_marks_are_ranked_by_what_they_explain() -> None:
    session = run(a_session(), TRACED)
    async with shown(ComparePane(), session, BESIDE) as (app, _):
        rows = said(app, "table").splitlines()[1:]
        shares = [int(row.split("%", maxsplit=1)[0].split()[-1]) for row in rows]
        assert shares == sorted(shares, reverse=True)
        assert {row.split()[0] for row in rows} >= {"request_ride", "get_ride_discount", "(unmarked)"}
        expect_golden("compare_spans", app.text())


async def test_without_marks_there_is_no_table_of_spans() -> None:
    async with shown(ComparePane(), run(a_session())) as (app, _):
        assert not app.query_one("#compare-table").display


async def test_what_an_agent_does_not_report_is_not_compared() -> None:
    session = run(a_session())
    async with shown(ComparePane(), session) as (app, pilot):
        assert "promo-discount: its agent is dormant: nothing is reported" in said(app, "silent")
        assert not app.pane.can_do("next_service")  # type: ignore[attr-defined]
        await press(pilot, "s")
        assert said(app).startswith("request-ride@launch")


async def test_with_no_agent_at_all_nothing_is_compared_and_nothing_is_done() -> None:
    session = run(a_session(start=Start(monitoring=[])))
    async with shown(ComparePane(), session) as (app, _):
        assert "Nothing is known of single invocations in this run." in said(app)
        assert "request-ride: its agent is dormant" in said(app, "silent")
        assert not app.query_one(Histogram).display
        assert app.performed == []


async def test_s_goes_to_the_next_watched_function() -> None:
    session = run(a_session(start=Start(monitoring=["request-ride", "promo-discount"])))
    async with shown(ComparePane(), session) as (app, pilot):
        await press(pilot, "s")
        assert said(app).startswith("promo-discount@launch")
        await press(pilot, "s")
        assert said(app).startswith("request-ride@launch")


async def test_looking_at_a_run_counts_once_in_each_step() -> None:
    session = run(a_session())
    pane = ComparePane()
    async with shown(pane, session) as (app, pilot):
        assert app.performed == [act.CompareGroups(run=1)]
        await press(pilot, "v", "v")
        assert len(app.performed) == 1
        session.perform(act.GoOn())
        app.push()
        await settled(pilot)
        assert len(app.performed) == 1
        await press(pilot, "v", "v")
        assert len(app.performed) == 2
        run(session)
        app.push()
        await settled(pilot)
        assert app.performed[-1] == act.CompareGroups(run=2)


async def test_a_pane_that_only_stands_beside_the_lesson_has_not_been_looked_at() -> None:
    async with shown(ComparePane(), run(a_session()), focus=False) as (app, pilot):
        assert "request-ride@launch" in app.text()
        assert app.performed == []
        app.pane.focus_target()
        await settled(pilot)
        assert app.performed == [act.CompareGroups(run=1)]


async def test_everything_can_be_reached_where_there_is_little_room() -> None:
    async with shown(ComparePane(), run(a_session(), TRACED), NARROW) as (app, pilot):
        assert "its agent is dormant" not in app.text()
        await press(pilot, "G")
        assert "its agent is dormant" in app.text()
        await press(pilot, "g")
        assert "request-ride@traced" in app.text()


async def test_while_the_next_run_goes_on_the_last_one_is_shown() -> None:
    session = run(a_session())
    session.perform(act.RunLoad())
    session.lab.advance(5.0)
    async with shown(ComparePane(), session) as (app, _):
        assert "run 1, while run 2 goes on" in app.text()


# before against after


async def test_until_two_runs_are_compared_it_says_how() -> None:
    async with shown(ComparePane(), run(a_session())) as (app, pilot):
        await press(pilot, "v")
        assert "No two runs have been compared yet." in app.text()


async def test_runs_compared_elsewhere_come_into_view() -> None:
    session = run(run(a_session()), PUBLISHED)
    async with shown(ComparePane(), session) as (app, pilot):
        session.perform(act.CompareRuns(before=1, after=2))
        app.push()
        await settled(pilot)
        assert said(app).startswith("run 1 against run 2: request-ride launch → published-trace")


async def test_equal_runs_are_said_to_be_equal_and_each_statistic_has_its_verdict() -> None:
    session = run(run(a_session()), PUBLISHED)
    session.perform(act.CompareRuns(before=1, after=2))
    pair = before_against_after(*session.runs)
    async with shown(ComparePane(), session, BESIDE) as (app, pilot):
        await press(pilot, "v")
        assert "Equal: seed, load and start." in said(app)
        rows = said(app, "table").splitlines()
        p50 = pair.everybody[1]
        assert p50.verdict == "slower"
        assert p50.low_s is not None
        assert p50.high_s is not None
        assert rows[3].split() == [
            "p50", bare_ms(p50.before_s), bare_ms(p50.after_s), change_ms(p50.change_s), "^", "slower",
            change_ms(p50.low_s), "to", change_ms(p50.high_s),
        ]  # fmt: skip
        assert rows[5] == "p99  ? cannot tell: p99 needs 299 requests in each run, there are 60"
        assert "Those that met no cold start" in rows[7]
        expect_golden("compare_runs", app.text())


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("seed", "Not equal: seed (1 and 2): other requests were sent, so part of any difference is luck."),
        ("start", "Not equal: start (cold and warm 2): one had fewer cold starts ahead of it"),
        ("meanwhile", "Not equal: one was changed while it went on"),
    ],
)
async def test_what_was_unequal_is_said_first_in_plain_words(change: str, expected: str) -> None:
    session = run(a_session())
    if change == "start":
        session.lab.warm(2)
    session.perform(act.RunLoad(new=change == "seed"))
    if change == "meanwhile":
        session.lab.advance(10.0)
        session.perform(act.Deploy(version=TRACED))
    session.finish()
    session.perform(act.CompareRuns(before=1, after=2))
    async with shown(ComparePane(), session) as (app, pilot):
        await press(pilot, "v")
        assert expected in said(app)
        assert "Equal:" not in said(app).replace("Not equal:", "")


async def test_the_chart_lays_both_runs_over_one_another() -> None:
    session = run(run(a_session()), PUBLISHED)
    session.perform(act.CompareRuns(before=1, after=2))
    async with shown(ComparePane(), session) as (app, pilot):
        await press(pilot, "v")
        data = app.query_one(BeforeAfter).data
        assert np.array_equal(data.before_s, session.runs[0].latencies_s)
        assert np.array_equal(data.after_s, session.runs[1].latencies_s)


async def test_the_runs_pane_points_at_the_comparison_of_runs() -> None:
    session = run(run(a_session()))
    session.perform(act.CompareRuns(before=1, after=2))
    pane = ComparePane()
    async with shown(pane, session, focus=False) as (app, pilot):
        pane.open_target(None, "runs")
        pane.focus_target()
        await settled(pilot)
        assert "run 1 against run 2: the same versions" in said(app)
        assert app.performed == []


async def test_it_says_in_words_what_the_comparison_comes_to() -> None:
    session = run(run(a_session()), PUBLISHED)
    session.perform(act.CompareRuns(before=1, after=2))
    pane = ComparePane()
    async with shown(pane, session) as (_, pilot):
        assert pane.summary().startswith("Run 2. request-ride: 24 invocations over 1,000 ms")
        assert "explains" in pane.summary()
        await press(pilot, "v")
        assert pane.summary().startswith("Run 1 against run 2. Equal: seed, load and start. p50 slower (+")
        assert "p99 cannot tell (p99 needs 299 requests" in pane.summary()


def test_no_key_of_the_screen_is_taken() -> None:
    assert not keys_of(ComparePane) & SCREEN_KEYS
