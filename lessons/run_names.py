"""The published names of a run and of a pair of runs: each with a line of explanation and how it is computed.

Times are seconds, shares run from 0 to 1. What cannot be told is `Unknown`, with its reason.
"""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from lessons.expressions import Unknown
from lessons.waits import waits, waits_under
from simulator.compare import slow_against_fast
from simulator.marking import MarkError
from simulator.metrics import needed_samples, percentile, summary
from simulator.topology import topology

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.compare import BeforeAgainstAfter, Difference, SpanDifference
    from simulator.run_data import RunData

CALLEE_SLOW_S = 0.5
"""A called function that works for longer takes its time; a healthy one of the module's takes a few milliseconds."""


def _groups(data: RunData) -> Any:
    return slow_against_fast(data, 1.0)


def _fast_most(data: RunData) -> object:
    duration = data.of_service(data.front)["duration_s"]
    fast = duration[duration <= 1.0]
    return percentile(fast, 0.9) if len(fast) else Unknown("this run has no fast invocation")


def _slowest_cold(data: RunData) -> object:
    latency = data.requests["latency_s"]
    return (
        bool(data.requests["cold"][int(np.nanargmax(latency))] & 1)
        if len(data.latencies_s)
        else Unknown("no request was answered")
    )


def _known(value: float) -> object:
    return value if not isnan(value) else Unknown("this run has no such invocation")


def _share(slow: int, fast: int) -> object:
    return slow / (slow + fast) if slow + fast else Unknown("this run has no invocation")


def _tail(data: RunData, p: float) -> object:
    needed, n = needed_samples(p), len(data.latencies_s)
    if n < needed:
        return Unknown(f"p{p * 100:.0f} needs {needed} requests, this run has {n}")
    return percentile(data.latencies_s, p)


def _matching(data: RunData) -> object:
    rule = data.alerts[0].rule if data.alerts else next(iter(data.settings.rules), None)
    return len(data.matching(rule)) if rule is not None else Unknown("there is no alert rule")


def _alert_at(data: RunData) -> object:
    return data.alerts[0].at_s if data.alerts else Unknown("no alert fired in this run")


def _marks(data: RunData) -> object:
    marks = data.of_service(data.front)["marks"]
    return float(marks.mean()) if len(marks) else Unknown("this run has no invocation")


def _unmarked(data: RunData) -> SpanDifference | Unknown:
    """What no innermost mark covers, in slow invocations against fast ones."""
    groups = _groups(data)
    rows: list[SpanDifference] = [row for row in groups.spans if row.name == "unmarked"]
    if not rows or not groups.slow or not len(data.marks["name"]):
        return Unknown("no slow invocation was traced")
    return rows[0]


def _unmarked_share(data: RunData) -> object:
    row = _unmarked(data)
    return row if isinstance(row, Unknown) else row.slow_s / _groups(data).slow_median_s


def _unmarked_time(data: RunData, what: str) -> object:
    row = _unmarked(data)
    return row if isinstance(row, Unknown) else _known(getattr(row, what))


def _covered_share(data: RunData) -> object:
    row = _unmarked(data)
    return row if isinstance(row, Unknown) else _known(1.0 - row.share)


def _top(data: RunData, what: str) -> object:
    rows = [row for row in _groups(data).spans if not isnan(row.share) and row.name != "unmarked"]
    if not rows or not len(data.marks["name"]):
        return Unknown("no slow invocation was traced")
    best = max(rows, key=lambda row: (row.share > 0.5, row.depth, row.share))
    return getattr(best, what)


def _source(data: RunData) -> str:
    """The source of the front function with which the run ended."""
    return [version.source for version in data.versions if version.service == data.front][-1]


def _waits(data: RunData) -> object:
    try:
        return waits(_source(data))
    except MarkError as error:
        return Unknown(str(error))


def _top_waits(data: RunData) -> object:
    name = _top(data, "name")
    try:
        return waits_under(_source(data), str(name)) if not isinstance(name, Unknown) else name
    except MarkError as error:
        return Unknown(str(error))


def _calls(data: RunData) -> object:
    rides = len(data.of_service(data.front)["number"])
    called = int((data.invocations["parent"] >= 0).sum())
    return called / rides if rides else Unknown("this run has no invocation")


def _callee_slow(data: RunData) -> object:
    """Of the functions that the front function calls; their cold starts are not counted."""
    inner = data.invocations["duration_s"][data.invocations["parent"] >= 0]
    return (
        float((inner > CALLEE_SLOW_S).mean()) if len(inner) else Unknown("this run called no other service")
    )


def _callee_containers(data: RunData, over_s: float) -> int:
    """How many containers of other functions served calls that took longer than `over_s`."""
    calls = data.invocations
    chosen = (calls["parent"] >= 0) & (calls["duration_s"] > over_s)
    return len(set(zip(calls["service"][chosen].tolist(), calls["container"][chosen].tolist(), strict=True)))


