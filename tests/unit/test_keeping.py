"""A lesson is taken up where it was left; what cannot be read is skipped and told, and never raises."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lessons import actions as act
from lessons.keeping import NEW_STARTS_AGAIN, STARTS_AGAIN, Standing, open_session, standing
from lessons.loader import OpenCourse
from lessons.progress import Progress
from lessons.store_file import ProgressFile
from simulator.storing import pack

if TYPE_CHECKING:
    from lessons.session import Session

COURSE = OpenCourse(Path(__file__).parents[1] / "screens" / "course")
LESSON = "01-load"


def opened(progress: Progress, seed: int | None = None) -> Session:
    session, notices = open_session(COURSE, LESSON, progress, seed)
    assert notices == []
    return session


def run(session: Session, *, new: bool = False) -> None:
    session.perform(act.RunLoad(new=new))
    session.finish()


@pytest.fixture
def progress() -> Progress:
    return Progress.in_memory(course=COURSE.name, seed=7)


def test_a_lesson_that_was_never_opened_stands_nowhere(progress: Progress) -> None:
    assert standing(progress, LESSON) == Standing(0, None, None)


def test_opening_a_lesson_is_its_first_step_and_going_on_the_next(progress: Progress) -> None:
    session = opened(progress)
    assert standing(progress, LESSON) == Standing(0, 5, 1)
    session.perform(act.GoOn())
    assert standing(progress, LESSON) == Standing(1, 5, 2)
    session.perform(act.GoBack())
    assert standing(progress, LESSON) == Standing(1, 5, 1)
    assert progress.last_lesson == LESSON


def test_everything_is_taken_up_again(progress: Progress) -> None:
    session = opened(progress)
    session.perform(act.GoOn())
    session.perform(act.Predict(question="slow_of_sixty", number=3))
    run(session)
    session.perform(act.CompareGroups())
    again = opened(progress)
    assert again.step.id == "run"
    assert again.verdict().met
    assert again.memory == session.memory
    assert [pack(data) for data in again.runs] == [pack(data) for data in session.runs]


def test_the_next_run_goes_on_with_the_last_seed(progress: Progress) -> None:
    session = opened(progress)
    run(session)
    run(session, new=True)
    again = opened(progress)
    run(again)
    run(again, new=True)
    assert [data.settings.seed for data in again.runs] == [7, 8, 8, 9]
    assert [data.number for data in again.runs] == [1, 2, 3, 4]


def test_a_seed_that_is_asked_for_decides_the_next_runs(progress: Progress) -> None:
    run(opened(progress))
    again = opened(progress, seed=500)
    run(again)
    assert [data.settings.seed for data in again.runs] == [7, 500]
    run(opened(progress))
    assert opened(progress).runs[-1].settings.seed == 500


def test_a_run_under_way_starts_again_and_that_is_told_until_it_has(progress: Progress) -> None:
    session = opened(progress)
    run(session)
    session.perform(act.RunLoad(new=True))
    session.lab.advance(20.0)
    for _ in range(2):
        again, notices = open_session(COURSE, LESSON, progress)
        assert notices == [NEW_STARTS_AGAIN]
        assert len(again.runs) == 1
        assert again.lab.seed == 7
    again.perform(act.RunLoad())
    again.lab.advance(20.0)
    again, notices = open_session(COURSE, LESSON, progress)
    assert notices == [STARTS_AGAIN]
    run(again, new=True)  # the very requests that were lost, and a step that asks for new ones counts them
    again = opened(progress)
    assert [data.settings.seed for data in again.runs] == [7, 8]
    assert again.scope()("did.ran_new") == 1


def test_what_cannot_be_read_is_skipped_and_told(progress: Progress) -> None:
    opened(progress).perform(act.GoOn())
    for body in (b'{"do":"teleport"}', b"\xff\xfe", b"[1, 2]"):
        progress.append(LESSON, "run", body)
    progress.append(LESSON, "a-step-that-is-gone", act.encode(act.AskHint()))
    progress.keep_run(90, LESSON, b"{}", b"{}", b"no columns")
    session, notices = open_session(COURSE, LESSON, progress)
    assert session.step.id == "run"
    assert len(notices) == 2
    assert notices[0].startswith("3 actions of this lesson cannot be read by this ridelab")
    assert notices[1].startswith("a run of this lesson is missing: a stored run cannot be read")
    assert all("\n" not in notice for notice in notices)


def test_lessons_do_not_meet(progress: Progress) -> None:
    run(opened(progress))
    other, notices = open_session(COURSE, "02-mail", progress)
    assert notices == []
    assert other.runs == []
    assert progress.last_lesson == "02-mail"


def test_a_reset_begins_anew_with_the_folder_s_seed(progress: Progress) -> None:
    session = opened(progress)
    session.perform(act.GoOn())
    run(session, new=True)
    progress.reset(LESSON)
    assert not standing(progress, LESSON).begun
    again = opened(progress)
    assert (again.place, again.runs, again.lab.seed) == (0, [], 7)


def test_what_follows_from_an_action_is_written_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[list[str]] = []
    write = ProgressFile.write

    def noting(file: ProgressFile, statements: list[tuple[str, tuple[object, ...]]]) -> None:
        written.append([text.split(" VALUES")[0].rpartition(" ")[2] for text, _ in statements])
        write(file, statements)

    with Progress.open(tmp_path, course=COURSE.name) as progress:
        session = opened(progress)
        source = session.version("request-ride@launch").source + "# mine\n"
        session.keep_draft("request-ride", source)
        monkeypatch.setattr(ProgressFile, "write", noting)
        session.perform(act.GoOn())
        session.perform(act.DeployOwn(source=source))
        assert written == [["events", "steps", "places"], ["events", "drafts"]]
        assert session.drafts == opened(progress).drafts == {}
