"""Faults of the rides table: a hot row, a pool that runs dry, throttled writes, a job that takes the table's lock.

All stand around a write. Their waits are written down, so that a trace tells what held a ride up.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from simulator.fault import Fault, Seconds, Share, for_service, waiting
from simulator.kernel import Event, Semaphore, sleep, timeout
from simulator.randomness import Milliseconds  # noqa: TC001 - msgspec reads it at run time
from simulator.system.guards import put

if TYPE_CHECKING:
    from simulator.kernel import Simulation
    from simulator.system.context import Context
    from simulator.system.guards import Go, Guard, Undo
    from simulator.system.world import World

Count = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
MOST_BACKOFF_S = 20.0  # what AWS's SDKs wait at most between two tries


class ProvisionedThroughputExceededException(Exception):  # noqa: N818 - the table's own word
    """What the table's client raises when a write was throttled as often as it is tried."""


def doubled_s(base_ms: float, tries: int, cap_s: float) -> float:
    """Give the back-off in seconds after so many failed tries: `base_ms` after the first, doubled each time."""
    return min(cap_s, base_ms / 1000.0 * 2.0 ** (tries - 1))


class TableFault(Fault, frozen=True):
    """A fault of a function's writes into the rides table."""

    service: str = "request-ride"

    def install(self, world: World) -> Undo:
        """Stand around the writes of the function; those of other functions pass."""
        return put(world.rides.guards, for_service(self.service, self.mechanism(world.sim)))

    def mechanism(self, sim: Simulation) -> Guard:
        """Make what a write goes through, with a state of its own."""
        raise NotImplementedError


class LockContention(TableFault, frozen=True, tag="lock-contention"):
    """A hot row: a share of the writes belongs to transactions that all want the lock of the same row.

    Mechanism: one lock for each of `stripes` rows, first come, first served. A transaction takes the lock of a row
    drawn evenly, writes, and keeps it for `hold_ms` until it commits (two-phase locking: InnoDB and PostgreSQL
    release row locks at the end of the transaction). One row takes 1 / (write + hold_ms) transactions a second.
    Trace: "waiting for the lock of a hot row" before the write, "holding the lock of a hot row" after it.
    Remedies: `stripes` (the DynamoDB developer guide's write sharding: suffixes 1 to 200), a shorter `hold_ms`.
    Defaults: 800 ms keep the row in use for 80 % of the time at one write a second, where the mean wait behind
    random arrivals would be twice the service time (Pollaczek-Khinchine, M/D/1: rho / (2 (1 - rho))).
    """

    share: Share = 1.0
    hold_ms: Milliseconds = 800.0
    stripes: Count = 1

    def mechanism(self, sim: Simulation) -> Guard:  # noqa: ARG002 - one signature for all
        """Make the locks."""
        locks = [Semaphore(1, f"the lock of hot row {i}") for i in range(self.stripes)]
        name = f"fault:lock-contention:{self.service}"

        async def guard(context: Context, go: Go) -> Any:
            if context.draws.u(name) >= self.share:
                return await go()
            lock = locks[int(context.draws.u(f"{name}:stripe") * self.stripes)]
            with waiting(context, "waiting for the lock of a hot row"):
                await lock.acquire()
            try:
                result = await go()
                with waiting(context, "holding the lock of a hot row"):
                    await context.pass_time(self.hold_ms / 1000.0)
                return result
            finally:
                lock.release()

        return guard


