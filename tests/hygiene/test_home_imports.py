"""The home screen opens without numpy and httpx: they come with the first lesson."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# The home screen must really have been shown, or the test would praise an app that shows nothing.
HOME = """
import asyncio, pathlib, sys
from tui.app import RidelabApp

async def visit():
    app = RidelabApp(data=pathlib.Path(sys.argv[1]))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("enter")  # the page of the first start
        await pilot.pause()
        shown = type(app.screen).__name__
        assert "Home" in shown, f"the first screen is {shown}"

asyncio.run(visit())
"""


def test_the_home_screen_imports_neither_numpy_nor_httpx(
    imported: Callable[..., set[str]], data_folder: Path
) -> None:
    modules = imported(HOME, str(data_folder))
    assert "textual" in modules
    assert not modules & {"numpy", "httpx"}
