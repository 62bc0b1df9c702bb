"""An httpx transport onto the lab's gateway, on the virtual clock: the lab's service as any HTTP client sees it.

with httpx.Client(transport=LabTransport(lab), base_url=lab.scenario.site.url) as client:
    client.post("/ride", headers={"Authorization": ...}, json={...})
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from simulator.lab import Lab
    from simulator.system.recorder import Exchange

A_DAY = 86_400.0


class LabTransport(httpx.BaseTransport):
    """Sends requests to a lab, and lets its time pass until each is answered.

    Raises httpx.ConnectError for another host than the scenario's, httpx.ReadTimeout where no answer comes.
    """

    def __init__(self, lab: Lab) -> None:
        self._lab = lab

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and wait, in virtual time, for its answer."""
        body = request.read().decode("utf-8", "replace")
        run = self._lab.request(request.method, str(request.url), dict(request.headers), body or None)
        sent_s, place = run.now_s, len(run.answers) - 1
        while (answer := run.answers[place]) is None:
            self._lab.advance(A_DAY, budget=1)
        if answer.error == "ENOTFOUND":
            raise httpx.ConnectError(f"no such host in the lab: {request.url.host}", request=request)
        if answer.error:
            raise httpx.ReadTimeout(f"no answer came: {answer.error}", request=request)
        return _response(answer.status, answer.headers or {}, answer.body, run.now_s - sent_s)


def request(exchange: Exchange) -> httpx.Request:
    """Give what a client sent as an httpx request."""
    return httpx.Request(exchange.method, exchange.url, headers=exchange.headers, content=exchange.body)


def response(exchange: Exchange) -> httpx.Response:
    """Give what a client got as an httpx response; `extensions` holds the latency in virtual seconds."""
    return _response(exchange.status, exchange.answer_headers, exchange.answer, exchange.latency_s)


def _response(status: int, headers: dict[str, str], text: str, latency_s: float) -> httpx.Response:
    extensions = {"http_version": b"HTTP/1.1", "latency_s": latency_s}
    return httpx.Response(status, headers=headers, text=text, extensions=extensions)


def as_text(message: httpx.Request | httpx.Response) -> str:
    """Give a request or response as it goes over the wire, its JSON body indented."""
    if isinstance(message, httpx.Request):
        first = f"{message.method} {message.url.raw_path.decode()} HTTP/1.1"
    else:
        first = f"HTTP/1.1 {message.status_code} {message.reason_phrase}"
    lines = [first, *(f"{name}: {value}" for name, value in message.headers.items())]
    content = message.content.decode("utf-8", "replace")
    if content.startswith(("{", "[")):
        with suppress(ValueError):  # no JSON after all: shown as it came
            content = json.dumps(json.loads(content), indent=2)
    return "\n".join([*lines, "", content]) if content else "\n".join(lines)
