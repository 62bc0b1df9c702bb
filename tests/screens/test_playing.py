"""The player on the screen: its line, its keys, and the mails that arrive while a run plays."""

from __future__ import annotations

import gc

import pytest

from tui.widgets.lab import Lab

BOTH = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


def player_line(seat) -> str:
    return seat.text().splitlines()[seat.app.size.height - 2]


async def test_the_line_says_that_there_is_no_run_yet(sit) -> None:
    async with sit() as seat:
        await seat.press("enter")
        assert player_line(seat).startswith("  ■ no run yet: r runs the load  x10  ───")
        assert player_line(seat).endswith("19:48:41")


@BOTH
async def test_a_run_plays_at_ten_times_the_wall_s_pace(sit, golden, size) -> None:
    async with sit(size) as seat:
        await seat.press("enter", "enter", "r")
        await seat.pass_time(2.0)
        assert seat.session.live.now_s == pytest.approx(20.0)
        assert "▶ run 1  x10" in player_line(seat)
        assert "0:20 of 1:00" in player_line(seat)
        assert "19:49:01" in player_line(seat)
        golden(f"lesson-playing-{size[0]}x{size[1]}", seat.text())


async def test_pressing_r_in_the_lesson_shows_the_lab(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "enter", "r")
        await seat.pass_time(0.5)
        assert seat.lesson.side == "lab"
        assert "Load: 0 runs, one under way at" in seat.text()


async def test_space_holds_the_clock_and_lets_it_go_on(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "r")
        await seat.pass_time(1.0)
        await seat.press("space")
        held = seat.session.live.now_s
        assert "‖ run 1 paused" in player_line(seat)
        await seat.pass_time(5.0)
        assert seat.session.live.now_s == held
        await seat.press("full_stop")
        await seat.pass_time(0.1)
        assert seat.session.live.now_s == pytest.approx(held + 1.0)
        await seat.press("space")
        await seat.pass_time(1.0)
        assert seat.session.live.now_s == pytest.approx(held + 11.0)


async def test_the_speed_is_chosen_and_kept(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "x")
        assert "  x60  " in player_line(seat)
        await seat.press("r")
        await seat.pass_time(0.5)
        assert seat.session.live.now_s == pytest.approx(30.0)
    async with sit() as seat:
        await seat.press("enter")
        assert "  x60  " in player_line(seat)
    async with sit(speed="end") as seat:
        await seat.press("enter", "r")
        await seat.until(lambda: len(seat.session.runs) == 1)


async def test_a_second_run_is_refused_while_one_plays(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "r")
        await seat.pass_time(0.5)
        await seat.press("r")
        assert seat.messages() == ["a run is under way: let it end first (`e` goes to the end)"]


async def test_e_goes_to_the_end_and_the_line_says_so(sit, golden) -> None:
    async with sit() as seat:
        await seat.press("enter", "enter", "a", "3", "enter")
        await seat.run_load()
        [run] = seat.session.runs
        assert run.settled
        assert "■ run 1 ended" in player_line(seat)
        assert "60 sent, 60 back" in player_line(seat)
        assert "This step is done. 0 goes back to the lesson." in seat.messages()
        assert "0 Lesson ✓" in seat.text()
        await seat.quiet()
        golden("lesson-ended-80x24", seat.text())


async def test_keys_of_the_player_do_nothing_without_a_run(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "space", "e", "full_stop")
        assert not seat.session.running
        assert seat.messages() == []


async def test_a_mail_arrives_as_it_would(sit, golden) -> None:
    async with sit() as seat:
        await seat.press("j", "enter", "r")
        await seat.pass_time(5.5)
        assert seat.messages() == []
        await seat.pass_time(1.0)
        assert seat.session.all_runs[0].alerts
        assert "Mail: duration-gt-1000 is in alarm. Press 2." in seat.messages()
        assert "2 Alerts !1" in seat.text()
        await seat.pass_time(0.5)
        assert seat.messages().count("Mail: duration-gt-1000 is in alarm. Press 2.") == 1
        golden("lesson-mail-80x24", seat.text())


async def test_a_lesson_without_the_pane_gets_no_mail(sit) -> None:
    async with sit() as seat:
        await seat.press("enter")
        await seat.run_load()
        assert seat.session.runs[0].alerts
        assert not any("alarm" in message for message in seat.messages())


async def test_a_mail_of_an_earlier_run_is_not_told_again(sit) -> None:
    async with sit() as seat:
        await seat.press("j", "enter")
        await seat.run_load()
    async with sit() as seat:
        await seat.press("enter")
        assert seat.messages() == []
        assert "2 Alerts !1" in seat.text()


async def test_the_pane_in_sight_is_told_five_times_a_second(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "1", "r")
        pane = seat.lesson.query_one(Lab).pane
        before = pane.views
        await seat.pass_time(2.0, frame_s=0.02)
        assert 9 <= pane.views - before <= 11


async def test_beside_a_mail_nothing_else_is_said_that_could_wait(sit) -> None:
    async with sit() as seat:
        await seat.press("j", "enter", "a", "enter")
        await seat.quiet()
        await seat.run_load()
        assert seat.session.verdict().met
        assert seat.messages() == ["Mail: duration-gt-1000 is in alarm. Press 2."]
        assert "0 Lesson ✓" in seat.text()
        assert "2 Alerts !1" in seat.text()


async def test_a_lesson_taken_up_shows_its_last_run_as_ended(sit) -> None:
    async with sit() as seat:
        await seat.press("enter")
        await seat.run_load()
    async with sit((60, 20)) as seat:
        await seat.press("enter")
        assert "■ run 1 ended  x10  ━━━" in player_line(seat)


async def test_the_collector_is_held_back_for_as_long_as_a_run_goes_on(sit) -> None:
    before = gc.get_freeze_count()
    async with sit() as seat:
        await seat.press("enter", "enter", "r")
        assert gc.get_freeze_count() > before
        await seat.press("space")
        assert gc.get_freeze_count() > before
        await seat.press("e")
        await seat.until(lambda: bool(seat.session.runs))
        assert gc.get_freeze_count() == before
        await seat.press("r")
        assert gc.get_freeze_count() > before
    assert gc.get_freeze_count() == before
