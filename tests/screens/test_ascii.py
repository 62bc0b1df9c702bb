"""ASCII: every cell of every screen, on as many cells as before; told by the locale or by the setting."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.reactive import reactive

from tests.screens.pane_app import TRACED, PaneApp, a_session, run, settled
from tui.ascii import STAND_INS, Ascii, plain, to_ascii
from tui.charts.chart import Chart
from tui.charts.waterfall import Waterfall
from tui.panes.load import LoadPane
from tui.panes.trace import TracePane
from tui.settings_file import NAME
from tui.terminal import glyphs_for, shows_utf8

if TYPE_CHECKING:
    from pathlib import Path


@given(st.text())
def test_any_text_becomes_ascii_of_the_same_width(text: str) -> None:
    written = to_ascii(text)
    assert written.isascii()
    if all(character.isprintable() for character in text):
        assert cell_len(written) == cell_len(text)


def test_what_the_lab_draws_with_keeps_its_meaning() -> None:
    assert to_ascii("─│┌┘ ● ◉ ○ ✓ – … × µ ▶ ❯ ‹ › é 漢 ⣿ ⠁") == "-|++ * @ o v - ~ x u > > < > e ?? # ."
    assert len({plain(dot) for dot in "●◉○·"}) == 4
    assert all(plain(heavy) != plain(light) for heavy, light in ("━─", "┃│"))
    assert all(len(stand_in) == 1 and stand_in.isascii() for stand_in in STAND_INS.values())


def test_every_box_and_block_has_a_stand_in() -> None:
    for code in (*range(0x2500, 0x25A0), *range(0x2801, 0x2900)):
        assert plain(chr(code)) not in {"?", ""}, unicodedata.name(chr(code))


def test_styles_stay() -> None:
    style = Style(bold=True)
    [one, other] = Ascii().apply([Segment("─", style), Segment("a", None)], Color(0, 0, 0))
    assert one == Segment("-", style)
    assert other == Segment("a", None)


def not_ascii(seat) -> list[str]:
    strips = seat.app.screen._compositor.render_strips()
    assert {strip.cell_length for strip in strips} == {seat.app.size.width}
    return [strip.text for strip in strips if not strip.text.isascii()]


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_every_screen_is_pure_ascii(sit, data_folder: Path, size) -> None:
    (data_folder / NAME).write_text("glyphs: ascii\n", encoding="utf-8")
    async with sit(size) as seat:
        assert not_ascii(seat) == []
        for opens, closes in (("comma", "escape"), ("question_mark", "escape"), ("colon", "escape")):
            await seat.press(opens)
            assert not_ascii(seat) == [], opens
            await seat.press(closes)
        await seat.press("enter")
        assert not_ascii(seat) == []
        await seat.press("enter", "a")
        assert not_ascii(seat) == []
        await seat.press("escape")
        await seat.run_load()
        for key in "1234567":
            await seat.press(key)
            assert not_ascii(seat) == [], key
        await seat.press("q", "R")
        assert not_ascii(seat) == []


async def test_a_change_is_seen_at_once_on_every_screen_below(sit) -> None:
    async with sit() as seat:
        before = seat.text()
        await seat.press("comma", "j", "left")
        assert seat.app.glyphs == "ascii"
        assert not_ascii(seat) == []
        await seat.press("right", "escape")
        assert seat.text() == before


@pytest.mark.parametrize(
    ("environment", "encoding", "glyphs"),
    [
        ({"LANG": "en_US.UTF-8"}, "utf-8", "braille"),
        ({"LANG": "C.utf8"}, "utf-8", "braille"),
        ({}, "utf-8", "braille"),
        ({}, None, "ascii"),
        ({"LANG": "C"}, "utf-8", "ascii"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "POSIX"}, "utf-8", "ascii"),
        ({"LANG": "de_DE.ISO-8859-15@euro"}, "utf-8", "ascii"),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, "utf-8", "braille"),
        ({"LC_ALL": "", "LANG": "en_US.UTF-8"}, "utf-8", "braille"),
        ({"LANG": "en_US.UTF-8"}, "latin-1", "ascii"),
        ({"LANG": "en_US.UTF-8"}, "no-such", "ascii"),
        ({"LANG": "x.\x00"}, "utf-8", "ascii"),
        ({"LANG": "en_US.UTF-8", "TERM": "linux"}, "utf-8", "blocks"),
        ({"LANG": "en_US.UTF-8", "TERM": "linux-16color"}, "utf-8", "blocks"),
        ({"LANG": "C", "TERM": "linux"}, "utf-8", "ascii"),
    ],
)
def test_the_locale_and_the_terminal_choose(environment, encoding, glyphs) -> None:
    assert glyphs_for(environment, encoding) == glyphs
    assert shows_utf8(environment, encoding) == (glyphs != "ascii")


class Glyphed(PaneApp):
    glyphs = reactive("braille", init=False)


async def test_charts_follow_the_app_unless_they_were_told_otherwise() -> None:
    app = Glyphed(LoadPane(), run(a_session()))
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        charts = list(app.query(Chart))
        assert {chart.glyphs for chart in charts} == {"braille"}
        assert "•" in app.text()
        charts[-1].glyphs = "blocks"
        app.glyphs = "ascii"
        await settled(pilot)
        assert {chart.glyphs for chart in charts[:-1]} == {"ascii"}
        assert charts[-1].glyphs == "blocks"
        assert "•" not in app.text()


async def test_the_waterfall_follows_the_app_and_keeps_its_place() -> None:
    app = Glyphed(TracePane(), run(a_session(panes=["trace"]), TRACED))
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        waterfall = app.query_one(Waterfall)
        waterfall.move_cursor(2)
        before, row = app.text(), waterfall.row
        assert "█" in before
        app.glyphs = "ascii"
        await settled(pilot)
        assert "█" not in app.text()
        assert waterfall.row == row
        app.glyphs = "braille"
        await settled(pilot)
        assert "█" in app.text()
