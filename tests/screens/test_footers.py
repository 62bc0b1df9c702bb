"""The footer names five to eight keys, whole, in order of need, and every one of them does something now."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from lessons.loader import MODULE_4, OpenCourse
from lessons.progress import Progress
from tests.screens.conftest import Clock, Seat
from tui.app import RidelabApp
from tui.commands import fitting
from tui.screens.quiz import QuizScreen
from tui.widgets.footer import FooterLine
from tui.widgets.lab import DIGITS, Lab

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tui.commands import Command

LESSONS = {
    "04-alert": ("alerts",),
    "07-trace": ("load", "invocations", "runs", "trace", "code", "compare", "map"),
}
"""Where each pane is gone through."""
MOVED_BY_LISTS = {"move", "edge", "fold", "unfold"}
"""Actions that a list or a waterfall does itself, under its pane's name for them."""


@asynccontextmanager
async def opened(data_folder, lesson: str, size: tuple[int, int]) -> AsyncIterator[Seat]:
    Progress.open(data_folder, course=MODULE_4.name, draw_seed=lambda: 7).close()
    clock = Clock()
    app = RidelabApp(data=data_folder, course=OpenCourse(MODULE_4), lesson=lesson, seed=7, clock=clock)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        seat = Seat(app, pilot, clock)
        await seat.until(lambda: len(app.screen_stack) > 1 and bool(seat.screen.query(FooterLine)))
        yield seat


def untrue(seat: Seat, named: list[Command]) -> list[str]:
    """The keys at the foot that would do nothing, or something else."""
    active = seat.screen.active_bindings
    found = []
    for command in named:
        bound = active.get(command.keys[0])
        bare = command.action.partition("(")[0]
        if bound is None or not bound.enabled:
            found.append(f"{command.key} {command.label} does nothing")
        elif bare not in MOVED_BY_LISTS and bare not in bound.binding.action and command.keys[0] != "enter":
            found.append(f"{command.key} {command.label} does {bound.binding.action}")
    return found


def check(seat: Seat) -> None:
    """The footer of this moment is whole, true, and neither too short nor too long."""
    footer = seat.screen.query_one(FooterLine)
    named = footer.commands()
    where = f"{seat.lesson.side} {seat.lesson.query_one(Lab).current} {seat.lesson.player.state.mood}"
    line = seat.text().splitlines()[-1]
    assert line == "  " + "  ".join(f"{c.key} {c.label}" for c in named), where
    assert len(line) <= seat.app.size.width, where
    assert untrue(seat, named) == [], where
    ranked = [one for one in seat.lesson.footer_commands() if one.rank is not None]
    least = min(5 if seat.app.size.width >= 80 else 4, len(ranked))
    assert least <= len(named) <= 8, f"{where}: {line}"
    assert named[:-1] == fitting(named[:-1], 10_000), f"{where}: not in order of need"


async def everywhere(seat: Seat, panes: tuple[str, ...]) -> None:
    await seat.press("0")
    check(seat)
    for pane in panes:
        await seat.press(DIGITS[pane])
        await seat.pilot.pause()
        assert seat.lesson.query_one(Lab).current == pane
        check(seat)


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("lesson", LESSONS)
async def test_in_every_pane_and_state_the_footer_is_whole_and_true(data_folder, lesson, width) -> None:
    async with opened(data_folder, lesson, (width, 24 if width > 60 else 20)) as seat:
        panes = LESSONS[lesson]
        await everywhere(seat, panes)
        await seat.press("r")
        for _ in range(8):
            await seat.pass_time(0.5)
        await everywhere(seat, panes)
        await seat.press("space")
        assert seat.lesson.player.state.mood == "paused"
        await everywhere(seat, panes)
        await seat.press("space", "e")
        await seat.until(lambda: len(seat.session.runs) == 1)
        await everywhere(seat, panes)


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_levels_within_a_pane_have_true_footers_too(data_folder, width) -> None:
    async with opened(data_folder, "04-alert", (width, 24)) as seat:
        await seat.press("r", "e")
        await seat.until(lambda: len(seat.session.runs) == 1)
        for keys in (
            ("2", "enter"),
            ("enter",),
            ("escape",),
            ("3", "enter"),
            ("o",),
            ("escape",),
            ("escape", "slash"),
        ):
            await seat.press(*keys)
            check(seat)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_a_dialog_names_its_own_keys_below_a_player_that_goes_on(sit, size) -> None:
    async with sit(size) as seat:
        await seat.press("enter", "enter", "r")
        await seat.pass_time(1.0)
        await seat.press("a")
        assert isinstance(seat.screen, QuizScreen)
        for words in ("19:48:5", "19:49:0"):
            *_, player, keys = seat.text().splitlines()
            assert "▶ run 1  x10" in player
            assert words in player
            assert "━" in player
            assert keys == "  " + "  ".join(f"{c.key} {c.label}" for c in seat.screen.shown_keys() if c.rank)
            assert untrue(seat, [c for c in seat.screen.shown_keys() if c.rank]) == []
            await seat.pass_time(1.0)


@pytest.mark.parametrize("size", [(60, 20), (80, 24)], ids=["60x20", "80x24"])
@pytest.mark.parametrize("lesson", LESSONS)
async def test_before_the_first_run_every_pane_says_which_key_makes_something_come(
    data_folder, lesson, size
) -> None:
    async with opened(data_folder, lesson, size) as seat:
        for pane in LESSONS[lesson]:
            await seat.press(DIGITS[pane])
            await seat.pilot.pause()
            body = " ".join(" ".join(seat.text().splitlines()[2:-2]).split())
            assert body, pane
            if pane != "code":  # which is there from the start
                assert "r sends" in body, f"{pane}: {body}"
