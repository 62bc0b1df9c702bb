"""How many of a handler's waits lie under a mark: what tells a mark around one call from a mark around everything.

A wait is an `await` that leaves the file. Awaiting a function of the same file counts for the waits inside it.
"""

from __future__ import annotations

import ast
from functools import lru_cache

from simulator.marking import MarkError, marks

Function = ast.FunctionDef | ast.AsyncFunctionDef


@lru_cache(maxsize=64)
def waits(source: str) -> int:
    """Count the waits of a version's handler. Raises MarkError where it cannot be read."""
    functions = _functions(source)
    handler = functions.get("handler")
    return 0 if handler is None else _of(handler, functions, ("handler",))


@lru_cache(maxsize=256)
def waits_under(source: str, name: str) -> int:
    """Count the waits under all marks of a name, those under marks inside them too. Raises MarkError."""
    functions = _functions(source)
    lines = {line for one in marks(source) if one.name == name for line in range(one.first, one.last + 1)}
    return sum(
        _leads_to(node, functions, ()) for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Await) and node.lineno in lines
    )  # fmt: skip


def _functions(source: str) -> dict[str, Function]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise MarkError(str(error)) from None
    return {node.name: node for node in tree.body if isinstance(node, Function)}


def _of(function: Function, functions: dict[str, Function], through: tuple[str, ...]) -> int:
    return sum(
        _leads_to(node, functions, through) for node in ast.walk(function) if isinstance(node, ast.Await)
    )


def _leads_to(node: ast.Await, functions: dict[str, Function], through: tuple[str, ...]) -> int:
    """Count the waits behind an `await`: its own, or those of the functions of this file that it awaits."""
    called = [
        call.func.id for call in ast.walk(node.value)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in functions
    ]  # fmt: skip
    inner = [
        name for name in called if isinstance(functions[name], ast.AsyncFunctionDef) and name not in through
    ]
    return sum(_of(functions[name], functions, (*through, name)) for name in inner) if inner else 1
