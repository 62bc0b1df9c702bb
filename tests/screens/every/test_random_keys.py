"""Ten thousand keys by chance, on all screens, at all sizes: nothing breaks or freezes, and the foot is true."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from lessons.loader import MODULE_4, OpenCourse
from tests.screens.every.learner import Learner, play_lessons, sitting
from tests.screens.every.truth import broken_lines, broken_promises
from tests.screens.every.wanderer import DOORS, KNOWN, SIZES, Wanderer, every_key, place
from tui.screens.home import HomeScreen

if TYPE_CHECKING:
    from pathlib import Path

SEEDS = range(1, 11)
KEYS, AT_ONCE = 1_000, 20
A_DOOR = 5
"""After so many times `AT_ONCE` keys one goes through a door."""
WAYS_OUT = 40


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_thousand_keys_by_chance_break_nothing(
    seed: int, data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")  # no clipboard tool: what is copied stays in the terminal
    chance = Random(seed)
    course = OpenCourse(MODULE_4)
    names = [entry.id for entry in course.entries]
    chance.shuffle(names)
    play_lessons(data_folder, {name: chance.randrange(len(course.lesson(name).steps)) for name in names})
    lesson = sorted(DOORS)[seed % len(DOORS)]
    async with sitting(data_folder, chance.choice(KNOWN), monkeypatch, lesson=lesson) as learner:
        wanderer = Wanderer(learner, chance)
        for turn in range(KEYS // AT_ONCE):
            size, screen = learner.app.size, type(learner.screen).__name__
            try:
                if turn % A_DOOR == 0:
                    await wanderer.enter(chance.choice(sorted(DOORS[lesson])))
                await wanderer.wander(AT_ONCE)
                found = [*broken_lines(learner), *broken_promises(learner)]
                assert not found, found
            except BaseException as error:
                error.add_note(f"seed {seed}, from {screen} at {size.width}x{size.height}: {wanderer.since}")
                error.add_note(learner.text())
                raise
            wanderer.since.clear()
        await leave(learner)


@pytest.mark.parametrize("lesson", DOORS)
async def test_the_doors_lead_to_what_chance_hardly_finds(
    lesson: str, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play_lessons(data_folder, {lesson: len(OpenCourse(MODULE_4).lesson(lesson).steps) - 1})
    async with sitting(data_folder, KNOWN[0], monkeypatch, lesson=lesson) as learner:
        wanderer = Wanderer(learner, Random(0))
        reached = {}
        for door in DOORS[lesson]:
            await wanderer.enter(door)
            reached[door] = place(learner)
        assert reached == DOORS[lesson], learner.text()


async def leave(learner: Learner) -> None:
    """After all that, the keys that lead out still do, and the last one ends the app."""
    learner.resize(80, 24)
    await learner.settle()
    for _ in range(WAYS_OUT):
        if isinstance(learner.screen, HomeScreen):
            break
        await learner.press(
            "escape" if learner.screen.is_modal or learner.screen.focused is None else "escape q"
        )
    assert isinstance(learner.screen, HomeScreen), learner.text()
    exits = learner.exits
    await learner.press("q")
    assert learner.exits == exits + 1


def test_the_keys_are_those_of_every_screen() -> None:
    """If a pane's keys are no longer found where they are declared, the walk has lost its point."""
    assert {"z", "D", "slash", "m", "w", "y", "R", "full_stop", "ctrl+q"} <= set(every_key())
    assert {"B", "C", "H", "S", "U", "X", "e", "f9", "t"} <= set(every_key())


def test_the_sizes_reach_below_what_fits_and_beyond_what_is_needed() -> None:
    (least_columns, most_columns, _), (least_rows, most_rows, _) = SIZES
    assert least_columns < 60 < 200 < most_columns
    assert least_rows < 20 < 60 < most_rows
