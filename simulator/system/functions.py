"""The function platform: containers, cold starts, concurrency, timeout, memory and CPU share.

An invocation takes an idle container, the one used last, or starts one; with no free concurrency it is refused at
once. A container does one thing at a time and is free again only when the monitoring agent has sent its report. It
is thrown away when its version has been replaced, its invocation timed out, or its process ended.
"""

from __future__ import annotations

from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, Any

from simulator.deploying import load, may_refuse
from simulator.kernel import sleep
from simulator.randomness import Draws, name_key
from simulator.system.context import Context
from simulator.system.failures import describe_failure
from simulator.system.guards import through
from simulator.system.marks import SPENT
from simulator.system.modules import Sandbox, own_modules
from simulator.system.replies import FAILED, OK, THROTTLED, TIMED_OUT, Reply, check_response, is_error
from simulator.waiting import Expired, overruled

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.deploying import Version
    from simulator.fault import Limits
    from simulator.kernel import Task
    from simulator.monitoring import State
    from simulator.system.guards import Guard
    from simulator.system.world import World

FULL_CPU_MB = 1769  # the memory that comes with one whole processor; provider documentation


class Container:
    """One sandbox with a version loaded in it; `broken` is why it could not be, `spent` that it is not used again."""

    __slots__ = (
        "booted_s", "box", "broken", "cpu_s", "handler", "idle_since_s", "index", "may_refuse", "memory_mb", "spent",
        "version", "version_index",
    )  # fmt: skip

    def __init__(
        self, index: int, version: Version, version_index: int, now: float, memory_mb: float, *,
        never: BaseException | None = None,
    ) -> None:  # fmt: skip
        self.index = index
        self.version = version
        self.version_index = version_index
        self.box = Sandbox(version.service)
        self.broken = never
        self.handler: Callable[[Any, Any], Any] | None = None
        self.booted_s = now
        self.idle_since_s = now
        self.cpu_s = 0.0
        self.memory_mb = memory_mb
        self.spent = False
        self.may_refuse = may_refuse(version.source)
        if never is not None:
            return
        try:
            self.handler = load(version, own_modules(self.box))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the version's own, at its import
            self.broken = error


class Invocation:
    """One call of a function: who asked, and what came of it. Times are virtual seconds."""

    __slots__ = (
        "agent", "asked_s", "cold_s", "container", "context", "ended_s", "error", "event", "mark", "number", "outcome",
        "parent", "report_s", "request", "response", "started_s",
    )  # fmt: skip

    agent: State  # of the monitoring agent that its container was started with
    container: Container
    context: Context
    event: dict[str, Any]  # as it was sent, while somebody looks
    started_s: float
    ended_s: float

    def __init__(self, number: int, request: int, parent: int, mark: int, now: float) -> None:
        self.number = number
        self.request = request
        self.parent = parent
        self.mark = mark
        self.asked_s = now
        self.cold_s = 0.0
        self.report_s = 0.0
        self.outcome = OK
        self.response: dict[str, Any] | None = None
        self.error: BaseException | None = None


