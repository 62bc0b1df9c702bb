"""`ridelab lessons`, `reset` and `doctor`."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lessons.progress import Progress
from tests.unit.command import Said, one_line, said

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]


@pytest.fixture
def ridelab(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run a command; gives (exit code, standard output, standard error)."""
    return partial(said, capsys)


def test_lessons_are_listed_in_order_with_minutes(ridelab: Callable[..., Said]) -> None:
    code, out, err = ridelab("lessons")
    assert (code, err) == (0, "")
    assert [line.split()[0][:2] for line in out.splitlines()] == [f"{n:02}" for n in range(1, 12)]
    assert out.splitlines()[2].split()[:2] == ["03-load", "Put"]
    assert "12 min" in out.splitlines()[2]


def begun(data_folder: Path) -> None:
    from lessons import actions as act
    from lessons.keeping import open_session
    from lessons.loader import OpenCourse

    course = OpenCourse()
    with Progress.open(data_folder) as progress:
        session, _ = open_session(course, "03-load", progress)
        session.perform(act.GoOn())


def test_lessons_tell_progress(ridelab: Callable[..., Said], data_folder: Path) -> None:
    begun(data_folder)
    _, out, _ = ridelab("lessons")
    assert out.splitlines()[2].endswith("step 2 of 8")
    _, out, _ = ridelab("lessons", "--json")
    first, second, *_ = [json.loads(line) for line in out.splitlines()][2:]
    assert first["id"] == "03-load"
    assert (first["done"], first["steps"], first["step"], first["finished"]) == (1, 8, 2, False)
    assert (second["done"], second["steps"], second["step"]) == (0, None, None)


def test_lessons_can_be_looked_at_while_the_lab_is_open(
    ridelab: Callable[..., Said], data_folder: Path
) -> None:
    begun(data_folder)
    with Progress.open(data_folder):
        code, out, err = ridelab("lessons")
    assert (code, err) == (0, "")
    assert "step 2 of 8" in out


def test_reset_begins_a_lesson_anew_and_leaves_the_others(
    ridelab: Callable[..., Said], data_folder: Path
) -> None:
    begun(data_folder)
    assert ridelab("reset", "04-alert", "--yes")[0] == 0
    assert "step 2 of 8" in ridelab("lessons")[1]
    code, out, err = ridelab("reset", "03-load", "--yes")
    assert (code, out) == (0, "")
    assert err == "Lesson 03-load, Put it under load, will begin anew.\n"
    assert "step" not in ridelab("lessons")[1]


def test_reset_all(ridelab: Callable[..., Said], data_folder: Path) -> None:
    begun(data_folder)
    assert ridelab("reset", "--all", "--yes")[0] == 0
    assert "step" not in ridelab("lessons")[1]


@pytest.mark.parametrize(("answer", "left"), [("y\n", 0), ("\n", 1), ("n\n", 1), ("", 1)])
def test_reset_asks(
    ridelab: Callable[..., Said], data_folder: Path, monkeypatch: pytest.MonkeyPatch, answer: str, left: int
) -> None:
    import io

    begun(data_folder)
    typed = io.StringIO(answer)
    typed.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stdin", typed)
    code, _, err = ridelab("reset", "03-load")
    assert code == 0
    assert err.startswith(
        "Begin lesson 03-load, Put it under load, anew? Answers and runs in it are set aside. [y/N] "
    )
    assert ridelab("lessons")[1].count("step 2 of 8") == left


def test_reset_changes_nothing_while_another_window_is_open(
    ridelab: Callable[..., Said], data_folder: Path
) -> None:
    begun(data_folder)
    with Progress.open(data_folder):
        code, _, err = ridelab("reset", "03-load", "--yes")
    assert code == 2
    assert one_line(err).startswith("nothing was changed: another ridelab window owns this folder")
    assert "step 2 of 8" in ridelab("lessons")[1]


def test_doctor_says_what_there_is_and_makes_nothing(ridelab: Callable[..., Said], data_folder: Path) -> None:
    code, out, err = ridelab("doctor")
    assert (code, err) == (0, "")
    for word in ("terminal", "size", "colors", "encoding", "data folder", "textual", "numpy", "Python"):
        assert word in out
    assert str(data_folder) in out
    assert not data_folder.exists()


def test_doctor_names_what_is_in_the_way(ridelab: Callable[..., Said], home: Path) -> None:
    (home / "file").write_text("", encoding="utf-8")
    code, out, err = ridelab("doctor", "--data", str(home / "file" / "data"))
    assert code == 1
    assert "cannot be saved" in out
    assert "it is not a folder" in one_line(err)


@pytest.mark.parametrize(
    ("environment", "colors"),
    [
        ({"NO_COLOR": "1"}, "none (NO_COLOR is set)"),
        ({"COLORTERM": "truecolor"}, "16 million"),
        ({"COLORTERM": "", "TERM": "xterm-256color"}, "256"),
        ({"COLORTERM": "", "TERM": "xterm"}, "16"),
        ({"COLORTERM": "", "TERM": "dumb"}, "none"),
    ],
    ids=str,
)
def test_doctor_knows_the_colors(
    ridelab: Callable[..., Said], monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], colors: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    [line] = [line for line in ridelab("doctor")[1].splitlines() if line.startswith("colors")]
    assert line.removeprefix("colors").strip().startswith(colors)


def test_doctor_reads_the_settings_and_names_keys_that_clash(
    ridelab: Callable[..., Said], data_folder: Path
) -> None:
    data_folder.mkdir(parents=True)
    path = data_folder / "settings.yaml"
    path.write_text("theme: contrast\nkeys:\n  load.turn: r\n  lesson.speed: W\n", encoding="utf-8")
    code, out, err = ridelab("doctor")
    assert code == 1
    assert "theme contrast, for 2 commands" in out.replace("keys ", "")
    assert one_line(err).startswith("settings.yaml:3:14: `r` is both `load.turn` and `lesson.run`")
    path.write_text("theme: nigth\n", encoding="utf-8")
    code, out, err = ridelab("doctor")
    assert code == 1
    assert "cannot be read: the defaults hold" in out
    assert one_line(err).startswith("settings.yaml:1:8: ")


@pytest.mark.parametrize(
    ("locale", "term", "glyphs"),
    [("C.UTF-8", "xterm", "braille"), ("C.UTF-8", "linux", "blocks"), ("C", "xterm", "ascii")],
)
def test_doctor_says_what_charts_are_drawn_with(
    ridelab: Callable[..., Said], monkeypatch: pytest.MonkeyPatch, locale: str, term: str, glyphs: str
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    monkeypatch.setenv("TERM", term)
    [line] = [line for line in ridelab("doctor")[1].splitlines() if line.startswith("glyphs")]
    assert line.removeprefix("glyphs").strip().startswith(glyphs)
