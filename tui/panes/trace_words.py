"""What a trace and its spans say in words, for the lines above and below the waterfall."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from simulator.sampling import as_policy, describe_sampling
from simulator.tracing import LEAST_UNMARKED_S, Trace
from tui.charts.units import share_text
from tui.panes.invocation_rows import watched_rows
from tui.panes.reported import counted, exact_ms_text, ms_text, run_of, silence, silences

if TYPE_CHECKING:
    from rich.text import Text

    from simulator.columns import Column
    from simulator.run_data import RunData
    from simulator.tracing import Row, Span
    from tui.panes.invocation_rows import Rows
    from tui.view import View

NO_RUN = "No run yet. r sends the load, and its slowest invocation is traced here."

OUTSIDE = {"client", "gateway"}
"""Where the client's own clock is enough: no agent is needed to know of it."""

KINDS = {
    "request": "the ride as its rider waited for it",
    "network": "the way between client and function",
    "invocation": "the whole handler, as its agent measures it",
    "wait": "something held it up; the lab wrote this down, and no agent knows of it",
    "report": "sending the report of the agent, after the handler",
}


def watched_only(trace: Trace, data: RunData) -> Trace:
    """Leave out what nobody reports: the spans of functions that are not watched, and what stands below them."""
    places: dict[int, int] = {-1: -1}
    kept: list[Span] = []
    for index, span in enumerate(trace.spans):
        if span.parent in places and (span.service in OUTSIDE or data.watched(span.service)):
            places[index] = len(kept)
            kept.append(replace(span, parent=places[span.parent]))
    return Trace(trace.trace_id, tuple(kept))


def row_words(trace: Trace, row: Row) -> list[str]:
    """Say the row under the cursor: first its figures, then what is known of its inside."""
    whole = "the ride" if trace.root.kind == "request" else "the invocation"
    share = f"{share_text(row.share)} of {whole}"
    if row.span is None:
        assert row.unmarked_of is not None
        of = trace.spans[row.unmarked_of]
        pieces = "in one piece" if len(row.intervals) == 1 else f"in {len(row.intervals)} pieces"
        start, end = max(row.intervals, key=lambda interval: interval[1] - interval[0])
        longest = "" if len(row.intervals) == 1 else f", the longest {ms_text(end - start)}"
        return [
            f"{ms_text(row.duration_s)} of {of.name} are under no mark, {share}",
            f"{pieces}{longest}, from {ms_text(start - trace.root.start_s)}",
        ]
    span = trace.spans[row.span]
    first = (
        f"{span.name}: {ms_text(span.duration_s)} from {ms_text(span.start_s - trace.root.start_s)}, {share}"
    )
    return [first, "; ".join(_inside(trace, row.span))]


def _inside(trace: Trace, index: int) -> list[str]:
    span, children = trace.spans[index], trace.children(index)
    said = []
    if span.kind == "mark" and not children:
        said.append(f"a mark in {span.service}, with no mark inside: it says where, not why")
    elif span.kind == "mark":
        said.append(f"a mark in {span.service}")
    elif span.kind == "cold start":
        said.append(f"a container of {span.service} is started, before its handler")
    else:
        said.append(KINDS[span.kind])
    if children and span.kind != "request":
        unmarked = trace.unmarked_s(index)
        none = unmarked <= LEAST_UNMARKED_S
        said.append(
            "all of it is marked" if none else f"{ms_text(unmarked)} of {span.name} are under no mark"
        )
    elif span.kind == "invocation":
        said.append("all of it is under no mark")
    if span.error:
        said.append("it ended with an error")
    if span.left_open:
        said.append("it was never closed: cut off at the end")
    return said


def why_bare(data: RunData, number: int) -> str:
    """Say why the trace of a watched invocation has no marks; empty where it has some."""
    row = data.row(number)
    version = data.versions[row["version"]].ref
    spans = data.marks["invocation"]
    if row["marks"] == 0:
        return f"{version} has no marks: the whole invocation is unmarked."
    if not (spans == number).any():
        kept = f"{counted(len(set(spans.tolist())), 'trace was', 'traces were')} kept of this run"
        policy = describe_sampling(as_policy(data.settings.sampling))
        return f"This trace was not kept: sampling keeps {policy}; {kept}."
    return ""


