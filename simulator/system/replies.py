"""How an invocation ends: a proxy response, or none; and what a gateway makes of it."""

from __future__ import annotations

from typing import Any

OK, FAILED, TIMED_OUT, THROTTLED = range(4)
OUTCOMES = ("ok", "error", "timeout", "throttled")


class Reply:
    """How an invocation ended: a proxy response, or none."""

    __slots__ = ("outcome", "response")

    def __init__(self, outcome: int, response: dict[str, Any] | None) -> None:
        self.outcome = outcome
        self.response = response

    def http(self) -> tuple[int, str]:
        """Give the status and body that a gateway makes of it."""
        if self.response is not None:
            return self.response["statusCode"], self.response.get("body") or ""
        status = 500 if self.outcome == THROTTLED else 502
        return status, '{"message": "Internal server error"}'

    def headers(self) -> dict[str, str]:
        """Give the headers of the response, as text."""
        given = self.response.get("headers") if self.response is not None else None
        return {name: str(value) for name, value in given.items()} if given else {}


def is_error(response: dict[str, Any] | None) -> bool:
    """Tell whether a response is a server's error."""
    return response is not None and int(response["statusCode"]) >= 500


def check_response(response: Any) -> dict[str, Any]:
    """Check that a handler gave a proxy response: a dictionary with a statusCode.

    Raises TypeError otherwise, UnicodeEncodeError for a body that cannot be sent.
    """
    if not isinstance(response, dict):
        given = type(response).__name__
        raise TypeError(f"the handler returned {given}, not a response: return a dict with 'statusCode'")
    status = response.get("statusCode")
    if not isinstance(status, int) or isinstance(status, bool) or not 100 <= status <= 599:
        raise TypeError(f"'statusCode' must be a whole number from 100 to 599, not {status!r}")
    body = response.get("body")
    if body is not None:
        if not isinstance(body, str):
            raise TypeError(f"'body' must be text, not {type(body).__name__}: json.dumps it")
        if not body.isascii():
            body.encode()
    headers = response.get("headers")
    if headers is not None and not (isinstance(headers, dict) and all(map(_is_header, headers.items()))):
        raise TypeError("'headers' must be a dict of names to texts or numbers, in plain ASCII")
    return response


def _is_header(pair: tuple[Any, Any]) -> bool:
    name, value = pair
    if not (isinstance(name, str) and isinstance(value, str | int | float)):
        return False
    text = f"{name}{value}"
    return text.isascii() and text.isprintable()
