"""HTTP from one function to another. The callee runs as a process of its own; the caller only waits for its answer."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from simulator.errors import nearest
from simulator.system.guards import through
from simulator.traces import MARKS, invocation_key, passed_on

if TYPE_CHECKING:
    from simulator.system.context import Context
    from simulator.system.functions import Function
    from simulator.system.replies import Reply
    from simulator.system.world import World


class HttpResponse:
    """What came back: `status_code`, `text`, and `json()`, as HTTP libraries have them."""

    __slots__ = ("status_code", "text")

    def __init__(self, status_code: int, text: str) -> None:
        self.status_code = status_code
        self.text = text

    def json(self) -> Any:
        """Parse the body. Raises ValueError where it is no JSON."""
        return json.loads(self.text)


class HttpClient:
    """The other services as one invocation reaches them. A caller's timeout ends the waiting, never the callee."""

    __slots__ = ("_context", "_world")

    def __init__(self, world: World, context: Context) -> None:
        self._world = world
        self._context = context

    async def get(self, url: str) -> HttpResponse:
        """Send a GET."""
        return await self._send("GET", url, None)

    async def post(self, url: str, json: Any = None) -> HttpResponse:
        """Send a POST with a JSON body."""
        return await self._send("POST", url, json)

    async def _send(self, method: str, url: str, body: Any) -> HttpResponse:
        world, context = self._world, self._context
        host, path = _place(url)
        function = world.hosts.get(host)
        if function is None:
            raise ConnectionError(f"no such host: {host or url}{nearest(host, world.hosts)}")
        context.called(f"{method} {host}{path}")
        event: dict[str, Any] = {
            "httpMethod": method,
            "path": path,
            "headers": {"traceparent": passed_on(context.draws, self._key())},
            "requestContext": {},
            "body": None if body is None else json.dumps(body),
        }
        if function.call_guards:
            response: HttpResponse = await through(
                tuple(function.call_guards), context, lambda: self._exchange(function, dict(event))
            )
            return response
        return await self._exchange(function, event)

    def _key(self) -> int:
        """The span that calls: the innermost mark, or the invocation."""
        mark = self._context.mark.innermost()
        return invocation_key(self._context.invocation, MARKS + mark if mark >= 0 else 0)

    async def _exchange(self, function: Function, event: dict[str, Any]) -> HttpResponse:
        """Go there, have it answered, and come back."""
        context, name = self._context, function.name
        way = function.settings.link.ms_at(context.draws.u(f"link:{name}")) / 2000.0
        await context.pass_time(way)
        invocation = function.invoke(
            event, context.request, context.draws, parent=context.invocation, mark=context.mark.innermost()
        )
        reply: Reply = await self._world.sim.spawn(invocation, name)
        await context.pass_time(way)
        return HttpResponse(*reply.http())


@lru_cache(maxsize=1024)
def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.path or "/"
