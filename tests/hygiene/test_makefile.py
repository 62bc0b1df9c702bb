"""`make start` does the whole set-up, once, or says in one readable line what is missing.

The Pythons here are small shell scripts that answer as a real one would, so nothing is installed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

MAKE = shutil.which("make")
pytestmark = pytest.mark.skipif(
    MAKE is None or sys.platform == "win32", reason="there is no make here: README.md has the plain commands"
)

# Answers what the Makefile asks of a Python; WHAT.txt collects what it was told to do.
FAKE = """\
#!/bin/sh
case "$*" in
  *print*) echo {version} ;;
  *version_info*) exit {old} ;;
  *ensurepip*) exit {bare} ;;
  *"-m venv"*) echo venv >>WHAT.txt; mkdir -p .venv/bin; cp "$0" .venv/bin/python
    printf '#!/bin/sh\\necho "ridelab $*"\\n' >.venv/bin/ridelab; chmod +x .venv/bin/ridelab ;;
  *"pip install"*) echo "install $*" >>WHAT.txt; echo "{pip}"; exit {failed} ;;
esac
"""


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Path:
    """Lay a fresh clone's set-up files into a folder whose name has a space."""
    clone = tmp_path / "a clone"
    (clone / "simulator").mkdir(parents=True)
    for name in ("Makefile", "constraints.txt", "pyproject.toml", "simulator/_version.py"):
        shutil.copy(root / name, clone / name)
    return clone


def fake_python(checkout: Path, **answers: object) -> Path:
    """Write a Python that answers as told into the checkout's ``bin`` folder."""
    kind: dict[str, object] = {"version": "3.12.1", "old": 0, "bare": 0, "pip": "", "failed": 0}
    path = checkout / "bin" / "python3.12"
    path.parent.mkdir(exist_ok=True)
    path.write_text(FAKE.format(**(kind | answers)), encoding="utf-8")
    path.chmod(0o755)
    return path


def make(checkout: Path, *arguments: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    assert MAKE
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS", "PYTHON"))
    }
    return subprocess.run(
        [MAKE, *arguments],
        cwd=checkout,
        env=kept | ({"PATH": path} if path else {}),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def complaints(ended: subprocess.CompletedProcess[str]) -> list[str]:
    """Return the lines of ours that a failed `make` has printed."""
    assert ended.returncode == 2, ended.stdout + ended.stderr
    return [line for line in ended.stderr.splitlines() if line.startswith("ridelab: ")]


def done(checkout: Path) -> str:
    path = checkout / "WHAT.txt"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def test_make_alone_lists_every_command(checkout: Path) -> None:
    text = (checkout / "Makefile").read_text(encoding="utf-8")
    [phony] = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    ended = make(checkout)
    listed = re.findall(r"^  (\w+) +\S", ended.stdout, re.MULTILINE)
    assert ended.returncode == 0
    assert listed == [name for name in phony.split() if name != "FORCE"]
    assert done(checkout) == ""


def test_start_installs_and_opens_the_lab_with_its_arguments(checkout: Path) -> None:
    ended = make(checkout, "start", f"PYTHON={fake_python(checkout)}", "ARGS=03-load --speed 10")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1] == "ridelab start 03-load --speed 10"
    assert "--constraint constraints.txt --editable ." in done(checkout)


def test_start_installs_only_once(checkout: Path) -> None:
    python = fake_python(checkout)
    make(checkout, "start", f"PYTHON={python}")
    before = done(checkout)
    ended = make(checkout, "start", f"PYTHON={python}")
    assert ended.returncode == 0, ended.stderr
    assert done(checkout) == before


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt", "simulator/_version.py"])
def test_a_changed_requirement_is_installed(checkout: Path, name: str) -> None:
    python = fake_python(checkout)
    make(checkout, "start", f"PYTHON={python}")
    stamp = (checkout / ".venv" / ".start").stat().st_mtime
    os.utime(checkout / name, (stamp + 5, stamp + 5))
    make(checkout, "start", f"PYTHON={python}")
    assert [line.split()[0] for line in done(checkout).splitlines()] == ["venv", "install", "install"]


