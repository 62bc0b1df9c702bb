"""Keys that come faster than the app: several at once, before a screen is there, after it was closed."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest
from textual import events

from lessons.loader import MODULE_4, OpenCourse
from lessons.progress import Progress
from tests.screens.conftest import Clock, Seat
from tui.app import RidelabApp
from tui.commands import commands_of
from tui.palette import CommandProvider, Palette
from tui.screens.confirm import ConfirmScreen
from tui.screens.first_time import mark_seen
from tui.screens.glossary import TermList
from tui.screens.help import HelpScreen
from tui.screens.home import HomeScreen
from tui.screens.lesson import LessonScreen
from tui.widgets.footer import FooterLine
from tui.widgets.lab import Lab
from tui.widgets.lesson_list import LessonList

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.screens.conftest import Sitter


def paste(seat: Seat, *keys: str) -> None:
    """Send keys in one go, without waiting for what they do."""
    for key in keys:
        seat.app.post_message(events.Key(key, key if len(key) == 1 else None))


async def pasted(seat: Seat, *keys: str) -> None:
    """Send keys in one go; wait until all that they began is done."""
    paste(seat, *keys)
    for _ in range(12):
        await seat.pilot.pause()


@asynccontextmanager
async def real(data: Path, lesson: str | None, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Seat]:
    """The real course with its real panes."""
    with Progress.open(data, course=MODULE_4.name, draw_seed=lambda: 7) as progress:
        mark_seen(progress)
    clock = Clock()
    app = RidelabApp(data=data, course=OpenCourse(MODULE_4), lesson=lesson, seed=7, clock=clock)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        seat = Seat(app, pilot, clock)
        if lesson is not None:
            await seat.until(lambda: len(app.screen_stack) > 1 and bool(seat.screen.query(FooterLine)))
        yield seat


async def test_closing_a_lesson_twice_closes_it_once(sit: Sitter) -> None:
    async with sit() as seat:
        await seat.press("enter")
        await seat.until(lambda: isinstance(seat.screen, LessonScreen))
        await seat.pilot.pause()
        lesson = seat.lesson
        lesson.action_home()
        lesson.action_home()
        await seat.pilot.pause()
        assert isinstance(seat.screen, HomeScreen)
        assert seat.app.is_running


async def test_a_dialog_gives_its_first_answer_only(sit: Sitter) -> None:
    async with sit() as seat:
        given: list[bool | None] = []
        dialog = ConfirmScreen("Sure?", "It is gone.", yes="do it")
        seat.app.push_screen(dialog, given.append)
        await seat.pilot.pause()
        dialog.action_answer(True)
        dialog.action_answer(False)
        await seat.pilot.pause()
        assert given == [True]
        assert isinstance(seat.screen, HomeScreen)


async def test_a_lesson_below_a_dialog_is_not_closed_in_its_place(sit: Sitter) -> None:
    async with sit() as seat:
        await seat.press("enter")
        await seat.until(lambda: isinstance(seat.screen, LessonScreen))
        await seat.press("question_mark")
        assert isinstance(seat.screen, HelpScreen)
        seat.lesson.dismiss()
        await seat.pilot.pause()
        assert isinstance(seat.screen, HelpScreen)


@pytest.mark.parametrize("digit", ["1", "4"])
async def test_a_pane_is_asked_for_before_the_lesson_is_there(data_folder: Path, digit: str) -> None:
    async with real(data_folder, None) as seat:
        await pasted(seat, "enter", digit)
        await seat.until(lambda: isinstance(seat.screen, LessonScreen) and seat.screen.is_mounted)
        await pasted(seat, "1", "1", "1")
        assert seat.lesson.query_one(Lab).current == "load"


async def test_a_pane_that_is_asked_for_twice_at_once_is_made_once(sit: Sitter) -> None:
    async with sit() as seat:
        await seat.press("enter")
        await seat.until(lambda: isinstance(seat.screen, LessonScreen))
        await seat.pilot.pause()
        lab = seat.lesson.query_one(Lab)
        [other] = [name for name in seat.session.lesson.panes if lab.made(name) is None][:1]
        lab.run_worker(partial(lab.go_to, other))
        lab.run_worker(partial(lab.go_to, other))
        await seat.until(lambda: lab.made(other) is not None and lab.current == other)
        assert len(lab.query(f"#pane-{other}")) == 1


async def test_the_palette_is_asked_for_again_while_it_closes(sit: Sitter) -> None:
    async with sit() as seat:
        await pasted(seat, "colon", "escape", "colon", "escape", "colon")
        assert seat.app.is_running


async def test_a_command_of_a_screen_that_was_left_is_not_run(sit: Sitter) -> None:
    async with sit() as seat:
        await seat.press("enter")
        await seat.until(lambda: isinstance(seat.screen, LessonScreen))
        lesson = seat.lesson
        await seat.press("colon")
        await seat.until(lambda: isinstance(seat.screen, Palette))
        provider = CommandProvider(seat.screen)
        [pane] = [one for one in lesson.KEYS if one.action == "show_pane('load')"]
        await provider._run(lesson, pane)  # something lies over it
        assert lesson.side == "lesson"
        await seat.press("escape")
        await seat.until(lambda: isinstance(seat.screen, LessonScreen))
        await provider._run(lesson, pane)
        assert lesson.side == "lab"
        await seat.press("q")
        await provider._run(lesson, pane)
        assert seat.app.is_running


async def test_a_page_key_before_the_list_was_drawn(data_folder: Path) -> None:
    async with real(data_folder, None) as seat:
        lessons = seat.screen.query_one(LessonList)
        for listed in (TermList(), LessonList()):
            listed.display = False  # it is filled, and never drawn
            await seat.screen.mount(listed)
            listed.set_options(["a", "b", "c"])
            listed.highlighted = 1
            listed.action_page_down()
            listed.action_page_up()
            assert listed.highlighted == 1
        await seat.press("pagedown")
        assert lessons.highlighted == len(lessons.rows) - 1


async def test_a_run_that_is_hurried_at_once_is_played(sit: Sitter) -> None:
    async with sit() as seat:
        await seat.press("enter")
        await seat.until(lambda: isinstance(seat.screen, LessonScreen))
        await pasted(seat, "r", "e")
        await seat.until(lambda: bool(seat.session.runs))


async def test_the_side_is_where_the_focus_is(data_folder: Path) -> None:
    async with real(data_folder, "03-load", (120, 40)) as seat:
        await pasted(seat, "1", "shift+tab")
        screen = seat.lesson
        assert screen.side == "lesson"
        assert screen.focused is not None
        assert screen.query_one("#lesson") in screen.focused.ancestors


async def test_while_one_types_the_foot_names_keys_that_type_nothing(data_folder: Path) -> None:
    async with real(data_folder, "04-alert") as seat:
        screen = seat.lesson
        await seat.press("r", "e")
        await seat.until(lambda: bool(seat.session.runs))
        await screen.action_show_pane("invocations")
        await seat.pilot.pause()
        await seat.press("slash")
        await seat.pilot.pause()
        named = {command.action: command.key for command in screen.query_one(FooterLine).commands()}
        assert named["help"] == "f1"
        assert "run(False)" not in named
        assert "hint" not in named
        everywhere = {command.action for command in commands_of(seat.app)}
        assert everywhere & named.keys()


async def test_a_crash_lays_out_no_traceback(sit: Sitter) -> None:
    async with sit() as seat:
        app = seat.app
        app._exit_renderables.clear()
        closed: list[bool] = []
        app._close_messages_no_wait = lambda: closed.append(True)  # type: ignore[method-assign]
        app._fatal_error()
        del app._close_messages_no_wait
        assert closed == [True]
        assert not app._exit_renderables


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_a_pane_is_drawn_when_it_comes_into_sight_not_a_frame_later(data_folder: Path, size) -> None:
    async with real(data_folder, "04-alert", size) as seat:
        screen = seat.lesson
        await screen.action_show_pane("alerts")  # no frame has been drawn since
        pane = screen.query_one(Lab).pane
        assert pane is not None
        page = pane.query_one("#alerts-empty")
        assert page.text is not None
        assert page.text.plain


async def test_a_pane_that_nobody_sees_draws_nothing(data_folder: Path) -> None:
    async with real(data_folder, "04-alert") as seat:
        screen = seat.lesson
        await screen.bring("alerts")  # behind the lesson's text
        await seat.pilot.pause()
        assert screen.query_one(Lab).pane.query_one("#alerts-empty").text is None


async def test_motion_that_is_changed_reaches_the_lesson_that_is_open(sit: Sitter) -> None:
    async with sit() as seat:
        await seat.press("enter")
        await seat.until(lambda: isinstance(seat.screen, LessonScreen))
        seat.app.change_setting("motion", "reduced")
        assert seat.lesson.player.views_per_s == pytest.approx(seat.app.settings.views_per_s)
        slow = seat.lesson.player.views_per_s
        seat.app.change_setting("motion", "full")
        assert seat.lesson.player.views_per_s > slow


async def test_below_a_dialog_the_foot_names_nothing(sit: Sitter) -> None:
    async with sit() as seat:
        foot = seat.screen.query_one(FooterLine)
        named = foot.commands()
        assert named
        await seat.press("colon")
        await seat.pilot.pause()
        assert foot.commands() == []
        assert not seat.text().splitlines()[-1].strip() or "enter open" not in seat.text()
        await seat.press("escape")
        await seat.until(lambda: isinstance(seat.screen, HomeScreen))
        assert foot.commands() == named


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_beside_each_other_the_side_with_the_keys_has_a_sign(data_folder: Path, size) -> None:
    async with real(data_folder, "03-load", size) as seat:
        title = str(seat.session.step.title)
        wide = size[0] >= 120
        assert (f"> {title}" in seat.text()) == wide
        await seat.press("1")
        assert f"> {title}" not in seat.text()
        assert (">1 Load" in seat.text()) == wide
        await seat.press("0")
        assert ">1 Load" not in seat.text()


async def test_what_is_not_there_is_not_offered(data_folder: Path) -> None:
    async with real(data_folder, "09-prove") as seat:
        screen = seat.lesson
        for digit, useless in (
            ("3", {"filter", "sort", "search", "exchange", "open"}),
            ("4", {"move"}),
            ("7", {"turn", "roll"}),
        ):
            await seat.press(digit)
            named = {one.action.partition("(")[0] for one in screen.query_one(FooterLine).commands()}
            assert not named & useless
        await seat.press("r", "e")
        await seat.until(lambda: bool(seat.session.runs))
        for digit, useful in (("3", {"filter", "sort", "search", "exchange", "open"}), ("7", {"turn"})):
            await seat.press(digit)
            named = {one.action.partition("(")[0] for one in screen.query_one(FooterLine).commands()}
            assert useful <= named
