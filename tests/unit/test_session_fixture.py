"""A learner's progress as the first version wrote it, runs and all: every later version opens it where it was left.

The file is never written again. `python tests/unit/test_session_fixture.py FOLDER` plays the same for a new one.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from lessons import actions as act
from lessons.keeping import open_session, standing
from lessons.loader import OpenCourse
from lessons.progress import Progress

FIXTURE = Path(__file__).parent / "fixtures" / "session-v1" / "progress.db"
SEED = 7


def play(folder: Path) -> None:
    """Play the first three steps of lesson 3 and the first of lesson 6, and stop."""
    course = OpenCourse()
    with Progress.open(folder, course=course.name, draw_seed=lambda: SEED) as progress:
        for lesson, steps in (("03-load", 3), ("06-instrument", 2)):
            session, _ = open_session(course, lesson, progress)
            for _ in range(steps):
                for action in session.step.proof:
                    session.perform(action)
                    session.finish()
                session.perform(act.GoOn())


def test_progress_of_the_first_version_opens_at_the_very_step(tmp_path: Path) -> None:
    shutil.copy(FIXTURE, tmp_path)
    course = OpenCourse()
    with Progress.open(tmp_path, course=course.name) as progress:
        assert (progress.mode, progress.notices, progress.seed) == ("saved", (), SEED)
        assert standing(progress, "03-load").done == 3
        assert progress.last_lesson == "06-instrument"

        session, notices = open_session(course, "03-load", progress)
        assert notices == []
        assert session.step.id == "line-up"
        assert session.runs[0].codes == {401: 60}
        assert session.memory.predictions["slow_of_sixty"].number == 3
        latest = session.runs[-1]
        assert (latest.sent, latest.settings.seed) == (60, SEED)
        assert latest.latencies_s.max() > 1.0
        assert len(latest.spans["name"]) == 0
        assert latest.alerts[0].rule.name == "duration-gt-1000"

        session, _ = open_session(course, "06-instrument", progress)
        assert session.step.id == "all-marks"
        assert [data.refs["request-ride"] for data in session.runs] == ["mark-ride", "mark-discount"]
        assert len(session.runs[-1].spans["name"]) == 60


if __name__ == "__main__":
    play(Path(sys.argv[1]))
