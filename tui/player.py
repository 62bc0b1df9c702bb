"""The player: it turns wall time into virtual time, a slice at a time, on the interface's own event loop.

It reads no clock of its own. Who drives it calls `tick` whenever the time it gave last has passed; a test moves the
clock by hand and calls `tick` itself.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from lessons.session import Session
    from simulator.run_data import RunData

Speed = Literal["1", "10", "60", "end"]
SPEEDS: Final[tuple[Speed, ...]] = ("1", "10", "60", "end")
RATES: Final[dict[str, float]] = {"1": 1.0, "10": 10.0, "60": 60.0}
Mood = Literal["ready", "playing", "paused", "rushing", "settling", "ended"]

FRAME_S: Final = 1 / 60
"""How long to wait between two slices when the lab keeps up, in wall seconds."""
SLICE_S: Final = 0.002
"""How long a slice should keep the event loop busy: keys wait behind it."""
RUSH_SLICE_S: Final = 0.008
"""The same on the way to the end, where nobody watches single requests."""
DEBT_S: Final = 0.25
"""How much wall time may be owed to the lab; what lies beyond is forgotten, and the run plays slower than it should."""
CHUNK_S: Final = 1.0
"""The most virtual time in one call, so that a run that has settled is not played far beyond its end."""
LEAST_BUDGET, MOST_BUDGET = 50, 200_000
MEASURED_S: Final = 1.0
"""Over how much wall time the true speed is measured."""


@dataclass(frozen=True, slots=True)
class PlayerState:
    """What the player line shows. `true_rate` is the speed really reached where that is less than the one chosen."""

    mood: Mood
    speed: Speed
    true_rate: float | None = None


class Player:
    """Plays a session's run. `on_view` is called when there is something new to show, `on_settled` at each end."""

    def __init__(
        self,
        session: Session,
        clock: Callable[[], float],
        *,
        speed: Speed = "10",
        views_per_s: float = 5.0,
    ) -> None:
        self.session = session
        self.speed: Speed = speed
        self.paused = False
        self.rushing = False
        self.on_view: Callable[[], None] | None = None
        self.on_settled: Callable[[RunData], None] | None = None
        self._clock = clock
        self._every_s = 1.0 / views_per_s
        self._budget = 2_000
        self._owed_s = 0.0
        self._stepping_s = 0.0
        self._virtual_s = 0.0
        self._last_s = clock()
        self._shown_s = float("-inf")
        self._measured: deque[tuple[float, float]] = deque()

    # what one does to it

    def begin(self) -> None:
        """A run has begun: play it from now on."""
        self.paused = self.rushing = False
        self._go_on()

    def pause(self) -> None:
        """Hold the virtual clock, or let it go on."""
        self.paused = not self.paused
        self.rushing = False
        self._go_on()

    def change_speed(self) -> Speed:
        """Take the next of the speeds x1, x10, x60."""
        self.rushing = False
        watched = tuple(RATES)
        at = watched.index(self.speed) if self.speed in watched else -1
        self.speed = SPEEDS[(at + 1) % len(watched)]
        self._go_on()
        return self.speed

    def to_end(self) -> None:
        """Let this run go to its end as fast as it can."""
        self.paused = False
        self.rushing = True
        self._go_on()

    def step(self, seconds: float = 1.0) -> None:
        """Let a little virtual time pass and hold the clock after it."""
        self.paused = True
        self._stepping_s += seconds

    def _go_on(self) -> None:
        self._last_s = self._clock()
        self._owed_s = self._stepping_s = 0.0
        self._measured.clear()

    # what it does

    @property
    def state(self) -> PlayerState:
        """What the player is doing."""
        run = self.session.lab.run
        if run is None or run.settled:
            return PlayerState("ready" if run is None else "ended", self.speed)
        if run.finished:
            return PlayerState("settling", self.speed)
        if self.paused:
            return PlayerState("paused", self.speed)
        if self._to_the_end:
            return PlayerState("rushing", self.speed)
        return PlayerState("playing", self.speed, self._true_rate())

    @property
    def _to_the_end(self) -> bool:
        return self.rushing or self.speed == "end"

    def tick(self) -> float | None:
        """Let a slice of time pass; gives the wall seconds until the next, or None when there is none."""
        run = self.session.lab.run
        if run is None:
            return None
        now = self._clock()
        if not run.settled:
            rushing = run.finished or (self._to_the_end and not self.paused)
            if self.paused and not rushing and not self._stepping_s:
                self._last_s = now
                return None
            behind = self._play(now, rushing=rushing)
            if not run.settled:
                self._publish(self._clock())
                return 0.0 if behind else FRAME_S
        data = self.session.settle()
        self.rushing = False
        if data is not None and self.on_settled is not None:
            self.on_settled(data)
        return None

    def _play(self, now: float, *, rushing: bool) -> bool:
        """Advance by what is owed, for one slice; tells whether anything is still owed."""
        if rushing:
            return self._spend(float("inf"), RUSH_SLICE_S) > 0
        if self._stepping_s:
            self._stepping_s = self._spend(self._stepping_s, RUSH_SLICE_S)
            return self._stepping_s > 0
        rate = RATES[self.speed]
        self._owed_s = min(self._owed_s + (now - self._last_s) * rate, DEBT_S * rate)
        self._last_s = now
        self._owed_s = self._spend(self._owed_s, SLICE_S)
        return self._owed_s > 0

    def _spend(self, owed_s: float, slice_s: float) -> float:
        """Let virtual time pass until all of it has, or the slice is used up; gives what is left."""
        lab = self.session.lab
        run = lab.run
        assert run is not None
        began = self._clock()
        while owed_s > 0 and not run.settled:
            asked = min(owed_s, CHUNK_S)
            before = self._clock()
            passed = lab.advance(asked, self._budget)
            self._virtual_s += passed
            if asked - passed > 1e-6 and not run.settled:  # the budget ended first
                self._adapt(self._clock() - before, slice_s)
                return owed_s - passed
            owed_s -= asked
            if self._clock() - began >= slice_s * 0.75:
                break
        return owed_s

    def _adapt(self, took_s: float, slice_s: float) -> None:
        """Bring the budget of kernel steps nearer to what fits into a slice."""
        if took_s > 0:
            change = min(2.0, max(0.5, slice_s / took_s))
            self._budget = int(min(MOST_BUDGET, max(LEAST_BUDGET, self._budget * change)))

    def _publish(self, now: float) -> None:
        if now - self._shown_s < self._every_s:
            return
        self._shown_s = now
        self._measured.append((now, self._virtual_s))
        while len(self._measured) > 2 and now - self._measured[1][0] >= MEASURED_S:
            self._measured.popleft()
        if self.on_view is not None:
            self.on_view()

    def _true_rate(self) -> float | None:
        """The speed reached, where it falls short of the one chosen by more than a tenth."""
        if len(self._measured) < 2:
            return None
        (from_s, from_virtual), (to_s, to_virtual) = self._measured[0], self._measured[-1]
        if to_s - from_s < MEASURED_S / 2:
            return None
        rate = (to_virtual - from_virtual) / (to_s - from_s)
        return rate if rate < 0.9 * RATES[self.speed] else None
