"""`ridelab start --plain`: any input, any output, no screens and nothing that screens need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lessons.progress import Progress
from tests.unit.command import said as command_said
from tui.plain_start import Lines

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[2]


def test_every_page_is_written_where_there_is_neither_textual_nor_rich() -> None:
    """Play in a process in which importing either is an error. (httpx imports Rich by itself where it can.)"""
    typed = (
        "3; ; answer 2; run; latencies; report; runs; map; q; 4; run; mail; alert; invocations; invocation failed; "
        "request slowest; q; 7; run; trace slowest; trace slowest whole; compare; code; versions; diff traced; "
        "mark 60; export run 1; glossary p95; help; hint; new; compare 1 2; quit"
    )
    lines = typed.split("; ")
    source = (
        "import sys\nsys.modules |= {'textual': None, 'rich': None}\n"
        "from tui.cli import main\nsys.argv[0] = 'ridelab'\nsys.exit(main())\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", source, "start", "--plain", "--seed", "7"],
        cwd=ROOT,
        input="\n".join(lines) + "\n",
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    for page in (
        "Run 1 (request-ride",
        "Subject: ",
        "level  span",
        "attribute",
        "the rider waited",
        "Run 1 (before)",
    ):
        assert page in ended.stdout
    assert "No command" not in ended.stdout


def test_start_plain_needs_no_terminal_and_refuses_what_start_refuses(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = command_said(capsys, "start", "3-load", "--plain")
    assert (code, out) == (2, "")
    assert "no lesson `3-load`" in err


def test_an_input_that_is_no_text_is_read_all_the_same(data_folder: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tui.cli", "start", "--plain"],
        cwd=ROOT,
        input=b"\xff\xfe\x00run\n3\nquit\n",
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"Lesson 3: " in ended.stdout
    assert ended.stdout.isascii()


def test_what_is_read_from_a_file_is_written_too(tmp_path: Path) -> None:
    (tmp_path / "in").write_text("run\n", encoding="utf-8")
    with (
        (tmp_path / "in").open(encoding="utf-8") as source,
        (tmp_path / "out").open("w", encoding="utf-8") as sink,
    ):
        lines = Lines(source, sink)
        assert [lines.read(), lines.read()] == ["run\n", None]
    assert (tmp_path / "out").read_text(encoding="utf-8") == "> run\n> \n"


def test_the_same_seed_in_another_new_folder_answers_the_same_lines_alike(tmp_path: Path) -> None:
    said = [
        subprocess.run(
            [
                sys.executable,
                "-m",
                "tui.cli",
                "start",
                "11-alone",
                "--plain",
                "--seed",
                "7",
                "--data",
                str(folder),
            ],
            cwd=ROOT,
            input="answer 1\n\nrun\nrequest slowest\n",
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=True,
        ).stdout
        for folder in (tmp_path / "one", tmp_path / "two")
    ]
    assert said[0] == said[1]
    assert "the rider waited" in said[0]
    for folder in ("one", "two"):
        with Progress.open(tmp_path / folder) as progress:
            assert progress.seed == 7
