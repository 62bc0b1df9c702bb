"""The heatmap: what a cell holds, what the ramp says, what is read out of a column, and what it says in words."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from textual.app import App
from textual.color import Color

from tui.charts import Heatmap
from tui.charts.glyphs import GLYPHS
from tui.charts.heat import HEATS, Heat, draw_heat, summarize_heat
from tui.charts.latency import LatencyData, Mark, read_column
from tui.charts.raster import CURSOR, Ink
from tui.themes import themes

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.charts.frame import Frame

MILLISECONDS = [
    420, 390, 450, 1270, 400, 380, 510, 360, 1310, 440, 410, 400, 470, 350, 390,
    430, 1240, 400, 420, 370, 460, 400, 1330, 380, 410, 550, 400, 360, 430, 3200,
]  # fmt: skip
MARKS = (Mark(20.5, "deploy request-ride@traced"), Mark(45, "alert"))


def ride(**more: object) -> LatencyData:
    """30 requests, one every 2 s: a fifth slow, one very slow, two failed."""
    failed = np.isin(np.arange(30), [8, 12])
    options = {"horizon_s": 60.0, **more}
    return LatencyData(np.arange(30) * 2.0, np.array(MILLISECONDS) / 1000, failed, **options)  # type: ignore[arg-type]


def spread(count: int, *, failed: bool = False) -> LatencyData:
    """Requests all over a minute and two decades, without chance."""
    place = np.arange(count)
    return LatencyData(
        place * 0.6180339887 % 1 * 60,
        10 ** (place * 0.7548776662 % 1 * 2 - 2),
        np.full(count, failed),
        horizon_s=60,
    )


def heat_of(data: LatencyData, width: int, height: int) -> tuple[Heat, Frame]:
    frame = draw_heat(data, width, height)[1]
    return Heat.of(data, frame), frame


def golden(text: str) -> str:
    return dedent(text).strip("\n")


class TestPicture:
    def test_a_run_with_marks_and_failed_requests(self) -> None:
        assert draw_heat(ride(marks=MARKS), 60, 14)[0].text() == golden(
            """
            30 requests · 2 failed                             log scale
            D deploy request-ride@traced · A alert
                                 D                A
                   │             ┊                ┊      •
               3 s ┤             ┊                ┊
                   │    •     •  ┊              • ┊          p95 1.32 s
               1 s ┤             ┊        •       ┊
                   │       •     ┊                ┊   •
                   │███ •  •  • ███▒▒▒▒▒▒ • ███ • ▒▒▒ • ▒▒▒  p50 415 ms
            300 ms ┤             ┊                ┊
                   └┴────────────┴────────────┴────────────┴
                    0 s        20 s         40 s       1 min
             failed           1     1
            requests in a cell 4.5 s wide: • 1  ▒ 2  █ 3
            """
        )

    def test_ascii_in_a_narrow_grid(self) -> None:
        assert draw_heat(ride(marks=MARKS), 40, 9, glyphs="ascii")[0].text() == golden(
            """
            30 requests - 2 failed - D deploy
                            D          A
               3 s |        !          !    .
               1 s |  .   . !   .     .!       p95
                   |.   .   ! .     .  !.
            300 ms |@@. . @@@@. @@@@. @@. @@.  p50
                   ++-------+--------+-------+
                    0 s   20 s     40 s  1 min
            requests in a cell 4.6 s wide: . 1  @ 2
            """
        )

    def test_no_requests(self) -> None:
        grid, _ = draw_heat(LatencyData.empty(), 40, 10)
        assert grid.text().startswith("no requests yet")
        assert not np.isin(grid.inks, HEATS).any()

    @pytest.mark.parametrize("glyphs", ["braille", "blocks", "ascii"])
    def test_each_step_of_the_ramp_has_a_glyph_of_its_own(self, glyphs: str) -> None:
        ramp = GLYPHS[glyphs].ramp  # type: ignore[index]
        assert len(set(ramp)) == len(ramp) == len(HEATS)

    def test_a_lone_request_among_thousands_is_one_dot(self) -> None:
        crowd = LatencyData(
            np.linspace(0, 60, 5001), np.append(np.full(5000, 0.4), 9.0), np.zeros(5001, bool), horizon_s=60
        )
        grid, frame = draw_heat(crowd, 100, 24)
        ones = (grid.inks == Ink.HEAT1)[frame.top : frame.foot]
        assert ones.sum() == 1
        assert grid.codes[frame.row(9.0)][grid.inks[frame.row(9.0)] == Ink.HEAT1].tolist() == [ord("•")]

    def test_a_bin_is_filled_whole_unless_it_holds_a_single_request(self) -> None:
        data = LatencyData(np.array([1.0, 1.1, 40.0]), np.full(3, 0.4), np.zeros(3, bool), horizon_s=60)
        grid, frame = draw_heat(data, 80, 24)
        assert frame.step > 1
        heat = Heat.of(data, frame)
        shown = {ink: int((grid.inks[frame.top : frame.foot] == ink).sum()) for ink in HEATS}
        assert shown[Ink.HEAT1] == 1
        assert shown[Ink.HEAT5] == heat.columns * heat.rows

    def test_failed_requests_are_counted_under_their_column(self) -> None:
        grid, frame = draw_heat(ride(), 60, 14)
        digits = [(x, text) for x, text in enumerate(grid.line(12)[frame.left :]) if text != " "]
        assert [text for _, text in digits] == ["1", "1"]
        for (x, _), at_s in zip(digits, (16.0, 24.0), strict=True):
            assert frame.columns(x) == frame.columns(frame.field.across.cell(at_s, frame.field.width))

    def test_ten_failed_requests_and_more_in_a_column_are_a_plus(self) -> None:
        data = LatencyData(np.zeros(12), np.ones(12), np.ones(12, bool), horizon_s=60)
        assert draw_heat(data, 60, 14)[0].line(12).split() == ["fail", "+"]


class TestCounts:
    @given(
        arrays(np.float64, st.integers(0, 60), elements=st.floats(-1, 61)),
        st.integers(1, 120),
        st.integers(1, 40),
        st.data(),
    )
    def test_no_request_is_lost_and_the_cursor_reads_what_the_column_shows(
        self, started: np.ndarray, width: int, height: int, more: st.DataObject
    ) -> None:
        latency = more.draw(arrays(np.float64, len(started), elements=st.floats(-1, 100)))
        data = LatencyData(started, latency, latency > 50, horizon_s=60)
        heat, frame = heat_of(data, width, height)
        assert heat.counts.sum() == len(started)
        for place, count in enumerate(heat.counts.sum(axis=0).tolist()):
            assert read_column(data, frame, place * frame.step).requests == count

    @given(st.integers(1, 30_000))
    def test_the_steps_rise_from_one_request_to_the_fullest_cell(self, most: int) -> None:
        steps = Heat(np.array([[most, 0]]), 1, 1).steps
        assert steps[0] == 1
        assert steps[-1] == most
        assert list(steps) == sorted(set(steps))
        assert len(steps) == min(most, len(HEATS))

    @given(st.lists(st.integers(0, 500), min_size=1, max_size=50))
    def test_more_requests_are_never_a_lower_step(self, counts: list[int]) -> None:
        ordered = np.array([sorted(counts)])
        levels = Heat(ordered, 1, 1).levels()[0]
        assert (np.diff(levels) >= 0).all()
        assert ((levels == 0) == (ordered[0] == 0)).all()
        assert levels.max() <= len(HEATS)

    def test_the_legend_covers_every_count_once(self) -> None:
        data = spread(20_000)
        heat, _ = heat_of(data, 100, 24)
        legend = draw_heat(data, 100, 24)[0].line(23)
        ranges = [word.split("–") for word in legend.partition(":")[2].split() if word[0].isdigit()]
        said = [count for ends in ranges for count in range(int(ends[0]), int(ends[-1]) + 1)]
        assert said == list(range(1, int(heat.counts.max()) + 1))

    def test_a_million_requests_are_counted_by_the_cells_of_the_grid(self) -> None:
        data = spread(1_000_000)
        grid, frame = draw_heat(data, 120, 30)
        assert grid.codes.shape == (30, 120)
        heat = Heat.of(data, frame)
        assert heat.counts.sum() == 1_000_000
        assert heat.counts.size <= frame.field.width * frame.field.height


class TestSummary:
    def test_two_humps_and_the_hole_between_them(self) -> None:
        latency = np.where(np.arange(60) % 5 == 0, 1.3, 0.4) + np.arange(60) / 1000
        failed = np.arange(60) % 20 == 7
        assert summarize_heat(LatencyData(np.arange(60.0), latency, failed)) == (
            "60 requests within 59 s: 48 (80 %) around 430 ms and 12 (20 %) around 1.33 s, "
            "nothing from 490 ms to 1.2 s; 3 failed, their median 427 ms."
        )

    def test_where_there_are_no_two_humps_it_says_where_half_of_them_lie(self) -> None:
        assert summarize_heat(ride()) == (
            "30 requests within 58 s: half of them from 380 ms to 430 ms; 2 failed, their median 890 ms."
        )

    def test_a_threshold_and_what_cannot_be_drawn(self) -> None:
        data = LatencyData(
            np.arange(4.0), np.array([0.4, 0.5, 2.0, np.nan]), np.zeros(4, bool), threshold_s=1.0
        )
        assert summarize_heat(data) == (
            "3 requests within 2 s: from 400 ms to 2 s; 1 (33 %) over 1 s; 0 failed; "
            "1 request without a finite time left out."
        )
        assert summarize_heat(LatencyData.empty()) == "No requests to show."


class Stage(App[None]):
    def __init__(self, chart: Heatmap) -> None:
        super().__init__()
        self.chart = chart

    def compose(self) -> ComposeResult:
        yield self.chart


def luminance(color: Color) -> float:
    """Relative luminance (WCAG 2.2)."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


