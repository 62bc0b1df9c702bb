"""A run: a world under a load. It is a pure function of its settings, so what was not kept can be made again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from simulator.kernel import Deadlock
from simulator.run_data import RunData
from simulator.run_settings import (
    Change, DeployChange, FaultChange, RequestChange, RuleChange, RunSettings, SamplingChange, StopChange,
)  # fmt: skip
from simulator.system.recorder import Details, Exchange
from simulator.system.world import World
from simulator.users import Load

if TYPE_CHECKING:
    from simulator.deploying import Version
    from simulator.faults import AnyFault
    from simulator.settings import AlertRule


class Run:
    """A run under way or ended. Only `Lab` moves it."""

    def __init__(self, settings: RunSettings, number: int = 1, details: Details | None = None) -> None:
        self.number = number
        self._base = settings
        self._changes: list[Change] = []
        self.world = World(settings, details)
        self.load = Load(self.world, settings.plan)
        self.by_hand = 0

    @property
    def settings(self) -> RunSettings:
        """What made this run, with the changes made while it went on."""
        return msgspec.structs.replace(self._base, changes=tuple(self._changes))

    @property
    def finished(self) -> bool:
        """The load is over: every virtual user has ended. (A run by hand ends when the next one begins.)"""
        return self.load.finished.is_set and bool(self._base.plan.phases)

    @property
    def settled(self) -> bool:
        """Nothing more can come of it: no function is busy, and the alert rules have looked at everything."""
        agent = self.world.agent
        rules_done = len(agent.alerts) == len(agent.rules) or agent.checked_s >= agent.last_seen_s
        return self.finished and rules_done and not any(f.busy for f in self.world.functions.values())

    def advance(self, seconds: float, budget: int | None) -> float:
        """Move this run's clock; see Lab.advance."""
        sim = self.world.sim
        before = sim.now
        sim.run(until=before + seconds, budget=budget)
        return sim.now - before

    def stuck(self) -> None:
        """Raise Deadlock when the run waits for something that can never come."""
        try:
            self.world.sim._check_deadlock()
        except Deadlock as error:
            raise Deadlock(f"run {self.number}: {error}") from None

    # changes while it goes on; each is kept with its place, so the run can be made again

    def _at(self) -> tuple[float, int]:
        return self.world.sim.now, self.world.sim.steps

    def deploy(self, version: Version) -> None:
        """Activate a version."""
        self.apply(DeployChange(*self._at(), version))

    def sample(self, rate: float) -> None:
        """Change the share of traces that is kept."""
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

    def request(self, method: str, url: str, headers: dict[str, str], body: str | None) -> None:
        """Send one request by hand; it meets the world when time moves."""
        self.apply(RequestChange(*self._at(), method, url, headers, body))

    def apply(self, change: Change) -> None:
        """Make a change now and keep it."""
        world = self.world
        match change:
            case DeployChange():
                world.deploy(change.version)
            case SamplingChange():
                world.sampling = change.rate
            case FaultChange():
                (world.inject if change.on else world.remove)(change.fault)
            case RuleChange():
                world.watch(change.rule)
            case StopChange():
                self.load.stopped = True
            case RequestChange():
                send = self.load.send(change.method, change.url, change.headers, change.body, self.by_hand, 0)
                self.by_hand += 1
                world.sim.spawn(send, f"request {self.by_hand} by hand")
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
            skipped=load.skipped,
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
    run = Run(msgspec.structs.replace(data.settings, changes=()), data.number, details)
    sim = run.world.sim
    for change in data.settings.changes:
        sim.run(until=change.at_s, budget=change.at_step - sim.steps)
        run.apply(change)
    sim.run(until=data.now_s, budget=data.steps - sim.steps)
    return details


__all__ = ["Exchange", "Run", "make_again"]
