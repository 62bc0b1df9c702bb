"""Without colors every scene is there and says the same; what differs does so in glyphs, bold, reverse, underline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.screens.every.learner import Learner, sitting
from tests.screens.every.scenes import WALKS, Walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.style import Style

GOLDEN = Path(__file__).parents[1] / "golden" / "scenes"
SIZE = (80, 24)
WIDE = (120, 40)
THERE_AND_BACK = {
    "home-begun": ("j", "k"),
    "home-glossary": ("j", "k"),
    "home-settings": ("j", "k"),
    "home-palette-search": ("down", "up"),
    "quiz-choice": ("j", "k"),
    "quiz-several": ("space", "space"),
    "quiz-prediction": ("j", "k"),
    "runs": ("k", "j"),
    "runs-many": ("m", "m"),
    "load-chart": ("right", "escape"),
    "load-line-up-without": ("z", "z"),
    "load-playing": ("space", "space"),
    "alerts-event": ("j", "k"),
    "invocations-list": ("j", "k"),
    "trace-marks": ("j", "k"),
    "trace-folded": ("j", "k"),
    "compare-spans": ("v", "v"),
    "map": ("j", "k"),
    "rules": ("j", "k"),
    "code-draft": ("k", "j"),
    "code-history": ("k", "j"),
}
"""Scenes, and a key that changes one thing in them, with the one that takes it back: it must be seen without color."""
BESIDE = {"lesson-to-do": ("tab", "tab"), "alerts-mailbox": ("tab", "tab"), "trace-marks": ("tab", "tab")}
"""The same where lesson and lab stand side by side: one must see which of them has the keys."""


def kept_text(scene: str) -> str:
    """Give the text of a scene as it is in colors."""
    return (GOLDEN / f"{scene}-{SIZE[0]}x{SIZE[1]}.txt").read_text(encoding="utf-8")


def styles(learner: Learner) -> Iterator[Style]:
    """Give every style on the screen."""
    for strip in learner.screen._compositor.render_strips():
        yield from (segment.style for segment in strip if segment.style is not None)


def has_color(style: Style) -> bool:
    """Tell whether a style has a color other than the terminal's own."""
    return any(one is not None and not one.is_default for one in (style.color, style.bgcolor))


def look(learner: Learner) -> list[tuple[str, bool, bool, bool]]:
    """Give what an eye that sees no color sees: each cell, and whether it is bold, in reverse, underlined."""
    cells = []
    for strip in learner.screen._compositor.render_strips():
        for text, style, _ in strip:
            seen = (False, False, False)
            if style is not None:
                seen = (bool(style.bold), bool(style.reverse), bool(style.underline))
            cells += [(character, *seen) for character in text]
    return cells


def by_name(walk: Walk) -> str:
    return walk.name


@pytest.mark.parametrize("walk", WALKS, ids=by_name)
async def test_without_colors_every_scene_says_the_same(
    walk: Walk,
    request: pytest.FixtureRequest,
    data_folder: Path,
    played: Callable[[Walk, Path], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    played(walk, data_folder)
    monkeypatch.setenv("NO_COLOR", "1")
    writing = request.config.getoption("--update-golden")  # the texts that this would be compared with
    wrong = []
    async with sitting(data_folder, SIZE, monkeypatch, **walk.options) as learner:
        async for scene in walk.go(learner):
            if not writing and learner.text() != kept_text(scene.name):
                wrong.append(f"{scene.name} reads differently without colors:\n{learner.text()}")
            if colored := {str(one) for one in styles(learner) if has_color(one)}:
                wrong.append(f"{scene.name} has colors: {sorted(colored)}")
            if not await differs(learner, *THERE_AND_BACK.get(scene.name, ("", ""))):
                wrong.append(
                    f"{scene.name}: what {THERE_AND_BACK[scene.name][0]} changes is not seen without color"
                )
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("walk", [w for w in WALKS if any(s.name in BESIDE for s in w.scenes)], ids=by_name)
async def test_without_colors_one_sees_which_side_has_the_keys(
    walk: Walk, data_folder: Path, played: Callable[[Walk, Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    played(walk, data_folder)
    async with sitting(data_folder, WIDE, monkeypatch, **walk.options) as learner:
        async for scene in walk.go(learner):
            if scene.name in BESIDE:
                assert await differs(learner, *BESIDE[scene.name], but_last_rows=1), (
                    f"{scene.name}\n{learner.text()}"
                )


async def differs(learner: Learner, there: str, back: str, *, but_last_rows: int = 0) -> bool:
    """Tell whether a key changes what is seen without color; the second key takes it back."""
    if not there:
        return True
    end = (learner.app.size.height - but_last_rows) * learner.app.size.width
    before = look(learner)[:end]
    await learner.press(there)
    after = look(learner)[:end]
    await learner.press(back)
    return before != after


def test_the_scenes_that_are_looked_at_twice_are_there() -> None:
    names = {scene.name for walk in WALKS for scene in walk.scenes}
    assert set(THERE_AND_BACK) | set(BESIDE) <= names
