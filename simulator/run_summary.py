"""A run in a few words: as one JSON object a line, or for people."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec

from simulator.metrics import needed_samples, percentile_interval, summary

if TYPE_CHECKING:
    from simulator.run_data import RunData


def _ms(seconds: float) -> float | None:
    return None if math.isnan(seconds) else round(seconds * 1000.0, 3)


def as_json(data: RunData, *, latencies: bool = False) -> str:
    """Give a run as one line of JSON: times in ms rounded to 0.001, null where there is no number."""
    one = summary(data.latencies_s)
    result: dict[str, Any] = {
        "scenario": data.settings.scenario.name,
        "seed": data.settings.seed,
        "versions": {name: data.refs[name] for name in data.settings.scenario.functions},
        "requests": data.sent,
        "latency_ms": {name: _ms(getattr(one, name)) for name in ("min", "max", "mean", "median", "p95", "p99")},
        "codes": {str(code): n for code, n in data.codes.items()},
        "start": data.settings.start,
        "cold_starts": {name: data.cold_starts()[name] for name in data.settings.scenario.functions},
        "alerts": [
            {"rule": alert.rule.name, "at_s": round(alert.at_s, 3), "matching": len(data.matching(alert.rule))}
            for alert in data.alerts
        ],
    }  # fmt: skip
    if data.errors:
        result["errors"] = dict(sorted(Counter(data.errors.values()).items()))
    if latencies:
        result["latencies_ms"] = [_ms(float(value)) for value in data.requests["latency_s"]]
    return msgspec.json.encode(result).decode()


def as_text(data: RunData) -> str:
    """Give a run for people: all requests, beside them those without a cold start, and what the tail allows to say."""
    scenario = data.settings.scenario
    versions = ", ".join(f"{name}@{data.refs[name]}" for name in scenario.functions)
    lines = [
        f"{scenario.name}: {versions}",
        f"seed {data.settings.seed}, start {data.settings.start}, {data.settings.plan.name}: "
        f"{data.sent} requests in {data.now_s if data.ended_s is None else data.ended_s:.1f} s",
        "",
        f"{'latency, ms':<22}{'all':>12}{'no cold start':>16}",
    ]
    everybody, warm = summary(data.latencies_s), summary(data.warm_latencies_s)
    lines.append(f"{'  requests':<22}{everybody.n:>12,}{warm.n:>16,}")
    for name in ("min", "median", "mean", "p95", "p99", "max"):
        cells = [_cell(name, getattr(one, name), one.n) for one in (everybody, warm)]
        lines.append(f"{'  ' + name:<22}{cells[0]:>12}{cells[1]:>16}")
    for p in (0.95, 0.99):
        if interval := percentile_interval(data.latencies_s, p):
            low, high = interval.low * 1000, interval.high * 1000
            lines.append(
                f"  p{p * 100:.0f} lies between {low:,.1f} and {high:,.1f} ms ({interval.coverage:.0%} sure)"
            )
        elif everybody.n:
            lines.append(f"  p{p * 100:.0f} needs {needed_samples(p)} requests")
    codes = ", ".join(f"{n} x {code}" for code, n in data.codes.items()) or "none"
    errors = ", ".join(f"{n} x {name}" for name, n in sorted(Counter(data.errors.values()).items()))
    lines += ["", f"answers      {codes}" + (f"; errors: {errors}" if errors else "")]
    lines.append("cold starts  " + ", ".join(f"{name} {n}" for name, n in data.cold_starts().items()))
    for alert in data.alerts:
        matching = len(data.matching(alert.rule))
        lines.append(
            f"alert        {alert.rule.name} at {alert.at_s:.0f} s: {matching} matching invocations. {alert.condition}"
        )
    if not data.alerts:
        lines.append("alert        none")
    return "\n".join(lines) + "\n"


def _cell(name: str, value: float, n: int) -> str:
    if math.isnan(value):
        return "-"
    if n < {"p95": needed_samples(0.95), "p99": needed_samples(0.99)}.get(name, 1):
        return "cannot tell"
    return f"{value * 1000:,.1f}"


def missed_thresholds(data: RunData, ensure: dict[str, float]) -> list[str]:
    """Name the thresholds of a plan's `ensure` that a run missed.

    Latencies are in ms, `max_error_rate` in percent of the virtual users that failed. An answer of 502 is an answer,
    as it is for Artillery.
    """
    one = summary(data.latencies_s)
    missed = []
    for name, limit in ensure.items():
        if name == "max_error_rate":
            failed = int((data.users["failed"] > 0).sum())
            found = 100.0 * failed / data.launched if data.launched else 0.0
            if found > limit:
                missed.append(f"maxErrorRate: {found:.1f} % of virtual users failed, at most {limit:g} % may")
        else:
            found = getattr(one, name) * 1000.0
            if math.isnan(found):
                missed.append(f"{name}: no request was answered, at most {limit:g} ms is allowed")
            elif found > limit:
                missed.append(f"{name}: {found:,.1f} ms, at most {limit:g} ms is allowed")
    return missed
