"""Waits that the lab wrote down: in its own view of a request, and in nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.compare import slow_against_fast
from simulator.faults import parse_fault
from simulator.traces import invocation_trace, request_trace

if TYPE_CHECKING:
    from tests.unit.conftest import Bench

MARKED = """
context.mark.start('all')
with context.mark('write'):
    await context.rides.put_item({'RideId': 'a'})
with context.mark('rest'):
    await asyncio.sleep(0.1)
context.mark.end('all')
return {'statusCode': 201}
"""


def test_an_agent_sees_a_longer_mark_and_no_wait(bench: Bench) -> None:
    bench.ride(MARKED).lab.inject(parse_fault("lock-contention:share=1,hold_ms=300"))
    data = bench.load(4, 10)
    waits = [span for number in data.requests["number"] for span in request_trace(data, number).spans]
    assert any(span.kind == "wait" for span in waits)
    for number in data.of_service("request-ride")["number"]:
        trace = invocation_trace(data, int(number))
        assert [span.name for span in trace.spans] == ["request-ride", "all", "write", "rest"]
        assert [span.parent for span in trace.spans] == [-1, 0, 1, 1]


def test_marks_keep_their_parents_when_waits_are_left_out(bench: Bench) -> None:
    bench.ride(MARKED).lab.inject(parse_fault("lock-contention:share=1,hold_ms=300"))
    data = bench.load(4, 10)
    marks = data.marks
    assert len(marks["name"]) < len(data.spans["name"])
    first = np.searchsorted(marks["invocation"], marks["invocation"])
    names = [data.names[i] for i in marks["name"]]
    above = [names[at + up] if up >= 0 else "" for at, up in zip(first, marks["parent"], strict=True)]
    assert set(zip(names, above, strict=True)) == {("all", ""), ("write", "all"), ("rest", "all")}


def test_a_comparison_names_marks_alone(bench: Bench) -> None:
    bench.ride(MARKED).lab.inject(parse_fault("lock-contention:share=0.5,hold_ms=900"))
    data = bench.load(30, 3)
    groups = slow_against_fast(data, 0.5, "request-ride")
    assert {row.name for row in groups.spans} == {"all", "write", "rest", "unmarked"}
