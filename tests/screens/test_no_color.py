"""Without colors: no two states look the same, and no text vanishes where there are only sixteen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from rich.color import ColorSystem, ColorType
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from tui.colorless import FAINT, READABLE, SIXTEEN, NoColors, SixteenColors, contrast
from tui.settings_file import NAME
from tui.theme_colors import COLORS
from tui.themes import THEMES
from tui.widgets.lesson_list import LessonList

if TYPE_CHECKING:
    from pathlib import Path

NIGHT = Color.parse("#16181f")
Look = list[tuple[str, bool, bool, bool, bool]]


@pytest.fixture
def no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")


def strips(seat: Any) -> list[Any]:
    return list(seat.app.screen._compositor.render_strips())


def look(seat: Any, *lines: int) -> Look:
    """What is left of some lines without color: text, bold, reverse, underline, italic; without lines, all of them."""
    found: Look = []
    for y, strip in enumerate(strips(seat)):
        if lines and y not in lines:
            continue
        for text, style, _ in strip:
            looks = (style.bold, style.reverse, style.underline, style.italic) if style else ()
            found += [(character, *map(bool, looks or (0, 0, 0, 0))) for character in text]
    return found


def colors(seat: Any) -> set[object]:
    styles = [style for strip in strips(seat) for _, style, _ in strip if style is not None]
    return {color.type for style in styles for color in (style.color, style.bgcolor) if color is not None}


def line_of(seat: Any, words: str) -> int:
    return next(y for y, strip in enumerate(strips(seat)) if words in strip.text)


@pytest.mark.usefixtures("no_color")
@pytest.mark.parametrize("theme", THEMES)
async def test_the_lesson_under_the_cursor_is_in_reverse(sit, data_folder: Path, theme: str) -> None:
    (data_folder / NAME).write_text(f"theme: {theme}\n", encoding="utf-8")
    async with sit() as seat:
        assert colors(seat) <= {ColorType.DEFAULT}
        rows = [line_of(seat, title) for title in ("Put it under load", "The alert")]
        first, second = (look(seat, row)[10] for row in rows)
        assert first[1:3] == (True, True)
        assert second[1:3] == (False, False)
        await seat.press("j")
        assert look(seat, rows[1])[10][1:3] == (True, True)


@pytest.mark.usefixtures("no_color")
async def test_a_list_without_the_focus_shows_its_cursor_by_bold(sit) -> None:
    async with sit() as seat:
        row = line_of(seat, "Put it under load")
        focused = look(seat, row)
        seat.screen.set_focus(None)
        await seat.pilot.pause()
        blurred = look(seat, row)
        assert blurred != focused
        assert blurred[10][1]
        assert seat.screen.query_one(LessonList).highlighted == 0


@pytest.mark.usefixtures("no_color")
@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_where_the_keys_are_can_be_seen_without_colors(sit, size) -> None:
    async with sit(size) as seat:
        await seat.press("enter", "enter")
        lesson = look(seat)
        await seat.press("tab")
        lab = look(seat)
        foot = range(size[1] - 2)
        assert [c for i, c in enumerate(lesson) if i // size[0] in foot] != [
            c for i, c in enumerate(lab) if i // size[0] in foot
        ]
        assert colors(seat) <= {ColorType.DEFAULT}


@pytest.mark.usefixtures("no_color")
async def test_the_active_tab_differs_from_the_others(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "1")
        [row] = [
            y for y, strip in enumerate(strips(seat)) if "0 Lesson" in strip.text and "1 Load" in strip.text
        ]
        text = strips(seat)[row].text
        cells = look(seat, row)
        active, other = cells[text.index("1 Load")], cells[text.index("0 Lesson")]
        assert active[1:] != other[1:]


@pytest.mark.usefixtures("no_color")
async def test_what_is_done_and_what_is_open_differ_by_signs(sit) -> None:
    async with sit() as seat:
        await seat.press("j", "enter")
        before = seat.text()
        assert "[ ]" in before
        await seat.press("a", "enter")
        await seat.run_load()
        await seat.press("0")
        assert "[x]" in seat.text()
        await seat.press("enter")
        assert "✓" in seat.text()


@pytest.mark.usefixtures("no_color")
async def test_the_setting_under_the_cursor_and_a_dialog_are_seen(sit) -> None:
    async with sit() as seat:
        below = look(seat)
        await seat.press("comma")
        assert look(seat) != below
        first = look(seat)
        await seat.press("j")
        assert look(seat) != first
        assert colors(seat) <= {ColorType.DEFAULT}


def test_a_missing_style_is_no_crash() -> None:
    for one in (NoColors(), SixteenColors()):
        assert one.apply([Segment("a")], NIGHT) == [Segment("a")]


def test_a_background_that_stands_out_is_reverse_and_what_was_reverse_on_it_is_not() -> None:
    bright = Style.parse("#16181f on #7aa2f7")
    calm = Style.parse("bold #d5daf0 on #2f3547")
    both = bright + Style(reverse=True)
    segments = NoColors().apply([Segment("a", bright), Segment("b", calm), Segment("c", both)], NIGHT)
    assert [(bool(one.style.reverse), bool(one.style.bold)) for one in segments if one.style] == [
        (True, False),
        (False, True),
        (False, False),
    ]


def shown(style: Style) -> tuple[int, int]:
    assert style.color is not None
    assert style.bgcolor is not None
    found = [color.downgrade(ColorSystem.STANDARD).number for color in (style.color, style.bgcolor)]
    assert [SIXTEEN[number or 0] for number in found] == [style.color.triplet, style.bgcolor.triplet]
    return found[0] or 0, found[1] or 0


@pytest.mark.parametrize("theme", THEMES)
async def test_with_sixteen_colors_no_text_vanishes(sit, data_folder: Path, monkeypatch, theme: str) -> None:
    (data_folder / NAME).write_text(f"theme: {theme}\n", encoding="utf-8")
    monkeypatch.setenv("COLORTERM", "")
    monkeypatch.setenv("TERM", "xterm-16color")
    async with sit((120, 40)) as seat:
        assert seat.app.console.color_system == "standard"
        for keys in (
            (),
            ("comma",),
            ("escape", "question_mark"),
            ("escape", "enter", "enter"),
            ("r", "e"),
            ("1",),
        ):
            await seat.press(*keys)
            for strip in strips(seat):
                for text, style, _ in strip:
                    assert style is not None
                    if not text.strip() or style.color is None or style.bgcolor is None:
                        continue
                    fore, back = shown(style)
                    assert contrast(SIXTEEN[fore], SIXTEEN[back]) >= FAINT, (text, style, keys)


@pytest.mark.parametrize(
    ("written", "fore", "back"),
    [
        ("#ff5050 on #000000", 9, 0),
        ("#2222cc on #000000", 12, 0),
        ("#7aa2f7 on #16181f", 12, 0),
        ("#9ece6a on #16181f", 10, 0),
        ("#226326 on #f7f6f2", 2, 15),
        ("#777777 on #000000", 7, 0),
        ("#333333 on #000000", 8, 0),
        ("#ffffff on #ffffff", 15, 15),
    ],
)
def test_a_color_keeps_its_hue_and_can_be_read(written: str, fore: int, back: int) -> None:
    [one] = SixteenColors().apply([Segment("a", Style.parse(written))], NIGHT)
    assert one.style is not None
    assert shown(one.style) == (fore, back)


@pytest.mark.parametrize("theme", THEMES)
def test_what_charts_tell_by_color_differs_with_sixteen_colors_too(theme: str) -> None:
    colors = COLORS[theme]
    inks = (colors.success, colors.error, colors.primary, colors.warning)
    segments = [Segment("a", Style.parse(f"{ink} on {colors.background}")) for ink in inks]
    found = [shown(one.style) for one in SixteenColors().apply(segments, NIGHT) if one.style]
    assert len(set(found)) == len(inks)
    assert all(contrast(SIXTEEN[fore], SIXTEEN[back]) >= READABLE for fore, back in found)
