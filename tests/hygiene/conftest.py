"""The tree under test, and Python processes that tell what they imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
MADE_BY_TOOLS = {"__pycache__", "build", "dist"}
HIDDEN_AND_OURS = {".ci", ".github"}

# The process ends with one line on standard error: the top-level names of all modules it has imported.
TELL = """
import json, sys
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
"""


def committed_files(root: Path) -> list[Path]:
    """List what is committed or about to be; without git, everything that no tool made."""
    try:
        git = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root,
            capture_output=True,
            check=True,
        )
        listed = [root / os.fsdecode(name) for name in git.stdout.split(b"\0") if name]
    except (OSError, subprocess.CalledProcessError):
        listed = []
    return sorted(path for path in listed if path.is_file()) or walked_files(root)


def walked_files(root: Path) -> list[Path]:
    """List every file below a folder that no tool made."""

    def by_hand(path: Path) -> bool:
        folders = set(path.relative_to(root).parts[:-1])
        hidden = {name for name in folders if name.startswith(".")} - HIDDEN_AND_OURS
        return not hidden and not folders & MADE_BY_TOOLS

    return sorted(path for path in root.rglob("*") if path.is_file() and by_hand(path))


@pytest.fixture(scope="session")
def root() -> Path:
    """Name the checkout's folder."""
    return ROOT


@pytest.fixture(scope="session")
def committed(root: Path) -> list[Path]:
    """List the files of the project, sorted."""
    return committed_files(root)


@pytest.fixture(scope="session")
def list_files() -> Callable[[Path], list[Path]]:
    """Hand out what lists the files of a project, for any folder."""
    return committed_files


@pytest.fixture
def imported(root: Path) -> Callable[..., set[str]]:
    """Run Python source in a process of its own; return the top-level modules that it imported.

    The source sees its ``arguments`` as ``sys.argv[1:]``; a failure shows all that the process said.
    """

    def run(source: str, *arguments: str) -> set[str]:
        ended = subprocess.run(
            [sys.executable, "-c", source + TELL, *arguments],
            cwd=root,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return set(json.loads(ended.stderr.splitlines()[-1]))

    return run
