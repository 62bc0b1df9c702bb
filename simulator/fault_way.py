"""Faults on the way to another function: retries that feed a storm, lost set-ups, answers in line; and hedging.

All stand around a call, on the caller's side. What a caller no longer waits for goes on as a process of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import msgspec

from simulator.fault import Fault, Seconds, Share, waiting
from simulator.fault_table import Count, doubled_s
from simulator.kernel import Event, Semaphore, sleep, timeout
from simulator.randomness import Milliseconds  # noqa: TC001 - msgspec reads it at run time
from simulator.system.guards import put

if TYPE_CHECKING:
    from simulator.kernel import Simulation
    from simulator.system.context import Context
    from simulator.system.guards import Go, Guard, Undo
    from simulator.system.world import World

MOST_TOKENS = 10.0  # a retry budget saves up no more, as in gRPC's retry throttling (A6)
FIRST_RTO_S = 1.0  # RFC 6298, 2.1


class WayFault(Fault, frozen=True):
    """A fault of the calls to a function; `outermost` kinds stand around those that came before them, too."""

    outermost: ClassVar[bool] = False

    def install(self, world: World) -> Undo:
        """Stand around the calls."""
        mechanism = self.mechanism(world.sim)

        async def guard(context: Context, go: Go) -> Any:
            if context.debt > 0.0:
                await context.pass_time(0.0)
            return await mechanism(context, go)

        guards = world.functions[self.service].call_guards
        undo = put(guards, guard)
        if self.outermost:
            guards.insert(0, guards.pop())
        return undo

    def mechanism(self, sim: Simulation) -> Guard:
        """Make what a call goes through, with a state of its own."""
        raise NotImplementedError


class Outcome:
    """What comes of a call that runs on its own: an answer or an exception, whether or not somebody still waits."""

    __slots__ = ("answer", "error", "here")

    def __init__(self) -> None:
        self.here = Event("an answer")
        self.answer: Any = None
        self.error: Exception | None = None

    async def of(self, go: Go) -> None:
        """Make the call, and keep what comes of it."""
        try:
            self.answer = await go()
        except Exception as error:  # noqa: BLE001 - it is raised at whoever still waits
            self.error = error
        finally:
            self.here.set()

    def get(self) -> Any:
        """Give the answer, or raise what was raised."""
        if self.error is not None:
            raise self.error
        return self.answer


class RetryStorm(WayFault, frozen=True, tag="retry-storm"):
    """A slow moment that retries turn into a lasting collapse: a metastable failure.

    Mechanism: the function is served by `workers`, first come, first served; each holds a request for `service_ms`
    and the call itself. From `from_s`, for `for_s`, the service time is `slow` times as long. A caller waits
    `timeout_ms`, then tries again, up to `tries` times, after a back-off of `base_ms`, doubled up to `cap_ms`. Giving
    up ends the caller's waiting only: the request keeps its place and takes a worker. So once the line is longer
    than the timeout, workers are busy with answers that nobody waits for, and retries keep the line long after the
    trigger has gone. Failed connections and answers from 500 on are tried again too.
    Trace: "waiting for a worker", "a worker at work" and the callee's invocations, try after try under one call;
    "waiting to try again" between them.
    Remedies: `budget` (retries per call that are earned, at most 10 saved; none: no budget), `jitter` full, fewer
    `tries`, a longer `timeout_ms`.
    Defaults: two workers of 800 ms are three fifths busy at one call a second and the module's way of 0.4 s. 3 tries,
    20 s: the standard retry mode of AWS's SDKs. Mechanism and remedies: AWS builders' library, "Timeouts, retries
    and backoff with jitter"; Bronson et al., "Metastable failures in distributed systems", HotOS 2021.
    """

    workers: Count = 2
    service_ms: Milliseconds = 800.0
    slow: Annotated[float, msgspec.Meta(ge=1, le=1000)] = 5.0
    from_s: Seconds = 20.0
    for_s: Seconds = 10.0
    tries: Annotated[int, msgspec.Meta(ge=1, le=20)] = 3
    timeout_ms: Annotated[float, msgspec.Meta(ge=1, le=86_400_000)] = 4000.0
    base_ms: Milliseconds = 100.0
    cap_ms: Milliseconds = 20_000.0
    jitter: Literal["none", "full"] = "none"
    budget: Share | None = None

    def mechanism(self, sim: Simulation) -> Guard:
        """Make the workers and the budget."""
        workers = Semaphore(self.workers, f"the workers of {self.service}")
        tokens = 0.0
        jitter = f"fault:retry-storm:{self.service}:jitter"

        async def serve(go: Go, taken: Event, served: Event, outcome: Outcome) -> None:
            async with workers:
                taken.set()
                struck = self.from_s <= sim.now < self.from_s + self.for_s
                await sleep(self.service_ms / 1000.0 * (self.slow if struck else 1.0))
                served.set()
                await outcome.of(go)

        async def attempt(context: Context, go: Go) -> Any:
            taken, served, outcome = Event("a worker"), Event("a worker's work"), Outcome()
            sim.spawn(serve(go, taken, served, outcome), f"a request to {self.service}")
            async with timeout(self.timeout_ms / 1000.0):
                with waiting(context, f"waiting for a worker of {self.service}"):
                    await taken.wait()
                with waiting(context, f"a worker of {self.service} at work"):
                    await served.wait()
                await outcome.here.wait()
            return outcome.get()

        async def guard(context: Context, go: Go) -> Any:
            nonlocal tokens
            if self.budget is not None:
                tokens = min(MOST_TOKENS, tokens + self.budget)
            for tried in range(1, self.tries + 1):
                answer: Any = None
                error: Exception | None = None
                try:
                    answer = await attempt(context, go)
                except (TimeoutError, ConnectionError) as failure:
                    error = failure
                if error is None and answer.status_code < 500:
                    return answer
                if tried == self.tries or (self.budget is not None and tokens < 1.0 - 1e-9):
                    break
                if self.budget is not None:
                    tokens -= 1.0
                delay_s = doubled_s(self.base_ms, tried, self.cap_ms / 1000.0)
                if self.jitter == "full":
                    delay_s *= context.draws.u(jitter)
                with waiting(context, f"waiting to try {self.service} again"):
                    await context.pass_time(delay_s)
            if error is not None:
                raise type(error)(f"{self.service}, try {tried}: {error}") from None
            return answer

        return guard


class LostConnections(WayFault, frozen=True, tag="lost-connections"):
    """The first packet of a new connection gets lost now and then, and TCP waits a second before it sends another.

    Mechanism: each SYN is lost with probability `share`; the next one goes out after 1 s, then 2 s, doubled each time
    (RFC 6298: 1 s at first, 5.5 doubles it), so calls take +1 s or +3 s. After `tries` SYNs the caller gets
    ConnectionError. With `keep_alive` each container keeps its connections, one for each call it makes at a time,
    and only a call that finds none idle sets one up; a call that is given up closes its connection.
    Trace: "waiting for a connection: SYN lost", of 1, 3, 7 s, before the callee's invocation.
    Remedies: `keep_alive`; a timeout below 1 s with one more try (hedging).
    Defaults: a tenth, the share of connections with a loss in Flach et al., "Reducing web latency: the virtue of
    gentle aggression", SIGCOMM 2013; 7 tries are Linux's tcp_syn_retries of 6.
    """

    share: Share = 0.1
    tries: Annotated[int, msgspec.Meta(ge=1, le=7)] = 7
    keep_alive: bool = False

    def mechanism(self, sim: Simulation) -> Guard:  # noqa: ARG002 - one signature for all
        """Make the containers' pools."""
        idle: dict[tuple[str, int], int] = {}  # connections by function and container
        name = f"fault:lost-connections:{self.service}"

        async def connect(context: Context) -> None:
            rto_s = FIRST_RTO_S
            with waiting(context, f"waiting for a connection to {self.service}: SYN lost"):
                for _ in range(self.tries):
                    if context.draws.u(name) >= self.share:
                        return
                    await context.pass_time(rto_s)
                    rto_s *= 2.0
            raise ConnectionError(f"{self.service}: no connection after {self.tries} SYNs")

        async def guard(context: Context, go: Go) -> Any:
            container = context.container
            place = container.version.service, container.index
            if idle.get(place, 0):
                idle[place] -= 1
            else:
                await connect(context)
            answer = await go()
            if self.keep_alive:
                idle[place] = idle.get(place, 0) + 1
            return answer

        return guard


