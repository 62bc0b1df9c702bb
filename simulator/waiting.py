"""What a process can wait for: `sleep`, `Event`, `Semaphore`, `timeout`. None of them is told the simulation.

The protocol: a process yields a float (seconds to sleep) or an object with ``_wait(task) -> bool``, which notes
the task with its ``_token`` and says whether there is anything to wait for. A wake-up counts only while the token
is still the task's own, so a cancelled wait needs no tidying.
"""

from __future__ import annotations

import math
import sys
import types
from collections import deque
from heapq import heappush
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine, Generator

    from simulator.kernel import Simulation, Task


EXPIRED = object()  # what a timeout tells the kernel: nobody waits for anything


class Cancelled(BaseException):
    """Raised inside a process where it waits, when somebody cancelled it."""


class Expired(Cancelled):
    """The `Cancelled` that a timeout raises; the timeout turns it into TimeoutError."""

    def __init__(self, scope: timeout) -> None:
        super().__init__()
        self.scope = scope


@types.coroutine
def sleep(seconds: float) -> Generator[float, None, None]:
    """Let `seconds` of virtual time pass. ``sleep(0)`` lets everything else that is due now go first.

    Raises ValueError, where it stands, for a time that is negative or not finite.
    """
    yield seconds


@types.coroutine
def command(what: Any) -> Generator[Any, None, None]:
    """Hand the kernel an object with ``_wait``; goes on when what it waits for has happened."""
    yield what


class Event:
    """Something that happens once: `set` wakes everybody who waits, and who comes later does not wait."""

    __slots__ = ("_waiters", "is_set", "name")

    def __init__(self, name: str = "an event") -> None:
        self.name = name
        self.is_set = False
        self._waiters: list[tuple[int, Task]] = []

    def set(self) -> None:
        """Let it happen. A second time changes nothing."""
        self.is_set = True
        waiters, self._waiters = self._waiters, []
        for token, task in waiters:
            task._wake(token)

    async def wait(self) -> None:
        """Wait until it has happened."""
        if not self.is_set:
            await command(self)

    def _wait(self, task: Task) -> bool:
        self._waiters.append((task._token, task))
        return True

    def __repr__(self) -> str:
        return self.name


class _Done(tuple[()]):
    """What to await where there is nothing to wait for: it costs no coroutine."""

    __slots__ = ()
    __await__: Any = tuple.__iter__


DONE = _Done()


class Semaphore:
    """A number of permits, given first come, first served. Use it with ``async with``."""

    __slots__ = ("_queue", "_sim", "free", "name")

    _sim: Simulation

    def __init__(self, permits: int, name: str = "a semaphore") -> None:
        if permits < 0:
            raise ValueError(f"a semaphore needs 0 permits or more, not {permits}")
        self.name = name
        self.free = permits
        self._queue: deque[tuple[int, Task]] = deque()

    @property
    def waiting(self) -> int:
        """How many processes wait for a permit."""
        return sum(1 for token, task in self._queue if task._token == token)

    async def acquire(self) -> None:
        """Take a permit, in line with those who came before.

        A wait that is cancelled gives back the permit that it was given at the last moment.
        """
        await self.__aenter__()

    def release(self) -> None:
        """Give a permit back: to the first in line, if there is one."""
        queue = self._queue
        while queue:
            token, task = queue.popleft()
            if task._token == token:
                task._token = 0
                task._granted = True
                task.sim._due.append(task)
                return
        self.free += 1

    def __aenter__(self) -> Awaitable[Any]:
        if self.free > 0:  # a free permit means nobody is in line: `release` hands permits over directly
            self.free -= 1
            return DONE
        return self

    def __aexit__(self, *_: object) -> Awaitable[Any]:
        if self._queue:
            self.release()
        else:
            self.free += 1
        return DONE

    def __await__(self) -> Generator[Semaphore, None, None]:
        try:
            yield self
        except BaseException:
            task = self._sim.current  # None, or another one, where it was only thrown away
            if task is not None and task._waiting_on is self and task._granted:
                self.release()
            raise

    def _wait(self, task: Task) -> bool:
        self._sim = task.sim
        task._granted = False
        self._queue.append((task._token, task))
        return True

    def __repr__(self) -> str:
        return self.name


