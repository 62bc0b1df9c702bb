"""Paths as people write them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def short_path(path: Path) -> str:
    """Write a path below the home folder as ``~/...``, any other as it is."""
    with suppress(ValueError, RuntimeError):  # it lies elsewhere; nobody's home is known
        return str(Path("~") / path.relative_to(Path.home()))
    return str(path)
