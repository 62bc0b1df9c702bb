"""`ridelab start --plain`: joins the plain front end to standard input and output, whatever they are."""

from __future__ import annotations

import io
import shutil
import sys
from typing import TYPE_CHECKING, Final

from lessons.progress import Progress, seed_of
from simulator.remote import Host
from tui.plain import Desk, Plain
from tui.plain_text import WIDTH, fit, readable

if TYPE_CHECKING:
    from pathlib import Path
    from typing import TextIO

    from lessons.loader import OpenCourse

PROMPT: Final = "> "
NARROWEST: Final = 40


class Lines:
    """Reads lines and writes lines. Where nobody types, what was read is written too, so that a log is whole."""

    def __init__(self, source: TextIO | None, sink: TextIO) -> None:
        self._source = source
        self._sink = sink
        self._typed = source is not None and source.isatty()
        self._encoding = sink.encoding or "utf-8"
        if isinstance(source, io.TextIOWrapper):
            source.reconfigure(errors="replace")

    def write(self, line: str) -> None:
        """Write a line, in what the output can show."""
        self._sink.write(fit(line, self._encoding) + "\n")

    def read(self) -> str | None:
        """Read a line; None at the end of all."""
        self._sink.write(PROMPT)
        self._sink.flush()
        line = self._source.readline() if self._source is not None else ""
        if not line:
            self._sink.write("\n")
            return None
        if not self._typed:
            self.write(readable(line))
        return line

    def flush(self) -> None:
        """Send everything on its way."""
        self._sink.flush()


def width_of(sink: TextIO) -> int:
    """Tell how wide lines may be: 78 columns, or the terminal's where it has fewer."""
    columns = shutil.get_terminal_size((WIDTH, 24)).columns if sink.isatty() else WIDTH
    return max(NARROWEST, min(WIDTH, columns))


def play(course: OpenCourse, folder: Path, *, lesson: str | None = None, seed: int | None = None) -> None:
    """Play a course on standard input and output to the end of the input, or until somebody quits.

    A new folder keeps `seed` as its own, if it is given: then the same lines are answered alike in another folder.
    """
    lines = Lines(sys.stdin, sys.stdout)
    with Progress.open(folder, course=course.name, draw_seed=seed_of(seed)) as progress:
        host = Host()  # no process is started before something of the learner's own is to run
        try:
            desk = Desk(course, progress, folder, seed, host)
            Plain(desk, lines.write, lines.read, width=width_of(sys.stdout)).play(lesson)
        finally:
            host.close()
    lines.flush()
