"""What holds for every picture of the kit, whatever it is given: never an error, the exact size, words of its own."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from simulator.tracing import Span, Trace
from tui.charts.heat import draw_heat, summarize_heat
from tui.charts.latency import LatencyData, Mark, draw_latency, summarize_latency
from tui.charts.overlay import BeforeAfterData, draw_before_after, summarize_before_after
from tui.charts.shape import HistogramData, draw_histogram, summarize_histogram
from tui.charts.timeline import Timeline, summarize_trace

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.charts.glyphs import GlyphName
    from tui.charts.raster import Grid

NASTY = [0.0, -0.0, -1.0, -1e300, 1e-300, 5e-324, 1e-12, 1e9, 1e9 + 1, 1e300, np.inf, -np.inf, np.nan, 0.4]
any_number = st.sampled_from(NASTY) | st.floats(0, 10) | st.floats(allow_nan=True, allow_infinity=True)
any_values = (
    st.lists(any_number, max_size=40)
    | st.tuples(any_number, st.integers(1, 400)).map(lambda pair: [pair[0]] * pair[1])  # one, or constant
).map(lambda values: np.array(values, dtype=np.float64))
any_glyphs = st.sampled_from(["braille", "blocks", "ascii"])

Picture = tuple[str, "Callable[[int, int, GlyphName], Grid]"]


def pictures(times: np.ndarray, values: np.ndarray) -> list[Picture]:
    """Give every picture of these latencies, with the sentence that goes with it."""
    started = np.resize(times, values.shape) if times.size else np.zeros(values.shape)
    failed = np.arange(values.size) % 3 == 0
    at_s = float(times[0]) if times.size else 1.0
    marks = (Mark(at_s, "deploy a"), Mark(at_s, "deploy b"), Mark(at_s / 2, ""))
    over_time = LatencyData(started, values, failed, marks, horizon_s=at_s, threshold_s=at_s)
    histogram, grouped = HistogramData(values, failed), HistogramData(values, failed, failed)
    before_after = BeforeAfterData(values, times)
    return [
        (summarize_latency(over_time), lambda w, h, g: draw_latency(over_time, w, h, glyphs=g)[0]),
        (
            summarize_latency(over_time),
            lambda w, h, g: draw_latency(over_time, w, h, log=False, glyphs=g)[0],
        ),
        (summarize_heat(over_time), lambda w, h, g: draw_heat(over_time, w, h, glyphs=g)[0]),
        (summarize_histogram(histogram), lambda w, h, g: draw_histogram(histogram, w, h, glyphs=g)),
        (summarize_histogram(grouped), lambda w, h, g: draw_histogram(grouped, w, h, glyphs=g)),
        (
            summarize_before_after(before_after),
            lambda w, h, g: draw_before_after(before_after, w, h, glyphs=g),
        ),
    ]


@given(any_values, any_values, st.integers(1, 200), st.integers(1, 60), any_glyphs)
@example(np.array([]), np.array([]), 1, 1, "ascii")
@example(np.array(NASTY), np.array(NASTY), 200, 60, "braille")
@example(np.array([np.nan]), np.array([np.inf]), 60, 20, "blocks")
def test_any_latencies_are_drawn_in_exactly_the_size_and_glyphs_asked_and_put_into_one_sentence(
    times: np.ndarray, values: np.ndarray, width: int, height: int, glyphs: GlyphName
) -> None:
    for sentence, draw in pictures(times, values):
        grid = draw(width, height, glyphs)
        assert grid.codes.shape == grid.inks.shape == (height, width)
        lines = [grid.line(y) for y in range(height)]
        assert all(line.isprintable() and len(line) == width for line in lines)
        assert glyphs != "ascii" or all(line.isascii() for line in lines)
        one_sentence(sentence)


def one_sentence(text: str) -> None:
    assert text.endswith(".")
    assert len(text) > 1
    assert "\n" not in text
    assert ". " not in text


@st.composite
def any_trace(draw: st.DrawFn) -> Trace:
    """A trace as an agent may send it, deep or broad: names of any kind, spans of no length, or of weeks."""
    moments = st.floats(-10, 10) | st.sampled_from([0.0, 1e-12, 1e6])
    times = sorted(sorted(draw(st.tuples(moments, moments))) for _ in range(draw(st.integers(1, 12))))
    deep = draw(st.booleans())
    spans = [
        Span(
            draw(st.text(max_size=12)),
            draw(st.sampled_from(["request", "mark", "network", "cold start", "wait"])),
            "api",
            start,
            end,
            place - 1 if deep or not place else 0,
            error=draw(st.booleans()),
        )
        for place, (start, end) in enumerate(times)
    ]
    return Trace("t", tuple(spans))


@given(any_trace(), st.integers(1, 200), st.booleans())
def test_any_trace_has_lines_of_exactly_the_width_asked_and_one_sentence(
    trace: Trace, width: int, ascii_only: bool
) -> None:
    timeline = Timeline(trace, ascii_only=ascii_only)
    for place in range(len(timeline.visible)):
        text = "".join(text for _, text in timeline.line(place, width))
        assert len(text) == width
        if ascii_only and all(span.name.isascii() for span in trace.spans):
            assert text.isascii()
    assert summarize_trace(trace).endswith(".")


@pytest.mark.parametrize("place", range(6))
def test_a_million_requests_are_drawn_without_a_step_of_python_for_each(place: int) -> None:
    number = np.arange(1_000_000)
    _, draw = pictures(number * 6e-5, 0.1 + number % 997 / 500)[place]
    lines = 0

    def count(frame: object, event: str, argument: object) -> object:
        nonlocal lines
        lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)  # type: ignore[arg-type]
    try:
        grid = draw(120, 30, "braille")
    finally:
        sys.settrace(before)
    assert grid.codes.shape == (30, 120)
    assert (
        lines < 50_000
    )  # as many as for a hundred requests, give or take: a step for each would be a million
