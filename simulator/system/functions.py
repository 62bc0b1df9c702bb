"""The function platform: containers, cold starts, concurrency, timeout, memory and CPU share.

An invocation takes an idle container, the one used last, or starts one; with no free concurrency it is refused at once.
A container does one thing at a time and is free again only when the monitoring agent has sent its report.
"""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

from simulator.deploying import load
from simulator.kernel import sleep, timeout
from simulator.randomness import Draws, name_key
from simulator.system.context import Context
from simulator.system.modules import Sandbox, own_modules
from simulator.system.replies import FAILED, OK, THROTTLED, TIMED_OUT, Reply, check_response, is_error

if TYPE_CHECKING:
    from simulator.deploying import Version
    from simulator.faults import AnyFault
    from simulator.settings import FunctionSettings
    from simulator.system.world import World

FULL_CPU_MB = 1769  # the memory that comes with one whole processor; provider documentation
HOST_CPUS = 2  # processors of the sandbox, over which its idle counter runs


class Container:
    """One sandbox with a version loaded in it."""

    __slots__ = ("booted_s", "box", "cpu_s", "handler", "idle_since_s", "index", "invocations", "version")

    def __init__(self, index: int, version: Version, now: float) -> None:
        self.index = index
        self.version = version
        self.box = Sandbox(version.service)
        self.handler = load(version, own_modules(self.box))
        self.booted_s = now
        self.idle_since_s = now
        self.cpu_s = 0.0
        self.invocations = 0


class Function:
    """A deployed function and its pool of containers."""

    def __init__(self, world: World, name: str, settings: FunctionSettings, version: Version, warm: int) -> None:
        self.world = world
        self.name = name
        self.settings = settings
        self.version = version
        self.version_index = 0
        self.share = min(1.0, settings.memory_mb / FULL_CPU_MB)
        self.keep_alive_s = settings.keep_alive_s
        self.faults: list[AnyFault] = []
        self.idle: list[Container] = []
        self.busy = 0
        self.started = 0
        self._kind = name_key(f"container:{name}") & 0xFFFFFFFF
        for _ in range(warm):
            self.idle.append(self._boot())

    def _boot(self) -> Container:
        container = Container(self.started, self.version, self.world.sim.now)
        self.started += 1
        return container

    def deploy(self, version: Version, index: int) -> None:
        """Activate a version: the idle containers go, the busy ones finish what they do and go then."""
        self.version, self.version_index = version, index
        self.idle.clear()

    async def _container(self, request: int, parent: int) -> tuple[Container, float]:
        """Take an idle container or start one; gives it with the seconds its cold start took."""
        now = self.world.sim.now
        idle, keep = self.idle, self.keep_alive_s
        while idle:
            container = idle.pop()
            if now - container.idle_since_s <= keep:
                return container, 0.0
            idle.clear()  # the others have been idle for longer
        container = self._boot()
        self.world.recorder.met_cold_start(request, parent)
        draws = Draws(self.world.settings.seed, (self._kind << 32) | container.index)
        seconds = self.settings.cold_start.ms_at(draws.u(f"cold-start:{self.name}")) / 1000.0
        await sleep(seconds)
        container.cpu_s += seconds * self.share
        return container, seconds

    async def invoke(self, event: dict[str, Any], request: int, draws: Draws, parent: int) -> Reply:
        """Run the handler once. Never raises: what went wrong is in the reply. Run it as a process of its own."""
        world, settings = self.world, self.settings
        number = world.recorder.next_invocation()
        asked_s = world.sim.now
        if settings.concurrency is not None and self.busy >= settings.concurrency:
            world.recorder.throttled(self, number, request, parent, asked_s)
            return Reply(THROTTLED, None, number, cold=False)
        self.busy += 1
        container, cold_s = await self._container(request, parent)
        agent, keep = world.agent, world.keeps(request)
        watched = agent.costs(self.name)
        context = Context(world, number, request, draws, self.share, agent.mark_s(keep=keep) if watched else 0.0, keep and watched)
        container.box.context = context
        container.invocations += 1
        started_s = world.sim.now
        outcome, response, error = OK, None, None
        try:
            async with timeout(settings.timeout_s):
                for fault in self.faults:
                    await fault.strike(context)
                response = check_response(await container.handler(event, context))
                if context.debt > 0.0:
                    await context.pass_time(0.0)
        except TimeoutError as caught:
            expired = world.sim.now - started_s >= settings.timeout_s
            outcome, error = (TIMED_OUT, None) if expired else (FAILED, caught)
        except (Exception, SystemExit, KeyboardInterrupt) as caught:  # noqa: BLE001 - an unhandled one is what this is about
            outcome, error = FAILED, caught
        if context.debt > 0.0 and outcome != TIMED_OUT:
            await context.pass_time(0.0)
        now = world.sim.now
        context.mark.close(now)
        container.box.context = None
        container.cpu_s += context.cpu_s
        if world.details is not None:
            text = f"Task timed out after {settings.timeout_s:.2f} seconds" if outcome == TIMED_OUT else ""
            if error is not None:
                text = "".join(traceback.format_exception(error, chain=False)[2:] or [repr(error)])
            world.details.invocation(number, self, event, response, context.recorded or [], text, started_s)
        report_s = 0.0
        if watched:
            report_s = agent.report_s(draws, self.name)
            await sleep(report_s)
        world.recorder.invocation(self, container, number, request, parent, asked_s, started_s, now, cold_s, report_s, context, outcome, response, error)  # fmt: skip
        agent.saw(self.name, now, now - started_s, failed=outcome != OK or is_error(response))
        self.busy -= 1
        if container.version is self.version and outcome != TIMED_OUT:
            container.idle_since_s = world.sim.now
            self.idle.append(container)
        return Reply(outcome, response, number, cold=cold_s > 0.0)
