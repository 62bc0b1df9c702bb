"""A learner's process that is killed while it writes: `test_killed.py` starts it and listens.

It reads the names of data folders, one a line. For each it forks a process, warm as it is, that opens the folder as a
screen does and goes on doing what learners do. Each act is told twice, as one line of JSON: what is being done, and
then, when the store has come back, what must be in the file from now on. Where processes cannot fork it writes itself.
"""

from __future__ import annotations

import json
import os
import sys
from hashlib import sha256
from itertools import count
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from lessons import actions as act
from lessons.keeping import open_session
from lessons.loader import OpenCourse
from lessons.progress import Progress
from simulator.storing import pack

if TYPE_CHECKING:
    from lessons.session import Session

COURSE = OpenCourse(Path(__file__).parents[1] / "screens" / "course")
LESSON = "01-load"
RIDE = "request-ride"
KINDS = (*("predict", "step", "draft", "preference") * 3, "deploy", "deploy", "run")
MOST = 400  # acts: whoever should kill it may have ended first


def tell(*what: object) -> None:
    """Tell one line: whole or not at all, for it is shorter than what a pipe takes at once."""
    os.write(1, json.dumps(what).encode() + b"\n")


class Learner:
    """Does one thing after the other, and tells of each before and after."""

    def __init__(self, folder: Path, luck: Random) -> None:
        self.luck = luck
        tell("does", "open")
        self.progress = Progress.open(folder, course=COURSE.name)
        self.session, notices = open_session(COURSE, LESSON, self.progress)
        tell("kept", "open", {"mode": self.progress.mode, "seed": self.progress.seed, "notices": notices})

    def do(self, number: int) -> None:
        """Do something."""
        kind = self.luck.choice(KINDS)
        getattr(self, f"_{kind}")(number)

    def _perform(self, action: act.Action) -> None:
        progress, before = self.progress, len(self.progress.events())
        tell("does", "event")
        self.session.perform(action)
        events = progress.events()[before:]
        tell("kept", "event", {
            "events": [[one.number, one.step, digest(one.body)] for one in events],
            "place": progress.place(LESSON),
            "done": sorted(progress.steps_done(LESSON)),
            "draft": digest(progress.draft(f"{LESSON}/{RIDE}") or ""),
        })  # fmt: skip

    def _predict(self, number: int) -> None:
        self._perform(act.Predict(question="slow_of_sixty", number=number))

    def _step(self, _: int) -> None:
        self._perform(act.GoBack() if self.session.place else act.GoOn())

    def _deploy(self, number: int) -> None:
        source = (
            self.session.drafts.get(RIDE)
            or f"{self.session.version('request-ride@launch').source}# {number}\n"
        )
        self._perform(act.DeployOwn(service=RIDE, source=source, note=str(number)))

    def _draft(self, number: int) -> None:
        source = self.session.version("request-ride@launch").source
        text = f"{source}# draft {number} of {os.getpid()}\n"
        tell("does", "draft", digest(text))
        self.session.keep_draft(RIDE, text)
        tell("kept", "draft", {"draft": digest(text)})

    def _preference(self, number: int) -> None:
        value = f"{number} of {os.getpid()}"
        tell("does", "preference", value)
        self.progress.set_preference("speed", value)
        tell("kept", "preference", {"preference": value})

    def _run(self, _: int) -> None:
        """Send load; what is computed until the run has ended is no part of what is told."""
        self._perform(act.RunLoad(new=self.luck.random() < 0.5, plan="one-by-hand.yml"))
        run = self.session.lab.run
        assert run is not None
        self.session.lab.finish(run)
        before = len(self.progress.runs())
        tell("does", "run")
        data = self.session.settle()
        assert data is not None
        [kept] = self.progress.runs()[before:]
        tell("kept", "run", {"run": [kept.id, digest(*pack(data))]})


def digest(*parts: bytes | str) -> str:
    """Name what is kept by its bytes."""
    found = sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode()
        found.update(len(data).to_bytes(8, "big") + data)
    return found.hexdigest()


def write(folder: Path, luck: Random) -> None:
    """Write until killed."""
    learner = Learner(folder, luck)
    for number in range(MOST):
        learner.do(number)


def main() -> None:
    """Serve one folder after the other; `gone` says that a process has ended, and that it was waited for."""
    session: Session = open_session(COURSE, LESSON, Progress.in_memory(course=COURSE.name))[0]
    session.perform(act.RunLoad())
    session.finish()
    for turn, line in zip(count(), sys.stdin, strict=False):
        luck = Random(f"{turn} {line}")
        if not hasattr(os, "fork"):
            tell("pid", os.getpid())
            write(Path(line.strip()), luck)
            return
        pid = os.fork()
        if not pid:
            try:
                write(Path(line.strip()), luck)
            finally:
                os._exit(0)
        tell("pid", pid)
        os.waitpid(pid, 0)
        tell("gone", pid)


if __name__ == "__main__":
    main()
