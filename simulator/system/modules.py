"""The lab's own `asyncio`, `random`, `time`, `datetime`, `uuid` and `logging`, as a handler sees them.

They live on the virtual clock and the keyed draws of the invocation that a container is busy with. A draw is named by
the function it is made in, so adding one elsewhere in a version shifts no other.
"""

from __future__ import annotations

import sys
import uuid as real_uuid
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NoReturn

from simulator import kernel
from simulator.errors import nearest
from simulator.randomness import SECOND, mix, randint
from simulator.system.dates import ZERO, own_datetime
from simulator.system.quick_json import quick_json

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from simulator.system.context import Context

OWN_MODULES = frozenset({"asyncio", "datetime", "logging", "random", "time", "uuid"})

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}
INLINE = {"<listcomp>", "<dictcomp>", "<setcomp>"}  # frames of their own before Python 3.12


class Sandbox:
    """What a container's modules look at: the invocation it is busy with, or None while it starts or idles."""

    __slots__ = ("_names", "context", "gatherings", "service")

    def __init__(self, service: str) -> None:
        self.service = service
        self.context: Context | None = None
        self.gatherings: list[kernel.Gathering] = []
        self._names: dict[tuple[str, str], str] = {}

    def busy(self) -> Context:
        """Give the context, or say that this can only be done inside the handler."""
        if self.context is None:
            raise RuntimeError("there is no invocation yet: do this inside the handler")
        return self.context

    def clock(self) -> float:
        """Tell the invocation's own time."""
        return self.busy().clock()

    def leave(self) -> None:
        """End the invocation's part: what it started and did not wait for stands still, as on the platform."""
        for gathering in self.gatherings:
            gathering.abandon()
        self.gatherings.clear()
        self.context = None

    def u(self, what: str) -> float:
        """Draw a u, named by the service, the function that asked, and what it asked for."""
        frame = sys._getframe(2)
        while frame.f_code.co_name in INLINE and frame.f_back is not None:
            frame = frame.f_back
        where = frame.f_code.co_name
        name = self._names.get((where, what))
        if name is None:
            name = self._names[where, what] = f"{self.service}:{where}:{what}"
        return self.busy().draws.u(name)


class OwnModule(SimpleNamespace):
    """A module of the lab's own: says what it has when something else is asked of it."""

    def __getattr__(self, name: str) -> Any:
        known = [word for word in vars(self) if not word.startswith("_")]
        module = vars(self).get("__name__", "module")
        raise AttributeError(
            f"the lab's `{module}` has no `{name}`{nearest(name, known) or '; it has ' + ', '.join(known)}"
        )


def own_modules(box: Sandbox) -> dict[str, Any]:
    """Make the modules of one container."""
    return {
        "asyncio": _asyncio(box),
        "datetime": own_datetime(box.clock),
        "json": quick_json,
        "logging": _logging(box),
        "random": _random(box),
        "time": OwnModule(
            __name__="time", time=lambda: ZERO.timestamp() + box.clock(), monotonic=box.clock, perf_counter=box.clock,
            sleep=_no_time_sleep,
        ),
        "uuid": OwnModule(__name__="uuid", UUID=real_uuid.UUID, uuid4=lambda: _uuid4(box)),
        "builtins.print": _print(box),
    }  # fmt: skip


def _asyncio(box: Sandbox) -> OwnModule:
    async def sleep(delay: float, result: Any = None) -> Any:
        await box.busy().pass_time(max(0.0, float(delay)))
        return result

    async def wait_for(fut: Awaitable[Any], timeout: float | None) -> Any:
        async with OwnTimeout(box, timeout):
            return await fut

    async def gather(*awaitables: Awaitable[Any], return_exceptions: bool = False) -> list[Any]:
        given = tuple(_caught(one) for one in awaitables) if return_exceptions else awaitables
        gathering = kernel.Gathering(given)
        box.gatherings.append(gathering)
        return await gathering.outcome()

    def semaphore(value: int = 1) -> kernel.Semaphore:
        return kernel.Semaphore(value)

    return OwnModule(
        __name__="asyncio", sleep=sleep, gather=gather, timeout=partial(OwnTimeout, box), wait_for=wait_for,
        Event=kernel.Event, Semaphore=semaphore, Lock=lambda: kernel.Semaphore(1, "a lock"), TimeoutError=TimeoutError,
        CancelledError=kernel.Cancelled,
    )  # fmt: skip


class OwnTimeout(kernel.timeout):
    """The kernel's timeout, but what was computed before it is paid first: it is no part of what is waited for."""

    __slots__ = ("_box",)

    def __init__(self, box: Sandbox, delay: float | None) -> None:
        super().__init__(delay)
        self._box = box

    async def __aenter__(self) -> None:
        context = self._box.busy()
        if context.debt > 0.0:
            await context.pass_time(0.0)
        await super().__aenter__()


async def _caught(awaitable: Awaitable[Any]) -> Any:
    try:
        return await awaitable
    except Exception as error:  # noqa: BLE001 - it is the result that was asked for
        return error


def _random(box: Sandbox) -> OwnModule:
    def choice(seq: Sequence[Any]) -> Any:
        if not seq:
            raise IndexError("cannot choose from an empty sequence")
        return seq[randint(box.u("choice"), 0, len(seq) - 1)]

    def whole(a: int, b: int) -> int:
        if a > b:
            raise ValueError(f"empty range for randint({a}, {b})")
        return randint(box.u(f"randint({a},{b})"), a, b)

    return OwnModule(
        __name__="random", random=lambda: box.u("random"), randint=whole, choice=choice,
        uniform=lambda a, b: a + (b - a) * box.u("uniform"),
    )  # fmt: skip


def _uuid4(box: Sandbox) -> real_uuid.UUID:
    high = int(box.busy().draws.u(f"{box.service}:uuid4") * 2**53)
    return real_uuid.UUID(int=mix(high) << 64 | mix(high ^ SECOND), version=4)


def _logging(box: Sandbox) -> OwnModule:
    def writer(level: str) -> Callable[..., None]:
        def write(msg: object, *args: object, **_: object) -> None:
            context = box.context
            if context is not None and context.recorded is not None:
                context.log(level, _formatted(msg, args))

        return write

    writers: dict[str, Any] = {level: writer(level) for level in LEVELS}
    writers |= {"exception": writer("error"), "warn": writer("warning")}
    logger = OwnModule(
        __name__="logger", name="root", setLevel=lambda _: None, isEnabledFor=lambda _: True, **writers
    )
    levels = {name.upper(): number for name, number in LEVELS.items()}
    return OwnModule(
        __name__="logging", getLogger=lambda *_: logger, basicConfig=lambda **_: None, **levels, **writers
    )


def _formatted(message: object, args: tuple[object, ...]) -> str:
    """Format as logging does, and never fail: whether somebody looks must not change what a handler does."""
    try:
        return str(message) % args if args else str(message)
    except Exception as error:  # noqa: BLE001 - the learner's own objects
        return f"(a log line that cannot be formatted: {type(error).__name__})"


def _print(box: Sandbox) -> Callable[..., None]:
    def write(*what: object, sep: str | None = None, **_: object) -> None:
        text = (" " if sep is None else sep).join(map(str, what))
        if box.context is not None:
            box.context.log("print", text)

    return write


def _no_time_sleep(_seconds: float) -> NoReturn:
    raise RuntimeError("time.sleep would stop everything: write `await asyncio.sleep(seconds)`")