class HeadOfLine(WayFault, frozen=True, tag="head-of-line"):
    """Answers come back in order on a shared connection, so a bulky one holds up the small ones behind it.

    Mechanism: a call goes out on one of `connections`, drawn evenly. The function works on all calls at once, but an
    answer is read only when those asked for before it on its connection have been; a share `bulky` takes `bulky_ms`
    to read. A caller that gives up leaves its answer in the line.
    Trace: after the callee's invocation "waiting behind other answers"; "reading a bulky answer" where it is its own.
    Remedies: more `connections`, a smaller `bulky_ms`.
    Defaults: one connection, as HTTP/2 wants it (RFC 9113, 9.1); answers in order are HTTP/1.1's pipelining (RFC 9112,
    9.3.2), and TCP's below HTTP/2. 2000 ms are 2.5 MB at 10 Mbit/s, for one answer in ten.
    """

    connections: Count = 1
    bulky: Share = 0.1
    bulky_ms: Milliseconds = 2000.0

    def mechanism(self, sim: Simulation) -> Guard:
        """Make the connections: of each the last answer in line."""
        last: list[Event | None] = [None] * self.connections
        name = f"fault:head-of-line:{self.service}"

        async def carry(
            go: Go, before: Event | None, turn: Event, read: Event, outcome: Outcome, *, bulky: bool
        ) -> None:
            try:
                await outcome.of(go)
                if before is not None:
                    await before.wait()
                turn.set()
                if bulky:
                    await sleep(self.bulky_ms / 1000.0)
            finally:
                read.set()

        async def guard(context: Context, go: Go) -> Any:
            at = int(context.draws.u(name) * self.connections)
            bulky = context.draws.u(f"{name}:bulky") < self.bulky
            before, turn, read, outcome = last[at], Event("its turn"), Event("an answer's end"), Outcome()
            last[at] = read
            sim.spawn(
                carry(go, before, turn, read, outcome, bulky=bulky),
                f"a call on connection {at} to {self.service}",
            )
            await outcome.here.wait()
            with waiting(context, f"waiting behind other answers of {self.service}"):
                await turn.wait()
            with waiting(context, f"reading a bulky answer of {self.service}"):
                await read.wait()
            return outcome.get()

        return guard


