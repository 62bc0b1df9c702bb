"""Virtual users: each goes through its flow, one step after the other, and every request it sends is recorded.

A request's owner - whose draws it meets - is (virtual user, step of its flow). A user stops at its first error, as
Artillery's does: a request that got no answer, or a capture that found nothing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from simulator.arrivals import arrivals, starts
from simulator.columns import Table
from simulator.errors import UsageError
from simulator.kernel import Event, sleep
from simulator.load import Loop, Request, Think
from simulator.randomness import Draws, request_owner, stream_key, unit
from simulator.sampling import has_tail, keeps_at_end
from simulator.system.gateway import HttpRequest, local_path
from simulator.system.recorder import Exchange
from simulator.templates import VARIABLE, capture, fill, fill_json, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.load import Plan, Step
    from simulator.system.gateway import Answer
    from simulator.system.world import World

USERS = {"user": "u4", "flow": "u2", "launched_s": "f8", "ended_s": "f8", "failed": "u1"}
NOTHING = float("nan")
NO_CAPTURE = "Failed capture or match"


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
        self.done = 0
        self.skipped_s: list[float] = []
        self.stopped_s: float | None = None
        self.finished = Event("the end of the load")
        self.ended_s: float | None = None
        self.errors: dict[int, str] = {}
        self.waiting: dict[int, float] = {}  # requests without an answer yet: number -> sent
        self.at_work: dict[int, tuple[int, float]] = {}  # users under way: number -> (flow, launched)
        self._sending = True
        total = sum(flow.weight for flow in plan.flows)
        self._shares = [flow.weight / total for flow in plan.flows]
        self._bodies = {id(step): json.dumps(step.json) for step in _constant(plan)}
        self._prepared: dict[int, HttpRequest] = {}  # by step, where they are the same for every user
        one_of_each = all(len(choices) == 1 for choices in plan.variables.values()) and len(plan.rows) <= 1
        self._all_alike = one_of_each and not any(step.captures for step in _requests(plan))
        self._task = world.sim.spawn(self._source(), "load")

    def stop(self) -> None:
        """End it early: nobody new arrives."""
        if self.stopped_s is None and self._sending:
            self.stopped_s = self.world.sim.now
            self._task.cancel()
            self._sending = False
            self._check_end()

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
            limit = self.plan.phases[phase].max_users
            if limit is not None and self.active >= limit:
                self.skipped_s.append(sim.now)
                continue
            self.launched += 1
            sim.spawn(self._user(user, sim.now), "user")
        end = starts(self.plan)[-1]
        if end > sim.now:
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

    def _variables(self, user: int) -> dict[str, Any]:
        plan = self.plan
        values: dict[str, Any] = {}
        for name, choices in plan.variables.items():
            values[name] = choices[int(self._u(f"variable:{name}", user) * len(choices))]
        if plan.rows:
            at_random = plan.order == "random" and len(plan.rows) > 1
            row = int(self._u("payload", user) * len(plan.rows)) if at_random else user % len(plan.rows)
            values.update(zip(plan.fields, plan.rows[row], strict=True))
        return values

    async def _user(self, user: int, launched_s: float) -> None:
        index = self._flow(user)
        failed = False
        self.at_work[user] = (index, launched_s)
        try:
            await self._steps(self.plan.flows[index].steps, user, [0], self._variables(user))
        except Failed:
            failed = True
        del self.at_work[user]
        self.users.append((user, index, launched_s, self.world.sim.now, failed))
        self.done += 1
        self._check_end()

    def _check_end(self) -> None:
        if not self._sending and self.done == self.launched and not self.finished.is_set:
            self.ended_s = self.world.sim.now
            self.finished.set()
            self.world.sim.stop()  # what is left, a run takes step by step, to end exactly when it has settled

    async def _steps(
        self, steps: tuple[Step, ...], user: int, position: list[int], values: dict[str, Any]
    ) -> None:
        for step in steps:
            if isinstance(step, Request):
                await self._request(step, user, position[0], values)
                position[0] += 1
            elif isinstance(step, Think):
                await sleep(step.seconds)
            elif isinstance(step, Loop):
                for _ in range(step.count):
                    await self._steps(step.steps, user, position, values)

    async def _request(self, step: Request, user: int, position: int, values: dict[str, Any]) -> None:
        sent = self._prepared.get(id(step))
        if sent is None:
            sent = self._prepare(step, values)
            if self._all_alike:
                self._prepared[id(step)] = sent
        number, answer = await self.send(sent, user, position)
        if answer is None:
            raise Failed
        for path, variable in step.captures:
            try:
                values[variable] = capture(answer.body, path)
            except LookupError:
                self.errors.setdefault(number, NO_CAPTURE)
                raise Failed from None

    def _prepare(self, step: Request, values: dict[str, Any]) -> HttpRequest:
        """Fill in what a request says."""
        plan = self.plan
        url = fill(step.url, values)
        if url.startswith("/"):
            url = fill(plan.target, values) + url
        headers = {key: fill(value, values) for key, value in (plan.headers | step.headers).items()}
        body = None if step.body is None else fill(step.body, values)
        if step.json is not None:
            body = self._bodies.get(id(step)) or json.dumps(fill_json(step.json, values))
            if not any(name.lower() == "content-type" for name in headers):
                headers["Content-Type"] = "application/json"
        return HttpRequest(step.method, url, headers, body)

    async def send(self, sent: HttpRequest, user: int, position: int) -> tuple[int, Answer | None]:
        """Send one request and record it; gives its number, and None for an answer that did not come in time."""
        world = self.world
        seed, recorder = world.settings.seed, world.recorder
        number, sent_s = self.sent, world.sim.now
        self.sent += 1
        self.waiting[number] = sent_s
        policy = world.sampling
        if has_tail(policy):
            recorder.hold(number)
        owner = request_owner(user, position)
        draws = Draws(seed, owner, kept=world.keeps(owner), blocks=world.blocks)
        exchange: Exchange | None = None
        if world.details is not None:
            exchange = Exchange(number, sent.method, sent.url, sent.headers, sent.body, sent_s)
            world.details.exchanges[number] = exchange
        answer: Answer | None = None
        if local_path(sent.url, world.settings.scenario.site.url) is None:
            self.errors[number] = "ENOTFOUND"
        else:
            answer = await self._answer(sent, number, draws)
            if answer is None:
                self.errors[number] = "ETIMEDOUT"
        latency, status, size = NOTHING, 0, 0
        if answer is not None:
            latency, status = world.sim.now - sent_s, answer.status
            size = len(answer.body) if answer.body.isascii() else len(answer.body.encode())
        del self.waiting[number]
        if exchange is not None and answer is not None:
            exchange.status, exchange.latency_s = status, latency
            exchange.answer, exchange.answer_headers = answer.body, answer.headers
        invocation, cold = recorder.met.pop(number, (-1, 0))
        kept = draws.kept
        if number in recorder.held:
            kept = kept and keeps_at_end(policy, latency, status == 0 or status >= 500)
            recorder.decide(number, kept=kept)
        recorder.requests.append(
            (number, user, position, sent_s, latency, status, invocation, cold, kept, size)
        )
        return number, answer

    async def _answer(self, sent: HttpRequest, number: int, draws: Draws) -> Answer | None:
        """Wait for the answer as long as the plan says; None where it did not come in time."""
        gateway, sim, limit_s = self.world.gateway, self.world.sim, self.plan.timeout_s
        way_s = gateway.way_s(draws)
        handling = gateway.handle(sent, number, draws, way_s)
        if 2.0 * way_s + gateway.settings.timeout_s < limit_s:
            return await handling  # the gateway will have given up before: no timer is needed
        task = sim.spawn(handling, "gateway")  # it goes on when its client has gone
        try:
            async with sim.deadline(limit_s):
                answer: Answer = await task
        except TimeoutError:
            return None
        return answer


def _requests(plan: Plan) -> Iterator[Request]:
    """All requests of a plan's flows."""

    def requests(steps: tuple[Step, ...]) -> Iterator[Request]:
        for step in steps:
            if isinstance(step, Request):
                yield step
            elif isinstance(step, Loop):
                yield from requests(step.steps)

    for flow in plan.flows:
        yield from requests(flow.steps)


def _constant(plan: Plan) -> Iterator[Request]:
    """The requests of a plan whose JSON body is the same for every user."""
    for step in _requests(plan):
        if step.json is not None and not any(VARIABLE.search(text) for text in texts(step.json)):
            yield step


def check_target(plan: Plan, site: str) -> None:
    """Check that a plan's target is the scenario's site, as far as it can be known. Raises UsageError."""
    values = {name: choices[0] for name, choices in plan.variables.items() if choices}
    if plan.rows:
        values.update(zip(plan.fields, plan.rows[0], strict=True))
    target = fill(plan.target, values)
    if local_path(target, site) is None:
        raise UsageError(f"{plan.name}: target `{target}` is not in the lab: it knows {site} alone")
