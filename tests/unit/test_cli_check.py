"""`ridelab check` and `schema`."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.command import Said, one_line, said

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]


@pytest.fixture
def ridelab(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run a command; gives (exit code, standard output, standard error)."""
    return partial(said, capsys)


def lesson(tmp_path: Path, text: str) -> Path:
    """Make a course of one lesson."""
    (tmp_path / "01-one").mkdir()
    (tmp_path / "course.yaml").write_text(
        "title: T\nsummary: S\nscenario: module-4\nlessons:\n  - {id: 01-one, title: One, minutes: 1, summary: S}\n",
        encoding="utf-8",
    )
    file = tmp_path / "01-one" / "lesson.yaml"
    file.write_text(text, encoding="utf-8")
    return file


ASKS = """
title: One
goal: You can see it.
panes: [load]
steps:
  - id: only
    title: Only
    text: Do it.
    do: "Press `r`"
    check: [{that: runs.n >= %d, otherwise: no run yet}]
    hints: [Look at the Load pane., Press r.]
    proof: [%s]
"""


def test_check_proves_a_course(ridelab: Callable[..., Said], tmp_path: Path) -> None:
    lesson(tmp_path, ASKS % (1, "{do: run}"))
    code, out, err = ridelab("check", str(tmp_path))
    assert (code, err) == (0, "")
    assert out == "01-one: 1 step, 1 asks something, proved on 20 seeds\n"


@pytest.mark.parametrize("what", ["01-one", "01-one/lesson.yaml", "course.yaml"])
def test_check_takes_a_lesson_or_its_file(ridelab: Callable[..., Said], tmp_path: Path, what: str) -> None:
    lesson(tmp_path, ASKS % (1, "{do: run}"))
    code, out, _ = ridelab("check", str(tmp_path / what))
    assert code == 0
    assert out.startswith("01-one: 1 step")


@pytest.mark.parametrize(
    ("runs", "proof", "what"),
    [(2, "{do: run}", "is not met by its proof"), (0, "{do: run}", "is met before anything is done")],
)
def test_a_lesson_that_cannot_be_proved_is_exit_code_one(
    ridelab: Callable[..., Said], tmp_path: Path, runs: int, proof: str, what: str
) -> None:
    file = lesson(tmp_path, ASKS % (runs, proof))
    code, out, err = ridelab("check", str(tmp_path))
    assert (code, out) == (1, "")
    head, line, sign = err.splitlines()
    assert head.startswith(f"ridelab: {file}:6:5: step `only`")
    assert what in head
    assert line == "     6 |   - id: only"
    assert sign.index("^") == line.index("id:")


def test_a_lesson_that_cannot_be_read_is_exit_code_two_with_every_place(
    ridelab: Callable[..., Said], tmp_path: Path
) -> None:
    file = lesson(tmp_path, "title: One\ngaol: G\nsteps: nothing\n")
    code, _, err = ridelab("check", str(tmp_path))
    assert code == 2
    heads = [line for line in err.splitlines() if line.startswith("ridelab: ")]
    assert len(heads) >= 2
    assert all(line.startswith(f"ridelab: {file}:") for line in heads)
    assert "     2 | gaol: G\n       | ^\n" in err


def test_check_takes_a_scenario(ridelab: Callable[..., Said], tmp_path: Path) -> None:
    good = (ROOT / "simulator" / "scenarios" / "module-4.yaml").read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(good, encoding="utf-8")
    code, out, err = ridelab("check", str(tmp_path / "mine.yaml"))
    assert (code, err) == (0, "")
    assert out == f"{tmp_path / 'mine.yaml'}: 2 functions, 1 route, 1 alert rule\n"
    (tmp_path / "mine.yaml").write_text(good.replace("memory_mb: 128 ", "memory_mb: 12 "), encoding="utf-8")
    code, out, err = ridelab("check", str(tmp_path / "mine.yaml"))
    assert (code, out) == (2, "")
    head, line, sign = err.splitlines()
    assert head.startswith(f"ridelab: {tmp_path / 'mine.yaml'}:")
    assert line[sign.index("^") :].startswith("12 ")


def test_a_folder_with_nothing_in_it_is_told(ridelab: Callable[..., Said], tmp_path: Path) -> None:
    code, _, err = ridelab("check", str(tmp_path))
    assert code == 2
    assert one_line(err) == f"{tmp_path}: neither a course (course.yaml) nor a lesson (lesson.yaml) is in it"


def test_the_schema_describes_every_kind(ridelab: Callable[..., Said]) -> None:
    code, out, _ = ridelab("schema")
    assert code == 0
    document: dict[str, Any] = json.loads(out)
    assert document["$schema"].startswith("https://json-schema.org/")
    names = {kind["$ref"].rpartition("/")[2] for kind in document["anyOf"]}
    assert names == {"Lesson", "Course", "GlossaryFile", "Scenario"}
    assert names <= document["$defs"].keys()
    assert set(document["$defs"]["Lesson"]["required"]) >= {"title", "goal", "steps"}
    assert document["$defs"]["Lesson"]["additionalProperties"] is False
