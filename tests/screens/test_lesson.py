"""The lesson screen: text and to-do beside the lab, the player below, and what the keys do."""

from __future__ import annotations

import pytest
from textual.command import CommandPalette

from lessons import actions as act
from tui.screens.home import HomeScreen
from tui.screens.lesson import LessonScreen
from tui.widgets.footer import FooterLine
from tui.widgets.lab import Lab

BOTH = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


def named(size) -> str:
    return f"{size[0]}x{size[1]}"


def left(seat) -> str:
    """The words left of the line between lesson and lab."""
    return " ".join(
        " ".join(line.partition("┃")[0].replace("▌", "") for line in seat.text().splitlines()).split()
    )


def footer(seat) -> list[str]:
    return [f"{c.key} {c.label}" for c in seat.lesson.query_one(FooterLine).commands()]


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)], ids=named)
async def test_a_lesson_begins_with_its_text(sit, golden, size) -> None:
    async with sit(size) as seat:
        await seat.press("enter")
        golden(f"lesson-begin-{named(size)}", seat.text())


@BOTH
async def test_what_is_to_be_done_stays_in_sight(sit, golden, size) -> None:
    async with sit(size) as seat:
        await seat.press("enter", "enter")
        golden(f"lesson-to-do-{named(size)}", seat.text())
        await seat.press("enter")
        assert seat.session.step.id == "run"
        assert seat.messages() == ["not yet, because you have not said what you expect"]
        await seat.quiet()
        await seat.press("a", "1", "2", "enter")
        assert "You expect: 12 requests" in seat.text()
        assert "[x] Say what you expect: press a" in seat.text()
        assert "[ ] Run the load: press r" in seat.text()


@BOTH
async def test_once_done_a_step_shows_what_was_expected_beside_what_came(sit, golden, size) -> None:
    async with sit(size) as seat:
        await seat.press("enter", "enter", "a", "3", "enter")
        await seat.run_load()
        await seat.press("0")
        await seat.quiet()
        slow = int(seat.session.scope()("run.slow"))
        assert f"You expected 3 requests. It was {slow} requests." in left(seat)
        assert "[x] Run the load: press r > enter goes on" in left(seat)
        golden(f"lesson-done-{named(size)}", seat.text())


async def test_hints_come_one_by_one(sit, golden) -> None:
    async with sit() as seat:
        await seat.press("enter", "enter", "h")
        assert "Hint 1 of 2. The load generator stands ready." in seat.text()
        await seat.press("h")
        golden("lesson-hints-80x24", seat.text())
        await seat.press("h")
        assert seat.messages() == ["That was the last hint of this step."]
        assert [action for _, action in seat.session.memory.done].count(act.AskHint()) == 2


async def test_where_there_is_no_hint_it_says_so(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "h")
        assert seat.messages() == ["This step has no hints: read it once more."]


async def test_nothing_to_answer_is_said(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "a")
        assert seat.messages() == ["There is nothing to answer in this step."]


async def test_back_goes_to_the_step_before_and_loses_nothing(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "b", "enter", "a", "3", "enter", "b")
        assert seat.session.step.id == "read"
        await seat.press("enter")
        assert "You expect: 3 requests" in seat.text()


async def test_a_long_text_scrolls_by_keys(sit) -> None:
    async with sit((60, 20)) as seat:
        await seat.press("enter")
        step = seat.lesson.query_one("#step")
        assert step.max_scroll_y > 0
        await seat.press("j")
        assert step.scroll_y == 1
        await seat.press("G")
        assert step.scroll_y == step.max_scroll_y
        await seat.press("k", "pageup", "pagedown", "g")
        assert step.scroll_y == 0


# lesson and lab


async def test_tab_goes_to_the_lab_and_back(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "tab")
        assert seat.lesson.side == "lab"
        assert "Load: 0 runs" in seat.text()
        assert "Slow, for some" not in seat.text()
        await seat.press("tab")
        assert "Slow, for some" in seat.text()
        assert "Load: 0 runs" not in seat.text()


