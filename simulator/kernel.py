"""The virtual-time scheduler: processes are plain ``async def`` functions, and time is a number that we move.

A heap holds what is due later as ``(time, sequence, task)``, a queue holds what is due now. Ties run in the order
in which they were scheduled. Tasks are never compared, what is due now never touches the heap, and a wait
allocates nothing but its heap entry: that is what makes it quick.

Failures: an exception that nobody waits for ends `run` and is raised from it. `Deadlock` names who waits for
what. `Stalled` names a process that goes on for ever without letting time pass.
"""

from __future__ import annotations

import math
import sys
from collections import deque
from heapq import heappop, heappush
from itertools import count, repeat
from numbers import Real
from operator import length_hint
from typing import TYPE_CHECKING, Any, TypeVar

from simulator.gathering import Gathering, gather, spawn
from simulator.waiting import EXPIRED, Cancelled, Deadline, Event, Lane, Semaphore, close, sleep, timeout

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator

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
    """A process ran a million steps without letting time pass; the text names it. It is its turn still."""


_make = object.__new__


class Task:
    """A process under way. ``await task`` gives its result, or raises what it raised."""

    __slots__ = (
        "_coroutine", "_error", "_failure", "_gathering", "_granted", "_name", "_scope", "_send", "_token", "_waiters",
        "_waiting_on", "daemon", "done", "parent", "result", "sim",
    )  # fmt: skip

    sim: Simulation
    daemon: bool
    parent: Task | None
    done: bool
    result: Any
    _name: str
    _coroutine: Coroutine[Any, Any, Any]
    _send: Callable[[None], Any]
    _token: int  # the number of the wait that may wake it; 0: it is due already, running, or done
    _waiting_on: object
    _waiters: list[tuple[int, Task]] | None
    _failure: BaseException | None
    _error: BaseException | None  # to be raised inside, where it waits
    _granted: bool  # the permit it waited for is its own
    _scope: timeout | None  # the innermost timeout that it is inside of
    _gathering: Gathering | None  # who answers for its failure

    @property
    def name(self) -> str:
        """What it was called, or else its coroutine."""
        return self._name or getattr(self._coroutine, "__name__", "process")

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
            if self in self.sim._due:
                self.sim._due.remove(self)
            running, self.sim.current = self.sim.current, self
            try:
                error = close(self._coroutine)
            finally:
                self.sim.current = running
            self.sim._finish(self, None, error or Cancelled())

    def _interrupt(self, error: BaseException) -> None:
        self._error = error
        self._send = self._raise
        if self.sim.current is self:
            self.sim._interrupted = self
            self.sim._halt = True
        self._wake(self._token)

    def _raise(self, _: None) -> Any:
        """Stand in for `send` where the process is to be interrupted instead."""
        error, self._error = self._error, None
        self._send = self._coroutine.send
        assert error is not None
        return self._coroutine.throw(error)

    def _wake(self, token: int) -> bool:
        """Let it go on, if it still waits for what had this token."""
        if token != self._token or not token:
            return False
        self._token = 0
        self.sim._due.append(self)
        return True

    def _wakes(self) -> bool:
        return not self.daemon

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
        self._heap: list[tuple[float, int, Task | timeout | Lane]] = []
        self._lanes: dict[float, Lane] = {}
        self._due: deque[Task] = deque()
        self._tokens = count(1)
        self._blocked: set[Task] = set()  # processes that waited for something else than time
        self._foreground = 0  # live processes that are no daemons
        self._idle = 0  # steps since time last passed
        self._halt = False  # there is something to look at before the next step
        self._interrupted: Task | None = None  # a process that interrupted itself while it ran
        self._stopped = False
        self._crash: tuple[Task, BaseException] | None = None

    def spawn(self, coroutine: Coroutine[Any, Any, T], name: str = "", *, daemon: bool = False) -> Task:
        """Start a process now. A daemon (a cron job, a collector) does not keep `run` going."""
        task = _make(Task)  # and no __init__: with one a process costs a third more to start
        task.sim = self
        task.parent = self.current
        task.daemon = daemon
        task.done = False
        task.result = task._failure = task._error = task._waiting_on = task._waiters = task._scope = None
        task._gathering = None
        task._name = name
        task._coroutine = coroutine
        task._send = coroutine.send
        task._token = 0
        task._granted = False
        if not daemon:
            self._foreground += 1
        self._due.append(task)
        return task

    def deadline(self, seconds: float) -> timeout:
        """Make a timeout for the process that runs; the quick kind, for lengths that come again and again."""
        lane = self._lanes.get(seconds)
        if lane is None:
            lane = self._lanes[seconds] = Lane(self, seconds)
        return Deadline(lane)

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
        allowed = sys.maxsize if budget is None else max(0, budget)
        steps = repeat(None, allowed)  # counts down at no cost
        heap, due, pop, push, token_of = self._heap, self._due, heappop, heappush, self._tokens.__next__
        next_due, never, forget = due.popleft, math.inf, self._blocked.discard
        now, idle, unused = self.now, self._idle, 0
        self._stopped = False
        self._halt = True
        task: Any
        try:
            for _ in steps:
                if self._halt:
                    self._halt = False
                    if self._interrupted is not None:
                        self._interrupted._wake(self._interrupted._token)
                        self._interrupted = None
                    if self._crash or self._stopped or (until is None and not self._foreground):
                        unused = 1
                        break
                if due and (not heap or heap[0][0] > now):
                    idle += 1
                    if idle > STALL_STEPS:
                        unused = 1
                        raise Stalled(f"`{due[0].name}` goes on without letting time pass (now {now:.6f} s)")
                    task = next_due()
                elif heap:
                    when, token, task = entry = pop(heap)
                    if task._token != token:
                        continue
                    if when > now:
                        if when > limit:
                            push(heap, entry)
                            unused = 1
                            break
                        self.now = now = when
                        idle = 0
                    task._token = 0
                else:
                    unused = 1
                    break
                self.current = task
                try:
                    asked = task._send(None)
                except StopIteration as stop:
                    if (
                        task._waiters is None and task._gathering is None and not task.daemon
                    ):  # `_finish`, in short
                        task.done = True
                        task.result = stop.value
                        if task._waiting_on is not None:
                            forget(task)
                            task._waiting_on = None  # a child that it waited for knows it, too: a cycle
                        self._foreground = foreground = self._foreground - 1
                        if not foreground:
                            self._halt = True
                    else:
                        self._finish(task, stop.value, None)
                except KeyboardInterrupt:  # not the process's own: somebody at the keyboard
                    raise
                except BaseException as failure:  # noqa: BLE001 - it belongs to who waits for the process
                    self._finish(task, None, failure)
                else:
                    if asked.__class__ is float and now < (when := now + asked) < never:
                        task._token = token = token_of()
                        push(heap, (when, token, task))
                    else:
                        self._obey(task, asked)
        finally:
            made = allowed - length_hint(steps) - unused
            self.steps += made
            self._idle = idle
            self.current = None
        if self._crash is not None:
            self._raise_crash()
        if made < allowed and not self._stopped:
            if until is None:
                self.check_deadlock()
            elif until > now:
                self.now = until
                self._idle = 0
        return made

    def _obey(self, task: Task, asked: Any) -> None:
        """Do what a process asks for, and let it go on where that is no wait."""
        for _ in range(STALL_STEPS):
            if asked is EXPIRED:
                return
            task._token = next(self._tokens)
            error: BaseException | None = None
            wait = getattr(asked, "_wait", None)
            if wait is not None:
                if wait(task):
                    task._waiting_on = asked
                    self._blocked.add(task)
                    return
            elif isinstance(asked, Real):
                asked = float(asked)
                when = self.now + asked
                if self.now < when < math.inf:
                    heappush(self._heap, (when, task._token, task))
                    return
                if 0.0 <= asked < math.inf:
                    task._wake(task._token)
                    return
                error = ValueError(f"sleep needs seconds of 0 or more, and an end; not {asked!r}")
            else:
                error = TypeError(_foreign(asked, task._coroutine))
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
        self._due.appendleft(task)
        raise Stalled(f"`{task.name}` goes on without waiting (now {self.now:.6f} s)")

    def _finish(self, task: Task, result: Any, failure: BaseException | None) -> None:
        task.done = True
        task.result = result
        task._failure = failure
        task._token = 0
        task._waiting_on = None
        self._blocked.discard(task)
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
            gathering, task._gathering = task._gathering, None
            gathering._ended(failure)
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
        stuck = sorted((task for task in self._blocked if task._token and not task.daemon), key=_by_name)
        waking = any(who._token == token and who._wakes() for _, token, who in self._heap)
        if stuck and not waking and not self._due:
            who = ", ".join(f"`{task.name}` for {task._waiting_on!r}" for task in stuck[:5])
            more = f", and {len(stuck) - 5} more" if len(stuck) > 5 else ""
            raise Deadlock(f"nothing can happen any more; waiting: {who}{more}")

    def __del__(self) -> None:
        for task in self._due:
            if not getattr(task._coroutine, "cr_suspended", True):
                task._coroutine.close()  # or Python would warn of a coroutine that never began


def _by_name(task: Task) -> str:
    return task.name


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
