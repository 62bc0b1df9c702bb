"""Latency over time as a picture: golden texts, properties, readings and sentences."""

from __future__ import annotations

import math
import time
from textwrap import dedent

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tui.charts.frame import with_cursor
from tui.charts.glyphs import GLYPHS, SPACE, GlyphName
from tui.charts.latency import LatencyData, Mark, draw_latency, read_column, summarize_latency
from tui.charts.raster import CURSOR, Ink

MILLISECONDS = [
    420, 390, 450, 1270, 400, 380, 510, 360, 1310, 440, 410, 400, 470, 350, 390,
    430, 1240, 400, 420, 370, 460, 400, 1330, 380, 410, 550, 400, 360, 430, 3200,
]  # fmt: skip


def ride(*, failed: tuple[int, ...] = (8, 12), **more: object) -> LatencyData:
    """30 requests, one every 2 s: a fifth slow, one very slow."""
    errors = np.zeros(30, dtype=bool)
    errors[list(failed)] = True
    options = {"horizon_s": 60.0, "threshold_s": 1.0, **more}
    return LatencyData(np.arange(30) * 2.0, np.array(MILLISECONDS) / 1000, errors, **options)  # type: ignore[arg-type]


def many(count: int) -> LatencyData:
    """A wave with a slow fifth, every 40th request failed."""
    latency = 0.4 + 0.1 * np.sin(np.arange(count) / 9)
    latency[::5] += 0.9
    return LatencyData(np.linspace(0, 59.9, count), latency, np.arange(count) % 40 == 0, horizon_s=60.0)


def picture(data: LatencyData, width: int, height: int, **options: object) -> str:
    return draw_latency(data, width, height, **options)[0].text().rstrip()  # type: ignore[arg-type]


def golden(text: str) -> str:
    return dedent(text).strip("\n")


MARKS = (Mark(20.5, "deploy"), Mark(45, "alert"))


