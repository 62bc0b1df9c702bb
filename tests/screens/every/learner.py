"""Somebody at the real app and its real course, on a clock that a test moves by hand; no pause is a guess."""

from __future__ import annotations

import asyncio
import heapq
import sys
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partialmethod
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from textual import events
from textual.geometry import Size

from lessons import actions as act
from lessons.keeping import open_session
from lessons.loader import MODULE_4, OpenCourse
from lessons.progress import Progress
from lessons.variants import proof_of
from tui.app import RidelabApp
from tui.panes.code import CodePane
from tui.screens.first_time import mark_seen
from tui.screens.lesson import LessonScreen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    import pytest

SEED = 7
PATIENCE = 20_000
TODAY = datetime(2026, 3, 14, 15, 9)
"""The learner's own time, as a deploy is dated."""


class Clock:
    """Wall time that stands still until a test moves it. Who sleeps on it wakes as it moves, and at no other time."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = count()

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Sleep until so much of this time has passed; what is due at once only lets others go first."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._order), woken))
        await woken

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        while self._sleepers and self._sleepers[0][0] <= self.now + 1e-9:
            woken = heapq.heappop(self._sleepers)[2]
            if not woken.done():
                woken.set_result(None)


class Learner:
    """Keys, clicks, sizes and time, each as a terminal would send it; `settle` waits until all is done and drawn."""

    def __init__(self, app: RidelabApp, clock: Clock) -> None:
        self.app = app
        self.clock = clock
        self.exits = 0
        """How often the app was left: it stays, to be looked at."""

    @property
    def screen(self) -> Any:
        """The screen on top."""
        return self.app.screen

    @property
    def lesson(self) -> LessonScreen | None:
        """The lesson that is open, whatever lies over it."""
        found = [screen for screen in self.app.screen_stack if isinstance(screen, LessonScreen)]
        return found[-1] if found else None

    def leave(self, *_: Any, **__: Any) -> None:
        """Take note that the app was left."""
        self.exits += 1

    # what a terminal sends

    def send(self, event: events.Event) -> None:
        """Send what a terminal's driver would send."""
        assert self.app._driver is not None
        event.set_sender(self.app)
        self.app._driver.send_message(event)

    def key(self, key: str) -> None:
        """Press a key, named as Textual names it; letters and digits by themselves."""
        character = {"space": " ", "slash": "/", "full_stop": ".", "minus": "-"}.get(key)
        self.send(events.Key(key, key if len(key) == 1 else character))

    def resize(self, width: int, height: int) -> None:
        """Give the terminal another size."""
        size = Size(width, height)
        assert self.app._driver is not None
        self.app._driver._size = size
        self.app.post_message(events.Resize(size, size))

    def click(self, x: int, y: int) -> None:
        """Press and release the mouse somewhere."""
        for kind in (events.MouseMove, events.MouseDown, events.MouseUp):
            button = 0 if kind is events.MouseMove else 1
            self.send(kind(None, x, y, 0, 0, button, False, False, False, x, y))

    # waiting

    async def settle(self) -> None:
        """Wait until nothing is left to do or to draw but what waits for time to pass."""
        ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined] # what may run now, in CPython's loops
        for _ in range(PATIENCE):
            await asyncio.sleep(0)
            if ready:
                continue
            if self.app.crash is not None:
                raise self.app.crash
            if any(worker._thread_worker and worker.is_running for worker in self.app.workers):
                await asyncio.sleep(0.001)
                continue
            if not self._draw():
                return
        raise AssertionError(f"never still: {self.screen!r}")

    def _draw(self) -> bool:
        """Draw at once what would be drawn within a sixtieth of a second; tells whether there was anything."""
        screen = self.app.screen
        if self.app._resize_event is not None:
            self.app._check_resize()
            return True
        waits = bool(
            screen._layout_required
            or screen._scroll_required
            or screen._repaint_required
            or screen._recompose_required
            or screen._dirty_widgets
            or screen._callbacks
        )
        if waits and screen.is_attached:
            screen._on_timer_update()
        return waits

    async def press(self, keys: str) -> None:
        """Press keys parted by blanks, each when the one before has been answered."""
        for key in keys.split():
            self.key(key)
            await self.settle()

    async def pass_time(self, wall_s: float, frame_s: float = 0.1) -> None:
        """Let wall time pass in frames."""
        for _ in range(round(wall_s / frame_s)):
            self.clock.move(frame_s)
            await self.settle()

    # looking

    def rows(self) -> list[str]:
        """The screen, line by line, as wide as it is."""
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    def text(self) -> str:
        """The screen as text, without the blanks at the ends of its lines."""
        return "\n".join(row.rstrip() for row in self.rows()).rstrip() + "\n"


@asynccontextmanager
async def sitting(
    data: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch, *, new: bool = False, **options: Any
) -> AsyncIterator[Learner]:
    """Sit down in front of the real course, on a data folder whose seed is 7; `new`: for the first time ever."""
    with Progress.open(data, course=MODULE_4.name, draw_seed=lambda: SEED) as progress:
        if not new:
            mark_seen(progress)
    clock = Clock()
    # Where the folder's path is shown, it is short, and the same on every machine.
    monkeypatch.chdir(data.parent)
    playing = sys.modules[LessonScreen._play.__module__]
    monkeypatch.setattr(playing, "asyncio", SimpleNamespace(**vars(asyncio) | {"sleep": clock.sleep}))
    monkeypatch.setattr(CodePane, "__init__", partialmethod(CodePane.__init__, now=lambda: TODAY))
    app = RidelabApp(data=Path(data.name), clock=clock, **options)
    learner = Learner(app, clock)
    monkeypatch.setattr(app, "exit", learner.leave)
    # The traceback of all locals that Textual would write takes seconds.
    monkeypatch.setattr(app, "_fatal_error", app._close_messages_no_wait)
    async with app.run_test(size=size, notifications=True):
        await learner.settle()
        yield learner


def play_lessons(data: Path, places: Mapping[str, int]) -> None:
    """Play lessons by their proofs, each up to a step by its index; the one named last is the one to resume."""
    course = OpenCourse(MODULE_4)
    with Progress.open(data, course=course.name, draw_seed=lambda: SEED) as progress:
        for lesson, place in places.items():
            session, _ = open_session(course, lesson, progress)
            for step in session.lesson.steps[:place]:
                for action in proof_of(step, session.incident):
                    session.perform(action)
                    if isinstance(action, act.RunLoad):
                        session.finish()
                session.perform(act.GoOn())
