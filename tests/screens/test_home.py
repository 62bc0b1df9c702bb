"""Home: the course, its lessons, how far each has come, and where to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.command import CommandPalette

from lessons.progress import Progress
from tui.screens.home import HomeScreen
from tui.widgets.lesson_list import LessonList

if TYPE_CHECKING:
    from pathlib import Path

SIZES = [(60, 20), (80, 24), (120, 40)]


def chosen(seat) -> str:
    return seat.screen.query_one(LessonList).row.entry.id


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_first_look(sit, golden, size) -> None:
    async with sit(size) as seat:
        golden(f"home-first-{size[0]}x{size[1]}", seat.text())


async def test_a_lesson_that_was_left_is_resumed_at_its_step(sit, golden) -> None:
    async with sit() as seat:
        await seat.press("enter", "enter", "q")
        assert isinstance(seat.screen, HomeScreen)
        golden("home-begun-80x24", seat.text())
    async with sit() as seat:
        assert chosen(seat) == "01-load"
        assert "resume: step 2 of 5" in seat.text()
        await seat.press("enter")
        assert seat.session.step.id == "run"


async def test_a_finished_lesson_is_told_by_a_sign_and_the_next_one_is_under_the_cursor(sit, golden) -> None:
    async with sit() as seat:
        await seat.press("j", "enter", "a", "enter")
        await seat.run_load()
        await seat.press("0", "enter")
        assert isinstance(seat.screen, HomeScreen)
        await seat.quiet()
        assert "✓   2  The alert" in seat.text()
        assert "done 1/1" in seat.text()
        assert chosen(seat) == "03-broken"
        golden("home-finished-80x24", seat.text())


async def test_letters_and_arrows_move_the_cursor(sit) -> None:
    async with sit() as seat:
        await seat.press("j", "down")
        assert chosen(seat) == "03-broken"
        await seat.press("k")
        assert chosen(seat) == "02-mail"
        await seat.press("G")
        assert chosen(seat) == "03-broken"
        await seat.press("g")
        assert chosen(seat) == "01-load"


async def test_a_lesson_that_cannot_be_read_is_told_and_nothing_is_lost(sit) -> None:
    async with sit() as seat:
        await seat.press("G", "enter")
        assert isinstance(seat.screen, HomeScreen)
        [message] = seat.messages()
        assert "03-broken" in message
        assert "\n" not in message


async def test_beginning_anew_asks_first(sit, golden) -> None:
    async with sit() as seat:
        await seat.press("R")
        assert seat.messages() == ["This lesson has not been begun."]
        await seat.quiet()
        await seat.press("enter", "enter", "q", "R")
        golden("home-begin-anew-80x24", seat.text())
        await seat.press("n")
        assert "step 2 of 5" in seat.text()
        await seat.press("R", "y")
        assert "step 2 of 5" not in seat.text()
        await seat.press("enter")
        assert seat.session.step.id == "read"


async def test_the_footer_offers_to_begin_anew_only_what_was_begun(sit) -> None:
    async with sit() as seat:
        assert "begin anew" not in seat.text()
        await seat.press("enter", "q")
        assert "R begin anew" in seat.text()
        await seat.press("j")
        assert "R begin anew" not in seat.text()


async def test_a_second_window_reads_and_says_so(sit, data_folder: Path, golden) -> None:
    with Progress.open(data_folder, course="course"):
        async with sit() as seat:
            assert "! another ridelab window owns this folder: read-only here" in seat.text()
            golden("home-read-only-80x24", seat.text())
            await seat.press("enter", "enter")
            assert seat.session.step.id == "run"


async def test_a_data_folder_that_cannot_be_written_is_told_and_the_lab_runs_on(home: Path, sit) -> None:
    (home / "file").write_text("not a folder", encoding="utf-8")
    sit.data = home / "file" / "data"
    async with sit() as seat:
        assert "this session is not saved" in " ".join(seat.text().split())
        await seat.press("enter")  # the page of the first start
        assert "this session is not saved" in " ".join(seat.text().split())
        await seat.press("enter", "enter", "q")
        assert "step 2 of 5" in seat.text()


async def test_a_damaged_file_is_set_aside_and_told(sit, data_folder: Path) -> None:
    (data_folder / "progress.db").write_bytes(b"nonsense" * 1000)
    async with sit() as seat:
        assert "was damaged: set aside as" in " ".join(seat.text().split())
        await seat.press("enter")  # the page of the first start
        assert "was damaged: set aside as" in " ".join(seat.text().split())


async def test_q_quits(sit) -> None:
    async with sit() as seat:
        await seat.press("q")
        assert seat.app.return_code == 0
        assert not seat.app.is_running


async def test_the_second_interrupt_quits_and_the_first_says_so(sit) -> None:
    async with sit() as seat:
        await seat.press("ctrl+c")
        assert seat.messages() == ["Press ctrl+c again to quit. Everything is saved."]
        seat.clock.now += 10
        await seat.press("ctrl+c")
        assert seat.app.is_running
        await seat.press("ctrl+c")
        assert not seat.app.is_running


async def test_a_theme_that_is_chosen_is_kept(sit) -> None:
    async with sit() as seat:
        assert seat.app.theme == "night"
        await seat.press("colon")
        await seat.until(lambda: isinstance(seat.screen, CommandPalette))
        await seat.pilot.press(*"day")
        await seat.until(lambda: "Theme: day" in seat.text())
        await seat.press("enter")
        await seat.until(lambda: seat.app.theme == "day")
    async with sit() as seat:
        assert seat.app.theme == "day"


async def test_a_window_that_is_too_small_gets_a_notice_that_goes_away(sit, golden) -> None:
    async with sit() as seat:
        await seat.press("j")
        await seat.pilot.resize_terminal(50, 12)
        await seat.until(lambda: "ridelab needs 60x20" in seat.text())
        golden("too-small-50x12", seat.text())
        await seat.pilot.resize_terminal(59, 20)
        await seat.until(lambda: "59x20" in seat.text())
        await seat.pilot.resize_terminal(60, 20)
        await seat.until(lambda: isinstance(seat.screen, HomeScreen))
        assert chosen(seat) == "02-mail"


async def test_a_window_that_is_too_small_from_the_start_gets_it_too(sit) -> None:
    async with sit((40, 10)) as seat:
        await seat.until(lambda: "ridelab needs 60x20" in seat.text())