class ConnectionPool(TableFault, frozen=True, tag="connection-pool"):
    """A pool of connections to the table that all containers share, and that runs dry.

    Mechanism: a write takes one of `size` connections, first come, first served, and keeps it for the write and
    `hold_ms` more, as a handler does that gives its connection back late. Where `queue` writes wait already, the
    next is refused at once with ConnectionError (None: the line has no end); so is one that waited `wait_timeout_ms`.
    By Little's law size / (write + hold_ms) writes a second pass.
    Trace: "waiting for a connection of the rides pool" before the write, "keeping a connection ..." after it.
    Remedies: `size`, a shorter `hold_ms`, a bounded `queue`, a shorter `wait_timeout_ms`.
    Defaults: size 3 is HikariCP's "About Pool Sizing" (cores x 2 + disks) for one core and one disk; 3000 ms use up
    all three at one write a second, and are longer than the 2 s from which HikariCP will speak of a leak; 30 s is
    HikariCP's connectionTimeout, and its line has no end either.
    """

    size: Count = 3
    hold_ms: Milliseconds = 3000.0
    queue: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | None = None
    wait_timeout_ms: Milliseconds | None = 30_000.0

    def mechanism(self, sim: Simulation) -> Guard:  # noqa: ARG002 - one signature for all
        """Make the pool."""
        pool = Semaphore(self.size, "the rides pool")
        limit_s = None if self.wait_timeout_ms is None else self.wait_timeout_ms / 1000.0

        async def take(context: Context) -> None:
            if self.queue is not None and not pool.free and pool.waiting >= self.queue:
                raise ConnectionError(
                    f"the rides pool: all {self.size} connections are in use and {self.queue} writes wait already"
                )
            try:
                async with timeout(limit_s):
                    with waiting(context, "waiting for a connection of the rides pool"):
                        await pool.acquire()
            except TimeoutError:
                raise ConnectionError(
                    f"the rides pool: no connection came free within {self.wait_timeout_ms:g} ms"
                ) from None

        async def guard(context: Context, go: Go) -> Any:
            await take(context)
            try:
                result = await go()
                with waiting(context, "keeping a connection of the rides pool"):
                    await context.pass_time(self.hold_ms / 1000.0)
                return result
            finally:
                pool.release()

        return guard


class TableThrottling(TableFault, frozen=True, tag="table-throttling"):
    """A table with too little write capacity: it refuses what goes beyond, and the client tries again later.

    Mechanism: a token bucket fills with `capacity_units` a second and keeps what is unused for up to `burst_s`; it
    begins with `credit_s` saved. A write costs one unit per KB begun, and takes it or is refused. The client backs
    off `base_ms`, doubled each time up to 20 s, drawn evenly from 0 up to that with `full_jitter`; after `tries` it
    raises ProvisionedThroughputExceededException.
    Trace: a "waiting to write again after a throttle" before the write for each refusal.
    Remedies: `capacity_units`, smaller items, `full_jitter` (without it who was refused together returns together).
    Defaults: 5 units is what DynamoDB's console provisions; 300 s of burst and one unit per KB are the DynamoDB
    developer guide's, 50 ms and 10 tries its SDKs'; a 6 KB item a second is a fifth more than that capacity. Full
    jitter: AWS builders' library, "Timeouts, retries and backoff with jitter".
    """

    capacity_units: Annotated[float, msgspec.Meta(gt=0, le=100_000)] = 5.0
    burst_s: Seconds = 300.0
    credit_s: Seconds = 0.0
    item_kb: Annotated[float, msgspec.Meta(gt=0, le=400)] = 6.0
    base_ms: Milliseconds = 50.0
    tries: Annotated[int, msgspec.Meta(ge=1, le=20)] = 10
    full_jitter: bool = True

    def mechanism(self, sim: Simulation) -> Guard:
        """Make the bucket."""
        bucket = TokenBucket(
            sim, self.capacity_units, self.capacity_units * (1.0 + self.burst_s),
            self.capacity_units * (1.0 + min(self.credit_s, self.burst_s)),
        )  # fmt: skip
        units = float(math.ceil(self.item_kb))
        name = f"fault:table-throttling:{self.service}:jitter"

        async def guard(context: Context, go: Go) -> Any:
            tried = 1
            while not bucket.take(units):
                if tried >= self.tries:
                    raise ProvisionedThroughputExceededException(
                        f"the rides table takes {self.capacity_units:g} units a second: "
                        f"a write of {units:g} units was throttled {tried} times"
                    )
                delay_s = doubled_s(self.base_ms, tried, MOST_BACKOFF_S)
                if self.full_jitter:
                    delay_s *= context.draws.u(name)
                with waiting(context, "waiting to write again after a throttle"):
                    await context.pass_time(delay_s)
                tried += 1
            return await go()

        return guard


