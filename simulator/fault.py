"""What a fault is: parameters, and a mechanism that it puts in place. The kinds are in `fault_*.py`.

A mechanism really contends - queues, locks, pools, containers - and is never a formula added to a latency. Its state
belongs to one world, so nothing leaks from one run into the next; what a fault draws is named after it, so it changes
no draw but its own.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from simulator.system.guards import put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.system.context import Context
    from simulator.system.functions import Function
    from simulator.system.guards import Go, Guard, Undo
    from simulator.system.world import World

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=86_400)]
Left = Annotated[float, msgspec.Meta(ge=0.001, le=1)]  # of a processor's speed


@contextmanager
def waiting(context: Context, what: str) -> Iterator[None]:
    """Write down what held an invocation up, if it did at all; a timeout that ends the wait writes it down too."""
    since_s = context.clock()
    try:
        yield
    finally:
        if context.clock() > since_s:
            context.waited(what, since_s)


def for_service(service: str, mechanism: Guard) -> Guard:
    """Let the calls of one function through a mechanism, once what they had computed is paid; others pass."""

    async def guard(context: Context, go: Go) -> Any:
        if context.container.version.service != service:
            return await go()
        if context.debt > 0.0:
            await context.pass_time(0.0)
        return await mechanism(context, go)

    return guard


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="fault", kw_only=True):
    """What all faults share: the function they strike, and only while they are switched on."""

    service: str

    def install(self, world: World) -> Undo:
        """Put its mechanism in place, with a state of its own for this world; gives how to take it out again."""
        raise NotImplementedError


class Limits(Fault, frozen=True):
    """A fault that changes a function's limits."""

    def install(self, world: World) -> Undo:
        """Change them, and work them out anew when any of the kind comes or goes."""
        function = world.functions[self.service]
        function.inject(self)
        return lambda: function.remove(self)

    def change(self, function: Function) -> None:
        """Change the function's limits. Whenever a fault comes or goes all that are on do it anew, in order."""
        raise NotImplementedError


class Strike(Fault, frozen=True):
    """A fault that happens to one invocation, at the start of its handler."""

    def install(self, world: World) -> Undo:
        """Stand before the handler."""

        async def guard(context: Context, go: Go) -> Any:
            await self.strike(context)
            return await go()

        return put(world.functions[self.service].guards, guard)

    async def strike(self, context: Context) -> None:
        """Happen."""
        raise NotImplementedError
