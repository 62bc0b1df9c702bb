"""Beside the lessons in plain text: the mysteries, the summary, the lesson that follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lessons import actions as act
from lessons.keeping import open_session
from lessons.progress import Progress
from tests.unit.plain_talk import COURSE, SEED, Talk
from tui.plain import Desk, Plain
from tui.plain_course import summary_lines
from tui.plain_text import markdown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def talk(data_folder: Path) -> Iterator[Talk]:
    with Progress.open(data_folder) as progress:
        yield Talk(progress, data_folder)


def test_mysteries_are_told_once_seen_and_what_closed_them(talk: Talk) -> None:
    assert talk.type("mysteries").count("No mystery so far") == 1
    talk.again("3")
    said = talk.again("mysteries")
    assert said[0] == "3 of 3 open."
    assert "Seen in lesson 3, Put it under load." in said
    assert sum(line.startswith("Open: ") for line in said) == 3


def test_a_closed_mystery_names_its_evidence(data_folder: Path) -> None:
    mystery = COURSE.course.mysteries[-1]
    with Progress.open(data_folder) as progress:
        open_session(COURSE, mystery.seen, progress, SEED)[0].perform(act.GoOn())
        session, _ = open_session(COURSE, mystery.closed_in, progress, SEED)
        place, step = next(
            (i, step)
            for i, step in enumerate(session.lesson.steps)
            if step.question is not None and step.question.id == mystery.closed_by
        )
        session.perform(act.RunLoad())
        session.finish()
        session.place = place
        assert step.question is not None
        right = tuple(choice.id for choice in step.question.choices if choice.right)
        session.perform(act.Answer(question=step.question.id, choices=right))
        said = Talk(progress, data_folder).again("board")
    closed = next(i for i, line in enumerate(said) if line.startswith("Closed: "))
    assert said[0] == "2 of 3 open."
    assert f"closed in lesson {int(mystery.closed_in[:2])}, " in said[closed + 1]
    assert not said[closed + 2].startswith(("Open", "Seen"))


def test_the_summary_is_said_and_written_and_names_what_was_not_begun_in_one_line(
    talk: Talk, data_folder: Path
) -> None:
    talk.type("", "answer 1", lesson="03-load")
    talk.again("q")
    said = talk.again("summary")
    assert said[0] == "Module 4: Debugging failure: what I found"
    assert any("Expected: " in line for line in said)
    assert "Not begun: lessons 1, 2, 4, 5, 6, 7, 8, 9, 10, 11." in said
    assert "Not begun." not in said
    assert all(len(line) <= 78 for line in said)
    assert talk.again("summary export")[0].startswith("Written to ")
    assert len(list((data_folder / "exports").glob("*-summary-*.md"))) == 1
    assert talk.again("summary all") == ["No `all` here: `summary export` writes it to a file"]


def test_lessons_that_were_begun_stay_in_the_summary() -> None:
    page = "# T\n\n## Lesson 1: A\n\nNot begun.\n\n## Lesson 2: B\n\n1 of 2 steps done.\n"
    assert summary_lines(page, 78) == [
        "T",
        "",
        "Lesson 2: B",
        "",
        "1 of 2 steps done.",
        "",
        "Not begun: lesson 1.",
    ]


def test_whoever_finishes_a_lesson_hears_which_is_next(talk: Talk) -> None:
    talk.type(lesson="05-compare")
    lesson = talk.plain.lesson
    assert lesson is not None
    assert talk.plain._after(lesson.entry) == [
        "Next is lesson 6, Instrument the handler: type 6. `lessons` lists all."
    ]
    last = COURSE.entries[-1]
    assert talk.plain._after(last)[0].startswith("Next is lesson 1, ")


def test_a_paragraph_inside_an_item_is_wrapped_and_no_code() -> None:
    inside = "word " * 30
    lines = markdown(f"- one\n\n    {inside}\n\nbehind\n\n    code  as it is", 60)
    assert lines[0] == "- one"
    assert all(line.startswith("    word") and len(line) <= 60 for line in lines[2:5])
    assert lines[-1] == "    code  as it is"


def test_whoever_interrupts_hears_that_everything_is_saved(data_folder: Path) -> None:
    def interrupted() -> str:
        raise KeyboardInterrupt

    heard: list[str] = []
    with Progress.open(data_folder) as progress:
        plain = Plain(Desk(COURSE, progress, data_folder, SEED), heard.append, interrupted)
        with pytest.raises(KeyboardInterrupt):
            plain.play("03-load")
    assert heard[-2:] == ["", "Everything is saved."]
