"""A writing process is killed 200 times at random moments: the file opens each time, and holds what was acknowledged.

Acknowledged is what the process told after the store had come back. Of the act it was killed in, all is there or
nothing.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import sleep
from typing import TYPE_CHECKING, Any

import pytest

from lessons import actions as act
from lessons.keeping import NEW_STARTS_AGAIN, STARTS_AGAIN, open_session, standing
from lessons.progress import Progress
from tests.unit.killed_writer import COURSE, LESSON, RIDE, digest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
WRITER = Path(__file__).with_name("killed_writer.py")
FORKS = hasattr(os, "fork")
KILLS = 200 if FORKS else 10  # where there is no fork each kill costs the start of an interpreter
KILLS_IN_A_FOLDER = 10
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # on Windows the latter ends a process at once
LONGEST_S = 0.004  # after what was heard last; most acts take less
OPENING_S = 0.03


@dataclass
class Acknowledged:
    """What the file of a folder must hold."""

    seed: int | None = None
    events: list[list[Any]] = field(default_factory=list)
    runs: dict[int, str] = field(default_factory=dict)
    draft: str = digest("")
    preference: str | None = None
    place: str | None = None
    done: list[str] = field(default_factory=list)

    def take(self, kept: dict[str, Any]) -> None:
        """Take in what was acknowledged."""
        self.events += kept.get("events", [])
        if "run" in kept:
            self.runs |= [kept["run"]]
        for name in ("seed", "draft", "preference", "place", "done"):
            if name in kept:
                setattr(self, name, kept[name])


@dataclass
class Killed:
    """What was heard of a process that was killed: the act it was in, or None between two, and how often it told."""

    act: str | None
    text: str | None
    told: int


class Writer:
    """The process that forks writers, or is one."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-P", WRITER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
                env=os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
            )
        return self._process

    def kill(self, folder: Path, luck: Random, acknowledged: Acknowledged) -> Killed:
        """Let a process write into a folder, kill it at a random moment, and take in what it had acknowledged."""
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{folder}\n")
        process.stdin.flush()
        after = luck.choice((0, 1, 1, 2, 2, 3, 3, 4, 5, 6))
        delay_s = luck.uniform(0.0, LONGEST_S if after else OPENING_S)
        killed, pid = Killed(None, None, 0), None
        for line in process.stdout:
            what, *rest = json.loads(line)
            match what:
                case "pid":
                    [pid] = rest
                case "does":
                    killed.act, killed.text = rest[0], rest[1] if len(rest) > 1 else None
                case "kept":
                    killed.act = None
                    killed.told += 1
                    acknowledged.take(rest[1])
                case "gone":
                    break
            if pid is not None and killed.told == after:
                sleep(delay_s)  # a busy wait would keep it from its processor
                os.kill(pid, KILL)
                pid = None
                after = -1
        if not FORKS:
            self.close()
        return killed

    def close(self) -> None:
        """End it, and what it started ends with it."""
        if self._process is not None:
            with self._process as process:  # closes its pipes: it reads no further folder
                if not FORKS:
                    process.kill()
            self._process = None


@pytest.fixture
def writer() -> Iterator[Writer]:
    writer = Writer()
    yield writer
    writer.close()


def assert_held(folder: Path, acknowledged: Acknowledged, killed: Killed) -> bool:
    """Open what a killed process left: all that was acknowledged is there. Tells whether the last act is, too."""
    with Progress.open(folder, course=COURSE.name) as progress:
        assert (progress.mode, progress.notices) == ("saved", ())
        acknowledged.seed = acknowledged.seed or progress.seed
        assert progress.seed == acknowledged.seed
        bodies = [one.body for one in progress.events(LESSON)]
        events = [[one.number, one.step, digest(one.body)] for one in progress.events(LESSON)]
        known = len(acknowledged.events)
        assert events[:known] == acknowledged.events
        more = events[known:]
        assert len(more) <= (killed.act == "event")
        assert [number for number, *_ in events] == list(range(1, len(events) + 1))

        runs = {
            one.id: digest(one.settings, one.summary, progress.run_columns(one.id)) for one in progress.runs()
        }
        assert runs.items() >= acknowledged.runs.items()
        new_runs = runs.keys() - acknowledged.runs.keys()
        assert len(new_runs) <= (killed.act == "run")

        text, preference = progress.draft(f"{LESSON}/{RIDE}") or "", progress.preference("speed")
        draft = digest(text)
        if more and isinstance(act.decode(bodies[-1]), act.DeployOwn):
            assert text == ""  # it is in the version now, and nowhere else
        elif killed.act == "draft":
            assert draft in {acknowledged.draft, killed.text}
        else:
            assert draft == acknowledged.draft
        assert preference in {acknowledged.preference, killed.text if killed.act == "preference" else None}
        last = bool(more or new_runs) or (
            killed.act in {"draft", "preference"} and killed.text in {draft, preference}
        )

        # What follows from an event was kept with it: the place, and the steps that were left.
        place, done = progress.place(LESSON), progress.steps_done(LESSON)
        if not more and acknowledged.place is not None:
            assert (place, sorted(done)) == (acknowledged.place, acknowledged.done)
        session, notices = open_session(COURSE, LESSON, progress)
        assert notices in ([], [STARTS_AGAIN], [NEW_STARTS_AGAIN])
        assert place in {session.step.id, None if not events else session.step.id}
        left = {step for step, action in session.memory.done if isinstance(action, act.GoOn)}
        assert done == left
        assert standing(progress, LESSON).done == len(left)
        assert len(session.runs) == len(runs)
        assert session.drafts.get(RIDE, "") == text
        acknowledged.events, acknowledged.runs = events, runs  # it was seen: from now on it must stay
        acknowledged.draft, acknowledged.preference = draft, preference
        acknowledged.place, acknowledged.done = session.step.id, sorted(done)
    return last


def test_whenever_a_writer_is_killed_its_file_opens_and_holds_all_it_had_acknowledged(
    tmp_path: Path, writer: Writer
) -> None:
    luck, inside = Random(20180330), list[bool]()
    for turn in range(KILLS):
        if turn % KILLS_IN_A_FOLDER == 0:
            folder, acknowledged = tmp_path / str(turn), Acknowledged()
        killed = writer.kill(folder, luck, acknowledged)
        last = assert_held(folder, acknowledged, killed)
        if killed.act is not None:
            inside.append(last)
        else:
            assert not last
    # Kills that never meet a write, or only one side of its commit, would prove nothing.
    assert len(inside) >= KILLS // 2
    if FORKS:
        assert min(inside.count(True), inside.count(False)) >= KILLS // 20
