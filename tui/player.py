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
PIECES: Final = 8
"""In how many pieces a slice is made, more or less: steps that take long, as containers that start do, must not make a
slice of a hundred times its length before anybody looks at the clock."""
MOST_PIECES: Final = 64
LEAST_STEPS, FIRST_STEPS, MOST_STEPS = 10, 50, 25_000
"""How many kernel steps a piece has: at least, at first, and at most."""
REST_S: Final = 0.004
"""How long a lab that is behind rests after it met the interface at work: a key's way takes a dozen turns of the event
loop, and would wait for a slice in each of them."""
AT_WORK_S, LATE_S = 0.0002, 0.001
"""Between two slices the interface was at work where more wall time passed than this: than an idle turn of the loop
takes, or than a timer may be late."""
VIEW_SHARE: Final = 0.2
"""Which share of wall time showing the run may take; where it takes longer, it is shown less often."""
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
        self._steps = FIRST_STEPS
        self._owed_s = 0.0
        self._stepping_s = 0.0
        self._virtual_s = 0.0
        self._last_s = clock()
        self._shown_s = float("-inf")
        self._showing_s = 0.0
        self._ended_s = clock()
        self._wait_s = 0.0
        self._measured: deque[tuple[float, float]] = deque()

    @property
    def views_per_s(self) -> float:
        """How often at most a run that plays is shown, a second of wall time."""
        return 1.0 / self._every_s

    @views_per_s.setter
    def views_per_s(self, views: float) -> None:
        self._every_s = 1.0 / views

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
        at_work = now - self._ended_s - self._wait_s > (LATE_S if self._wait_s else AT_WORK_S)
        if not run.settled:
            rushing = run.finished or (self._to_the_end and not self.paused)
            if self.paused and not rushing and not self._stepping_s:
                self._last_s = now
                return None
            behind = self._play(now, rushing=rushing)
            if not run.settled:
                self._publish(self._clock())
                self._wait_s = FRAME_S if not behind else REST_S if at_work else 0.0
                self._ended_s = self._clock()
                return self._wait_s
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
        began = before = self._clock()
        for _ in range(MOST_PIECES):
            asked = min(owed_s, CHUNK_S)
            passed = lab.advance(asked, self._steps)
            self._virtual_s += passed
            now = self._clock()
            if asked - passed > 1e-6 and not run.settled:  # its steps ended first
                self._adapt(now - before, slice_s / PIECES)
                owed_s -= passed
            else:
                owed_s -= asked
            if owed_s <= 0 or run.settled or now - began >= slice_s * 0.75:
                break
            before = now
        return owed_s

    def _adapt(self, took_s: float, piece_s: float) -> None:
        """Bring the kernel steps of a piece nearer to what fits into it."""
        if took_s > 0:
            change = min(1.5, max(0.25, piece_s / took_s))
            self._steps = int(min(MOST_STEPS, max(LEAST_STEPS, self._steps * change + 1)))

    def _publish(self, now: float) -> None:
        if now - self._shown_s < max(self._every_s, self._showing_s / VIEW_SHARE):
            return
        self._shown_s = now
        self._measured.append((now, self._virtual_s))
        while len(self._measured) > 2 and now - self._measured[1][0] >= MEASURED_S:
            self._measured.popleft()
        if self.on_view is not None:
            self.on_view()
            self._showing_s = self._clock() - now

    def _true_rate(self) -> float | None:
        """The speed reached, where it falls short of the one chosen by more than a tenth."""
        if len(self._measured) < 2:
            return None
        (from_s, from_virtual), (to_s, to_virtual) = self._measured[0], self._measured[-1]
        if to_s - from_s < MEASURED_S / 2:
            return None
        rate = (to_virtual - from_virtual) / (to_s - from_s)
        return rate if rate < 0.9 * RATES[self.speed] else None
