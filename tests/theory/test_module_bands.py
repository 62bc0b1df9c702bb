"""The lab against the module: the printed runs lie where the lab's do, and what each remedy does.

A figure that the module printed is one draw from a distribution. The lab is right about it when it lies in the
central 95 % of what 400 runs of 60 requests give. Percentiles are those of the tool of the day.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from simulator import Lab, load_plan, load_scenario
from simulator.metrics import artillery1_percentile, percentile
from tui.cli import main

if TYPE_CHECKING:
    from simulator.load import Plan
    from simulator.run_data import RunData

SEEDS = range(1, 401)

# min, median, p95, p99, max (ms) and the number of 502s, as printed.
BEFORE = {"min": 305.7, "median": 426.4, "p95": 2188.7, "p99": 7429.2, "max": 7947.3, "502": 6}
AFTER = {"min": 521.4, "median": 714.4, "p95": 3576.8, "p99": 3697.0, "max": 3704.7, "502": 0}


@lru_cache(maxsize=8)
def runs(ride: str, promo: str = "launch") -> tuple[RunData, ...]:
    """The module's own plan, 400 times, monitoring on, from cold pools."""
    lab = Lab(load_scenario("module-4"))
    lab.deploy(f"request-ride@{ride}")
    lab.deploy(f"promo-discount@{promo}")
    plan = load_plan("artillery-slowness.yml")
    return tuple(lab.finish(lab.load(plan, seed)).data() for seed in SEEDS)


def figures(ride: str) -> dict[str, list[float]]:
    """Each printed figure, in every run."""
    found: dict[str, list[float]] = {name: [] for name in BEFORE}
    for data in runs(ride):
        ms = data.latencies_s * 1000.0
        found["min"].append(float(ms.min()))
        found["median"].append(float(np.median(ms)))
        found["p95"].append(artillery1_percentile(ms, 0.95))
        found["p99"].append(artillery1_percentile(ms, 0.99))
        found["max"].append(float(ms.max()))
        found["502"].append(data.codes.get(502, 0))
    return found


def outside(ride: str, printed: dict[str, float]) -> dict[str, tuple[float, float, float]]:
    """The printed figures that lie outside the central 95 %, each with the bounds it misses."""
    found = {}
    for name, values in figures(ride).items():
        low, high = np.quantile(values, (0.025, 0.975))
        if not low <= printed[name] <= high:
            found[name] = (printed[name], float(low), float(high))
    return found


def test_the_printed_run_before_marks_is_one_of_launch() -> None:
    assert outside("launch", BEFORE) == {}
    assert pytest.approx(0.002, abs=0.0003) == 0.9**60  # no 502 in sixty, as printed after the marks
    assert sum(n == 0 for n in figures("launch")["502"]) <= 4


def test_the_printed_run_after_marks_is_one_of_the_published_diff() -> None:
    assert outside("published-trace", AFTER) == {}
    assert set(figures("published-trace")["502"]) == {0}


def test_marks_alone_explain_neither_the_second_run_s_min_nor_its_median() -> None:
    traced = figures("traced")
    assert sum(value >= AFTER["min"] for value in traced["min"]) == 0
    assert sum(value >= AFTER["median"] for value in traced["median"]) == 0
    assert {"min", "median"} <= set(outside("traced", AFTER))


def test_the_alert_s_page_is_as_likely_as_the_rest() -> None:
    """13 matching invocations of 60 were printed, the longest of them 1,456.12 ms."""
    matching, longest = [], []
    for data in runs("launch"):
        assert [(alert.rule.name, alert.at_s) for alert in data.alerts] == [("duration-gt-1000", 60.0)]
        numbers = data.matching(data.alerts[0].rule)
        ride = data.of_service("request-ride")
        matching.append(len(numbers))
        longest.append(float(ride["duration_s"][np.isin(ride["number"], numbers)].max()) * 1000)
    for values, printed in ((matching, 13), (longest, 1456.12)):
        low, high = np.quantile(values, (0.025, 0.975))
        assert low <= printed <= high
    assert np.median(matching) == pytest.approx(13, abs=1)


