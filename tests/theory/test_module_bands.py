"""The simulated service reproduces both load reports that the workshop printed in 2018, and only by its own mechanisms.

400 runs of 60 requests with fixed seeds, monitoring on. Every printed figure lies inside the central 95 % of the simulated
ones, for the launched handler (first report) and for the published diff (second report). With the marks alone the second
report's min and median are out of reach: the marks are not what made the service slower.
"""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest

from simulator.metrics import artillery1_percentile
from tui.cli import main

FIRST = {"min": 305.7, "median": 426.4, "p95": 2188.7, "p99": 7429.2, "max": 7947.3, "502": 6}
SECOND = {"min": 521.4, "median": 714.4, "p95": 3576.8, "p99": 3697.0, "max": 3704.7, "502": 0}
RUNS = 400


@cache
def simulated(version: str) -> dict[str, np.ndarray]:
    """Run `ridelab run --repeat 400 --format json` and give each figure's 400 values, by the 2018 tool's rule."""
    import contextlib
    import io

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        flags = ["--repeat", str(RUNS), "--format", "json", "--latencies", "--seed", "1"]
        assert main(["run", "--deploy", f"request-ride@{version}", *flags]) == 0
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert len(rows) == RUNS
    latencies = [np.array(row["latencies_ms"]) for row in rows]
    return {
        "min": np.array([one.min() for one in latencies]),
        "median": np.array([artillery1_percentile(one, 0.5) for one in latencies]),
        "p95": np.array([artillery1_percentile(one, 0.95) for one in latencies]),
        "p99": np.array([artillery1_percentile(one, 0.99) for one in latencies]),
        "max": np.array([one.max() for one in latencies]),
        "502": np.array([row["codes"].get("502", 0) for row in rows]),
    }


@pytest.mark.parametrize(("version", "printed"), [("launch", FIRST), ("published-trace", SECOND)])
@pytest.mark.parametrize("figure", list(FIRST))
def test_the_printed_figure_lies_in_the_central_95_percent(
    version: str, printed: dict[str, float], figure: str
) -> None:
    low, high = np.quantile(simulated(version)[figure], [0.025, 0.975])
    assert low <= printed[figure] <= high


@pytest.mark.parametrize("figure", ["min", "median"])
def test_marks_alone_never_reach_the_second_report(figure: str) -> None:
    assert simulated("traced")[figure].max() < SECOND[figure]


def test_without_the_second_call_and_the_reordering_there_are_502s() -> None:
    assert (simulated("traced")["502"] > 0).mean() > 0.99