def invocation_of(data: RunData, trace: Trace, row: Row, otherwise: int) -> int:
    """Give the number of the invocation that a row of a trace belongs to; `otherwise` for what is outside of all."""
    index = row.span if row.span is not None else row.unmarked_of
    while index is not None and index >= 0 and trace.spans[index].kind != "invocation":
        index = trace.spans[index].parent
    if index is None or index < 0:
        return otherwise
    span, calls = trace.spans[index], data.invocations
    same = (calls["service"] == data.services.index(span.service)) & (calls["start_s"] == span.start_s)
    found = calls["number"][same]
    return int(found[0]) if len(found) else otherwise


def trace_head(view: View, here: tuple[int, int] | None, trace: Trace | None) -> Text:
    """Write what stands above a trace: which invocation (run, number) it is, and why it has no marks."""
    from rich.text import Text

    data = run_of(view, here[0]) if here is not None else None
    if trace is None or data is None or here is None:
        return Text(why_nothing(view, here))
    run, number = here
    row, rows = data.row(number), watched_rows(data)
    at = int(rows.places(np.array([number]))[0])
    whole = trace.root.kind == "request"
    text = Text().append(f"Request {row['request']}" if whole else f"Invocation {number}", style="bold")
    text.append(f" of run {run}  ").append(exact_ms_text(trace.root.duration_s), style="bold")
    text.append(f"  {answer_status(data, row['request']) if whole else rows.status(at)}")
    for tag in rows.tags(at):
        text.append("  ").append(f" {tag} ", style="bold reverse")
    clock, place = "client's clock" if whole else "function's clock", place_words(rows, at, view.slow_s)
    text.append(
        f"\n{data.versions[row['version']].ref}  {clock}  {place}  trace {trace.trace_id[:8]}", style="dim"
    )
    if bare := why_bare(data, number):
        text.append(f"\n{bare}")
    return text


def answer_status(data: RunData, request: int) -> str:
    """Give the status that the rider got; a text where there was no answer."""
    at = int(np.searchsorted(data.requests["number"], request))
    return str(int(data.requests["status"][at]) or "no answer")


def place_words(rows: Rows, row: int, slow_s: float) -> str:
    """Say where a row stands among the slow ones of its function: ``slow 3 of 13``."""
    order = by_duration(rows, rows.service(row), slow_s)
    place = np.flatnonzero(order == rows.columns["number"][row])
    if not len(place):
        return f"not slow: at most {ms_text(slow_s)}"
    slow = bool(rows.columns["duration_s"][row] > slow_s)
    return f"{'slow' if slow else 'by duration:'} {int(place[0]) + 1:,} of {len(order):,}"


def why_nothing(view: View, here: tuple[int, int] | None) -> str:
    """Say why there is no trace to show."""
    data = run_of(view, here[0] if here is not None else None)
    if data is None:
        return NO_RUN
    if here is None:
        quiet = silences(data)
        return (
            "\n".join(["Nothing to show.", *quiet])
            if len(quiet) == len(data.services)
            else "No invocation has ended yet."
        )
    try:
        return f"Nothing to show. {silence(data, data.services[data.row(here[1])['service']])}."
    except KeyError:
        return f"Invocation {here[1]} of run {here[0]} has not ended."


def slowest(view: View) -> tuple[int, int] | None:
    """Find (run, number) of the slowest watched invocation of the last settled run, or else of the one under way."""
    run = len(view.runs) or len(view.everything)
    data = run_of(view, run)
    rows = watched_rows(data) if data is not None else None
    if rows is None or not len(rows):
        return None
    return run, int(rows.columns["number"][int(np.argmax(rows.columns["duration_s"]))])


def by_duration(rows: Rows, service: str, slow_s: float) -> Column:
    """List the slow invocations of a function by number, the longest first; all of them where none is slow."""
    duration = rows.columns["duration_s"]
    own = rows.columns["service"] == rows.data.services.index(service)
    slow = own & (duration > slow_s)
    places = np.flatnonzero(slow if slow.any() else own)
    order: Column = rows.columns["number"][places[np.argsort(-duration[places], kind="stable")]]
    return order
