"""Faults that a container carries with it: what it has allocated, compiled or leaked, and what host it is on.

Each guard keeps its state per container and per world, and changes the speed of one invocation's context at a time.
`work_ms` and `row_ms` are computing at full speed: a function with an eighth of a processor needs eight times as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from simulator.fault import Fault, Left, Share, waiting
from simulator.randomness import Milliseconds, name_key, stream_key, unit
from simulator.system.guards import put

if TYPE_CHECKING:
    from simulator.system.context import Context
    from simulator.system.functions import Container
    from simulator.system.guards import Go, Guard, Undo
    from simulator.system.world import World

Megabytes = Annotated[float, msgspec.Meta(ge=0, le=10_240)]
SomeMegabytes = Annotated[float, msgspec.Meta(gt=0, le=10_240)]
Invocations = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class OutOfMemory(MemoryError):  # noqa: N818 - the platforms' own word
    """The platform ended a container's process, which had more memory than the function may have."""


class InContainer(Fault, frozen=True):
    """A fault that stands before the handler and knows the container."""

    def install(self, world: World) -> Undo:
        """Stand before the handler."""
        return put(world.functions[self.service].guards, self.guard(world))

    def guard(self, world: World) -> Guard:
        """Make the guard, with a state of its own."""
        raise NotImplementedError


def compute(context: Context, ms: float, what: str = "waiting for the processor") -> None:
    """Compute for `ms` of a whole processor at the speed that this invocation has, and write it down."""
    with waiting(context, what):
        context.work(ms)


class GcPause(InContainer, frozen=True, tag="gc-pause"):
    """A garbage collector stops the world whenever a container's heap is full.

    Models a runtime with a stop-the-world collector. Mechanism: every invocation allocates `alloc_mb` in its
    container's heap, beside the `live_mb` that are always in use; one that no longer finds room among `heap_mb` waits
    for the collector, which computes `pause_ms_per_mb` (of a whole processor) for each live MB and leaves the live
    ones. Containers fill up independently. Trace: every so-manieth invocation of a container begins with "waiting for
    the garbage collector", and its processor time is higher. Remedies: a larger `heap_mb` (rarer), a smaller
    `live_mb` (shorter), a smaller `alloc_mb`, more memory (a bigger share of a processor).
    Defaults: a heap below the 100 MB for which Oracle's "HotSpot Virtual Machine Garbage Collection Tuning Guide"
    names the serial collector; that tracing costs time in proportion to live data is the same guide's chapter on
    generations; 1 ms per MB, so a gigabyte a second, is the catalog's own round number for one core.
    """

    alloc_mb: Megabytes = 4.0
    heap_mb: SomeMegabytes = 64.0
    live_mb: Megabytes = 24.0
    pause_ms_per_mb: Milliseconds = 1.0

    def __post_init__(self) -> None:
        if self.live_mb + self.alloc_mb > self.heap_mb:
            raise ValueError(
                f"`live_mb` {self.live_mb:g} and `alloc_mb` {self.alloc_mb:g} do not fit in `heap_mb` {self.heap_mb:g}"
            )

    def guard(self, world: World) -> Guard:  # noqa: ARG002 - one signature for all
        """Keep count of each container's heap."""
        used_mb: dict[int, float] = {}

        async def guard(context: Context, go: Go) -> Any:
            index = context.container.index
            used = used_mb.get(index, self.live_mb) + self.alloc_mb
            if used > self.heap_mb:
                compute(context, self.pause_ms_per_mb * self.live_mb, "waiting for the garbage collector")
                used = self.live_mb + self.alloc_mb
            used_mb[index] = used
            return await go()

        return guard


class SlowStart(InContainer, frozen=True, tag="slow-start"):
    """A fresh container computes slowly and warms up with use.

    Models just-in-time compilation and empty caches after a deploy. Mechanism: a container begins at `first` of its
    speed and gains evenly, to all of it after `over_invocations`; each invocation computes `work_ms` (at full speed)
    before its handler, and whatever the handler computes is slow too. Containers that were started before the fault
    was switched on are warm. Trace: all that computes is longer in a container's first invocations, "waiting for the
    processor" among it; waits are not; processor time stays. Remedies: `rehearsals` (invocations made in a new
    container before it gets traffic, outside of the run), fewer deploys, longer keep-alive.
    Defaults: 200 invocations are HotSpot's Tier3InvocationThreshold, after which a method is compiled; a tenth of the
    speed stands for interpreted code (Lion and others, "Don't get caught in the cold, warm up your JVM", OSDI 2016).
    """

    first: Left = 0.1
    over_invocations: Invocations = 200
    work_ms: Milliseconds = 5.0
    rehearsals: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0

    def guard(self, world: World) -> Guard:
        """Keep count of each container's invocations."""
        since_s = world.sim.now
        made: dict[int, int] = {}

        async def guard(context: Context, go: Go) -> Any:
            container = context.container
            if container.booted_s >= since_s:
                count = made.get(container.index, self.rehearsals)
                made[container.index] = count + 1
                context.share *= self.first + (1.0 - self.first) * min(1.0, count / self.over_invocations)
            compute(context, self.work_ms)
            return await go()

        return guard


