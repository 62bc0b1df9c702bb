"""Every lesson of the built-in course is unmet before its proof and met after it, on a few seeds.

`ridelab check`, in the same `make check` and CI run, proves each on twenty, and each incident on five: this is to
learn of a broken lesson from the tests alone, and soon.
"""

import pytest

from lessons.loader import OpenCourse
from lessons.proof import SEEDS, prove

COURSE = OpenCourse()
FEW, PLAYS = SEEDS[:4], 4


@pytest.mark.parametrize("lesson", [entry.id for entry in COURSE.entries])
def test_the_lesson_is_proved_in_four_plays(lesson: str) -> None:
    incidents = COURSE.document(lesson).value.start.variants
    proved, problems = prove(COURSE, lesson, FEW[:1] if incidents else FEW)
    assert [str(problem) for problem in problems] == []
    assert proved.seeds * max(1, proved.variants) >= PLAYS
    assert proved.variants == len(incidents)
    assert proved.asking >= 4


def test_the_course_lists_exactly_the_lessons_there_are() -> None:
    folders = {path.parent.name for path in COURSE.folder.glob("*/lesson.yaml")}
    assert folders == {entry.id for entry in COURSE.entries}
