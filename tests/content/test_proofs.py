"""Every lesson of the built-in course is unmet before its proof and met after it, in twenty plays and more.

A lesson of incidents is played on five seeds for each of them.
"""

import pytest

from lessons.loader import OpenCourse
from lessons.proof import SEEDS, prove

COURSE = OpenCourse()


@pytest.mark.parametrize("lesson", [entry.id for entry in COURSE.entries])
def test_the_lesson_is_proved_in_twenty_plays(lesson: str) -> None:
    proved, problems = prove(COURSE, lesson)
    assert [str(problem) for problem in problems] == []
    assert proved.seeds * max(1, proved.variants) >= len(SEEDS) == 20
    assert proved.asking >= 4


def test_the_course_lists_exactly_the_lessons_there_are() -> None:
    folders = {path.parent.name for path in COURSE.folder.glob("*/lesson.yaml")}
    assert folders == {entry.id for entry in COURSE.entries}