class timeout:  # noqa: N801 - reads like asyncio.timeout
    """``async with timeout(0.25): ...`` ends the waiting in its block after that time and raises TimeoutError.

    It ends the waiting, never what is waited for: a task that is awaited inside goes on. Timeouts nest; when an
    outer and an inner one expire together the outer one counts, and a `cancel` from outside counts before both.
    None, or infinity, is no limit. `expired` tells whether it was this one that ended the block.
    """

    __slots__ = ("_outer", "_task", "_token", "expired", "seconds")

    def __init__(self, seconds: float | None) -> None:
        self.seconds = math.inf if seconds is None else float(seconds)
        if not self.seconds >= 0:
            raise ValueError(f"a timeout needs seconds of 0 or more, not {seconds!r}")
        self.expired = False
        self._task: Task | None = None
        self._token = 0
        self._outer: timeout | None = None

    def _wait(self, task: Task) -> bool:
        """Start the timer for the process that entered; it goes on at once."""
        self._task, self._token = task, task._token
        self._outer, task._scope = task._scope, self
        due = task.sim.now + self.seconds
        if due < math.inf:
            heappush(task.sim._heap, (due, self._token, self))
        return False

    def _send(self, _: None) -> object:
        """Expire: what the kernel does with whatever is due."""
        task = self._task
        assert task is not None
        pending = task._error
        # Not where it was cancelled from outside already, or an outer timeout came first.
        if pending is None or (isinstance(pending, Expired) and self._is_outside(pending.scope)):
            task._interrupt(Expired(self))
        return EXPIRED

    def _is_outside(self, scope: timeout | None) -> bool:
        while scope is not None:
            scope = scope._outer
            if scope is self:
                return True
        return False

    def _wakes(self) -> bool:
        return self._token > 0 and self._task is not None and not self._task.daemon

    def __aenter__(self) -> Awaitable[Any]:
        if self._task is not None:
            raise RuntimeError("a timeout can be entered once: make a new one")
        return command(self)

    def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> Awaitable[Any]:
        self._token = 0
        assert self._task is not None
        self._task._scope = self._outer
        if isinstance(error, Expired) and error.scope is self:
            self.expired = True
            raise TimeoutError(f"nothing came within {self.seconds:g} s") from None
        return DONE


class Lane:
    """The timers of one length, in the order of expiring: only the first is in the heap.

    Nearly every timer is ended before its time, and in a lane that costs nothing. `Simulation.deadline` makes them.
    """

    __slots__ = ("_line", "_sim", "_token", "seconds")

    def __init__(self, sim: Simulation, seconds: float) -> None:
        self.seconds = seconds
        self._sim = sim
        self._line: deque[tuple[float, Deadline]] = deque()
        self._token = 0  # of what is in the heap; 0: nothing is

    def _add(self, scope: Deadline) -> None:
        line = self._line
        while line and not line[0][1]._token:
            line.popleft()
        line.append((self._sim.now + self.seconds, scope))
        if not self._token:
            self._show()

    def _show(self) -> None:
        due, scope = self._line[0]
        self._token = scope._token
        heappush(self._sim._heap, (due, scope._token, self))

    def _send(self, _: None) -> object:
        line = self._line
        while line and not line[0][1]._token:
            line.popleft()
        if line and line[0][0] <= self._sim.now:
            line.popleft()[1]._send(None)
        if line:
            self._show()
        return EXPIRED

    def _wakes(self) -> bool:
        return any(scope._wakes() for _, scope in self._line)


class Deadline(timeout):
    """A timeout that knows its simulation: entering it asks nothing of the kernel."""

    __slots__ = ("_lane",)

    def __init__(self, lane: Lane) -> None:
        self.seconds = lane.seconds
        self.expired = False
        self._task = None
        self._lane = lane

    def __aenter__(self) -> Awaitable[Any]:
        lane = self._lane
        sim = lane._sim
        task = sim.current
        assert task is not None
        self._task, self._token = task, next(sim._tokens)
        self._outer, task._scope = task._scope, self
        lane._add(self)
        return DONE


@types.coroutine
def overruled(scope: timeout, coroutine: Coroutine[Any, Any, Any]) -> Generator[Any, None, Any]:
    """Run a coroutine so that `scope` ends it without its consent: it is closed, whatever it would catch."""
    send = coroutine.send
    try:
        waited = send(None)
        while True:
            try:
                yield waited
            except Expired as error:
                if error.scope is scope:
                    close(coroutine)
                    raise
                waited = coroutine.throw(error)
            except BaseException as error:  # noqa: BLE001 - it belongs to the coroutine
                waited = coroutine.throw(error)
            else:
                waited = send(None)
    except StopIteration as stop:
        return stop.value


def close(coroutine: Coroutine[Any, Any, Any]) -> BaseException | None:
    """End a coroutine where it stands; gives what it raised on its way out. It may refuse, but is not run again."""
    hook, sys.unraisablehook = sys.unraisablehook, _silent  # Python prints a complaint about one that refuses
    try:
        coroutine.close()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - handed to who asked
        refused = getattr(coroutine, "cr_frame", None) is not None
        return None if refused else error
    finally:
        sys.unraisablehook = hook
    return None


def _silent(_: object) -> None:
    pass