async def test_side_by_side_both_are_in_sight_and_tab_moves_the_keys(sit) -> None:
    async with sit((120, 40)) as seat:
        await seat.press("enter")
        for side in ("lesson", "lab", "lesson"):
            assert seat.lesson.side == side
            assert "Slow, for some" in seat.text()
            assert "Load: 0 runs" in seat.text()
            await seat.press("tab")


async def test_digits_go_to_panes_and_to_the_text(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "4")
        assert "Runs: 0 runs" in seat.text()
        await seat.press("1")
        assert "Load: 0 runs" in seat.text()
        await seat.press("0")
        assert "Slow, for some" in seat.text()
        await seat.press("tab")
        assert "Load: 0 runs" in seat.text()


async def test_a_pane_of_a_later_lesson_is_not_shown(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "5")
        assert seat.messages() == ["The Trace pane comes in a later lesson."]
        assert "Trace" not in seat.text().splitlines()[1]


async def test_panes_are_made_when_they_are_first_visited(sit) -> None:
    async with sit() as seat:
        await seat.press("enter")
        lab = seat.lesson.query_one(Lab)
        assert lab.made("runs") is None
        await seat.press("4")
        assert lab.made("runs") is not None


async def test_a_step_brings_its_pane_into_the_lab(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "4", "0", "enter")
        assert seat.session.step.pane == "load"
        await seat.until(lambda: seat.lesson.query_one(Lab).current == "load")


async def test_a_pane_can_ask_for_an_action_and_for_another_pane(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "1", "enter")
        assert seat.messages() == ["no run has ended yet"]
        await seat.press("s")
        lab = seat.lesson.query_one(Lab)
        assert lab.current == "runs"
        assert lab.pane.opened == [(1, 7)]


async def test_a_pane_out_of_sight_is_told_nothing_until_it_is_shown(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "4", "1")
        runs = seat.lesson.query_one(Lab).made("runs")
        before = runs.views
        await seat.run_load()
        assert runs.views == before
        await seat.press("4")
        assert runs.views == before + 1
        assert "Runs: 1 runs" in seat.text()


async def test_a_window_that_changes_its_size_keeps_the_place(sit) -> None:
    async with sit((120, 40)) as seat:
        await seat.press("enter", "4")
        await seat.pilot.resize_terminal(80, 24)
        await seat.until(lambda: "Runs: 0 runs" in seat.text() and "Slow, for some" not in seat.text())
        await seat.press("0")
        await seat.pilot.resize_terminal(120, 40)
        await seat.until(lambda: "Runs: 0 runs" in seat.text() and "Slow, for some" in seat.text())
        assert seat.lesson.side == "lesson"


# going on, leaving, coming back


async def test_the_last_step_ends_the_lesson(sit) -> None:
    async with sit() as seat:
        await seat.press("j", "enter", "a", "enter")
        await seat.run_load()
        await seat.press("0", "enter")
        assert isinstance(seat.screen, HomeScreen)
        assert "Lesson finished: You can say that an alert fired." in seat.messages()


async def test_a_lesson_is_left_and_taken_up_at_the_very_step_with_its_runs(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "enter", "a", "3", "enter", "h")
        await seat.run_load()
        latencies = seat.session.runs[0].latencies_s.tolist()
    async with sit() as seat:
        await seat.press("enter")
        assert seat.messages() == []
        assert seat.session.step.id == "run"
        assert seat.session.runs[0].latencies_s.tolist() == latencies
        assert seat.session.verdict().met
        assert "Hint 1 of 2" in seat.text()
        await seat.press("enter")
        assert seat.session.step.id == "what"


