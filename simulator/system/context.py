"""What a handler is given beside its event: clients, marks, and computing that takes time.

Computing does not wait: `work` and marks run up a debt of time on the invocation's own clock, and the next wait pays
it. So ``with context.mark(...)`` costs what it costs without being an await.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from simulator.kernel import sleep
from simulator.system.calls import HttpClient
from simulator.system.fleet import FleetClient
from simulator.system.marks import Marks
from simulator.system.rides import RidesClient

if TYPE_CHECKING:
    from simulator.randomness import Draws
    from simulator.system.functions import Container
    from simulator.system.world import World

LogLine = tuple[float, str, str]

LONGEST_LINE = 10_000
LONGEST_LOG = 1_000_000
"""So many characters of a line, and of an invocation's log, are kept."""


class Context:
    """The context of one invocation."""

    __slots__ = (
        "_world", "calls", "container", "cpu_s", "debt", "draws", "invocation", "items", "logged", "mark", "recorded",
        "request", "share",
    )  # fmt: skip

    def __init__(
        self, world: World, draws: Draws, container: Container, *,
        invocation: int, request: int, share: float, mark_s: float, keep: bool,
    ) -> None:  # fmt: skip
        self._world = world
        self.container = container
        self.invocation = invocation
        self.request = request
        self.draws = draws
        self.share = share  # of a processor
        self.debt = 0.0  # seconds computed and not yet waited for
        self.cpu_s = 0.0  # processor seconds
        self.recorded: list[LogLine] | None = [] if world.details is not None else None
        self.logged = 0  # characters
        self.calls: list[str] = []  # of other services, in order, while somebody looks
        self.items: list[dict[str, Any]] = []  # written into the rides table, while somebody looks
        self.mark = Marks(self, mark_s, keep=keep)

    @property
    def fleet(self) -> FleetClient:
        """The fleet."""
        return FleetClient(self._world.fleet, self)

    @property
    def rides(self) -> RidesClient:
        """The rides table."""
        return RidesClient(self._world.rides, self)

    @property
    def http(self) -> HttpClient:
        """The other services."""
        return HttpClient(self._world, self)

    def clock(self) -> float:
        """Tell the invocation's own time: virtual seconds, with what it has computed."""
        return self._world.sim.now + self.debt

    def work(self, ms: float) -> None:
        """Compute for `ms` milliseconds of a whole processor: takes longer on a share of one."""
        if not 0 <= ms < math.inf:
            raise ValueError(f"context.work needs milliseconds of 0 or more, not {ms!r}")
        self.cpu_s += ms / 1000.0
        self.debt += ms / 1000.0 / self.share

    async def pass_time(self, seconds: float) -> None:
        """Wait for `seconds` and for what was computed before."""
        debt, self.debt = self.debt, 0.0
        await sleep(debt + seconds)

    def waited(self, what: str, since_s: float) -> None:
        """Write down that something held this invocation up from `since_s` until now: shown in the lab's own trace."""
        self.mark.note(what, since_s)

    def called(self, what: str) -> None:
        """Write down that another service was called."""
        if self.recorded is not None:
            self.calls.append(what)

    def log(self, level: str, text: str) -> None:
        """Write a line into the invocation's log, kept while somebody looks."""
        if self.recorded is not None:
            self.logged += len(text)
            if len(text) > LONGEST_LINE:
                text = f"{text[:LONGEST_LINE]}… ({len(text):,} characters)"
            if self.logged <= LONGEST_LOG:
                self.recorded.append((self.clock(), level, text))

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"context has no `{name}`: there are fleet, http, rides, mark, work(ms), log(level, text)"
        )