class Function:
    """A deployed function and its pool of containers."""

    def __init__(self, world: World, name: str, version: Version, version_index: int) -> None:
        self.world = world
        self.name = name
        self.settings = world.settings.scenario.functions[name]
        self.version = version
        self.version_index = version_index
        self.share = min(1.0, self.settings.memory_mb / FULL_CPU_MB)
        self.keep_alive_s = self.settings.keep_alive_s
        self.concurrency = self.settings.concurrency
        self.faults: list[Limits] = []  # those that change its limits
        self.guards: list[Guard] = []
        self.call_guards: list[Guard] = []
        self.idle: list[Container] = []
        self.in_turn = 0  # how many faults let containers take turns
        self.at_work: dict[Task, Invocation] = {}  # who runs which handler
        self.busy = 0
        self.started = 0
        self._kind = name_key(f"container:{name}") & 0xFFFFFFFF
        warm = [self._boot() for _ in range(world.settings.warm)]
        self.idle += [container for container in warm if container.broken is None]

    def _boot(self) -> Container:
        never = self.world.never_begins(self.version) if self.world.hanging else None
        container = Container(
            self.started,
            self.version,
            self.version_index,
            self.world.sim.now,
            self.settings.baseline_mb,
            never=never,
        )
        self.started += 1
        return container

    def deploy(self, version: Version, version_index: int) -> None:
        """Activate a version: the idle containers go, the busy ones finish what they do and go then."""
        self.version, self.version_index = version, version_index
        self.idle.clear()

    def inject(self, fault: Limits) -> None:
        """Switch a fault on."""
        self.faults.append(fault)
        self._refit()

    def remove(self, fault: Limits) -> None:
        """Switch a fault off."""
        self.faults.remove(fault)
        self._refit()

    def _refit(self) -> None:
        """Work out the limits anew, from the settings and the faults that are on, so that nothing stays behind."""
        self.share = min(1.0, self.settings.memory_mb / FULL_CPU_MB)
        self.keep_alive_s = self.settings.keep_alive_s
        self.concurrency = self.settings.concurrency
        for fault in self.faults:
            fault.change(self)

    def _idle(self, now: float) -> Container | None:
        """Take the container that became idle last, or first where they take turns, if it is kept alive still."""
        while self.idle:
            container = self.idle.pop(0 if self.in_turn else -1)
            if now - container.idle_since_s <= self.keep_alive_s:
                return container
            if not self.in_turn:
                self.idle.clear()  # the others have been idle for longer
        return None

    async def _started(self, call: Invocation) -> Container:
        """Start a container."""
        container = self._boot()
        self.world.recorder.met_cold_start(call.request, call.parent)
        draws = Draws(self.world.settings.seed, (self._kind << 32) | container.index)
        call.cold_s = self.settings.cold_start.ms_at(draws.u(f"cold-start:{self.name}")) / 1000.0
        await sleep(call.cold_s)
        container.cpu_s += call.cold_s * self.share
        return container

    async def invoke(
        self, event: dict[str, Any], request: int, draws: Draws, *, parent: int = -1, mark: int = -1
    ) -> Reply:
        """Run the handler once. Never raises: what went wrong is in the reply. Run it as a process of its own."""
        world = self.world
        number = world.recorder.next_invocation(request, parent)
        call = Invocation(number, request, parent, mark, world.sim.now)
        limit = self.concurrency
        if limit is not None and self.busy >= limit:
            call.outcome = THROTTLED
            world.recorder.throttled(self, call)
            return Reply(THROTTLED, None)
        self.busy += 1
        call.container = container = self._idle(call.asked_s) or await self._started(call)
        agent = world.agent
        call.agent = agent.state(self.name)
        watched = call.agent != "dormant"
        keep = watched and draws.kept
        call.context = Context(
            world, draws, container, invocation=number, request=request, share=self.share,
            mark_s=agent.mark_s(keep=keep) if watched else 0.0, keep=keep,
        )  # fmt: skip
        call.started_s = world.sim.now
        call.event = deepcopy(event) if world.details is not None else event
        task = world.sim.current
        assert task is not None
        self.at_work[task] = call
        await self._handle(call, event)
        del self.at_work[task]
        return await self._conclude(call)

    async def time_out(self, call: Invocation) -> Reply:
        """End an invocation whose handler never came back: its process computes on until the function's timeout."""
        context = call.context
        left = max(0.0, call.started_s + self.settings.timeout_s - self.world.sim.now)
        await sleep(left)
        context.cpu_s += left * self.share
        call.outcome = TIMED_OUT
        return await self._conclude(call)

    async def _conclude(self, call: Invocation) -> Reply:
        """Record an invocation that has ended, send its report, and let its container go."""
        world, container, agent = self.world, call.container, self.world.agent
        call.ended_s = now = world.sim.now
        call.context.mark.cut_off(now, timed_out=call.outcome == TIMED_OUT)
        container.cpu_s += call.context.cpu_s
        if world.details is not None:
            world.details.invocation(self, call, call.event, self._failure(call))
        if call.agent != "dormant":
            call.report_s = agent.report_s(call.context.draws, self.name)
            await sleep(call.report_s)
        world.recorder.invocation(self, call)
        if call.agent == "on":
            failed = call.outcome != OK or is_error(call.response)
            agent.saw(self.name, now, now - call.started_s, failed=failed, now=world.sim.now)
        self.busy -= 1
        if self._usable(call):
            container.idle_since_s = world.sim.now
            self.idle.append(container)
        # No cycle is left behind: whole rides would wait for the garbage collector, and then hold everything up.
        call.context.mark = SPENT
        call.error = None  # through its traceback it knows this call
        return Reply(call.outcome, call.response)

    async def _handle(self, call: Invocation, event: dict[str, Any]) -> None:
        """Run the handler and wait for what it computed, within the function's timeout."""
        box, context = call.container.box, call.context
        box.context = context
        limit = self.world.sim.deadline(self.settings.timeout_s)
        try:
            async with limit:
                try:
                    if self.world.hanging:
                        context.cpu_s += self.settings.timeout_s * self.share
                        await self.world.never(call)
                    answering = self._answer(call, event)
                    if self.guards or call.container.may_refuse:
                        call.response = await overruled(limit, answering)
                    else:
                        call.response = await answering
                except (KeyboardInterrupt, GeneratorExit):
                    raise
                except BaseException as error:  # whatever it is, it ends this invocation alone
                    if isinstance(error, Expired) and error.scope is limit:
                        raise
                    call.outcome, call.error = FAILED, error
                box.leave()
                if context.debt > 0.0:
                    await context.pass_time(0.0)
        except TimeoutError:
            call.outcome, call.response, call.error = TIMED_OUT, None, None
            box.leave()

    async def _answer(self, call: Invocation, event: dict[str, Any]) -> dict[str, Any]:
        container = call.container
        if container.broken is not None:
            raise container.broken
        assert container.handler is not None
        if self.guards:
            go = partial(container.handler, event, call.context)
            return check_response(await through(tuple(self.guards), call.context, go))
        return check_response(await container.handler(event, call.context))

    def _usable(self, call: Invocation) -> bool:
        ended = call.error is not None and not isinstance(call.error, Exception)  # such as SystemExit
        current = call.container.version_index == self.version_index
        whole = call.container.broken is None and not call.container.spent
        return current and whole and call.outcome != TIMED_OUT and not ended

    def _failure(self, call: Invocation) -> str:
        if call.outcome == TIMED_OUT:
            return f"Task timed out after {self.settings.timeout_s:.2f} seconds"
        return describe_failure(call.error, call.container.version) if call.error is not None else ""
