"""What a run's traces say about the lines of a version: the share of each mark, and where nobody looks."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from simulator.marking import MarkError, marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from simulator.columns import Column
    from simulator.deploying import Version
    from simulator.run_data import RunData


@dataclass(frozen=True, slots=True)
class LineShare:
    """The mark that opens on a line: its share of an invocation's time, 0 to 1; `places`: lines that open its name."""

    name: str
    share: float
    places: int = 1


@dataclass(frozen=True, slots=True)
class Shares:
    """What run `run` tells about one version, of its slow invocations or, where it has none, of all; 0: no run does.

    `unmarked` is the share of the median time that no innermost mark covers; `bare` are the lines of the handler that
    call something under no mark: whether they wait.
    """

    run: int = 0
    invocations: int = 0
    slow: bool = False
    unmarked: float = 1.0
    lines: Mapping[int, LineShare] = field(default_factory=dict)
    bare: Mapping[int, bool] = field(default_factory=dict)

    @property
    def whose(self) -> str:
        """Whose time is meant."""
        return "the slow invocations'" if self.slow else "the invocations'"


def without_times(runs: Sequence[RunData], version: Version) -> Shares | None:
    """Give what is known of a version that no run has traces of: its bare lines. None before its service was traced."""
    traced = any(
        data.watched(version.service) and len(data.of_service(version.service)["number"]) for data in runs
    )
    return Shares(bare=bare_lines(version.source)) if traced else None


def newest_shares(runs: Sequence[RunData], version: Version, slow_s: float) -> Shares | None:
    """Give the shares from the newest run that has traces of a version, None where none has."""
    for number in range(len(runs), 0, -1):
        if (found := shares_of(runs[number - 1], version, slow_s, number)) is not None:
            return found
    return None


@lru_cache(maxsize=64)
def shares_of(data: RunData, version: Version, slow_s: float, run: int = 1) -> Shares | None:
    """Give what one run's traces say about a version; None where no trace of it was kept or nobody watches it."""
    if version not in data.versions or not data.watched(version.service):
        return None
    own = data.of_service(version.service)
    places = [i for i, one in enumerate(data.versions) if one == version]
    traced = np.isin(own["version"], places) & (own["kept"] > 0)
    if not traced.any():
        return None
    slow = traced & (own["duration_s"] > slow_s)
    chosen = slow if slow.any() else traced
    numbers, duration = own["number"][chosen], own["duration_s"][chosen]
    whole = float(np.median(duration))
    table = {name: column[np.isin(data.marks["invocation"], numbers)] for name, column in data.marks.items()}
    unmarked = float(np.median(np.maximum(0.0, duration - covered_s(table, numbers))))
    return Shares(
        run,
        len(numbers),
        bool(slow.any()),
        unmarked / whole if whole else 0.0,
        _lines(version.source, _medians(data.names, table), whole),
        bare_lines(version.source),
    )


def covered_s(table: Mapping[str, Column], numbers: Column) -> Column:
    """Measure what marks without marks inside cover of each invocation, in seconds; where they overlap, once."""
    first = np.searchsorted(table["invocation"], table["invocation"])
    leaf = np.ones(len(first), dtype=bool)
    leaf[(first + table["parent"])[table["parent"] >= 0]] = False
    slot = np.searchsorted(numbers, table["invocation"][leaf])
    start, end = table["start_s"][leaf], table["end_s"][leaf]
    order = np.lexsort((start, slot))
    covered = np.zeros(len(numbers))
    at, reached = -1, 0.0
    for i in order:
        if slot[i] != at:
            at, reached = slot[i], start[i]
        covered[at] += max(0.0, end[i] - max(start[i], reached))
        reached = max(reached, end[i])
    return covered


def _medians(names: Sequence[str], table: Mapping[str, Column]) -> dict[str, float]:
    """Give the median time of each name in an invocation that has it: all its intervals together."""
    length = table["end_s"] - table["start_s"]
    found = {}
    for index in np.unique(table["name"]):
        mask = table["name"] == index
        _, inverse = np.unique(table["invocation"][mask], return_inverse=True)
        found[names[int(index)]] = float(np.median(np.bincount(inverse, weights=length[mask])))
    return found


def _lines(source: str, times: Mapping[str, float], whole: float) -> dict[int, LineShare]:
    try:
        found = marks(source)
    except MarkError:
        return {}
    opened = [(mark.line, mark.name) for mark in found if mark.name in times and mark.first <= mark.last]
    names = [name for _, name in opened]
    return {
        line: LineShare(name, times[name] / whole if whole else 0.0, names.count(name))
        for line, name in opened
    }


@lru_cache(maxsize=64)
def bare_lines(source: str) -> dict[int, bool]:
    """List the lines of the handler that call something and lie under no mark: whether each waits for it.

    A statement counts at its first line; of one that holds others, what stands in its head.
    """
    try:
        tree, marked = ast.parse(source), marks(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError, MarkError):
        return {}
    covered = {line for mark in marked for line in range(mark.first, mark.last + 1)}
    own = {line for mark in marked for line in (mark.line, *mark.ends)}
    handlers = [
        node for node in tree.body if isinstance(node, ast.AsyncFunctionDef) and node.name == "handler"
    ]
    found: dict[int, bool] = {}
    for statement in _statements(handlers[-1].body if handlers else []):
        line = statement.lineno
        parts = [part for head in _heads(statement) for part in _walked(head)]
        waits = isinstance(statement, ast.AsyncFor | ast.AsyncWith) or any(
            isinstance(p, ast.Await) for p in parts
        )
        if (waits or any(isinstance(part, ast.Call) for part in parts)) and line not in covered | own:
            found[line] = found.get(line, False) or waits
    return found


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Go through the statements of a function, those within others too, but not into functions and classes."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for child in ast.iter_child_nodes(statement):
            if isinstance(child, ast.stmt):
                yield from _statements([child])
            elif isinstance(child, ast.ExceptHandler | ast.match_case):
                yield from _statements(child.body)


def _heads(statement: ast.stmt) -> list[ast.AST]:
    """Give what a statement holds beside the statements in it."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return []
    inner = (ast.stmt, ast.ExceptHandler, ast.match_case)
    return [child for child in ast.iter_child_nodes(statement) if not isinstance(child, inner)]


def _walked(node: ast.AST) -> Iterator[ast.AST]:
    """Go through an expression, but not into what a lambda will do some day."""
    yield node
    if not isinstance(node, ast.Lambda):
        for child in ast.iter_child_nodes(node):
            yield from _walked(child)
