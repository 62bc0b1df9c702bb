"""What one takes along, by its keys: a copy, a picture, a run, a lesson."""

from __future__ import annotations

import csv
import json
import os
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from textual.command import CommandPalette

from lessons.loader import MODULE_4
from lessons.markdown import lesson_markdown
from simulator.run_export import as_csv, as_json_with_requests
from tui.screens.home import HomeScreen
from tui.screens.quiz import QuizScreen
from tui.short_path import short_path
from tui.widgets.lab import PANES

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def clipboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A display whose clipboard is a file: the one tool on the path writes it."""
    file = tmp_path / "clipboard.txt"
    tool = tmp_path / "xclip"
    tool.write_text(f"#!/bin/sh\nexec /bin/cat > '{file}'\n", encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return file


def exports(folder: Path) -> list[Path]:
    return sorted((folder / "exports").glob("*")) if (folder / "exports").exists() else []


async def copied(seat, clipboard: Path) -> str:
    await seat.quiet()
    await seat.press("ctrl+y")
    await seat.until(lambda: bool(seat.messages()))
    [said] = seat.messages()
    assert re.fullmatch(r"Copied (1 line|\d+ lines) with xclip\.", said)
    return clipboard.read_text(encoding="utf-8")


async def exported(seat, key: str) -> Path:
    await seat.quiet()
    before = exports(seat.app.folder)
    await seat.press(key)
    await seat.until(lambda: bool(seat.messages()))
    [said] = seat.messages()
    [new] = [path for path in exports(seat.app.folder) if path not in before]
    assert said.endswith(f" is in {short_path(new)}")
    assert "\n" not in said
    return new


# copy


@pytest.mark.skipif(os.name != "posix", reason="the tool here is a shell script")
async def test_at_home_the_screen_is_copied_as_it_stands(sit, clipboard: Path) -> None:
    async with sit() as seat:
        text = await copied(seat, clipboard)
        assert text.lstrip().startswith("ridelab  seed 7\n")
        assert "\n\n\n" not in text
        assert "·   1  Put it under load" in text


@pytest.mark.skipif(os.name != "posix", reason="the tool here is a shell script")
async def test_in_a_lesson_the_side_one_looks_at_is_copied(sit, clipboard: Path) -> None:
    async with sit(course=MODULE_4) as seat:
        seat.app.panes = PANES
        await seat.press("down", "down", "enter")  # to lesson 3
        text = await copied(seat, clipboard)
        assert text.startswith("## Slow, for some\n\n")
        await seat.press("1")
        text = await copied(seat, clipboard)
        assert text.startswith("No load has been sent in this lesson. artillery-slowness.yml: POST ")
        assert "config:\n" in text  # the plan's own text below the summary
        await seat.press("enter", "tab")
        await seat.run_load()
        await seat.press("v")
        text = await copied(seat, clipboard)
        pane = seat.screen.query_one("#pane-load")
        assert text.startswith(pane.summary())
        assert ("Summary report" in text) == (pane.showing == "report")


@pytest.mark.skipif(os.name != "posix", reason="the tool here is a shell script")
async def test_a_question_is_copied_too(sit, clipboard: Path) -> None:
    async with sit() as seat:
        await seat.press("enter", "enter", "a")
        assert isinstance(seat.screen, QuizScreen)
        assert "Of these sixty" in await copied(seat, clipboard)


async def test_without_a_tool_the_terminal_is_asked_and_that_is_said(
    sit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    written: list[str] = []
    async with sit() as seat:
        driver = seat.app._driver
        monkeypatch.setattr(driver, "write", written.append)
        await seat.press("ctrl+y")
        await seat.until(lambda: bool(seat.messages()))
        assert "Asked the terminal to copy" in seat.messages()[0]
        assert [one for one in written if one.startswith("\x1b]52;c;")]


# pictures


async def test_a_picture_is_a_whole_svg_without_web_fonts(sit) -> None:
    async with sit() as seat:
        first = await exported(seat, "f2")
        assert re.fullmatch(r"ridelab-home-\d{4}-\d\d-\d\d-\d{6}\.svg", first.name)
        svg = first.read_text(encoding="utf-8")
        assert ET.fromstring(svg).tag.endswith("svg")
        assert "@font-face" not in svg
        assert "url(http" not in svg.replace('"', "")
        assert "Put&#160;it&#160;under&#160;load" in svg
        second = await exported(seat, "f2")
        assert second != first
        assert "is&#160;in" not in second.read_text(
            encoding="utf-8"
        )  # the message of the first is not in the second


async def test_a_picture_of_a_question_has_the_question(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "enter", "a")
        path = await exported(seat, "f2")
        assert path.name.startswith("ridelab-quiz-")
        assert "Of&#160;these&#160;sixty" in path.read_text(encoding="utf-8")


async def test_a_folder_that_cannot_be_written_is_one_readable_line(sit, data_folder: Path) -> None:
    (data_folder / "exports").write_text("a file", encoding="utf-8")
    async with sit() as seat:
        await seat.press("f2")
        await seat.until(lambda: bool(seat.messages()))
        [said] = seat.messages()
        assert said == f"{data_folder / 'exports'} cannot be written (file exists): nothing was exported"


# runs


async def test_a_run_is_exported_as_json_and_csv(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "enter")
        await seat.run_load()
        await seat.run_load("n")
        path = await exported(seat, "f3")
        assert path.name.startswith("ridelab-01-load-run-2-")
        assert path.read_text(encoding="utf-8") == as_json_with_requests(seat.session.runs[1])
        assert json.loads(path.read_bytes())["seed"] == 8
        path = await exported(seat, "f4")
        assert path.read_text(encoding="utf-8") == as_csv(seat.session.runs[1])
        with path.open(encoding="utf-8", newline="") as file:
            assert len(list(csv.DictReader(file))) == 60


async def test_the_run_under_the_cursor_is_the_one(sit) -> None:
    async with sit(course=MODULE_4) as seat:
        seat.app.panes = PANES
        await seat.press("down", "down", "enter")  # to lesson 3
        await seat.run_load()
        await seat.run_load("n")
        await seat.press("4", "g")
        path = await exported(seat, "f3")
        cursor = seat.screen.query_one("#pane-runs").table.cursor
        assert path.name.startswith(f"ridelab-03-load-run-{cursor + 1}-")
        assert path.read_text(encoding="utf-8") == as_json_with_requests(seat.session.runs[cursor])


async def test_a_run_under_way_and_no_run_at_all_are_told(sit) -> None:
    async with sit(course=MODULE_4) as seat:
        seat.app.panes = PANES
        await seat.press("f3")
        assert seat.messages() == ["a run is exported from its lesson: open one first"]
        await seat.press("enter")
        await seat.quiet()
        await seat.press("f3")
        assert seat.messages() == ["there is nothing to export: no run has ended yet"]
        await seat.run_load()
        await seat.press("r")
        await seat.quiet()
        await seat.press("f4")
        assert seat.messages() == ["run 2 is under way: it can be exported once it has ended (`e`)"]
        assert exports(seat.app.folder) == []


async def test_the_palette_offers_to_export_only_what_there_is(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "enter", "colon")
        await seat.until(lambda: isinstance(seat.screen, CommandPalette))
        await seat.pilot.press(*"export")
        await seat.until(lambda: "No matches found" in seat.text())
        await seat.press("escape")
        await seat.run_load()
        await seat.press("colon")
        await seat.until(lambda: isinstance(seat.screen, CommandPalette))
        await seat.pilot.press(*"as csv")
        await seat.until(lambda: "Export this run as CSV (f4)" in seat.text())
        await seat.quiet()
        await seat.press("enter")
        await seat.until(lambda: bool(exports(seat.app.folder)))
        assert exports(seat.app.folder)[0].suffix == ".csv"


# lessons


async def test_a_lesson_is_exported_at_its_end_and_from_home(sit) -> None:
    async with sit() as seat:
        await seat.press("j", "enter")
        assert "f5" not in seat.text().splitlines()[-1]
        await seat.press("f5")
        assert exports(seat.app.folder) == []
        await seat.press("a", "enter")
        await seat.run_load()
        await seat.press("0")
        text = lesson_markdown(seat.session, "2")
        assert "f5 export as Markdown" in seat.text().splitlines()[-1]
        at_end = await exported(seat, "f5")
        assert at_end.name.startswith("ridelab-02-mail-")
        assert at_end.suffix == ".md"
        assert at_end.read_text(encoding="utf-8") == text
        await seat.press("enter")
        assert isinstance(seat.screen, HomeScreen)
    async with sit() as seat:
        await seat.press("g", "j")
        assert "f5 export as Markdown" in seat.text().splitlines()[-1]
        from_home = await exported(seat, "f5")
        assert from_home.read_text(encoding="utf-8") == text
        assert isinstance(seat.screen, HomeScreen)


async def test_only_a_finished_lesson_is_exported(sit) -> None:
    async with sit() as seat:
        assert "Markdown" not in seat.text()
        await seat.press("f5")
        assert seat.messages() == ["Only a finished lesson can be exported: put the cursor on one at home."]
