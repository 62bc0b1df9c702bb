"""Virtual users: each goes through its flow, one step after the other, and every request it sends is recorded.

A request's owner - whose draws it meets - is (virtual user, step of its flow). A user stops at its first error, as
Artillery's does: a request that got no answer, or a capture that found nothing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from simulator.arrivals import arrivals, starts
from simulator.columns import Table
from simulator.errors import UsageError
from simulator.kernel import Event, sleep, spawn, timeout
from simulator.load import Loop, Request, Think, fill
from simulator.randomness import Draws, request_owner, stream_key, unit
from simulator.system.recorder import Exchange

if TYPE_CHECKING:
    from simulator.load import Flow, Plan, Step
    from simulator.system.gateway import Answer
    from simulator.system.world import World

USERS = {"user": "u4", "flow": "u2", "launched_s": "f8", "ended_s": "f8"}  # ended_s is nan for one that failed
NOTHING = float("nan")


class Failed(Exception):  # noqa: N818 - a user's state
    """This virtual user cannot go on."""


class Load:
    """A plan at work on a world."""

    def __init__(self, world: World, plan: Plan) -> None:
        self.world = world
        self.plan = plan
        self.users = Table(USERS)
        self.launched = 0
        self.sent = 0
        self.answered = 0
        self.done = 0
        self.skipped = 0
        self.stopped = False
        self.finished = Event("the end of the load")
        self.ended_s: float | None = None
        self.errors: dict[int, str] = {}
        self._sending = True
        self._active: dict[int, int] = {}
        total = sum(flow.weight for flow in plan.flows)
        self._shares = [flow.weight / total for flow in plan.flows]
        world.sim.spawn(self._source(), "load")

    @property
    def active(self) -> int:
        """How many virtual users are under way."""
        return self.launched - self.done

    def _u(self, name: str, user: int) -> float:
        return unit(stream_key(self.world.settings.seed, name), user)

    async def _source(self) -> None:
        sim = self.world.sim
        for user, (at_s, phase) in enumerate(arrivals(self.plan, self.world.settings.seed)):
            if at_s > sim.now:
                await sleep(at_s - sim.now)
            if self.stopped:
                break
            limit = self.plan.phases[phase].max_users
            if limit is not None and self._active.get(phase, 0) >= limit:
                self.skipped += 1
                continue
            self._active[phase] = self._active.get(phase, 0) + 1
            self.launched += 1
            await spawn(self._user(user, phase, sim.now), f"user {user}")
        end = starts(self.plan)[-1]
        if not self.stopped and end > sim.now:
            await sleep(end - sim.now)
        self._sending = False
        self._check_end()

    def _flow(self, user: int) -> int:
        if len(self._shares) == 1:
            return 0
        u = self._u("flow", user)
        for index, share in enumerate(self._shares):
            u -= share
            if u < 0:
                return index
        return len(self._shares) - 1

    def _variables(self, user: int) -> dict[str, str]:
        plan = self.plan
        values = {}
        for name, choices in plan.variables.items():
            values[name] = choices[int(self._u(f"variable:{name}", user) * len(choices))] if choices else ""
        if plan.rows:
            at_random = plan.order == "random" and len(plan.rows) > 1
            row = int(self._u("payload", user) * len(plan.rows)) if at_random else user % len(plan.rows)
            values.update(zip(plan.fields, plan.rows[row], strict=True))
        return values

    async def _user(self, user: int, phase: int, launched_s: float) -> None:
        index = self._flow(user)
        flow: Flow = self.plan.flows[index]
        ended = NOTHING
        try:
            await self._steps(flow.steps, user, [0], self._variables(user))
            ended = self.world.sim.now
        except Failed:
            pass
        self.users.append((user, index, launched_s, ended))
        self._active[phase] -= 1
        self.done += 1
        self._check_end()

    def _check_end(self) -> None:
        if not self._sending and self.done == self.launched and not self.finished.is_set:
            self.ended_s = self.world.sim.now
            self.finished.set()

    async def _steps(self, steps: tuple[Step, ...], user: int, position: list[int], values: dict[str, str]) -> None:
        for step in steps:
            if isinstance(step, Request):
                await self._request(step, user, position[0], values)
                position[0] += 1
            elif isinstance(step, Think):
                await sleep(step.seconds)
            elif isinstance(step, Loop):
                for _ in range(step.count):
                    await self._steps(step.steps, user, position, values)

    async def _request(self, step: Request, user: int, position: int, values: dict[str, str]) -> None:
        plan = self.plan
        url = fill(step.url, values)
        headers = {key: fill(value, values) for key, value in (plan.headers | step.headers).items()}
        body = step.body if step.body is None else fill(step.body, values)
        if step.json is not None:
            headers.setdefault("Content-Type", "application/json")
            body = fill(json.dumps(step.json), values)
        target = fill(plan.target, values) if "://" not in url else ""
        answer = await self.send(step.method, target + url, headers, body, user, position)
        if answer is None:
            raise Failed
        for path, variable in step.captures:
            values[variable] = _capture(answer.body, path)

    async def send(self, method: str, url: str, headers: dict[str, str], body: str | None, user: int, position: int) -> Answer | None:
        """Send one request and record it; None where no answer came in time."""
        world = self.world
        number, sent_s = self.sent, world.sim.now
        self.sent += 1
        draws = Draws(world.settings.seed, request_owner(user, position))
        path = local_path(url, world.settings.scenario.site.url)
        exchange = None
        if world.details is not None:
            exchange = world.details.exchanges[number] = Exchange(number, method, url, headers, body, sent_s)
        answer: Answer | None = None
        if path is None:
            self.errors[number] = "ENOTFOUND"
        else:
            task = await spawn(world.gateway.handle(method, path, headers, body, number, draws), "gateway")
            try:
                async with timeout(self.plan.timeout_s):
                    answer = await task
            except TimeoutError:
                self.errors[number] = "ETIMEDOUT"
        latency = world.sim.now - sent_s if answer is not None else NOTHING
        status, invocation = (answer.status, answer.invocation) if answer is not None else (0, -1)
        self.answered += 1
        if exchange is not None and answer is not None:
            exchange.status, exchange.answer, exchange.answer_headers = answer.status, answer.body, answer.headers
            exchange.latency_s = latency
        cold = world.recorder.cold.pop(number, 0)
        world.recorder.requests.append((number, user, sent_s, latency, status, invocation, cold))
        return answer


def local_path(url: str, site: str) -> str | None:
    """Give the path of a URL below the site, or None where it lies elsewhere (the lab has one host)."""
    base, given = urlsplit(site), urlsplit(url)
    if given.hostname != base.hostname or not given.path.startswith(base.path):
        return None
    return given.path[len(base.path) :] or "/"


def _capture(body: str, path: str) -> str:
    """Take ``$.a[0].b`` out of a JSON text. Raises Failed where there is no such thing."""
    try:
        value: Any = json.loads(body)
        for part in path[1:].replace("[", ".").replace("]", "").split(".")[1:]:
            value = value[int(part)] if isinstance(value, list) else value[part]
    except (ValueError, KeyError, IndexError, TypeError):
        raise Failed from None
    return str(value)


def check_target(plan: Plan, site: str) -> None:
    """Check that a plan's target is the scenario's site, as far as it can be known. Raises UsageError."""
    rows = plan.rows or ((),)
    target = fill(plan.target, {k: v[0] for k, v in plan.variables.items() if v} | dict(zip(plan.fields, rows[0], strict=False)))
    if local_path(target, site) is None:
        raise UsageError(f"{plan.name}: target `{target}` is not in the lab: it knows {site} alone")
