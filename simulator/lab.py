"""Lab: the one door. Screens, lessons, the command line and tests all drive these verbs.

Time moves only in `Lab.advance` and `Lab.finish`. What is set here - versions, tokens, faults, sampling, rules - holds
for the next run and, where a run is under way, for that one from now on; warm containers for the next run.
"""

from __future__ import annotations

import gc
import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from msgspec import UNSET, UnsetType

from simulator.deploying import Version, build, is_built_in, read_version
from simulator.errors import BuildError, UsageError, nearest
from simulator.load import DEFAULT_PLAN, Plan, load_plan
from simulator.run import Run, make_again
from simulator.run_settings import DeployChange, RunSettings
from simulator.sampling import as_policy
from simulator.users import check_target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.any_run import AnyRun
    from simulator.faults import AnyFault
    from simulator.remote import Host
    from simulator.run_data import RunData
    from simulator.sampling import Sampling
    from simulator.settings import AlertRule, Scenario
    from simulator.smoke import Verdict
    from simulator.system.recorder import Details

KEEP = "\0keep"  # a deploy that leaves the agent's token as it is
NEVER_AGAIN = 3
"""So often a version's handler may fail to come back, before the version before it is activated again."""


class _Deploy(NamedTuple):
    version: Version
    token_before: str | UnsetType | None = UNSET  # where it came with a token of its own