def test_a_cold_start_is_three_times_as_frequent_among_the_slow_and_explains_2_of_13() -> None:
    slow = fast = cold_slow = cold_fast = 0
    for data in runs("launch"):
        ride = data.of_service("request-ride")
        over, cold = ride["duration_s"] > 1.0, ride["cold_s"] > 0
        slow, fast = slow + int(over.sum()), fast + int((~over).sum())
        cold_slow, cold_fast = cold_slow + int((over & cold).sum()), cold_fast + int((~over & cold).sum())
    assert cold_slow / slow == pytest.approx(0.140, abs=0.02)
    assert cold_fast / fast == pytest.approx(0.044, abs=0.005)
    assert cold_slow / len(runs("launch")) == pytest.approx(1.8, abs=0.2)


def test_the_command_line_gives_the_same_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--repeat", "20", "--format", "json", "--latencies"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["seed"] for line in lines] == list(SEEDS)[:20]
    for line in lines:
        data = played("launch", "launch", seconds=60, seed=line["seed"])
        assert line["latencies_ms"] == [round(float(value) * 1000, 3) for value in data.latencies_s]
        assert line["codes"] == {str(code): n for code, n in data.codes.items()}
        assert [alert["matching"] for alert in line["alerts"]] == [
            len(data.matching(a.rule)) for a in data.alerts
        ]


# start states


def test_from_cold_60_requests_prove_no_fix() -> None:
    """p95 falls from 2,252 to 1,654 ms, and is under 700 in 15 % of the days: cold starts own the tail."""
    tails = {
        promo: [artillery1_percentile(data.latencies_s, 0.95) for data in runs("launch", promo)]
        for promo in ("launch", "fixed")
    }
    assert np.median(tails["launch"]) == pytest.approx(2.252, abs=0.2)
    assert np.median(tails["fixed"]) == pytest.approx(1.654, abs=0.2)
    assert np.mean([value < 0.7 for value in tails["fixed"]]) == pytest.approx(0.15, abs=0.05)


def longer(seconds: float) -> Plan:
    plan = load_plan("artillery-slowness.yml")
    return msgspec.structs.replace(
        plan, phases=(msgspec.structs.replace(plan.phases[0], duration_s=seconds),)
    )


def played(ride: str, promo: str, *, seconds: float, seed: int = 1, warm: int = 0) -> RunData:
    lab = Lab(load_scenario("module-4"))
    lab.deploy(f"request-ride@{ride}")
    lab.deploy(f"promo-discount@{promo}")
    lab.warm(warm)
    return lab.finish(lab.load(longer(seconds), seed)).data()


def test_from_cold_600_requests_prove_the_fix() -> None:
    """In the median of 20 days p95 goes from 1,331 to 532 ms, p99 from 1,472 to 656."""
    tails = {
        (promo, p): np.median([
            percentile(played("launch", promo, seconds=600, seed=seed).latencies_s, p) for seed in range(1, 11)
        ])
        for promo in ("launch", "fixed")
        for p in (0.95, 0.99)
    }  # fmt: skip
    assert tails["launch", 0.95] == pytest.approx(1.331, abs=0.02)
    assert tails["fixed", 0.95] == pytest.approx(0.532, abs=0.02)
    assert tails["launch", 0.99] == pytest.approx(1.472, abs=0.15)
    assert tails["fixed", 0.99] == pytest.approx(0.656, abs=0.15)


# what each remedy does, on warm pools

N = 4000


@lru_cache(maxsize=8)
def warm(ride: str, promo: str = "launch") -> RunData:
    return played(ride, promo, seconds=N, warm=6)


def share(part: int, p: float) -> float:
    """How far a share of N may lie from p by chance: 4 standard errors, or two requests."""
    return max(4 * math.sqrt(p * (1 - p) / N), 2 / N) - abs(part / N - p)


