"""Guards: what stands around an operation and may hold it up, repeat it, or do something else instead.

There are four places for them: around a function's handler (`Function.guards`), around the calls of a function by
others (`Function.call_guards`), around the fleet's look-up (`Fleet.guards`), and around a write into the rides table
(`RidesTable.guards`). Locks, pools, caches and retries are guards; the first in the list is the outermost.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.system.context import Context

Go = Callable[[], Awaitable[Any]]  # does the operation, as often as it is called
Guard = Callable[["Context", Go], Awaitable[Any]]
Undo = Callable[[], None]


async def through(guards: Sequence[Guard], context: Context, go: Go) -> Any:
    """Do an operation through all its guards."""
    for guard in reversed(guards):
        go = partial(guard, context, go)
    return await go()


def put(guards: list[Guard], guard: Guard) -> Undo:
    """Put a guard around what the earlier ones already stand around; gives how to take it away again."""
    guards.append(guard)

    def undo() -> None:
        guards.remove(guard)

    return undo
