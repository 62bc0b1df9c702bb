"""Cited facts: every figure a lesson quotes that the lab does not compute, with its source."""

from __future__ import annotations

from typing import NamedTuple


class Fact(NamedTuple):
    """A figure, what it is, and where it was read. Times in seconds, shares from 0 to 1."""

    value: float
    text: str
    source: str


MODULE = "Wild Rydes workshop, Module 4, as printed on 2018-03-30"
ALIKE = "computed by this lab: all pairs of 300 runs of launch, five times; 60 requests each from cold pools"
DAPPER = "Sigelman et al., Dapper, 2010, table 2: a cluster for web search"

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
    "traced_p95": Fact(3.5768, "p95 of the printed run with marks", MODULE),
    "traced_failed": Fact(0, "answers with 502 in the printed run with marks, of 60", MODULE),
    "alike_min": Fact(0.027, "what shortest latencies of two alike runs differ by, 95 % of the time", ALIKE),
    "alike_median": Fact(0.047, "what medians of two alike runs differ by, 95 % of the time", ALIKE),
    "alike_p95": Fact(2.7, "what p95s of two alike runs differ by, 95 % of the time", ALIKE),
    "dapper_every": Fact(0.163, "more latency on average with every request traced", DAPPER),
    "dapper_sixteenth": Fact(0.0212, "more latency on average with one request in 16 traced", DAPPER),
    "dapper_error": Fact(0.025, "the error of these measurements", DAPPER),
    "vcpu_mb": Fact(1769, "MB of memory that come with one whole processor", "provider documentation"),
    "mark_us": Fact(49e-6, "computing time of the published diff's six marks", "measured, Python 3.11"),
}
