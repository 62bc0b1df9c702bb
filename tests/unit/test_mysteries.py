"""The board of mysteries: seen once their lesson is begun, closed by one right answer, with that day's figures."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from lessons import actions as act
from lessons.keeping import open_session
from lessons.lint import lint_course
from lessons.loader import OpenCourse
from lessons.mysteries import board, board_problems, evidence
from lessons.outline import Course
from lessons.progress import Progress
from simulator.document import read

if TYPE_CHECKING:
    from pathlib import Path

    from lessons.session import Session

FILE = """\
title: Two lessons
summary: s
scenario: module-4
lessons:
  - {id: 03-load, title: Load, minutes: 5, summary: s}
  - {id: 04-alert, title: Alert, minutes: 5, summary: s}
mysteries:
  - id: slow_fifth
    title: A fifth of the rides is slow
    seen: 03-load
    closed_in: 04-alert
    closed_by: quiet_means
    evidence: "Of {{ run.n | count }} rides {{ run.over | count }} took over a second; seed {{ run.seed | count }}."
  - {id: other, title: Some fail, seen: 04-alert, closed_in: 04-alert, closed_by: quiet_means, evidence: Yes.}
"""


@pytest.fixture
def course(tmp_path: Path) -> OpenCourse:
    return made(tmp_path, FILE)


def made(folder: Path, text: str) -> OpenCourse:
    for lesson in ("03-load", "04-alert"):
        if not (folder / lesson).exists():
            shutil.copytree(OpenCourse().folder / lesson, folder / lesson)
    (folder / "course.yaml").write_text(text)
    return OpenCourse(folder, trusted=True)


def answer_quiet(session: Session, choice: str) -> None:
    """Answer the question that closes the mystery, after a run."""
    if not session.runs:
        session.perform(act.RunLoad())
        session.finish()
    session.perform(act.Answer(question="quiet_means", choices=(choice,)))


def test_nothing_is_on_the_board_before_its_lesson_is_begun(course: OpenCourse) -> None:
    with Progress.in_memory(course=course.name, seed=7) as progress:
        assert board(course, progress) == ()
        open_session(course, "03-load", progress)
        assert [(one.title, one.closed) for one in board(course, progress)] == [
            ("A fifth of the rides is slow", False)
        ]
        assert evidence(course, progress, course.course.mysteries[0]) is None


def test_one_right_answer_closes_it_for_good_and_a_wrong_one_does_not(course: OpenCourse) -> None:
    mystery = course.course.mysteries[0]
    with Progress.in_memory(course=course.name, seed=7) as progress:
        session, _ = open_session(course, "04-alert", progress)
        answer_quiet(session, "fixed")
        assert [one.closed for one in board(course, progress)] == [
            False
        ]  # the other one: 03-load is not begun
        assert evidence(course, progress, mystery) is None
        answer_quiet(session, "nothing_matched")
        answer_quiet(session, "fixed")
        assert [one.closed for one in board(course, progress)] == [True, True]
        slow = int((session.runs[0].latencies_s > 1.0).sum())
        assert evidence(course, progress, mystery) == f"Of 60 rides {slow} took over a second; seed 7."


def test_evidence_is_told_with_a_session_that_is_open_already(
    course: OpenCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Progress.in_memory(course=course.name, seed=7) as progress:
        session, _ = open_session(course, "04-alert", progress)
        answer_quiet(session, "nothing_matched")
        sessions: dict[str, Session] = {}
        first = evidence(course, progress, course.course.mysteries[0], sessions)
        assert list(sessions) == ["04-alert"]
        monkeypatch.setattr("lessons.telling.as_it_was_left", lambda *_: pytest.fail("opened again"))
        assert evidence(course, progress, course.course.mysteries[0], sessions) == first
        assert board(course, progress)[0].closed  # and the board opens none


def test_what_a_later_version_wrote_is_skipped(course: OpenCourse) -> None:
    with Progress.in_memory(course=course.name, seed=7) as progress:
        progress.append("04-alert", "x", b'{"do":"dance"}')
        progress.append("04-alert", "x", b"\xff")
        open_session(course, "03-load", progress)
        assert [one.closed for one in board(course, progress)] == [False]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("    closed_by: quiet_means", "    closed_by: quiet_mean", "did you mean `quiet_means`"),
        ("run.over ", "run.ower ", "did you mean `run.over`"),
        ("run.n |", "run.n || ", "expected"),
    ],
)
def test_what_the_board_cannot_tell_is_a_problem_with_its_place(
    tmp_path: Path, old: str, new: str, why: str
) -> None:
    assert old in FILE
    opened = made(tmp_path, FILE.replace(old, new))
    document = read(tmp_path / "course.yaml", Course, name="course.yaml")
    found = list(board_problems(opened, document))
    assert [why in one.what for one in found] == [True]
    assert found[0].line in {12, 13}
    assert any(why in one.what for one in lint_course(opened))
    assert list(board_problems(made(tmp_path, FILE), document)) == []