class Lab:
    """A scenario with everything a learner can do to it."""

    def __init__(self, scenario: Scenario, seed: int = 1, host: Host | None = None) -> None:
        monitoring = scenario.monitoring
        self.scenario = scenario
        self.seed = seed
        self.host = host
        """Where versions that are not built in are played; without one they are played here."""
        self.run: AnyRun | None = None
        self.sampling: float | Sampling = 1.0
        self.warm_containers = scenario.warm
        self.rules: list[AlertRule] = list(monitoring.rules)
        self.tokens: dict[str, str | None] = dict.fromkeys(monitoring.watches, monitoring.token)
        self.versions: dict[str, Version] = {
            n: read_version(f"{n}@{f.version}") for n, f in scenario.functions.items()
        }
        self._history: dict[str, list[_Deploy]] = {
            name: [_Deploy(version)] for name, version in self.versions.items()
        }
        self._faults: dict[int, AnyFault] = {}
        self._handles = 0
        self.runs_made = 0
        self.on_rollback: Callable[[Version, Version], None] | None = None
        """Called with (version, the one that runs now) when a version was taken back because it never comes back."""
        self._minded = 0
        self._details: tuple[tuple[RunSettings, int, float], Details] | None = None
        for fault in scenario.faults:
            self.inject(fault)

    # what is deployed

    def deploy(self, what: str | Version | Verdict, token: str | None = KEEP) -> Version:
        """Deploy a version by its ref, such as ``request-ride@traced``, or a Version, or what a smoke test says of one.

        `token` is the monitoring token deployed with it: None for none, `KEEP` for the one it has.
        Raises UsageError for a name that does not exist, BuildError for source that cannot be built or was refused.
        """
        if isinstance(what, str | Version):
            version = read_version(what) if isinstance(what, str) else what
        else:
            version = what.version
            if not what.passed:
                raise BuildError(what.reason)
        if version.service not in self.versions:
            raise UsageError(f"no service `{version.service}`{nearest(version.service, self.versions)}")
        build(version.source, version.ref)
        before = UNSET if token == KEEP else self.tokens.get(version.service)
        self._history[version.service].append(_Deploy(version, before))
        return self._activate(version, UNSET if token == KEEP else token)

    def rollback(self, service: str) -> Version:
        """Undo the last deploy: the version before it runs again, with the token it had. Raises UsageError."""
        history = self._deploys(service)
        if len(history) < 2:
            raise UsageError(f"{service}: there is no version before {history[-1].version.name}")
        undone = history.pop()
        return self._activate(history[-1].version, undone.token_before)

    def history(self, service: str) -> tuple[Version, ...]:
        """List what was deployed of a service, the running version last. Raises UsageError."""
        return tuple(deploy.version for deploy in self._deploys(service))

    def _deploys(self, service: str) -> list[_Deploy]:
        if service not in self._history:
            raise UsageError(f"no service `{service}`{nearest(service, self._history)}")
        return self._history[service]

    def _activate(self, version: Version, token: str | UnsetType | None) -> Version:
        self.versions[version.service] = version
        if token is not UNSET:
            self.tokens[version.service] = token
        if self._live is not None:
            self._rehouse(version)
            self._live.deploy(version, token)
        return version

    def _rehouse(self, version: Version) -> None:
        """Bring the run under way to the same point in the host's process, before what is not built in runs in it."""
        run = self._live
        if self.host is None or not isinstance(run, Run) or is_built_in(version):
            return
        from simulator.remote import RemoteRun

        self.run = RemoteRun(
            run.settings, run.number, self.host, now_s=run.now_s, steps=run.world.sim.steps, known=run.data()
        )

    # what is done to it

    def inject(self, fault: AnyFault) -> int:
        """Switch a fault on; the handle switches it off again."""
        if fault.service not in self.versions:
            raise UsageError(f"no function `{fault.service}`{nearest(fault.service, self.versions)}")
        self._handles += 1
        self._faults[self._handles] = fault
        if self._live is not None:
            self._live.fault(fault, on=True)
        return self._handles

    def remove(self, handle: int) -> None:
        """Switch a fault off. Raises UsageError for a handle that is not, or no longer, one."""
        if handle not in self._faults:
            raise UsageError(f"no fault has the handle {handle}: it was switched off, or never on")
        fault = self._faults.pop(handle)
        if self._live is not None:
            self._live.fault(fault, on=False)

    def sample(self, rate: float | Sampling) -> None:
        """Keep this share of traces, 0 to 1, decided at the head; or what a policy of `sampling.py` keeps."""
        policy = as_policy(rate)
        self.sampling = rate
        if self._live is not None:
            self._live.sample(policy)

    def watch(self, rule: AlertRule) -> None:
        """Add an alert rule."""
        self.rules.append(rule)
        if self._live is not None:
            self._live.watch(rule)

    def warm(self, containers: int) -> None:
        """Begin the next runs with this many idle containers in every pool; 0: cold."""
        if containers < 0:
            raise UsageError(f"a pool starts with 0 containers or more, not {containers}")
        self.warm_containers = containers

    # load and time

    def load(self, plan: Plan | None = None, seed: int | None = None) -> AnyRun:
        """Begin a run of a load plan (default: the scenario's) from virtual 0. Time has not moved.

        Raises UsageError for a plan that aims elsewhere.
        """
        if plan is None:
            plan = load_plan(self.scenario.plan or DEFAULT_PLAN)
        check_target(plan, self.scenario.site.url)
        return self._begin(plan, self.seed if seed is None else seed)

    def request(
        self,
        method: str = "POST",
        path: str = "/ride",
        headers: dict[str, str] | None = None,
        body: str | None = None,
    ) -> AnyRun:
        """Send one request by hand; it is answered as time moves. Gives the run it belongs to.

        That is the one under way, or else a new one without a load. `path` may be a whole URL.
        """
        run = self._live
        if run is None:
            run = self._begin(
                Plan(name="by hand", target=self.scenario.site.url, phases=(), flows=()), self.seed
            )
        url = path if "://" in path else self.scenario.site.url + path
        run.request(method, url, headers or {}, body)
        return run

    def stop(self, run: AnyRun) -> None:
        """End a run's load early: nobody new arrives, who is under way finishes."""
        if not run.finished:
            run.stop()

    def advance(self, seconds: float, budget: int | None = None) -> float:
        """Let virtual time pass, at most `seconds` and at most `budget` kernel steps; gives the seconds really passed.

        Any cutting into calls gives the same bytes: time stands still at the very step with which a run has settled.
        Only a run by hand goes on, idle. Nothing passes while there is no run.
        """
        if not 0.0 <= seconds < math.inf:
            raise ValueError(f"time runs forward: advance by seconds of 0 or more, not {seconds!r}")
        if self.run is None:
            return 0.0
        passed = self.run.advance(seconds, budget)
        self._mind(self.run)
        return passed

    def _mind(self, run: AnyRun) -> None:
        """Take a version back when its handler did not come back for the third time."""
        incidents = run.incidents
        if len(incidents) == self._minded:
            return
        self._minded = len(incidents)
        ref = incidents[-1].ref
        version = self.versions[ref.partition("@")[0]]
        if sum(one.ref == ref for one in incidents) < NEVER_AGAIN or version.ref != ref:
            return
        if len(self._history[version.service]) > 1:
            instead = self.rollback(version.service)
            if self.on_rollback is not None:
                self.on_rollback(version, instead)

    def finish(self, run: AnyRun) -> AnyRun:
        """Let time pass until a run has settled. Raises Deadlock if it never can."""
        with _quiet_collector():
            while not run.settled:
                run.stretch()
                self._mind(run)
        return run

    def snapshot(self) -> RunData | None:
        """Give the run as it stands, frozen; None before the first."""
        return None if self.run is None else self.run.data()

    def details(self, data: RunData) -> Details:
        """Give bodies, log lines and tracebacks of a run.

        They are made again by running it once more, and kept for the run that was asked for last.
        """
        key = (data.settings, data.steps, data.now_s)
        if self._details is None or self._details[0] != key:
            self._details = (
                key,
                make_again(data) if self.at_home(data.settings) else self._host.details(data),
            )
        return self._details[1]

    @property
    def _live(self) -> AnyRun | None:
        return self.run if self.run is not None and not self.run.finished else None

    def _begin(self, plan: Plan, seed: int) -> AnyRun:
        settings = RunSettings(
            scenario=self.scenario,
            seed=seed,
            versions=dict(self.versions),
            tokens=dict(self.tokens),
            sampling=self.sampling,
            rules=tuple(self.rules),
            warm=self.warm_containers,
            faults=tuple(self._faults.values()),
            plan=plan,
        )
        self.runs_made += 1
        self._minded = 0
        if self.at_home(settings):
            self.run = Run(settings, self.runs_made)
        else:
            from simulator.remote import RemoteRun

            self.run = RemoteRun(settings, self.runs_made, self._host)
        return self.run

    @property
    def _host(self) -> Host:
        assert self.host is not None
        return self.host

    def at_home(self, settings: RunSettings) -> bool:
        """Tell whether a run is played in this process: there is no host, or only built-in versions run in it."""
        deployed = [change.version for change in settings.changes if isinstance(change, DeployChange)]
        return self.host is None or all(map(is_built_in, [*settings.versions.values(), *deployed]))


@contextmanager
def _quiet_collector() -> Iterator[None]:
    """Keep Python's cycle collector from looking often during a long run, and at what was there before at all."""
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
