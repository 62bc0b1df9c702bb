"""What was played before a walk is played once: each test begins on a copy of it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.screens.every.scenes import Walk


@pytest.fixture(scope="session")
def _played_folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("played")


@pytest.fixture
def played(_played_folders: Path) -> Callable[[Walk, Path], None]:
    """Give a data folder what was played before a walk: ``played(walk, data_folder)``."""

    def put(walk: Walk, data: Path) -> None:
        kept = _played_folders / walk.name
        if not kept.exists():
            walk.prepare(kept)
        if kept.exists():
            shutil.copytree(kept, data)

    return put
