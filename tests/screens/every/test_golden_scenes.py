"""Every scene, in four sizes of a terminal, as it was looked at and kept: whole, with a foot that tells the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.screens.every.learner import sitting
from tests.screens.every.scenes import WALKS, Walk
from tests.screens.every.truth import broken_lines, broken_promises

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SIZES = ((60, 20), (80, 24), (120, 40), (200, 60))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.name)
async def test_every_scene_looks_as_it_did(
    walk: Walk,
    size: tuple[int, int],
    golden: Callable[[str, str], None],
    data_folder: Path,
    played: Callable[[Walk, Path], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    played(walk, data_folder)
    wrong = []
    async with sitting(data_folder, size, monkeypatch, **walk.options) as learner:
        async for scene in walk.go(learner):
            if found := [*broken_lines(learner), *broken_promises(learner)]:
                wrong.append(f"{scene.name}: {'; '.join(found)}\n{learner.text()}")
            if walk.ascii and not learner.text().isascii():
                wrong.append(f"{scene.name}: {sorted({c for c in learner.text() if not c.isascii()})}")
            try:
                golden(f"scenes/{scene.name}-{size[0]}x{size[1]}", learner.text())
            except (AssertionError, FileNotFoundError) as error:
                wrong.append(str(error))
    assert not wrong, "\n\n".join(wrong)


def test_no_two_scenes_share_a_name() -> None:
    names = [scene.name for walk in WALKS for scene in walk.scenes]
    assert len(names) == len(set(names))
