"""The command line's words: one readable line, the right exit code, nothing lost."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from simulator import __version__
from tests.unit.command import Said, one_line, said
from tui.cli_start import check_terminal, crash_line, write_crash_log

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]


@pytest.fixture
def ridelab(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run a command; gives (exit code, standard output, standard error)."""
    return partial(said, capsys)


@pytest.fixture
def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.cli_start.is_terminal", lambda: True)


# bad usage


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ["fly"],
            "no `fly`; there are start, lessons, run, check, schema, names, reset, doctor (see `ridelab --help`)",
        ),
        (["strat"], "no `strat`; did you mean `start`? (see `ridelab --help`)"),
        (["start", "3-load"], "no lesson `3-load`; did you mean `03-load`?"),
        (["start", "--speed", "11"], "no speed `11`; did you mean `1`?; there are 1, 10, 60, end"),
        (["start", "--seed", "-1"], None),
        (["reset"], "name one lesson, or give --all; nothing was changed"),
        (["reset", "03-load", "--all"], "name one lesson, or give --all; nothing was changed"),
        (["reset", "03-lod", "--yes"], "no lesson `03-lod`; did you mean `03-load`?"),
        (["reset", "03-load"], "reset asks first, and there is no terminal to ask on: give --yes"),
        (["check", "nowhere.yaml"], "nowhere.yaml: there is no such file or folder"),
        (["run", "modul-4"], "no scenario `modul-4`; did you mean `module-4`? (or give a YAML file)"),
        (["run", "--deploy", "request-ride@lunch"], None),
        (["run", "--load", "nowhere.yml"], None),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_usage_is_one_line_and_exit_code_two(
    ridelab: Callable[..., Said], arguments: list[str], line: str | None
) -> None:
    code, out, err = ridelab(*arguments)
    assert code == 2
    assert out == ""
    said = one_line(err)
    assert line is None or said == line


def test_start_needs_a_terminal(ridelab: Callable[..., Said]) -> None:
    code, out, err = ridelab("start")
    assert (code, out) == (2, "")
    assert one_line(err).startswith(
        "start needs a terminal for its screens, and its input or output goes elsewhere"
    )


@pytest.mark.usefixtures("at_a_terminal")
def test_start_says_so_where_the_terminal_cannot_show_screens(
    ridelab: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    code, _, err = ridelab("start")
    assert code == 2
    assert (
        one_line(err)
        == "this terminal (TERM=dumb) cannot show screens: use another, set TERM to what it is, or start with --plain"
    )


@pytest.mark.usefixtures("at_a_terminal")
def test_a_good_terminal_is_taken() -> None:
    check_terminal(environment={"TERM": "xterm-256color"})


def test_a_course_that_cannot_be_read_is_named_with_its_place(
    ridelab: Callable[..., Said], tmp_path: Path
) -> None:
    (tmp_path / "course.yaml").write_text(
        "title: X\nsumary: Y\nscenario: module-4\nlessons: []\n", encoding="utf-8"
    )
    code, _, err = ridelab("start", "--lessons", str(tmp_path))
    assert code == 2
    assert all(line.startswith(f"ridelab: {tmp_path / 'course.yaml'}:") for line in err.splitlines())
    assert ":2:1: " in err


# our own fault


@pytest.mark.usefixtures("at_a_terminal")
def test_a_crash_is_one_line_that_names_a_log_and_exit_code_seventy(
    ridelab: Callable[..., Said], data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tui.app import RidelabApp

    async def fall_over(app: RidelabApp) -> None:
        raise ZeroDivisionError("on purpose")

    def run(app: RidelabApp) -> None:
        import asyncio

        async def inside() -> None:
            async with app.run_test() as pilot:
                pilot.app.call_later(fall_over, app)
                await pilot.pause()

        asyncio.run(inside())

    monkeypatch.setattr(RidelabApp, "run", run)
    code, out, err = ridelab("start", "--data", str(data_folder))
    assert (code, out) == (70, "")
    line = one_line(err)
    assert line.startswith("stopped by a fault of its own (ZeroDivisionError); your progress is saved; ")
    log = Path(line.rpartition(" with ")[2])
    assert log.parent == data_folder
    text = log.read_text(encoding="utf-8")
    assert f"ridelab {__version__}" in text
    assert "fall_over" in text
    assert "ZeroDivisionError: on purpose" in text


def test_where_no_log_can_be_written_the_line_still_says_what_it_was(home: Path) -> None:
    (home / "file").write_text("", encoding="utf-8")
    line = crash_line(ValueError("first\nsecond"), home / "file" / "data")
    assert "no log could be written to" in line
    assert line.endswith(": first")


def test_old_crash_logs_go(tmp_path: Path) -> None:
    for day in range(1, 9):
        (tmp_path / f"crash-2018010{day}-000000-1.log").write_text("old", encoding="utf-8")
    new = write_crash_log(ValueError("x"), tmp_path)
    kept = sorted(path.name for path in tmp_path.glob("crash-*.log"))
    assert len(kept) == 5
    assert kept[-1] == new.name


def test_the_version_is_told(ridelab: Callable[..., Said]) -> None:
    assert ridelab("--version") == (0, f"ridelab {__version__}\n", "")


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo terminal")
def test_in_a_terminal_start_reaches_home_and_q_leaves_it_restored(data_folder: Path) -> None:
    import pty

    from lessons.progress import Progress
    from tui.screens.first_time import mark_seen

    with Progress.open(data_folder, course="module-4") as progress:
        mark_seen(progress)
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.environ.update(COLUMNS="80", LINES="24", RIDELAB_DATA=str(data_folder))
        os.execv(sys.executable, [sys.executable, "-m", "tui.cli", "start"])
    said = b""
    asked = False
    while True:
        try:
            part = os.read(terminal, 65_536)
        except OSError:  # how Linux says that the other side is gone
            break
        if not part:
            break
        said += part
        if not asked and b"Mend it and prove it" in said:
            asked = True
            os.write(terminal, b"q")
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, said[-2000:]
    assert b"\x1b[?1049h" in said
    assert b"\x1b[?1049l" in said
