"""What the load generator prints and what it was told: the report block by block, and the plan's own text."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.arrivals import expected, starts
from simulator.load import PLANS, Loop, Request, fill, load_plan
from simulator.report import interim_reports
from tui.charts.units import counted
from tui.panes.run_figures import status_failed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lessons.session import Session
    from simulator.columns import Column
    from simulator.load import Phase, Plan, Step
    from simulator.run_data import RunData

REPORT_EVERY_S = 10.0


class GrowingReport:
    """The report of the tool of 2018 as far as it has been printed; made anew only when a block may have come."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._run: tuple[object, ...] = ()
        self._pieces: list[str] = []  # as far as they can be added to
        self._until_s = 0.0
        self.text = ""

    def take(self, data: RunData) -> bool:
        """Take a run as it stands; tells whether the text changed."""
        now = data.now_s
        phases = sum(at <= now for at in starts(data.settings.plan)[:-1])
        # The last blocks come when the tool looks, twice a second, and finds that nobody is left.
        last = data.settled or (int(now * 2) if data.ended_s is not None else False)
        which = data if data.settled else data.number
        key = (which, data.settings.seed, phases, now // REPORT_EVERY_S, last)
        if key == self._key:
            return False
        self._key = key
        run = (data.number, data.settings.seed)
        if run != self._run or now < self._until_s:
            self._run, self._pieces = run, []
        before = self.text
        pieces = interim_reports(data.traffic(), math.inf if data.settled else now, self._pieces)
        if not data.settled and now < starts(data.settings.plan)[-1]:  # the tool cannot have come to its end
            self._pieces, self._until_s = pieces, now
        self.text = "".join(pieces).rstrip("\n")
        return self.text != before


def plan_of(session: Session) -> str:
    """Name the plan that the next run follows, as `Session` chooses it."""
    return session.step.plan or session.start.plan


def plan_text(name: str) -> str:
    """Read the text of a plan: a file, or one of the package's by its name."""
    file = Path(name)
    return (file if file.exists() else PLANS / name).read_text(encoding="utf-8")


def plan_words(name: str) -> list[str]:
    """Say what a plan does: what it sends, and its phases, a line each. Raises DocumentError, UsageError."""
    plan = load_plan(name)
    known = dict(zip(plan.fields, plan.rows[0], strict=False)) if plan.rows else {}
    lines = []
    for flow in plan.flows:
        for request in _requests(flow.steps):
            url = request.url if "://" in request.url else plan.target + request.url
            lines.append(f"{request.method} {fill(url, known)}")
    if not _authorized(plan):
        lines.append("no Authorization header is sent")
    lines += [_phase(phase) for phase in plan.phases]
    return [*dict.fromkeys(lines), f"{counted(expected(plan), 'virtual user')} in {starts(plan)[-1]:g} s"]


def _requests(steps: tuple[Step, ...]) -> Iterator[Request]:
    for step in steps:
        if isinstance(step, Request):
            yield step
        elif isinstance(step, Loop):
            yield from _requests(step.steps)


def _authorized(plan: Plan) -> bool:
    headers = [plan.headers, *(request.headers for flow in plan.flows for request in _requests(flow.steps))]
    return any(name.lower() == "authorization" and value for one in headers for name, value in one.items())


def _phase(phase: Phase) -> str:
    name = f"{phase.name}: " if phase.name else ""
    if phase.pause:
        return f"{name}nothing for {phase.duration_s:g} s"
    if phase.count is not None:
        return f"{name}{counted(phase.count, 'arrival')} in {phase.duration_s:g} s"
    ramp = (
        f", rising to {phase.ramp_to:g}" if phase.ramp_to is not None and phase.ramp_to != phase.rate else ""
    )
    spacing = "evenly spaced" if phase.mode == "uniform" else "at random (Poisson)"
    return f"{name}{phase.rate:g} a second{ramp} for {phase.duration_s:g} s, {spacing}"


def requests_failed(data: RunData) -> Column:
    """Tell which requests failed: answered with 400 or more, or not at all; booleans in the order of sending."""
    return status_failed(data.requests["status"])
