"""Words that stand for an invocation or a request which only a run can tell: `slowest`, `failed`, `coldest` ..."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.errors import UsageError

if TYPE_CHECKING:
    from lessons.actions import Number
    from simulator.columns import Column
    from simulator.run_data import RunData


def pick(data: RunData, number: Number, *, requests: bool = False) -> int:
    """Turn a word such as `slowest` into the number of an invocation of the front function, or of a request.

    Raises UsageError where the run has no such thing.
    """
    if isinstance(number, int):
        table = data.requests if requests else data.invocations
        if number not in table["number"]:
            raise UsageError(f"there is no {'request' if requests else 'invocation'} {number} in this run")
        return number
    if number in {"slowest-callee", "next-slowest-callee"} and not requests:
        return _slow_callee(data, 1 if number == "slowest-callee" else 2)
    if number == "failed-callee" and not requests:
        return _failed_callee(data)
    table = data.requests if requests else data.of_service(data.front)
    time = table["latency_s"] if requests else table["duration_s"]
    failed = table["status"] >= 500 if requests else (table["outcome"] > 0) | (table["status"] >= 500)
    chosen: int | None = None
    if len(time):
        order = np.argsort(time, kind="stable")
        match number:
            case "slowest":
                chosen = int(order[-1])
            case "fastest":
                chosen = int(order[0])
            case "failed" if failed.any():
                chosen = int(np.flatnonzero(failed)[0])
            case "coldest" if not requests and (table["cold_s"] > 0).any():
                chosen = int(np.argmax(table["cold_s"]))
            case "slow-promo-cold" | "typical-slow" if not requests:
                chosen = _slow(data, table, cold=number == "slow-promo-cold")
            case _:
                pass
    if chosen is None:
        raise UsageError(f"this run has no such {'request' if requests else 'invocation'} ({number})")
    return int(table["number"][chosen])


def _slow_callee(data: RunData, place: int) -> int:
    """The longest, or second longest, invocation of a function that another function called, and that began warm."""
    calls = data.invocations
    inner = np.flatnonzero((calls["parent"] >= 0) & (calls["cold_s"] == 0))
    if len(inner) < place:
        raise UsageError(f"this run has no such invocation ({'next-' * (place - 1)}slowest-callee)")
    return int(calls["number"][inner[np.argsort(-calls["duration_s"][inner], kind="stable")[place - 1]]])


def _failed_callee(data: RunData) -> int:
    """The first invocation that was called by one that failed."""
    calls = data.invocations
    failed = calls["number"][calls["outcome"] > 0]
    inner = calls["number"][np.isin(calls["parent"], failed)]
    if not len(inner):
        raise UsageError("this run has no such invocation (failed-callee)")
    return int(inner[0])


def _slow(data: RunData, table: dict[str, Column], *, cold: bool) -> int | None:
    """The first slow invocation that waited, or did not wait, for a cold start further down."""
    calls = data.invocations
    waited = set(calls["parent"][(calls["parent"] >= 0) & (calls["cold_s"] > 0)].tolist())
    for i, (number, duration) in enumerate(
        zip(table["number"].tolist(), table["duration_s"].tolist(), strict=True)
    ):
        if duration > 1.0 and (number in waited) == cold:
            return i
    return None
