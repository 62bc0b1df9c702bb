"""Questions answered by pointing at a span or a line, and by putting things in order: all of it with keys alone."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from lessons import actions as act
from lessons.loader import OpenCourse
from tests.screens.controls_app import BESIDE, COURSE, NARROW, SMALL, foot, seated, words
from tests.screens.test_footers import check
from tui.charts.waterfall import Waterfall
from tui.panes.code_view import SourceView
from tui.screens.lesson import LessonScreen
from tui.screens.quiz import QuizScreen
from tui.screens.quiz_pointing import PointLine
from tui.widgets.lab import Lab
from tui.widgets.lesson_text import answer_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lessons.model import Question
    from tests.screens.conftest import Seat

SIZES = pytest.mark.parametrize("size", [SMALL, BESIDE, NARROW], ids=["80x24", "120x40", "60x20"])
RIGHT = "get_ride_discount"


async def with_a_run(seat: Seat) -> None:
    await seat.run_load()
    await seat.press("0")
    await seat.quiet()


async def to_span(seat: Seat, name: str) -> None:
    """Put the waterfall's cursor on a span, by key."""
    fall = seat.lesson.query_one(Waterfall)
    await seat.press("g")
    for _ in range(20):
        row = fall.row
        if row is not None and row.span is not None and fall.trace.spans[row.span].name == name:
            return
        await seat.press("j")
    pytest.fail(f"no span {name}:\n{seat.text()}")


async def pointing(seat: Seat) -> None:
    await seat.press("a", "enter")
    await seat.until(lambda: seat.lesson.points_here)
    await seat.quiet()


async def to_step(seat: Seat, step: str) -> None:
    await with_a_run(seat)
    await seat.press("a", "a", "enter", "enter", "enter")
    if step == "order":
        await seat.press("a", "7", "4", "enter", "enter", "enter")
    assert seat.session.step.id == step
    await seat.quiet()


@SIZES
async def test_a_span_is_pointed_at_and_explained(
    data_folder: Path, golden: Callable[[str, str], None], size: tuple[int, int]
) -> None:
    name = f"{size[0]}x{size[1]}"
    async with seated(data_folder, "01-point", size) as seat:
        await with_a_run(seat)
        await seat.press("a")
        assert "enter point at a span" in foot(seat)
        golden(f"quiz-span-{name}", seat.text())
        await seat.press("enter")
        await seat.until(lambda: seat.lesson.points_here)
        await to_span(seat, "record_ride")
        assert "? Which call do slow riders wait for?" in seat.text()
        assert "Go to a span: enter answers, escape leaves it open." in words(seat)
        assert "enter answer" in foot(seat)
        check(seat)
        golden(f"pointing-span-{name}", seat.text())
        await seat.press("enter")
        assert isinstance(seat.screen, QuizScreen)
        assert "Not this one. It takes a few milliseconds in all rides." in words(seat)
        await seat.press("enter")  # a wrong answer leads back
        await seat.until(lambda: seat.lesson.points_here)
        await to_span(seat, RIGHT)
        await seat.press("a")
        assert "Right. Yes: nearly all of the time is inside it." in words(seat)
        golden(f"quiz-span-right-{name}", seat.text())
        assert seat.session.memory.tries["where"] == 2
        assert seat.session.memory.answers["where"].choices == (RIGHT,)
        await seat.press("enter")
        assert isinstance(seat.screen, LessonScreen)
        assert seat.lesson.side == "lesson"
        assert seat.session.verdict().met


async def test_a_span_that_is_no_choice_is_explained_as_any_other(data_folder: Path) -> None:
    async with seated(data_folder, "01-point") as seat:
        await with_a_run(seat)
        await pointing(seat)
        await to_span(seat, "get_ride")
        await seat.press("enter")
        assert "get_ride: Not this one. That one is as long in fast rides." in words(seat)
        await seat.press("enter")
        await seat.until(lambda: seat.lesson.points_here)
        await seat.press("G", "enter")  # the last row is what no mark covers
        assert seat.session.memory.answers["where"].choices == ("unmarked",)


@pytest.mark.parametrize("keys", [("a",), ("1",), ("j",)])
async def test_a_listed_span_is_chosen_by_letter_number_or_cursor_too(
    data_folder: Path, keys: tuple[str, ...]
) -> None:
    async with seated(data_folder, "01-point") as seat:
        await with_a_run(seat)
        await seat.press("a", *keys)
        assert "enter answer" in foot(seat)
        assert "p point at it" in foot(seat)
        await seat.press("enter")
        assert "Right. Yes: nearly all" in words(seat)
        assert "That one is as long" not in words(seat)
        await seat.press("enter")
        assert isinstance(seat.screen, LessonScreen)


