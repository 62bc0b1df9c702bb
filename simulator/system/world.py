"""A world: one run's system, built anew from its settings. It begins at virtual 0; nothing leaks into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import UNSET, UnsetType

from simulator.errors import UsageError, nearest
from simulator.hanging import NEVER, answer, hang, hold, turn
from simulator.kernel import Simulation
from simulator.monitoring import Agent
from simulator.randomness import Blocks
from simulator.sampling import Always, SlowerThan, as_policy, keeps_at_start
from simulator.system.fleet import Fleet
from simulator.system.functions import Function
from simulator.system.gateway import Gateway
from simulator.system.recorder import Details, Recorder
from simulator.system.rides import RidesTable
from simulator.traces import trace_id
from simulator.waiting import command

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from simulator.deploying import Version
    from simulator.faults import AnyFault
    from simulator.kernel import Task
    from simulator.run_settings import RunSettings
    from simulator.settings import AlertRule
    from simulator.system.functions import Invocation
    from simulator.system.guards import Undo

A_DAY = 86_400.0


class Incident(NamedTuple):
    """A handler never came back: when, which version, its invocation's number (None: a part of one), and where it was.

    `line` is the line of the version's source, if it is known.
    """

    at_s: float
    ref: str
    invocation: int | None
    line: int | None = None


class World:
    """The services of a run, its simulation, its agent and its recorder. `details` keeps bodies and logs too."""

    def __init__(self, settings: RunSettings, details: Details | None = None) -> None:
        scenario = settings.scenario
        self.settings = settings
        self.details = details
        self.sim = Simulation()
        self.recorder = Recorder(tuple(sorted(scenario.functions)))
        self.agent = Agent(scenario.monitoring, dict(settings.tokens), list(settings.rules))
        self.fleet = Fleet(scenario.fleet)
        self.rides = RidesTable(scenario.rides_table)
        self.incidents: list[Incident] = []
        self.hanging = False  # what begins in this step never comes back
        self._line: int | None = None
        self.hung: list[Coroutine[Any, Any, Any]] = []  # never to be forgotten
        self.versions: list[Version] = []
        self.functions: dict[str, Function] = {}
        self.hosts: dict[str, Function] = {}
        for name, function in scenario.functions.items():
            version = settings.versions[name]
            self.functions[name] = Function(self, name, version, len(self.versions))
            self.versions.append(version)
            if function.host is not None:
                self.hosts[function.host.lower()] = self.functions[name]
        self.gateway = Gateway(self)
        self.sampling = as_policy(settings.sampling)
        self.blocks = Blocks(settings.seed)
        self._faults: list[tuple[AnyFault, Undo]] = []
        for fault in settings.faults:
            self.inject(fault)
        self.sim.spawn(self.agent.watch(lambda: self.sim.now), "agent", daemon=True)

    def keeps(self, owner: int) -> bool:
        """Tell whether the trace of a request is recorded, decided at its head."""
        policy = self.sampling
        if isinstance(policy, Always | SlowerThan):
            return True
        return keeps_at_start(policy, trace_id(self.settings.seed, owner))

    def deploy(self, version: Version, token: str | UnsetType | None = UNSET) -> None:
        """Activate a version, with a token for its agent if one is given: empties that function's pool only."""
        self.versions.append(version)
        self.functions[version.service].deploy(version, len(self.versions) - 1)
        if token is not UNSET:
            self.agent.tokens[version.service] = token

    def inject(self, fault: AnyFault) -> None:
        """Switch a fault on. Raises UsageError for a function that does not exist."""
        if fault.service not in self.functions:
            raise UsageError(f"no function `{fault.service}`{nearest(fault.service, self.functions)}")
        self._faults.append((fault, fault.install(self)))

    def remove(self, fault: AnyFault) -> None:
        """Switch a fault off."""
        at = next(i for i, (one, _) in enumerate(self._faults) if one == fault)
        _, undo = self._faults.pop(at)
        undo()

    def hang(self, line: int | None = None) -> None:
        """Let the version's code that goes on next never come back: its invocation times out, at its time.

        `line` is where it stands, for those who read of it. Raises UsageError where it was no version's turn.
        """
        self._line = line
        task = turn(self.sim)
        found = self._at_work(task)
        if found is None:
            self._hang_at_start(task)
            return
        function, owner, call = found
        self.hung.append(hang(self.sim))
        self._note(call.container.version, call.number if owner is task else None)
        if owner is task:
            del function.at_work[task]
            hold(task)
            self.sim.spawn(self._time_out(function, call, task), f"{task.name}, timed out")

    def _hang_at_start(self, task: Task) -> None:
        """Make the next step; the handler, or the first lines of a version, that it begins never come back."""
        self.hanging = True
        self.sim.run(until=self.sim.now + A_DAY, budget=1)
        if self.hanging:
            self.hanging = False
            raise UsageError(f"`{task.name}` runs no version: it cannot hang")

    async def never(self, call: Invocation) -> None:
        """Be the handler that never comes back, for whoever begins it while `hanging`."""
        self.hanging = False
        self._note(call.container.version, call.number)
        await command(NEVER)

    def never_begins(self, version: Version) -> BaseException:
        """Be the first lines of a version that never come to their end."""
        self.hanging = False
        self._note(version, None)
        return TimeoutError(f"the first lines of {version.ref} never come to their end")

    def _note(self, version: Version, invocation: int | None) -> None:
        self.incidents.append(Incident(self.sim.now, version.ref, invocation, self._line))

    def runs_version(self, task: Task) -> bool:
        """Tell whether a process runs a handler, or was started by one."""
        return self._at_work(task) is not None

    def _at_work(self, task: Task) -> tuple[Function, Task, Invocation] | None:
        """Find the invocation that a process is, or is a part of, with the process that runs its handler."""
        owner: Task | None = task
        while owner is not None:
            for function in self.functions.values():
                if (call := function.at_work.get(owner)) is not None:
                    return function, owner, call
            owner = owner.parent
        return None

    async def _time_out(self, function: Function, call: Invocation, task: Task) -> None:
        answer(task, await function.time_out(call))

    def watch(self, rule: AlertRule) -> None:
        """Add an alert rule."""
        self.agent.rules.append(rule)
