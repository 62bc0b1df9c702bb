"""The summary of a course: predictions beside what came, proofs with intervals, mysteries, the course's questions."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from lessons import actions as act
from lessons.keeping import open_session
from lessons.loader import OpenCourse
from lessons.progress import Progress
from lessons.summary import course_summary
from lessons.summary_page import summary_markdown
from simulator.compare import before_against_after

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lessons.session import Session
    from lessons.summary import CourseSummary

FILE = """\
title: Two lessons
summary: s
scenario: module-4
lessons:
  - {id: 04-alert, title: Alert, minutes: 5, summary: s}
  - {id: 09-prove, title: Prove, minutes: 5, summary: s}
  - {id: 03-load, title: Load, minutes: 5, summary: s}
mysteries:
  - id: a
    title: Why so quiet?
    seen: 04-alert
    closed_in: 04-alert
    closed_by: quiet_means
    evidence: "{{ runs.n }} runs."
  - {id: b, title: Who fails?, seen: 04-alert, closed_in: 03-load, closed_by: none, evidence: Nobody.}
findings:
  - {id: x, ask: What helped?, lesson: 09-prove, answer: "p95 is {{ run.p95 | ms }} now."}
  - {id: y, ask: What else?, lesson: 03-load, answer: "{{ run.n }}"}
"""


def play(session: Session) -> None:
    while True:
        for action in session.step.proof:
            session.perform(action)
            if isinstance(action, act.RunLoad):
                session.finish()
        at_end = session.at_end
        session.perform(act.GoOn())
        if at_end:
            return


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> OpenCourse:
    folder: Path = tmp_path_factory.mktemp("two-lessons")
    for lesson in ("03-load", "04-alert", "09-prove"):
        shutil.copytree(OpenCourse().folder / lesson, folder / lesson)
    (folder / "course.yaml").write_text(FILE)
    return OpenCourse(folder, trusted=True)


@pytest.fixture(scope="module")
def played(course: OpenCourse) -> Iterator[tuple[Progress, dict[str, Session]]]:
    with Progress.in_memory(course=course.name, seed=7) as progress:
        sessions = {}
        for lesson in ("04-alert", "09-prove"):
            sessions[lesson], _ = open_session(course, lesson, progress)
            play(sessions[lesson])
        yield progress, sessions


@pytest.fixture(scope="module")
def summary(course: OpenCourse, played: tuple[Progress, dict[str, Session]]) -> CourseSummary:
    return course_summary(course, played[0])


def test_a_course_that_was_never_begun_says_so(course: OpenCourse) -> None:
    with Progress.in_memory(course=course.name, seed=3) as progress:
        summary = course_summary(course, progress)
        assert (summary.finished, summary.seeds, summary.mysteries) == (0, (3,), ())
        assert [found.answer for found in summary.findings] == [None, None]
        assert summary_markdown(summary).count("Not begun.") == 3


def test_the_seed_is_that_of_the_runs_and_not_the_folder_s(course: OpenCourse) -> None:
    with Progress.in_memory(course=course.name, seed=3) as progress:
        session, _ = open_session(course, "04-alert", progress, seed=7)
        session.perform(act.RunLoad())
        session.finish()
        summary = course_summary(course, progress)
        assert summary.seeds == (7,)
        assert "; seed 7." in summary_markdown(summary)


def test_what_was_predicted_stands_beside_what_happened(summary: CourseSummary) -> None:
    prove = summary.lessons[1]
    assert (prove.number, prove.standing.finished) == (2, True)
    told = next(
        one for one in prove.predictions if one.ask.startswith("What will the timeout do to the 502s")
    )
    assert told.expected == "Nothing"
    assert told.happened.startswith("A ride fails when it wins a discount")


def test_what_was_compared_stands_with_its_intervals(
    summary: CourseSummary, played: tuple[Progress, dict[str, Session]]
) -> None:
    session = played[1]["09-prove"]
    asked = [a for _, a in session.memory.done if isinstance(a, act.CompareRuns)]
    pairs = summary.lessons[1].comparisons
    assert [(one.before, one.after) for one in pairs] == list(
        dict.fromkeys((a.before, a.after) for a in asked)
    )
    first = pairs[0]
    wanted = before_against_after(session.run(first.before), session.run(first.after))
    assert first.figures == tuple(one for one in wanted.everybody if one.name in {"p50", "p95", "p99"})
    assert first.requests == 600
    assert first.proves
    assert "request-ride@launch" in first.versions_before
    assert any(one.low_s is not None for one in first.figures)


def test_questions_are_counted_with_those_that_were_right_at_once(
    summary: CourseSummary, played: tuple[Progress, dict[str, Session]]
) -> None:
    session = played[1]["04-alert"]
    asked = [step.question.id for step in session.lesson.steps if step.question]
    alert = summary.lessons[0]
    assert (alert.questions, alert.right, alert.at_once) == (len(asked), len(asked), len(asked))
    assert alert.runs == len(session.runs)


def test_mysteries_and_the_course_s_questions_are_told_in_the_learner_s_figures(
    summary: CourseSummary, played: tuple[Progress, dict[str, Session]]
) -> None:
    assert [(one.title, one.evidence is None) for one in summary.mysteries] == [
        ("Why so quiet?", False), ("Who fails?", True),
    ]  # fmt: skip
    assert summary.mysteries[0].evidence is not None
    assert summary.mysteries[0].evidence.endswith(" runs.")
    what, else_ = summary.findings
    assert what.answer is not None
    p95 = played[1]["09-prove"].runs[-1].ordered_latencies
    assert what.answer.startswith("p95 is ")
    assert len(p95.values) > 60
    assert else_.answer is None


def test_open_sessions_are_used_and_nothing_is_opened_twice(
    course: OpenCourse,
    played: tuple[Progress, dict[str, Session]],
    summary: CourseSummary,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("lessons.telling.as_it_was_left", lambda *_: pytest.fail("opened again"))
    assert course_summary(course, played[0], played[1]) == summary


def test_a_lesson_that_cannot_be_read_is_named_and_the_rest_is_told(
    course: OpenCourse, played: tuple[Progress, dict[str, Session]], tmp_path: Path
) -> None:
    broken = tmp_path / course.folder.name
    shutil.copytree(course.folder, broken)
    (broken / "09-prove" / "lesson.yaml").write_text("title: [")
    summary = course_summary(OpenCourse(broken, trusted=True), played[0])
    assert summary.lessons[1].problem
    assert summary.findings[0].answer is None
    assert summary.lessons[0].questions > 0
    assert "It cannot be opened" in summary_markdown(summary)


def test_the_page_has_every_part_and_its_figures(summary: CourseSummary) -> None:
    page = summary_markdown(summary)
    assert page.startswith("# Two lessons: what I found\n\n2 of 3 lessons finished; seed 7.")
    for part in (
        "## Lesson 1: Alert",
        "## Lesson 2: Prove",
        "## Mysteries",
        "## The questions of this course",
    ):
        assert part in page
    pair = summary.lessons[1].comparisons[0]
    p95 = next(one for one in pair.figures if one.name == "p95")
    assert p95.low_s is not None
    assert p95.high_s is not None
    assert f"| p95 | {p95.before_s * 1000:,.0f} | {p95.after_s * 1000:,.0f} |" in page
    assert f"{p95.low_s * 1000:+,.0f} to {p95.high_s * 1000:+,.0f} | {p95.verdict} |" in page
    assert "- **Who fails?**: still open" in page
    assert "nan" not in page
    assert "cannot tell ms" not in page
