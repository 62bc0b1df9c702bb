"""Marks in a version's source: set one around the statement under the cursor, take it away, list them.

Source text in, source text out; nothing is run. Every result parses, and beside its marks it does what the source
did: both are checked before it is given out, and an error leaves the caller with the source it has.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from simulator.marking_call import call_at, proposed, quoted
from simulator.marking_find import Found, Mark, find
from simulator.marking_refuse import refuse, refuse_twice
from simulator.marking_remove import essence, without
from simulator.marking_text import MarkError, Text, begin, shifted

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Mark", "MarkError", "Marked", "bare", "mark", "marks", "unmark", "unmark_all"]


@dataclass(frozen=True, slots=True)
class Marked:
    """A source with one mark more: `line` is the mark's, counted from 1."""

    source: str
    line: int
    name: str


_P = ParamSpec("_P")
_R = TypeVar("_R")


def _readable(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let code that is nested too deeply for the parser, or for a walk through its tree, be an error like others."""

    @wraps(function)
    def guarded(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return function(*args, **kwargs)
        except RecursionError:
            raise MarkError(
                "line 1: the code is nested too deeply to be read; split its longest expression"
            ) from None

    return guarded


@_readable
def mark(source: str, line: int, column: int | None = None, name: str | None = None) -> Marked:
    """Wrap the statement that holds the call at `line` (from 1) and `column` (characters, from 0) into a mark.

    Without a column, or with one outside every call, the line's outermost awaited call is meant, or else its outermost.
    A name that is not given is proposed from the call, and is new in this source. Raises MarkError.
    """
    text = Text(source)
    call = call_at(text, line, column)
    refuse(text, call, line)
    found = find(text)
    refuse_twice(call, found, line)
    called = name if name is not None else proposed(call.node, [f.mark.name for f in found])
    statement = text.logical[call.stmt.lineno]
    first, last = statement.first, statement.last
    at = begin(text.lines[first - 1])[1]
    unit = text.step(at)
    rows = {*range(first, last + 1)}
    rows.update(text.over_indented(text.lines, last, at + unit))
    lines = [shifted(s, at, unit) if i in rows else s for i, s in enumerate(text.lines, 1)]
    header = f"{at}with context.mark({quoted(called, text.quote, line)}):{text.line_end(first)}"
    result = "".join([*lines[: first - 1], header, *lines[first - 1 :]])
    if not _same(text, result) or without(*_chosen(Text(result), first)) != source:
        raise _mixed(line)
    return Marked(result, first, called)


@_readable
def unmark(source: str, line: int) -> str:
    """Take away the mark that `line` opens (of several in one line, the last), or else the innermost around it.

    On a `context.mark.start` or `.end` it is their pair. Raises MarkError, also where no mark is.
    """
    return _removed(*_chosen(Text(source), line))


@_readable
def unmark_all(source: str) -> str:
    """Take every mark away, pairs and single `start` and `end` too. Raises MarkError where one cannot be."""
    text = Text(source)
    return _removed(text, find(text))


@_readable
def marks(source: str) -> tuple[Mark, ...]:
    """List the marks of a source in the order of their opening. Raises MarkError where it does not parse."""
    return tuple(f.mark for f in find(Text(source)))


@_readable
def bare(source: str) -> str:
    """Write the syntax tree of a source without its marks: two sources with one text do the same beside marking."""
    return essence(Text(source))


def _chosen(text: Text, line: int) -> tuple[Text, list[Found]]:
    found = find(text)
    here = [f for f in found if line in f.rows]
    exact = [f for f in here if f.block is None or f.block.items[f.item].context_expr.lineno == line]
    around = [f for f in found if f.mark.line <= line <= f.mark.last and not f.mark.problem]
    chosen = exact or here or around
    if not chosen:
        raise MarkError(f"line {line}: no mark opens on this line, and none is around it")
    return text, chosen[-1:]


def _removed(text: Text, chosen: list[Found]) -> str:
    if not chosen:
        return text.source
    result = without(text, chosen)
    if not _same(text, result):
        raise MarkError(
            f"line {chosen[0].mark.line}: this mark is written in a way that cannot be taken out without changing the "
            "rest; take it out by hand"
        )
    return result


def _same(text: Text, result: str) -> bool:
    try:
        return essence(text) == essence(Text(result))
    except MarkError:
        return False


def _mixed(line: int) -> MarkError:
    return MarkError(
        f"line {line}: a mark here would change more than the indentation; indent around this line with either tabs or "
        "spaces, and less deeply"
    )
