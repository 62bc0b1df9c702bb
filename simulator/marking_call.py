"""Which call a cursor means, and what a mark around it is called."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulator.marking_find import is_mark
from simulator.marking_text import MarkError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from simulator.marking_text import Place, Text

LONGEST = 40  # characters of a proposed name
Inner = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_SILENT = frozenset({"self", "cls", "context", "asyncio", ""})  # owners that tell nothing
_THROUGH = frozenset({"wait_for", "shield"})  # what they wrap is what takes the time


@dataclass(frozen=True, slots=True, eq=False)
class Where:
    """Where an expression stands: its statement, that one's block, the functions around it, the part of it."""

    block: list[ast.stmt]
    stmt: ast.stmt | None = None
    scopes: tuple[Inner, ...] = ()
    part: str = ""
    text: ast.JoinedStr | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A call in a source; `start` and `end` are its places in characters."""

    node: ast.Call
    start: Place
    end: Place
    awaited: bool
    where: Where

    @property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        """The functions around it, outermost first."""
        return [scope for scope in self.where.scopes if not isinstance(scope, ast.ClassDef)]

    @property
    def in_header(self) -> bool:
        """Whether it stands in the header of a compound statement."""
        return hasattr(self.stmt, "body") or isinstance(self.stmt, ast.Match)

    @property
    def stmt(self) -> ast.stmt:
        """The statement that holds it."""
        assert self.where.stmt is not None
        return self.where.stmt


def calls(text: Text) -> list[Call]:
    """List the calls of a source, outer ones before those inside them."""
    found = _block(text, text.tree.body, Where(text.tree.body))
    return sorted(found, key=lambda c: (c.start, (-c.end[0], -c.end[1])))


def _block(text: Text, block: list[ast.stmt], where: Where) -> Iterator[Call]:
    for stmt in block:
        yield from _inside(text, stmt, replace(where, block=block, stmt=stmt, part=""))


def _inside(text: Text, node: ast.AST, where: Where) -> Iterator[Call]:
    for name, value in ast.iter_fields(node):
        inner = where
        if isinstance(node, Inner):
            if name == "body":
                inner = replace(where, scopes=(*where.scopes, node))
            elif name == "decorator_list":
                inner = replace(where, part="decorator")
        elif isinstance(node, ast.AnnAssign) and name == "annotation":
            continue  # of a function's own variable: never computed
        if name in {"defaults", "kw_defaults"} and where.part != "lambda":
            inner = replace(where, part="default")
        children = value if isinstance(value, list) else [value]
        if children and all(isinstance(child, ast.stmt) for child in children):
            yield from _block(text, children, inner)
            continue
        for child in children:
            if isinstance(child, ast.AST):
                yield from _node(text, child, inner, awaited=isinstance(node, ast.Await))


def _node(text: Text, node: ast.AST, where: Where, *, awaited: bool) -> Iterator[Call]:
    if isinstance(node, ast.Lambda):
        where = replace(where, part="lambda")
    elif isinstance(node, ast.JoinedStr) and where.text is None:
        where = replace(where, text=node)
    elif isinstance(node, ast.Call):
        start, end = text.start(node), text.end(node)
        if where.text is not None:  # Python 3.11 is not always right about what stands in an f-string
            first, last = text.start(where.text), text.end(where.text)
            start, end = (start, end) if first <= start and end <= last else (first, last)
        yield Call(node, start, end, awaited, where)
    yield from _inside(text, node, where)


def call_at(text: Text, line: int, column: int | None) -> Call:
    """Find the call that a cursor means. Raises MarkError where there is none."""
    if not 1 <= line <= len(text.lines):
        raise MarkError(f"line {line}: the code has {len(text.lines)} lines; choose one of them")
    every = calls(text)
    here = [call for call in every if call.start[0] <= line <= call.end[0]]
    if not here:
        fit = [c for c in every if c.functions and not (c.where.part or c.in_header or is_mark(c.node))]
        near = min(fit, key=lambda c: (abs(c.start[0] - line), -c.start[0]), default=None)
        there = (
            f"the nearest is `{short(near)}` in line {near.start[0]}"
            if near
            else "there is none in a function of this code"
        )
        raise MarkError(f"line {line}: no call on this line, so nothing to measure; {there}")
    if column is not None:
        under = [call for call in here if call.start <= (line, column) < call.end]
        if under:
            return max(under, key=lambda c: (c.start, (-c.end[0], -c.end[1])))
    here = [call for call in here if call.where.part != "lambda"] or here
    return next((call for call in here if call.awaited), here[0])


def short(call: Call) -> str:
    """Write a call as a reader recognizes it: its function, and three dots for what it is given."""
    name = ast.unparse(call.node.func)
    given = "..." if call.node.args or call.node.keywords else ""
    return f"{name if len(name) <= LONGEST else '...' + name[-LONGEST:].partition('.')[2]}({given})"


def proposed(call: ast.Call, taken: Iterable[str]) -> str:
    """Propose a mark's name from the call: its function's, with the owner's before a single word; not taken yet."""
    func = call.func
    if _last(func) in _THROUGH and call.args and isinstance(call.args[0], ast.Call):
        return proposed(call.args[0], taken)
    name = _snake(_last(func))
    if isinstance(func, ast.Attribute) and "_" not in name:
        owner = _snake(_last(func.value))
        if owner not in _SILENT and not name.startswith(owner):
            name = f"{owner}_{name}"
    name = name[:LONGEST].rstrip("_") or "call"
    used, number, free = set(taken), 2, name
    while free in used:
        free, number = f"{name}_{number}", number + 1
    return free


def _last(node: ast.expr) -> str:
    """Give the last name of an expression: of ``context.rides`` it is ``rides``."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=inner) | ast.Await(value=inner):
            return _last(inner)
        case ast.Subscript(slice=ast.Constant(value=str() as key)) if key.isidentifier():
            return key
        case ast.Subscript(value=inner):
            return _last(inner)
    return ""


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).strip("_").lower()


def quoted(name: str, quote: str, line: int) -> str:
    """Write a mark's name as a string of the source. Raises MarkError where it is no line of text."""
    if not name.strip() or not name.isprintable():
        raise MarkError(f"line {line}: {name!r} is no name for a mark; write one line of text")
    return quote + name.replace("\\", "\\\\").replace(quote, f"\\{quote}") + quote
