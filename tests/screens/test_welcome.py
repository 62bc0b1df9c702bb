"""The page of the first start: it is seen once, says where all is kept, and can be opened again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.command import CommandPalette

from lessons.progress import Progress
from tests.screens.conftest import COURSE, Sitter
from tui.screens.first_time import mark_seen
from tui.screens.home import HomeScreen
from tui.screens.lesson import LessonScreen
from tui.screens.welcome import KEYS_ONE_NEEDS, WelcomeScreen

if TYPE_CHECKING:
    from pathlib import Path

SIZES = [(60, 20), (80, 24), (120, 40), (200, 60)]


@pytest.fixture
def first(data_folder: Path) -> Sitter:
    """Sit down for the first time: the data folder is not there yet."""
    return Sitter(data_folder)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_first_start_says_what_this_is_on_one_page(first: Sitter, golden, size) -> None:
    async with first(size) as seat:
        assert isinstance(seat.screen, WelcomeScreen)
        golden(f"welcome-{size[0]}x{size[1]}", seat.text())
        assert seat.screen.query_one("#welcome").max_scroll_y == 0
        assert all(what in seat.text() for _, _, what in KEYS_ONE_NEEDS)
        assert "All you do is saved at once, in ~/data" in seat.text()


async def test_enter_goes_on_and_it_comes_only_once(first: Sitter) -> None:
    async with first() as seat:
        await seat.press("enter")
        assert isinstance(seat.screen, HomeScreen)
    async with first() as seat:
        assert isinstance(seat.screen, HomeScreen)


async def test_who_leaves_at_once_sees_it_again(first: Sitter) -> None:
    async with first() as seat:
        await seat.press("ctrl+q")
    async with first() as seat:
        assert isinstance(seat.screen, WelcomeScreen)


async def test_who_has_progress_does_not_see_it(first: Sitter, data_folder: Path) -> None:
    with Progress.open(data_folder, course=COURSE.name, draw_seed=lambda: 7) as progress:
        progress.set_place("01-load", "run")
    async with first() as seat:
        assert isinstance(seat.screen, HomeScreen)


async def test_who_asked_for_a_lesson_gets_the_lesson(first: Sitter) -> None:
    async with first(lesson="01-load") as seat:
        await seat.until(lambda: isinstance(seat.screen, LessonScreen))
        await seat.press("q")
        assert isinstance(seat.screen, HomeScreen)


async def test_a_window_that_only_reads_shows_it_and_keeps_nothing(first: Sitter, data_folder: Path) -> None:
    with Progress.open(data_folder, course=COURSE.name, draw_seed=lambda: 7):
        async with first() as seat:
            assert isinstance(seat.screen, WelcomeScreen)
            assert "read-only here" in seat.text()
            assert "saved at once" not in seat.text()
            await seat.press("enter")
            assert isinstance(seat.screen, HomeScreen)
    async with first() as seat:
        assert isinstance(seat.screen, WelcomeScreen)


async def test_a_window_of_another_course_does_not_show_it_again(first: Sitter, data_folder: Path) -> None:
    with Progress.open(data_folder, course="another") as progress:
        mark_seen(progress)
    async with first() as seat:
        assert isinstance(seat.screen, HomeScreen)


async def test_it_is_opened_again_from_the_help_by_its_key_and_from_the_palette(sit) -> None:
    async with sit() as seat:
        await seat.press("question_mark", "w")
        assert isinstance(seat.screen, WelcomeScreen)
        await seat.press("f7")  # it is open already
        await seat.press("escape", "escape")
        assert isinstance(seat.screen, HomeScreen)
        await seat.press("f7")
        assert isinstance(seat.screen, WelcomeScreen)
        await seat.press("q")
        assert isinstance(seat.screen, HomeScreen)
        await seat.press("colon")
        await seat.until(lambda: isinstance(seat.screen, CommandPalette))
        await seat.pilot.press(*"first", "space", *"page")
        await seat.until(lambda: "First page (f7)" in seat.text())
        await seat.press("enter")
        await seat.until(lambda: isinstance(seat.screen, WelcomeScreen))


async def test_its_help_says_its_keys(first: Sitter) -> None:
    async with first() as seat:
        await seat.press("question_mark")
        assert "Go on to the lessons." in seat.text()
        await seat.press("escape", "enter")
        assert isinstance(seat.screen, HomeScreen)


async def test_a_small_window_from_the_start_comes_to_it_when_enlarged(first: Sitter) -> None:
    async with first((50, 12)) as seat:
        await seat.until(lambda: "ridelab needs 60x20" in seat.text())
        await seat.pilot.resize_terminal(80, 24)
        await seat.until(lambda: isinstance(seat.screen, WelcomeScreen))
        await seat.press("enter")
        assert isinstance(seat.screen, HomeScreen)
