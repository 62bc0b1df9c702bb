"""Distributions as pictures: the histogram, and before against after."""

from __future__ import annotations

from textwrap import dedent

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tui.charts.axis import Axis
from tui.charts.distribution import Bins, draw_percentiles
from tui.charts.frame import Frame
from tui.charts.glyphs import GLYPHS, SPACE, GlyphName
from tui.charts.overlay import BeforeAfterData, draw_before_after, summarize_before_after
from tui.charts.raster import Field, Grid, Ink
from tui.charts.shape import HistogramData, draw_histogram, summarize_histogram

MILLISECONDS = [
    420, 390, 450, 1270, 400, 380, 510, 360, 1310, 440, 410, 400, 470, 350, 390,
    430, 1240, 400, 420, 370, 460, 400, 1330, 380, 410, 550, 400, 360, 430, 3200,
]  # fmt: skip
LATENCY = np.array(MILLISECONDS) / 1000
FAILED = np.isin(np.arange(30), [8, 12])
FIXED = np.where(LATENCY > 1, LATENCY - 0.88, LATENCY)


def golden(text: str) -> str:
    return dedent(text).strip("\n")


class TestHistogram:
    def test_bars_failed_requests_and_percentiles(self) -> None:
        assert draw_histogram(HistogramData(LATENCY, FAILED), 60, 12).text() == golden(
            """
            30 requests · 2 failed ▒
               15 ┤         ██
                  │         ██
               10 ┤         ██
                  │         ██ ▂▂
                  │         ██ ██
                5 ┤         ██ ██                ▁▁
                  │         ██ ██ ▁▁             ██
                0 ┤         ██ ▒▒ ██             ▒▒             ▄▄
                  └┴──────────────┴──────────┴──────────┴──────────────┴
                   200 ms      500 ms       1 s        2 s           5 s
                               ▲p50 415 ms        ▲p95 1.32 s
            """
        )

    def test_ascii(self) -> None:
        assert draw_histogram(HistogramData(LATENCY, FAILED), 40, 9, glyphs="ascii").text() == golden(
            """
            30 requests - 2 failed x
               20 |      ::
                  |      ##
               10 |      ##
                  |      ##..
                0 |    ..##xx..      xx        ..
                  +----+-----------+----------+-----
                    300 ms        1 s        3 s
                          ^p50 415 ms ^p95 1.32 s
            """
        )

    def test_two_groups_stand_above_one_another_on_one_axis(self) -> None:
        data = HistogramData(LATENCY, FAILED, LATENCY > 1)
        assert draw_histogram(data, 60, 16).text() == golden(
            """
            slow · 5 requests · median 1.31 s · 1 failed ▒
                4 ┤                              ██
                  │                              ██
                2 ┤                              ██
                  │                              ██             ▂▂
                0 ┤                              ▒▒             ██
                  └─────────────────────────────────────────────────────
            fast · 25 requests · median 400 ms · 1 failed ▒
                  │         ██
               10 ┤         ██
                  │         ██ ▅▅
                  │         ██ ██
                0 ┤         ██ ▒▒ ▅▅
                  └┴──────────────┴──────────┴──────────┴──────────────┴
                   200 ms      500 ms       1 s        2 s           5 s
                               ▲p50 415 ms        ▲p95 1.32 s
            """
        )

    def test_groups_are_drawn_as_one_where_there_is_no_room_for_two(self) -> None:
        grouped, whole = HistogramData(LATENCY, FAILED, LATENCY > 1), HistogramData(LATENCY, FAILED)
        assert draw_histogram(grouped, 60, 9).text() == draw_histogram(whole, 60, 9).text()

    def test_a_bar_in_which_everything_failed_is_hatched_whole(self) -> None:
        grid = draw_histogram(HistogramData(np.full(9, 0.4), np.ones(9, dtype=bool)), 60, 12)
        bars = grid.codes[(grid.inks == Ink.FAILED) | (grid.inks == Ink.OK)]
        assert {chr(code) for code in bars} == {"▒"}

    def test_a_single_failure_is_hatched_in_any_crowd(self) -> None:
        failed = np.arange(10_000) == 77
        grid = draw_histogram(HistogramData(np.full(10_000, 0.4), failed), 60, 12)
        assert (grid.inks == Ink.FAILED).any()

    def test_summary(self) -> None:
        assert summarize_histogram(HistogramData(LATENCY, FAILED)) == (
            "30 requests: median 415 ms, p95 1.32 s, slowest 3.2 s; 2 failed."
        )
        assert summarize_histogram(HistogramData(LATENCY, FAILED, LATENCY > 1)) == (
            "30 requests: median 415 ms, p95 1.32 s, slowest 3.2 s; 5 slow, median 1.31 s; "
            "25 fast, median 400 ms; 2 failed."
        )
        lost = HistogramData(np.array([np.nan, np.inf]), np.zeros(2, dtype=bool), np.zeros(2, dtype=bool))
        assert summarize_histogram(lost) == (
            "No requests to show; 2 requests without a finite time left out."
        )

    def test_arrays_of_different_length_are_refused(self) -> None:
        with pytest.raises(ValueError, match="one length"):
            HistogramData(LATENCY, FAILED, np.zeros(3, dtype=bool))


