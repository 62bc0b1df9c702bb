"""The virtual-time scheduler: processes are plain ``async def`` functions, and time is a number that we move.

A heap holds what is due later as ``(time, sequence, task)``, a queue holds what is due now. Ties run in the order in
which they were scheduled. Tasks are never compared, what is due now never touches the heap, and a wait allocates nothing
but its heap entry: that is what makes it quick.

Failures: an exception that nobody waits for ends `run` and is raised from it. `Deadlock` names who waits for what.
`Stalled` names a process that goes on for ever without letting time pass.
"""

from __future__ import annotations

import types
from collections import deque
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, TypeVar

from simulator.waiting import Cancelled, Event, Expired, Semaphore, sleep, timeout

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator

__all__ = [
    "Cancelled", "Deadlock", "Event", "Semaphore", "Simulation", "Stalled", "Task", "gather", "sleep", "spawn", "timeout",
]  # fmt: skip

T = TypeVar("T")

STALL_STEPS = 1_000_000


class Deadlock(RuntimeError):  # noqa: N818 - the field's own word
    """Nothing can happen any more and somebody still waits; the text names who waits for what."""


class Stalled(RuntimeError):  # noqa: N818 - the field's own word
    """A process ran a million steps without letting time pass; the text names it."""


class Task:
    """A process under way. ``await task`` gives its result, or raises what it raised."""

    __slots__ = (
        "_callbacks", "_coroutine", "_error", "_failure", "_scopes", "_token", "_waiters", "_waiting_on",
        "daemon", "done", "name", "parent", "result", "sim",
    )  # fmt: skip

    def __init__(
        self, sim: Simulation, coroutine: Coroutine[Any, Any, Any], name: str, parent: Task | None, *, daemon: bool
    ) -> None:
        self.sim = sim
        self.name = name
        self.daemon = daemon
        self.parent = parent
        self.done = False
        self.result: Any = None
        self._coroutine = coroutine
        self._failure: BaseException | None = None
        self._error: BaseException | None = None  # to be raised inside at its next step
        self._token = 0  # the number of the wait that may wake it; 0: it is due already, or done
        self._waiting_on: object = None
        self._waiters: list[tuple[int, Task]] | None = None
        self._scopes: list[timeout] | None = None  # the timeouts it is inside of, outermost first

    def cancel(self) -> None:
        """Raise `Cancelled` inside the process, where it waits. A process may catch it and go on; then it goes on."""
        if not self.done:
            self._interrupt(Cancelled())

    def abandon(self) -> None:
        """End the process without its consent: it is closed where it stands and never runs again."""
        if self.done:
            return
        try:
            self._coroutine.close()
        except RuntimeError:  # it caught even GeneratorExit; it is not run again all the same
            pass
        except ValueError:  # it is running at this moment: end it at its next wait
            self._interrupt(Cancelled())
            return
        self.sim._finish(self, None, Cancelled())

    def _interrupt(self, error: BaseException) -> None:
        self._error = error
        if self._token:
            self._token = 0
            self.sim._due.append(self)

    def _wait(self, waiter: Task) -> bool:
        """Part of the kernel's protocol: `waiter` awaits this task. False: nothing to wait for."""
        if self.done:
            return False
        if self._waiters is None:
            self._waiters = []
        self._waiters.append((waiter._token, waiter))
        return True

    def __await__(self) -> Generator[Any, Any, Any]:
        if not self.done:
            yield self
        if self._failure is not None:
            raise self._failure
        return self.result

    def __repr__(self) -> str:
        return f"<Task {self.name}>"


