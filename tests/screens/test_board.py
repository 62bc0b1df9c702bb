"""The board of mysteries and the summary of the course: read in a thread, told in the learner's own figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.screens.controls_app import BESIDE, NARROW, SMALL, foot, played, seated, words
from tui.screens.board import BEING_READ, NONE_YET, BoardScreen
from tui.screens.home import HomeScreen, open_words
from tui.screens.lesson import LessonScreen
from tui.screens.summary import SummaryScreen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.screens.conftest import Seat

SIZES = pytest.mark.parametrize("size", [SMALL, BESIDE, NARROW], ids=["80x24", "120x40", "60x20"])
CLOSED = "● closed: What do some riders wait for?"


async def read(seat: Seat) -> None:
    """Wait until the page has been written."""
    waiting = (BEING_READ.strip("*"), "Your lessons are being read")
    await seat.until(lambda: not any(one in words(seat) for one in waiting))


@SIZES
async def test_the_board_tells_what_closed_a_mystery(
    data_folder: Path, golden: Callable[[str, str], None], size: tuple[int, int]
) -> None:
    played(data_folder, "01-point")
    async with seated(data_folder, size=size) as seat:
        assert "no mystery is open" in seat.text().splitlines()[1]
        await seat.press("B")
        assert isinstance(seat.screen, BoardScreen)
        await read(seat)
        assert CLOSED in words(seat)
        assert "Seen in lesson 1, Point at it." in words(seat)
        assert "The discount, in 60 requests." in words(seat)
        assert "Why is no mail ever sent?" not in seat.text()  # it has not been seen
        golden(f"board-{size[0]}x{size[1]}", seat.text())
        await seat.press("escape")
        assert isinstance(seat.screen, HomeScreen)


async def test_open_mysteries_are_counted_and_told_without_an_answer(data_folder: Path) -> None:
    played(data_folder, "01-point")
    async with seated(data_folder, "02-set") as seat:
        await seat.press("B")
        assert isinstance(seat.screen, BoardScreen)
        await read(seat)
        assert "1 of 2 open." in words(seat)
        assert "○ open: Why is no mail ever sent?" in words(seat)
        assert "It is not known" not in words(seat)
        await seat.press("escape", "q")
        assert "1 of 2 mysteries open" in seat.text()


async def test_before_anything_was_seen_the_board_is_empty(data_folder: Path) -> None:
    async with seated(data_folder) as seat:
        assert "mystery" not in seat.text().splitlines()[1]
        await seat.press("B")
        await read(seat)
        assert " ".join(NONE_YET.split()) in words(seat)


@SIZES
async def test_the_summary_of_a_finished_course_is_offered_read_and_exported(
    data_folder: Path, golden: Callable[[str, str], None], size: tuple[int, int]
) -> None:
    played(data_folder, "01-point", "02-set")
    async with seated(data_folder, size=size) as seat:
        assert "Finished: f9 shows the summary of what you found." in words(seat)
        await seat.press("f9")
        assert isinstance(seat.screen, SummaryScreen)
        await read(seat)
        assert "export as Markdown" in foot_of_page(seat)
        assert "2 of 2 lessons finished; seed 7." in words(seat)
        golden(f"summary-{size[0]}x{size[1]}", seat.text())
        top = seat.text()
        await seat.press("pagedown")
        assert size == BESIDE or seat.text() != top
        await seat.press("G")
        assert "The longest took" in words(seat)
        await seat.press("x")
        [file] = (data_folder / "exports").iterdir()
        written = file.read_text(encoding="utf-8")
        assert written == seat.screen.text
        assert "1 run; 3 of 3 questions answered, 3 at the first try." in written
        assert file.name in seat.messages()[-1]
        await seat.press("escape")
        assert isinstance(seat.screen, HomeScreen)


def foot_of_page(seat: Seat) -> str:
    return next(line for line in seat.text().splitlines() if "escape close" in line)


async def test_the_summary_can_be_read_in_a_lesson_that_is_open(data_folder: Path) -> None:
    async with seated(data_folder, "01-point") as seat:
        await seat.run_load()
        await seat.press("f9")
        assert isinstance(seat.screen, SummaryScreen)
        await read(seat)
        assert "0 of 3 steps done; 1 run; 0 of 3 questions answered" in words(seat)
        await seat.press("escape")
        assert isinstance(seat.screen, LessonScreen)


async def test_a_course_that_is_not_finished_offers_no_summary_by_itself(data_folder: Path) -> None:
    played(data_folder, "02-set")
    async with seated(data_folder) as seat:
        assert "Finished:" not in seat.text()


async def test_where_nothing_is_saved_all_of_it_is_told_too(data_folder: Path) -> None:
    async with seated(data_folder, "01-point") as seat:
        assert seat.app.progress.mode == "saved"
        seat.app.progress._change("memory", "the disk is full")
        seat.app.progress._file = None
        await seat.run_load()
        await seat.press("0", "a", "a", "enter", "enter", "B")
        await read(seat)
        assert "The discount, in 60 requests." in words(seat)


@pytest.mark.parametrize("palette", ["Mysteries", "Summary"])
async def test_the_palette_has_both(data_folder: Path, palette: str) -> None:
    async with seated(data_folder) as seat:
        await seat.press("colon", *palette.lower())
        await seat.until(lambda: f"{palette} (" in seat.text())
        assert foot(seat) is not None


def test_how_many_are_open() -> None:
    assert open_words(()) == ""