async def test_a_run_under_way_when_one_leaves_starts_again_and_that_is_said(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "enter", "r")
        await seat.pass_time(1.0)
        assert seat.session.running
        await seat.press("q", "enter")
        assert seat.messages() == ["the run that was under way starts again at 0: press r"]
        assert not seat.session.running
        await seat.quiet()
        await seat.run_load()
        await seat.press("q", "enter")
        assert seat.messages() == []


async def test_the_same_seed_sends_the_same_requests_and_n_new_ones(sit) -> None:
    async with sit() as seat:
        await seat.press("enter")
        for key in ("r", "r", "n"):
            await seat.run_load(key)
        first, second, third = (run.latencies_s.tolist() for run in seat.session.runs)
        assert first == second != third
        assert [run.settings.seed for run in seat.session.runs] == [7, 7, 8]


async def test_an_unknown_action_in_the_file_is_skipped_and_told(sit, data_folder) -> None:
    from lessons.progress import Progress

    async with sit() as seat:
        await seat.press("enter", "enter")
    with Progress.open(data_folder, course="course") as progress:
        progress.append("01-load", "run", b'{"do":"fly-to-the-moon"}')
    async with sit() as seat:
        await seat.press("enter")
        assert seat.session.step.id == "run"
        assert seat.messages() == [
            "1 action of this lesson cannot be read by this ridelab: skipped, and left in the file"
        ]


# footer, help, palette


async def test_the_footer_names_what_matters_now(sit) -> None:
    async with sit() as seat:
        await seat.press("enter")
        assert footer(seat)[:3] == ["enter go on", "r run", "tab lab"]
        assert footer(seat)[-1] == "? help"
        await seat.press("enter")
        assert "a predict" in footer(seat)
        assert "enter go on" not in footer(seat)
        await seat.press("r")
        assert footer(seat)[:4] == ["enter look", "space pause", "s sort", "e to the end"]
        assert "r run" not in footer(seat)
        await seat.press("e")
        await seat.until(lambda: not seat.session.running)
        assert "r run" in footer(seat)
        assert "tab lesson" in footer(seat)


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_the_footer_is_whole_and_true(sit, width) -> None:
    async with sit((width, 24)) as seat:
        await seat.press("enter", "tab")
        line = seat.text().splitlines()[-1]
        assert line == "  " + "  ".join(footer(seat))
        assert 5 <= len(footer(seat)) <= 8
        chain = seat.lesson.active_bindings
        names = {command.keys[0] for command in seat.lesson.query_one(FooterLine).commands()}
        assert names <= set(chain)


@BOTH
async def test_the_help_lists_every_key_by_group(sit, golden, size) -> None:
    async with sit(size) as seat:
        await seat.press("enter", "question_mark")
        golden(f"help-{named(size)}", seat.text())
        assert "The Load pane of the tests." in seat.text()
        await seat.press("j", "k", "escape")
        assert isinstance(seat.screen, LessonScreen)


async def test_the_palette_finds_a_command_by_its_name(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "colon")
        await seat.until(lambda: isinstance(seat.screen, CommandPalette))
        await seat.pilot.press(*"runs")
        await seat.until(lambda: "Go to the Runs pane." in seat.text())
        await seat.press("enter")
        await seat.until(lambda: seat.lesson.query_one(Lab).current == "runs" and seat.lesson.side == "lab")


async def test_the_palette_takes_every_key_while_nothing_is_listed(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "colon")
        await seat.until(lambda: isinstance(seat.screen, CommandPalette))
        await seat.press("q", "q", "q", "pagedown", "pageup", "ctrl+end", "ctrl+home", "up", "down", "enter")
        await seat.press("escape")
        await seat.until(lambda: isinstance(seat.screen, LessonScreen))


async def test_ctrl_p_opens_the_palette_with_the_pane_s_commands(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "tab", "ctrl+p")
        await seat.until(lambda: isinstance(seat.screen, CommandPalette))
        await seat.pilot.press(*"sort")
        await seat.until(lambda: "Sort it." in seat.text())
