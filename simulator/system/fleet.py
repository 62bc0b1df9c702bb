"""The fleet: three unicorns. Which one comes is a draw of the request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.randomness import randint
from simulator.system.guards import through

if TYPE_CHECKING:
    from simulator.settings import FleetSettings
    from simulator.system.context import Context
    from simulator.system.guards import Guard


class Fleet:
    """The unicorns of one world."""

    def __init__(self, settings: FleetSettings) -> None:
        self.settings = settings
        self.guards: list[Guard] = []
        self.unicorns = [{"Name": u.name, "Color": u.color, "Gender": u.gender} for u in settings.unicorns]


class FleetClient:
    """The fleet as one invocation reaches it."""

    __slots__ = ("_context", "_fleet")

    def __init__(self, fleet: Fleet, context: Context) -> None:
        self._fleet = fleet
        self._context = context

    async def find_unicorn(self, pickup_location: Any) -> dict[str, str]:  # noqa: ARG002 - every place is near in 2018
        """Find a unicorn for a pickup location."""
        self._context.called("fleet.find_unicorn")
        if self._fleet.guards:
            unicorn: dict[str, str] = await through(self._fleet.guards, self._context, self._look_up)
            return unicorn
        return await self._look_up()

    async def _look_up(self) -> dict[str, str]:
        draws = self._context.draws
        seconds = self._fleet.settings.latency.ms_at(draws.u("fleet:latency")) / 1000.0
        if seconds > 0.0:
            await self._context.pass_time(seconds)
        unicorns = self._fleet.unicorns
        return dict(unicorns[randint(draws.u("fleet:unicorn"), 0, len(unicorns) - 1)])
