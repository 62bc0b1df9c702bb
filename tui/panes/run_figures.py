"""Numbers of a run as its panes write them: milliseconds with thousands separators, none where none can be given."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simulator.metrics import needed_samples

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.columns import Column
    from simulator.run_data import RunData

MUTED = "$foreground 60%"
"""The style of what is only said beside the figures."""
NOTHING = "-"
NEEDED: dict[str, int] = {"p95": needed_samples(0.95), "p99": needed_samples(0.99)}
"""How many requests a percentile needs before it is quoted."""
DECIMAL_BELOW_MS = 9.95


def bare_ms(seconds: float) -> str:
    """Write a time in milliseconds without its unit: ``1,403``, below 10 ms ``3.7``; ``-`` for none."""
    if math.isnan(seconds):
        return NOTHING
    value = seconds * 1000.0
    return (
        f"{value:,.1f}" if 0.05 <= abs(value) < DECIMAL_BELOW_MS else f"{value + 0.0:,.0f}".replace("-0", "0")
    )


def ms(seconds: float) -> str:
    """Write a time in milliseconds: ``1,403 ms``; ``-`` for none."""
    return NOTHING if math.isnan(seconds) else f"{bare_ms(seconds)} ms"


def change_ms(seconds: float) -> str:
    """Write a change in milliseconds with its sign, without its unit: ``+288``, ``-0.7``; ``0`` for none."""
    text = bare_ms(seconds)
    return f"+{text}" if seconds > 0 and text != "0" else text


def percent(share: float) -> str:
    """Write a share of 0 to 1 in whole percent: ``23 %``; ``-`` for none."""
    return NOTHING if math.isnan(share) else f"{round(share * 100)} %"


def quoted(name: str, seconds: float, n: int) -> str:
    """Write a statistic of n requests in milliseconds, or what it lacks: ``n<299``."""
    needed = NEEDED.get(name, 1)
    return bare_ms(seconds) if n >= needed or not n else f"n<{needed}"


def cannot_tell(n: int) -> str:
    """Say which percentiles n requests are too few for; empty where they are enough."""
    lacking = [(name, needed) for name, needed in NEEDED.items() if n < needed]
    return ", ".join(f"{name} needs {needed} requests" for name, needed in lacking)


def ordinal(n: int) -> str:
    """Say which in line: ``1st``, ``57th``, ``112th``."""
    suffix = "th" if n % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n:,}{suffix}"


def codes_text(codes: Mapping[int, int], without: int = 0) -> str:
    """List answers by status: ``54 x 201, 6 x 502``, and the requests that got none."""
    parts = [f"{n:,} x {code}" for code, n in codes.items()]
    return ", ".join(parts + ([f"{without:,} without an answer"] if without else [])) or "no answers"


def versions_text(data: RunData) -> str:
    """Name what a run ran, the function behind the gateway first: ``request-ride@launch, promo-discount@launch``."""
    refs = data.refs
    order = sorted(refs, key=lambda service: service != data.front)
    return ", ".join(f"{service}@{refs[service]}" for service in order)


def met_cold_start(data: RunData) -> int:
    """Count the answered requests that met a cold start, of whichever function."""
    return len(data.latencies_s) - len(data.warm_latencies_s)


def cold_text(data: RunData) -> str:
    """Say how many cold starts there were: ``request-ride 4, promo-discount 3``, or ``none``."""
    return ", ".join(f"{name} {n:,}" for name, n in data.cold_starts().items() if n) or "none"


def alerts_text(data: RunData) -> str:
    """Say which alerts fired, when, and how many invocations match: ``duration-gt-1000 at 60 s (13 matching)``."""
    found = (
        f"{alert.rule.name} at {alert.at_s:.0f} s ({len(data.matching(alert.rule)):,} matching)"
        for alert in data.alerts
    )
    return ", ".join(found) or "none"


def status_failed(status: Column) -> Column:
    """Tell which statuses are a failure in a rider's eyes; 0 is no answer."""
    failed: Column = (status >= 400) | (status == 0)
    return failed
