"""The API gateway: the way from the client and back, the authorizer (401), routes (403), 502 and 504."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.kernel import sleep, spawn, timeout

if TYPE_CHECKING:
    from simulator.randomness import Draws
    from simulator.settings import GatewaySettings, Site
    from simulator.system.replies import Reply
    from simulator.system.world import World

JSON_HEADERS = {"Content-Type": "application/json"}


class Answer:
    """What the gateway sends back, and the invocation it came from (-1: none)."""

    __slots__ = ("body", "cold", "headers", "invocation", "status")

    def __init__(self, status: int, body: str, headers: dict[str, str], invocation: int = -1, *, cold: bool = False) -> None:
        self.status = status
        self.body = body
        self.headers = headers
        self.invocation = invocation
        self.cold = cold


class Gateway:
    """The gateway of one world."""

    def __init__(self, world: World, settings: GatewaySettings, site: Site) -> None:
        self.world = world
        self.settings = settings
        self.site = site
        self._routes = {(route.method, route.path): route.function for route in settings.routes}

    async def handle(
        self, method: str, path: str, headers: dict[str, str], body: str | None, request: int, draws: Draws
    ) -> Answer:
        """Take one request from a client, all the way there and back."""
        way = self.settings.network.ms_at(draws.u("gateway:network")) / 2000.0
        await sleep(way)
        answer = await self._answer(method, path, headers, body, request, draws)
        await sleep(way)
        return answer

    async def _answer(
        self, method: str, path: str, headers: dict[str, str], body: str | None, request: int, draws: Draws
    ) -> Answer:
        function = self._routes.get((method, path))
        if function is None:
            return _message(403, "Missing Authentication Token")
        token = next((value for name, value in headers.items() if name.lower() == "authorization"), None)
        if token is None or token.strip() != self.site.token:
            return _message(401, "Unauthorized")
        event: dict[str, Any] = {
            "httpMethod": method,
            "path": path,
            "headers": headers,
            "requestContext": {"authorizer": {"claims": {"cognito:username": self.site.user}}},
            "body": body,
        }
        target = self.world.functions[function]
        task = await spawn(target.invoke(event, request, draws, -1), function)
        try:
            async with timeout(self.settings.timeout_s):
                reply: Reply = await task
        except TimeoutError:
            return _message(504, "Endpoint request timed out")
        status, text = reply.http()
        sent = (reply.response or {}).get("headers") or {} if reply.outcome == 0 else {}
        return Answer(status, text, {**JSON_HEADERS, **sent}, reply.invocation, cold=reply.cold)


def _message(status: int, text: str) -> Answer:
    return Answer(status, f'{{"message": "{text}"}}', JSON_HEADERS)
