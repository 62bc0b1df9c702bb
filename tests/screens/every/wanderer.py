"""Keys, clicks, sizes and time by chance, from a seed: what a cat on the keyboard does, or a learner in a hurry."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

import tui
from tui.screens.home import HomeScreen
from tui.screens.lesson import LessonScreen
from tui.widgets.lab import Lab

if TYPE_CHECKING:
    from random import Random

    from tests.screens.every.learner import Learner

PLAIN: Final = (
    *"abcdefghijklmnopqrstuvwxyzABCDGMRSUWYZ0123456789",
    *("escape", "enter", "tab", "shift+tab", "space", "up", "down", "left", "right", "home", "end"),
    *("pageup", "pagedown", "backspace", "delete", "slash", "full_stop", "minus", "comma", "plus"),
    *("question_mark", "colon", "ctrl+p", "ctrl+q", "ctrl+c", "ctrl+u", "f1", "f2", "f5", "f12"),
)
SIZES: Final = ((40, 220, 60), (12, 70, 20))
"""The least, the most and the most usual number of columns, and of rows: large ones are rare, because they are slow."""
KNOWN: Final = ((60, 20), (60, 20), (80, 24), (80, 24), (80, 24), (120, 40))

DOORS: Final = {
    "02-lights": {"6 t": "OneLineScreen", "6 D": "code difference", "B": "BoardScreen"},
    "04-alert": {"2 R": "alerts alerts-rules", "2 R w": "OneLineScreen", "f9": "SummaryScreen"},
    "06-instrument": {
        "6 e # enter escape d": "code source activate",
        "6 e": "code edit",
        "6 e i f enter escape d": "code source refused",
        "6 e i f enter escape X": "ConfirmScreen",
        "6 H": "code history",
        "6 H enter": "code deploy",
    },
    "08-cost": {"5 S": "OneLineScreen", "6 v D C": "code calls", "a": "QuizScreen"},
}
"""By lesson: keys into what chance alone hardly finds, as they are at the lesson's last step, and where they lead."""
WAYS_BACK: Final = 6

Move = tuple[str, *tuple[object, ...]]
"""What is done: ("key", name), ("size", columns, rows), ("click", x, y), ("time", seconds)."""


@cache
def every_key() -> tuple[str, ...]:
    """Name every key that any screen, pane or widget of ours declares, and the plain ones."""
    found = dict.fromkeys(PLAIN)
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        for kind in vars(import_module(module.name)).values():
            if isinstance(kind, type):
                for name in ("KEYS", "COMMANDS"):
                    declared = getattr(kind, name, ())
                    if isinstance(declared, tuple):
                        found.update(
                            dict.fromkeys(key for one in declared for key in getattr(one, "keys", ()))
                        )
    return tuple(found)


def place(learner: Learner) -> str:
    """Name what is to be seen: a screen, or the pane that has the keys in a lesson, its page and what becomes of it."""
    screen = learner.screen
    if not isinstance(screen, LessonScreen) or screen.side == "lesson":
        return type(screen).__name__
    pane = screen.query_one(Lab).pane
    words = [pane.NAME, getattr(pane, "level", "") or getattr(pane, "_page", "")]
    if pane.NAME == "code" and pane.pipeline.progress is not None:
        words.append("refused" if pane.pipeline.progress.refused else pane.pipeline.progress.step)
    return " ".join(filter(None, words))


class Wanderer:
    """Moves at random; `since` holds what it did since the last look, to be done again by `do`."""

    def __init__(self, learner: Learner, chance: Random) -> None:
        self.learner = learner
        self.chance = chance
        self.since: list[Move] = []

    async def wander(self, keys: int) -> None:
        """Press so many keys, up to six before the app has answered, and what comes between them."""
        left = keys
        while left:
            for _ in range(min(left, self.chance.choice((1, 2, 4, 6)))):
                self.do(("key", self._key()))
                left -= 1
            if self.chance.random() < 0.2:
                self.do(self._between())
            self.do(("time", round(self.chance.choice((0.0, 0.02, 0.1, 0.5)), 2)))
            await self.learner.settle()

    async def enter(self, door: str) -> None:
        """Leave whatever is open, but for the lesson, and go through a door."""
        for _ in range(WAYS_BACK):
            await self._press("escape")
        if isinstance(self.learner.screen, HomeScreen):
            await self._press("enter")
        for key in door.split():
            await self._press(key)

    async def _press(self, key: str) -> None:
        self.do(("key", key))
        await self.learner.settle()

    def do(self, move: Move) -> None:
        """Do something, and take note of it."""
        self.since.append(move)
        kind, *what = move
        act = {
            "key": self.learner.key,
            "size": self.learner.resize,
            "click": self.learner.click,
            "time": self.learner.clock.move,
        }[kind]
        act(*what)  # type: ignore[operator] # a move names its own arguments

    def _key(self) -> str:
        """Half of the time a key that does something here, so that one gets deep into the lab."""
        if self.chance.random() < 0.5:
            return self.chance.choice(every_key())
        here = sorted(self.learner.screen.active_bindings)
        return self.chance.choice(here or every_key())

    def _between(self) -> Move:
        if self.chance.random() < 0.7:
            size = self.learner.app.size
            return ("click", self.chance.randrange(size.width), self.chance.randrange(size.height))
        if self.chance.random() < 0.5:
            return ("size", *self.chance.choice(KNOWN))
        return ("size", *(round(self.chance.triangular(least, most, usual)) for least, most, usual in SIZES))
