"""The program with its screens is killed in a terminal, and started again: it goes on at the very step."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
from random import Random
from threading import Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING

import pytest

from lessons import actions as act
from lessons.keeping import STARTS_AGAIN
from lessons.progress import Progress
from tests.journeys.conftest import SEED
from tests.journeys.test_killed_and_resumed import kept_actions, look
from tests.journeys.test_plain import COURSE, PROGRAM, ROOT
from tui.screens.first_time import mark_seen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Terminal:
    """`ridelab start LESSON` with its screens, in a terminal of 80x24, and a learner who presses keys."""

    def __init__(self, lesson: str, folder: Path) -> None:
        import fcntl
        import pty
        import termios

        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
        self._process = subprocess.Popen(
            [*PROGRAM, "start", lesson, "--data", folder],
            cwd=ROOT,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self._drawn = bytearray()
        self._reader = Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        """Take what is drawn, or the program would wait for its terminal."""
        while True:
            try:
                drawn = os.read(self._ours, 65_536)
            except OSError:  # how Linux says that nobody has the other end
                drawn = b""
            if not drawn:
                return
            self._drawn += drawn

    @property
    def drawn(self) -> str:
        """All the text that was drawn, without colors and places."""
        return re.sub(r"\x1b\[[0-9;?]*[ -/]*[@-~]", "", self._drawn.decode(errors="replace"))

    def press(self, keys: str) -> None:
        """Press keys."""
        os.write(self._ours, keys.encode())

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for something to become true."""
        patience_s = monotonic() + 30.0
        while not condition():
            assert monotonic() < patience_s, f"never came: {what}; drawn last: {self.drawn[-2_000:]}"
            assert self._process.poll() is None, self.drawn[-2_000:]
            sleep(0.02)

    def kill(self) -> None:
        """End it by force."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        os.close(self._ours)


def kept_runs(folder: Path) -> int:
    """Count, while the program runs, the runs that it has kept."""
    with Progress.read(folder) as progress:
        return len(progress.runs())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
def test_the_screens_go_on_where_they_were_killed(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = "03-load"
    with Progress.open(data_folder, draw_seed=lambda: SEED) as progress:
        mark_seen(progress)

    def kept(kind: type[act.Action], number: int) -> Callable[[], bool]:
        return lambda: sum(isinstance(one, kind) for one in kept_actions(data_folder, lesson)) >= number

    terminal = Terminal(lesson, data_folder)
    try:
        terminal.until(lambda: "step 1 of 8" in terminal.drawn, "the first step")
        terminal.press("\r")
        terminal.until(kept(act.GoOn, 1), "the next step")
        terminal.press("a")
        terminal.until(lambda: "enter" in terminal.drawn.partition("What do you expect")[2], "the question")
        terminal.press("b\r")
        terminal.until(kept(act.Predict, 1), "the prediction")
        terminal.press("\r")
        terminal.press("r")
        terminal.until(kept(act.RunLoad, 1), "the run")  # it takes six seconds
        sleep(Random("the screens").uniform(0.0, 0.5))
    finally:
        terminal.kill()
    state, notices, runs = look(lesson, data_folder, monkeypatch)
    assert (state.step, notices, runs) == ("no-token", [STARTS_AGAIN], [])
    predictions = state.memory[4]
    assert predictions

    terminal = Terminal(lesson, data_folder)
    try:
        terminal.until(lambda: "step 2 of 8" in terminal.drawn, "the same step")
        terminal.until(lambda: "starts again at 0" in terminal.drawn, "the run that was under way")
        terminal.press("re")
        terminal.until(lambda: kept_runs(data_folder) == 1, "the end of the run")
        terminal.press("0")
        terminal.until(lambda: "[x] Run the load" in terminal.drawn, "the end of this step")
        terminal.press("\r")
        terminal.until(kept(act.GoOn, 2), "the next step")
    finally:
        terminal.kill()
    state, notices, _ = look(lesson, data_folder, monkeypatch)
    assert (notices, state.memory[4]) == ([], predictions)
    assert state.step == COURSE.lesson(lesson).steps[2].id
