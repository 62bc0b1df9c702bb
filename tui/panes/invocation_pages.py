"""The pages that open from the list of invocations, for a run that may be under way, older, or not watched."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

import numpy as np
from rich.text import Text

from tui.panes.exchange import exchange_text, latency_of
from tui.panes.invocation_detail import invocation_text
from tui.panes.invocation_rows import watched_rows
from tui.panes.reported import exact_ms_text, run_of, silence

if TYPE_CHECKING:
    from simulator.system.recorder import Details
    from tui.panes.details_reader import DetailsReader
    from tui.view import View


def invocation_page(reader: DetailsReader, view: View, run: int, number: int, width: int = 0) -> Text:
    """Write the page of an invocation for lines of this width (0: of any), or why there is none."""
    data = run_of(view, run)
    if data is None:
        return Text(f"There is no run {run}.")
    try:
        service = data.services[data.row(number)["service"]]
    except KeyError:
        return Text(f"Invocation {number} of run {run} has not ended.")
    if not data.watched(service):
        return Text(f"Nothing to show. {silence(data, service)}.")
    details = reader.get(view.session.lab, run, data, has=lambda read: number in read.invocations)
    return invocation_text(
        data, run, number, details.invocations.get(number) if details is not None else None, width
    )


def exchange_page(reader: DetailsReader, view: View, run: int, request: int, *, inside: bool = True) -> Text:
    """Write the exchange of a request, or why there is none; without `inside` only what its rider sees."""
    data = run_of(view, run)
    if data is None:
        return Text(f"There is no run {run}.")
    ended = latency_of(data, request) is not None

    def has(read: Details) -> bool:
        found = read.exchanges.get(request)
        return found is not None and (found.status > 0 or not ended)

    details = reader.get(view.session.lab, run, data, has=has)
    exchange = details.exchanges.get(request) if details is not None else None
    return exchange_text(data, run, request, exchange, inside=inside)


def invocation_summary(view: View | None, run: int, number: int) -> str:
    """Say an invocation in one sentence."""
    data = run_of(view, run)
    rows = watched_rows(data) if data is not None else None
    places = rows.places(np.array([number])).tolist() if rows is not None else []
    if rows is None or not places:
        return f"Nothing is reported of invocation {number} of run {run}."
    row = places[0]
    said = [
        exact_ms_text(float(rows.columns["duration_s"][row])),
        rows.status(row),
        *rows.tags(row),
        rows.error(row),
    ]
    return (
        f"Invocation {number} of run {run}, {rows.service(row)}: {', '.join(part for part in said if part)}."
    )


def request_summary(view: View | None, run: int, request: int) -> str:
    """Say a request in one sentence."""
    data = run_of(view, run)
    latency = latency_of(data, request) if data is not None else None
    if latency is None or isnan(latency):
        return f"Request {request} of run {run}: {'no answer yet' if latency is None else 'no answer came'}."
    return f"Request {request} of run {run}: the rider waited {exact_ms_text(latency)}."
