"""Questions and predictions: letters choose, enter answers, and every answer is explained."""

from __future__ import annotations

import pytest

from tui.screens.lesson import LessonScreen
from tui.screens.quiz import QuizScreen

BOTH = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


async def to_step(seat, step: str) -> None:
    """Go to a step of the first lesson, by what solves those before."""
    await seat.press("enter", "enter", "a", "3", "enter")
    await seat.run_load()
    await seat.press("0", "enter")
    for name, keys in (("what", "b"), ("which", "ab")):
        if seat.session.step.id == step:
            break
        assert seat.session.step.id == name
        await seat.press("a", *keys, "enter", "enter", "enter")
    assert seat.session.step.id == step
    await seat.quiet()


def words(seat) -> str:
    return " ".join(seat.text().replace("│", " ").split())


@BOTH
async def test_one_choice(sit, golden, size) -> None:
    async with sit(size) as seat:
        await to_step(seat, "what")
        await seat.press("a")
        golden(f"quiz-choice-{size[0]}x{size[1]}", seat.text())
        await seat.press("enter")
        assert "Not this one. It speaks of requests. See p99 in the report." in words(seat)
        assert isinstance(seat.screen, QuizScreen)
        await seat.press("j", "enter")
        assert "Right. Yes: the longest was" in words(seat)
        golden(f"quiz-right-{size[0]}x{size[1]}", seat.text())
        assert seat.session.memory.tries["p99"] == 2
        await seat.press("enter")
        assert isinstance(seat.screen, LessonScreen)
        assert "[x] Answer the question: press a" in seat.text()


async def test_a_wrong_answer_leads_back_to_the_evidence_and_the_question_stays_open(sit) -> None:
    async with sit() as seat:
        await to_step(seat, "what")
        await seat.press("a", "c", "enter", "escape")
        assert isinstance(seat.screen, LessonScreen)
        assert "the question is still open" in words(seat)
        await seat.press("a", "b", "enter", "enter")
        assert seat.session.verdict().met


async def test_choices_by_j_and_k_go_round(sit) -> None:
    async with sit() as seat:
        await to_step(seat, "what")
        await seat.press("a", "k", "k", "enter", "enter")
        assert seat.session.memory.answers["p99"].choices == ("longest",)


async def test_several_choices(sit, golden) -> None:
    async with sit() as seat:
        await to_step(seat, "which")
        await seat.press("a", "enter")
        assert "Tick at least one" in words(seat)
        await seat.press("a", "c", "enter")
        assert "Right. They were." in words(seat)
        assert "Not this one. That is what the plan says." in words(seat)
        assert "One more is true." in words(seat)
        golden("quiz-several-80x24", seat.text())
        await seat.press("space", "k", "space", "enter")
        assert seat.session.memory.right >= {"odd"}
        await seat.press("enter")
        assert isinstance(seat.screen, LessonScreen)


async def test_a_number(sit, golden) -> None:
    async with sit() as seat:
        await to_step(seat, "number")
        await seat.press("a", "enter")
        assert "Type a number, such as 14 or 0.5." in words(seat)
        await seat.press("9", "enter")
        assert "Not yet. That is far too low: is the unit right?" in words(seat)
        golden("quiz-number-80x24", seat.text())
        await seat.pilot.press(*f"{seat.session.scope()('run.median') * 1000:.0f}")
        await seat.press("enter")
        assert "Right. It was" in words(seat)
        await seat.press("enter")
        assert isinstance(seat.screen, LessonScreen)
        assert seat.session.verdict().met


async def test_only_the_third_wrong_number_gets_the_whole_explanation(sit) -> None:
    async with sit() as seat:
        await to_step(seat, "number")
        await seat.press("a", "9", "enter")
        assert "It was" not in words(seat)
        await seat.press("8", "enter", "7", "enter")
        assert "It was" in words(seat)


@BOTH
async def test_a_prediction_accepts_anything_and_judges_nothing(sit, golden, size) -> None:
    async with sit(size) as seat:
        await seat.press("j", "enter", "a")
        golden(f"quiz-prediction-{size[0]}x{size[1]}", seat.text())
        await seat.press("b", "enter")
        assert isinstance(seat.screen, LessonScreen)
        assert "You expect: No, none" in seat.text()
        assert seat.messages() == ["Noted. Now look."]
        assert not any(word in seat.text() for word in ("Right", "Not this one"))


async def test_a_prediction_may_be_changed_until_there_is_a_result(sit) -> None:
    async with sit() as seat:
        await seat.press("j", "enter", "a", "b", "enter", "a", "a", "enter")
        assert "You expect: Yes, one" in seat.text()
        await seat.quiet()
        await seat.run_load()
        await seat.press("0", "a")
        assert "There is nothing to answer in this step." in seat.messages()
        assert "You expected: Yes, one" in seat.text()


async def test_a_question_that_was_answered_shows_its_answer_again(sit) -> None:
    async with sit() as seat:
        await to_step(seat, "what")
        await seat.press("a", "b", "enter", "enter", "a")
        assert "Right. Yes: the longest was" in words(seat)
        await seat.press("enter")
        assert seat.session.memory.tries["p99"] == 1


async def test_the_evidence_stays_in_sight_beside_the_question(sit) -> None:
    async with sit((120, 40)) as seat:
        await to_step(seat, "what")
        await seat.press("a")
        assert "Load: 1 runs" in seat.text()
