"""A run: a world under a load. It is a pure function of its settings, so what was not kept can be made again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

from simulator.any_run import AnyRun, ByHand
from simulator.hanging import turn
from simulator.kernel import Deadlock, Stalled
from simulator.run_data import RunData
from simulator.run_settings import (
    Change,
    DeployChange,
    FaultChange,
    HangChange,
    RequestChange,
    RuleChange,
    RunSettings,
    SamplingChange,
    StopChange,
)
from simulator.sampling import as_policy
from simulator.system.gateway import HttpRequest
from simulator.system.recorder import BY_HAND, Details, Exchange
from simulator.system.world import World
from simulator.users import Load

if TYPE_CHECKING:
    from simulator.kernel import Simulation, Task
    from simulator.system.world import Incident

AN_HOUR = 3600.0


class Run(AnyRun):
    """A run in this process."""

    def __init__(self, settings: RunSettings, number: int = 1, details: Details | None = None) -> None:
        super().__init__(settings, number)
        self.world = World(settings, details)
        self.load = Load(self.world, settings.plan)
        self.sent_by_hand: list[Task] = []

    @property
    def now_s(self) -> float:
        """The virtual time."""
        return self.world.sim.now

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """The handlers that never came back, in order."""
        return tuple(self.world.incidents)

    @property
    def answers(self) -> tuple[ByHand | None, ...]:
        """What came of each request sent by hand; None while it is under way."""
        return tuple(self._answer(task) if task.done else None for task in self.sent_by_hand)

    def _answer(self, task: Task) -> ByHand:
        number, answer = task.result
        if answer is None:
            return ByHand(number, error=self.load.errors[number])
        return ByHand(number, answer.status, answer.headers, answer.body)

    @property
    def finished(self) -> bool:
        """The load is over: every virtual user has ended."""
        return self.load.finished.is_set and not self.is_by_hand

    @property
    def settled(self) -> bool:
        """Nothing is under way: no request is without an answer, no function is busy.

        And where there was a load, that is over and the alert rules have looked at everything.
        """
        over = self.is_by_hand or (self.load.finished.is_set and self.world.agent.has_looked)
        answered = not self.load.waiting and all(task.done for task in self.sent_by_hand)
        return over and answered and not any(f.busy for f in self.world.functions.values())

    def advance(self, seconds: float, budget: int | None = None) -> float:
        """Move this run's clock; see Lab.advance."""
        sim = self.world.sim
        before = sim.now
        if self.is_by_hand:
            self._run_by_hand(before + seconds, budget)
        else:
            self._run(before + seconds, budget)
        return sim.now - before

    def _run_by_hand(self, until: float, budget: int | None) -> None:
        """Run to a time, or for a budget of steps: there is no end to it."""
        sim = self.world.sim
        while budget is None or budget > 0:
            made = self._stepped(until, budget)
            if not made or sim.now >= until:
                return
            if budget is not None:
                budget -= made

    def _stepped(self, until: float, budget: int | None) -> int:
        """Run the simulation; a handler that goes on for ever without letting time pass hangs from then on."""
        sim = self.world.sim
        before = sim.steps
        try:
            return sim.run(until=until, budget=budget)
        except Stalled:
            if not self.world.runs_version(turn(sim)):
                raise
            self.hang()
            return sim.steps - before

    def stretch(self) -> None:
        """Let an hour pass, or less if this run settles before. Raises Deadlock where nothing can happen any more."""
        self._run(self.world.sim.now + AN_HOUR, None)
        try:
            self.world.sim.check_deadlock()
        except Deadlock as error:
            raise Deadlock(f"run {self.number}: {error}") from None

    def _run(self, until: float, budget: int | None) -> None:
        """Run to a time, for a budget of steps, or to the very step with which the run has settled."""
        sim = self.world.sim
        while budget is None or budget > 0:
            last_steps = self.load.finished.is_set
            if last_steps and self.settled:
                return
            made = self._stepped(until, 1 if last_steps else budget)
            if budget is not None:
                budget -= made
            if not made and sim.now >= until:
                return

    # changes; each is kept with its place, so the run can be made again

    def apply_now(self, change: Change) -> None:
        """Make a change now, whatever its place was."""
        sim = self.world.sim
        self.apply(msgspec.structs.replace(change, at_s=sim.now, at_step=sim.steps))

    def apply(self, change: Change) -> None:
        """Make a change now and keep it."""
        world = self.world
        match change:
            case DeployChange():
                world.deploy(change.version, change.token)
            case SamplingChange():
                world.sampling = as_policy(change.rate)
            case FaultChange():
                (world.inject if change.on else world.remove)(change.fault)
            case RuleChange():
                world.watch(change.rule)
            case StopChange():
                self.load.stop()
            case HangChange():
                world.hang(change.line)
            case RequestChange():
                sent = HttpRequest(change.method, change.url, dict(change.headers), change.body)
                count = len(self.sent_by_hand)
                send = self.load.send(sent, BY_HAND + count, 0)
                self.sent_by_hand.append(world.sim.spawn(send, f"request {count + 1} by hand"))
        self._changes.append(change)

    def data(self) -> RunData:
        """Give what was recorded so far, frozen."""
        world, load = self.world, self.load
        recorder = world.recorder
        return RunData(
            number=self.number,
            settings=self.settings,
            now_s=world.sim.now,
            steps=world.sim.steps,
            ended_s=load.ended_s if self.finished else None,
            settled=self.settled,
            launched=load.launched,
            sent=load.sent,
            done=load.done,
            skipped_s=tuple(load.skipped_s),
            waiting=tuple(load.waiting.values()),
            at_work=tuple(load.at_work.values()),
            stopped_s=load.stopped_s,
            errors=dict(load.errors),
            alerts=tuple(world.agent.alerts),
            services=recorder.services,
            versions=tuple(world.versions),
            names=tuple(recorder.names),
            frozen_requests=recorder.requests.freeze(),
            frozen_invocations=recorder.invocations.freeze(),
            frozen_spans=recorder.spans.freeze(),
            frozen_users=load.users.freeze(),
        )


def make_again(data: Made) -> Details:
    """Run the same run once more, as far as `data` goes, and keep bodies, log lines and tracebacks this time."""
    details = Details()
    replay(data, details)
    return details


class Made(Protocol):
    """What tells how to make a run again: its settings with their changes, and how far it has come."""

    @property
    def settings(self) -> RunSettings:
        """What made it."""

    @property
    def number(self) -> int:
        """Its number."""

    @property
    def now_s(self) -> float:
        """The virtual time it has come to."""

    @property
    def steps(self) -> int:
        """The kernel steps it has made."""


def replay(data: Made, details: Details | None = None) -> Run:
    """Run the same run once more, with each change in its place, as far as `data` goes."""
    run = Run(msgspec.structs.replace(data.settings, changes=()), data.number, details)
    for change in data.settings.changes:
        go_to(run.world.sim, change.at_s, change.at_step)
        run.apply(change)
    go_to(run.world.sim, data.now_s, data.steps)
    return run


def go_to(sim: Simulation, at_s: float, at_step: int) -> None:
    """Go to the moment when so many steps had been made, and then to the time that had passed without another."""
    try:
        while sim.steps < at_step and sim.run(until=at_s, budget=at_step - sim.steps):
            pass
    except Stalled:  # in the last step: what stalled in it hangs from here on
        if sim.steps < at_step:
            raise
    while sim.now < at_s:
        sim.run(until=at_s)


__all__ = ["Exchange", "Run", "go_to", "make_again", "replay"]
