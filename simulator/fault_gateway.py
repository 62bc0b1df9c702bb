"""Faults at the gateway: what a request meets before any function does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.fault import Fault, Seconds, Share
from simulator.kernel import sleep

if TYPE_CHECKING:
    from simulator.randomness import Draws
    from simulator.system.guards import Undo
    from simulator.system.world import World

POOL = "custom:pool"
FIRST, SECOND = "riders-1", "riders-2"


class SlowAuthorizer(Fault, frozen=True, tag="slow-authorizer"):
    """The authorizer is slow for the riders of one of two user pools.

    Models tokens of a second user pool, whose keys the authorizer fetches from far away each time. Mechanism: a rider
    belongs to the second pool with probability `share`, in every run; the authorizer waits, evenly spread between
    `low_s` and `high_s` seconds, before it lets such a request through, so its function is not even asked meanwhile.
    The pool stands among the claims of the event. Trace: the way to the gateway is long, every invocation is as fast as
    ever: only the client's clock sees it. Remedies: `share` 0, or keys that are kept. Defaults: as the workshop's slow
    fifth of promo, so that nothing but the place tells them apart.
    """

    service: str = "request-ride"
    share: Share = 0.2
    low_s: Seconds = 0.8
    high_s: Seconds = 0.95

    def __post_init__(self) -> None:
        if self.low_s > self.high_s:
            raise ValueError(f"`low_s` {self.low_s:g} lies above `high_s` {self.high_s:g}")

    def install(self, world: World) -> Undo:
        """Stand in the authorizer of the routes to this function."""

        async def check(name: str, draws: Draws, claims: dict[str, str]) -> None:
            if name != self.service:
                return
            second = draws.u("fault:slow-authorizer:pool") < self.share
            claims[POOL] = SECOND if second else FIRST
            if second:
                u = draws.u("fault:slow-authorizer:length")
                await sleep(self.low_s + (self.high_s - self.low_s) * u)

        world.gateway.checks.append(check)
        return lambda: world.gateway.checks.remove(check)