class TestBeforeAfter:
    def test_both_outlines_in_braille(self) -> None:
        assert draw_before_after(BeforeAfterData(LATENCY, FIXED), 60, 14).text() == golden(
            """
            ⠄⠄⠄ △ before, 30 requests   ⠤⠤⠤ ▲ after, 30 requests
             60 % ┤         ⡤⠤⢤
                  │         ⡇⠄⢸
             40 % ┤         ⡇ ⢸
                  │         ⡇ ⢸
                  │         ⡇ ⢐⠉⠉⢹
             20 % ┤         ⡇  ⠁⠁⢸
                  │         ⡇    ⢸
                  │         ⡇    ⢸               ⠅⠁⢑
              0 % ┤         ⡇     ⠉⠉⢹            ⠅ ⢐      ⡤⠤⢤   ⠄⠄⢄
                  └┴──────────────┴──────────┴──────────┴──────────────┴
                   200 ms      500 ms       1 s        2 s           5 s
                               △p50 415 ms        △p95 1.32 s
                    p50 405 ms▲    ▲p95 532 ms
            """
        )

    def test_both_outlines_in_ascii(self) -> None:
        data = BeforeAfterData(LATENCY, FIXED, ("launch", "fixed"))
        assert draw_before_after(data, 50, 12, glyphs="ascii").text() == golden(
            """
            ... ' launch   ### ^ fixed
             60 % |         ###
                  |         #'#
             40 % |         # #
                  |      ###: #
             20 % |      #''  #
                  |      #    #            ...
              0 % |      #     ###         : :   ###   ...
                  ++-----------+--------+--------+-----------+
                   200 ms   500 ms     1 s      2 s        5 s
                            'p50 415 ms     'p95 1.32 s
                  p50 405 ms^   ^p95 532 ms
            """
        )

    @pytest.mark.parametrize("glyphs", ["braille", "blocks", "ascii"])
    def test_the_outlines_differ_without_color(self, glyphs: GlyphName) -> None:
        alone = [
            draw_before_after(data, 60, 14, glyphs=glyphs)
            for data in (BeforeAfterData(LATENCY, np.empty(0)), BeforeAfterData(np.empty(0), LATENCY))
        ]
        before, after = (
            grid.codes[2:9][grid.inks[2:9] == ink]
            for grid, ink in zip(alone, (Ink.FIRST, Ink.SECOND), strict=True)
        )
        assert before.size
        assert after.size
        assert set(before.tolist()) != set(after.tolist())

    def test_each_run_is_drawn_in_shares_of_itself(self) -> None:
        few = draw_before_after(BeforeAfterData(LATENCY, LATENCY), 60, 14)
        more = draw_before_after(BeforeAfterData(LATENCY, np.tile(LATENCY, 7)), 60, 14)
        assert (few.codes[1:12] == more.codes[1:12]).all()

    def test_summary(self) -> None:
        assert summarize_before_after(BeforeAfterData(LATENCY, FIXED)) == (
            "before: 30 requests, median 415 ms, p95 1.32 s, slowest 3.2 s; "
            "after: 30 requests, median 405 ms, p95 532 ms, slowest 2.32 s; median -2 %, p95 -60 %."
        )
        one_sided = summarize_before_after(BeforeAfterData(LATENCY, np.array([np.nan])))
        assert one_sided.endswith(
            "after: 0 requests, none with a finite time; 1 request without a finite time left out."
        )
        assert summarize_before_after(BeforeAfterData.empty()) == "No requests to compare."


