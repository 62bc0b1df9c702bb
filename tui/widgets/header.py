"""The first line of a lesson: which one it is, and how far one has come."""

from __future__ import annotations

from typing import ClassVar

from textual.content import Content
from textual.widget import Widget

DONE, HERE, OPEN = "●", "◉", "○"


def dots(done: tuple[bool, ...], here: int) -> str:
    """Write a dot for each step: done, the one that is open, still to come."""
    return "".join(HERE if i == here else DONE if one else OPEN for i, one in enumerate(done))


class LessonHeader(Widget):
    """Shows a lesson's number and title, and a dot for each of its steps."""

    DEFAULT_CSS = """
    LessonHeader {
        height: 1;
        padding: 0 2;
        background: $panel;
        & > .header--title { color: $foreground; text-style: bold; }
        & > .header--dots { color: $text-primary; }
        & > .header--quiet { color: $text-muted; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"header--title", "header--dots", "header--quiet"}

    def __init__(self, number: str, title: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.number = number
        self.title = title
        self.done: tuple[bool, ...] = ()
        self.here = 0
        self.left = ""

    def show(self, done: tuple[bool, ...], here: int, left: str = "") -> None:
        """Show which steps are done, at which one is, counted from 0, and what is left of the lesson's budget."""
        if (done, here, left) != (self.done, self.here, self.left):
            self.done, self.here, self.left = done, here, left
            self.refresh()

    def render(self) -> Content:
        """Write the line."""
        title, marks, quiet = (
            self.get_visual_style(f"header--{name}") for name in ("title", "dots", "quiet")
        )
        count = f"{f'{self.left}  ' if self.left else ''}step {self.here + 1} of {len(self.done)}"
        left = f"Lesson {self.number}  "
        points = dots(self.done, self.here)
        room = self.content_size.width - len(left) - len(count) - len(points) - 3
        if room < len(self.title):
            points, room = "", room + len(points) + 1
        if room < len(self.title) + 2 and self.left:
            short = f"{self.left}  {self.here + 1}/{len(self.done)}"
            count, room = short, room + len(count) - len(short) - 1
        name = self.title if len(self.title) <= room else self.title[: max(0, room - 1)] + "…"
        gap = " " * max(1, room - len(name) + (1 if points else 0))
        return Content.assemble(
            (left, quiet), (name, title), gap, (points, marks), "  " if points else "", (count, quiet)
        )