def test_what_the_tests_need_covers_what_the_lab_needs(checkout: Path) -> None:
    python = fake_python(checkout)
    make(checkout, "test", f"PYTHON={python}")
    make(checkout, "start", f"PYTHON={python}")
    assert [line.split()[-1] for line in done(checkout).splitlines()] == ["venv", ".[test]"]


def test_a_moved_checkout_is_set_up_anew(checkout: Path) -> None:
    fake_python(checkout)
    make(checkout, "start", f"PYTHON={checkout}/bin/python3.12")
    moved = checkout.rename(checkout.parent / "moved")
    ended = make(moved, "start", f"PYTHON={moved}/bin/python3.12")
    assert ended.returncode == 0, ended.stderr
    assert done(moved).count("venv") == 2


def test_a_python_that_does_not_run_is_passed_over(checkout: Path) -> None:
    python = fake_python(checkout)
    broken = python.with_name("python3.14")
    broken.write_text("#!/bin/sh\necho 'python3.14: command not found' >&2\nexit 127\n", encoding="utf-8")
    broken.chmod(0o755)
    ended = make(checkout, "start", path=f"{python.parent}{os.pathsep}{os.environ['PATH']}")
    assert ended.returncode == 0, ended.stderr
    assert "not found" not in ended.stderr
    assert "venv" in done(checkout)


def test_an_old_python_is_named_with_its_version(checkout: Path) -> None:
    python = fake_python(checkout, version="3.9.6", old=1)
    [line] = complaints(make(checkout, "start", f"PYTHON={python}"))
    assert line.startswith(f"ridelab: needs Python 3.11 or newer; {python} is 3.9.6. Install one")


def test_a_machine_without_python_is_told_so(checkout: Path) -> None:
    [line] = complaints(make(checkout, "start", path=str(checkout)))
    assert line.startswith("ridelab: needs Python 3.11 or newer; none was found. Install one")


def test_a_python_that_does_not_exist_is_named(checkout: Path) -> None:
    [line] = complaints(make(checkout, "start", "PYTHON=/nowhere/python3"))
    assert "/nowhere/python3 does not run" in line


def test_a_python_without_venv_is_named_with_its_package(checkout: Path) -> None:
    python = fake_python(checkout, bare=1)
    [line] = complaints(make(checkout, "start", f"PYTHON={python}"))
    assert f"{python} has no venv module with ensurepip" in line
    assert "apt install python3.12-venv" in line


@pytest.mark.parametrize(
    "words",
    [
        "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError: Errno 111'",
        "WARNING: Retrying after connection broken by 'ConnectTimeoutError: timed out'",
        "WARNING: connection broken by 'ProxyError: Cannot connect to proxy.'",
    ],
)
def test_an_unreachable_index_is_told_from_other_failures(checkout: Path, words: str) -> None:
    [line] = complaints(make(checkout, "start", f"PYTHON={fake_python(checkout, pip=words, failed=1)}"))
    assert line.startswith("ridelab: pip cannot reach its package index.")


def test_another_failure_of_pip_is_shown_in_its_own_words(checkout: Path) -> None:
    words = "ERROR: No matching distribution found for textual==99"
    ended = make(checkout, "start", f"PYTHON={fake_python(checkout, pip=words, failed=1)}")
    assert [line.split(".")[0] for line in complaints(ended)] == [
        "ridelab: pip could not install what ridelab needs"
    ]
    assert words in ended.stderr.splitlines()
    assert words in (checkout / ".venv" / "pip.log").read_text(encoding="utf-8")


def test_a_failed_install_is_tried_again(checkout: Path) -> None:
    make(checkout, "start", f"PYTHON={fake_python(checkout, failed=1)}")
    (checkout / ".venv" / "bin" / "python").unlink()
    ended = make(checkout, "start", f"PYTHON={fake_python(checkout)}")
    assert ended.returncode == 0, ended.stderr