async def test_pointing_is_put_off_and_taken_up_again(data_folder: Path) -> None:
    async with seated(data_folder, "01-point") as seat:
        await with_a_run(seat)
        await pointing(seat)
        await seat.press("1")  # looking elsewhere meanwhile
        assert not seat.lesson.points_here
        assert "5 goes back to the Trace pane, where you point at it." in words(seat)
        await seat.press("5")
        assert seat.lesson.points_here
        await seat.press("escape")
        assert seat.lesson.pointing is None
        assert not seat.lesson.query_one(PointLine).display
        before = dict(seat.session.memory.tries)
        await seat.press("enter")  # opens nothing here: the lesson has no pane for it
        assert seat.session.memory.tries == before
        await seat.press("0", "a")
        assert isinstance(seat.screen, QuizScreen)


async def test_the_trace_may_be_changed_while_one_points(data_folder: Path) -> None:
    async with seated(data_folder, "01-point") as seat:
        await with_a_run(seat)
        await pointing(seat)
        here = seat.lesson.query_one(Lab).pane.here
        await seat.press("o")
        assert seat.lesson.query_one(Lab).pane.here != here
        assert seat.lesson.points_here
        await to_span(seat, RIGHT)
        await seat.press("enter")
        assert "Right." in words(seat)


async def test_where_one_cannot_point_one_is_told_the_way(data_folder: Path) -> None:
    async with seated(data_folder, "01-point") as seat:
        await to_step(seat, "line")
        await pointing(seat)
        here = "Go to a line: enter answers, escape leaves it open."
        assert here in words(seat)
        await seat.press("H")
        assert "escape leads to the source, where you point at it." in words(seat)
        assert here not in words(seat)
        await seat.press("escape")
        assert here in words(seat)
        assert seat.lesson.pointing is not None


@SIZES
async def test_a_line_is_pointed_at(
    data_folder: Path, golden: Callable[[str, str], None], size: tuple[int, int]
) -> None:
    name = f"{size[0]}x{size[1]}"
    async with seated(data_folder, "01-point", size) as seat:
        await to_step(seat, "line")
        await pointing(seat)
        view = seat.lesson.query_one(SourceView)
        assert "73" in view.rows[72].gutter.plain
        await seat.press("G", *["k"] * 10)
        assert view.cursor == 77  # `_record_ride`, in line 78
        check(seat)
        golden(f"pointing-line-{name}", seat.text())
        await seat.press("enter")
        assert isinstance(seat.screen, QuizScreen)
        assert "Line 78: Not this one. That is quick." in words(seat)
        assert "enter point at another line" in foot(seat)
        await seat.press("enter")
        await seat.until(lambda: seat.lesson.points_here)
        assert view.cursor == 77
        await seat.press("k", "k", "k", "k", "a")
        assert "Line 74: Right. Yes, here the handler waits." in words(seat)
        golden(f"quiz-line-right-{name}", seat.text())
        answer = seat.session.memory.answers["which"]
        assert (answer.number, answer.choices, answer.right) == (74.0, ("call",), True)
        await seat.press("enter", "a")  # it is told again
        assert "Right. Yes, here the handler waits." in words(seat)


async def test_a_line_may_be_typed(data_folder: Path) -> None:
    async with seated(data_folder, "01-point") as seat:
        await to_step(seat, "line")
        await seat.press("a", *"7.5", "enter")
        assert "Type the number of a line, such as 14." in words(seat)
        assert "which" not in seat.session.memory.tries
        seat.screen.query_one(Input).value = "2"
        await seat.press("enter")
        assert "Not yet. Nothing waits there." in words(seat)
        assert "enter answer" in foot(seat)
        await seat.press("7", "4", "enter")  # replaces what was typed
        assert "Right. Yes, here the handler waits." in words(seat)
        await seat.press("enter")
        assert isinstance(seat.screen, LessonScreen)


async def test_another_version_than_the_one_asked_about_is_not_pointed_at(data_folder: Path) -> None:
    async with seated(data_folder, "01-point") as seat:
        await to_step(seat, "line")
        await pointing(seat)
        await seat.press("D", "a")
        assert seat.messages() == ["The question is about the source of request-ride@traced: show that."]
        assert "which" not in seat.session.memory.tries