class BadContainer(InContainer, frozen=True, tag="bad-container"):
    """Some containers are slow for as long as they live.

    Models a worn host, a throttled disk, a broken fan: "fail-slow". Mechanism: a draw of the container, whoever is
    served, makes it bad with probability `share`, or, with `one_of`, the same one of so many that are started one after
    another; it then computes at `left` of its speed. Each invocation computes `work_ms` (at full speed) before its
    handler. The platform gives work to the container used last; `in_turn` lets them take turns, as a load balancer
    does. Trace: all that computes is longer, "waiting for the processor" among
    it, in some containers and never in others; group by container to see it. Remedies: `retire` (a check ends a bad
    container after what it is doing: the next one costs a cold start and may be bad again), a deploy.
    Defaults: one of five, the catalog's own choice; a quarter of the speed, within the degradations that Gunawi and
    others collected in "Fail-slow at scale" (FAST 2018).
    """

    share: Share = 0.2
    left: Left = 0.25
    work_ms: Milliseconds = 5.0
    retire: bool = False
    one_of: Invocations | None = None
    in_turn: bool = False

    def install(self, world: World) -> Undo:
        """Stand before the handler, and have the containers take turns."""
        function, take_out = world.functions[self.service], super().install(world)
        function.in_turn += self.in_turn

        def undo() -> None:
            take_out()
            function.in_turn -= self.in_turn

        return undo

    def guard(self, world: World) -> Guard:
        """Draw each container's luck."""
        key = stream_key(world.settings.seed, f"fault:bad-container:{self.service}")
        kind = (name_key(f"container:{self.service}") & 0xFFFFFFFF) << 32
        chosen = None if self.one_of is None else int(unit(key, kind) * self.one_of)

        def bad(index: int) -> bool:
            if self.one_of is not None:
                return index % self.one_of == chosen
            return unit(key, kind | index) < self.share

        async def guard(context: Context, go: Go) -> Any:
            if bad(context.container.index):
                context.share *= self.left
                context.container.spent |= self.retire
            compute(context, self.work_ms)
            return await go()

        return guard


class MemoryLeak(InContainer, frozen=True, tag="memory-leak"):
    """Every invocation leaves memory behind, until the container slows down and is ended.

    Models a module-level list that only grows. Mechanism: each invocation adds `leak_mb` to its container's memory;
    once less than `pressure_mb` are free it computes at free/`pressure_mb` of its speed (never below `worst`), as the
    collector runs more and more often; when nothing is free the platform ends the process: the invocation fails with
    OutOfMemory, and the next one meets a cold start. Each invocation computes `work_ms` (at full speed) before its
    handler. Trace: "waiting for the processor" grows from one invocation of a container to the next, then a failure,
    then "cold start"; the memory of the invocations says why. Remedies: `leak_mb` 0, `recycle_after` (the container is
    ended on purpose after so many invocations), more memory (later, not never).
    Defaults: 2 MB and 32 MB of pressure, the catalog's own choice for 128 MB; that a function which needs more than its
    memory is ended is the providers' documentation (AWS Lambda, "Configure Lambda function memory").
    """

    leak_mb: Megabytes = 2.0
    pressure_mb: SomeMegabytes = 32.0
    worst: Left = 0.05
    work_ms: Milliseconds = 5.0
    recycle_after: Invocations | None = None

    def install(self, world: World) -> Undo:
        """Leak, and give the memory back when the fault is switched off."""
        leaked_mb: dict[Container, float] = {}
        made: dict[Container, int] = {}
        limit_mb = world.functions[self.service].settings.memory_mb

        async def guard(context: Context, go: Go) -> Any:
            container = context.container
            leak_mb = min(self.leak_mb, limit_mb - container.memory_mb)
            leaked_mb[container] = leaked_mb.get(container, 0.0) + leak_mb
            container.memory_mb += leak_mb
            made[container] = made.get(container, 0) + 1
            free_mb = limit_mb - container.memory_mb
            if free_mb <= 0.0 or made[container] == self.recycle_after:
                container.spent = True
                del leaked_mb[container], made[container]  # it does not come back
            if free_mb <= 0.0:
                raise OutOfMemory(f"{self.service}: memory is full ({limit_mb:g} MB), the process was ended")
            if free_mb < self.pressure_mb:
                context.share *= max(self.worst, free_mb / self.pressure_mb)
            compute(context, self.work_ms)
            return await go()

        remove = put(world.functions[self.service].guards, guard)

        def undo() -> None:
            remove()
            for container, mb in leaked_mb.items():
                container.memory_mb -= mb

        return undo


class SlowUsers(InContainer, frozen=True, tag="slow-users"):
    """A class of users has many more records than the others, so it is slow for them, always.

    Models the account that has everything. Mechanism: before the handler a user's `records` are read, page by page of
    `page_rows`: each page is a round trip of `page_ms` and computes `row_ms` (at full speed) for every record in it. A
    draw of the user alone puts a `share` of them into the class that has `rows` times as many records. Trace: a
    staircase of "waiting for a page of records", long for the same users in every request; duration and processor time
    grow together. Remedies: `newest` (read no more than that many), larger pages, less work per record.
    Defaults: a page costs "single-digit milliseconds" (Amazon DynamoDB Developer Guide), and holds 100 records of 10 kB
    where a query's page ends at 1 MB (same guide); the share and the sizes are the catalog's own choice.
    """

    share: Share = 0.05
    records: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 25
    rows: Annotated[float, msgspec.Meta(ge=1, le=10_000)] = 40.0
    row_ms: Milliseconds = 0.02
    page_rows: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 100
    page_ms: Milliseconds = 5.0
    newest: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | None = None

    def guard(self, world: World) -> Guard:
        """Draw each user's class."""
        key = stream_key(world.settings.seed, f"fault:slow-users:{self.service}")

        async def guard(context: Context, go: Go) -> Any:
            user = context.draws.owner >> 16 & 0xFFFFFFFF
            left = round(self.records * self.rows) if unit(key, user) < self.share else self.records
            if self.newest is not None:
                left = min(left, self.newest)
            while left > 0:
                with waiting(context, "waiting for a page of records"):
                    await context.pass_time(self.page_ms / 1000.0)
                    context.work(self.row_ms * min(left, self.page_rows))
                left -= self.page_rows
            return await go()

        return guard
