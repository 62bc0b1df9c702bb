"""Lessons from others are data: source code in them is refused with its place, unless they are trusted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from lessons.loader import MODULE_4, OpenCourse
from simulator.errors import RidelabError
from tests.unit.command import Said, said

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LESSON = """\
title: One
goal: You can
panes: [load, code]
steps:
  - id: only
    title: Only
    text: Do it.
    do: Mark it
    check: [{that: did.deploy_own >= 1, otherwise: nothing deployed}]
    hints: [Look at the code., Mark it.]
    proof:
      - {do: deploy-own, %s}
"""
MARKS = "marks: ['_get_ride(']"
EDITS = """edits: [["'30 Seconds'", "'Soon'"]]"""
SOURCE = 'source: "async def handler(event, context):\\n    return {}\\n"'


@pytest.fixture
def ridelab(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    return partial(said, capsys)


def course(folder: Path, action: str) -> Path:
    (folder / "01-one").mkdir()
    (folder / "course.yaml").write_text(
        "title: T\nsummary: S\nscenario: module-4\nlessons:\n  - {id: 01-one, title: One, minutes: 1, summary: S}\n",
        encoding="utf-8",
    )
    (folder / "01-one" / "lesson.yaml").write_text(LESSON % action, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("action", "key"), [(EDITS, "edits"), (SOURCE, "source"), (f"{MARKS}, {EDITS}", "edits")]
)
def test_source_code_is_refused_at_its_place(tmp_path: Path, action: str, key: str) -> None:
    folder = course(tmp_path, action)
    with pytest.raises(RidelabError) as refused:
        OpenCourse(folder).lesson("01-one")
    line = (LESSON % action).splitlines()[11]
    place, _, what = str(refused.value).splitlines()[0].partition(": ")
    assert place.startswith(f"{folder / '01-one' / 'lesson.yaml'}:12:")
    assert line[int(place.rpartition(":")[2]) - 1 :].startswith((key, action.partition(": ")[2][:3], "[["))
    assert f"`{key}` is code that would run on this machine" in what
    assert "--trust" in what


def test_marks_are_allowed_and_trust_allows_the_rest(tmp_path: Path) -> None:
    assert OpenCourse(course(tmp_path, MARKS)).lesson("01-one").title == "One"
    (tmp_path / "01-one" / "lesson.yaml").write_text(LESSON % EDITS, encoding="utf-8")
    assert OpenCourse(tmp_path, trusted=True).lesson("01-one").title == "One"


def test_the_built_in_course_is_trusted_however_its_folder_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(MODULE_4.parent)
    assert OpenCourse(MODULE_4.relative_to(MODULE_4.parent)).trusted
    assert OpenCourse().trusted


def test_check_refuses_source_code_and_proves_it_when_trusted(
    ridelab: Callable[..., Said], tmp_path: Path
) -> None:
    folder = course(tmp_path, EDITS)
    for what in (folder, folder / "01-one", folder / "01-one" / "lesson.yaml"):
        code, out, err = ridelab("check", str(what))
        assert (code, "01-one" in out) == (2, False)
        assert "allow it with `--trust`" in err
        code, out, err = ridelab("check", "--trust", str(what))
        assert err == ""
        assert (code, out, err) == (
            0,
            "01-one: 1 step, 1 asks something, proved on 20 seeds\n",
            "",
        )


@pytest.mark.parametrize(
    ("action", "what"),
    [
        ("service: promo, marks: [x(]", "no service `promo`"),
        ("note: nothing", "this deploys what is deployed already: give `marks`, `edits` or a `source`"),
        (
            "marks: [x(]}\n      - {do: rollback, service: request-ride, forced: true",
            "only the lab forces a rollback",
        ),
        (
            "marks: [x(]}\n      - {do: deploy, version: request-ride@lunch",
            "did you mean `request-ride@launch`",
        ),
        (
            "marks: [x(]}\n      - {do: deploy, version: promo-discount@mine-1",
            "no version `promo-discount@mine-1`",
        ),
        ("edits: [[a, b, c]]", "expected a list of 2 items"),
    ],
)
def test_a_proof_s_deploys_are_checked_with_their_places(tmp_path: Path, action: str, what: str) -> None:
    with pytest.raises(RidelabError) as refused:
        OpenCourse(course(tmp_path, action), trusted=True).lesson("01-one")
    assert what in str(refused.value)
    assert f"lesson.yaml:1{2 + action.count(chr(10))}:" in str(refused.value)


def test_a_proof_may_deploy_again_what_it_made(tmp_path: Path) -> None:
    again = "marks: ['_get_ride(']}\n      - {do: deploy, version: request-ride@launch}"
    again += "\n      - {do: deploy, version: request-ride@mine-1"
    assert OpenCourse(course(tmp_path, again)).lesson("01-one").title == "One"