class TestPicture:
    def test_a_run_with_marks_percentiles_and_a_threshold(self) -> None:
        assert picture(ride(marks=MARKS), 60, 16) == golden(
            """
            30 requests · 2 failed x · D deploy · A alert      log scale
                                 D                A
               5 s ┤             ┊                ┊
                   │             ┊                ┊       •
                   │             ┊                ┊
               2 s ┤             ┊                ┊
                   │╌╌╌╌╌╌╌╌╌╌x╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌•╌╌╌╌╌╌╌╌╌╌ p95 1.32 s
               1 s ┤════•════════════════•══════════════════ alert 1 s
                   │             ┊                ┊
                   │             ┊                ┊
            500 ms ┤  •     •    ┊  x         •   ┊  •
                   │••───••──•──•••──••─•─•─••──•─•─•─•─••── p50 415 ms
                   │             ┊                ┊
            200 ms ┤             ┊                ┊
                   └┴────────────┴────────────┴────────────┴
                    0 s        20 s         40 s       1 min
            """,
        )

    def test_the_linear_scale(self) -> None:
        assert picture(ride(marks=MARKS), 60, 12, log=False, glyphs="blocks") == golden(
            """
            30 requests · 2 failed x · D deploy · A alert   linear scale
                               D                 A
            4 s ┤              ┊                 ┊
                │              ┊                 ┊        •
                │              ┊                 ┊
            2 s ┤              ┊                 ┊
                │              ┊                 ┊
                │╌╌╌╌•╌╌╌╌╌╌x╌╌╌╌╌╌╌╌╌╌•╌╌╌╌╌╌╌╌•╌╌╌╌╌╌╌╌╌╌╌ p95 1.32 s
                │        •     ┊                 ┊  •        alert 1 s
            0 s ┤•••──•─•──•─•─••─x•─••──••─••─•─•─•──••─•── p50 415 ms
                └┴─────────────┴─────────────┴─────────────┴
                 0 s         20 s          40 s        1 min
            """,
        )

    def test_ascii(self) -> None:
        assert picture(ride(marks=MARKS), 40, 10, glyphs="ascii") == golden(
            """
            30 requests - 2 failed x - D deploy
                            D          A
               3 s |        !          !     o
                   |        !          !
               1 s |-=o=-=x=-=-=-o-=-=-o-=-=-= p95
                   |        !          !       alert
                   |oo-oooooooxoooooooooooooo- p50
            300 ms |        !          !
                   ++-------+--------+-------+
                    0 s   20 s     40 s  1 min
            """,
        )

    def test_what_does_not_fit_is_left_away_and_the_dots_stay(self) -> None:
        assert picture(ride(marks=MARKS), 24, 6) == golden(
            """
            30 requests · 2 failed x
               3 s ┤     D      A  •
               1 s ┤╌•╌╌x╌╌╌•╌╌•╌╌╌╌
            300 ms ┤••••••x••••••••─
                   └┴──────────────┴
                    0 s        1 min
            """,
        )
        assert picture(ride(marks=MARKS), 10, 3) == golden(
            """
            ╌•xD╌•╌A╌•
            ••••x•••••
            ──────────
            """,
        )

    @pytest.mark.parametrize(
        ("glyphs", "expected"),
        [
            (
                "braille",
                """
                400 requests · 10 failed x             p95 per 5 s
                   2 s ┤
                       │x⠒⠤x⣠⠔╌x⣀╌x⠒╌⣀x╌⠒⠢x⣀⠤x⠢⣀╌x⠒╌x⣀╌⠔x╌⣀⡠ p99
                   1 s ┤                                     p95
                       │
                       │
                500 ms ┤─⠲⡀  ⣠─⡄──⣠⠶⡄  ─⠶⡄  ⢠─⣄──⢀⠖⢆  ─⠔⢦  ⢀ p50
                       │⠁ ⢱─⢠⠃ ⠹⡀⢠⠃ ─⡀⢠⠇ ⠘─⢀⠏ ⠈⣆⢀⡎ ─⣆⢀⡞ ⠈──⡞
                       │   ⠓⠃   ⠑⠋   ⠑⠊   ⠘⠊   ⠘⠚   ⠘⠚   ⠈⠚⠁
                200 ms ┤
                       └┴───────────┴───────────┴──────────┴
                        0 s       20 s        40 s     1 min
                """,
            ),
            (
                "blocks",
                """
                400 requests · 10 failed x             p95 per 5 s
                   2 s ┤
                       │x▀▄x▄▞╌x▄╌x▀╌▄x╌▀▚x▄▄x▚▄╌x▀╌x▄╌▞x╌▄▄ p99
                   1 s ┤                                     p95
                       │
                       │
                500 ms ┤─▜▖  ▄─▖──▄█▖  ─█▖  ▗─▄──▗▛▙  ─▞▙  ▗ p50
                       │▘ ▜─▗▘ ▜▖▗▘ ─▖▗▌ ▝─▗▛ ▝▙▗▛ ─▙▗▛ ▝──▛
                       │   ▀▘   ▀▀   ▀▀   ▝▀   ▝▀   ▝▀   ▝▀▘
                200 ms ┤
                       └┴───────────┴───────────┴──────────┴
                        0 s       20 s        40 s     1 min
                """,
            ),
        ],
    )
    def test_a_crowd_is_drawn_in_fractions_of_cells(self, glyphs: GlyphName, expected: str) -> None:
        assert picture(many(400), 50, 12, glyphs=glyphs) == golden(expected)

    def test_before_the_first_request(self) -> None:
        assert picture(LatencyData.empty(), 40, 6) == golden(
            """
            no requests yet                log scale
               1 s ┤
            300 ms ┤
            100 ms ┤
                   └┴───────────────┴──────────────┴
                    0 s          500 ms          1 s
            """,
        )

    def test_percentiles_are_drawn_once_there_are_enough_requests(self) -> None:
        def lines(count: int) -> list[str]:
            text = picture(many(count), 60, 20)
            return [name for name in ("p50", "p95", "p99") if name in text]

        assert lines(1) == lines(19) == ["p50"]
        assert lines(20) == lines(99) == ["p50", "p95"]
        assert lines(100) == ["p50", "p95", "p99"]

    def test_failed_requests_are_crosses(self) -> None:
        grid, _ = draw_latency(ride(failed=(8, 12)), 80, 20)
        assert (grid.inks == Ink.FAILED).sum() == 2
        assert {chr(code) for code in grid.codes[grid.inks == Ink.FAILED]} == {"x"}

    def test_in_a_crowd_as_many_cells_are_crosses_as_requests_failed(self) -> None:
        count = 50_000
        place = np.arange(count)
        data = LatencyData(
            place * 0.6180339887 % 1 * 60,
            10 ** (place * 0.7548776662 % 1 * 2 - 2),
            place % 10 == 0,
            horizon_s=60,
        )
        grid, frame = draw_latency(data, 100, 30)
        share = (grid.inks == Ink.FAILED).sum() / (frame.field.width * frame.field.height)
        assert share == pytest.approx(0.1, abs=0.03)

    def test_one_failure_in_a_crowd_is_never_hidden(self) -> None:
        for which in (0, 4321, 9999):
            failed = np.arange(10_000) == which
            data = LatencyData(np.linspace(0, 60, 10_000), np.full(10_000, 0.4), failed, horizon_s=60)
            assert (draw_latency(data, 80, 20)[0].inks == Ink.FAILED).sum() == 1

    def test_a_million_requests_are_drawn_without_a_loop_over_them(self) -> None:
        place = np.arange(1_000_000)
        data = LatencyData(place * 6e-5, 0.1 + place % 997 / 500, place % 1000 == 7, horizon_s=60)
        began = time.process_time()
        grid, frame = draw_latency(data, 120, 30)
        # A loop in Python over a million requests takes longer than this on any machine.
        assert time.process_time() - began < 0.5
        assert (grid.inks[frame.top : frame.foot, frame.left :] == Ink.CROWD).sum() > 1000

    def test_two_marks_of_one_moment_and_marks_outside_do_no_harm(self) -> None:
        marks = (
            Mark(5, "deploy"),
            Mark(5, "deploy"),
            Mark(999, "never"),
            Mark(math.nan, "lost"),
            Mark(7, ""),
        )
        text = picture(ride(marks=marks), 60, 16)
        assert text.startswith("30 requests · 2 failed x · D deploy · ?")
        assert "never" not in text
        assert "lost" not in text

    def test_labels_of_lines_that_meet_are_moved_apart(self) -> None:
        data = many(200)
        close = LatencyData(data.started_s, np.linspace(0.99, 1.01, 200), data.failed, threshold_s=1.0)
        text = picture(close, 60, 16)
        assert all(label in text for label in ("p50 1 s", "p95 1.01 s", "p99 1.01 s", "alert 1 s"))

    def test_arrays_of_different_length_are_refused(self) -> None:
        with pytest.raises(ValueError, match="one length"):
            LatencyData(np.zeros(2), np.zeros(3), np.zeros(2, dtype=bool))


