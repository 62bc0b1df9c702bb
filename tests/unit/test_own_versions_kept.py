"""Versions of the learner's own are kept: drafts, and all that another process finds again."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from lessons import actions as act
from lessons.keeping import open_session
from lessons.loader import OpenCourse
from lessons.progress import Progress
from lessons.session import Session
from simulator.deploying import read_version
from simulator.storing import pack

if TYPE_CHECKING:
    from pathlib import Path

COURSE = OpenCourse()
LESSON = "06-instrument"
RIDE, PROMO = "request-ride", "promo-discount"
LAUNCH = read_version("request-ride@launch").source


def marked(*texts: str, note: str = "", at: str = "") -> act.DeployOwn:
    return act.DeployOwn(marks=texts, note=note, at=at)


def run(session: Session) -> None:
    session.perform(act.RunLoad())
    session.finish()


# drafts


def test_a_draft_is_kept_until_it_is_dropped_or_deployed() -> None:
    session = Session(COURSE.scenario, COURSE.lesson(LESSON), 7)
    told: list[tuple[str, str | None]] = []
    session.on_draft = lambda service, text: told.append((service, text))
    session.keep_draft(RIDE, "half a")
    session.keep_draft(RIDE, "half a")
    session.keep_draft(PROMO, "other")
    session.keep_draft(PROMO, None)
    session.keep_draft(PROMO, None)
    draft = LAUNCH + "# mine\n"
    session.keep_draft(RIDE, draft)
    session.perform(act.DeployOwn(source=draft))
    assert session.drafts == {}
    assert told == [(RIDE, "half a"), (PROMO, "other"), (PROMO, None), (RIDE, draft), (RIDE, None)]


# another process

LOOK = """
import json, sys
from pathlib import Path
from lessons.keeping import open_session
from lessons.loader import OpenCourse
from lessons.progress import Progress
from simulator.storing import pack

course = OpenCourse()
with Progress.open(Path(sys.argv[1]), course=course.name) as progress:
    session, notices = open_session(course, "06-instrument", progress)
    print(json.dumps({
        "notices": notices,
        "deploys": [
            [d.number, d.version.ref, d.version.source, d.note, d.at, list(d.difference)] for d in session.deploys
        ],
        "runs": [
            [session.deploy_of(i + 1, s).number for s in ("request-ride", "promo-discount")]
            for i in range(len(session.runs))
        ],
        "packed": [[part.hex() for part in pack(data)] for data in session.runs],
        "running": session.lab.versions["request-ride"].ref,
        "drafts": session.drafts,
    }))
"""


def test_another_process_finds_versions_diffs_runs_and_drafts_again(tmp_path: Path) -> None:
    with Progress.open(tmp_path, course=COURSE.name, draw_seed=lambda: 7) as progress:
        session, _ = open_session(COURSE, LESSON, progress)
        run(session)
        session.perform(marked("_get_ride_discount(", note="is it the discount?", at="2026-03-01T12:00:00"))
        session.perform(
            act.DeployOwn(service=PROMO, edits=(("return 1\n", "return 1  # full price\n"),), note="ü")
        )
        run(session)
        session.perform(act.Rollback(service=RIDE, to=1))
        session.keep_draft(RIDE, LAUNCH + "\n# not yet\n")
    found = subprocess.run(
        [sys.executable, "-c", LOOK, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    seen = json.loads(found.stdout)
    assert seen["notices"] == []
    assert seen["deploys"] == [
        [d.number, d.version.ref, d.version.source, d.note, d.at, list(d.difference)] for d in session.deploys
    ]
    assert seen["deploys"][2][3:5] == ["is it the discount?", "2026-03-01T12:00:00"]
    assert "+    with context.mark('get_ride_discount'):" in seen["deploys"][2][5]
    assert seen["runs"] == [[1, 1], [2, 2]]
    assert seen["packed"] == [[part.hex() for part in pack(data)] for data in session.runs]
    assert seen["running"] == "request-ride@launch"
    assert seen["drafts"] == {RIDE: LAUNCH + "\n# not yet\n"}


def test_a_lesson_that_is_begun_anew_has_no_drafts_and_no_versions_of_before() -> None:
    progress = Progress.in_memory(course=COURSE.name, seed=7)
    session, _ = open_session(COURSE, LESSON, progress)
    session.perform(marked("_get_ride("))
    session.keep_draft(RIDE, "half a")
    assert open_session(COURSE, LESSON, progress)[0].drafts == {RIDE: "half a"}
    progress.reset(LESSON)
    for _ in range(2):
        fresh, notices = open_session(COURSE, LESSON, progress)
        assert (fresh.drafts, len(fresh.deploys), notices) == ({}, 2, [])