any_number = st.one_of(
    st.floats(0, 10), st.floats(allow_nan=True, allow_infinity=True), st.sampled_from([0.0, 5e-324, 1e308])
)
sizes = st.tuples(st.integers(1, 100), st.integers(1, 40), st.sampled_from(["braille", "blocks", "ascii"]))


class TestProperties:
    @given(arrays(np.float64, st.integers(0, 50), elements=any_number), sizes, st.data())
    def test_any_histogram_has_exactly_the_size_asked(
        self, latency: np.ndarray, size: tuple[int, int, GlyphName], more: st.DataObject
    ) -> None:
        width, height, glyphs = size
        masks = [more.draw(arrays(np.bool_, len(latency))) for _ in range(2)]
        data = HistogramData(latency, masks[0], more.draw(st.sampled_from([None, masks[1]])))
        grid = draw_histogram(data, width, height, glyphs=glyphs)
        assert grid.codes.shape == grid.inks.shape == (height, width)
        assert summarize_histogram(data).endswith(".")

    @given(arrays(np.float64, st.integers(1, 50), elements=st.floats(1e-6, 100)), st.integers(1, 100))
    def test_every_request_stands_under_a_bar(self, latency: np.ndarray, width: int) -> None:
        data = HistogramData(latency, np.zeros(len(latency), dtype=bool))
        grid = draw_histogram(data, width, 7)
        bins = Bins.over(Axis.around(latency, "log"), width, len(latency))
        assert bins.counts(latency).sum() == len(latency)
        lit = grid.codes[4, width - bins.width :] != SPACE
        for column in bins.axis.cells(latency, bins.width).tolist():
            first = column // bins.columns * bins.columns
            assert lit[first]

    @given(
        arrays(np.float64, st.integers(0, 50), elements=any_number),
        arrays(np.float64, st.integers(0, 50), elements=any_number),
        sizes,
    )
    def test_any_comparison_has_exactly_the_size_asked(
        self, before: np.ndarray, after: np.ndarray, size: tuple[int, int, GlyphName]
    ) -> None:
        width, height, glyphs = size
        data = BeforeAfterData(before, after)
        grid = draw_before_after(data, width, height, glyphs=glyphs)
        assert grid.codes.shape == grid.inks.shape == (height, width)
        assert summarize_before_after(data).endswith(".")

    @given(st.dictionaries(st.sampled_from([50, 95, 99]), st.floats(0.1, 10)), st.integers(1, 80))
    def test_percentile_labels_never_touch(self, found: dict[int, float], width: int) -> None:
        row = Grid(width, 1)
        frame = Frame(0, 0, Field(Axis(0.1, 10, "log"), Axis(0, 1), width, 5))
        draw_percentiles(row, frame, found, glyphs=GLYPHS["braille"], caret="▲", ink=Ink.P95)
        text = row.line(0)
        cells = {frame.field.across.cell(value, width) for value in found.values()}
        assert {place for place, character in enumerate(text) if character == "▲"} == cells
        words = [word for word in text.replace("▲", " ").split() if word.startswith("p")]
        assert len(set(words)) == len(words)
        assert set(words) <= {f"p{rank}" for rank in found}