any_number = st.one_of(
    st.floats(0, 10),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([0.0, 5e-324, 1e308, 1e9]),
)


@st.composite
def any_data(draw: st.DrawFn) -> LatencyData:
    count = draw(st.integers(0, 40))
    return LatencyData(
        draw(arrays(np.float64, count, elements=any_number)),
        draw(arrays(np.float64, count, elements=any_number)),
        draw(arrays(np.bool_, count)),
        marks=tuple(Mark(at, "m") for at in draw(st.lists(any_number, max_size=3))),
        horizon_s=draw(any_number),
        threshold_s=draw(st.none() | any_number),
    )


class TestProperties:
    @given(
        any_data(),
        st.integers(1, 100),
        st.integers(1, 40),
        st.booleans(),
        st.sampled_from(["braille", "blocks", "ascii"]),
    )
    def test_any_data_draws_in_exactly_the_size_asked_and_every_request_is_lit(
        self, data: LatencyData, width: int, height: int, log: bool, glyphs: GlyphName
    ) -> None:
        grid, frame = draw_latency(data, width, height, log=log, glyphs=glyphs)
        assert (grid.width, grid.height) == (width, height)
        assert grid.codes.shape == grid.inks.shape == (height, width)
        field = frame.field
        assert frame.left + field.width <= width
        assert frame.top + field.height <= height
        started, latency, _ = data.drawn
        columns = frame.left + field.across.cells(started, field.width)
        rows = frame.foot - 1 - field.up.cells(latency, field.height)
        assert (grid.codes[rows, columns] != SPACE).all()
        shown = grid.inks[rows, columns]
        assert np.isin(
            shown, [Ink.OK, Ink.CROWD, Ink.FAILED, Ink.MARK, Ink.P50, Ink.P95, Ink.P99, Ink.THRESHOLD]
        ).all()
        assert summarize_latency(data).endswith(".")

    @given(any_data(), st.integers(1, 60), st.data())
    def test_any_column_can_be_read(self, data: LatencyData, width: int, more: st.DataObject) -> None:
        grid, frame = draw_latency(data, width, 12)
        column = more.draw(st.integers(0, frame.field.width - 1))
        reading = read_column(data, frame, column)
        assert reading.text()
        marked = with_cursor(grid, frame, column, GLYPHS["braille"])
        inside = marked.inks[frame.top : frame.foot, frame.left + column]
        assert (inside & CURSOR).all()
        assert (grid.inks < CURSOR).all()

    @given(any_data(), st.integers(1, 60))
    def test_columns_together_hold_every_request_once(self, data: LatencyData, width: int) -> None:
        _, frame = draw_latency(data, width, 10)
        readings = [read_column(data, frame, column) for column in range(frame.field.width)]
        assert sum(reading.requests for reading in readings) == data.drawn[0].size
        assert sum(reading.failed for reading in readings) == data.drawn[2].sum()


