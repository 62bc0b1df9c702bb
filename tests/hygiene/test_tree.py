"""What the other hygiene tests look at: every file of the project, and nothing that a tool has made."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OURS = {"Makefile", ".gitignore", ".github/workflows/ci.yml", "tui/cli.py"}
MADE = {
    ".venv/bin/python",
    ".hypothesis/examples/1",
    ".mypy_cache/x.json",
    "tui/__pycache__/cli.pyc",
    "dist/a.whl",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in OURS | MADE:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x\n", encoding="utf-8")
    ignored = [".venv/", ".hypothesis/", ".mypy_cache/", "__pycache__/", "dist/"]
    (tmp_path / ".gitignore").write_text("\n".join(ignored), encoding="utf-8")
    return tmp_path


def names(project: Path, list_files: Callable[[Path], list[Path]]) -> set[str]:
    return {path.relative_to(project).as_posix() for path in list_files(project)}


def test_an_unpacked_archive_is_walked(project: Path, list_files: Callable[[Path], list[Path]]) -> None:
    assert names(project, list_files) == OURS


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_clone_lists_what_is_or_will_be_committed(
    project: Path, list_files: Callable[[Path], list[Path]]
) -> None:
    subprocess.run(["git", "init", "--quiet", str(project)], check=True)
    subprocess.run(["git", "-C", str(project), "add", "Makefile"], check=True)
    (project / "dist" / "kept.txt").write_text("added by force\n", encoding="utf-8")
    subprocess.run(["git", "-C", str(project), "add", "--force", "dist/kept.txt"], check=True)
    assert names(project, list_files) == OURS | {"dist/kept.txt"}


def test_the_project_itself_is_seen(root: Path, committed: list[Path]) -> None:
    seen = {path.relative_to(root).as_posix() for path in committed}
    assert {"Makefile", "pyproject.toml", "simulator/kernel.py", "tests/conftest.py", ".ci/run"} <= seen
