"""The virtual-time scheduler: processes are plain ``async def`` functions, and time is a number that we move.

A heap holds what is due later as ``(time, sequence, task)``, a queue holds what is due now. Ties run in the order
in which they were scheduled. Tasks are never compared, what is due now never touches the heap, and a wait
allocates nothing but its heap entry: that is what makes it quick.

Failures: an exception that nobody waits for ends `run` and is raised from it. `Deadlock` names who waits for
what. `Stalled` names a process that goes on for ever without letting time pass.
"""

from __future__ import annotations

import math
from collections import deque
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from simulator.gathering import Gathering, gather, spawn
from simulator.waiting import Cancelled, Event, Semaphore, close, sleep, timeout

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator

__all__ = [
    "Cancelled", "Deadlock", "Event", "Gathering", "Semaphore", "Simulation", "Stalled", "Task", "gather", "sleep",
    "spawn", "timeout",
]  # fmt: skip

T = TypeVar("T")

STALL_STEPS = 1_000_000
FOREIGN = {"asyncio", "trio", "anyio", "curio"}
OURS = {
    "sleep": "sleep", "gather": "gather", "wait": "gather", "wait_for": "timeout", "timeout": "timeout",
    "Event": "Event", "Semaphore": "Semaphore", "Lock": "Semaphore",
}  # fmt: skip


class Deadlock(RuntimeError):  # noqa: N818 - the field's own word
    """Nothing can happen any more and somebody still waits; the text names who waits for what."""


class Stalled(RuntimeError):  # noqa: N818 - the field's own word
    """A process ran a million steps without letting time pass; the text names it."""


class Task:
    """A process under way. ``await task`` gives its result, or raises what it raised."""

    __slots__ = (
        "_coroutine", "_error", "_failure", "_gathering", "_scopes", "_send", "_token", "_waiters", "_waiting_on",
        "daemon", "done", "name", "parent", "result", "sim",
    )  # fmt: skip

    def __init__(
        self, sim: Simulation, coroutine: Coroutine[Any, Any, Any], name: str, *, daemon: bool
    ) -> None:
        self.sim = sim
        self.name = name
        self.daemon = daemon
        self.parent = sim.current
        self.done = False
        self.result: Any = None
        self._coroutine = coroutine
        self._send = coroutine.send
        self._failure: BaseException | None = None
        self._error: BaseException | None = None  # to be raised inside, where it waits
        self._token = 0  # the number of the wait that may wake it; 0: it is due already, running, or done
        self._waiting_on: object = None
        self._waiters: list[tuple[int, Task]] | None = None
        self._scopes: list[timeout] | None = None  # the timeouts it is inside of, outermost first
        self._gathering: Gathering | None = None  # who answers for its failure

    def cancel(self) -> None:
        """Raise `Cancelled` inside the process, where it waits. A process may catch it and go on."""
        if not self.done:
            self._interrupt(Cancelled())

    def abandon(self) -> None:
        """End the process without its consent: it is closed where it stands and never runs again.

        A process that abandons itself is cancelled at its next wait instead.
        """
        if self.done:
            return
        if self.sim.current is self:
            self._interrupt(Cancelled())
        else:
            self.sim._finish(self, None, close(self._coroutine) or Cancelled())

    def _interrupt(self, error: BaseException) -> None:
        self._error = error
        self._wake(self._token)

    def _wake(self, token: int) -> bool:
        """Let it go on, if it still waits for what had this token."""
        if token != self._token or not token:
            return False
        self._token = 0
        self.sim._due.append(self)
        return True

    def _wait(self, waiter: Task) -> bool:
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
        return f"the process `{self.name}`"


