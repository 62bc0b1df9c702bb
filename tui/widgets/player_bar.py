"""The player line: what the virtual clock does, how fast, how far the run has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from textual.content import Content
from textual.widget import Widget

from tui.commands import key_now

if TYPE_CHECKING:
    from simulator.run_data import RunData
    from tui.player import PlayerState

BEGIN_S: Final = 19 * 3600 + 48 * 60 + 41  # virtual 0 is 19:48:41
LEAST_BAR, MOST_BAR = 8, 40
READY: Final = ": {} runs the load"


class PlayerBar(Widget):
    """Shows a `PlayerState` and the run it is about, on one line."""

    DEFAULT_CSS = """
    PlayerBar {
        height: 1;
        padding: 0 2;
        background: $surface;
        & > .player--word { color: $foreground; text-style: bold; }
        & > .player--done { color: $primary; text-style: bold; }
        & > .player--left { color: $foreground 35%; }
        & > .player--quiet { color: $text-muted; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"player--word", "player--done", "player--left", "player--quiet"}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.state: PlayerState | None = None
        self.run: RunData | None = None
        self.number = 0

    def show(self, state: PlayerState, run: RunData | None, number: int) -> None:
        """Show the player's state, and the run it plays or the last one with its number in the lesson."""
        self.state, self.run, self.number = state, run, number
        self.refresh()

    def render(self) -> Content:
        """Write state, progress, clock and counters."""
        state, run, width = self.state, self.run, self.content_size.width
        if state is None:
            return Content("")
        word, done, left, quiet = (
            self.get_visual_style(f"player--{name}") for name in ("word", "done", "left", "quiet")
        )
        parts = fitted(state, run, self.number, width, key=key_now(self, "lesson.run", "r"))
        return Content.assemble(
            (parts.head, word),
            (parts.speed, quiet),
            "  ",
            ("━" * parts.full, done),
            ("─" * (parts.room - parts.full), left),
            " " * max(0, width - len(parts.head) - len(parts.speed) - 2 - parts.room - len(parts.tail)),
            (parts.tail, quiet),
        )


class Parts(NamedTuple):
    """What the line is made of: state, speed, a bar of `room` cells of which `full` are done, clock and counters."""

    head: str
    speed: str
    room: int
    full: int
    tail: str


def fitted(state: PlayerState, run: RunData | None, number: int, width: int, *, key: str = "r") -> Parts:
    """Choose what fits. State and clock always stay; the counters go first, then the minutes, then the bar."""
    head, speed = mood_text(state, number), speed_words(state)
    tails = run_texts(run, state)
    ready = READY.format(key)
    if run is None and len(head) + len(ready) + len(speed) + LEAST_BAR + len(tails[0]) + 4 <= width:
        head += ready
    left = width - len(head) - 2
    speed = speed if left - len(speed) >= len(tails[-1]) else ""
    left -= len(speed)
    tail = next((tail for tail in tails if len(tail) + 2 + LEAST_BAR <= left), tails[-1])
    room = max(0, min(MOST_BAR, left - len(tail) - 2))
    return Parts(head, speed, room, round(room * (progress(run) if run is not None else 0.0)), tail)


def speed_text(speed: str) -> str:
    """Write a speed: ``x10``, or ``to the end``."""
    return "to the end" if speed == "end" else f"x{speed}"


def speed_words(state: PlayerState) -> str:
    """Say how fast runs play: what was chosen and, where the lab cannot keep up, what it comes to."""
    if state.mood == "rushing":
        return ""
    truly = f" (really x{state.true_rate:.0f})" if state.true_rate is not None else ""
    return f"  {speed_text(state.speed)}{truly}"


def mood_text(state: PlayerState, number: int) -> str:
    """Say what the player does, with a sign for each state."""
    match state.mood:
        case "ready" if not number:
            return "■ no run yet"
        case "playing":
            return f"▶ run {number}"
        case "paused":
            return f"‖ run {number} paused"
        case "rushing":
            return f"» run {number} to the end"
        case "settling":
            return f"» run {number} settling"
        case _:
            return f"■ run {number} ended"


def progress(run: RunData) -> float:
    """Give how much of a run has passed, from 0 to 1: by its plan's time, and by the answers that are still out."""
    if run.ended_s is not None:
        return 1.0
    planned = sum(phase.duration_s for phase in run.settings.plan.phases)
    return min(0.99, run.now_s / planned) if planned else 0.0


def run_texts(run: RunData | None, state: PlayerState) -> tuple[str, ...]:
    """Write a run's clock, minutes and counters: all of it first, the clock alone last."""
    if run is None:
        return (clock_text(0.0),)
    planned = sum(phase.duration_s for phase in run.settings.plan.phases)
    at = run.now_s if run.ended_s is None else run.ended_s
    of = "" if state.mood in {"settling", "ended", "ready"} else f" of {minutes(planned)}"
    clock, passed = clock_text(at), f"{minutes(at)}{of}"
    counters = f"{run.sent:,} sent, {run.done:,} back"
    return f"{clock}  {passed}  {counters}", f"{clock}  {passed}", clock


def minutes(seconds: float) -> str:
    """Write a length of time as ``1:05``."""
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def clock_text(virtual_s: float) -> str:
    """Write virtual time as the clock on the lab's wall: virtual 0 is 19:48:41."""
    whole = (BEGIN_S + int(virtual_s)) % 86_400
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
