"""Runs the command line inside the test, and tells what it said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cli import main

if TYPE_CHECKING:
    import pytest

Said = tuple[int, str, str]


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> Said:
    """Run a command; gives (exit code, standard output, standard error)."""
    try:
        code = main(arguments)
    except SystemExit as stop:
        code = int(stop.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


def one_line(err: str) -> str:
    """Make sure that an error is one line of ours; gives it without its head."""
    assert err.startswith("ridelab: ")
    assert err.endswith("\n")
    assert err.count("\n") == 1
    return err.removeprefix("ridelab: ").strip()
