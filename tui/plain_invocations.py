"""What an agent reported, as plain lines: the list of invocations, the page of one, and a ride's whole exchange."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Final, NamedTuple

from simulator.errors import UsageError, nearest
from tui.charts.units import share_text
from tui.panes.exchange import CLOCK, NO_ANSWER, latency_of, parts
from tui.panes.invocation_detail import figure_rows, last_line
from tui.panes.invocation_rows import SORTS, select, watched_rows
from tui.panes.invocation_search import search_mask
from tui.panes.reported import clock_text, exact_ms_text, ms_text, silence, silences
from tui.panes.table_items import HEAD, NOTHING, written
from tui.plain_text import WIDTH, paragraph, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.columns import Column
    from simulator.run_data import RunData
    from simulator.system.recorder import Details, InvocationDetail
    from tui.panes.invocation_rows import Filter, Rows

PAGE: Final = 20
"""How many rows a page of the list has."""
FILTERS: Final[dict[str, Filter]] = {
    "all": "all", "slow": "slow", "fast": "fast", "failed": "failed", "cold": "cold start",
}  # fmt: skip
ORDERS: Final = {"longest": SORTS[1], "shortest": SORTS[2]}


class Listed(NamedTuple):
    """What is listed: a run, its number, a filter and an order in any order, and which page of it, from 1."""

    data: RunData
    run: int
    words: Sequence[str]
    page: int
    named: bool = False
    """Whether the run was named, so that it has to be named for the next page too."""


def list_lines(shown: Listed, slow_s: float, width: int = WIDTH) -> list[str]:
    """List the watched invocations of a run; slow ones are those over `slow_s` seconds.

    Words that are neither are searched for, all of them. Raises UsageError where nothing is like one, and for a page
    that is not there.
    """
    data, run, words, page, named = shown
    rows = watched_rows(data)
    by, sort = "all", SORTS[0]
    searched: list[str] = []
    for word in map(str.lower, words):
        if word in FILTERS:
            if by not in {"all", word}:
                raise UsageError(f"one filter at a time: `{by}` or `{word}`")
            by = word
        elif word in ORDERS:
            sort = ORDERS[word]
        elif rows.services and search_mask(rows, word, {}).any():
            searched.append(word)
        elif rows.services:
            known = [*FILTERS, *ORDERS]
            raise UsageError(f"no `{word}` here{nearest(word, known)}; there are {', '.join(known)}")
    lines = []
    if rows.services:
        search = " ".join(searched)
        order = select(rows, by=FILTERS[by], sort=sort, search=search, slow_s=slow_s)
        chosen = " ".join(
            [*([] if by == "all" else [FILTERS[by]]), *([f"like `{search}`"] if search else [])]
        )
        what = f" {chosen} of {len(rows):,}" if chosen else ""
        head = f"Run {run}: {len(order):,}{what} invocations, {sort.words}"
        lines += paragraph(f"{head}; {rows.words(order)}. Slow is over {ms_text(slow_s)}.", width)
        pages = max(1, -(-len(order) // PAGE))
        if not 1 <= page <= pages:
            which = f"they are 1 to {pages}" if pages > 1 else "there is one only"
            raise UsageError(f"there is no page {page}: {which}")
        on_page = order[(page - 1) * PAGE : page * PAGE]
        lines += ["", *row_table(rows, on_page, width)] if len(on_page) else []
        if pages > 1:
            again = " ".join(["invocations", *words, f"page {page + 1}", *([f"run {run}"] if named else [])])
            lines.append(f"Page {page} of {pages}{f'; next: `{again}`' if page < pages else ''}.")
    return lines + [line for said in silences(data) for line in paragraph(f"{said}.", width)]


def row_table(rows: Rows, places: Column, width: int = WIDTH) -> list[str]:
    """Put invocations into a table."""
    several = len(rows.services) > 1
    head = ["number", "request", "from", "duration", "status", *(["function"] if several else []), "tags"]
    written = []
    for row in places.tolist():
        columns = rows.columns
        tags = [*rows.tags(row), *([rows.error(row)] if rows.error(row) else [])]
        written.append([
            str(int(columns["number"][row])),
            str(int(columns["request"][row])),
            clock_text(float(columns["start_s"][row])),
            ms_text(float(columns["duration_s"][row])),
            rows.status(row),
            *([rows.service(row)] if several else []),
            ", ".join(tags),
        ])  # fmt: skip
    return table(head, written, left=(5, 6), width=width)


def must_be_watched(data: RunData, run: int, number: int) -> None:
    """Raise UsageError for an invocation that has not ended, or that no agent reports."""
    try:
        service = data.services[data.row(number)["service"]]
    except KeyError:
        raise UsageError(f"there is no invocation {number} in run {run}") from None
    if not data.watched(service):
        raise UsageError(f"nothing is known of invocation {number}: {silence(data, service)}")


def page_lines(
    data: RunData, run: int, number: int, detail: InvocationDetail | None, width: int = WIDTH
) -> list[str]:
    """Write the page of a watched invocation."""
    row = data.row(number)
    failed = row["outcome"] > 0 or row["status"] >= 500
    tags = [tag for on, tag in ((row["cold_s"] > 0, "COLD START"), (failed, "ERROR")) if on]
    version = data.versions[row["version"]].ref
    lines = paragraph(". ".join([f"Invocation {number} of run {run}", *tags]) + ".", width)
    lines += paragraph(f"{version}, container {row['container']}, request {row['request']}.", width)
    for label, figure, note in figure_rows(data, number):
        lines += paragraph(f"{label}: {figure}, {note}", width, rest="  ")
    failure = detail.failure if detail is not None else ""
    if name := data.names[row["error"]]:
        lines += paragraph(f"error: {last_line(failure) if failure else name}", width, rest="  ")
    log = detail.log if detail is not None else []
    lines += ["", "Log, from the start of the handler:" if log else "It wrote nothing to its log."]
    for offset, level, message in log:
        first, *more = message.splitlines() or [""]
        lines += [f"  {exact_ms_text(offset)} {level}: {first}", *(f"    {line}" for line in more)]
    lines += ["", *failure.rstrip().split("\n")] if failure else []
    items = written(detail) if detail is not None else None
    if items is None:
        return lines
    lines += ["", f"{HEAD}, what it wrote there:" if items else f"{HEAD}: {NOTHING}."]
    for name, value in (attribute for item in items for attribute in item):
        lines += paragraph(f"{name}: {value}", width, first="  ", rest="    ")
    return lines


def exchange_lines(
    data: RunData, run: int, request: int, details: Details, width: int = WIDTH, *, inside: bool = True
) -> list[str]:
    """Write a ride's whole exchange: how long its rider waited and for what, what was sent and what came back.

    Without `inside` it is what the rider sees: not what the time was spent on.
    """
    latency = latency_of(data, request)
    head = f"Request {request} of run {run}"
    if latency is None:
        lines = [f"{head}: no answer yet."]
    elif isnan(latency):
        error = data.errors.get(request, "")
        lines = paragraph(f"{head}: no answer came ({NO_ANSWER.get(error, 'failed')}: {error}).", width)
    else:
        lines = paragraph(f"{head}: the rider waited {exact_ms_text(latency)}.", width)
        lines += ["", *_clocks(data, request, latency, width)] if inside else []
    exchange = details.exchanges.get(request)
    if exchange is None:
        return lines
    from simulator.http import as_text, response
    from simulator.http import request as sent

    lines += [
        "",
        f"Sent at {clock_text(exchange.sent_s, exact=True)}:",
        *as_text(sent(exchange)).splitlines(),
    ]
    if exchange.status:
        answered = f"Answered after {exact_ms_text(exchange.latency_s)}:"
        lines += ["", answered, *as_text(response(exchange)).splitlines()]
    return lines


def _clocks(data: RunData, request: int, latency: float, width: int) -> list[str]:
    whole = ("in all", exact_ms_text(latency), "100 %", "")
    head = (CLOCK, "time", "share", "")
    if not data.watched(data.front):
        unknown = f"The function's own clock is not known. {silence(data, data.front)}."
        return [*table(head, [whole], left=(0, 3), width=width), *paragraph(unknown, width)]
    rows = [
        (
            part.name,
            exact_ms_text(part.seconds),
            share_text(part.seconds / latency if latency > 0 else 0.0),
            part.note,
        )
        for part in parts(data, request)
    ]
    return table(head, [*rows, whole], left=(0, 3), width=width)
