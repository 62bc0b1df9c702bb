"""Drives the real app by its keys, as a learner does: nothing here touches the lab but through the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lessons.progress import Progress
from tui.app import RidelabApp
from tui.screens.first_time import mark_seen
from tui.screens.lesson import LessonScreen
from tui.screens.quiz import QuizScreen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from lessons.session import Session

PATIENCE = 400


class Journey:
    """A learner at the keyboard. Waits for conditions, never for time; a condition that never comes fails."""

    def __init__(self, app: RidelabApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def lesson(self) -> LessonScreen:
        """The lesson that is open."""
        found = [screen for screen in self.app.screen_stack if isinstance(screen, LessonScreen)]
        assert found, f"no lesson is open, but {self.app.screen!r}"
        return found[-1]

    @property
    def session(self) -> Session:
        """Its session, to look at."""
        return self.lesson.session

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for something to become true."""
        for _ in range(PATIENCE):
            if condition():
                return
            await self.pilot.pause()
        pytest.fail(f"never came: {what}; at step `{self.session.step.id}`: {self.session.verdict()}")

    async def keys(self, text: str) -> None:
        """Press keys, named as Textual names them and parted by blanks."""
        for key in text.split():
            await self.pilot.press(key)
            await self.pilot.pause()

    async def open(self, lesson: str) -> None:
        """Open a lesson from home with the arrow keys and enter."""
        place = [entry.id for entry in self.app.course.entries].index(lesson)
        await self.keys("g " + "down " * place + "enter")
        await self.until(lambda: isinstance(self.app.screen, LessonScreen), f"lesson {lesson}")
        await self.pilot.pause()

    async def done(self, action: str) -> None:
        """Wait until an action has been taken in at this step."""
        name = f"did.{action}"
        await self.until(lambda: bool(self.session.scope()(name)), name)

    async def run(self, key: str = "r") -> None:
        """Send load and go to the end of the run."""
        before = len(self.session.runs)
        await self.keys(f"{key} e")
        await self.until(lambda: len(self.session.runs) > before, "the end of the run")

    async def answer(self, *answers: str) -> None:
        """Open the question and give answers until the last one, which is right (or a prediction)."""
        await self.keys("a")
        await self.until(lambda: isinstance(self.app.screen, QuizScreen), "the question")
        for answer in answers:
            await self.type(answer)
            await self.keys("enter")
        for _ in range(3):
            if not isinstance(self.app.screen, QuizScreen):
                return
            await self.keys("enter")
        pytest.fail(f"the question stays open after {answers}: {self.session.verdict()}")

    async def type(self, text: str) -> None:
        """Type letters and digits."""
        for letter in text:
            await self.pilot.press({".": "full_stop", "-": "minus"}.get(letter, letter))
        await self.pilot.pause()

    async def go_on(self) -> None:
        """Go to the lesson's text, and on to the next step."""
        place, last = self.session.place, self.session.at_end
        await self.until(lambda: self.session.verdict().met, "the end of this step")
        await self.keys("0 enter")
        if not last:
            await self.until(lambda: self.session.place == place + 1, "the next step")

    def number(self, expression: str) -> str:
        """What a learner reads off the screen, as a number to type."""
        from lessons.expressions import parse
        from lessons.names import FUNCTIONS

        value: Any = parse(expression).evaluate(self.session.scope(), FUNCTIONS)
        return f"{value:.6g}"


@pytest.fixture(params=[(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def journey(request: pytest.FixtureRequest, data_folder: Path) -> AsyncIterator[Journey]:
    """A learner at home, in a terminal of either size, with a fresh data folder and the traffic of seed 7."""
    with Progress.open(data_folder) as progress:
        mark_seen(progress)
    app = RidelabApp(data=data_folder, seed=7)
    async with app.run_test(size=request.param) as pilot:
        await pilot.pause()
        yield Journey(app, pilot)
