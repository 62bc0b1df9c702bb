"""A run to take along: every request as a row, as JSON with settings and figures, or as CSV for a spreadsheet.

Times are in ms or s, rounded to 0.001 ms; what has no number is null or empty. The same run gives the same bytes.
What only the lab knows stays out: faults, and the invocations of functions that no agent watches.
"""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from simulator.monitoring import state_of
from simulator.run_settings import DeployChange, RequestChange, RuleChange, SamplingChange, StopChange
from simulator.run_summary import as_json
from simulator.sampling import as_policy, describe_sampling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.run_data import RunData
    from simulator.run_settings import Change

COLUMNS = (
    "number", "user", "sent_s", "latency_ms", "status", "error", "cold_start", "bytes", "invocation", "duration_ms",
)  # fmt: skip
COLD = ("none", "own", "callee", "both")
"""In whose container's start a request waited: its own function's, that of one further down, or both."""


def as_json_with_requests(data: RunData) -> str:
    """Give a run as one JSON object: what `ridelab run --format json` prints, `settings`, and `rows`, one a request."""
    result: dict[str, Any] = msgspec.json.decode(as_json(data))
    result["settings"] = _settings(data)
    result["rows"] = [dict(zip(COLUMNS, row, strict=True)) for row in rows(data)]
    return msgspec.json.format(msgspec.json.encode(result), indent=2).decode() + "\n"


def as_csv(data: RunData) -> str:
    """Give the requests of a run as CSV: a line of names, then a line for each in the order of sending."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(["" if value is None else value for value in row] for row in rows(data))
    return text.getvalue()


def rows(data: RunData) -> Iterator[tuple[Any, ...]]:
    """Give the requests that ended, in the order of sending, as values of `COLUMNS`; None where there is none."""
    table = data.requests
    durations = _durations(data)
    for number, user, sent, latency, status, cold, size, invocation in zip(
        *(
            table[name].tolist()
            for name in ("number", "user", "sent_s", "latency_s", "status", "cold", "bytes", "invocation")
        ),
        strict=True,
    ):
        duration = durations.get(invocation)
        yield (
            number,
            user,
            round(sent, 6),
            _ms(latency),
            status or None,
            data.errors.get(number),
            COLD[cold],
            size,
            invocation if duration is not None else None,
            _ms(duration) if duration is not None else None,
        )


def _durations(data: RunData) -> dict[int, float]:
    """Give the duration of each invocation behind the gateway that an agent reports: number -> seconds."""
    if not data.watched(data.front):
        return {}
    calls = data.of_service(data.front)
    return dict(zip(calls["number"].tolist(), np.asarray(calls["duration_s"]).tolist(), strict=True))


def _ms(seconds: float) -> float | None:
    return None if math.isnan(seconds) else round(seconds * 1000.0, 3)


def _settings(data: RunData) -> dict[str, Any]:
    """Give what a learner has chosen for a run, and changed while it went on."""
    made = data.settings
    token = made.scenario.monitoring.token
    return {
        "plan": made.plan.name,
        "start": made.start,
        "monitoring": {name: state_of(made.tokens.get(name), token) for name in made.scenario.functions},
        "sampling": describe_sampling(as_policy(made.sampling)),
        "rules": [rule.name for rule in made.rules],
        "changes": [
            {"at_s": round(change.at_s, 6), "what": what}
            for change in made.changes
            if (what := _what(change))
        ],
        "ended_s": None if data.ended_s is None else round(data.ended_s, 6),
    }


def _what(change: Change) -> str:
    match change:
        case DeployChange():
            return f"deploy {change.version.ref}"
        case SamplingChange():
            return f"sampling: {describe_sampling(as_policy(change.rate))}"
        case RuleChange():
            return f"rule {change.rule.name}"
        case RequestChange():
            return f"request {change.method} {change.url}"
        case StopChange():
            return "stop"
        case _:  # a fault: what it is, is for the learner to find
            return ""
