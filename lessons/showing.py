"""The line of a file that a problem is about, with a sign under the place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from simulator.document import Problem

WIDEST: Final = 100
BEFORE: Final = 40


def pointed_at(problem: Problem, folder: Path | None = None) -> tuple[str, ...]:
    """Give the offending line with its number, and a `^` under the column; nothing where it cannot be read.

    A long line is cut around the place. `folder` is where a file that is named without its folder stands.
    """
    file = Path(problem.file)
    if folder is not None and (folder / file).is_file():
        file = folder / file
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, ValueError):
        return ()
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not 1 <= problem.line <= len(lines) or not lines[problem.line - 1].strip():
        return ()
    line, at = lines[problem.line - 1].expandtabs(1).rstrip(), problem.column - 1
    start = max(0, at - BEFORE) if len(line) > WIDEST else 0
    shown = "".join(letter if letter.isprintable() else "?" for letter in line[start : start + WIDEST])
    head = f"{problem.line:>6} | "
    return (f"{head}{shown}", f"{'|':>8} {' ' * (at - start)}^")
