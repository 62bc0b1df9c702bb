"""What every test shares: a home of its own, a terminal without a past, and properties that repeat.

The lab must not meet the machine it is tested on: no test may read or write the developer's progress, and no
golden screen may depend on the window it was started from.
"""

from __future__ import annotations

import os
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from pathlib import Path

SIZE_AND_COLOR = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE")
REMOTE_AND_NESTED = ("SSH_CLIENT", "SSH_CONNECTION", "SSH_TTY", "STY", "TMUX")
ANYTHING_WITH = ("RIDELAB", "TEXTUAL", "TERM_PROGRAM", "TTY_", "XDG_")
PROXIES = ("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")

# Textual reads its variables when it is imported, so they go before any test module is.
for _name in list(os.environ):
    if _name.upper() in (*SIZE_AND_COLOR, *REMOTE_AND_NESTED, *PROXIES) or _name.startswith(ANYTHING_WITH):
        del os.environ[_name]
os.environ["TERM"] = "xterm-256color"
os.environ["COLORTERM"] = "truecolor"
os.environ["LC_ALL"] = "C.UTF-8"

# A deadline is a wall clock, and the machines that run this are shared.
settings.register_profile("ridelab", deadline=None, derandomize=bool(os.environ.get("CI")), print_blob=True)
settings.load_profile("ridelab")

_serial = count()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let golden texts be written anew: look at the difference before you commit it."""
    parser.addoption("--update-golden", action="store_true", help="write the golden screens anew")


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(autouse=True)
def home(_homes: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test, and every process it starts, an empty home folder of its own."""
    folder = _homes / str(next(_serial))
    folder.mkdir()
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setenv("RIDELAB_DATA", str(folder / "data"))
    return folder


@pytest.fixture
def data_folder(home: Path) -> Path:
    """Name the folder where the lab keeps its progress in this test; the lab makes it."""
    return home / "data"
