"""Charts as widgets: what they show at two sizes, under NO_COLOR, and when they draw anew."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from textual.app import App, ComposeResult
from textual.filter import Monochrome

from simulator.tracing import Span, Trace
from tui.charts import (
    BeforeAfter,
    BeforeAfterData,
    Heatmap,
    Histogram,
    HistogramData,
    LatencyChart,
    LatencyData,
    Mark,
    Waterfall,
)
from tui.charts.chart import Chart
from tui.charts.shape import draw_histogram

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.strip import Strip
    from textual.widget import Widget

    from tui.charts.frame import Frame
    from tui.charts.raster import Grid

LATENCY = np.where(np.arange(60) % 5 == 0, 1.3, 0.4) + np.arange(60) / 1000
FAILED = np.arange(60) % 10 == 3


def latency_data(count: int = 60) -> LatencyData:
    marks = (Mark(20.5, "deploy"),)
    return LatencyData(np.arange(count) * 1.0, LATENCY[:count], FAILED[:count], marks, 60.0, 1.0)


def latency_chart() -> LatencyChart:
    return LatencyChart(latency_data(), id="chart")


CHARTS: list[Callable[[], Widget]] = [
    latency_chart,
    lambda: Heatmap(latency_data(), id="chart"),
    lambda: Histogram(HistogramData(LATENCY, FAILED, LATENCY > 1), id="chart"),
    lambda: BeforeAfter(BeforeAfterData(LATENCY, LATENCY[:40]), id="chart"),
    lambda: Waterfall(
        Trace(
            "t",
            (Span("ride", "request", "api", 0, 1, -1), Span("call", "mark", "api", 0.2, 0.9, 0, error=True)),
        ),
        id="chart",
    ),
    lambda: LatencyChart(id="chart"),
    lambda: Heatmap(id="chart"),
    lambda: Histogram(id="chart"),
    lambda: BeforeAfter(id="chart"),
    lambda: Waterfall(id="chart"),
]


class Stage(App[None]):
    """One chart on the whole screen."""

    CSS = "Screen { layout: vertical; }"

    def __init__(self, chart: Widget) -> None:
        super().__init__()
        self.chart = chart

    def compose(self) -> ComposeResult:
        yield self.chart


def strips(widget: Widget) -> list[Strip]:
    return [widget.render_line(y) for y in range(widget.size.height)]


def text(widget: Widget) -> str:
    return "\n".join(strip.text.rstrip() for strip in strips(widget))


class TestEveryChart:
    @pytest.mark.parametrize("size", [(80, 24), (120, 40), (20, 5)])
    @pytest.mark.parametrize("make", CHARTS)
    async def test_every_line_fills_the_width_and_every_segment_has_a_style(
        self, make: Callable[[], Widget], size: tuple[int, int]
    ) -> None:
        chart = make()
        async with Stage(chart).run_test(size=size):
            assert chart.size == size
            for strip in strips(chart):
                assert strip.cell_length == size[0]
                assert sum(segment.cell_length for segment in strip) == size[0]
                assert all(segment.style is not None for segment in strip)

    @pytest.mark.parametrize("size", [(80, 24), (120, 40)])
    @pytest.mark.parametrize("make", CHARTS)
    async def test_without_color_every_chart_shows_the_same_text(
        self, make: Callable[[], Widget], size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        colored = make()
        async with Stage(colored).run_test(size=size):
            expected = text(colored)
        monkeypatch.setenv("NO_COLOR", "1")
        plain = make()
        app = Stage(plain)
        async with app.run_test(size=size):
            assert app.no_color
            assert text(plain) == expected
            for strip in strips(plain):
                strip.apply_filter(Monochrome(), plain.styles.background)

    @pytest.mark.parametrize("make", CHARTS)
    async def test_a_resized_chart_fills_its_new_size(self, make: Callable[[], Widget]) -> None:
        chart = make()
        async with Stage(chart).run_test(size=(80, 24)) as pilot:
            await pilot.resize_terminal(50, 12)
            await pilot.pause()
            assert [strip.cell_length for strip in strips(chart)] == [50] * 12

    @pytest.mark.parametrize("make", CHARTS)
    async def test_a_new_theme_recolors(self, make: Callable[[], Widget]) -> None:
        chart = make()
        app = Stage(chart)
        async with app.run_test(size=(80, 24)) as pilot:
            dark = [segment.style for strip in strips(chart) for segment in strip]
            app.theme = "textual-light"
            await pilot.pause()
            assert [segment.style for strip in strips(chart) for segment in strip] != dark

    @pytest.mark.parametrize("make", CHARTS)
    async def test_ascii_can_be_chosen_at_any_time(self, make: Callable[[], Widget]) -> None:
        chart = make()
        async with Stage(chart).run_test(size=(80, 24)) as pilot:
            chart.glyphs = "ascii"  # type: ignore[attr-defined]
            await pilot.pause()
            assert text(chart).isascii()

    @pytest.mark.parametrize("make", CHARTS)
    def test_it_says_what_it_shows_without_being_mounted(self, make: Callable[[], Widget]) -> None:
        sentence = make().summary()  # type: ignore[attr-defined]
        assert sentence.endswith(".")
        assert "\n" not in sentence


class TestDrawing:
    async def test_it_draws_when_data_or_size_change_and_at_no_other_time(self) -> None:
        drawn: list[tuple[int, int]] = []

        class Counted(Chart[HistogramData]):
            def draw(self, width: int, height: int) -> Grid:
                drawn.append((width, height))
                return draw_histogram(self.data, width, height)

        chart = Counted(HistogramData(LATENCY, FAILED))
        app = Stage(chart)
        async with app.run_test(size=(80, 24)) as pilot:
            assert drawn == [(80, 24)]
            chart.refresh()
            app.theme = "textual-light"
            await pilot.pause()
            assert drawn == [(80, 24)]
            chart.data = HistogramData(LATENCY, ~FAILED)
            await pilot.pause()
            assert drawn == [(80, 24)] * 2
            await pilot.resize_terminal(60, 20)
            await pilot.pause()
            assert drawn[-1] == (60, 20)

    @pytest.mark.parametrize("kind", [LatencyChart, Heatmap])
    async def test_a_picture_over_time_is_drawn_for_new_data_or_a_new_size_and_kept_for_all_else(
        self, kind: type[LatencyChart | Heatmap]
    ) -> None:
        drawn: list[tuple[int, int]] = []

        class Counted(kind):  # type: ignore[valid-type, misc]
            def draw_picture(self, width: int, height: int) -> tuple[Grid, Frame]:
                drawn.append((width, height))
                picture: tuple[Grid, Frame] = super().draw_picture(width, height)
                return picture

        chart = Counted(latency_data())
        app = Stage(chart)
        async with app.run_test(size=(80, 24)) as pilot:
            chart.focus()
            chart.refresh()
            app.theme = "textual-light"
            await pilot.press("l", "l", "h", "escape")
            await pilot.pause()
            assert drawn == [(80, 24)]
            chart.data = latency_data(30)
            await pilot.pause()
            assert drawn == [(80, 24)] * 2
            await pilot.resize_terminal(60, 20)
            await pilot.pause()
            assert drawn == [(80, 24), (80, 24), (60, 20)]

    async def test_new_data_shows(self) -> None:
        chart = LatencyChart()
        async with Stage(chart).run_test(size=(80, 24)) as pilot:
            assert "no requests yet" in text(chart)
            chart.data = latency_data()
            await pilot.pause()
            assert "60 requests · 6 failed x · D deploy" in text(chart)

    def test_pictures_need_no_textual(self) -> None:
        code = (
            "import sys, tui.charts.latency, tui.charts.heat, tui.charts.shape, tui.charts.overlay;"
            "import tui.charts.timeline;"
            "print([name for name in sys.modules if name.split('.')[0] in ('textual', 'rich')])"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[]"


class TestLatencyChart:
    async def test_y_switches_between_log_and_linear(self) -> None:
        chart = latency_chart()
        async with Stage(chart).run_test(size=(100, 24)) as pilot:
            chart.focus()
            assert "log scale" in text(chart)
            await pilot.press("y")
            assert not chart.log_scale
            assert "linear scale" in text(chart)
            await pilot.press("y")
            assert "log scale" in text(chart)

    async def test_the_cursor_comes_in_from_the_side_it_moves_from_and_reads_its_column(self) -> None:
        chart = latency_chart()
        async with Stage(chart).run_test(size=(80, 24)) as pilot:
            chart.focus()
            assert chart.reading() is None
            await pilot.press("l")
            first = chart.reading()
            assert first is not None
            assert (first.from_s, first.requests) == (0, 1)
            assert text(chart).startswith("0 s–")
            assert "▲" in text(chart)
            await pilot.press("h")
            assert chart.reading() == first
            chart.clear_cursor()
            await pilot.press("h")
            last = chart.reading()
            assert last is not None
            assert last.to_s == pytest.approx(60)
            await pilot.press("escape")
            assert chart.reading() is None
            assert text(chart).startswith("60 requests")

    async def test_moving_by_columns_passes_every_request_once(self) -> None:
        chart = latency_chart()
        async with Stage(chart).run_test(size=(80, 24)):
            seen = 0
            previous = None
            chart.move_cursor(1)
            while (reading := chart.reading()) != previous:
                assert reading is not None
                seen += reading.requests
                previous = reading
                chart.move_cursor(1)
            assert seen == 60

    @pytest.mark.parametrize("width", [49, 61, 73, 87, 99, 113])
    async def test_no_column_holds_the_cursor_back(self, width: int) -> None:
        chart = LatencyChart(LatencyData(np.zeros(1), np.ones(1), np.zeros(1, dtype=bool), horizon_s=59.7))
        async with Stage(chart).run_test(size=(width, 10)):
            chart.move_cursor(1)
            starts = []
            for _ in range(30):
                reading = chart.reading()
                assert reading is not None
                starts.append(reading.from_s)
                chart.move_cursor(1)
            steps = np.diff(starts)
            assert steps.min() == pytest.approx(steps.max())

    async def test_the_cursor_keeps_its_moment_when_resized(self) -> None:
        chart = latency_chart()
        async with Stage(chart).run_test(size=(120, 24)) as pilot:
            chart.move_cursor(1)
            chart.move_cursor(33)
            before = chart.reading()
            await pilot.resize_terminal(60, 14)
            await pilot.pause()
            after = chart.reading()
            assert before is not None
            assert after is not None
            assert after.from_s <= (before.from_s + before.to_s) / 2 <= after.to_s

    async def test_the_cursor_keeps_its_moment_while_the_run_goes_on(self) -> None:
        chart = LatencyChart(latency_data(30))
        async with Stage(chart).run_test(size=(80, 24)) as pilot:
            chart.move_cursor(1)
            chart.move_cursor(20)
            before = chart.reading()
            chart.data = latency_data(60)
            await pilot.pause()
            assert before is not None
            assert chart.reading() is not None
            assert chart.reading().from_s == pytest.approx(before.from_s)  # type: ignore[union-attr]

    def test_the_cursor_of_an_unmounted_chart_stays_away(self) -> None:
        chart = latency_chart()
        chart.move_cursor(1)
        assert chart.reading() is None
