"""A file fits in a head: no source file is longer than 400 lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = 400
ROOMS = {"benchmarks", "lessons", "simulator", "tests", "tui"}
SOURCE = {".py", ".pyi", ".tcss"}


def too_long(path: Path) -> bool:
    return len(path.read_text(encoding="utf-8").splitlines()) > LIMIT


def test_400_lines_are_allowed_and_401_are_not(tmp_path: Path) -> None:
    allowed, long = tmp_path / "allowed.py", tmp_path / "long.py"
    allowed.write_text("pass\n" * LIMIT, encoding="utf-8")
    long.write_text("pass\n" * (LIMIT + 1), encoding="utf-8")
    assert not too_long(allowed)
    assert too_long(long)


def test_no_source_file_is_too_long(root: Path, committed: list[Path]) -> None:
    sources = [
        path for path in committed if path.suffix in SOURCE and path.relative_to(root).parts[0] in ROOMS
    ]
    assert sources
    assert [str(path.relative_to(root)) for path in sources if too_long(path)] == []
