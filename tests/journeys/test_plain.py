"""The course in plain text: every lesson by its commands, kept where the screens find it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lessons import actions as act
from lessons.answers import choice_lines, right_choices
from lessons.keeping import open_session, standing
from lessons.loader import OpenCourse
from lessons.names import FUNCTIONS
from lessons.progress import Progress
from lessons.variants import proof_of
from tui.plain import Desk, Plain
from tui.plain_proof import commands_for
from tui.plain_text import WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lessons.model import Step
    from lessons.session import Session

ROOT = Path(__file__).parents[2]
PROGRAM = (sys.executable, "-m", "tui.cli")
COURSE = OpenCourse()
SEED = 7


class PlainJourney:
    """A learner at a plain terminal: plays lessons by their proofs, in commands, and keeps what was typed and said."""

    def __init__(self, folder: Path, *, wrong_first: bool = False) -> None:
        self.folder = folder
        self.wrong_first = wrong_first
        self.typed: list[str] = []
        self.said: list[str] = []

    def play(self, lesson: str, steps: int | None = None) -> Progress:
        """Play a lesson, or its first steps, and then quit; gives the progress, closed."""
        with Progress.open(self.folder) as progress:
            plain = Plain(Desk(COURSE, progress, self.folder, SEED), self.said.append, self._read)
            self._script = self._lines(plain, steps)
            plain.play(lesson)
        return progress

    def play_course(self) -> None:
        """Play all lessons from the list, one after the other, in one go."""
        with Progress.open(self.folder) as progress:
            plain = Plain(Desk(COURSE, progress, self.folder, SEED), self.said.append, self._read)
            self._script = self._course(plain)
            plain.play()

    def _course(self, plain: Plain) -> Iterator[str]:
        for number, entry in plain._numbered():
            assert plain.lesson is None
            yield number
            assert plain.lesson is not None
            assert plain.lesson.entry == entry
            yield from self._steps(plain.lesson.session, None)

    def _read(self) -> str | None:
        line = next(self._script, None)
        if line is not None:
            self.typed.append(line)
        return line

    def _lines(self, plain: Plain, steps: int | None) -> Iterator[str]:
        assert plain.lesson is not None
        yield from self._steps(plain.lesson.session, steps)
        yield "quit"

    def _steps(self, session: Session, steps: int | None) -> Iterator[str]:
        for step in session.lesson.steps[:steps]:
            assert session.step.id == step.id, self.said[-20:]
            assert step.asks == (not session.verdict().met)
            for action in proof_of(step, session.incident):
                if isinstance(action, act.Answer) and self.wrong_first:
                    yield from self._wrong(session, step)
                yield from self._commands(session, action)
            assert session.verdict().met, f"{step.id}: {session.verdict()}\n" + "\n".join(self.said[-40:])
            yield ""

    def _commands(self, session: Session, action: act.Action) -> Iterator[str]:
        """Type the commands of an action; a source that was edited comes out of a file."""
        if isinstance(action, act.DeployOwn) and (action.edits or action.source):
            file = self.folder / f"own-{len(self.typed)}.py"
            file.write_text(session.versions.resolved(action).source, encoding="utf-8")
            yield f"edit {action.service} {file}"
            yield f"deploy own {action.service} {action.note}"
        else:
            yield from commands_for(session, action)

    def _wrong(self, session: Session, step: Step) -> Iterator[str]:
        """Choose each wrong choice first, and look for its explanation in what is said."""
        question = step.question
        assert question is not None
        yield "answer"
        right = right_choices(question, session.scope(), FUNCTIONS)
        if question.kind == "order" or not isinstance(right, frozenset):
            return
        lines = (
            {one.id: line for line, one in choice_lines(question).items()} if question.kind == "line" else {}
        )
        for place, choice in enumerate(question.choices, start=1):
            if choice.id in right:
                continue
            before = len(self.said)
            yield str(lines.get(choice.id, place))
            answer = self.said[before:]
            assert "Not yet." in answer
            assert len(answer) > answer.index("Not yet.") + 1
            assert not session.verdict().met


@pytest.mark.parametrize("wrong_first", [False, True], ids=["obeying", "wrong-first"])
@pytest.mark.parametrize("lesson", [entry.id for entry in COURSE.entries])
def test_every_lesson_is_played_to_its_end(data_folder: Path, lesson: str, wrong_first: bool) -> None:
    journey = PlainJourney(data_folder, wrong_first=wrong_first)
    journey.play(lesson)
    assert any(line.startswith("Lesson finished: ") for line in journey.said)
    with Progress.open(data_folder) as progress:
        assert standing(progress, lesson).finished
    assert_plain(journey.said)


def test_the_whole_course_is_played_in_one_go(data_folder: Path) -> None:
    journey = PlainJourney(data_folder)
    journey.play_course()
    finished = [line for line in journey.said if line.startswith("Lesson finished: ")]
    assert len(finished) == len(COURSE.entries)
    with Progress.open(data_folder) as progress:
        assert all(standing(progress, entry.id).finished for entry in COURSE.entries)


def assert_plain(lines: list[str]) -> None:
    """Nothing a voice or a dumb terminal stumbles over: no control characters, no drawing, wrapped prose."""
    for line in lines:
        assert line.isprintable(), line
        assert not any("\u2500" <= char <= "\u25ff" or "\u2800" <= char <= "\u28ff" for char in line), line
    prose = [
        line for line in lines if line.startswith(("Step ", "To do: ", "Done: ", "Now: ", "Run ", "Not yet"))
    ]
    assert prose
    assert all(len(line) <= WIDTH for line in prose)


def test_the_screens_go_on_where_plain_text_was_left(data_folder: Path) -> None:
    PlainJourney(data_folder).play("03-load", steps=3)
    with Progress.open(data_folder) as progress:
        session, notices = open_session(COURSE, "03-load", progress)
    assert notices == []
    assert session.step == session.lesson.steps[3]
    assert len(session.runs) == 2
    assert session.runs[0].codes == {401: 60}
    assert progress.steps_done("03-load") == {step.id for step in session.lesson.steps[:3]}


async def test_the_app_itself_shows_the_step_that_plain_text_came_to(data_folder: Path) -> None:
    from tui.app import RidelabApp
    from tui.screens.lesson import LessonScreen

    PlainJourney(data_folder).play("03-load", steps=3)
    app = RidelabApp(data=data_folder, lesson="03-load")
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(400):
            await pilot.pause()
            if isinstance(app.screen, LessonScreen):
                break
        assert isinstance(app.screen, LessonScreen)
        assert app.screen.session.place == 3
        assert len(app.screen.session.runs) == 2


def test_plain_text_goes_on_where_the_screens_were_left(data_folder: Path) -> None:
    with Progress.open(data_folder) as progress:
        session, _ = open_session(COURSE, "03-load", progress, SEED)
        session.perform(act.GoOn())
        session.perform(act.Predict(question=session.step.predict.id, choices=("slower",)))
        session.perform(act.AskHint())
        session.perform(act.RunLoad())
        session.finish()
    said: list[str] = []
    with Progress.open(data_folder) as progress:
        lines = iter(["runs", "quit"])
        Plain(Desk(COURSE, progress, data_folder), said.append, lambda: next(lines, None)).play("03-load")
    text = "\n".join(said)
    assert "Step 2 of 8" in text
    assert "Hint 1 of" in text
    assert "This step is done: enter goes on." in text
    assert "60 x 401" in text
    assert f"seed {SEED}, cold start" in text


@pytest.mark.parametrize("lesson", ["03-load", "06-instrument"])
def test_the_command_line_plays_a_file_of_commands(home: Path, data_folder: Path, lesson: str) -> None:
    for folder in (home / "first", data_folder):  # the folder's seed decides how an order is shuffled
        Progress.open(folder, draw_seed=lambda: SEED).close()
    journey = PlainJourney(home / "first")
    journey.play(lesson)
    commands = home / "commands.txt"
    commands.write_text("# the whole lesson\n" + "\n".join(journey.typed) + "\n", encoding="utf-8")
    with commands.open(encoding="utf-8") as file:
        ended = subprocess.run(
            [*PROGRAM, "start", lesson, "--plain", "--seed", str(SEED), "--data", data_folder],
            cwd=ROOT,
            stdin=file,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "Lesson finished: " in ended.stdout
    assert "> run\n" in ended.stdout
    said = [line for line in ended.stdout.splitlines() if not line.startswith("> ")]
    assert [line for line in said if line] == [line for line in journey.said if line]
