"""What the panes are shown: a frozen look at the session, made after each action and a few times a second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lessons.session import Session
    from simulator.run_data import RunData


@dataclass(frozen=True)
class View:
    """`runs` are the settled runs of this lesson, oldest first; `live` is the one under way, or None."""

    session: Session
    runs: tuple[RunData, ...]
    live: RunData | None

    @property
    def last(self) -> RunData | None:
        """The run under way, or else the last that settled."""
        return self.live or (self.runs[-1] if self.runs else None)

    @property
    def everything(self) -> tuple[RunData, ...]:
        """The settled runs, and the one under way."""
        return (*self.runs, self.live) if self.live is not None else self.runs

    @property
    def slow_s(self) -> float:
        """From which duration on an invocation counts as slow in this lesson, in seconds."""
        return self.session.lesson.slow_over_ms / 1000.0