class TokenBucket:
    """Tokens that come at a steady rate, up to a limit; filled when somebody takes."""

    __slots__ = ("_at_s", "_limit", "_rate", "_sim", "tokens")

    def __init__(self, sim: Simulation, rate: float, limit: float, tokens: float) -> None:
        self._sim = sim
        self._rate = rate
        self._limit = limit
        self._at_s = sim.now
        self.tokens = tokens

    def take(self, tokens: float) -> bool:
        """Take tokens, all or none; the billionth part that rounding may cost is forgiven."""
        now = self._sim.now
        self.tokens = min(self._limit, self.tokens + (now - self._at_s) * self._rate)
        self._at_s = now
        if self.tokens < tokens - 1e-9:
            return False
        self.tokens -= tokens
        return True


class CronJob(TableFault, frozen=True, tag="cron-job"):
    """A job that runs by the clock and locks the whole table while it works.

    Mechanism: at every multiple of `every_s` of the virtual clock a process takes the table's lock: it waits for the
    writes under way, shuts out the later ones for `lasts_s`, and lets them in together. Writes do not shut out one
    another. In `batches` it lets go of the lock after each, for as long as the batch took.
    Trace: "waiting for the table: a cron job has locked it" before the writes of a few seconds in every period.
    Remedies: `batches`, a shorter `lasts_s`.
    Defaults: every 30 s, since pg_cron goes down to seconds and a minute's load meets it twice; 5 s. PostgreSQL's
    CREATE INDEX locks out writes so (its manual, 13.3, "Explicit Locking"), unless it works CONCURRENTLY, in parts.
    """

    every_s: Annotated[float, msgspec.Meta(ge=0.001, le=86_400)] = 30.0
    lasts_s: Seconds = 5.0
    batches: Count = 1

    def __post_init__(self) -> None:
        busy_s = self.lasts_s * (2.0 - 1.0 / self.batches)
        if busy_s >= self.every_s:
            raise ValueError(
                f"the job would take {busy_s:g} s, and the next begins after `every_s` {self.every_s:g}"
            )

    def install(self, world: World) -> Undo:
        """Start the job, and have writes wait for it."""
        lock = TableLock()

        async def guard(context: Context, go: Go) -> Any:
            with waiting(context, "waiting for the table: a cron job has locked it"):
                await lock.enter()
            try:
                return await go()
            finally:
                lock.leave()

        take_out = put(world.rides.guards, for_service(self.service, guard))
        job = world.sim.spawn(self._run(world.sim, lock), "cron job", daemon=True)

        def undo() -> None:
            take_out()
            job.cancel()

        return undo

    async def _run(self, sim: Simulation, lock: TableLock) -> None:
        slice_s = self.lasts_s / self.batches
        at = math.ceil(sim.now / self.every_s)
        while True:
            await sleep(max(0.0, at * self.every_s - sim.now))
            for batch in range(self.batches):
                if batch:
                    await sleep(slice_s)
                await lock.work_alone(slice_s)
            at = max(at + 1, math.ceil(sim.now / self.every_s))


class TableLock:
    """A lock that any number of writers share, and that one job takes for itself."""

    __slots__ = ("_drained", "_open", "writers")

    def __init__(self) -> None:
        self.writers = 0
        self._open: Event | None = None  # while the job has the lock or waits for it: happens when it lets go
        self._drained: Event | None = None

    async def enter(self) -> None:
        """Begin to write, as soon as the job is gone."""
        while self._open is not None:
            await self._open.wait()
        self.writers += 1

    def leave(self) -> None:
        """Have written."""
        self.writers -= 1
        if not self.writers and self._drained is not None:
            self._drained.set()

    async def work_alone(self, seconds: float) -> None:
        """Keep writers out for so long, once those who write already have left."""
        self._open = Event("the table's lock")
        try:
            if self.writers:
                self._drained = Event("the writers to leave")
                await self._drained.wait()
            await sleep(seconds)
        finally:
            gone, self._open, self._drained = self._open, None, None
            gone.set()
