"""Processes that a process starts: `spawn` one, or `gather` several that share one fate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.waiting import command

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine

    from simulator.kernel import Task


class _Spawn:
    """Starts a child of the process that asks."""

    __slots__ = ("coroutine", "name", "task")

    task: Task

    def __init__(self, coroutine: Coroutine[Any, Any, Any], name: str) -> None:
        self.coroutine = coroutine
        self.name = name

    def _wait(self, task: Task) -> bool:
        self.task = task.sim.spawn(self.coroutine, self.name, daemon=task.daemon)
        return False


async def spawn(coroutine: Coroutine[Any, Any, Any], name: str = "") -> Task:
    """Start a child process from inside a process, without waiting for it."""
    asked = _Spawn(coroutine, name)
    await command(asked)
    return asked.task


class Gathering:
    """Awaitables that run side by side and share one fate; what `gather` does, for who must keep hold of it."""

    __slots__ = ("_awaitables", "_failure", "_left", "_waiter", "tasks")

    def __init__(self, awaitables: tuple[Awaitable[Any], ...]) -> None:
        self._awaitables = awaitables
        self.tasks: list[Task] = []
        self._left = len(awaitables)
        self._failure: BaseException | None = None
        self._waiter: tuple[int, Task] | None = None

    async def outcome(self) -> list[Any]:
        """Start them and wait for all, or for the first to fail."""
        try:
            await command(self)
        except BaseException:
            self._cancel()
            raise
        if self._failure is not None:
            self._cancel()
            raise self._failure
        return [task.result for task in self.tasks]

    def _cancel(self) -> None:
        for task, given in zip(self.tasks, self._awaitables, strict=True):
            task.cancel()
            if hasattr(given, "cancel"):  # a task of its own
                given.cancel()

    def abandon(self) -> None:
        """End those still at work without their consent."""
        for task in self.tasks:
            task.abandon()

    def _wait(self, waiter: Task) -> bool:
        for awaitable in self._awaitables:
            coroutine: Any = awaitable if hasattr(awaitable, "send") else _result(awaitable)
            task = waiter.sim.spawn(coroutine, f"{waiter.name}/{len(self.tasks)}", daemon=waiter.daemon)
            task._gathering = self
            self.tasks.append(task)
        self._waiter = (waiter._token, waiter)
        return self._left > 0

    def _ended(self, failure: BaseException | None) -> None:
        self._left -= 1
        self._failure = self._failure or failure
        if self._waiter is not None and (self._failure is not None or not self._left):
            token, waiter = self._waiter
            waiter._wake(token)

    def __repr__(self) -> str:
        return " and ".join(f"`{task.name}`" for task in self.tasks if not task.done)


async def _result(awaitable: Awaitable[Any]) -> Any:
    return await awaitable


async def gather(*awaitables: Awaitable[Any]) -> list[Any]:
    """Run coroutines and tasks side by side; results in the order given.

    When one fails the rest are cancelled and its exception is raised; when the caller is cancelled, all are.
    A failure after the first one is the gathering's own and goes no further.
    """
    return await Gathering(awaitables).outcome()
