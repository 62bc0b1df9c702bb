"""Reading a course's lessons beside the event loop: what the board and the summary tell opens them, a moment each."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, TypeVar

from lessons.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.app import RidelabApp

Told = TypeVar("Told")


def must_wait(app: RidelabApp) -> bool:
    """Tell whether only the thread that keeps the progress can read it: where the file does not have all of it."""
    return app.progress.mode != "saved"


def told(app: RidelabApp, tell: Callable[[Progress], Told]) -> Told:
    """Give what `tell` makes of the progress; call it in a thread, unless one must wait.

    A thread reads a copy of its own: a database's connection belongs to the thread that opened it.
    """
    if must_wait(app):
        return tell(app.progress)
    with closing(Progress.read(app.folder, course=app.course.name)) as copy:
        return tell(copy)
