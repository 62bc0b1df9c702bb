"""No test meets the developer's own folders, window or colors: tests/conftest.py sees to it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from hypothesis import settings

HOSTILE = {
    "COLUMNS": "31",
    "LINES": "7",
    "NO_COLOR": "1",
    "RIDELAB_DATA": "elsewhere",
    "SSH_CONNECTION": "10.0.0.1 22",
    "TERM": "dumb",
    "TEXTUAL_ANIMATIONS": "none",
    "XDG_DATA_HOME": "elsewhere",
}


def test_the_home_folder_is_the_tests_own(home: Path) -> None:
    assert Path.home() == home
    assert list(home.iterdir()) == []


def test_the_data_folder_lies_in_it(home: Path, data_folder: Path) -> None:
    assert os.environ["RIDELAB_DATA"] == str(data_folder)
    assert data_folder.is_relative_to(home)


def test_the_terminal_has_no_past() -> None:
    left = {name for name in HOSTILE if name in os.environ} - {"RIDELAB_DATA", "TERM"}
    assert left == set()
    assert os.environ["TERM"] == "xterm-256color"


def test_properties_know_no_deadline() -> None:
    assert settings().deadline is None


def test_properties_repeat_in_ci(root: Path) -> None:
    source = (
        "import hypothesis as h, runpy, sys; runpy.run_path(sys.argv[1]); print(h.settings().derandomize)"
    )
    said = {
        ci: subprocess.run(
            [sys.executable, "-c", source, str(root / "tests" / "conftest.py")],
            env=os.environ | {"CI": ci},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for ci in ("true", "")
    }
    assert said == {"true": "True", "": "False"}


def test_all_this_holds_in_a_hostile_environment(root: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "not hostile and not ci"]
    ended = subprocess.run(
        [*command, str(Path(__file__))],
        cwd=root,
        env={key: value for key, value in os.environ.items() if not key.startswith("PYTEST")} | HOSTILE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    assert "4 passed" in ended.stdout
