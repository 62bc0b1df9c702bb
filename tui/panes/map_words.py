"""The map in words: what stands in its boxes and beside its arrows, and what is said of the one that is chosen."""

from __future__ import annotations

from math import floor, isnan, log10
from typing import TYPE_CHECKING

from simulator.topology import census
from tui.charts.service_map import MapData, MapEdge, MapPlace
from tui.panes.reported import counted, silence
from tui.panes.run_figures import NEEDED, ms, percent

if TYPE_CHECKING:
    from simulator.run_data import RunData
    from simulator.topology import Edge, Figures, Place, Topology

NOT_WATCHED = "not watched"
AUTHORIZER = "authorizer"


def map_data(topology: Topology) -> MapData:
    """Write the map of a run."""
    places = topology.places
    index = {place.name: i for i, place in enumerate(places)}
    front = next(i for i, place in enumerate(places) if place.kind == "function")
    boxes = tuple(MapPlace(place.name, _lines(place)) for place in places)
    edges = tuple(
        _edge(edge, index[edge.origin], index[edge.target], index[edge.origin] > front)
        for edge in topology.edges
    )
    return MapData(boxes, edges, front + 1)


def _lines(place: Place) -> tuple[str, ...]:
    match place.kind:
        case "riders":
            return ("load",)
        case "gateway":
            return (AUTHORIZER, "no agent")
        case "function":
            return (f"@{place.version}", "agent on" if place.watched else "no reports")
        case _:
            return ("no agent",)


def rate(per_s: float) -> str:
    """Write a rate: ``1.0/s``, ``5,000/s``."""
    return f"{per_s:.1f}/s" if per_s < 9.95 else f"{per_s:,.0f}/s"


def times(figures: Figures) -> tuple[str, ...]:
    """Write a p95, or of too few calls their median and that they are too few: ``p50 386 ms``, ``n<59``."""
    if isnan(figures.median_s):
        return ("no answer",)
    if isnan(figures.p95_s):
        return f"p50 {ms(figures.median_s)}", f"n<{NEEDED['p95']}"
    return (f"p95 {ms(figures.p95_s)}",)


def _edge(edge: Edge, origin: int, target: int, deeper: bool) -> MapEdge:
    whose = (f"from {edge.origin}",) if deeper else ()
    figures = edge.figures
    if figures is None:
        return MapEdge(origin, target, "unknown", (NOT_WATCHED, *whose), (NOT_WATCHED,))
    if edge.mark:
        whose = (f"in {edge.mark}", *whose)
    if not figures.n and not figures.rate_per_s:
        return MapEdge(origin, target, "idle", ("no calls", *whose), ("no calls",))
    speed = "sampled" if isnan(figures.rate_per_s) else rate(figures.rate_per_s)
    share = percent(figures.error_share) if figures.errors else ""
    lines = (speed, *times(figures), *((f"{share} errors",) if share else ()), *whose)
    cells = (speed, " ".join(times(figures)), *((f"{share} err",) if share else ()))
    heads = 1 if isnan(figures.rate_per_s) else 1 + max(0, floor(log10(max(figures.rate_per_s, 1.0)) + 1e-9))
    return MapEdge(origin, target, "flowing", lines, cells, heads, bool(share))


def head_words(number: int, topology: Topology) -> str:
    """Say which run is mapped, and of which time the figures are."""
    if topology.live:
        return f"run {number}, under way: figures of the last {topology.window_s:.0f} s"
    return f"run {number}: figures of the whole run, {topology.window_s:.0f} s"


def place_words(data: RunData, topology: Topology, place: Place) -> tuple[str, str, str]:
    """Say of a place: how calls of it fare, who knows that, and what else is known of it."""
    edge = topology.edge_into(place.name)
    if edge is None:
        under_way = f", {data.in_flight:,} of them without an answer yet" if data.in_flight else ""
        sent = f"{counted(data.sent, 'request')} sent{under_way}"
        return "riders: the load generator", f"{sent}.", "It has the only clock that sees a whole ride."
    return f"to {edge.target}: {_flow(edge)}", _known(edge), _inside(data, place)


def _flow(edge: Edge) -> str:
    figures = edge.figures
    if figures is None:
        return NOT_WATCHED
    if not figures.n and not figures.rate_per_s:
        return "no calls"
    parts = [] if isnan(figures.rate_per_s) else [f"{rate(figures.rate_per_s)}"]
    if not isnan(figures.median_s):
        parts.append(f"median {ms(figures.median_s)}")
        lacks = f"p95 needs {NEEDED['p95']} calls, there are {figures.n:,}"
        parts.append(lacks if isnan(figures.p95_s) else f"p95 {ms(figures.p95_s)}")
    parts.append(f"{figures.errors:,} of {figures.n:,} failed" if figures.errors else "no errors")
    return ", ".join(parts)


def _known(edge: Edge) -> str:
    match edge.source:
        case "client":
            return "Known from the client's clock."
        case "agent":
            return "Known from its agent's reports, which leave cold starts out."
        case "mark":
            return f"Known from {edge.origin}'s mark {edge.mark}: all that it holds."
        case _:
            return "Nobody measures these calls."


def _inside(data: RunData, place: Place) -> str:
    if place.kind == "gateway":
        return f"Nobody watches gateway and {AUTHORIZER}: only the client's clock counts them."
    if place.kind != "function":
        return f"The {place.name} has no agent."
    if not place.watched:
        return f"{silence(data, place.name)}."
    found = census(data, place.name)
    parts = (
        counted(found.invocations, "invocation"),
        counted(found.containers, "container"),
        counted(found.cold_starts, "cold start"),
        *((counted(found.errors, "error"),) if found.errors else ()),
    )
    return f"{place.name}@{place.version}: {', '.join(parts)}."


def map_sentence(number: int, topology: Topology) -> str:
    """Say in two sentences what is known of which edge, and of which nothing is."""
    known = [
        f"{edge.origin} to {edge.target} {_flow(edge)}" for edge in topology.edges if edge.figures is not None
    ]
    dark = [edge.target for edge in topology.edges if edge.figures is None]
    head = head_words(number, topology)
    said = f"{head[0].upper()}{head[1:]}: {'; '.join(known)}."
    return f"{said} Not watched: {', '.join(dark)}." if dark else said
