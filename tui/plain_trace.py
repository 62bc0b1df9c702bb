"""Traces and the map as plain lines: a sentence, a small table, and what each row or place is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.topology import topology
from simulator.traces import invocation_trace, request_trace
from tui.charts.timeline import summarize_trace
from tui.charts.units import share_text
from tui.panes.map_words import head_words, map_sentence, place_words
from tui.panes.reported import ms_text, silences
from tui.panes.trace_words import watched_only, why_bare
from tui.plain_text import WIDTH, paragraph, table

if TYPE_CHECKING:
    from simulator.run_data import RunData
    from simulator.tracing import Row, Trace


def trace_lines(
    data: RunData, run: int, number: int, *, whole: bool = False, width: int = WIDTH
) -> list[str]:
    """Write the trace of a watched invocation, or (`whole`) of its whole request as far as anybody reports it.

    Raises KeyError for one that has not ended.
    """
    row = data.row(number)
    trace = invocation_trace(data, number)
    what = f"Invocation {number}"
    if whole:
        trace = watched_only(request_trace(data, row["request"]), data)
        what = f"Request {row['request']}"
    version = data.versions[row["version"]].ref
    head = f"{what} of run {run}, {version}, trace {trace.trace_id[:8]}: {summarize_trace(trace)}"
    lines = [*paragraph(head, width)]
    if bare := why_bare(data, number):
        lines += paragraph(bare, width)
    path = trace.critical_path()
    rows = [
        (
            str(one.depth + 1),
            _name(trace, one),
            ms_text(one.start_s - trace.root.start_s),
            ms_text(one.duration_s),
            share_text(one.share),
            _tags(trace, one, path),
        )
        for one in trace.rows()
    ]
    lines += ["", *table(("level", "span", "from", "time", "share", ""), rows, left=(1, 5), width=width)]
    lines += paragraph(
        "Level 1 holds level 2, and so on. `path`: on the critical path, it decided when the whole ended.",
        width,
    )
    return lines + [line for said in silences(data) for line in paragraph(f"{said}.", width)]


def _name(trace: Trace, row: Row) -> str:
    indent = " " * row.depth
    if row.span is None:
        assert row.unmarked_of is not None
        return f"{indent}(unmarked in {trace.spans[row.unmarked_of].name})"
    return indent + trace.spans[row.span].name


def _tags(trace: Trace, row: Row, path: frozenset[int]) -> str:
    if row.span is None:
        return ""
    span = trace.spans[row.span]
    kind = "" if span.kind in {"mark", "request", "invocation"} else span.kind
    found = [
        *(["path"] if row.span in path and row.span else []),
        *([kind] if kind and kind != span.name else []),
        *(["ERROR"] if span.error else []),
        *(["never ended"] if span.left_open else []),
    ]
    return ", ".join(found)


def map_lines(data: RunData, run: int, width: int = WIDTH) -> list[str]:
    """Say of each part of the system how calls of it fare, and who knows that."""
    seen = topology(data)
    lines = paragraph(map_sentence(run, seen), width)
    for place in seen.places:
        flow, known, inside = place_words(data, seen, place)
        said = " ".join([flow if flow.endswith(".") else f"{flow}.", known, inside])
        lines += paragraph(said, width, first="- ", rest="  ")
    return lines if seen.places else [head_words(run, seen)]
