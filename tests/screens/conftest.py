"""Opens the app on a small course, with panes that say little, a clock that a test moves, and golden texts."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lessons.loader import OpenCourse
from lessons.progress import Progress
from tests.screens.fake_panes import PANES
from tui.app import RidelabApp
from tui.screens.first_time import mark_seen
from tui.screens.lesson import LessonScreen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from textual.pilot import Pilot

    from lessons.session import Session

HERE = Path(__file__).parent
COURSE = HERE / "course"
PATIENCE = 500


class Clock:
    """Wall time that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Seat:
    """Somebody in front of the app."""

    def __init__(self, app: RidelabApp, pilot: Pilot[None], clock: Clock) -> None:
        self.app = app
        self.pilot = pilot
        self.clock = clock

    @property
    def screen(self) -> Any:
        """The screen on top."""
        return self.app.screen

    @property
    def lesson(self) -> LessonScreen:
        """The lesson that is open, whatever lies over it."""
        [found] = [screen for screen in self.app.screen_stack if isinstance(screen, LessonScreen)]
        return found

    @property
    def session(self) -> Session:
        """Its session."""
        return self.lesson.session

    async def press(self, *keys: str) -> None:
        """Press keys and let the app answer."""
        for key in keys:
            await self.pilot.press(key)
            await self.pilot.pause()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to become true."""
        for _ in range(PATIENCE):
            if condition():
                await self.pilot.pause()
                return
            await self.pilot.pause()
        pytest.fail(f"never came; the screen says:\n{self.text()}")

    async def pass_time(self, wall_s: float, frame_s: float = 0.1) -> None:
        """Let wall time pass in frames, the player playing."""
        for _ in range(round(wall_s / frame_s)):
            self.clock.now += frame_s
            self.lesson.player.tick()
            await self.pilot.pause()

    async def run_load(self, key: str = "r") -> None:
        """Send load and go to the end of the run."""
        before = len(self.session.runs)
        await self.press(key, "e")
        await self.until(lambda: len(self.session.runs) > before)

    def text(self) -> str:
        """The screen as text, without the blanks at the ends of its lines."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips).rstrip() + "\n"

    async def quiet(self) -> None:
        """Take the messages away that would pass with time."""
        self.app.clear_notifications()
        await self.pilot.pause()

    def messages(self) -> list[str]:
        """What messages stand on the screen."""
        return [note.message for note in self.app._notifications]


class Sitter:
    """Opens the app, as often as a test wants, on one data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data

    @asynccontextmanager
    async def __call__(
        self, size: tuple[int, int] = (80, 24), *, course: Path = COURSE, seed: int | None = 7, **options: Any
    ) -> AsyncIterator[Seat]:
        clock = Clock()
        app = RidelabApp(
            data=self.data, course=OpenCourse(course), seed=seed, clock=clock, panes=PANES, **options
        )
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            yield Seat(app, pilot, clock)


@pytest.fixture
def sit(data_folder: Path) -> Sitter:
    """Sit down in front of the app: ``async with sit((80, 24)) as seat``. The data folder's seed is 7.

    Whoever sits there has seen the page of the first start; `test_welcome.py` has a data folder of its own.
    """
    with Progress.open(data_folder, course=COURSE.name, draw_seed=lambda: 7) as progress:
        mark_seen(progress)
    return Sitter(data_folder)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a screen with the one that was looked at and kept: ``golden(name, text)``."""

    def compare(name: str, text: str) -> None:
        path = HERE / "golden" / f"{name}.txt"
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), (
            f"{name} differs; pytest --update-golden writes it anew"
        )

    return compare
