"""The settings screen and settings.yaml: a change is seen at once and kept; a bad file never stops the lab."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.command import CommandPalette

from lessons.progress import Progress
from tui.screens.home import HomeScreen
from tui.screens.lesson import LessonScreen
from tui.screens.settings import SettingsScreen
from tui.settings_file import HEAD, NAME

if TYPE_CHECKING:
    from pathlib import Path

SIZES = [(60, 20), (80, 24), (120, 40)]


def words(seat) -> str:
    return " ".join(seat.text().replace("│", " ").split())


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_each_setting_stands_with_its_value_and_what_it_means(sit, data_folder: Path, size) -> None:
    async with sit(size) as seat:
        await seat.press("comma")
        text = words(seat)
        assert "❯ theme ‹ night › dark and calm" in text
        assert "glyphs auto found here: braille" in text
        assert "motion full animations" in text
        assert "speed x10 10 virtual seconds in one" in text
        assert "escape close" in text
        lines = seat.text().splitlines()
        assert all(line.count("│") in {0, 2} for line in lines if "theme" in line or "File" in line)
        assert str(data_folder.name) in text


async def test_a_change_is_seen_and_kept_at_once(sit, data_folder: Path) -> None:
    async with sit() as seat:
        await seat.press("comma", "right")
        assert seat.app.theme == "day"
        assert (data_folder / NAME).read_text(encoding="utf-8") == f"{HEAD}theme: day\n"
        await seat.press("left", "left")
        assert seat.app.theme == "okabe-ito"
        await seat.press("j", "enter", "enter", "j", "l", "j", "l")
        assert (seat.app.glyphs, seat.app.animation_level, seat.app.settings.speed) == (
            "blocks",
            "none",
            "60",
        )
        kept = (data_folder / NAME).read_text(encoding="utf-8")
        assert kept == f"{HEAD}theme: okabe-ito\nglyphs: blocks\nmotion: reduced\nspeed: 60\n"
        await seat.press("escape")
        assert isinstance(seat.screen, HomeScreen)
    async with sit() as seat:
        assert (seat.app.theme, seat.app.glyphs, seat.app.animation_level) == ("okabe-ito", "blocks", "none")
        assert (seat.app.settings.speed, seat.app.settings.views_per_s) == ("60", 2.0)


async def test_a_file_of_ones_own_keeps_every_other_line(sit, data_folder: Path) -> None:
    own = "# mine\r\ntheme: 'contrast'  # I like it\r\n\r\nkeys:\r\n  home.reset: Z # far away\r\n"
    (data_folder / NAME).write_bytes(own.encode())
    async with sit() as seat:
        assert seat.app.theme == "contrast"
        await seat.press("comma", "left")
        assert (data_folder / NAME).read_bytes() == own.replace("contrast", "day").encode()


async def test_what_was_kept_in_the_old_place_is_taken_over_where_the_file_has_none(
    sit, data_folder: Path
) -> None:
    with Progress.open(data_folder, course="course") as progress:
        progress.set_preference("theme", "day")
        progress.set_preference("speed", "60")
    (data_folder / NAME).write_text("speed: 1\n", encoding="utf-8")
    async with sit() as seat:
        assert (seat.app.theme, seat.app.settings.speed) == ("day", "1")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"theme: nigth\n", "! settings.yaml:1:8: "),
        (b"theme: [\n", "! settings.yaml:"),
        (b"\xff\xfe\x00", "! settings.yaml:1:1: the file is UTF-16"),
        (b"a: 1\nb: 2\nc: 3\n", "(and 2 more)"),
    ],
)
async def test_a_broken_file_is_said_in_one_line_and_never_written(
    sit, data_folder: Path, data: bytes, said
) -> None:
    (data_folder / NAME).write_bytes(data)
    async with sit() as seat:
        assert said in words(seat)
        assert seat.app.theme == "night"
        await seat.press("comma", "right")
        assert seat.app.theme == "day"
        [message] = seat.messages()
        assert message.startswith("Not kept: settings.yaml:")
        await seat.quiet()
        assert "Not taken ! settings.yaml:" in words(seat)
        await seat.press("escape")
        assert (data_folder / NAME).read_bytes() == data


async def test_a_file_that_breaks_meanwhile_is_not_written_either(sit, data_folder: Path) -> None:
    async with sit() as seat:
        (data_folder / NAME).write_text("theme: [\n", encoding="utf-8")
        await seat.press("comma", "right")
        assert seat.app.theme == "day"
        assert "Not kept: settings.yaml:" in seat.messages()[0]
        assert (data_folder / NAME).read_text(encoding="utf-8") == "theme: [\n"


async def test_a_second_window_changes_its_own_colors_only(sit, data_folder: Path) -> None:
    with Progress.open(data_folder, course="course"):
        async with sit() as seat:
            await seat.press("comma", "right")
            assert seat.app.theme == "day"
            assert seat.messages() == ["Not kept: another ridelab window owns this folder: read-only here"]
            assert not (data_folder / NAME).exists()


async def test_the_speed_that_was_asked_for_is_not_kept(sit, data_folder: Path) -> None:
    async with sit(speed="60") as seat:
        assert seat.app.settings.speed == "60"
        await seat.press("comma", "right")
    assert "speed" not in (data_folder / NAME).read_text(encoding="utf-8")


async def test_other_keys_hold_everywhere_and_clashes_are_named(sit, data_folder: Path) -> None:
    (data_folder / NAME).write_text(
        "keys:\n  lesson.run: W\n  lesson-panel.go-on: [Z, f12]\n  app.help: x\n  home.reset: K\n",
        encoding="utf-8",
    )
    async with sit() as seat:
        assert "! settings.yaml:4:13: `x` is both `app.help` and `lesson" in words(seat)
        await seat.press("enter", "enter")
        assert seat.session.place == 0
        assert "Z go on" in seat.text()
        await seat.press("f12")
        assert seat.session.place == 1
        await seat.press("r")
        assert not seat.session.running
        assert "W run" in seat.text()
        await seat.press("question_mark")
        assert "W  Run the load" in words(seat).replace("W Run", "W  Run")
        await seat.press("escape", "W")
        assert seat.session.running
        await seat.press("q")
        assert isinstance(seat.screen, HomeScreen)
        await seat.press("R")
        assert isinstance(seat.screen, HomeScreen)
        assert "K begin anew" in seat.text()
        await seat.press("comma")
        assert "Your keys lesson.run W lesson-panel.go-on Z f12 home.reset K" in words(seat)
        assert "! settings.yaml:4:13: `x`" in words(seat)


async def test_the_palette_names_the_new_key_and_runs_the_command(sit, data_folder: Path) -> None:
    (data_folder / NAME).write_text("keys: {home.reset: K}\n", encoding="utf-8")
    async with sit() as seat:
        await seat.press("enter", "enter", "q", "colon")
        await seat.until(lambda: isinstance(seat.screen, CommandPalette))
        await seat.pilot.press(*"anew")
        await seat.until(lambda: "Begin anew (K)" in seat.text())


async def test_the_settings_open_over_a_lesson_and_from_the_palette_but_over_no_dialog(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "comma")
        assert isinstance(seat.screen, SettingsScreen)
        assert {"lesson.run", "app.help", "lesson-panel.go-on"} <= set(here(seat))
        await seat.press("question_mark", "comma")
        assert isinstance(seat.screen, LessonScreen)
        await seat.press("colon")
        await seat.until(lambda: isinstance(seat.screen, CommandPalette))
        await seat.pilot.press(*"settings")
        await seat.until(lambda: "Settings (,)" in seat.text())


def here(seat) -> list[str]:
    """What the screen names as commands that can have other keys."""
    table = seat.screen.query_one("#settings-commands").content
    return [str(cell).strip() for cell in table.columns[0].cells]


async def test_a_theme_chosen_in_the_palette_is_kept_in_the_file(sit, data_folder: Path) -> None:
    async with sit() as seat:
        await seat.press("colon")
        await seat.until(lambda: isinstance(seat.screen, CommandPalette))
        await seat.pilot.press(*"okabe")
        await seat.until(lambda: "Theme: okabe-ito" in seat.text())
        await seat.press("enter")
        await seat.until(lambda: seat.app.theme == "okabe-ito")
    assert "theme: okabe-ito\n" in (data_folder / NAME).read_text(encoding="utf-8")


async def test_many_keys_that_are_not_taken_leave_room_for_the_lessons(sit, data_folder: Path) -> None:
    lines = [f"  lesson.nonsense{number}: w\n" for number in range(5)]
    (data_folder / NAME).write_text("keys:\n" + "".join(lines), encoding="utf-8")
    async with sit() as seat:
        assert "and 3 more keys that are not taken" in words(seat)
        await seat.press("comma")
        assert len(seat.app.keymap.problems) == 5


async def test_a_speed_that_is_chosen_over_a_lesson_is_its_speed(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "comma", "k", "right")
        assert seat.lesson.player.speed == "60"
        await seat.press("escape")
        assert "x60" in seat.text()
        await seat.press("x", "comma")
        assert "speed x1 as fast as your own time" in words(seat)
