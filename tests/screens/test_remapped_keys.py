"""Whoever has other keys is told them wherever keys are named: at feet, in the player line, in to-dos, at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.screens.confirm import ConfirmScreen
from tui.screens.help import HelpScreen
from tui.screens.lesson import LessonScreen
from tui.screens.quiz import QuizScreen
from tui.screens.welcome import WelcomeScreen

if TYPE_CHECKING:
    from tests.screens.conftest import Seat, Sitter

KEYS = """keys:
  lesson.run: W
  lesson.answer: f8
  lesson-panel.go-on: K
  confirm.yes: o
  confirm.no: l
  help.switch: Z
  quiz.answer: f9
"""


def remap(sit: Sitter) -> None:
    (sit.data / "settings.yaml").write_text(KEYS, encoding="utf-8")


async def in_lesson(seat: Seat) -> None:
    await seat.press("enter")
    await seat.until(lambda: isinstance(seat.screen, LessonScreen))
    await seat.pilot.pause()


async def test_dialogs_name_the_keys_one_has(sit: Sitter) -> None:
    remap(sit)
    async with sit() as seat:
        assert seat.app.keymap.problems == ()
        given: list[bool | None] = []
        seat.app.push_screen(ConfirmScreen("Sure?", "It is gone.", yes="do it"), given.append)
        await seat.pilot.pause()
        assert "o do it  l leave it as it is" in seat.text()
        await seat.press("y")
        assert given == []
        await seat.press("o")
        assert given == [True]
        await seat.press("question_mark")
        assert isinstance(seat.screen, HelpScreen)
        assert "Z glossary" in seat.text()
        await seat.press("Z")
        assert "Z keys" in seat.text()


async def test_the_lesson_names_the_keys_one_has(sit: Sitter) -> None:
    remap(sit)
    async with sit((100, 24)) as seat:
        await in_lesson(seat)
        assert "W runs the load" in seat.text()
        await seat.press("K")
        await seat.until(lambda: "press f8" in seat.text())
        await seat.press("f8")
        assert isinstance(seat.screen, QuizScreen)
        assert "f9 predict" in seat.text() or "f9 answer" in seat.text()


async def test_the_first_page_names_the_keys_one_has(sit: Sitter) -> None:
    remap(sit)
    async with sit() as seat:
        await seat.app.push_screen(WelcomeScreen())
        await seat.pilot.pause()
        lines = [line.split() for line in seat.text().splitlines()]
        assert ["W", "run", "the", "load"] in lines
        assert ["f8", "answer", "what", "the", "lesson", "asks"] in lines
        assert ["tab", "go", "from", "the", "lesson", "to", "the", "lab,", "and", "back"] in lines
