"""A ride's whole exchange: what the rider's client sent and got, and the client's clock beside the function's."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from simulator.traces import request_trace
from tui.charts.units import share_text
from tui.panes.reported import clock_text, exact_ms_text, silence

if TYPE_CHECKING:
    from rich.text import Text

    from simulator.run_data import RunData
    from simulator.system.recorder import Exchange

NAME, FIGURE, SHARE = 26, 12, 7
CLOCK = "on the client's clock"
NO_ANSWER = {"ETIMEDOUT": "the client stopped waiting", "ENOTFOUND": "there is no such host"}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a request's latency on the client's clock, in seconds."""

    name: str
    seconds: float
    note: str


def latency_of(data: RunData, request: int) -> float | None:
    """Give a request's latency in seconds: nan where no answer came, None where it has not ended."""
    numbers = data.requests["number"]
    at = int(np.searchsorted(numbers, request))
    if at >= len(numbers) or int(numbers[at]) != request:
        return None
    return float(data.requests["latency_s"][at])


def parts(data: RunData, request: int) -> list[Part]:
    """Cut the latency of an answered request into what the client waited for: they add up to it.

    Where the gateway answers before the function has ended (504), the handler counts as far as the answer.
    Raises KeyError for a request that has not ended.
    """
    trace = request_trace(data, request)
    root = trace.root
    sums: dict[str, float] = {}
    for index in trace.children(0):
        span = trace.spans[index]
        inside = max(0.0, min(span.end_s, root.end_s) - max(span.start_s, root.start_s))
        sums[span.kind] = sums.get(span.kind, 0.0) + inside
    if len(trace.spans) == 1:
        return [Part("network, gateway", root.duration_s, "no function was asked")]
    found = [Part("network, gateway", sums.get("network", 0.0), "there and back")]
    if "cold start" in sums:
        found.append(Part("cold start", sums["cold start"], "before the handler"))
    found.append(Part(f"handler of {data.front}", sums.get("invocation", 0.0), "by its agent"))
    if "report" in sums:
        found.append(Part("agent's report", sums["report"], "after the handler"))
    rest = root.duration_s - sum(part.seconds for part in found)
    if rest > 1e-6:
        found.append(Part("the way back", rest, "it did not wait"))
    return found


def exchange_text(
    data: RunData, run: int, request: int, exchange: Exchange | None, *, inside: bool = True
) -> Text:
    """Write the exchange of a request; `exchange` is None while it is being read.

    Without `inside` it is what the rider sees: how long it took, and not what the time was spent on.
    """
    from rich.text import Text

    latency = latency_of(data, request)
    text = Text().append(f"Request {request} of run {run}", style="bold")
    if latency is None:
        text.append(": no answer yet\n")
    elif isnan(latency):
        error = data.errors.get(request, "")
        text.append(f": no answer came ({NO_ANSWER.get(error, 'failed')}: {error})\n")
    else:
        text.append(f": the rider waited {exact_ms_text(latency)}\n")
        if inside:
            text.append("\n").append_text(_clocks(data, request, latency))
    if exchange is None:
        return text.append("\nReading the exchange again ...", style="dim")
    from simulator.http import as_text, response
    from simulator.http import request as sent

    text.append(f"\nsent at {clock_text(exchange.sent_s, exact=True)}\n", style="dim")
    text.append(as_text(sent(exchange)))
    if exchange.status:
        text.append(f"\n\nanswered after {exact_ms_text(exchange.latency_s)}\n", style="dim")
        text.append(as_text(response(exchange)))
    return text


def _clocks(data: RunData, request: int, latency: float) -> Text:
    from rich.text import Text

    text = Text()
    text.append(f"{CLOCK:<{NAME}}{'':>{FIGURE}}{'share':>{SHARE}}\n", style="dim")
    if not data.watched(data.front):
        text.append(f"{'in all':<{NAME}}{exact_ms_text(latency):>{FIGURE}}{'100 %':>{SHARE}}\n", style="bold")
        return text.append(f"The function's own clock is not known. {silence(data, data.front)}.\n")
    for part in parts(data, request):
        text.append(f"  {part.name:<{NAME - 2}}{exact_ms_text(part.seconds):>{FIGURE}}")
        text.append(f"{share_text(part.seconds / latency if latency > 0 else 0.0):>{SHARE}}  ").append(
            f"{part.note}\n", style="dim"
        )
    return text.append(
        f"{'in all':<{NAME}}{exact_ms_text(latency):>{FIGURE}}{'100 %':>{SHARE}}\n", style="bold"
    )
