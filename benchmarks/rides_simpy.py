"""The module's traced ride as somebody would build it on SimPy: the same handlers, doing the same, on its events.

The handlers are the very versions that ridelab runs, with their JSON, identifiers and draws; around them stand a
gateway with its way and its time limit, functions with containers, cold starts and a time limit, the agent's report,
marks with their cost, and the same columns. What ridelab has beside that - versions that change, faults, logs, what
was never awaited - it leaves out.
"""

from __future__ import annotations

import json
import types
from typing import Any

import simpy

from simulator import load_scenario
from simulator.columns import Table
from simulator.deploying import load, read_version
from simulator.randomness import Blocks, Draws, randint, request_owner
from simulator.system.modules import Sandbox, own_modules
from simulator.system.recorder import INVOCATIONS, REQUESTS, SPANS
from simulator.system.rides import serialize
from simulator.traces import MARKS, REQUEST, invocation_key, passed_on

BODY = '{"PickupLocation": {"Latitude": 42.35250862285574, "Longitude": -71.05289904884849}}'


@types.coroutine
def wait(event):
    return (yield event)


class Mark:
    def __init__(self, context, name):
        self.context, self.name = context, name

    def __enter__(self):
        self.context.open(self.name)

    def __exit__(self, *_):
        self.context.close()


class Marks:
    def __init__(self, context):
        self.context = context

    def __call__(self, name):
        return Mark(self.context, name)

    def start(self, name):
        self.context.open(name)

    def end(self, _name):
        self.context.close()


class Response:
    def __init__(self, reply):
        self.status_code, self.text = reply["statusCode"], reply["body"]

    def json(self):
        return json.loads(self.text)


class Context:
    """What the handler is given: marks, clients, and the debt of what it has computed."""

    def __init__(self, model, draws, number, request, mark_s, share):  # noqa: PLR0917
        self.model, self.draws, self.number, self.request = model, draws, number, request
        self.mark_s, self.share, self.debt, self.cpu_s = mark_s / 2, share, 0.0, 0.0
        self.rows, self.stack, self.recorded = [], [], None
        self.mark = Marks(self)
        self.fleet = self.rides = self.http = self

    def clock(self):
        return self.model.env.now + self.debt

    def pay(self, seconds):
        self.cpu_s += seconds
        self.debt += seconds / self.share

    def open(self, name):
        self.pay(self.mark_s)
        row = len(self.rows)
        self.rows.append([name, self.stack[-1] if self.stack else -1, self.clock(), 0.0])
        self.stack.append(row)

    def close(self):
        self.rows[self.stack.pop()][3] = self.clock()
        self.pay(self.mark_s)

    async def pass_time(self, seconds):
        debt, self.debt = self.debt, 0.0
        await wait(self.model.env.timeout(debt + seconds))

    async def find_unicorn(self, _place):
        unicorns = self.model.unicorns
        return dict(unicorns[randint(self.draws.u("fleet:unicorn"), 0, len(unicorns) - 1)])

    async def post(self, _url, json: Any = None):
        promo = self.model.functions["promo-discount"]
        key = invocation_key(self.number, MARKS + self.stack[-1])
        event = {
            "httpMethod": "POST",
            "path": "/discount",
            "headers": {"traceparent": passed_on(self.draws, key)},
            "requestContext": {},
            "body": dumps(json),
        }
        way = promo.settings.link.ms_at(self.draws.u("link:promo-discount")) / 2000.0
        await self.pass_time(way)
        reply = await wait(self.model.env.process(promo.invoke(event, self.request, self.draws, self.number)))
        await self.pass_time(way)
        return Response(reply)

    async def put_item(self, item):
        table = self.model.scenario.rides_table
        self.pay(table.client_cpu_ms / 1000.0)
        serialize(item)
        await self.pass_time(table.latency.ms_at(self.draws.u("rides:latency")) / 1000.0)


dumps = json.dumps


