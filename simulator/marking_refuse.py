"""Why a statement cannot stand in a mark, in one sentence with what to do."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from simulator.marking_call import Inner, short
from simulator.marking_find import is_mark, name_of, opens_block
from simulator.marking_text import MarkError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from simulator.marking_call import Call
    from simulator.marking_find import Found
    from simulator.marking_text import Logical, Text


def refuse(text: Text, call: Call, line: int) -> None:
    """Raise MarkError, with the reason and what to do, where the statement of a call cannot stand in a mark."""
    node, stmt, where = call.node, call.stmt, call.where
    if is_mark(node):
        raise MarkError(_of_a_mark(node, line))
    if where.part == "lambda":
        raise MarkError(
            f"line {line}: `{short(call)}` stands in a lambda and runs later; make the lambda a function with `def` "
            "and mark the line in it, or mark the line that calls it"
        )
    if where.part == "decorator":
        raise MarkError(
            f"line {line}: `{short(call)}` stands in a decorator and runs when the function is made, not when it is "
            "called; mark lines of the function's body"
        )
    if where.part == "default":
        raise MarkError(
            f"line {line}: `{short(call)}` is a default argument and runs once, when the function is made; call it "
            "in the function's body and mark it there"
        )
    if not call.functions:
        raise MarkError(
            f"line {line}: this runs when the module loads, at a cold start, where no request is measured; mark a line "
            "inside a function"
        )
    logical = text.logical[stmt.lineno]
    if call.in_header:
        waits = "await " if call.awaited else ""
        header = _header(text.logical[call.start[0]])
        raise MarkError(
            f"line {line}: `{short(call)}` stands in the header of this `{header}`; mark the lines of its body, or "
            f"put the call on a line of its own: `value = {waits}{short(call)}`"
        )
    _alone(text, stmt, logical, line)
    for first, last in text.strings:
        if logical.first <= first and last <= logical.last:
            raise MarkError(
                f"line {line}: the statement holds a string over several lines ({first} to {last}), and indenting it "
                "would change it; give the string a name on a line before, and use the name here"
            )
    if not _in_reach(text, where.scopes, stmt):
        name = call.functions[-1].name
        raise MarkError(
            f"line {line}: `{name}` has no `context` in reach; add `context` to its parameters and its calls, or mark "
            f"the line that calls `{name}`"
        )


def refuse_twice(call: Call, found: Iterable[Found], line: int) -> None:
    """Raise MarkError where the statement of a call is all that a mark measures."""
    stmt, block = call.stmt, call.where.block
    place = block.index(stmt)
    beside = (block[place - 1] if place else None, block[place + 1] if place + 1 < len(block) else None)
    for f in found:
        if f.block is not None:
            same = f.block.body is block and len(block) == 1
        else:
            same = len(f.points) == 2 and (f.points[0].stmt, f.points[1].stmt) == beside
        if same:
            raise MarkError(
                f"line {line}: this is marked already, as {f.mark.name!r} in line {f.mark.line}; change the name "
                "there, or take that mark away first"
            )


def _of_a_mark(node: ast.Call, line: int) -> str:
    name = name_of(node)
    if opens_block(node):
        return f"line {line}: this opens the mark {name!r}; mark a line of its body, or take this mark away"
    assert isinstance(node.func, ast.Attribute)
    word = "begins" if node.func.attr == "start" else "ends"
    return f"line {line}: this {word} the mark {name!r}; mark a line beside it, or take this mark away"


def _header(logical: Logical) -> str:
    words = [token.string for token in logical.words[:2]]
    return " ".join(words) if words[0] == "async" else words[0]


def _alone(text: Text, stmt: ast.stmt, logical: Logical, line: int) -> None:
    words = logical.words
    others = [
        n
        for n in ast.walk(text.tree)
        if isinstance(n, ast.stmt) and n is not stmt and logical.first <= n.lineno <= logical.last
    ]
    if words[0].start != text.start(stmt):
        before = next((n for n in others if text.start(n) == words[0].start), None)
        if before is None or hasattr(before, "body"):
            raise MarkError(
                f"line {line}: the body of this `{_header(logical)}` stands on the same line; put it on a line "
                "of its own, indented, and mark that"
            )
    if others:
        raise MarkError(
            f"line {line}: several statements share this line; put each on a line of its own, and mark the one you mean"
        )


def _in_reach(text: Text, scopes: tuple[Inner, ...], stmt: ast.stmt) -> bool:
    for scope in reversed(scopes):
        own = scope is scopes[-1]
        if isinstance(scope, ast.ClassDef) and not own:
            continue  # a class's names are not seen in its functions
        if not isinstance(scope, ast.ClassDef):
            given = scope.args
            every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
            if any(arg is not None and arg.arg == "context" for arg in every):
                return True
        rows = list(_assigned(scope.body))
        if rows:
            return not own or min(rows) < stmt.lineno
    return any(_assigned(text.tree.body))


def _assigned(body: Iterable[ast.AST]) -> Iterator[int]:
    """Give the rows that bind `context` in a scope, its inner functions left out."""
    for node in body:
        match node:
            case ast.Name(id="context", ctx=ast.Store()) | ast.ExceptHandler(name="context"):
                yield node.lineno
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                if any((alias.asname or alias.name) == "context" for alias in names):
                    yield node.lineno
            case (
                ast.MatchAs(name="context") | ast.MatchStar(name="context") | ast.MatchMapping(rest="context")
            ):
                yield node.lineno
            case (
                ast.FunctionDef(name="context")
                | ast.AsyncFunctionDef(name="context")
                | ast.ClassDef(name="context")
            ):
                yield node.lineno
        if not isinstance(node, Inner | ast.Lambda | ast.comprehension):
            yield from _assigned(ast.iter_child_nodes(node))