class Simulation:
    """A world with its own clock, in seconds from 0. It knows nothing of the wall clock."""

    def __init__(self) -> None:
        self.now = 0.0
        self.steps = 0
        self.current: Task | None = None
        self._heap: list[tuple[float, int, Task | timeout]] = []
        self._due: deque[Task] = deque()
        self._sequence = 0
        self._live: set[Task] = set()
        self._foreground = 0
        self._crash: tuple[Task, BaseException] | None = None

    def spawn(self, coroutine: Coroutine[Any, Any, T], name: str = "", *, daemon: bool = False) -> Task:
        """Start a process now. A daemon (a cron job, a collector) does not keep `run` going."""
        task = Task(self, coroutine, name or getattr(coroutine, "__name__", "process"), self.current, daemon=daemon)
        self._live.add(task)
        if not daemon:
            self._foreground += 1
        self._due.append(task)
        return task

    def run(self, until: float | None = None, budget: int | None = None) -> int:
        """Run until nothing but daemons is left, or to the virtual time `until`, or for `budget` steps.

        Returns the steps made. With `until` the clock stands at `until` afterwards unless the budget ended first.
        Raises Deadlock (only without `until`), Stalled, and what a process raised that nobody waits for.
        """
        limit = float("inf") if until is None else until
        left = -1 if budget is None else budget
        heap, due, push, pop = self._heap, self._due, heappush, heappop
        start, now, idle = self.steps, self.now, 0
        steps = start
        try:
            while left:
                if heap and heap[0][0] <= now:
                    _, token, task = pop(heap)
                    if task._token != token:
                        continue
                    task._token = 0
                    if task.__class__ is timeout:
                        task._expire()  # type: ignore[union-attr]
                        continue
                elif due:
                    if until is None and not self._foreground:
                        break
                    task = due.popleft()
                    idle += 1
                    if idle > STALL_STEPS:
                        raise Stalled(f"`{task.name}` goes on without letting time pass (now {now:.6f} s)")  # type: ignore[union-attr]
                elif heap and heap[0][0] <= limit and (until is not None or self._foreground):
                    when, token, task = heap[0]
                    if task._token == token:
                        self.now = now = when
                        idle = 0
                    else:
                        pop(heap)
                    continue
                else:
                    break
                left -= 1
                steps += 1
                self._step(task, now, push)  # type: ignore[arg-type]
                if self._crash is not None:
                    self._raise_crash()
        finally:
            self.steps = steps
            self.current = None
        if left:
            if until is None:
                self._check_deadlock()
            elif until > self.now:
                self.now = until
        return steps - start

    def _step(self, task: Task, now: float, push: Any) -> None:
        """Let a process go on to its next wait."""
        self.current = task
        coroutine = task._coroutine
        try:
            while True:
                error = task._error
                if error is None:
                    command = coroutine.send(None)
                else:
                    task._error = None
                    command = coroutine.throw(error)
                self._sequence = token = self._sequence + 1
                if command.__class__ is float:
                    when = now + command
                    if when > now:
                        task._token = token
                        push(self._heap, (when, token, task))
                    elif command >= 0.0:
                        self._due.append(task)
                    else:
                        task._error = ValueError(f"sleep needs seconds of 0 or more, not {command!r}")
                        continue
                    task._waiting_on = None
                    return
                wait = getattr(command, "_wait", None)
                if wait is None:
                    task._error = TypeError(_foreign(command, coroutine))
                    continue
                task._token = token
                if wait(task):
                    task._waiting_on = command
                    return
                task._token = 0
        except StopIteration as stop:
            self._finish(task, stop.value, None)
        except BaseException as error:  # noqa: BLE001 - whatever a process raises belongs to who waits for it
            self._finish(task, None, error)

    def _finish(self, task: Task, result: Any, failure: BaseException | None) -> None:
        task.done = True
        task.result = result
        task._failure = failure
        task._token = 0
        task._waiting_on = None
        self._live.discard(task)
        if not task.daemon:
            self._foreground -= 1
        waiters = task._waiters
        if waiters:
            task._waiters = None
            for token, waiter in waiters:
                if waiter._token == token:
                    waiter._token = 0
                    self._due.append(waiter)
        elif failure is not None and not isinstance(failure, Cancelled):
            self._crash = (task, failure)

    def _raise_crash(self) -> None:
        assert self._crash is not None
        task, failure = self._crash
        self._crash = None
        failure.add_note(f"in the process `{task.name}`, at {self.now:.6f} s; nobody waited for it")
        raise failure

    def _check_deadlock(self) -> None:
        stuck = sorted((t for t in self._live if not t.daemon), key=lambda t: t.name)
        if stuck and not self._due:
            who = ", ".join(f"`{t.name}` for {describe(t._waiting_on)}" for t in stuck[:5])
            more = f", and {len(stuck) - 5} more" if len(stuck) > 5 else ""
            raise Deadlock(f"nothing can happen any more; waiting: {who}{more}")


def describe(waited: object) -> str:
    """Name what a process waits for, for messages."""
    if isinstance(waited, Task):
        return f"the process `{waited.name}`"
    return repr(waited)


class _Spawn:
    """A command that starts children of the process that yields it."""

    __slots__ = ("coroutines", "name", "tasks")

    def __init__(self, coroutines: tuple[Coroutine[Any, Any, Any], ...], name: str) -> None:
        self.coroutines = coroutines
        self.name = name
        self.tasks: list[Task] = []

    def _wait(self, task: Task) -> bool:
        sim = task.sim
        self.tasks = [sim.spawn(c, self.name or f"{task.name}/{i}", daemon=task.daemon) for i, c in enumerate(self.coroutines)]
        return False


@types.coroutine
def _command(command: Any) -> Generator[Any, Any, None]:
    yield command


async def spawn(coroutine: Coroutine[Any, Any, Any], name: str = "") -> Task:
    """Start a child process from inside a process, without waiting for it."""
    command = _Spawn((coroutine,), name)
    await _command(command)
    return command.tasks[0]


class _First:
    """Waits until all tasks are done, or one has failed."""

    __slots__ = ("tasks",)

    def __init__(self, tasks: list[Task]) -> None:
        self.tasks = tasks

    def _wait(self, waiter: Task) -> bool:
        pending = [task for task in self.tasks if not task.done]
        if not pending or any(task._failure is not None for task in self.tasks):
            return False
        for task in pending:
            task._wait(waiter)
        return True

    def __repr__(self) -> str:
        return " and ".join(f"`{task.name}`" for task in self.tasks if not task.done)


async def gather(*coroutines: Coroutine[Any, Any, Any]) -> list[Any]:
    """Run coroutines side by side; results in the order given.

    When one fails the rest are cancelled and its exception is raised; when the caller is cancelled, all are.
    """
    command = _Spawn(coroutines, "")
    await _command(command)
    tasks = command.tasks
    try:
        while not all(task.done for task in tasks):
            await _command(_First(tasks))
            for task in tasks:
                if task._failure is not None:
                    raise task._failure
        for task in tasks:
            if task._failure is not None:
                raise task._failure
    except BaseException:
        for task in tasks:
            task.cancel()
        raise
    return [task.result for task in tasks]


def _foreign(command: object, coroutine: Any) -> str:
    """Say what was awaited that is not ours, on which line, and what to write instead."""
    inner = coroutine
    while getattr(inner, "cr_await", None) is not None and getattr(inner.cr_await, "cr_frame", None) is not None:
        inner = inner.cr_await
    frame = getattr(inner, "cr_frame", None)
    place = f"{frame.f_code.co_filename}:{frame.f_lineno}: " if frame is not None else ""
    kind = f"{type(command).__module__}.{type(command).__qualname__}"
    return (
        f"{place}cannot wait for {kind} in virtual time; "
        "use sleep, Event, Semaphore, gather or timeout of simulator.kernel"
    )