class TestReading:
    def test_a_column_says_when_how_many_how_long_and_what_happened(self) -> None:
        data = ride(marks=(Mark(17, "deploy"),))
        _, frame = draw_latency(data, 20, 12)
        column = frame.field.across.cell(16.0, frame.field.width)
        assert read_column(data, frame, column).text() == (
            "15 s–20 s: 2 requests, median 875 ms, slowest 1.31 s, 1 failed, D deploy"
        )

    def test_a_single_request_is_not_given_a_median(self) -> None:
        data = ride()
        _, frame = draw_latency(data, 80, 12)
        assert read_column(data, frame, 0).text() == "0 s–1 s: 1 request, 420 ms"

    def test_an_empty_column_says_so(self) -> None:
        data = ride()
        _, frame = draw_latency(data, 120, 12)
        assert read_column(data, frame, 1).text().endswith("no requests")


class TestSummary:
    def test_it_names_the_numbers_that_matter(self) -> None:
        assert summarize_latency(ride()) == (
            "30 requests within 58 s: median 415 ms, p95 1.32 s, slowest 3.2 s; 5 (17 %) over 1 s; 2 failed."
        )

    def test_what_cannot_be_drawn_is_counted(self) -> None:
        data = LatencyData(
            np.array([0.0, 1, 2, math.nan]), np.array([0.4, math.inf, math.nan, 0.4]), np.zeros(4, dtype=bool)
        )
        assert summarize_latency(data) == (
            "1 request within 0 s: median 400 ms, slowest 400 ms; 0 failed; "
            "3 requests without a finite time left out."
        )
        assert picture(data, 60, 10).startswith("1 request · 3 left out")

    def test_no_requests(self) -> None:
        assert summarize_latency(LatencyData.empty()) == "No requests to show."
