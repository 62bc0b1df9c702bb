"""Somebody at a plain terminal: types lines, and hears what is said."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from lessons.loader import OpenCourse
from tui.plain import Desk, Plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lessons.progress import Progress

COURSE = OpenCourse()
SEED = 7


class Talk:
    """Somebody who types lines and hears lines."""

    def __init__(self, progress: Progress, folder: Path) -> None:
        self.heard: list[str] = []
        self.lines: Iterator[str] = iter(())
        self.plain = Plain(
            Desk(COURSE, progress, folder, SEED), self.heard.append, lambda: next(self.lines, None)
        )

    def type(self, *lines: str, lesson: str | None = None) -> str:
        """Type lines and end the input; gives what was said from then on."""
        before = len(self.heard)
        self.lines = iter(lines)
        self.plain.play(lesson)
        return "\n".join(self.heard[before:])

    def again(self, *lines: str) -> list[str]:
        """Type lines where one is, without opening anything anew; gives the answers."""
        before = len(self.heard)
        for line in lines:
            self.plain._answered(partial(self.plain._do, line))
        return [line for line in self.heard[before:] if line]
