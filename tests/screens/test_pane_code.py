"""The Code pane: the text that runs, what traces say beside it, how versions differ, deploying and going back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons import actions as act
from simulator.deploying import read_version
from tests.screens.code_app import CodeApp, code_shown, go_to
from tests.screens.pane_app import (
    BESIDE,
    LARGE,
    NARROW,
    PUBLISHED,
    SCREEN_KEYS,
    SMALL,
    TRACED,
    a_session,
    expect_golden,
    keys_of,
    press,
    run,
    settled,
)
from tui.panes.code import CodePane
from tui.panes.code_rows import source_rows
from tui.panes.code_source import difference

WITH_PROMO = ["request-ride@launch", TRACED, "promo-discount@fixed"]
SIZES = {"narrow": NARROW, "small": SMALL, "beside": BESIDE, "large": LARGE}
SIZED = pytest.mark.parametrize("size", SIZES)


def diff(app: CodeApp) -> list[str]:
    """Give the lines on the screen with their gutters."""
    return [row.gutter.plain + row.code.plain for row in app.view.rows]


async def test_it_begins_with_what_is_deployed_and_shows_exactly_the_text_that_runs() -> None:
    session = a_session()
    async with code_shown(session) as (app, _):
        assert app.source == session.lab.versions["request-ride"].source
        assert "[launch *deployed]" in app.head
        expect_golden("code", app.text())


@pytest.mark.parametrize(
    "ref", ["request-ride@launch", PUBLISHED, "promo-discount@launch", "promo-discount@fixed"]
)
def test_a_source_is_shown_whole_with_the_number_of_each_line(ref: str) -> None:
    text = read_version(ref).source
    rows = source_rows(text)
    assert "\n".join(row.code.plain for row in rows) + "\n" == text
    assert [int(row.gutter.plain) for row in rows] == list(range(1, len(rows) + 1))


async def test_v_goes_round_the_versions_that_the_lesson_lists() -> None:
    async with code_shown(a_session()) as (app, pilot):
        seen = []
        for _ in range(4):
            seen.append(app.head.partition("[")[2].partition("]")[0])
            assert app.source == read_version(f"request-ride@{seen[-1].split()[0]}").source
            await press(pilot, "v")
        assert seen == ["launch *deployed", "traced", "published-trace", "launch *deployed"]


async def test_a_version_that_is_deployed_can_be_read_even_if_the_lesson_lists_others() -> None:
    session = a_session(versions=[TRACED])
    async with code_shown(session) as (app, _):
        assert "[launch *deployed]" in app.head
        assert app.source == session.lab.versions["request-ride"].source


async def test_the_promo_service_stays_hidden_until_a_lesson_lists_it() -> None:
    async with code_shown(a_session()) as (app, pilot):
        await press(pilot, "s")
        assert "promo" not in app.head
        assert "randint" not in app.source


async def test_of_the_promo_service_only_what_the_lesson_lists_is_shown_not_even_as_a_difference() -> None:
    async with code_shown(a_session(versions=WITH_PROMO)) as (app, pilot):
        await press(pilot, "s")
        assert "promo-discount: [fixed]  launch *deployed, not shown here" in app.head
        assert app.source == read_version("promo-discount@fixed").source
        await press(pilot, "D")
        assert "this lesson does not show it" in app.text()
        assert "randint(1, 10) > 8" not in app.view.plain
        await press(pilot, "C")
        assert "this lesson does not show it" in app.text()
        await press(pilot, "D", "H", "enter")
        assert "what the lesson started with" in app.text()
        assert "randint(1, 10) > 8" not in app.view.plain
        await press(pilot, "s")
        assert "[request-ride]" in app.head


async def test_d_deploys_the_version_shown_and_the_star_moves() -> None:
    session = a_session()
    async with code_shown(session) as (app, pilot):
        await press(pilot, "v", "d")
        assert act.Deploy(version=TRACED) in app.performed
        assert session.lab.versions["request-ride"].name == "traced"
        assert "launch  [traced *deployed]" in app.head


async def test_what_is_deployed_is_not_deployed_again() -> None:
    async with code_shown(a_session()) as (app, pilot):
        await press(pilot, "d")
        assert not [action for action in app.performed if isinstance(action, act.Deploy)]
        assert app.notices == ["request-ride@launch is deployed already: v shows the next version"]


async def test_capital_u_rolls_back_and_shows_what_runs_now() -> None:
    session = a_session()
    session.perform(act.Deploy(version=TRACED))
    async with code_shown(session) as (app, pilot):
        await press(pilot, "U")
        assert act.Rollback(service="request-ride") in app.performed
        assert "[launch *deployed]" in app.head
        assert not app.code.can_do("rollback")


async def test_with_capital_d_the_difference_from_what_is_deployed_is_shown_by_signs() -> None:
    async with code_shown(a_session(), BESIDE) as (app, pilot):
        await press(pilot, "v", "D")
        lines = diff(app)
        assert lines[0].startswith("against launch, which is deployed: 20 lines came (+), 7 went (-)")
        assert sum(line[4:6] == "+ " for line in lines[1:]) == 20
        assert sum(line[4:6] == "- " for line in lines[1:]) == 7
        assert "  51 +     context.mark.start('request_ride')" in [f" {line}" for line in lines]
        expect_golden("code_diff", app.text())
        await press(pilot, "D")
        assert app.source == read_version(TRACED).source


async def test_a_difference_begins_at_its_top_and_the_source_where_one_was() -> None:
    async with code_shown(a_session()) as (app, pilot):
        await press(pilot, "v")
        await go_to(app, pilot, "await _record_ride(")
        await press(pilot, "D")
        assert app.view.max_scroll_y > app.view.scroll_offset.y == 0
        await press(pilot, "j", "D")
        assert app.view.cursor == app.line_of("await _record_ride(")


async def test_what_is_deployed_does_not_differ_from_itself() -> None:
    async with code_shown(a_session()) as (app, pilot):
        await press(pilot, "D")
        assert "request-ride@launch is what is deployed: no difference." in app.text()


@given(
    before=st.lists(st.sampled_from("abc"), max_size=12), after=st.lists(st.sampled_from("abc"), max_size=12)
)
def test_a_difference_holds_what_went_and_what_came_and_nothing_more(
    before: list[str], after: list[str]
) -> None:
    found = difference("\n".join(before), "\n".join(after))
    signs = [row.gutter.plain[4:6] for row in found.rows]
    assert (signs.count("+ "), signs.count("- ")) == (found.added, found.removed)
    assert len(after) - len(before) == found.added - found.removed
    assert (not found.rows) == (before == after)


async def test_reading_a_version_counts_once_in_each_step() -> None:
    session = a_session()
    async with code_shown(session) as (app, pilot):
        await press(pilot, "v", "D", "v", "v", "v")
        refs = ["request-ride@launch", TRACED, PUBLISHED]
        assert app.performed == [act.ReadCode(version=ref) for ref in refs]
        session.perform(act.GoOn())
        app.push()
        await press(pilot, "v")
        assert app.performed[3:] == [act.ReadCode(version=PUBLISHED)]


async def test_code_that_only_stands_beside_the_lesson_has_not_been_read() -> None:
    async with code_shown(a_session(), focus=False) as (app, pilot):
        assert "DISCOUNT_URL" in app.text()
        assert app.performed == []
        app.pane.focus_target()
        await settled(pilot)
        assert app.performed == [act.ReadCode(version="request-ride@launch")]


async def test_the_cursor_moves_and_another_version_begins_at_its_top() -> None:
    async with code_shown(a_session()) as (app, pilot):
        await press(pilot, "j", "j", "k")
        assert app.view.cursor == 1
        assert "\n  2>" in app.text()
        await press(pilot, "G")
        assert app.view.cursor == 74
        assert app.view.scroll_offset.y == app.view.max_scroll_y
        await press(pilot, "pageup", "pagedown")
        assert app.view.cursor == 74
        await press(pilot, "pageup", "g")
        assert app.view.cursor == app.view.scroll_offset.y == 0
        await press(pilot, "G", "v")
        assert app.view.cursor == app.view.scroll_offset.y == 0


async def test_the_numbers_stay_while_the_code_scrolls_sideways() -> None:
    async with code_shown(a_session(), NARROW) as (app, pilot):
        assert "  8 DISCOUNT_URL = 'https://promo.wildrydes.example/di›\n" in app.text()
        await press(pilot, "right")
        assert app.view.scroll_offset.x > 0
        assert "  8 RL = 'https://promo.wildrydes.example/discount'\n" in app.text()


async def test_a_click_puts_the_cursor_on_its_line() -> None:
    async with code_shown(a_session()) as (app, pilot):
        await pilot.click("#code-text", offset=(10, 8))
        await settled(pilot)
        assert app.view.cursor == 7


async def test_a_view_that_comes_meanwhile_leaves_the_place_alone() -> None:
    session = a_session()
    async with code_shown(session) as (app, pilot):
        await go_to(app, pilot, "await _get_ride(")
        before, top = app.view.cursor, app.view.scroll_offset.y
        run(session)
        app.push()
        await settled(pilot)
        assert app.view.cursor == before
        assert app.view.scroll_offset.y - top in {0, 1}  # the head has a line more now
        assert app.gutters[before] == "unmarked"


async def test_another_pane_can_point_at_a_version() -> None:
    async with code_shown(a_session()) as (app, pilot):
        app.code.open_target(None, TRACED)
        await settled(pilot)
        assert app.source == read_version(TRACED).source


async def test_it_says_in_words_what_is_shown_what_is_deployed_and_what_is_unmarked() -> None:
    session = a_session()
    async with code_shown(session) as (app, pilot):
        await press(pilot, "v")
        assert app.code.summary() == (
            "request-ride@traced, 88 lines, not deployed; launch is. "
            "Versions of request-ride here: launch, traced, published-trace."
        )
        run(session)
        app.push()
        await press(pilot, "v", "v")
        assert app.code.summary().endswith("In run 1, all of the slow invocations' time is unmarked.")
        await go_to(app, pilot, "await _get_ride(")
        await press(pilot, "m")
        assert "request-ride@draft, 76 lines, not deployed; launch is." in app.code.summary()
        assert app.code.summary().endswith("A draft is kept: +2 -1 lines against launch.")


@SIZED
async def test_beside_each_line_stands_its_share_of_the_time(size: str) -> None:
    session = run(a_session(), TRACED)
    async with code_shown(session, SIZES[size]) as (app, pilot):
        assert "of the slow invocations' time is unmarked (run 1" in app.head
        await go_to(app, pilot, "with context.mark('get_ride_discount')")
        shares = {
            app.view.rows[i].code.plain.strip(): text for i, text in enumerate(app.gutters) if "%" in text
        }
        assert len(shares) == 6
        assert shares["context.mark.start('request_ride')"] == "███ 100 %"
        discount = shares["with context.mark('get_ride_discount'):"]
        assert int(discount.split()[1]) > 80
        expect_golden(f"code_shares_{size}", app.text())


async def test_where_nobody_looks_the_lines_say_so() -> None:
    session = run(a_session())
    async with code_shown(session) as (app, pilot):
        assert app.head.endswith("all of the slow invocations' time is unmarked (run 1, 14 traced)")
        unmarked = [row for row, text in enumerate(app.gutters) if text == "unmarked"]
        assert app.line_of("ride = await _get_ride(") in unmarked
        assert app.line_of("ride['DiscountMultiplier'] = ") not in unmarked
        assert app.line_of("await context.rides.put_item") not in unmarked  # that is not the handler
        await press(pilot, "v")  # which has not run: its marks have no times, but its lines are known
        assert "no run has traced this" in app.head
        assert not any("%" in text for text in app.gutters)
        assert app.gutters[app.line_of("await _get_ride(")] == ""


async def test_a_function_that_nobody_watches_has_no_shares() -> None:
    session = a_session(versions=WITH_PROMO)
    session.perform(act.Deploy(version="promo-discount@fixed"))
    run(session)
    async with code_shown(session) as (app, pilot):
        assert not session.runs[0].watched("promo-discount")
        await press(pilot, "s")
        assert app.view.gutter_width == 4
        assert "unmarked" not in app.head


async def test_the_newest_run_that_ran_a_version_tells_its_shares() -> None:
    session = run(run(run(a_session(), TRACED), "request-ride@launch"), TRACED)
    async with code_shown(session) as (app, pilot):
        assert "(run 3, " in app.head
        await press(pilot, "v", "v")
        assert "(run 2, " in app.head


def test_keys_of_the_screen_are_taken_only_where_it_does_not_need_them() -> None:
    assert keys_of(CodePane) & SCREEN_KEYS == {"e"}  # edits, while no run plays whose end one could go to


async def test_e_goes_to_the_end_while_a_run_plays() -> None:
    session = a_session()
    session.perform(act.RunLoad())
    async with code_shown(session) as (app, _):
        assert not app.code.can_do("edit")
        session.finish()
        assert app.code.can_do("edit")


async def test_where_there_is_no_other_version_it_says_how_one_is_made() -> None:
    async with code_shown(a_session(versions=[])) as (app, pilot):
        await press(pilot, "d")
        assert app.notices == ["request-ride@launch is deployed already: m marks a call, e edits"]
