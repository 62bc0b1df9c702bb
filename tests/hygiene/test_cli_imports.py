"""A question about ridelab is answered at once: the screens and the numbers are imported only when needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

HEAVY = {"textual", "numpy", "httpx"}

COMMAND = """
import sys
from tui.cli import main
sys.argv[0] = "ridelab"
try:
    code = main()
except SystemExit as stop:
    code = stop.code
assert not code, f"exit code {code}"
"""


@pytest.mark.parametrize("module", sorted(HEAVY))
def test_a_heavy_import_does_not_go_unseen(imported: Callable[..., set[str]], module: str) -> None:
    assert module in imported(f"import {module}")


def test_importing_the_command_line_imports_nothing_heavy(imported: Callable[..., set[str]]) -> None:
    modules = imported("import tui.cli")
    assert "tui" in modules
    assert not modules & (HEAVY | {"rich"})


@pytest.mark.parametrize("command", ["--version", "--help", "lessons"])
def test_a_quick_command_imports_nothing_heavy(imported: Callable[..., set[str]], command: str) -> None:
    assert not imported(COMMAND, command) & HEAVY