def _most_cpu(data: RunData) -> object:
    cpu = data.of_service(data.front)["cpu_s"]
    return float(cpu.max()) if len(cpu) else Unknown("this run has no invocation")


def _over_unseen(data: RunData) -> int:
    """Requests over a second on the client's clock only: no invocation of the front function took as long."""
    rides = data.of_service(data.front)
    seen = rides["request"][rides["duration_s"] > 1.0]
    over = data.requests["number"][data.requests["latency_s"] > 1.0]
    return int((~np.isin(over, seen)).sum())


def _given_up(data: RunData) -> int:
    """A call that is still at work when its caller has ended was given up; there may be more that nobody sees."""
    calls = data.invocations
    end = calls["start_s"] + calls["duration_s"]
    called = calls["parent"] >= 0
    caller = np.searchsorted(calls["number"], calls["parent"][called])
    return int((end[called] > end[caller]).sum())


def _arrows_known(data: RunData) -> int:
    return sum(edge.figures is not None for edge in topology(data).edges)


def _of(pair: BeforeAgainstAfter, name: str) -> Difference:
    return next(one for one in pair.everybody if one.name == name)


def _bound(difference: Difference, end: str) -> object:
    value = getattr(difference, end)
    return value if value is not None else Unknown(difference.reason)


def _errors(data: RunData) -> list[str]:
    """The types of the exceptions that ended invocations of the front function, the most frequent first."""
    error = data.of_service(data.front)["error"]
    found, counts = np.unique(error[error > 0], return_counts=True)
    return [data.names[int(found[i])] for i in np.argsort(-counts, kind="stable")]


def _median_duration(data: RunData, *, failed: bool) -> object:
    rides = data.of_service(data.front)
    those = rides["duration_s"][(rides["outcome"] > 0) == failed]
    return float(np.median(those)) if len(those) else Unknown("this run has no such invocation")


