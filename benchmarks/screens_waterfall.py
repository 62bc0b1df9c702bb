"""A key in a waterfall of two thousand spans: from its handler to the strips of what it changed."""

from __future__ import annotations

import asyncio
import statistics
import time
from typing import TYPE_CHECKING

from textual.app import App

from benchmarks.table import Figure
from benchmarks.terminal import COLUMNS, ROWS
from simulator.tracing import NO_PARENT, Span, Trace
from tui.charts.waterfall import Waterfall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult

SPANS, CHILDREN = 2_000, 5
KEYS = ("down", "down", "pagedown", "left", "right", "up", "end", "home")
"""What is pressed in turn: the cursor by a row and by a page, folding and unfolding, both ends."""


def trace(spans: int = SPANS, children: int = CHILDREN) -> Trace:
    """Make a trace in which every span has so many below it, one after the other with gaps between."""
    made = [Span("request", "request", "gateway", 0.0, 1.0, NO_PARENT)]
    for i in range(1, spans):
        above, place = divmod(i - 1, children)
        start, length = made[above].start_s, made[above].duration_s
        begin = start + length * (place + 0.1) / children
        made.append(Span(f"step {i}", "mark", "request-ride", begin, begin + 0.8 * length / children, above))
    return Trace("0", tuple(made))


class WaterfallApp(App[None]):
    def compose(self) -> ComposeResult:
        yield Waterfall(trace())


async def _keys(presses: int) -> list[float]:
    app = WaterfallApp()
    taken = []
    async with app.run_test(size=(COLUMNS, ROWS)) as pilot:
        waterfall = app.query_one(Waterfall)
        waterfall.focus()
        await pilot.pause()
        for turn in range(presses):
            key = KEYS[turn % len(KEYS)]
            action = waterfall._bindings.get_bindings_for_key(key)[0].action
            begun = time.perf_counter()
            await waterfall.run_action(action)
            waterfall.render_lines(waterfall.size.region)
            taken.append(time.perf_counter() - begun)
            await pilot.pause()
    return taken


def measure(*, small: bool) -> Iterator[Figure]:
    """Press keys and draw what they changed."""
    taken = asyncio.run(_keys(len(KEYS) if small else 400))
    slowest = statistics.quantiles(taken, n=100, method="inclusive")[98]
    middle = statistics.median(taken) * 1000
    yield Figure(
        f"a key in a waterfall of {SPANS:,} spans, to its strips", f"{middle:.1f} ms, p99 {slowest * 1000:.1f} ms",
        "-", middle, 10.0, most=True, unit=" ms",
    )  # fmt: skip
