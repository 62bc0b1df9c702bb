"""Slow invocations against fast ones, as text: sizes, medians, the hole between them, spans."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from textual.content import Content

from simulator.metrics import proportion_interval
from tui.charts.shape import HistogramData
from tui.panes.compare_words import UNMARKED, hole_words
from tui.panes.run_figures import MUTED, bare_ms, change_ms, ms, percent

if TYPE_CHECKING:
    from simulator.compare import SlowAgainstFast, SpanDifference
    from simulator.run_data import RunData

NAME = 26
SPAN, SPAN_LEAST, SPAN_FIGURES, CALLS = 30, 24, 34, 9
"""How wide the names of spans are at most and should be at least, and how wide the figures beside them are."""


def group_lines(data: RunData, groups: SlowAgainstFast) -> list[Content]:
    """Write the two groups beside each other."""
    slow, fast = groups.slow, groups.fast
    name = f"{groups.service}@{data.refs[groups.service]}"
    head = _row(f"{name:<{NAME}}", f"over {ms(groups.threshold_s)}", "others").stylize("bold")
    if not slow + fast:
        return [head, Content("This run has no invocation of it.")]
    interval = proportion_interval(slow, slow + fast)
    sure = f"95 % sure: {interval.low * 100:.0f} to {interval.high * 100:.0f} %"
    share = f"{percent(slow / (slow + fast))} are slow ({sure})"
    if not isnan(groups.difference_s):
        share += f"; the medians differ by {ms(groups.difference_s)}"
    return [
        head,
        _row("invocations", f"{slow:,}", f"{fast:,}"),
        _row("median duration", ms(groups.slow_median_s), ms(groups.fast_median_s)),
        _row("median processor time", ms(groups.cpu_slow_s), ms(groups.cpu_fast_s)),
        Content(f"{share}."),
        hole(groups),
    ]


def _row(name: str, slow: str, fast: str) -> Content:
    return Content(f"{name:<{NAME}}{slow:>14}{fast:>14}")


def hole(groups: SlowAgainstFast) -> Content:
    """Say where no invocation lies, in bold where there are two groups."""
    one_group = any(map(isnan, groups.gap_s))
    return Content(hole_words(groups)) if one_group else Content.styled(hole_words(groups), "bold")


def span_lines(groups: SlowAgainstFast, width: int) -> list[Content]:
    """Write the spans, ranked by how much of the whole difference each explains; calls where there is room for them."""
    calls = width - SPAN_FIGURES - CALLS >= SPAN_LEAST
    room = max(12, min(SPAN, width - SPAN_FIGURES - (CALLS if calls else 0)))
    head = f"{'median time, ms':<{room}}{'slow':>8}{'fast':>8}{'diff.':>8}{'explains':>9}"
    rows = [_span(row, room, calls=calls) for row in groups.spans]
    return [Content.styled(f"{head}{'calls':>{CALLS}}" if calls else head, MUTED), *rows]


def _span(row: SpanDifference, room: int, *, calls: bool) -> Content:
    name = "  " * row.depth + (f"({UNMARKED})" if row.name == UNMARKED else row.name)
    name = name if len(name) < room else name[: room - 2] + "…"
    times = f"{bare_ms(row.slow_s):>8}{bare_ms(row.fast_s):>8}{change_ms(row.difference_s):>8}"
    line = f"{name:<{room}}{times}{percent(row.share):>9}"
    if not calls or row.name == UNMARKED:
        return Content(line)
    slow, fast = f"{row.calls_slow:.1f}", f"{row.calls_fast:.1f}"
    return Content(f"{line}{slow if slow == fast else f'{slow}/{fast}':>{CALLS}}")


def durations(data: RunData, service: str) -> HistogramData:
    """Give the durations of a function's invocations to the histogram."""
    inv = data.of_service(service)
    failed = (inv["outcome"] > 0) | (inv["status"] >= 500)
    return HistogramData(inv["duration_s"], failed, noun="invocation")
