"""What one sets besides versions: the agent's token, which traces are kept, alert rules; and what is left to use."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Input

from lessons import actions as act
from tests.screens.controls_app import BESIDE, NARROW, SMALL, foot, seated, words
from tests.screens.test_footers import check
from tui.panes.alerts_rules import RuleList, figures
from tui.panes.alerts_scores import Counted, Tally, count
from tui.screens.lesson import LessonScreen
from tui.screens.one_line import OneLineScreen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.screens.conftest import Seat

SIZES = pytest.mark.parametrize("size", [SMALL, BESIDE, NARROW], ids=["80x24", "120x40", "60x20"])


def done(seat: Seat, kind: type[act.Action]) -> list[act.Action]:
    return [action for _, action in seat.session.memory.done if isinstance(action, kind)]


def typed(seat: Seat, text: str) -> None:
    seat.screen.query_one(Input).value = text


# the token


async def test_a_token_waits_for_the_deploy_that_brings_it(
    data_folder: Path, golden: Callable[[str, str], None]
) -> None:
    async with seated(data_folder, "02-set") as seat:
        await seat.press("6")
        assert "agent: on" in seat.text()
        await seat.press("t")
        assert isinstance(seat.screen, OneLineScreen)
        right = seat.session.lab.scenario.monitoring.token
        assert seat.screen.query_one(Input).value == right
        golden("token-80x24", seat.text())
        typed(seat, "wrong")
        await seat.press("enter")
        assert "agent: on d deploys with token wrong" in words(seat)
        assert not done(seat, act.SetToken)
        await seat.press("d")
        assert done(seat, act.SetToken) == [act.SetToken(service="request-ride", token="wrong")]
        assert "agent: rejected, its token is wrong" in words(seat)
        assert "deploys with" not in seat.text()
        await seat.press("t")
        typed(seat, "")
        await seat.press("enter", "v", "d")  # with another version
        [deploy] = done(seat, act.Deploy)
        assert (deploy.version, deploy.token) == ("request-ride@launch", None)
        assert "agent: dormant, it has no token" in words(seat)


async def test_a_token_that_is_left_as_it_is_waits_for_nothing(data_folder: Path) -> None:
    async with seated(data_folder, "02-set") as seat:
        await seat.press("6", "t")
        typed(seat, "wrong")
        await seat.press("escape")
        assert "deploys with" not in seat.text()
        await seat.press("t", "enter")  # the token it has
        assert "deploys with" not in seat.text()
        assert "That is the token it has." in seat.text()
        await seat.press("v", "d")
        [deploy] = done(seat, act.Deploy)
        assert deploy == act.Deploy(version="request-ride@launch")


async def test_a_token_of_more_than_a_line_is_refused_and_stays_to_be_mended(data_folder: Path) -> None:
    async with seated(data_folder, "02-set") as seat:
        await seat.press("6", "t")
        typed(seat, "a\x07b")
        await seat.press("enter")
        assert isinstance(seat.screen, OneLineScreen)
        assert "a token is one line of at most 200 characters" in words(seat)
        await seat.press("escape")
        assert seat.session.memory.done == [("set", act.ReadCode(version="request-ride@traced"))]


# sampling


@SIZES
async def test_which_traces_are_kept(
    data_folder: Path, golden: Callable[[str, str], None], size: tuple[int, int]
) -> None:
    async with seated(data_folder, "02-set", size) as seat:
        await seat.press("5")
        assert "kept from now on: all" in words(seat)
        await seat.press("S")
        golden(f"sampling-{size[0]}x{size[1]}", seat.text())
        typed(seat, "most")
        await seat.press("enter")
        assert "no sampling `most`" in words(seat)
        assert seat.screen.query_one(Input).value == "most"
        await seat.press("down", "down")
        assert seat.screen.query_one(Input).value == "0.1"
        await seat.press("down", "enter")
        assert done(seat, act.Sample) == [act.Sample(policy="slower-than:500ms")]
        assert "kept from now on: those that failed or took more than 500 ms" in words(seat)


# rules


async def to_rules(seat: Seat) -> RuleList:
    await seat.press("2", "R")
    table = seat.lesson.query_one(RuleList)
    await seat.until(lambda: "..." not in seat.text())
    return table


@SIZES
async def test_rules_are_written_scored_and_taken_away(
    data_folder: Path, golden: Callable[[str, str], None], size: tuple[int, int]
) -> None:
    name = f"{size[0]}x{size[1]}"
    async with seated(data_folder, "02-set", size) as seat:
        table = await to_rules(seat)
        assert [rule.name for rule in table.rules] == ["duration-gt-1000"]
        await seat.press("w")
        typed(seat, "duration > 1000 ms, at least")
        await seat.press("enter")
        assert "is no limit" in words(seat)
        golden(f"rule-wrong-{name}", seat.text())
        typed(seat, "duration > 1000 ms, at least 5 in 2 min")
        await seat.press("enter")
        assert isinstance(seat.screen, LessonScreen)
        await seat.until(lambda: "..." not in seat.text())
        assert table.rule is not None
        assert table.rule.name == "duration-gt-1000-at-least-5"
        score = seat.session.recordings.score(table.rule)
        row = next(line for line in seat.text().splitlines() if "> duration > 1000" in line)
        assert row.split()[-3:] == [f"{score.sick}/4", f"{score.healthy}/4", f"{score.gain:+.2f}"]
        assert f"fires on {score.sick} of 4 recorded sick runs" in words(seat)
        golden(f"rules-{name}", seat.text())
        await seat.press("X")
        assert [rule.name for rule in table.rules] == ["duration-gt-1000"]
        assert done(seat, act.Unwatch) == [act.Unwatch(name="duration-gt-1000-at-least-5")]
        await seat.press("X")
        assert "No alert rule is on." in seat.text()
        assert "X take away" not in foot(seat)
        await seat.press("escape")
        assert "No mail yet." in seat.text()


async def test_a_rule_is_looked_at_on_ones_own_runs_too(data_folder: Path) -> None:
    async with seated(data_folder, "02-set") as seat:
        table = await to_rules(seat)
        assert "yours" not in seat.text()
        await seat.run_load()
        await seat.until(lambda: "..." not in seat.text())
        assert table.rule is not None
        fired = len(seat.session.run().alerts)
        assert f"Of your own runs, it would have fired on {fired} of 1." in words(seat)
        assert f"{fired}/1" in seat.text()


async def test_a_rule_that_is_on_is_not_written_twice(data_folder: Path) -> None:
    async with seated(data_folder, "02-set") as seat:
        await to_rules(seat)
        await seat.press("w")
        typed(seat, "duration > 1 s")
        await seat.press("enter")
        assert "this rule is on already: `duration-gt-1000`" in words(seat)
        await seat.press("escape")
        assert not done(seat, act.Watch)


async def test_what_is_being_counted_is_told(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    may_count = Event()

    def slowly(*what: Any) -> Counted:
        may_count.wait(10.0)
        return count(*what)

    monkeypatch.setattr("tui.panes.alerts.count", slowly)
    async with seated(data_folder, "02-set") as seat:
        await seat.press("2", "R")
        assert "playing 8 recorded runs ..." in seat.text()
        row = next(line for line in seat.text().splitlines() if "> duration" in line)
        assert row.split()[-3:] == ["...", "...", "..."]
        may_count.set()
        await seat.until(lambda: "..." not in seat.text())


def test_figures_are_dots_until_they_are_known() -> None:
    assert figures(None, recorded=True, runs=True) == ("...", "...", "...", "...")
    assert figures(Tally(None, 1, 3), recorded=False, runs=True) == ("1/3",)
    assert figures(None, recorded=False, runs=False) == ()
    assert figures(Tally(None, 1, 3), recorded=True, runs=True, withheld=True) == ("?", "?", "?", "1/3")


# only where a lesson offers it


async def test_what_a_lesson_does_not_offer_stays_hidden(data_folder: Path) -> None:
    async with seated(data_folder, "01-point") as seat:
        await seat.run_load()
        await seat.press("6")
        assert "agent:" not in seat.text()
        await seat.press("t")
        await seat.press("5", "S")
        assert isinstance(seat.screen, LessonScreen)
        assert "kept from now on" not in seat.text()


# the budget


@SIZES
async def test_the_header_says_what_is_left_and_a_refusal_why(
    data_folder: Path, size: tuple[int, int]
) -> None:
    async with seated(data_folder, "01-point", size) as seat:
        assert "2 runs, 1 deploy left" in seat.text().splitlines()[0]
        await seat.run_load()
        await seat.quiet()
        assert "1 run, 1 deploy left" in seat.text().splitlines()[0]
        await seat.run_load("n")
        await seat.quiet()
        assert "no runs, 1 deploy left" in seat.text().splitlines()[0]
        await seat.press("r")
        assert len(seat.session.runs) == 2
        assert seat.messages()[-1].startswith("this lesson has a budget of 2 runs, and all 2 are used")


# keys


@SIZES
async def test_the_foot_is_whole_and_true_wherever_something_is_set(
    data_folder: Path, size: tuple[int, int]
) -> None:
    async with seated(data_folder, "02-set", size) as seat:
        for keys in (("6",), ("5",), ("2",), ("R",), ("escape",)):
            await seat.press(*keys)
            check(seat)
        await seat.run_load()
        await seat.quiet()
        for keys in (("6",), ("5",), ("2",), ("R",)):
            await seat.press(*keys)
            check(seat)
        await seat.press("w")
        shown = [one for one in seat.screen.shown_keys() if one.rank is not None]
        assert "  ".join(f"{one.key} {one.label}" for one in shown) in seat.text()


async def test_keys_are_ones_own_where_they_were_changed(data_folder: Path) -> None:
    data_folder.mkdir(parents=True, exist_ok=True)
    (data_folder / "settings.yaml").write_text(
        "keys:\n  code.token: T\n  trace.sample: Z\n  alerts.rules: Q\n  alerts.write-rule: W\n"
        "  one-line.accept: f8\n  lesson.board: O\n",
        encoding="utf-8",
    )
    async with seated(data_folder, "02-set") as seat:
        assert seat.app.keymap.problems == ()
        await seat.press("6", "T")
        assert isinstance(seat.screen, OneLineScreen)
        assert "f8 set it" in seat.text()
        typed(seat, "wrong")
        await seat.press("f8")
        assert "d deploys with token wrong" in words(seat)
        await seat.press("5", "Z")
        assert isinstance(seat.screen, OneLineScreen)
        await seat.press("escape", "2", "Q", "W")
        assert isinstance(seat.screen, OneLineScreen)
        await seat.press("escape", "O")
        assert "Mysteries" in seat.text()


async def test_help_and_palette_leave_out_what_a_lesson_does_not_offer(data_folder: Path) -> None:
    async with seated(data_folder, "01-point") as seat:
        await seat.press("6")
        groups = {group.title: [one.name for one in group.commands] for group in seat.lesson.command_groups()}
        assert "token" not in groups["Code pane"]
        assert "point" in groups["Code pane"]
        await seat.press("5")
        groups = {group.title: [one.name for one in group.commands] for group in seat.lesson.command_groups()}
        assert "sample" not in groups["Trace pane"]
        assert "point" in groups["Trace pane"]
