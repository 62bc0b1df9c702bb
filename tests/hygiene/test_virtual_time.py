"""The simulator runs on virtual time and keyed draws: only the child process knows the machine's clock.

`child.py` starts it and is patient with it, `worker.py` is its program and sets itself an alarm.

The versions under simulator/system/versions are exempt: inside them `time` and `random` are the lab's own.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OUTSIDE = {
    "_thread", "asyncio", "concurrent", "multiprocessing", "random", "sched", "secrets", "select",
    "selectors", "signal", "socket", "subprocess", "threading", "time",
}  # fmt: skip
IMPORTERS = {"__import__", "import_module"}
READINGS = {
    "date.today", "datetime.now", "datetime.today", "datetime.utcnow", "os.fork", "os.system", "os.times",
    "os.urandom", "uuid.uuid1", "uuid.uuid4",
}  # fmt: skip


def contacts(source: str) -> list[str]:
    """Name each import and call of a source that reaches a clock, chance, thread or process outside."""
    return sorted(set(_contacts(ast.parse(source))))


def _contacts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names if name.name.partition(".")[0] in OUTSIDE)
            case ast.ImportFrom(module=str(module), level=0) if module.partition(".")[0] in OUTSIDE:
                yield module
            case ast.Call(func=func, args=[ast.Constant(value=str(name)), *_]) if (
                ast.unparse(func).rpartition(".")[2] in IMPORTERS and name.partition(".")[0] in OUTSIDE
            ):
                yield name
            case ast.Call(func=ast.Attribute() as func):
                called = ".".join(ast.unparse(func).split(".")[-2:])
                if called in READINGS:
                    yield called
            case _:
                pass


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import time", "time"),
        ("import json, asyncio.queues as q", "asyncio.queues"),
        ("def f():\n    from random import random", "random"),
        ("from concurrent.futures import wait", "concurrent.futures"),
        ("import importlib\nimportlib.import_module('subprocess')", "subprocess"),
        ("__import__('threading')", "threading"),
        ("import datetime\ndatetime.datetime.now()", "datetime.now"),
        ("import os\nkey = os.urandom(8)", "os.urandom"),
    ],
)
def test_a_contact_with_the_outside_is_found(source: str, found: str) -> None:
    assert contacts(source) == [found]


@pytest.mark.parametrize(
    "source",
    [
        "from simulator.randomness import draw",
        "from .time import Clock",
        "sim.now; clock.now(); event.time",
        "import datetime\ndatetime.datetime(2018, 3, 30)",
        "text = 'import time'",
    ],
)
def test_virtual_time_is_not_a_contact(source: str) -> None:
    assert contacts(source) == []


ALLOWED = {"simulator/child.py": ["subprocess", "threading", "time"], "simulator/worker.py": ["signal"]}


def test_only_the_child_process_touches_the_machine(root: Path, committed: list[Path]) -> None:
    simulator = root / "simulator"
    exempt = simulator / "system" / "versions"
    sources = [
        path
        for path in committed
        if path.suffix == ".py" and path.is_relative_to(simulator) and not path.is_relative_to(exempt)
    ]
    found = {
        path.relative_to(root).as_posix(): contacts(path.read_text(encoding="utf-8")) for path in sources
    }
    assert sources
    assert {name: outside for name, outside in found.items() if outside} == ALLOWED