RUN: dict[str, tuple[str, Callable[[RunData], Any]]] = {
    "n": ("requests sent", lambda d: d.sent),
    "min": ("shortest latency", lambda d: summary(d.latencies_s).min),
    "median": ("median latency", lambda d: summary(d.latencies_s).median),
    "mean": ("mean latency", lambda d: summary(d.latencies_s).mean),
    "p95": ("95th percentile", lambda d: _tail(d, 0.95)),
    "p99": ("99th percentile", lambda d: _tail(d, 0.99)),
    "p99_shown": ("p99 as any tool prints it, however few the requests", lambda d: percentile(d.latencies_s, 0.99)),
    "max": ("longest latency", lambda d: summary(d.latencies_s).max),
    "second": ("second longest latency", lambda d: float(sorted(d.latencies_s)[-2])),
    "x57": ("the 57th latency when they stand in line, of 60", lambda d: float(sorted(d.latencies_s)[56])),
    "warm_n": ("requests that met no cold start", lambda d: len(d.warm_latencies_s)),
    "warm_median": ("median of those that met no cold start", lambda d: summary(d.warm_latencies_s).median),
    "warm_max": ("longest of those that met no cold start", lambda d: summary(d.warm_latencies_s).max),
    "warm_p95": ("p95 of those that met no cold start", lambda d: percentile(d.warm_latencies_s, 0.95)),
    "cold_requests": ("requests that met a cold start", lambda d: len(d.latencies_s) - len(d.warm_latencies_s)),
    "cold_starts": ("cold starts of the ride function", lambda d: d.cold_starts()[d.front]),
    "ok": ("answers with 201", lambda d: d.codes.get(201, 0)),
    "failed": ("answers with 502", lambda d: d.codes.get(502, 0)),
    "errors": ("types of the errors that rides failed with, the most frequent first", _errors),
    "failed_median": ("median duration of the rides that failed", lambda d: _median_duration(d, failed=True)),
    "ok_median": ("median duration of the rides that did not", lambda d: _median_duration(d, failed=False)),
    "unauthorized": ("answers with 401", lambda d: d.codes.get(401, 0)),
    "slow": ("watched invocations over a second", lambda d: _groups(d).slow),
    "fast": ("watched invocations of at most a second", lambda d: _groups(d).fast),
    "slow_share": ("share of invocations over a second", lambda d: _share(_groups(d).slow, _groups(d).fast)),
    "slow_median": ("median duration of the slow invocations", lambda d: _known(_groups(d).slow_median_s)),
    "fast_median": ("median duration of the fast invocations", lambda d: _known(_groups(d).fast_median_s)),
    "difference": ("slow median less fast median", lambda d: _known(_groups(d).difference_s)),
    "gap_low": ("longest of the fast invocations", lambda d: _known(_groups(d).gap_s[0])),
    "gap_high": ("shortest of the slow invocations", lambda d: _known(_groups(d).gap_s[1])),
    "longest": ("longest invocation of the ride function", lambda d: float(d.of_service(d.front)["duration_s"].max())),
    "slow_cold": ("slow invocations with a cold start of their own", lambda d: _groups(d).attributes[0].slow),
    "fast_cold": ("fast invocations with a cold start of their own", lambda d: _groups(d).attributes[0].fast),
    "slow_errors": ("slow invocations that failed", lambda d: _groups(d).attributes[1].slow),
    "fast_errors": ("fast invocations that failed", lambda d: _groups(d).attributes[1].fast),
    "slow_cpu": ("median processor time of the slow invocations", lambda d: _groups(d).cpu_slow_s),
    "fast_cpu": ("median processor time of the fast invocations", lambda d: _groups(d).cpu_fast_s),
    "fast_most": ("what nine of ten fast invocations took at most", _fast_most),
    "slowest_cold": ("whether the slowest request waited for the ride function's container", _slowest_cold),
    "over": ("requests over a second, on the client's clock", lambda d: int((d.latencies_s > 1.0).sum())),
    "over_warm": ("of those, the ones that met no cold start", lambda d: int((d.warm_latencies_s > 1.0).sum())),
    "alerts": ("alerts that fired", lambda d: len(d.alerts)),
    "matching": ("invocations that match the alert's rule", _matching),
    "alert_at": ("when the alert fired, in seconds", _alert_at),
    "seed": ("the seed: which requests were sent", lambda d: d.settings.seed),
    "start": ("start state: cold or warm", lambda d: d.settings.start),
    "plan": ("name of the load plan", lambda d: d.settings.plan.name),
    "ride": ("version of request-ride", lambda d: d.refs["request-ride"]),
    "promo": ("version of promo-discount", lambda d: d.refs["promo-discount"]),
    "marks": ("marks per invocation of the ride function", _marks),
    "unmarked_share": ("share of the slow invocations' time that no innermost mark covers", _unmarked_share),
    "unmarked_slow": ("what no innermost mark covers of a slow invocation", lambda d: _unmarked_time(d, "slow_s")),
    "unmarked_fast": ("what no innermost mark covers of a fast invocation", lambda d: _unmarked_time(d, "fast_s")),
    "covered_share": ("share of the difference between slow and fast that lies under innermost marks", _covered_share),
    "top_span": ("the innermost mark that explains most of the difference", lambda d: _top(d, "name")),
    "top_share": ("share of the difference that it explains", lambda d: _top(d, "share")),
    "top_waits": ("how many of the ride function's waits lie under it", _top_waits),
    "waits": ("how many waits the ride function has, those in its own functions counted", _waits),
    "calls": ("calls of other functions per invocation of the ride function", _calls),
    "callee_slow": ("share of those calls in which the other function worked for over half a second", _callee_slow),
    "arrows": ("arrows on the map", lambda d: len(topology(d).edges)),
    "arrows_known": ("of those, the ones of which anybody measures anything", _arrows_known),
    "callee_containers": ("containers of the called function that served calls", lambda d: _callee_containers(d, -1.0)),
    "callee_slow_in": (
        "in how many of these a call took over half a second", lambda d: _callee_containers(d, CALLEE_SLOW_S)
    ),
    "most_cpu": ("the most processor time that one invocation of the ride function took", _most_cpu),
    "over_unseen": ("requests over a second whose invocation took at most a second", _over_unseen),
    "given_up": ("calls that were still at work when their caller had ended: given up for certain", _given_up),
}  # fmt: skip

PAIR: dict[str, tuple[str, Callable[[BeforeAgainstAfter], Any]]] = {
    "equal": ("same seed, load and start", lambda c: not c.unequal),
    "n": ("requests in the smaller run", lambda c: min(c.n_before, c.n_after)),
    "min_change": ("change of the shortest latency", lambda c: _of(c, "min").change_s),
    "p50_change": ("change of the median", lambda c: _of(c, "p50").change_s),
    "p50_verdict": ("faster, slower, no difference seen or cannot tell", lambda c: _of(c, "p50").verdict),
    "p50_low": ("lower end of the 95 % interval of the median's change", lambda c: _bound(_of(c, "p50"), "low_s")),
    "p50_high": ("upper end of it", lambda c: _bound(_of(c, "p50"), "high_s")),
    "p95_change": ("change of p95", lambda c: _of(c, "p95").change_s),
    "p95_verdict": ("faster, slower, no difference seen or cannot tell", lambda c: _of(c, "p95").verdict),
    "p95_low": ("lower end of the 95 % interval of p95's change", lambda c: _bound(_of(c, "p95"), "low_s")),
    "p95_high": ("upper end of it", lambda c: _bound(_of(c, "p95"), "high_s")),
    "p99_verdict": ("the same for p99", lambda c: _of(c, "p99").verdict),
}  # fmt: skip
