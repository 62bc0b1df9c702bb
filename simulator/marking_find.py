"""The marks that stand in a source: `with` blocks, and pairs of `start` and `end` by the ways the code can take."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.marking_text import Place, Text

Scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark in a source. Lines count from 1.

    `line` opens it; it measures the lines `first` to `last`, none where `first` is greater. `depth` is the number of
    marks around it in its function. `ends` are the lines with its `context.mark.end`, none for a `with`. `problem` is
    a sentence about a `start` without an `end` or an `end` without a `start`, or empty.
    """

    name: str
    line: int
    first: int
    last: int
    depth: int = 0
    ends: tuple[int, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """A statement that calls `context.mark.start` or `.end`, and the block it stands in."""

    stmt: ast.stmt
    block: list[ast.stmt]
    call: ast.Call

    @property
    def alone(self) -> bool:
        """Whether the statement is this call and nothing else."""
        return isinstance(self.stmt, ast.Expr) and self.stmt.value is self.call


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A mark and where its text stands: an item of a `with`, or the points of a pair."""

    mark: Mark
    place: Place
    rows: frozenset[int]  # the rows that hold its own text
    scope: Scope
    block: ast.With | None = None
    item: int = 0
    points: tuple[Point, ...] = ()


@dataclass(slots=True, eq=False)
class _Start:
    name: str
    point: Point
    scope: Scope
    ends: list[Point] = field(default_factory=list)


def is_mark(node: ast.AST) -> bool:
    """Whether this is ``context.mark``, ``context.mark.start`` or ``context.mark.end`` called."""
    return isinstance(node, ast.Call) and _word(node.func) in {"mark", "start", "end"}


def opens_block(node: ast.AST) -> bool:
    """Whether this is ``context.mark(...)``."""
    return isinstance(node, ast.Call) and _word(node.func) == "mark"


def name_of(call: ast.Call) -> str:
    """Give the name a mark gets: its text, or the expression that makes it."""
    given = [*call.args, *(k.value for k in call.keywords)]
    if not given:
        return "?"
    return (
        given[0].value
        if isinstance(given[0], ast.Constant) and isinstance(given[0].value, str)
        else ast.unparse(given[0])
    )


def _word(func: ast.expr) -> str:
    match func:
        case ast.Attribute(value=ast.Name(id="context"), attr="mark"):
            return "mark"
        case ast.Attribute(
            value=ast.Attribute(value=ast.Name(id="context"), attr="mark"), attr="start" | "end" as word
        ):
            return word
    return ""


def find(text: Text) -> list[Found]:
    """Find the marks of a source, in the order of their opening. Raises MarkError where it does not parse."""
    finder = _Finder(text)
    finder.scope(text.tree)
    found = sorted(finder.all(), key=lambda f: (f.place, f.item))
    return [replace(f, mark=replace(f.mark, depth=_depth(f, found[:i]))) for i, f in enumerate(found)]


def _depth(inner: Found, before: Iterable[Found]) -> int:
    return sum(f.scope is inner.scope and inner.mark.line <= f.mark.last for f in before)


class _Finder:
    """Walks each function along the ways it can take: an `end` before a `return` ends the mark on that way alone."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.blocks: list[Found] = []
        self.starts: list[_Start] = []
        self.strays: list[tuple[Point, Scope]] = []
        self.left: list[list[tuple[_Start, ...]]] = []  # for each loop around: what is open where it is left

    def scope(self, node: Scope) -> None:
        self.walk(node.body, (), node)

    def all(self) -> list[Found]:
        return [
            *self.blocks,
            *map(self._pair, self.starts),
            *(self._stray(point, scope) for point, scope in self.strays),
        ]

    def walk(
        self, block: list[ast.stmt], opened: tuple[_Start, ...], scope: Scope
    ) -> tuple[_Start, ...] | None:
        """Walk a block; give the pairs open behind it, or None where no way leads there."""
        leaves = False
        for stmt in block:
            after = self._step(stmt, block, opened, scope)
            leaves |= after is None
            opened = opened if after is None else after
        return None if leaves else opened

    def _step(
        self, stmt: ast.stmt, block: list[ast.stmt], opened: tuple[_Start, ...], scope: Scope
    ) -> tuple[_Start, ...] | None:
        match stmt:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self.scope(stmt)
                return opened
            case ast.If(body=body, orelse=other):
                return _either(self.walk(body, opened, scope), self.walk(other, opened, scope))
            case (
                ast.For(body=body, orelse=other)
                | ast.AsyncFor(body=body, orelse=other)
                | ast.While(body=body, orelse=other)
            ):
                self.left.append([])
                around = self.walk(body, opened, scope)
                behind = _either(opened, around, *self.left.pop()) or ()
                return _either(behind, self.walk(other, behind, scope))
            case ast.With(body=body) | ast.AsyncWith(body=body):
                self._blocks(stmt, scope)
                return self.walk(body, opened, scope)
            case ast.Match(cases=cases):
                return _either(opened, *(self.walk(case.body, opened, scope) for case in cases))
            case ast.Try() | ast.TryStar():
                return self._try(stmt, opened, scope)
        for node in sorted(filter(is_mark, ast.walk(stmt)), key=lambda n: (n.lineno, n.col_offset)):  # type: ignore[attr-defined]
            assert isinstance(node, ast.Call)
            opened = self._point(Point(stmt, block, node), opened, scope)
        if isinstance(stmt, ast.Break | ast.Continue) and self.left:
            self.left[-1].append(opened)
        return None if isinstance(stmt, ast.Return | ast.Raise | ast.Break | ast.Continue) else opened

    def _try(
        self, stmt: ast.Try | ast.TryStar, opened: tuple[_Start, ...], scope: Scope
    ) -> tuple[_Start, ...] | None:
        before = len(self.starts)
        tried = self.walk(stmt.body, opened, scope)
        begun = tuple(s for s in self.starts[before:] if s.scope is scope)
        failed = _either(opened, begun) or ()  # it may fail, or return, while any of them is open
        ways = [self.walk(handler.body, failed, scope) for handler in stmt.handlers]
        ways.append(None if tried is None else self.walk(stmt.orelse, tried, scope))
        behind = _either(*ways)
        last = self.walk(stmt.finalbody, _either(failed, behind) or (), scope)
        if behind is None or last is None:
            return None
        return last if stmt.finalbody else behind

    def _point(self, point: Point, opened: tuple[_Start, ...], scope: Scope) -> tuple[_Start, ...]:
        word, name = _word(point.call.func), name_of(point.call)
        if word == "start":
            self.starts.append(_Start(name, point, scope))
            return (*opened, self.starts[-1])
        if word == "end":
            for start in reversed(opened):
                if start.name == name:
                    start.ends.append(point)
                    return tuple(s for s in opened if s is not start)
            self.strays.append((point, scope))
        return opened

    def _blocks(self, stmt: ast.With | ast.AsyncWith, scope: Scope) -> None:
        if isinstance(stmt, ast.AsyncWith):  # a mark does not open in it
            return
        first, last = (
            self.text.logical[stmt.lineno],
            self.text.logical[stmt.body[-1].end_lineno or stmt.lineno].last,
        )
        header = min(first.last, stmt.body[0].lineno)
        for i, item in enumerate(stmt.items):
            call = item.context_expr
            if isinstance(call, ast.Call) and opens_block(call):
                begin = header if stmt.body[0].lineno == header else header + 1
                mark = Mark(name_of(call), stmt.lineno, begin, last)
                rows = frozenset(range(stmt.lineno, header + 1))
                self.blocks.append(Found(mark, self.text.start(stmt), rows, scope, stmt, i))

    def _pair(self, start: _Start) -> Found:
        points = (start.point, *start.ends)
        line, first = start.point.stmt.lineno, self.text.logical[start.point.stmt.lineno].last + 1
        if start.ends:
            ends = tuple(sorted({p.stmt.lineno for p in start.ends}))
            mark = Mark(start.name, line, first, ends[-1] - 1, ends=ends)
        else:
            problem = (
                f"line {line}: `context.mark.start({start.name!r})` has no `context.mark.end({start.name!r})` behind "
                f"it in {_called(start.scope)}; add one, or use `with context.mark(...):`"
            )
            mark = Mark(start.name, line, first, start.scope.body[-1].end_lineno or line, problem=problem)
        return Found(mark, self.text.start(start.point.call), self._rows(points), start.scope, points=points)

    def _stray(self, point: Point, scope: Scope) -> Found:
        name, line = name_of(point.call), point.stmt.lineno
        problem = (
            f"line {line}: `context.mark.end({name!r})` has no `context.mark.start({name!r})` before it in "
            f"{_called(scope)}; add one, or take it away"
        )
        mark = Mark(name, line, line + 1, line, ends=(line,), problem=problem)
        return Found(mark, self.text.start(point.call), self._rows((point,)), scope, points=(point,))

    def _rows(self, points: Iterable[Point]) -> frozenset[int]:
        return frozenset(
            r for p in points for r in range(p.stmt.lineno, (p.stmt.end_lineno or p.stmt.lineno) + 1)
        )


def _either(*ways: tuple[_Start, ...] | None) -> tuple[_Start, ...] | None:
    """Join ways that meet: what is open on one of them may be open."""
    open_ways = [way for way in ways if way is not None]
    return tuple(dict.fromkeys(start for way in open_ways for start in way)) if open_ways else None


def _called(scope: Scope) -> str:
    return "the module" if isinstance(scope, ast.Module) else f"`{scope.name}`"