class Simulation:
    """A world with its own clock, in seconds from 0. It knows nothing of the wall clock."""

    def __init__(self) -> None:
        self.now = 0.0
        self.steps = 0
        self.current: Task | None = None
        self._heap: list[tuple[float, int, Task | timeout]] = []
        self._due: deque[Task] = deque()
        self._tokens = count(1)
        self._live: set[Task] = set()
        self._foreground = 0  # live processes that are no daemons
        self._idle = 0  # steps since time last passed
        self._halt = False  # there is something to look at before the next step
        self._stopped = False
        self._crash: tuple[Task, BaseException] | None = None

    def spawn(self, coroutine: Coroutine[Any, Any, T], name: str = "", *, daemon: bool = False) -> Task:
        """Start a process now. A daemon (a cron job, a collector) does not keep `run` going."""
        task = Task(self, coroutine, name or getattr(coroutine, "__name__", "process"), daemon=daemon)
        self._live.add(task)
        if not daemon:
            self._foreground += 1
        self._due.append(task)
        return task

    def stop(self) -> None:
        """End the `run` under way after this step; the clock stays where it is."""
        self._halt = self._stopped = True

    def run(self, until: float | None = None, budget: int | None = None) -> int:
        """Run until nothing but daemons is left, or to the virtual time `until`, or for `budget` steps.

        Returns the steps made. With `until` the clock stands at `until` afterwards, unless the budget or `stop`
        ended it first; how a run is cut into calls changes nothing. Raises Deadlock (only without `until`),
        Stalled, and what a process raised that nobody waits for.
        """
        if self.current is not None:
            raise RuntimeError(f"`{self.current.name}` cannot run the simulation that it is part of")
        if until is not None and not until >= self.now:
            raise ValueError(f"time runs forward: it is {self.now:g}, `until` is {until!r}")
        limit = math.inf if until is None else until
        left = -1 if budget is None else max(0, budget)
        heap, due, pop, push, token_of = self._heap, self._due, heappop, heappush, self._tokens.__next__
        steps, now, idle = self.steps, self.now, self._idle
        first_step = steps
        self._stopped = False
        self._halt = True
        try:
            while left:
                if self._halt:
                    self._halt = False
                    if self._crash or self._stopped or (until is None and not self._foreground):
                        break
                if due and not (heap and heap[0][0] <= now):
                    task = due.popleft()
                    if task.done:  # abandoned
                        continue
                    idle += 1
                    if idle > STALL_STEPS:
                        raise Stalled(f"`{task.name}` goes on without letting time pass (now {now:.6f} s)")
                elif heap and heap[0][0] <= limit:
                    when, token, who = pop(heap)
                    if who._token != token:
                        continue
                    if when > now:
                        self.now = now = when
                        idle = 0
                    who._token = 0
                    if who.__class__ is timeout:
                        who._expire()
                        continue
                    task = who  # type: ignore[assignment]
                else:
                    break
                left -= 1
                steps += 1
                self.current = task
                error = task._error
                try:
                    if error is None:
                        asked = task._send(None)
                    else:
                        task._error = None
                        asked = task._coroutine.throw(error)
                except StopIteration as stop:
                    self._finish(task, stop.value, None)
                except KeyboardInterrupt:  # not the process's own: somebody at the keyboard
                    raise
                except BaseException as failure:  # noqa: BLE001 - it belongs to who waits for the process
                    self._finish(task, None, failure)
                else:
                    if asked.__class__ is float and task._error is None and now < now + asked < math.inf:
                        task._token = token = token_of()
                        task._waiting_on = None
                        push(heap, (now + asked, token, task))
                    else:
                        self._obey(task, asked)
        finally:
            self.steps, self._idle = steps, idle
            self.current = None
        if self._crash is not None:
            self._raise_crash()
        if left and not self._stopped:
            if until is None:
                self.check_deadlock()
            elif until > now:
                self.now = until
                self._idle = 0
        return steps - first_step

    def _obey(self, task: Task, asked: Any) -> None:
        """Do what a process asks for, and let it go on where that is no wait."""
        for _ in range(STALL_STEPS):
            task._token = next(self._tokens)
            task._waiting_on = None
            error: BaseException | None = None
            waits = False
            if asked.__class__ is float:
                when = self.now + asked
                if self.now < when < math.inf:
                    heappush(self._heap, (when, task._token, task))
                    waits = True
                elif 0.0 <= asked < math.inf:
                    task._wake(task._token)
                    return
                else:
                    error = ValueError(f"sleep needs seconds of 0 or more, and an end; not {asked!r}")
            elif (wait := getattr(asked, "_wait", None)) is not None:
                waits = wait(task)
                task._waiting_on = asked
            else:
                error = TypeError(_foreign(asked, task._coroutine))
            if waits:
                if task._error is not None:  # it was interrupted before it waited
                    task._wake(task._token)
                return
            task._token = 0
            try:
                asked = task._send(None) if error is None else task._coroutine.throw(error)
            except StopIteration as stop:
                self._finish(task, stop.value, None)
                return
            except KeyboardInterrupt:
                raise
            except BaseException as failure:  # noqa: BLE001 - it belongs to who waits for the process
                self._finish(task, None, failure)
                return
        raise Stalled(f"`{task.name}` goes on without waiting (now {self.now:.6f} s)")

    def _finish(self, task: Task, result: Any, failure: BaseException | None) -> None:
        task.done = True
        task.result = result
        task._failure = failure
        task._token = 0
        task._waiting_on = None
        self._live.discard(task)
        if not task.daemon:
            self._foreground -= 1
            if not self._foreground:
                self._halt = True
        heard = False
        if task._waiters is not None:
            for token, waiter in task._waiters:
                heard |= waiter._wake(token)
            task._waiters = None
        if task._gathering is not None:
            task._gathering._ended(failure)
        elif failure is not None and not heard and not isinstance(failure, Cancelled):
            self._crash = (task, failure)
            self._halt = True

    def _raise_crash(self) -> None:
        assert self._crash is not None
        (task, failure), self._crash = self._crash, None
        failure.add_note(f"in the process `{task.name}`, at {self.now:.6f} s; nobody waited for it")
        raise failure

    def check_deadlock(self) -> None:
        """Raise Deadlock where somebody waits and nobody is scheduled who could still do something."""
        stuck = sorted((task for task in self._live if not task.daemon), key=lambda task: task.name)
        waking = any(who._token == token and not _owner(who).daemon for _, token, who in self._heap)
        if stuck and not waking and not self._due:
            who = ", ".join(f"`{task.name}` for {task._waiting_on!r}" for task in stuck[:5])
            more = f", and {len(stuck) - 5} more" if len(stuck) > 5 else ""
            raise Deadlock(f"nothing can happen any more; waiting: {who}{more}")

    def __del__(self) -> None:
        for task in self._live:
            if not getattr(task._coroutine, "cr_suspended", True):
                task._coroutine.close()  # or Python would warn of a coroutine that never began


def _owner(scheduled: Task | timeout) -> Task:
    owner = scheduled._task if isinstance(scheduled, timeout) else scheduled
    assert owner is not None
    return owner


def _foreign(asked: object, coroutine: Any) -> str:
    """Say what was awaited that is not ours, on which line, and what to write instead."""
    place, instead = "", "sleep, Event, Semaphore, gather or timeout"
    inner = coroutine
    while (frame := getattr(inner, "cr_frame", None) or getattr(inner, "gi_frame", None)) is not None:
        if str(frame.f_globals.get("__name__", "")).partition(".")[0] in FOREIGN:
            instead = OURS.get(inner.__qualname__.partition(".")[0], instead)
            break
        place = f"{frame.f_code.co_filename}:{frame.f_lineno}: "
        inner = getattr(inner, "cr_await", None) or getattr(inner, "gi_yieldfrom", None)
    kind = f"{type(asked).__module__}.{type(asked).__qualname__}"
    return f"{place}cannot wait for {kind} in virtual time: use {instead} of simulator.kernel"
