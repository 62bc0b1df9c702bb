"""Themes: what is written can be read, and what must be told apart differs, for everybody."""

from __future__ import annotations

from typing import get_args

import pytest
from textual.color import Color

from tests.unit.color_vision import VISION, nearest_pair
from tui.colorless import contrast
from tui.settings_file import ThemeName
from tui.theme_colors import COLORS
from tui.themes import THEMES, themes

VARIABLES = {theme.name: {**theme.to_color_system().generate(), **theme.variables} for theme in themes()}
INKS = ("text-success", "text-error", "text-secondary", "text-primary", "text-accent", "text-warning")
"""The inks of charts that mean something: answered, failed, p50, p95, p99, marks and thresholds."""
TEXT = ("foreground", "text-muted", *INKS)
BEHIND = ("background", "surface", "panel")
BARS = ("primary", "success", "accent", "warning", "error", "text-secondary")
LEAST = {"contrast": 7.0}
Rgb = tuple[int, int, int]


def rgb(theme: str, name: str, behind: str = "background") -> Rgb:
    """What a variable comes to, as Textual draws it: ``auto`` is black or white, mixed with what lies behind it."""
    written = VARIABLES[theme][name]
    back = Color.parse(VARIABLES[theme][behind])
    if written.startswith("auto"):
        alpha = int(written.split()[1].rstrip("%")) / 100
        return (back + back.get_contrast_text(alpha)).rgb
    return (back + Color.parse(written)).rgb


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("behind", BEHIND)
def test_every_text_can_be_read_on_every_background(theme: str, behind: str) -> None:
    back = rgb(theme, behind)
    found = {ink: round(contrast(rgb(theme, ink, behind), back), 2) for ink in TEXT}
    assert {ink: ratio for ink, ratio in found.items() if ratio < LEAST.get(theme, 4.5)} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_quiet_words_in_panes_can_be_read(theme: str) -> None:
    """Panes write them as ``$foreground 60%``."""
    back = Color.parse(VARIABLES[theme]["background"])
    quiet = (back + Color.parse(VARIABLES[theme]["foreground"]).with_alpha(0.6)).rgb
    assert contrast(quiet, back.rgb) >= LEAST.get(theme, 4.5)


@pytest.mark.parametrize("theme", THEMES)
def test_the_line_under_the_cursor_can_be_read_and_stands_out(theme: str) -> None:
    back = rgb(theme, "block-cursor-background")
    least = LEAST.get(theme, 4.5)
    assert contrast(rgb(theme, "block-cursor-foreground"), back) >= least
    assert contrast(rgb(theme, "foreground"), rgb(theme, "block-cursor-blurred-background")) >= least
    assert contrast(back, rgb(theme, "background")) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_every_ink_can_be_read_on_a_row_under_the_cursor(theme: str) -> None:
    """Such rows are bold; Okabe and Ito's vermilion reaches 5.1 on black itself."""
    back = rgb(theme, "block-cursor-blurred-background")
    least = {"contrast": 7.0, "okabe-ito": 4.0}.get(theme, 4.5)
    found = {ink: round(contrast(rgb(theme, ink), back), 2) for ink in ("foreground", *INKS)}
    assert {ink: ratio for ink, ratio in found.items() if ratio < least} == {}
    assert contrast(back, rgb(theme, "background")) >= 1.2


@pytest.mark.parametrize("theme", THEMES)
def test_bars_stand_out_from_the_background(theme: str) -> None:
    assert {bar for bar in BARS if contrast(rgb(theme, bar), rgb(theme, "background")) < 3} == set()


@pytest.mark.parametrize("theme", THEMES)
def test_the_inks_of_charts_differ(theme: str) -> None:
    distance, one, other = nearest_pair({ink: rgb(theme, ink) for ink in INKS}, "trichromat")
    assert distance >= 18, (one, other, distance)


@pytest.mark.parametrize("vision", VISION)
def test_okabe_ito_can_be_told_apart_by_the_color_blind(vision: str) -> None:
    inks = {ink: rgb("okabe-ito", ink) for ink in (*INKS, "foreground")}
    distance, one, other = nearest_pair(inks, vision)
    assert distance >= 15, (one, other, distance)


def test_the_color_blind_do_see_less_in_other_themes() -> None:
    """The measure can fail: what okabe-ito is for, night does not have."""
    inks = {ink: rgb("night", ink) for ink in INKS}
    assert min(nearest_pair(inks, vision)[0] for vision in VISION) < 15


def test_the_settings_file_knows_all_themes() -> None:
    assert set(get_args(ThemeName)) == set(THEMES) == set(COLORS)
