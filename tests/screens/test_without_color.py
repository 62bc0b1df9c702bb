"""Under NO_COLOR no two states look the same: their words, or bold, reverse and underline tell them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.widgets.tab_strip import Tab, written

if TYPE_CHECKING:
    from tests.screens.conftest import Seat

SEVEN = tuple(
    Tab(name.lower(), str(i), name, badge)
    for i, (name, badge) in enumerate(
        [
            ("Lesson", "✓"),
            ("Load", ""),
            ("Alerts", "!2"),
            ("Invocations", ""),
            ("Runs", ""),
            ("Trace", ""),
            ("Code", ""),
            ("Compare", ""),
            ("Map", ""),
        ]
    )
)


@pytest.fixture(autouse=True)
def no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")


def look(seat: Seat, selector: str) -> list[tuple[str, bool, bool, bool]]:
    """A widget's cells as text with what remains of its style without color."""
    region = seat.screen.query_one(selector).region
    strips = seat.app.screen._compositor.render_strips()[region.y : region.bottom]
    found = []
    for strip in strips:
        for segment in strip.crop(region.x, region.right):
            style = segment.style
            marks = (
                bool(style and style.bold),
                bool(style and style.reverse),
                bool(style and style.underline),
            )
            found += [(letter, *marks) for letter in segment.text]
    return found


async def test_the_app_knows_that_there_are_no_colors(sit) -> None:
    async with sit() as seat:
        assert seat.app.no_color


async def test_the_tab_that_is_open_stands_out(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "1")
        load = look(seat, "#tabs-narrow")
        await seat.press("4")
        runs = look(seat, "#tabs-narrow")
        assert [cell[0] for cell in load] == [cell[0] for cell in runs]
        assert {cell[2] for cell in load} == {True, False}
        assert load != runs


async def test_the_side_that_has_the_keys_stands_out(sit) -> None:
    async with sit((120, 40)) as seat:
        await seat.press("enter")
        lesson, tabs = look(seat, "#lesson"), look(seat, "#tabs-wide")
        await seat.press("tab")
        assert look(seat, "#lesson") != lesson
        assert look(seat, "#tabs-wide") != tabs


async def test_unread_mail_is_counted_on_the_tab(sit) -> None:
    async with sit() as seat:
        await seat.press("j", "enter")
        before = look(seat, "#tabs-narrow")
        await seat.run_load()
        badge = [cell for cell in look(seat, "#tabs-narrow") if cell[0] == "!"]
        assert badge
        assert badge[0][1]
        assert not [cell for cell in before if cell[0] == "!"]


async def test_every_state_of_the_player_reads_differently(sit) -> None:
    lines = []
    async with sit((60, 20)) as seat:
        await seat.press("enter")
        lines.append(look(seat, "PlayerBar"))
        await seat.press("r")
        await seat.pass_time(1.0)
        lines.append(look(seat, "PlayerBar"))
        await seat.press("space")
        lines.append(look(seat, "PlayerBar"))
        await seat.press("e")
        await seat.until(lambda: len(seat.session.runs) == 1)
        lines.append(look(seat, "PlayerBar"))
    said = ["".join(cell[0] for cell in line) for line in lines]
    assert [line.strip()[0] for line in said] == ["■", "▶", "‖", "■"]
    assert len(set(said)) == 4
    for line in said:
        assert "x10" in line
        assert "19:4" in line
        assert "━" in line or "─" in line


async def test_a_choice_under_the_cursor_ticked_right_or_wrong_says_so(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "enter", "a", "3", "enter")
        await seat.run_load()
        await seat.press("0", "enter", "a")
        lines = [look(seat, "#quiz")]
        await seat.press("j")
        lines.append(look(seat, "#quiz"))
        await seat.press("enter")
        lines.append(look(seat, "#quiz"))
        assert len({tuple(line) for line in lines}) == 3


async def test_messages_tell_how_serious_they_are_by_their_edge(sit) -> None:
    edges = {}
    async with sit() as seat:
        seat.app._disable_notifications = False
        await seat.press("enter")
        for severity in ("information", "warning", "error"):
            seat.app.notify("Something.", severity=severity)
            await seat.until(lambda: bool(seat.screen.query("Toast")))
            edges[severity] = "".join(cell[0] for cell in look(seat, "Toast")).strip()[0]
            await seat.quiet()
            await seat.until(lambda: not seat.screen.query("Toast"))
    assert len(set(edges.values())) == 3


async def test_messages_lie_on_the_first_lines_and_never_more_than_three(sit) -> None:
    async with sit() as seat:
        seat.app._disable_notifications = False
        await seat.press("enter")
        for i in range(6):
            seat.app.notify(f"Message {i}.")
        await seat.until(lambda: seat.text().count("Message") == 3)
        lines = seat.text().splitlines()
        assert [i for i, line in enumerate(lines) if "Message" in line] == [0, 1, 2]


@pytest.mark.parametrize("width", [118, 78, 58])
def test_tabs_are_as_long_as_there_is_room_for(width: int) -> None:
    for active in SEVEN:
        words = written(SEVEN, active.name, width)
        assert sum(map(len, words)) <= width
        for tab, text in zip(SEVEN, words, strict=True):
            assert text.split()[0] == tab.digit
            assert text.split()[-1] == (tab.badge or text.split()[-1])
        assert f" {active.words()} " in words
    if width >= 78:
        assert all(len(text.split()) >= 2 for text in written(SEVEN, "load", width))
