"""In each lesson the program is killed at random moments and started again: it goes on at the very step.

What the lesson should come to is taken from a learner who is never interrupted. Beside, the real program is driven in
plain text; `test_killed_in_a_terminal.py` does the same with its screens.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, replace
from hashlib import sha256
from random import Random
from time import sleep
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from lessons import actions as act
from lessons.keeping import NEW_STARTS_AGAIN, STARTS_AGAIN, open_session, standing
from lessons.progress import Progress
from simulator import lab as simulator_lab
from simulator.storing import pack
from tests.journeys.conftest import PATIENCE, SEED
from tests.journeys.test_plain import COURSE, PROGRAM, ROOT, PlainJourney
from tui.plain import Desk, Plain

if TYPE_CHECKING:
    from pathlib import Path

    from lessons.session import Session
    from simulator.run_data import RunData

LONGEST_S = 0.03  # from a command to the kill


@dataclass(frozen=True)
class State:
    """All that a learner can find again in a lesson: where, what was done, answered and predicted, settings, runs."""

    step: str
    done: frozenset[str]
    actions: tuple[tuple[str, act.Action], ...]
    memory: tuple[object, ...]
    drafts: tuple[tuple[str, str], ...]
    settings: tuple[object, ...]
    seed: int
    runs: tuple[str, ...]

    @classmethod
    def of(cls, session: Session, progress: Progress, lesson: str) -> State:
        memory, lab = session.memory, session.lab
        return cls(
            session.step.id,
            progress.steps_done(lesson),
            tuple((step, timeless(action)) for step, action in memory.done),
            (
                *map(frozenset, (memory.right, memory.tries.items())),
                frozenset((step, *shown) for step, shown in memory.hints.items()),
                *map(tuple, (memory.answers.values(), memory.predictions.values())),
                memory.compared,
            ),
            tuple(sorted(session.drafts.items())),
            (
                tuple(sorted((one.ref, one.source) for one in lab.versions.values())),
                tuple(sorted(lab.tokens.items())),
                lab.sampling,
                tuple(lab.rules),
                tuple((one.service, one.version, one.note) for one in session.deploys),
            ),
            lab.seed,
            tuple(map(digest, session.runs)),
        )


def timeless(action: act.Action) -> act.Action:
    """Leave out at which time of the day something was deployed."""
    return msgspec.structs.replace(action, at="") if isinstance(action, act.DeployOwn) else action


def digest(data: RunData) -> str:
    """Name a run by all of its bytes but its number: a run that was lost under way has taken one."""
    return sha256(b"\0".join(pack(replace(data, number=0)))).hexdigest()


class Uninterrupted(PlainJourney):
    """A learner who is never interrupted; `states` has what there was before each line that was typed."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.states: list[State] = []
        self._plain: Plain | None = None
        self._lesson = ""

    def play_noting(self, lesson: str) -> None:
        """Play a lesson to its end."""
        self._lesson = lesson
        with Progress.open(self.folder, draw_seed=lambda: SEED) as progress:
            self._plain = Plain(Desk(COURSE, progress, self.folder), self.said.append, self._read)
            self._script = self._lines(self._plain, None)
            self._plain.play(lesson)

    def _read(self) -> str | None:
        plain = self._plain
        if plain is not None and plain.lesson is not None:
            self.states.append(State.of(plain.lesson.session, plain.desk.progress, self._lesson))
        return super()._read()


