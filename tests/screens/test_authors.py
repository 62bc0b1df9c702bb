"""A course of one's own on the screen: its words are looked up, and its text changes while it is written."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from tests.screens.conftest import COURSE
from tui.screens.glossary import GlossaryPart, TermList
from tui.screens.help import HelpScreen

if TYPE_CHECKING:
    from pathlib import Path

GLOSSARY = """
terms:
  - {term: p95, text: The ninety-fifth of a hundred., see: [tail]}
  - {term: tail, also: [slow end], text: The slow end of all.}
  - {term: zebra, text: Striped.}
"""


def own_course(folder: Path, words: str) -> Path:
    """A course whose first step has these words in its text; gives its first lesson's file."""
    shutil.copytree(COURSE, folder)
    (folder / "glossary.yaml").write_text(GLOSSARY, encoding="utf-8")
    file = folder / "01-load" / "lesson.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("Riders complain:", f"{words} Riders complain:", 1), encoding="utf-8")
    return file


async def test_i_opens_the_word_of_a_step(sit, tmp_path: Path) -> None:
    own_course(tmp_path / "mine", "See [[p95]].")
    async with sit(course=tmp_path / "mine") as seat:
        await seat.press("enter")
        assert "See p95. Riders complain:" in seat.text()
        await seat.press("i")
        assert isinstance(seat.screen, HelpScreen)
        assert "The ninety-fifth of a hundred." in seat.text()
        await seat.press("escape")
        assert "zebra" in seat.text()
        await seat.press("escape")
        assert seat.screen is seat.lesson


async def test_i_lists_several_words_first_and_all_of_them_a_key_away(sit, tmp_path: Path) -> None:
    own_course(tmp_path / "mine", "The [[slow end]] has no [[p95]], and the [[tail]] none.")
    async with sit(course=tmp_path / "mine") as seat:
        await seat.press("enter", "i")
        terms = seat.screen.query_one("#terms", TermList)
        assert [term.term for term in terms.terms] == ["tail", "p95"]
        assert "escape back" in seat.text()
        await seat.press("enter")
        assert seat.screen.query_one(GlossaryPart).opened.term == "tail"
        await seat.press("escape", "escape")
        assert [term.term for term in terms.terms] == ["p95", "tail", "zebra"]
        assert "escape close" in seat.text()


async def test_i_says_so_where_a_step_marks_no_word(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "i")
        assert seat.screen is seat.lesson
        assert seat.messages() == ["No word of this step is underlined. f6 opens the whole glossary."]


async def test_a_lesson_is_shown_as_it_is_written_by_now(sit, tmp_path: Path) -> None:
    file = own_course(tmp_path / "mine", "First.")
    async with sit(course=tmp_path / "mine") as seat:
        await seat.press("enter")
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("First.", "Second."), encoding="utf-8")
        os.utime(file, (1, 1))
        seat.lesson.look_at_the_file()
        await seat.pilot.pause()
        assert "Second. Riders complain:" in seat.text()
        assert seat.messages() == ["The lesson was read again."]
        await seat.quiet()
        file.write_text(text.replace("steps:", "stpes:"), encoding="utf-8")
        os.utime(file, (2, 2))
        seat.lesson.look_at_the_file()
        await seat.pilot.pause()
        [message] = seat.messages()
        assert message.startswith(f"Kept as it was: {file}:")
        await seat.quiet()
        assert "Second. Riders complain:" in seat.text()


async def test_the_file_is_left_alone_while_something_lies_over_the_lesson(sit, tmp_path: Path) -> None:
    file = own_course(tmp_path / "mine", "First.")
    async with sit(course=tmp_path / "mine") as seat:
        await seat.press("enter", "question_mark")
        file.write_text(file.read_text(encoding="utf-8").replace("First.", "Second."), encoding="utf-8")
        os.utime(file, (1, 1))
        seat.app.screen_stack[-2].look_at_the_file()
        assert seat.messages() == []
        await seat.press("escape")
        seat.lesson.look_at_the_file()
        await seat.pilot.pause()
        assert "Second. Riders complain:" in seat.text()


async def test_the_built_in_course_is_not_watched(sit) -> None:
    from lessons.loader import MODULE_4

    async with sit(course=MODULE_4) as seat:
        await seat.press("enter")
        assert seat.lesson._reloader is None
