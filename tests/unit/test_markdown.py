"""A lesson as Markdown: what it says was true at each step, and comes from the learner's own session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lessons import actions as act
from lessons.expressions import parse_template
from lessons.keeping import open_session
from lessons.loader import OpenCourse
from lessons.markdown import as_it_was_left, lesson_markdown
from lessons.names import FUNCTIONS
from lessons.progress import Progress
from lessons.prose import unmarked
from lessons.session import Session

if TYPE_CHECKING:
    from pathlib import Path

COURSE = OpenCourse()


def play(session: Session) -> list[str]:
    """Play a lesson by its proof; gives what the screen says after each step, at that time."""
    said = []
    while True:
        step = session.step
        for action in step.proof:
            session.perform(action)
            if isinstance(action, act.RunLoad):
                session.finish()
        if step.afterwards:
            text = unmarked(parse_template(step.afterwards).render(session.scope(), functions=FUNCTIONS))
            said.append(text.strip())
        at_end = session.at_end
        session.perform(act.GoOn())
        if at_end:
            return said


@pytest.fixture(scope="module")
def played() -> tuple[Session, list[str]]:
    session = Session(COURSE.scenario, COURSE.lesson("03-load"), 7)
    return session, play(session)


def test_every_step_is_there_with_its_title_and_the_goal(played: tuple[Session, list[str]]) -> None:
    session, _ = played
    text = lesson_markdown(session, "3")
    assert text.startswith(f"# Lesson 3: {session.lesson.title}\n\n{session.lesson.goal}\n")
    for place, step in enumerate(session.lesson.steps, start=1):
        assert f"\n## {place}. {step.title}\n" in text


@pytest.mark.parametrize("lesson", ["03-load", "06-instrument", "09-prove"])
def test_what_happened_is_told_with_the_numbers_of_its_time(lesson: str) -> None:
    session = Session(COURSE.scenario, COURSE.lesson(lesson), 5)
    said = play(session)
    assert len(session.runs) > 1
    text = lesson_markdown(session, "9")
    assert said
    for one in said:
        assert one in text


def test_expectations_and_answers_are_told_with_what_was_said_to_them() -> None:
    session = Session(COURSE.scenario, COURSE.lesson("04-alert"), 7)
    wrong_first = True
    while not session.at_end:
        for action in session.step.proof:
            if isinstance(action, act.Answer) and action.choices and wrong_first:
                wrong_first = False
                session.perform(act.Answer(question=action.question, choices=("memory",)))
            session.perform(action)
            if isinstance(action, act.RunLoad):
                session.finish()
        session.perform(act.GoOn())
    text = lesson_markdown(session, "4")
    assert "- Answer: That it was slow. Not why (right, at the 2nd try)" in text
    assert '> Yes - as the workshop says, "at this point there\'s not much we can tell".' in text
    matching = len(session.runs[0].matching(session.runs[0].settings.rules[0]))
    assert f"- Answer: {matching} invocations (right)" in text
    assert "- Not answered." in text  # the last step's question


def test_a_lesson_that_was_only_opened_says_that_nothing_was_done() -> None:
    session = Session(COURSE.scenario, COURSE.lesson("03-load"), 7)
    text = lesson_markdown(session, "3")
    assert "- Expected: nothing" in text
    assert "No run was made." in text
    assert "{{" not in text


def test_hints_are_counted() -> None:
    session = Session(COURSE.scenario, COURSE.lesson("04-alert"), 7)
    session.perform(act.AskHint())
    assert "Hints asked for: 1 of 2." in lesson_markdown(session, "4")


def test_the_runs_stand_in_a_table_and_too_few_requests_tell_no_p99(
    played: tuple[Session, list[str]],
) -> None:
    session, _ = played
    lines = lesson_markdown(session, "3").splitlines()
    rows = [line for line in lines if line.startswith("| ")][2:]
    assert len(rows) == len(session.runs) == 2
    for number, (row, run) in enumerate(zip(rows, session.runs, strict=True), start=1):
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert cells[0] == str(number)
        assert cells[1] == "request-ride@launch, promo-discount@launch"
        assert cells[4] == "60"
        assert cells[7] == "cannot tell (needs 299)"
        assert cells[8] == f"{run.latencies_s.max() * 1000:,.0f}"
    assert rows[0].endswith("| 60 x 401 |")


def test_the_same_session_gives_the_same_text(played: tuple[Session, list[str]]) -> None:
    session, _ = played
    assert lesson_markdown(session, "3") == lesson_markdown(session, "3")


def test_a_lesson_is_read_from_progress_and_nothing_there_changes(tmp_path: Path) -> None:
    with Progress.open(tmp_path, course=COURSE.name, draw_seed=lambda: 7) as progress:
        session, _ = open_session(COURSE, "03-load", progress)
        play(session)
        expected = lesson_markdown(session, "3")
        open_session(COURSE, "04-alert", progress)
        before = (
            progress.last_lesson,
            progress.place("03-load"),
            len(progress.events()),
            len(progress.runs()),
        )
        again = as_it_was_left(COURSE, "03-load", progress)
        assert lesson_markdown(again, "3") == expected
        again.perform(act.GoBack())
        after = (
            progress.last_lesson,
            progress.place("03-load"),
            len(progress.events()),
            len(progress.runs()),
        )
        assert after == before
        assert progress.last_lesson == "04-alert"
