"""The player line: what the virtual clock does, how fast, how far the run has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widget import Widget

if TYPE_CHECKING:
    from simulator.run_data import RunData
    from tui.player import PlayerState

BEGIN_S = 19 * 3600 + 48 * 60 + 41  # virtual 0 is 19:48:41


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
        head = f"{mood_text(state, self.number)}"
        if run is None:
            speed = f"speed {speed_text(state.speed)}"
            gap = " " * max(2, width - len(head) - len(speed))
            return Content.assemble((head, word), gap, (speed, quiet))
        share, tail = progress(run), run_text(run, state)
        room = max(0, min(40, width - len(head) - len(tail) - 4))
        full = round(room * share)
        return Content.assemble(
            (head, word),
            "  ",
            ("━" * full, done),
            ("─" * (room - full), left),
            " " * max(2, width - len(head) - room - len(tail) - 2),
            (tail, quiet),
        )


def speed_text(speed: str) -> str:
    """Write a speed: ``x10``, or ``to the end``."""
    return "to the end" if speed == "end" else f"x{speed}"


def mood_text(state: PlayerState, number: int) -> str:
    """Say what the player does, with a sign for each state."""
    match state.mood:
        case "ready":
            return "■ no run yet: r runs the load"
        case "playing":
            truly = f" (really x{state.true_rate:.0f})" if state.true_rate is not None else ""
            return f"▶ run {number} {speed_text(state.speed)}{truly}"
        case "paused":
            return f"‖ run {number} paused"
        case "rushing":
            return f"» run {number} to the end"
        case "settling":
            return f"» run {number} settling"
        case "ended":
            return f"■ run {number} ended"


def progress(run: RunData) -> float:
    """Give how much of a run has passed, from 0 to 1: by its plan's time, and by the answers that are still out."""
    if run.ended_s is not None:
        return 1.0
    planned = sum(phase.duration_s for phase in run.settings.plan.phases)
    return min(0.99, run.now_s / planned) if planned else 0.0


def run_text(run: RunData, state: PlayerState) -> str:
    """Write a run's clock and counters."""
    planned = sum(phase.duration_s for phase in run.settings.plan.phases)
    at = run.now_s if run.ended_s is None else run.ended_s
    clock = f"{clock_text(at)}  {minutes(at)}"
    if state.mood not in {"settling", "ended"}:
        clock += f" of {minutes(planned)}"
    return f"{clock}  {run.sent:,} sent, {run.done:,} back"


def minutes(seconds: float) -> str:
    """Write a length of time as ``1:05``."""
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def clock_text(virtual_s: float) -> str:
    """Write virtual time as the clock on the lab's wall: virtual 0 is 19:48:41."""
    whole = (BEGIN_S + int(virtual_s)) % 86_400
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
