"""Preferences: where each comes from, and what the environment makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lessons.progress import Progress
from simulator.errors import UsageError
from tui.settings import DEFAULTS, VALUES, Settings, check_speed
from tui.settings_file import NAME, Choices

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UTF8 = {"LANG": "C.UTF-8"}


@pytest.fixture
def progress(data_folder: Path) -> Iterator[Progress]:
    with Progress.open(data_folder, draw_seed=lambda: 1) as opened:
        yield opened


def test_each_setting_of_the_file_has_values_and_a_default() -> None:
    assert set(VALUES) | {"keys"} == set(Choices.__struct_fields__)
    assert all(DEFAULTS[name] in values for name, values in VALUES.items())


def test_the_nearest_choice_counts(progress: Progress, data_folder: Path) -> None:
    assert Settings(progress, data_folder).value("theme") == "night"
    progress.set_preference("theme", "day")
    assert Settings(progress, data_folder).value("theme") == "day"
    (data_folder / NAME).write_text("theme: contrast\nspeed: 1\n", encoding="utf-8")
    settings = Settings(progress, data_folder, speed="60")
    assert (settings.theme, settings.speed) == ("contrast", "60")
    assert settings.change("theme", "okabe-ito") is None
    assert settings.theme == "okabe-ito"
    assert (data_folder / NAME).read_text(encoding="utf-8") == "theme: okabe-ito\nspeed: 1\n"


def test_a_preference_that_is_not_known_any_more_counts_as_none(
    progress: Progress, data_folder: Path
) -> None:
    progress.set_preference("theme", "sepia")
    assert Settings(progress, data_folder).theme == "night"


def test_what_was_asked_for_is_kept_only_when_it_is_chosen(progress: Progress, data_folder: Path) -> None:
    settings = Settings(progress, data_folder, speed="60")
    assert not (data_folder / NAME).exists()
    settings.speed = "60"
    assert Settings(progress, data_folder).speed == "60"


def test_nonsense_changes_nothing(progress: Progress, data_folder: Path) -> None:
    settings = Settings(progress, data_folder)
    assert settings.change("theme", "sepia") is None
    assert settings.theme == "night"
    assert not (data_folder / NAME).exists()


@pytest.mark.parametrize(
    ("text", "environment", "animations", "views"),
    [
        ("", {}, "full", 5.0),
        ("motion: reduced\n", {}, "none", 2.0),
        ("motion: reduced\n", {"TEXTUAL_ANIMATIONS": "full"}, "none", 2.0),
        ("", {"TEXTUAL_ANIMATIONS": "BASIC"}, "basic", 5.0),
        ("", {"TEXTUAL_ANIMATIONS": "nonsense"}, "full", 5.0),
        ("", {"SSH_TTY": "/dev/pts/1"}, "none", 2.0),
        ("", {"SSH_CONNECTION": "x", "TEXTUAL_ANIMATIONS": "full"}, "full", 2.0),
    ],
)
def test_motion(progress: Progress, data_folder: Path, text, environment, animations, views) -> None:
    (data_folder / NAME).write_text(text, encoding="utf-8")
    settings = Settings(progress, data_folder, environment=environment)
    assert (settings.animations, settings.views_per_s) == (animations, views)


def test_glyphs_are_the_terminals_unless_chosen(progress: Progress, data_folder: Path) -> None:
    settings = Settings(progress, data_folder, environment={"LANG": "C"}, encoding="utf-8")
    assert (settings.value("glyphs"), settings.glyphs) == ("auto", "ascii")
    settings.change("glyphs", "blocks")
    assert settings.glyphs == "blocks"
    assert Settings(progress, data_folder, environment=UTF8, encoding="utf-8").auto_glyphs == "braille"


def test_speeds_are_understood_as_they_are_shown() -> None:
    assert [check_speed(text) for text in ("10", "x60", " X1 ", "end")] == ["10", "60", "1", "end"]
    with pytest.raises(UsageError, match="did you mean `end`"):
        check_speed("ends")
