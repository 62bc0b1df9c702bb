"""One run as the load generator saw it: what a console report is made from."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class PhaseStart:
    """A phase of the load plan, and when it began, in virtual seconds.

    pause: the phase is a `pause`, whose length 1.x prints as `undefined`. written: the duration as the plan
    has it when that is not a plain number (`5m`), which 2.x prints.
    """

    index: int
    name: str | None
    duration_s: float
    at_s: float
    pause: bool = False
    written: str | None = None


@dataclass(frozen=True, eq=False)
class Traffic:
    """Requests and virtual users of one run, over or not; times are virtual seconds from its start.

    A request: when it was sent; its status, 0 without an answer; its latency, the seconds until it was
    answered or given up, NaN while it is still out; and the index of its error in `error_names`, -1 for none.
    An answer can have an error too, as when a capture fails. Names are node's: `ETIMEDOUT`, `ECONNREFUSED`.
    A virtual user: when it was launched; when it completed or failed, NaN where it did not; and the index of
    its scenario, whose name is None where the plan gives none.
    Rows come in any order. Raises ValueError when columns that belong together differ in length.
    """

    sent_s: Floats
    latency_s: Floats
    status: Integers
    error: Integers
    error_names: tuple[str, ...]
    launched_s: Floats
    completed_s: Floats
    failed_s: Floats
    scenario: Integers
    scenario_names: tuple[str | None, ...]
    phases: tuple[PhaseStart, ...]
    received_bytes: Integers | None = None
    """Body bytes of each answer; 2.x counts them, and does not when this is None."""
    skipped_s: Floats = field(default_factory=lambda: np.empty(0))
    """When a phase's `maxVusers` kept an arrival from being launched; only 2.x knows that."""
    stopped_s: float | None = None
    """When the run was stopped by hand: a report then ends there, without a summary, as after ctrl+c."""

    def __post_init__(self) -> None:
        requests = [self.sent_s, self.latency_s, self.status, self.error]
        if self.received_bytes is not None:
            requests.append(self.received_bytes)
        users = [self.launched_s, self.completed_s, self.failed_s, self.scenario]
        for columns in (requests, users):
            if len({len(column) for column in columns}) > 1:
                raise ValueError(f"columns of different lengths: {[len(column) for column in columns]}")

    @cached_property
    def ended_s(self) -> Floats:
        """When each request was answered or given up; NaN while it is out."""
        ended: Floats = self.sent_s + self.latency_s
        return ended

    @cached_property
    def users_ended_s(self) -> Floats:
        """When each virtual user completed or failed; NaN while it is at work."""
        ended: Floats = np.where(np.isnan(self.completed_s), self.failed_s, self.completed_s)
        return ended

    @property
    def scenario_labels(self) -> list[str]:
        """What the tools call each scenario: its name, or its index where it has none."""
        return [name or str(index) for index, name in enumerate(self.scenario_names)]

    @property
    def launching_ends_s(self) -> float:
        """When the last phase ends."""
        return max((phase.at_s + phase.duration_s for phase in self.phases), default=0.0)

    def over_s(self, poll_s: float) -> float:
        """Return when the tool finds that no user is left: it looks every `poll_s` once the last phase ended.

        Infinity when a user is still at work.
        """
        last = float(np.max(self.users_ended_s, initial=0.0))  # NaN, if there is one, wins
        if math.isnan(last):
            return math.inf
        ends = self.launching_ends_s
        looks = max(1, math.ceil((last - ends) / poll_s))
        return ends + poll_s * (looks if ends + poll_s * looks >= last else looks + 1)


def in_order(times_s: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """Return the times that are not NaN, ascending, and the row of each; equal times keep their order."""
    order = np.argsort(times_s, kind="stable")[: np.count_nonzero(~np.isnan(times_s))]
    return times_s[order], order
