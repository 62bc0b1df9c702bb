"""Drives the real app by its keys, as a learner does: nothing here touches the lab but through the keyboard."""

from __future__ import annotations

from asyncio import sleep
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from textual.events import Key
from textual.keys import _character_to_key, key_to_character

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

PATIENCE = 3_000
SEED = 7  # of the data folder: of the recorded days, too, and of the incident that is drawn


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
            await sleep(0.01)
            await self.settled()
        pytest.fail(f"never came: {what}; {self.place()}")

    def place(self) -> str:
        """Say where the learner is, for who reads of a failure."""
        found = [screen for screen in self.app.screen_stack if isinstance(screen, LessonScreen)]
        if not found:
            return f"no lesson is open, but {self.app.screen!r}"
        session = found[-1].session
        return f"lesson {found[-1].entry.id}, step `{session.step.id}`: {session.verdict()}"

    async def settled(self) -> None:
        """Wait until all that was asked for is done: messages, workers of this loop, layout and paint.

        Textual's own pilot sleeps instead until the process is idle: four times as long, and under load too short.
        """
        app = self.app
        for _ in range(PATIENCE):
            if not await self.pilot._wait_for_screen():
                return  # the app has failed; the end of `run_test` raises it
            app.screen._on_timer_update()
            if not self._at_work():
                return
            await sleep(0)
        pytest.fail(f"the app never settles; {self.place()}")

    def _at_work(self) -> bool:
        # A run plays on, and so does what a thread computes: whoever waits for its end says so.
        mine = [one for one in self.app.workers if one.group != "player" and not one._thread_worker]
        if any(one.is_running for one in mine):
            return True
        pumps = (self.app, *self.app.screen.walk_children(with_self=True))
        return any(pump._next_callbacks or not pump._message_queue.empty() for pump in pumps)

    async def press(self, key: str) -> None:
        """Press a key, as Textual names it, and wait until all that it does is done."""
        name = _character_to_key(key) if len(key) == 1 else key
        driver = self.app._driver
        assert driver is not None
        driver.send_message(Key(name, key if len(key) == 1 else key_to_character(key)))
        await self.settled()

    async def keys(self, text: str) -> None:
        """Press keys, named as Textual names them and parted by blanks."""
        for key in text.split():
            await self.press(key)

    async def open(self, lesson: str) -> None:
        """Open a lesson from home with the arrow keys and enter."""
        place = [entry.id for entry in self.app.course.entries].index(lesson)
        await self.keys("g " + "down " * place + "enter")
        await self.until(lambda: isinstance(self.app.screen, LessonScreen), f"lesson {lesson}")
        await self.settled()

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
        """Type a text, letter by letter."""
        for letter in text:
            await self.press(letter)

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


@asynccontextmanager
async def at_home(folder: Path, size: tuple[int, int], seed: int = SEED) -> AsyncIterator[Journey]:
    """A learner at home: who has seen the welcome page, with this seed drawn where the folder is new."""
    with Progress.open(folder, draw_seed=lambda: seed) as progress:
        mark_seen(progress)
    app = RidelabApp(data=folder)
    async with app.run_test(size=size) as pilot:
        journey = Journey(app, pilot)
        await journey.settled()
        yield journey


@pytest.fixture(params=[(120, 40)], ids=["120x40"])
async def journey(request: pytest.FixtureRequest, data_folder: Path) -> AsyncIterator[Journey]:
    """A learner at home with a fresh data folder, in a large terminal: `test_whole_course.py` has the smallest."""
    async with at_home(data_folder, request.param) as journey:
        yield journey
