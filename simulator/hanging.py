"""A step that never comes back: a process that goes on for ever without waiting, told from outside.

Nothing inside a process can end an endless loop, so whoever had to end it from outside tells the world made anew what
happened. The coroutine is not touched again, not even to close it: that would run it.
"""

from __future__ import annotations

from heapq import heappop
from typing import TYPE_CHECKING, Any

from simulator.errors import UsageError
from simulator.waiting import Lane, timeout

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator

    from simulator.kernel import Simulation, Task


class _Never:
    """What a process that hangs waits for; it can be cancelled, as somebody who waits for it may do."""

    def _wait(self, _: Task) -> bool:
        return True

    def __repr__(self) -> str:
        return "a step that never ends"


def turn(sim: Simulation) -> Task:
    """Tell which process goes on next; timers before it expire now. Raises UsageError where nothing goes on."""
    heap, due = sim._heap, sim._due
    while due or heap:
        if due and (not heap or heap[0][0] > sim.now):
            return due[0]
        when, token, task = heap[0]
        if task._token == token and not isinstance(task, timeout | Lane):
            return task
        heappop(heap)
        if task._token == token:
            sim.now = max(sim.now, when)
            task._token = 0
            task._send(None)
    raise UsageError("nothing goes on in this run: no process can hang")


def hang(sim: Simulation) -> Coroutine[Any, Any, Any]:
    """Let the process whose turn it is never come back; counts as the step that it would have been.

    Gives its coroutine, which is to be kept for as long as Python runs: to forget it is to run it.
    """
    task = turn(sim)
    if sim._due and sim._due[0] is task:
        sim._due.popleft()
    else:
        sim.now = max(sim.now, heappop(sim._heap)[0])
    sim.steps += 1
    sim._idle = 0
    held = task._coroutine
    instead = _hung()
    instead.send(None)
    task._coroutine = instead  # type: ignore[assignment]
    task._send = instead.send
    task._error = None
    task._token = next(sim._tokens)
    task._waiting_on = NEVER
    sim._blocked.add(task)
    return held


def hold(task: Task) -> None:
    """Let nothing but `answer` end a process that hangs: no timeout, no cancelling."""
    task._token = 0


def answer(task: Task, result: object) -> None:
    """End a process that hangs with a result, for whoever waits for it."""
    task.sim._finish(task, result, None)


NEVER = _Never()


def _hung() -> Generator[Any, None, None]:
    while True:
        yield NEVER
