"""The lab's own `asyncio`, `random`, `time`, `datetime`, `uuid` and `logging`, as a handler sees them.

They live on the virtual clock and the keyed draws of the invocation that a container is busy with. A draw is named by the
function it is made in, so adding one elsewhere in a version shifts no other.
"""

from __future__ import annotations

import datetime as real_datetime
import sys
import uuid as real_uuid
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NoReturn

from simulator import kernel
from simulator.randomness import randint

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from simulator.system.context import Context

OWN_MODULES = frozenset({"asyncio", "datetime", "logging", "random", "time", "uuid"})

ZERO = real_datetime.datetime(2018, 3, 30, 19, 48, 41, tzinfo=real_datetime.timezone(real_datetime.timedelta(hours=-4)))
LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}


class Sandbox:
    """What a container's modules look at: the context of the invocation it is busy with, or None while it starts."""

    __slots__ = ("context", "service")

    def __init__(self, service: str) -> None:
        self.service = service
        self.context: Context | None = None

    def busy(self) -> Context:
        """Give the context, or say that this can only be done inside the handler."""
        if self.context is None:
            raise RuntimeError("there is no invocation yet: do this inside the handler")
        return self.context

    def u(self, what: str) -> float:
        """Draw a u, named by the service, the function that asked, and what it asked for."""
        caller = sys._getframe(2).f_code.co_name
        return self.busy().draws.u(f"{self.service}:{caller}:{what}")


def own_modules(box: Sandbox) -> dict[str, Any]:
    """Make the modules of one container."""
    return {
        "asyncio": _asyncio(box),
        "datetime": _datetime(box),
        "logging": _logging(box),
        "random": _random(box),
        "time": SimpleNamespace(
            time=lambda: ZERO.timestamp() + box.busy().clock(),
            monotonic=lambda: box.busy().clock(),
            perf_counter=lambda: box.busy().clock(),
            sleep=_no_time_sleep,
        ),
        "uuid": SimpleNamespace(UUID=real_uuid.UUID, uuid4=lambda: _uuid4(box)),
        "builtins.print": lambda *what, sep=" ", **_: box.busy().log("print", sep.join(map(str, what))),
    }


def _asyncio(box: Sandbox) -> SimpleNamespace:
    async def sleep(seconds: float, result: Any = None) -> Any:
        await box.busy().pass_time(float(seconds))
        return result

    async def wait_for(what: Awaitable[Any], seconds: float) -> Any:
        async with kernel.timeout(seconds):
            return await what

    return SimpleNamespace(
        sleep=sleep, gather=kernel.gather, timeout=kernel.timeout, wait_for=wait_for, Event=kernel.Event,
        Semaphore=kernel.Semaphore, Lock=lambda: kernel.Semaphore(1, "a lock"), TimeoutError=TimeoutError,
        CancelledError=kernel.Cancelled,
    )  # fmt: skip


def _random(box: Sandbox) -> SimpleNamespace:
    def choice(items: Sequence[Any]) -> Any:
        if not items:
            raise IndexError("cannot choose from an empty sequence")
        return items[randint(box.u("choice"), 0, len(items) - 1)]

    return SimpleNamespace(
        random=lambda: box.u("random"),
        randint=lambda low, high: randint(box.u(f"randint({low},{high})"), low, high),
        uniform=lambda low, high: low + (high - low) * box.u("uniform"),
        choice=choice,
    )


def _uuid4(box: Sandbox) -> real_uuid.UUID:
    draws = box.busy().draws
    name = f"{box.service}:uuid4"
    return real_uuid.UUID(int=int(draws.u(name) * 2**53) << 75 | int(draws.u(name) * 2**53) << 22, version=4)


def _datetime(box: Sandbox) -> SimpleNamespace:
    class datetime(real_datetime.datetime):  # noqa: N801 - stands in for the real one
        @classmethod
        def now(cls, tz: real_datetime.tzinfo | None = None) -> Any:
            moment = ZERO + real_datetime.timedelta(seconds=round(box.busy().clock(), 6))
            return moment.astimezone(tz) if tz is not None else moment.replace(tzinfo=None)

        @classmethod
        def utcnow(cls) -> Any:
            return cls.now(real_datetime.UTC).replace(tzinfo=None)

    return SimpleNamespace(
        datetime=datetime, date=real_datetime.date, time=real_datetime.time, timedelta=real_datetime.timedelta,
        timezone=real_datetime.timezone, UTC=real_datetime.UTC,
    )  # fmt: skip


def _logging(box: Sandbox) -> SimpleNamespace:
    def writer(level: str) -> Callable[..., None]:
        def write(message: object, *args: object) -> None:
            context = box.context
            if context is not None and context.recorded is not None:
                context.log(level, str(message) % args if args else str(message))

        return write

    logger = SimpleNamespace(**{level: writer(level) for level in LEVELS}, exception=writer("error"), setLevel=lambda _: None)
    return SimpleNamespace(
        getLogger=lambda *_: logger,
        **{name.upper(): number for name, number in LEVELS.items()},
        **vars(logger),
    )


def _no_time_sleep(_seconds: float) -> NoReturn:
    raise RuntimeError("time.sleep would stop everything: write `await asyncio.sleep(seconds)`")