class Function:
    """A function with its pool of containers."""

    def __init__(self, model, name, version, *, watched):
        self.model, self.name, self.watched = model, name, watched
        self.settings = model.scenario.functions[name]
        self.version = read_version(f"{name}@{version}")
        self.share = self.settings.memory_mb / 1769
        self.idle, self.started = [], 0

    async def invoke(self, event, request, draws, parent):
        model = self.model
        env, monitoring = model.env, model.scenario.monitoring
        number, asked = model.number(), env.now
        if self.idle and asked - self.idle[-1][2] <= self.settings.keep_alive_s:
            index, (box, handler), _ = self.idle.pop()
            cold = 0.0
        else:
            box = Sandbox(self.name)
            handler, index = load(self.version, own_modules(box)), self.started
            self.started += 1
            cold = (
                self.settings.cold_start.ms_at(Draws(1, 1 << 60 | index).u(f"cold-start:{self.name}")) / 1000
            )
            await wait(env.timeout(cold))
        mark_s = monitoring.mark_us / 1e6 if self.watched else 0.0
        context = box.context = Context(model, draws, number, request, mark_s, self.share)
        started = env.now
        running, limit = (
            env.process(self.answer(handler, event, context)),
            env.timeout(self.settings.timeout_s),
        )
        await wait(running | limit)
        response = running.value if running.triggered else {"statusCode": 502, "body": ""}
        ended, report = env.now, 0.0
        if self.watched:
            report = monitoring.report.ms_at(draws.u(f"agent:report:{self.name}")) / 1000.0
            await wait(env.timeout(report))
        model.invocations.append((
            number, request, parent, -1, 0, 0, index, asked, started, ended - started, report, context.cpu_s, 1.0,
            self.settings.baseline_mb, 0, response["statusCode"], 0, len(context.rows), 1,
        ))  # fmt: skip
        for name, above, start, end in context.rows:
            model.spans.append((number, model.name(name), above, start, end, 0))
        self.idle.append((index, (box, handler), env.now))
        return response

    async def answer(self, handler, event, context):
        try:
            response = await handler(event, context)
        except TypeError:  # the table refused a float
            response = {"statusCode": 502, "body": ""}
        if context.debt:
            await context.pass_time(0.0)
        return response


class Model:
    """The whole service, its load and its columns."""

    def __init__(self, rides, rate):
        self.env = simpy.Environment()
        self.scenario = load_scenario("module-4")
        self.unicorns = [
            {"Name": u.name, "Color": u.color, "Gender": u.gender} for u in self.scenario.fleet.unicorns
        ]
        self.requests, self.invocations, self.spans = Table(REQUESTS), Table(INVOCATIONS), Table(SPANS)
        self.functions = {
            "request-ride": Function(self, "request-ride", "traced", watched=True),
            "promo-discount": Function(self, "promo-discount", "launch", watched=False),
        }
        self.blocks, self.names, self.numbers = Blocks(1), {"": 0}, 0
        self.env.process(self.source(rides, rate))

    def number(self):
        self.numbers += 1
        return self.numbers

    def name(self, text):
        return self.names.setdefault(text, len(self.names))

    async def source(self, rides, rate):
        for user in range(rides):
            await wait(self.env.timeout(1 / rate))
            self.env.process(self.ride(user))

    async def ride(self, user):
        env, site = self.env, self.scenario.site
        sent, owner = env.now, request_owner(user, 0)
        draws = Draws(1, owner, blocks=self.blocks)
        headers = {"Authorization": site.token, "Content-Type": "application/json"}
        way = self.scenario.gateway.network.ms_at(draws.u("gateway:network")) / 2000.0
        await wait(env.timeout(way))
        event = {
            "httpMethod": "POST",
            "path": "/ride",
            "headers": headers | {"traceparent": passed_on(draws, REQUEST)},
            "requestContext": {"authorizer": {"claims": {"cognito:username": site.user}}},
            "body": BODY,
        }
        called = env.process(self.functions["request-ride"].invoke(event, user, draws, -1))
        await wait(called | env.timeout(self.scenario.gateway.timeout_s))
        reply = called.value if called.triggered else {"statusCode": 504, "body": ""}
        await wait(env.timeout(way))
        self.requests.append(
            (user, user, 0, sent, env.now - sent, reply["statusCode"], 0, 0, 1, len(reply["body"]))
        )


def with_simpy_in_full(rides: int, rate: float = 100.0) -> Model:
    """Run it; gives the model with its columns."""
    model = Model(rides, rate)
    model.env.run()
    return model
