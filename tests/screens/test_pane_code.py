"""The Code pane: the text that runs, how versions differ, deploying and going back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets import Static

from lessons import actions as act
from simulator.deploying import read_version
from tests.screens.pane_app import (
    BESIDE,
    PUBLISHED,
    SCREEN_KEYS,
    TRACED,
    a_session,
    expect_golden,
    keys_of,
    press,
    run,
    settled,
    shown,
)
from tui.panes.code import CodePane
from tui.panes.code_source import difference, numbered
from tui.panes.lines import Lines

if TYPE_CHECKING:
    from tests.screens.pane_app import PaneApp

WITH_PROMO = ["request-ride@launch", TRACED, "promo-discount@fixed"]


def head(app: PaneApp) -> str:
    return str(app.query_one("#code-head", Static).content)


def source(app: PaneApp) -> str:
    """Give the text on the screen without its line numbers."""
    return "\n".join(line[4:] for line in app.query_one("#code-text", Lines).plain.split("\n"))


async def test_it_begins_with_what_is_deployed_and_shows_exactly_the_text_that_runs() -> None:
    session = a_session()
    async with shown(CodePane(), session) as (app, _):
        assert source(app) + "\n" == session.lab.versions["request-ride"].source
        assert "[launch *deployed]" in head(app)
        expect_golden("code", app.text())


@pytest.mark.parametrize(
    "ref", ["request-ride@launch", PUBLISHED, "promo-discount@launch", "promo-discount@fixed"]
)
def test_a_source_is_shown_whole_with_the_number_of_each_line(ref: str) -> None:
    text = read_version(ref).source
    lines = [line.plain for line in numbered(text)]
    assert "\n".join(line[4:] for line in lines) + "\n" == text
    assert [int(line[:4]) for line in lines] == list(range(1, len(lines) + 1))


async def test_v_goes_round_the_versions_that_the_lesson_lists() -> None:
    async with shown(CodePane(), a_session()) as (app, pilot):
        seen = []
        for _ in range(4):
            seen.append(head(app).partition("[")[2].partition("]")[0])
            assert source(app) + "\n" == read_version(f"request-ride@{seen[-1].split()[0]}").source
            await press(pilot, "v")
        assert seen == ["launch *deployed", "traced", "published-trace", "launch *deployed"]


async def test_a_version_that_is_deployed_can_be_read_even_if_the_lesson_lists_others() -> None:
    session = a_session(versions=[TRACED])
    async with shown(CodePane(), session) as (app, _):
        assert "[launch *deployed]" in head(app)
        assert source(app) + "\n" == session.lab.versions["request-ride"].source


async def test_the_promo_service_stays_hidden_until_a_lesson_lists_it() -> None:
    async with shown(CodePane(), a_session()) as (app, pilot):
        await press(pilot, "s")
        assert "promo" not in head(app)
        assert "randint" not in source(app)


async def test_of_the_promo_service_only_what_the_lesson_lists_is_shown_not_even_as_a_difference() -> None:
    async with shown(CodePane(), a_session(versions=WITH_PROMO)) as (app, pilot):
        await press(pilot, "s")
        assert "promo-discount: [fixed]  launch *deployed, not shown here" in head(app)
        assert source(app) + "\n" == read_version("promo-discount@fixed").source
        await press(pilot, "D")
        assert "this lesson does not show it" in app.text()
        assert "randint(1, 10) > 8" not in app.query_one("#code-text", Lines).plain
        await press(pilot, "s")
        assert "[request-ride]" in head(app)


async def test_d_deploys_the_version_shown_and_the_star_moves() -> None:
    session = a_session()
    async with shown(CodePane(), session) as (app, pilot):
        await press(pilot, "v", "d")
        assert act.Deploy(version=TRACED) in app.performed
        assert session.lab.versions["request-ride"].name == "traced"
        assert "launch  [traced *deployed]" in head(app)


async def test_what_is_deployed_is_not_deployed_again() -> None:
    async with shown(CodePane(), a_session()) as (app, pilot):
        await press(pilot, "d")
        assert not [action for action in app.performed if isinstance(action, act.Deploy)]
        assert app.notices == ["request-ride@launch is deployed already: v shows the next version"]


async def test_u_rolls_back_and_shows_what_runs_now() -> None:
    session = a_session()
    session.perform(act.Deploy(version=TRACED))
    async with shown(CodePane(), session) as (app, pilot):
        await press(pilot, "u")
        assert act.Rollback(service="request-ride") in app.performed
        assert "[launch *deployed]" in head(app)
        assert not app.pane.can_do("rollback")  # type: ignore[attr-defined]


async def test_with_capital_d_the_difference_from_what_is_deployed_is_shown_by_signs() -> None:
    async with shown(CodePane(), a_session(), BESIDE) as (app, pilot):
        await press(pilot, "v", "D")
        lines = app.query_one("#code-text", Lines).plain.split("\n")
        assert lines[0].startswith("against launch, which is deployed: 20 lines came (+), 7 went (-)")
        assert sum(line[4:6] == "+ " for line in lines[1:]) == 20
        assert sum(line[4:6] == "- " for line in lines[1:]) == 7
        assert "  51 +     context.mark.start('request_ride')" in [f" {line}" for line in lines]
        expect_golden("code_diff", app.text())
        await press(pilot, "D")
        assert source(app) + "\n" == read_version(TRACED).source


async def test_what_is_deployed_does_not_differ_from_itself() -> None:
    async with shown(CodePane(), a_session()) as (app, pilot):
        await press(pilot, "D")
        assert "request-ride@launch is what is deployed: no difference." in app.text()


@given(
    before=st.lists(st.sampled_from("abc"), max_size=12), after=st.lists(st.sampled_from("abc"), max_size=12)
)
def test_a_difference_holds_what_went_and_what_came_and_nothing_more(
    before: list[str], after: list[str]
) -> None:
    found = difference("\n".join(before), "\n".join(after))
    signs = [line.plain[4:6] for line in found.lines]
    assert (signs.count("+ "), signs.count("- ")) == (found.added, found.removed)
    assert len(after) - len(before) == found.added - found.removed
    assert (not found.lines) == (before == after)


async def test_reading_a_version_counts_once_in_each_step() -> None:
    session = a_session()
    async with shown(CodePane(), session) as (app, pilot):
        await press(pilot, "v", "D", "v", "v", "v")
        refs = ["request-ride@launch", TRACED, PUBLISHED]
        assert app.performed == [act.ReadCode(version=ref) for ref in refs]
        session.perform(act.GoOn())
        app.push()
        await press(pilot, "v")
        assert app.performed[3:] == [act.ReadCode(version=PUBLISHED)]


async def test_code_that_only_stands_beside_the_lesson_has_not_been_read() -> None:
    async with shown(CodePane(), a_session(), focus=False) as (app, pilot):
        assert "DISCOUNT_URL" in app.text()
        assert app.performed == []
        app.pane.focus_target()
        await settled(pilot)
        assert app.performed == [act.ReadCode(version="request-ride@launch")]


async def test_it_scrolls_and_another_version_begins_at_its_top() -> None:
    async with shown(CodePane(), a_session()) as (app, pilot):
        text = app.query_one("#code-text", Lines)
        await press(pilot, "j", "j", "k")
        assert text.scroll_offset.y == 1
        await press(pilot, "G")
        assert "headers" in app.text()
        assert text.scroll_offset.y == text.max_scroll_y
        await press(pilot, "v")
        assert text.scroll_offset.y == 0
        await press(pilot, "right")
        assert text.scroll_offset.x > 0


async def test_a_view_that_comes_meanwhile_leaves_the_place_alone() -> None:
    session = a_session()
    async with shown(CodePane(), session) as (app, pilot):
        await press(pilot, "j", "j", "j")
        run(session)
        app.push()
        await settled(pilot)
        assert app.query_one("#code-text", Lines).scroll_offset.y == 3


async def test_another_pane_can_point_at_a_version() -> None:
    pane = CodePane()
    async with shown(pane, a_session()) as (app, pilot):
        pane.open_target(None, TRACED)
        await settled(pilot)
        assert source(app) + "\n" == read_version(TRACED).source


async def test_it_says_in_words_what_is_shown_and_what_is_deployed() -> None:
    pane = CodePane()
    async with shown(pane, a_session()) as (_, pilot):
        await press(pilot, "v")
        assert pane.summary() == (
            "request-ride@traced, 88 lines, not deployed; launch is. "
            "Versions of request-ride here: launch, traced, published-trace."
        )


def test_no_key_of_the_screen_is_taken() -> None:
    assert not keys_of(CodePane) & SCREEN_KEYS