class TestWidget:
    @pytest.mark.parametrize("theme", [*(theme.name for theme in themes()), "textual-dark", "textual-light"])
    async def test_the_ramp_leaves_the_background_step_by_step_in_every_theme(self, theme: str) -> None:
        chart = Heatmap(ride())
        app = Stage(chart)
        async with app.run_test(size=(80, 24)) as pilot:
            for one in themes():
                app.register_theme(one)
            app.theme = theme
            await pilot.pause()
            styles = [chart.get_component_rich_style(f"chart--{ink.name.lower()}") for ink in HEATS]
            shown = []
            for style in styles:
                assert style.color is not None
                assert style.bgcolor is not None
                shown.append(luminance(Color.from_rich_color(style.color)))
            behind = luminance(Color.from_rich_color(styles[0].bgcolor))
            away = [abs(one - behind) for one in shown]
            assert away == sorted(set(away))
            assert shown in (sorted(shown), sorted(shown, reverse=True))

    async def test_the_cursor_goes_from_bin_to_bin_and_marks_all_of_one(self) -> None:
        chart = Heatmap(ride())
        async with Stage(chart).run_test(size=(80, 24)) as pilot:
            chart.focus()
            seen = 0
            previous = None
            await pilot.press("l")
            while (reading := chart.reading()) != previous:
                assert reading is not None
                seen += reading.requests
                previous = reading
                await pilot.press("l")
            assert seen == 30
            grid = chart.draw(80, 24)
            frame = draw_heat(chart.data, 80, 24)[1]
            marked = (grid.inks[frame.top] & CURSOR).astype(bool).sum()
            assert marked in {frame.step, frame.field.width % frame.step}
            assert grid.line(0).startswith(previous.text(80) if previous else "")
