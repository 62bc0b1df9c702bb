"""Cited facts: every figure a lesson quotes that the lab does not compute, with its source."""

from __future__ import annotations

from typing import NamedTuple


class Fact(NamedTuple):
    """A figure, what it is, and where it was read. Times in seconds, shares from 0 to 1."""

    value: float
    text: str
    source: str


MODULE = "Wild Rydes workshop, Module 4, as printed on 2018-03-30"

FACTS: dict[str, Fact] = {
    "printed_min": Fact(0.3057, "shortest latency of the printed run", MODULE),
    "printed_median": Fact(0.4264, "median of the printed run", MODULE),
    "printed_p95": Fact(2.1887, "p95 of the printed run", MODULE),
    "printed_p99": Fact(7.4292, "p99 of the printed run", MODULE),
    "printed_max": Fact(7.9473, "longest latency of the printed run", MODULE),
    "printed_failed": Fact(6, "answers with 502 in the printed run, of 60", MODULE),
    "printed_requests": Fact(60, "requests of the printed run", MODULE),
    "printed_matching": Fact(
        13, "invocations over a second in the printed run", MODULE + ", screenshot of the alert"
    ),
    "printed_longest": Fact(
        1.45612, "longest invocation of the printed run", MODULE + ", screenshot of the alert"
    ),
    "traced_min": Fact(0.5214, "shortest latency of the printed run with marks", MODULE),
    "traced_median": Fact(0.7144, "median of the printed run with marks", MODULE),
    "vcpu_mb": Fact(1769, "MB of memory that come with one whole processor", "provider documentation"),
    "mark_us": Fact(49e-6, "computing time of the published diff's six marks", "measured, Python 3.11"),
}
