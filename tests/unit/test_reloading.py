"""A lesson that is being written: it is read again when it has changed, and never lost when it cannot be read."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from lessons import actions as act
from lessons.loader import MODULE_4, OpenCourse
from lessons.reloading import Reloader
from lessons.session import Session

COURSE = Path(__file__).parents[1] / "screens" / "course"


class Desk:
    """Somebody who writes a lesson, and has it open."""

    def __init__(self, folder: Path) -> None:
        shutil.copytree(COURSE, folder)
        self.file = folder / "01-load" / "lesson.yaml"
        self.written = 0
        course = OpenCourse(folder)
        self.session = Session(course.scenario, course.lesson("01-load"), 7)
        self.reloader = Reloader(course, "01-load", self.session)

    def write(self, old: str, new: str) -> None:
        """Save another text, with a time of its own."""
        text = self.file.read_text(encoding="utf-8")
        assert old in text
        self.file.write_text(text.replace(old, new, 1), encoding="utf-8")
        self.written += 1
        os.utime(self.file, (self.written, self.written))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "mine")


def test_nothing_is_said_while_nothing_changes(desk: Desk) -> None:
    assert desk.reloader.look() is None
    desk.write("Slow, for some", "Slow, for a few")
    assert desk.reloader.look() is not None
    assert desk.reloader.look() is None


def test_a_changed_lesson_is_read_at_the_same_step(desk: Desk) -> None:
    desk.session.perform(act.GoOn())
    desk.write("  - id: read\n", "  - id: before\n    title: Before\n    text: New.\n  - id: read\n")
    desk.write("watch the dots come in", "look at the dots")
    found = desk.reloader.look()
    assert found is not None
    assert found.read
    assert found.said == "The lesson was read again."
    assert desk.session.step.id == "run"
    assert desk.session.place == 2
    assert "look at the dots" in desk.session.step.text


def test_a_step_that_has_another_name_now_is_the_one_in_its_place(desk: Desk) -> None:
    desk.session.perform(act.GoOn())
    desk.write("  - id: run\n", "  - id: send\n")
    assert desk.reloader.look() is not None
    assert desk.session.step.id == "send"


def test_a_lesson_that_became_shorter_ends_at_its_last_step(desk: Desk) -> None:
    desk.session.place = len(desk.session.lesson.steps) - 1
    desk.file.write_text(
        "title: T\ngoal: You can\npanes: [load]\nsteps:\n  - {id: one, title: T, text: T}\n", encoding="utf-8"
    )
    found = desk.reloader.look()
    assert found is not None
    assert desk.session.at_end
    assert desk.session.step.id == "one"
    assert "`start`" in found.said


def test_what_cannot_be_read_is_told_once_in_one_line_and_the_old_text_stays(desk: Desk) -> None:
    before = desk.session.lesson
    desk.write("    title: Slow, for some\n", "    titel: Slow, for some\n")
    found = desk.reloader.look()
    assert found is not None
    assert not found.read
    assert "\n" not in found.said
    assert found.said.startswith(f"Kept as it was: {desk.file}:")
    assert desk.session.lesson is before
    assert desk.reloader.look() is None
    desk.write("    titel:", "    title:")
    again = desk.reloader.look()
    assert again is not None
    assert again.read


def test_a_file_that_is_gone_for_a_moment_is_told_and_read_when_it_is_back(desk: Desk) -> None:
    text = desk.file.read_bytes()
    desk.file.unlink()
    found = desk.reloader.look()
    assert found is not None
    assert not found.read
    assert "no such file" in found.said
    desk.file.write_bytes(text)
    again = desk.reloader.look()
    assert again is not None
    assert again.read


def test_a_run_under_way_is_not_disturbed(desk: Desk) -> None:
    desk.session.perform(act.GoOn())
    desk.session.perform(act.RunLoad())
    desk.write("Slow, for some", "Slow, for a few")
    assert desk.reloader.look() is None
    desk.session.finish()
    found = desk.reloader.look()
    assert found is not None
    assert found.read
    assert len(desk.session.runs) == 1


def test_progress_of_another_course_is_kept_apart_even_if_its_folder_has_the_same_name(
    tmp_path: Path,
) -> None:
    folder = tmp_path / MODULE_4.name
    shutil.copytree(COURSE, folder)
    assert OpenCourse(folder).name == "module-4 (own)"
    assert OpenCourse(MODULE_4).name == "module-4"


def test_a_course_is_named_after_its_folder_however_that_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(COURSE, tmp_path / "mine")
    monkeypatch.chdir(tmp_path / "mine")
    assert OpenCourse(Path()).name == "mine"
