"""Faults inside a function and of its platform: delays, errors, cold starts, a processor that others use too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from simulator.fault import Left, Limits, Seconds, Share, Strike, waiting

if TYPE_CHECKING:
    from simulator.system.context import Context
    from simulator.system.functions import Function

Concurrency = Annotated[int, msgspec.Meta(ge=1, le=100_000)]


class InjectedError(Exception):
    """What the error-rate fault raises inside a handler."""


class SporadicDelay(Strike, frozen=True, tag="sporadic-delay"):
    """A share of the invocations waits before it does anything: the module's own failure, in any function.

    Models a dependency, a lock or a bug that holds up some calls and leaves the others alone. Mechanism: those whose
    draw says so wait, evenly spread between `low_s` and `high_s` seconds, before the handler's first line; the
    function's timeout counts the wait. Trace: "waiting for a sporadic delay" before the first mark, nothing else
    longer, processor time as ever. Remedies: `share` 0, or a timeout and a second try by the caller, as the next
    invocation draws anew. Defaults: what the workshop's promo service does, 0.8 to 0.95 s for a fifth of its calls.
    """

    share: Share = 0.2
    low_s: Seconds = 0.8
    high_s: Seconds = 0.95

    def __post_init__(self) -> None:
        if self.low_s > self.high_s:
            raise ValueError(f"`low_s` {self.low_s:g} lies above `high_s` {self.high_s:g}")

    async def strike(self, context: Context) -> None:
        """Wait, if this invocation is one of the unlucky."""
        if context.draws.u(f"fault:sporadic-delay:{self.service}") < self.share:
            u = context.draws.u(f"fault:sporadic-delay:{self.service}:length")
            with waiting(context, "waiting for a sporadic delay"):
                await context.pass_time(self.low_s + (self.high_s - self.low_s) * u)


class ErrorRate(Strike, frozen=True, tag="error-rate"):
    """A share of the invocations raises an exception that nobody handles.

    Models a bug that some inputs meet. Mechanism: the exception is raised before the handler's first line; the
    platform answers for the function, and the container is used again. Trace: short and failed, no mark at all, a
    traceback in the log. Remedies: `share` 0, or a retry by the caller, as the next invocation draws anew. Default: a
    tenth, the share of rides that the module's second failure loses.
    """

    share: Share = 0.1

    async def strike(self, context: Context) -> None:
        """Raise, if this invocation is one of the unlucky."""
        if context.draws.u(f"fault:error-rate:{self.service}") < self.share:
            raise InjectedError(f"injected into {self.service}: {self.share * 100:g} % of invocations fail")


class LargeBodies(Strike, frozen=True, tag="large-bodies"):
    """A share of the requests has a large body, and parsing it takes the processor for long.

    Models a few clients that send much, to a function with little memory and so a small share of a processor.
    Mechanism: those whose draw says so compute `work_ms` milliseconds of a whole processor before the handler's first
    line; on a function's share that takes as many times longer as the share is small. Trace: nothing waits, the time
    before the first mark is long, and the processor time of these invocations is high while the host is idle.
    Remedies: `share` 0 (a limit on what is sent), more memory, parsing less. Defaults: a fifth; 65 ms take 0.9 s at
    128 MB, where a whole processor comes with 1,769 MB (AWS Lambda, "Configuring function memory").
    """

    share: Share = 0.2
    work_ms: Annotated[float, msgspec.Meta(ge=0, le=100_000)] = 65.0

    async def strike(self, context: Context) -> None:
        """Compute, if this request is one of the large ones."""
        if context.draws.u(f"fault:large-bodies:{self.service}") < self.share:
            context.work(self.work_ms)
            await context.pass_time(0.0)  # the handler begins after it: none of its timeouts counts it


class ColdStarts(Limits, frozen=True, tag="cold-starts"):
    """Idle containers are taken away early, and there may be few of them at a time.

    Models a platform that is short of room. Mechanism: a container idle for more than `keep_alive_s` seconds is gone,
    so who comes next pays a whole cold start; with `concurrency` containers busy the next invocation is refused at
    once. Trace: "cold start" before the handler, which is as quick as ever; who is refused has an invocation of no
    length, failed. Remedies: a longer `keep_alive_s`, traffic that keeps containers busy, a higher `concurrency` or
    none. Defaults: nothing is kept, the most that can be lost; no limit but the function's own, as providers reserve no
    concurrency unless told (AWS Lambda, "Configuring reserved concurrency"; the excess is throttled).
    """

    keep_alive_s: Seconds = 0.0
    concurrency: Concurrency | None = None

    def change(self, function: Function) -> None:
        """Shorten the keep-alive and lower the concurrency: of several limits the tightest holds."""
        function.keep_alive_s = min(function.keep_alive_s, self.keep_alive_s)
        if self.concurrency is not None:
            own = function.concurrency
            function.concurrency = self.concurrency if own is None else min(own, self.concurrency)


class NoisyNeighbor(Limits, frozen=True, tag="noisy-neighbor"):
    """Somebody else on the host takes processor time: all computing of this function takes longer.

    Models a shared host. Mechanism: `left` is the part of the function's share of a processor that it still gets;
    computing runs on that, waiting does not care. Trace: every stretch that computes is longer by 1/`left`, calls and
    sleeps are not; processor time of an invocation stays what it was. Remedies: `left` 1 (a host of one's own), more
    memory (a bigger share), less computing. Default: a quarter is left, the catalog's own choice; why neighbors on a
    host slow each other down is in Leverich and Kozyrakis, "Reconciling high server utilization and sub-millisecond
    quality-of-service" (EuroSys 2014).
    """

    left: Left = 0.25

    def change(self, function: Function) -> None:
        """Take the processor away."""
        function.share *= self.left
