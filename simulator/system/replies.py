"""How an invocation ends: a proxy response, or none; and what a gateway makes of it."""

from __future__ import annotations

from typing import Any

OK, FAILED, TIMED_OUT, THROTTLED = range(4)
OUTCOMES = ("ok", "error", "timeout", "throttled")


class Reply:
    """How an invocation ended: a proxy response, or none."""

    __slots__ = ("cold", "invocation", "outcome", "response")

    def __init__(self, outcome: int, response: dict[str, Any] | None, invocation: int, *, cold: bool) -> None:
        self.outcome = outcome
        self.response = response
        self.invocation = invocation
        self.cold = cold

    def http(self) -> tuple[int, str]:
        """Give the status and body that a gateway makes of it."""
        if self.outcome == OK and self.response is not None:
            return self.response["statusCode"], self.response.get("body") or ""
        status = 500 if self.outcome == THROTTLED else 502
        return status, '{"message": "Internal server error"}'


def is_error(response: dict[str, Any] | None) -> bool:
    """Tell whether a response is a server's error."""
    return response is not None and int(response["statusCode"]) >= 500


def check_response(response: Any) -> dict[str, Any]:
    """Check that a handler gave a proxy response: a dictionary with a statusCode. Raises TypeError otherwise."""
    if not isinstance(response, dict):
        raise TypeError(f"the handler returned {type(response).__name__}, not a response: return a dict with 'statusCode'")
    status = response.get("statusCode")
    if not isinstance(status, int) or isinstance(status, bool) or not 100 <= status <= 599:
        raise TypeError(f"'statusCode' must be a whole number from 100 to 599, not {status!r}")
    body = response.get("body")
    if body is not None and not isinstance(body, str):
        raise TypeError(f"'body' must be text, not {type(body).__name__}: json.dumps it")
    return response
