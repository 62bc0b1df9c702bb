"""The history of deploys in the Code pane, going back in it, and the calls of two versions side by side."""

from __future__ import annotations

import pytest

from lessons import actions as act
from simulator import smoke
from simulator.deploying import read_version
from simulator.smoke import Verdict
from tests.screens.code_app import AT, code_shown, until
from tests.screens.pane_app import BESIDE, LARGE, NARROW, SMALL, TRACED, a_session, expect_golden, press, run
from tui.panes.code_drafts import changed_lines

SIZES = {"narrow": NARROW, "small": SMALL, "beside": BESIDE, "large": LARGE}
SIZED = pytest.mark.parametrize("size", SIZES)
MINE = "request-ride@mine-1"


@pytest.fixture
def quick(monkeypatch) -> None:
    """Let no version be run: nothing is called."""
    monkeypatch.setattr(smoke, "check", lambda version, *_, **__: Verdict(version, passed=True))


def deployed():
    """Begin a session with a mark deployed, another one, and a version of ours, and a run of each."""
    session = a_session()
    for call, note in (("_get_ride(", "the ride first"), ("_record_ride(", "")):
        session.perform(act.DeployOwn(marks=(f"await {call}",), note=note, at=AT.isoformat()))
        run(session)
    return run(session, TRACED)


# the history


@SIZED
async def test_the_history_lists_deploys_with_time_note_change_and_runs(size: str) -> None:
    session = deployed()
    async with code_shown(session, SIZES[size]) as (app, pilot):
        await press(pilot, "H")
        lines = [row.gutter.plain[:3].strip() + " " + row.code.plain for row in app.view.rows]
        start = next(i for i, line in enumerate(lines) if " mine-1 " in line)
        assert lines[0].split()[:4] == ["1", "the", "start", "launch"]
        day = "11-26" if size == "narrow" else "2018-11-26"
        assert lines[start] == f"{start + 1} {day} 14:02  mine-1            +2 -1    1     the ride first"
        assert lines[start + 1].split()[3:] == ["mine-2", "+2", "-1", "2"]
        came, went = changed_lines(session.deploys[-2].version.source, read_version(TRACED).source)
        assert lines[-1].split()[1:] == ["-", "traced", "*deployed", f"+{came}", f"-{went}", "3"]
        assert app.view.cursor == len(lines) - 1
        expect_golden(f"code_history_{size}", app.text())


async def test_enter_shows_what_a_deploy_changed_and_escape_goes_back_to_it() -> None:
    async with code_shown(deployed(), BESIDE) as (app, pilot):
        await press(pilot, "H", "k", "k", "enter")
        rows = [row.gutter.plain + row.code.plain for row in app.view.rows]
        assert rows[0].endswith("mine-1 after launch: 2 lines came (+), 1 went (-)")
        assert rows[1] == "note: the ride first"
        assert " 63 +     with context.mark('get_ride'):" in rows
        place = app.code._cursors["history"]
        await press(pilot, "escape")
        assert app.view.cursor == place
        await press(pilot, "escape")
        assert app.head.endswith("(run 3, 14 traced)")


async def test_capital_u_in_the_history_goes_back_to_the_deploy_under_the_cursor() -> None:
    session = deployed()
    async with code_shown(session) as (app, pilot):
        await press(pilot, "H", "U")
        assert app.notices[-1].endswith("is the one that runs")
        await press(pilot, "k", "k", "U")
        [back] = [one for one in app.performed if isinstance(one, act.Rollback)]
        assert session.versions.deploy("request-ride", back.to or 0).version.ref == MINE
        assert session.lab.versions["request-ride"].ref == MINE
        assert any("mine-1 *deployed" in row.code.plain for row in app.view.rows)


# calls, found out by running


@SIZED
async def test_calls_of_both_versions_stand_side_by_side_and_twice_is_seen(size: str) -> None:
    async with code_shown(a_session(), SIZES[size]) as (app, pilot):
        await press(pilot, "v", "v", "D", "C")
        assert "are run" in app.text()
        await until(pilot, lambda: app.code._calling is None, "the calls")
        rows = [row.code.plain for row in app.view.rows]
        assert rows[1].split() == ["launch", "published-trace"]
        assert rows[2].split() == ["fleet.find_unicorn", "fleet.find_unicorn"]
        assert sum(row.startswith("+ ") for row in rows) == 1
        assert sum(row.startswith("- ") for row in rows) == 0
        said = " ".join(row.strip() for row in rows)
        assert "POST promo.wildrydes.example/discount: called twice, before once" in said
        expect_golden(f"code_calls_{size}", app.text())


async def test_versions_that_call_the_same_are_said_to(quick) -> None:
    async with code_shown(a_session()) as (app, pilot):
        await press(pilot, "v", "D", "C")
        await until(pilot, lambda: app.code._calling is None, "the calls")
        assert "Both call the same" in app.view.plain
        await press(pilot, "escape")
        assert "against launch" in app.view.plain


async def test_what_is_deployed_has_no_calls_to_compare(quick) -> None:
    async with code_shown(a_session()) as (app, pilot):
        await press(pilot, "D", "C")
        assert "no difference" in app.view.plain
        assert app.code._calls == {}
