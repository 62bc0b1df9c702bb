"""A run: a world under a load. It is a pure function of its settings, so what was not kept can be made again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from simulator.kernel import Deadlock
from simulator.run_data import RunData
from simulator.run_settings import (
    Change,
    DeployChange,
    FaultChange,
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
    from simulator.deploying import Version
    from simulator.faults import AnyFault
    from simulator.kernel import Simulation, Task
    from simulator.sampling import Sampling
    from simulator.settings import AlertRule

AN_HOUR = 3600.0


class Run:
    """A run under way or ended. Only `Lab` moves it."""

    def __init__(self, settings: RunSettings, number: int = 1, details: Details | None = None) -> None:
        self.number = number
        self._base = settings
        self._changes: list[Change] = []
        self.world = World(settings, details)
        self.load = Load(self.world, settings.plan)
        self.sent_by_hand: list[Task] = []

    @property
    def settings(self) -> RunSettings:
        """What made this run, with the changes made while it went on."""
        return msgspec.structs.replace(self._base, changes=tuple(self._changes))

    @property
    def is_by_hand(self) -> bool:
        """There is no load, only requests sent one by one. Such a run goes on until the next one begins."""
        return not self._base.plan.phases

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
            while (made := sim.run(until=before + seconds, budget=budget)) and sim.now < before + seconds:
                if budget is not None and (budget := budget - made) <= 0:
                    break
        else:
            self._run(before + seconds, budget)
        return sim.now - before

    def finish(self) -> None:
        """Let time pass to the moment this run has settled. Raises Deadlock if it never can."""
        while not self.settled:
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
            made = sim.run(until=until, budget=1 if last_steps else budget)
            if budget is not None:
                budget -= made
            if not made and sim.now >= until:
                return

    # changes while it goes on; each is kept with its place, so the run can be made again

    def _at(self) -> tuple[float, int]:
        return self.world.sim.now, self.world.sim.steps

    def deploy(self, version: Version, token: str | msgspec.UnsetType | None = msgspec.UNSET) -> None:
        """Activate a version, with a token for its agent if one is given."""
        self.apply(DeployChange(*self._at(), version, token))

    def sample(self, rate: float | Sampling) -> None:
        """Change which traces are kept."""
        self.apply(SamplingChange(*self._at(), rate))

    def fault(self, fault: AnyFault, *, on: bool) -> None:
        """Switch a fault on or off."""
        self.apply(FaultChange(*self._at(), fault, on))

    def watch(self, rule: AlertRule) -> None:
        """Add an alert rule."""
        self.apply(RuleChange(*self._at(), rule))

    def stop(self) -> None:
        """End the load: nobody new arrives; who is under way finishes."""
        self.apply(StopChange(*self._at()))

    def request(self, method: str, url: str, headers: dict[str, str], body: str | None) -> Task:
        """Send one request by hand; it meets the world when time moves. The task's result is (number, Answer)."""
        self.apply(RequestChange(*self._at(), method, url, headers, body))
        return self.sent_by_hand[-1]

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

    def report(self) -> str:
        """Give the report as the tool of 2018 printed it."""
        from simulator.report import artillery1

        return artillery1(self.data().traffic())


def make_again(data: RunData) -> Details:
    """Run the same run once more, as far as `data` goes, and keep bodies, log lines and tracebacks this time."""
    details = Details()
    replay(data, details)
    return details


def replay(data: RunData, details: Details | None = None) -> Run:
    """Run the same run once more, with each change in its place, as far as `data` goes."""
    run = Run(msgspec.structs.replace(data.settings, changes=()), data.number, details)
    for change in data.settings.changes:
        _go_to(run.world.sim, change.at_s, change.at_step)
        run.apply(change)
    _go_to(run.world.sim, data.now_s, data.steps)
    return run


def _go_to(sim: Simulation, at_s: float, at_step: int) -> None:
    """Go to the moment when so many steps had been made, and then to the time that had passed without another."""
    while sim.steps < at_step and sim.run(until=at_s, budget=at_step - sim.steps):
        pass
    while sim.now < at_s:
        sim.run(until=at_s)


__all__ = ["Exchange", "Run", "make_again", "replay"]