@SIZES
async def test_things_are_put_in_order(
    data_folder: Path, golden: Callable[[str, str], None], size: tuple[int, int]
) -> None:
    name = f"{size[0]}x{size[1]}"
    async with seated(data_folder, "01-point", size) as seat:
        await to_step(seat, "order")
        await seat.press("a")
        quiz = seat.screen
        wanted = [choice.id for choice in quiz.question.choices]
        shown = [choice.id for choice in quiz.choices]
        assert shown != wanted
        golden(f"quiz-order-{name}", seat.text())
        await seat.press("enter")
        assert seat.session.memory.tries["order"] == 1
        assert "Not yet." in words(seat) or "right. What stands" in words(seat)
        for place, one in enumerate(wanted):  # take each up, carry it, let it go
            at = [choice.id for choice in quiz.choices].index(one)
            await seat.press(str(at + 1), "space")
            assert "space let go" in foot(seat)
            await seat.press(*["k"] * (at - place), "space")
        assert [choice.id for choice in quiz.choices] == wanted
        await seat.press("enter")
        assert "Right. So the handler calls them." in words(seat)
        golden(f"quiz-order-right-{name}", seat.text())
        assert seat.session.memory.answers["order"].choices == tuple(wanted)
        await seat.press("enter", "a")  # it is shown as it was answered
        assert [choice.id for choice in seat.screen.choices] == wanted
        assert "Right. So the handler calls them." in words(seat)


async def test_an_item_is_carried_without_being_taken_up(data_folder: Path) -> None:
    async with seated(data_folder, "01-point") as seat:
        await to_step(seat, "order")
        await seat.press("a")
        quiz = seat.screen
        first, second, *_ = [choice.id for choice in quiz.choices]
        await seat.press("J")
        assert [choice.id for choice in quiz.choices][:2] == [second, first]
        await seat.press("K", "K")  # the end is the end
        assert [choice.id for choice in quiz.choices][:2] == [first, second]
        assert "order" not in seat.session.memory.tries


async def test_what_was_pointed_at_is_not_announced_over_its_explanation(data_folder: Path) -> None:
    async with seated(data_folder, "01-point") as seat:
        await with_a_run(seat)
        await pointing(seat)
        await to_span(seat, RIGHT)
        await seat.press("enter")
        assert isinstance(seat.screen, QuizScreen)
        assert seat.messages() == []


def test_answers_are_written_in_the_words_of_their_questions() -> None:
    steps = OpenCourse(COURSE).lesson("01-point").steps
    span, line, order = (step.question for step in steps)
    assert span is not None
    assert line is not None
    assert order is not None

    def written(question: Question, **given: object) -> str:
        return answer_text(question, act.Answer(question=question.id, **given), str)

    assert written(span, choices=("record_ride",)) == "record_ride"
    assert written(span, choices=("get_ride",)) == "get_ride"
    assert written(line, choices=("call",), number=74.0) == "line 74"
    assert written(order, choices=("ride", "user", "record", "discount")) == (
        "Find a unicorn; Who asks; Write the ride down; Ask for the discount"
    )


KEYS = (
    *(
        "a",
        "enter",
        "escape",
        "j",
        "k",
        "J",
        "K",
        "space",
        "p",
        "t",
        "S",
        "R",
        "w",
        "X",
        "B",
        "f9",
        "d",
        "v",
        "b",
    ),
    *("0", "1", "2", "5", "6", "tab", "r", "e", "h", "D", "H", "down", "up", "7", "g", "G", "o", "f"),
)


@pytest.mark.parametrize("lesson", ["01-point", "02-set"])
@pytest.mark.parametrize("seed", [1])
async def test_keys_by_chance_break_nothing(data_folder: Path, lesson: str, seed: int) -> None:
    chance = Random(seed)
    async with seated(data_folder, lesson) as seat:
        pressed = []
        for _ in range(100):
            pressed.append(chance.choice(KEYS))
            await seat.pilot.press(pressed[-1])
            assert seat.app.crash is None, pressed[-20:]
        await seat.pilot.pause()
        for _ in range(8):
            if isinstance(seat.screen, LessonScreen):
                break
            await seat.press("escape")
        assert isinstance(seat.screen, LessonScreen), pressed[-20:]
        line = seat.lesson.query_one(PointLine)
        assert line.display == (seat.lesson.pointing is not None)