class Program:
    """`ridelab start LESSON --plain`, to be spoken to line by line."""

    def __init__(self, lesson: str, folder: Path) -> None:
        self._process = subprocess.Popen(
            [*PROGRAM, "start", lesson, "--plain", "--data", folder],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def listen(self) -> str:
        """Give what it says until it waits for a line, or ends."""
        assert self._process.stdout is not None
        said = b""
        while not said.endswith(b"\n> ") and (more := os.read(self._process.stdout.fileno(), 65_536)):
            said += more
        return said.decode()

    def type(self, line: str) -> None:
        """Type a line and wait for nothing."""
        assert self._process.stdin is not None
        os.write(self._process.stdin.fileno(), f"{line}\n".encode())

    def end(self, *, kill: bool = False) -> str:
        """End it, by force or at the end of its input; gives what it said last."""
        with self._process as process:
            if kill:
                process.kill()
                return ""
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.close()
            return process.stdout.read().decode()


def let_go(folder: Path) -> None:
    """Wait until nobody owns the folder: what was being forked when its parent was killed does, until it has begun."""
    for _ in range(PATIENCE):
        with Progress.open(folder) as progress:
            if progress.mode == "saved":
                return
        sleep(0.01)


def look(lesson: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[State, list[str], list[Any]]:
    """Open a lesson as the program left it; gives its state, what is said of it, and the stored runs, byte for byte."""
    let_go(folder)
    with Progress.open(folder) as progress, monkeypatch.context() as patch:
        assert (progress.mode, progress.notices, progress.seed) == ("saved", (), SEED)
        patch.setattr(simulator_lab, "Run", None)  # whoever computes a run that is stored fails here
        kept = [(run, progress.run_columns(run.id)) for run in progress.runs()]
        session, notices = open_session(COURSE, lesson, progress)
        return State.of(session, progress, lesson), notices, kept


def kept_actions(folder: Path, lesson: str) -> list[act.Action]:
    """Look, while the program runs, at what it has kept."""
    with Progress.read(folder) as progress:
        return [act.decode(event.body) for event in progress.events(lesson)]


@pytest.mark.parametrize("lesson", [entry.id for entry in COURSE.entries])
def test_a_lesson_that_is_killed_goes_on_at_the_very_step(
    home: Path, data_folder: Path, lesson: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey = Uninterrupted(home / "uninterrupted")
    journey.play_noting(lesson)
    lines, states = journey.typed, journey.states
    while lines[-1] == "quit":
        lines = lines[:-1]
    with Progress.open(data_folder, draw_seed=lambda: SEED):
        pass
    luck = Random(f"killed in {lesson}")
    runs = [i for i, line in enumerate(lines) if line in {"run", "new"}]
    drafted = [i for i, state in enumerate(states) if state.drafts and i < len(lines)]
    # Once anywhere, once where a run is under way, and once where something was written and not deployed yet.
    kills = {luck.randrange(1, len(lines) - 1), *(luck.choice(some) for some in (runs, drafted) if some)}
    stored: list[Any] = []
    at, said, again = 0, "", ""
    for kill_at in [*sorted(kills), None]:
        program = Program(lesson, data_folder)
        try:
            said = program.listen()
            assert again in said
            if at:
                assert f"Step {place_of(lesson, states[at].step)} of" in said
            while at < len(lines) and at != kill_at:
                program.type(lines[at])
                said = program.listen()
                at += 1
            if kill_at is None:
                said += program.end()
                break
            before = len(kept_actions(data_folder, lesson))
            program.type(lines[at])
            if at in runs and luck.random() < 0.8:  # while it plays, which it does for some 20 ms
                for _ in range(PATIENCE):
                    if len(kept_actions(data_folder, lesson)) > before:
                        break
            else:
                sleep(luck.uniform(0.0, LONGEST_S))
        finally:
            program.end(kill=True)
        state, notices, kept = look(lesson, data_folder, monkeypatch)
        assert kept[: len(stored)] == stored
        stored = kept
        again = "starts again at 0" if notices else ""
        if notices:  # a run was under way: it is as if it had not been begun
            assert notices == [NEW_STARTS_AGAIN if lines[at] == "new" else STARTS_AGAIN]
            assert state == states[at]
        else:
            at += state != states[at]
            assert state == states[at]
    assert "Lesson finished: " in said
    state, notices, kept = look(lesson, data_folder, monkeypatch)
    assert notices == []
    assert kept[: len(stored)] == stored
    assert (state.runs, state.memory, state.settings) == (
        states[-1].runs,
        states[-1].memory,
        states[-1].settings,
    )
    with Progress.open(data_folder) as progress:
        assert standing(progress, lesson).finished


def place_of(lesson: str, step: str) -> int:
    return next(i for i, one in enumerate(COURSE.lesson(lesson).steps, start=1) if one.id == step)
