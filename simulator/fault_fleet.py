"""Faults around the fleet's look-up: a cache in front of a slow store, many replicas, one call per unicorn.

They strike the look-ups of one function, the one that calls the fleet.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from simulator.fault import Fault, Seconds, for_service, waiting
from simulator.kernel import Event, Semaphore, sleep, spawn, timeout
from simulator.randomness import Exponential, Milliseconds
from simulator.system.guards import put

if TYPE_CHECKING:
    from simulator.kernel import Task
    from simulator.system.context import Context
    from simulator.system.guards import Go, Guard, Undo
    from simulator.system.world import World

Some = Annotated[int, msgspec.Meta(ge=1, le=1000)]


class AroundFleet(Fault, frozen=True):
    """A fault that stands around the look-ups of one function."""

    service: str = "request-ride"

    def install(self, world: World) -> Undo:
        """Stand around the fleet's look-up, for calls of the fault's function."""
        return put(world.fleet.guards, for_service(self.service, self.guard()))

    def guard(self) -> Guard:
        """Make the guard, with a state of its own; what was computed before has been waited for."""
        raise NotImplementedError


class CacheStampede(AroundFleet, frozen=True, tag="cache-stampede"):
    """When a cached answer runs out, everybody who misses it refills it at once.

    Models a cache in front of a slow store. Mechanism: one answer for all, good for `ttl_s` seconds; who finds it
    outdated takes one of the store's `store_workers` (None: there is always one) for `refill_ms`. Until the first is
    back all others do the same, and once in line for a worker they stay in it. Trace: nothing for a hit; in bursts
    `ttl_s` apart "waiting for a store worker" and "waiting for the refill". With arrivals at rate r and workers for
    all, an expiry has 1 + r * refill misses on average: who opens it, and who arrives meanwhile.
    Remedies: `single_flight` (one refills, the others wait for it: "waiting for somebody else's refill");
    `early_beta` above 0 (XFetch: a hit refills early, by chance and the sooner the nearer the end; 1 is optimal).
    Defaults: 10 s, the interval of memcache's leases in Nishtala and others, "Scaling Memcache at Facebook" (NSDI
    2013); refill and workers are the catalog's own choice; the model, its name and XFetch are Vattani, Chierichetti
    and Lowenstein, "Optimal probabilistic cache stampede prevention" (VLDB 2015).
    """

    ttl_s: Seconds = 10.0
    refill_ms: Milliseconds = 500.0
    store_workers: Some | None = 4
    single_flight: bool = False
    early_beta: Annotated[float, msgspec.Meta(ge=0, le=100)] = 0.0

    def guard(self) -> Guard:
        """Start with an empty cache."""
        cache = _Cache(self)

        async def guard(context: Context, go: Go) -> Any:
            await cache.look(context)
            return await go()

        return guard


class _Cache:
    """One cached answer of one world, and the store behind it."""

    def __init__(self, fault: CacheStampede) -> None:
        workers = fault.store_workers
        self._fault = fault
        self._good_until_s = -math.inf
        self._store = None if workers is None else Semaphore(workers, "the fleet's store")
        self._flight: Event | None = None
        self._refills = 0

    async def look(self, context: Context) -> None:
        """Find the answer good, or see to it that it is."""
        if not self._fault.single_flight:
            if not self._good(context):
                await self._refill(context)
            return
        before = self._refills
        if context.clock() >= self._good_until_s:
            with waiting(context, "waiting for somebody else's refill"):
                while self._flight is not None and self._refills == before:
                    await (
                        self._flight.wait()
                    )  # who refills may be ended before it is done: then somebody else does
        if self._flight is None and self._refills == before and not self._good(context):
            self._flight = flight = Event("somebody else's refill")
            try:
                await self._refill(context)
            finally:
                self._flight = None
                flight.set()

    def _good(self, context: Context) -> bool:
        fault = self._fault
        left_s = self._good_until_s - context.clock()
        if left_s > 0.0 and fault.early_beta > 0.0:
            u = context.draws.u(f"fault:cache-stampede:{fault.service}")
            left_s += fault.refill_ms / 1000.0 * fault.early_beta * math.log(u)
        return left_s > 0.0

    async def _refill(self, context: Context) -> None:
        if self._store is not None:
            with waiting(context, "waiting for a store worker"):
                await self._store.acquire()
        try:
            with waiting(context, "waiting for the refill"):
                await context.pass_time(self._fault.refill_ms / 1000.0)
        finally:
            if self._store is not None:
                self._store.release()
        self._refills += 1
        self._good_until_s = context.clock() + self._fault.ttl_s


class FanOut(AroundFleet, frozen=True, tag="fan-out"):
    """One look-up asks many replicas at once and is as slow as the slowest; one of them is slow.

    Models a search spread over shards. Mechanism: a look-up starts a process for each of `n` replicas, side by side;
    each answers after an exponential time of mean `replica_ms`, the first of them after `slow` times that. The look-up
    goes on with the last answer. Trace: `n` bars "waiting for replica i" that begin together; the longest is the
    look-up, and too often it is replica 1. Healthy, the mean of the slowest is `replica_ms` * (1 + 1/2 + ... + 1/n).
    Remedies: `quorum` (that many answers are enough, the others are called off); `hedge_after_ms` (a replica that has
    not answered by then gets help of a healthy spare, and the first of both counts); `slow` 1.
    Defaults: 10 ms is how a server typically responds in Dean and Barroso, "The tail at scale" (CACM 2013), which
    hedges at the 95th percentile, here 30 ms; ten replicas and ten times as slow are the catalog's own choice.
    """

    n: Some = 10
    replica_ms: Milliseconds = 10.0
    slow: Annotated[float, msgspec.Meta(ge=1, le=10_000)] = 10.0
    quorum: Some | None = None
    hedge_after_ms: Milliseconds | None = None

    def __post_init__(self) -> None:
        if self.quorum is not None and self.quorum > self.n:
            raise ValueError(f"`quorum` {self.quorum} is more than there are replicas, {self.n}")

    def guard(self) -> Guard:
        """Ask them all, and wait for enough."""

        async def guard(context: Context, go: Go) -> Any:
            left = self.n if self.quorum is None else self.quorum
            enough = Event("enough of the fleet's replicas")

            async def one(replica: int) -> None:
                nonlocal left
                await self._ask(context, replica)
                left -= 1
                if not left:
                    enough.set()

            asked: list[Task] = []
            try:
                for i in range(1, self.n + 1):
                    asked.append(await spawn(one(i), f"replica {i}"))  # noqa: PERF401 - all so far must be known
                await enough.wait()
            finally:
                for task in asked:
                    task.abandon()
            return await go()

        return guard

    async def _ask(self, context: Context, replica: int) -> None:
        """Ask one replica, and a spare where that is wanted and takes too long."""
        answered = Event(f"replica {replica}")
        asked = [await spawn(self._answer(context, f"replica-{replica}", answered))]
        try:
            with waiting(context, f"waiting for replica {replica}"):
                if self.hedge_after_ms is not None:
                    try:
                        async with timeout(self.hedge_after_ms / 1000.0):
                            await answered.wait()
                    except TimeoutError:
                        asked.append(await spawn(self._answer(context, f"spare-{replica}", answered)))
                await answered.wait()
        finally:
            for task in asked:
                task.abandon()

    async def _answer(self, context: Context, who: str, answered: Event) -> None:
        mean = self.replica_ms * (self.slow if who == "replica-1" else 1.0)
        u = context.draws.u(f"fault:fan-out:{self.service}:{who}")
        await sleep(Exponential(mean=mean).ms_at(u) / 1000.0)
        answered.set()


class NPlusOne(AroundFleet, frozen=True, tag="n-plus-one"):
    """The look-up asks once for the list and then once for every unicorn in it, one after the other.

    Models an object mapper that loads what it names one by one. Mechanism: after the look-up, `n` round trips, each
    awaited before the next; a trip takes `rtt_base_ms` and an exponential time of mean `rtt_mean_ms`. Trace: a
    staircase of `n` equal steps "waiting for one unicorn", each of them quick. The sum has mean n * (base + mean), and
    hardly varies: every request is slow, not some. Remedies: `batched` (one round trip for all), a smaller `n`.
    Defaults: 0.5 ms is a round trip within a data center (Dean, "Designs, lessons and advice from building large
    distributed systems", LADIS 2009); with the store's own time "single-digit milliseconds" (Amazon DynamoDB Developer
    Guide); 50 is the catalog's own choice.
    """

    n: Some = 50
    rtt_base_ms: Milliseconds = 0.5
    rtt_mean_ms: Milliseconds = 4.5
    batched: bool = False

    def guard(self) -> Guard:
        """Go there once too often, n times."""
        rtt = Exponential(mean=self.rtt_mean_ms, base_ms=self.rtt_base_ms)
        what = "waiting for all unicorns at once" if self.batched else "waiting for one unicorn"

        async def guard(context: Context, go: Go) -> Any:
            unicorn = await go()
            for _ in range(1 if self.batched else self.n):
                u = context.draws.u(f"fault:n-plus-one:{self.service}")
                with waiting(context, what):
                    await context.pass_time(rtt.ms_at(u) / 1000.0)
            return unicorn

        return guard
