"""A world: one run's system, built anew from its settings. It begins at virtual 0; nothing leaks into it from another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.errors import UsageError, nearest
from simulator.kernel import Simulation
from simulator.monitoring import Agent
from simulator.randomness import stream_key, unit
from simulator.system.fleet import Fleet
from simulator.system.functions import Function
from simulator.system.gateway import Gateway
from simulator.system.recorder import Details, Recorder
from simulator.system.rides import RidesTable

if TYPE_CHECKING:
    from simulator.deploying import Version
    from simulator.faults import AnyFault
    from simulator.settings import AlertRule
    from simulator.run_settings import RunSettings


class World:
    """The services of a run, its simulation, its agent and its recorder. With `details`, bodies and logs are kept too."""

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
            self.functions[name] = Function(self, name, function, version, settings.warm)
            self.functions[name].version_index = len(self.versions)
            self.versions.append(version)
            if function.host is not None:
                self.hosts[function.host] = self.functions[name]
        self.gateway = Gateway(self, scenario.gateway, scenario.site)
        self.sampling = settings.sampling
        self._sampling_key = stream_key(settings.seed, "sampling")
        for fault in settings.faults:
            self.inject(fault)
        self.sim.spawn(self.agent.watch(), "agent", daemon=True)

    def keeps(self, request: int) -> bool:
        """Tell whether the traces of a request are kept: head sampling, decided by a draw of the request."""
        return self.sampling >= 1.0 or unit(self._sampling_key, request) < self.sampling

    def deploy(self, version: Version) -> None:
        """Activate a version: empties that function's pool only."""
        self.versions.append(version)
        self.functions[version.service].deploy(version, len(self.versions) - 1)

    def inject(self, fault: AnyFault) -> None:
        """Switch a fault on. Raises UsageError for a function that does not exist."""
        function = self.functions.get(fault.service)
        if function is None:
            raise UsageError(f"no function `{fault.service}`{nearest(fault.service, self.functions)}")
        fault.switch_on(function)
        function.faults.append(fault)

    def remove(self, fault: AnyFault) -> None:
        """Switch a fault off."""
        function = self.functions[fault.service]
        function.faults.remove(fault)
        fault.switch_off(function)

    def watch(self, rule: AlertRule) -> None:
        """Add an alert rule."""
        self.agent.rules.append(rule)