@pytest.mark.parametrize(
    ("ride", "promo", "p50", "p95", "over_1_s", "failed"),
    [
        ("launch", "launch", 409, 1323, 0.200, 0.100),
        ("published-trace", "launch", 709, 1732, 0.362, 0.0),
        ("launch", "fixed", 389, 525, 0.0, 0.100),
        ("timeout", "launch", 385, 460, 0.0, 0.051),
        ("together", "launch", 409, 1323, 0.200, 0.100),
        ("decimal", "launch", 409, 1323, 0.200, 0.0),
    ],
)
def test_what_a_remedy_does_on_warm_pools(
    ride: str, promo: str, p50: float, p95: float, over_1_s: float, failed: float
) -> None:
    data = warm(ride, promo)
    assert len(data.latencies_s) == N
    assert percentile(data.latencies_s, 0.50) * 1000 == pytest.approx(p50, abs=8)
    assert percentile(data.latencies_s, 0.95) * 1000 == pytest.approx(p95, abs=15)
    assert share(int((data.latencies_s > 1.0).sum()), over_1_s) >= 0
    assert share(data.codes.get(502, 0), failed) >= 0


def test_a_timeout_of_250_ms_cuts_37_percent_of_the_healthy_calls() -> None:
    """And lets no slow one through: a healthy call's median is 232 ms, its p99 440."""
    calls = np.array(_healthy_calls())
    assert percentile(calls, 0.50) == pytest.approx(0.232, abs=0.006)
    assert percentile(calls, 0.99) == pytest.approx(0.440, abs=0.03)
    assert float((calls > 0.250).mean()) == pytest.approx(
        0.366, abs=4 * math.sqrt(0.366 * 0.634 / len(calls)) + 0.005
    )


def _healthy_calls() -> list[float]:
    """How long the ride function waited for a promo call that did not sleep, by its mark."""
    data = warm("traced")
    promo = data.of_service("promo-discount")
    healthy = set(promo["parent"][promo["duration_s"] == 0.0].tolist())
    name = data.names.index("get_ride_discount")
    spans = data.spans
    mask = spans["name"] == name
    return [
        float(end - start)
        for owner, start, end in zip(
            spans["invocation"][mask].tolist(), spans["start_s"][mask], spans["end_s"][mask], strict=True
        )
        if owner in healthy
    ]


def test_the_second_call_costs_a_whole_round_trip_and_marks_cost_0_7_ms() -> None:
    """Paired, on the same requests: marks +0.68 ms, the published diff +256 ms."""
    launch = warm("launch").latencies_s
    assert np.median(warm("traced").latencies_s - launch) * 1000 == pytest.approx(0.66, abs=0.03)
    assert np.median(warm("published-trace").latencies_s - launch) * 1000 == pytest.approx(256, abs=8)
    both = np.median(warm("together").latencies_s - launch) * 1000
    assert both == pytest.approx(0.0, abs=0.15)


def test_without_monitoring_a_request_is_10_to_20_ms_faster() -> None:
    lab = Lab(load_scenario("module-4"))
    lab.tokens = {}
    lab.warm(6)
    saved = warm("launch").latencies_s - lab.finish(lab.load(longer(N))).data().latencies_s
    assert 0.010 <= saved.min() <= saved.max() <= 0.020
    assert saved.mean() == pytest.approx(0.015, abs=0.0005)


def test_durations_have_a_hole_between_the_healthy_and_the_slow() -> None:
    """Warm durations: nothing between 735 and 991 ms; slow less fast is 884 ms in the median."""
    data = warm("launch")
    ride = data.of_service("request-ride")
    duration = ride["duration_s"] * 1000
    fast, slow = duration[duration < 860], duration[duration >= 860]
    assert slow.min() - fast.max() > 150
    assert np.median(slow) - np.median(fast) == pytest.approx(884, abs=8)
    assert len(slow) / N == pytest.approx(0.2, abs=4 * math.sqrt(0.16 / N))
