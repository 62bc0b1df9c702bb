"""One key for marks: what it does on a line of a source."""

from __future__ import annotations

import ast
from typing import NamedTuple

from simulator.marking import mark, marks, unmark


class Toggled(NamedTuple):
    """A source with a mark more or less, the line to look at (from 1), and what was done."""

    source: str
    line: int
    said: str
    marked: bool


def toggle_mark(source: str, line: int) -> Toggled:
    """Mark the statement that holds the call on a line, or take away the mark that it opens, ends, or is all of.

    A statement with others beside it under a mark gets a mark of its own inside. Raises MarkError.
    """
    found = marks(source)
    own = [one for one in found if line == one.line or line in one.ends]
    around = [one for one in found if one.first <= line <= one.last and not one.problem]
    inner = max(around, key=lambda one: (one.first, -one.last), default=None)
    if not own and inner is not None and _statement(source, line) == (inner.first, inner.last):
        own = [inner]
    if own:
        taken = own[-1]
        return Toggled(
            unmark(source, line), taken.line, f"the mark {taken.name!r} is taken away", marked=False
        )
    marked = mark(source, line)
    return Toggled(marked.source, marked.line, f"marked as {marked.name!r}", marked=True)


def _statement(source: str, line: int) -> tuple[int, int] | None:
    """Find the lines of the innermost statement around a line."""
    spans = [
        (node.lineno, node.end_lineno or node.lineno)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    return max(spans, key=lambda span: (span[0], -span[1]), default=None)