class Hedge(WayFault, frozen=True, tag="hedge"):
    """A remedy for the faults of the way: a second call when the first is late, and whichever answers first.

    Mechanism: a call that has had no answer after `after_ms` is made once more beside the first, through all the
    faults of this way, those switched on before it as well. The first answer wins; an exception counts only when no
    other call is under way. The loser's work goes on, and costs.
    Trace: two invocations of the callee side by side under one call, the second one beginning `after_ms` later.
    Switch: `after_ms` above the longest answer is no hedging.
    Default: Dean and Barroso, "The tail at scale", CACM 2013, wait for the 95th percentile expected: 360 ms is that
    of the module's way to its promo service, where nothing there holds a call up.
    """

    outermost: ClassVar[bool] = True
    after_ms: Milliseconds = 360.0

    def mechanism(self, sim: Simulation) -> Guard:
        """Make the race."""

        async def run(go: Go, race: Race) -> None:
            outcome = Outcome()
            await outcome.of(go)
            race.ended(outcome)

        async def guard(context: Context, go: Go) -> Any:  # noqa: ARG001 - a guard's signature
            race = Race()
            for number, limit_s in enumerate((self.after_ms / 1000.0, None), 1):
                race.under_way += 1
                sim.spawn(run(go, race), f"call {number} to {self.service}")
                try:
                    async with timeout(limit_s):
                        await race.over.wait()
                except TimeoutError:
                    continue
                break
            assert race.first is not None
            return race.first.get()

        return guard


class Race:
    """Calls side by side, of which the first answer counts, or else the last failure."""

    __slots__ = ("first", "over", "under_way")

    def __init__(self) -> None:
        self.under_way = 0
        self.first: Outcome | None = None
        self.over = Event("the first answer")

    def ended(self, outcome: Outcome) -> None:
        """Take what came of one call."""
        self.under_way -= 1
        if not self.over.is_set and (outcome.error is None or not self.under_way):
            self.first = outcome
            self.over.set()
