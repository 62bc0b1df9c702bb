"""Resizing never loses a place: step, text, pane, cursor, fold, side and dialog stay, whatever the window does."""

from __future__ import annotations

from random import Random

import pytest

from tui.screens.lesson import LessonScreen
from tui.screens.quiz import QuizScreen
from tui.screens.too_small import TooSmallScreen
from tui.widgets.lab import Lab
from tui.widgets.lesson_panel import StepText
from tui.widgets.prose import Prose

SIZES = ((60, 20), (80, 24), (119, 30), (120, 40), (200, 60), (50, 12), (70, 18))
WORDS = " ".join(f"word{i}" for i in range(400))
LONG = "\n\n".join(f"Paragraph {i} begins. {WORDS[i * 90 : i * 90 + 300]}" for i in range(30))


async def resized(seat, size) -> None:
    await seat.pilot.resize_terminal(*size)
    await seat.until(lambda: seat.app.screen.size == size)
    await seat.pilot.pause()
    await seat.pilot.pause()


def sides(seat) -> tuple[bool, bool]:
    lesson = seat.lesson
    return lesson.query_one("#lesson").display, lesson.query_one("#right").display


async def first_frames(sit, size) -> list[tuple[bool, bool, bool, bool]]:
    """What every frame from the opening of a lesson on shows: lesson, lab, and both lines of tabs."""
    frames = []
    async with sit(size) as seat:
        seen = LessonScreen._compositor_refresh

        def look(screen: LessonScreen) -> None:
            if isinstance(screen, LessonScreen) and screen.size:
                frames.append(
                    tuple(
                        bool(screen.query_one(part).region.width)
                        for part in ("#lesson", "#right", "#tabs-narrow", "#tabs-wide")
                    )
                )
            seen(screen)

        LessonScreen._compositor_refresh = look
        try:
            await seat.press("enter")
        finally:
            LessonScreen._compositor_refresh = seen
    return frames


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_no_frame_of_a_lesson_that_opens_is_laid_out_for_another_width(sit, size) -> None:
    frames = [frame for frame in await first_frames(sit, size) if any(frame)]
    expected = (True, True, False, True) if size[0] >= 120 else (True, False, True, False)
    assert frames
    assert set(frames) == {expected}


@pytest.mark.parametrize("seed", range(4))
async def test_step_side_and_pane_stay_through_any_sizes(sit, seed) -> None:
    random = Random(seed)
    async with sit(random.choice(SIZES[:5])) as seat:
        await seat.press("enter", "enter", "4")
        if random.random() < 0.5:
            await seat.press("0")
        lesson, lab = seat.lesson, seat.lesson.query_one(Lab)
        before = (seat.session.place, lesson.side, lab.current, type(lesson.focused))
        for size in (*random.choices(SIZES, k=8), (80, 24), (120, 40)):
            await resized(seat, size)
            assert isinstance(seat.screen, TooSmallScreen) == (size[0] < 60 or size[1] < 20)
            assert (seat.session.place, lesson.side, lab.current, type(lesson.focused)) == before
            if isinstance(seat.screen, LessonScreen):
                assert sides(seat) == (
                    (True, True) if size[0] >= 120 else (lesson.side == "lesson", lesson.side == "lab")
                )


@pytest.mark.parametrize("size", [(200, 60), (60, 20), (50, 12)], ids=["wide", "narrow", "too-small"])
async def test_a_dialog_stays_open_with_what_was_chosen(sit, size) -> None:
    async with sit((80, 24)) as seat:
        await seat.press("enter", "enter", "a", "3")
        await resized(seat, size)
        await resized(seat, (120, 40))
        assert isinstance(seat.screen, QuizScreen)
        assert seat.screen.has_class("-wide")
        assert sides(seat) == (True, True)
        await seat.press("enter")
        assert "You expect: 3 requests" in seat.text()
        await resized(seat, (80, 24))
        assert sides(seat) == (True, False)


def top(seat) -> str:
    """The first words of the text in sight."""
    step = seat.lesson.query_one(StepText)
    region = step.region
    lines = [line[region.x : region.right].strip(" ▁▂▃▄▅▆▇█") for line in seat.text().splitlines()]
    return next(line for line in lines[region.y : region.bottom] if line)


@pytest.mark.parametrize("seed", range(3))
async def test_the_same_words_stay_at_the_top_of_the_text(sit, seed) -> None:
    random = Random(seed)
    async with sit((80, 24)) as seat:
        await seat.press("enter")
        seat.lesson.query_one("#step-text", Prose).show(LONG)
        await seat.pilot.pause()
        await seat.press(*["pagedown"] * random.randint(2, 5), "j")
        step = seat.lesson.query_one(StepText)
        first, place = top(seat).split()[0], step.scroll_y
        assert place > 0
        for size in random.choices(SIZES, k=6):
            await resized(seat, size)
            if isinstance(seat.screen, LessonScreen) and step.scroll_y < step.max_scroll_y:
                assert first in top(seat).split()
        await resized(seat, (80, 24))
        assert step.scroll_y == place


async def test_a_text_read_to_its_end_comes_back_to_it(sit) -> None:
    async with sit((60, 20)) as seat:
        await seat.press("enter")
        seat.lesson.query_one("#step-text", Prose).show(LONG)
        await seat.pilot.pause()
        await seat.press("G")
        step = seat.lesson.query_one(StepText)
        place = step.scroll_y
        assert place == step.max_scroll_y > 0
        await resized(seat, (200, 60))
        await resized(seat, (60, 20))
        assert step.scroll_y == place
