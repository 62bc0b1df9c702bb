"""Faults inside a function and its containers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from simulator.fault import Limits, Seconds, Share, Strike
from simulator.kernel import sleep

if TYPE_CHECKING:
    from simulator.system.context import Context
    from simulator.system.functions import Function


class InjectedError(Exception):
    """What the error-rate fault raises inside a handler."""


class SporadicDelay(Strike, frozen=True, tag="sporadic-delay"):
    """A share of the invocations waits before it does anything: the module's own failure, in any function."""

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
            await sleep(self.low_s + (self.high_s - self.low_s) * u)


class ErrorRate(Strike, frozen=True, tag="error-rate"):
    """A share of the invocations raises an exception that nobody handles."""

    share: Share = 0.1

    async def strike(self, context: Context) -> None:
        """Raise, if this invocation is one of the unlucky."""
        if context.draws.u(f"fault:error-rate:{self.service}") < self.share:
            raise InjectedError(f"injected into {self.service}: {self.share * 100:g} % of invocations fail")


class ColdStarts(Limits, frozen=True, tag="cold-starts"):
    """Idle containers are taken away early, so more invocations meet a cold start."""

    keep_alive_s: Seconds = 0.0

    def change(self, function: Function) -> None:
        """Shorten the keep-alive."""
        function.keep_alive_s = min(function.keep_alive_s, self.keep_alive_s)


class NoisyNeighbor(Limits, frozen=True, tag="noisy-neighbor"):
    """Somebody else on the host takes processor time: all computing of this function takes longer."""

    left: Annotated[float, msgspec.Meta(ge=0.001, le=1)] = 0.25

    def change(self, function: Function) -> None:
        """Take the processor away."""
        function.share *= self.left
