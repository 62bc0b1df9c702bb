"""The API gateway: the way from the client and back, the authorizer (401), routes (403), 502 and 504."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from simulator.kernel import sleep
from simulator.traces import REQUEST, passed_on

if TYPE_CHECKING:
    from simulator.randomness import Draws
    from simulator.system.replies import Reply
    from simulator.system.world import World

Check = Callable[[str, "Draws", dict[str, str]], Awaitable[None]]  # (function, draws, claims)

JSON_HEADERS = {"Content-Type": "application/json"}
PORTS = {"http": 80, "https": 443}


class HttpRequest:
    """What a client sends; `checked` is what the gateway found of it: function, route, whether it may."""

    __slots__ = ("body", "checked", "headers", "method", "url")

    def __init__(self, method: str, url: str, headers: dict[str, str], body: str | None) -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.checked: tuple[str, str, bool] | None = None


class Answer:
    """What the gateway sends back: its own words, or a function's reply."""

    __slots__ = ("_reply", "body", "status")

    def __init__(self, status: int, body: str, reply: Reply | None = None) -> None:
        self.status = status
        self.body = body
        self._reply = reply

    @property
    def headers(self) -> dict[str, str]:
        """The headers, as text."""
        return JSON_HEADERS | self._reply.headers() if self._reply is not None else dict(JSON_HEADERS)


class Gateway:
    """The gateway of one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.settings = world.settings.scenario.gateway
        self.site = site = world.settings.scenario.site
        self.checks: list[Check] = []  # what the authorizer does besides
        stage = urlsplit(site.url).path.rstrip("/")
        self._routes: dict[tuple[str, str], tuple[str, str]] = {
            (route.method, stage + route.path): (route.function, route.path) for route in self.settings.routes
        }

    def way_s(self, draws: Draws) -> float:
        """Draw how long a request is under way to the gateway, and its answer back: seconds, each."""
        return self.settings.network.ms_at(draws.u("gateway:network")) / 2000.0

    async def handle(self, sent: HttpRequest, number: int, draws: Draws, way_s: float) -> Answer:
        """Take one request from a client, all the way there and back."""
        await sleep(way_s)
        answer = await self._answer(sent, number, draws)
        await sleep(way_s)
        return answer

    async def _answer(self, sent: HttpRequest, number: int, draws: Draws) -> Answer:
        if sent.checked is None:
            path = local_path(sent.url, self.site.url)
            name, route = self._routes.get((sent.method, path or ""), ("", ""))
            sent.checked = (name, route, self._token(sent.headers) == self.site.token)
        name, route, authorized = sent.checked
        if not name:
            return _message(403, "Missing Authentication Token")
        if not authorized:
            return _message(401, "Unauthorized")
        claims = {"cognito:username": self.site.user}
        for check in tuple(self.checks):
            await check(name, draws, claims)
        event: dict[str, Any] = {
            "httpMethod": sent.method,
            "path": route,
            "headers": sent.headers | {"traceparent": passed_on(draws, REQUEST)},
            "requestContext": {"authorizer": {"claims": claims}},
            "body": sent.body,
        }
        task = self.world.sim.spawn(self.world.functions[name].invoke(event, number, draws), name)
        try:
            async with self.world.sim.deadline(self.settings.timeout_s):
                reply: Reply = await task
        except TimeoutError:
            return _message(504, "Endpoint request timed out")
        status, text = reply.http()
        return Answer(status, text, reply)

    def _token(self, headers: dict[str, str]) -> str | None:
        for name, value in headers.items():
            if name.lower() == "authorization":
                return value.strip()
        return None


def _message(status: int, text: str) -> Answer:
    return Answer(status, f'{{"message": "{text}"}}')


@lru_cache(maxsize=1024)
def local_path(url: str, site: str) -> str | None:
    """Give the path of a URL on the site's host, or None where it lies elsewhere (the lab has one host)."""
    try:
        given, own = urlsplit(url), urlsplit(site)
        ports = [part.port or PORTS.get(part.scheme, 0) for part in (given, own)]
    except ValueError:  # no URL at all
        return None
    if (given.scheme, given.hostname) != (own.scheme, own.hostname) or ports[0] != ports[1]:
        return None
    return given.path or "/"
