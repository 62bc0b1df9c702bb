"""What two runs, or several, say together: how far equal runs lie apart, and how many requests a change would need.

Runs are alike when they ran the same versions with the same agents, sampling, rules, load and start, and differ in
nothing but their seed: in their requests and their luck. What alike runs differ by is noise, whatever it is called.
"""

from __future__ import annotations

from math import log10
from typing import TYPE_CHECKING, Any

import msgspec

from lessons.expressions import Unknown
from simulator.metrics import needed_samples, percentile, summary

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simulator.run_data import RunData

Z_SEEN = 1.959964 + 0.841621
"""How many standard errors a change must be to be found at the 95 % level in four of five experiments."""


def alike(runs: Sequence[RunData]) -> list[RunData]:
    """Give the runs that are like the last one, the last among them; of each seed the newest."""
    if not runs:
        return []
    wanted = msgspec.structs.replace(runs[-1].settings, seed=0)
    found = {
        data.settings.seed: data for data in runs if msgspec.structs.replace(data.settings, seed=0) == wanted
    }
    return list(found.values())


def _spread(runs: Sequence[RunData], of: Callable[[RunData], float]) -> object:
    if len(runs) < 2:
        return Unknown("there are no two alike runs yet: send new requests with `n`")
    values = [of(data) for data in runs]
    return max(values) - min(values)


def _p95_spread(runs: Sequence[RunData]) -> object:
    needed = needed_samples(0.95)
    fewest = min((len(data.latencies_s) for data in runs), default=0)
    if runs and fewest < needed:
        return Unknown(f"p95 needs {needed} requests, one of these runs has {fewest}")
    return _spread(runs, lambda data: percentile(data.latencies_s, 0.95))


ALIKE: dict[str, tuple[str, Callable[[Sequence[RunData]], Any]]] = {
    "n": ("how many there are, each with other requests", len),
    "min_spread": (
        "the greatest less the smallest of their shortest latencies",
        lambda runs: _spread(runs, lambda data: summary(data.latencies_s).min),
    ),
    "median_spread": (
        "the same of their medians",
        lambda runs: _spread(runs, lambda data: summary(data.latencies_s).median),
    ),
    "p95_spread": ("the same of their p95", _p95_spread),
}


def apart(before: RunData, after: RunData) -> object:
    """Give how many requests each of two runs needs to show this change of the mean, were the requests not the same.

    A two-sample z-test at the 95 % level with a power of 80 %: n = (z + z')^2 (s1^2 + s2^2) / change^2, over requests
    that met no cold start; in two significant digits, for it is an estimate.
    """
    one, other = before.warm_latencies_s, after.warm_latencies_s
    if min(len(one), len(other)) < 2:
        return Unknown("too few requests met no cold start")
    change = float(other.mean() - one.mean())
    if change == 0.0:
        return Unknown("the means of both runs are equal")
    needed = Z_SEEN**2 * float(one.var(ddof=1) + other.var(ddof=1)) / change**2
    return max(2.0, round(needed, 1 - int(log10(max(needed, 1.0)))))
