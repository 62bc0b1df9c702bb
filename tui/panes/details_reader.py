"""Bodies, log lines and tracebacks for a pane: made again by running a run once more."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.widget import Widget

    from simulator.lab import Lab
    from simulator.run_data import RunData
    from simulator.system.recorder import Details

QUICK_STEPS = 4_000
"""Up to here a run is made again at once: 0.1 s. A longer one, or one of a learner's own version, which takes a process
of its own, is made in a thread, and the page comes before it."""


@dataclass(frozen=True, eq=False)
class _Read:
    run: int
    steps: int
    details: Details


class DetailsReader:
    """Keeps the details of one run, and gets those of another when asked.

    `changed` is called when details have come that were not there when they were asked for.
    """

    def __init__(self, owner: Widget, changed: Callable[[], object]) -> None:
        self._owner = owner
        self._changed = changed
        self._read: _Read | None = None
        self._reading: tuple[int, int] | None = None

    def get(
        self, lab: Lab, run: int, data: RunData, *, has: Callable[[Details], bool] | None = None
    ) -> Details | None:
        """Give the details of a run, or None while they are being read; then `changed` is called.

        For a run under way, those of an earlier moment will do as long as they have what is wanted.
        """
        read = self._read
        if (
            read is not None
            and read.run == run
            and (read.steps == data.steps or (has is not None and has(read.details)))
        ):
            return read.details
        if data.steps <= QUICK_STEPS and lab.at_home(data.settings):
            details = lab.details(data)
            self._read = _Read(run, data.steps, details)
            return details
        if self._reading != (run, data.steps):
            self._reading = (run, data.steps)
            work = partial(self._in_thread, lab, run, data)
            self._owner.run_worker(work, thread=True, exclusive=True, group="details", exit_on_error=True)
        return None

    def _in_thread(self, lab: Lab, run: int, data: RunData) -> None:
        details = lab.details(data)
        self._owner.app.call_from_thread(self._take, run, data.steps, details)

    def _take(self, run: int, steps: int, details: Details) -> None:
        if self._reading == (run, steps):
            self._reading = None
            self._read = _Read(run, steps, details)
            self._changed()
