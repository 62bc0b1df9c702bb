"""A world: one run's system, built anew from its settings. It begins at virtual 0; nothing leaks into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET, UnsetType

from simulator.errors import UsageError, nearest
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

if TYPE_CHECKING:
    from simulator.deploying import Version
    from simulator.faults import AnyFault
    from simulator.run_settings import RunSettings
    from simulator.settings import AlertRule
    from simulator.system.guards import Undo


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

    def watch(self, rule: AlertRule) -> None:
        """Add an alert rule."""
        self.agent.rules.append(rule)
