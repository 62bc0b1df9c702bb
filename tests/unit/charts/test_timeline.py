"""A trace as the lines of a waterfall: golden texts, bars to an eighth, folding, sentences."""

from __future__ import annotations

from itertools import pairwise
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.tracing import Span, SpanKind, Trace
from tui.charts.bars import BACKWARD, FINE, PLAIN, Runs, bar, clipped, hatched
from tui.charts.timeline import Columns, Timeline, summarize_trace


def span(
    name: str,
    start_ms: float,
    end_ms: float,
    parent: int,
    kind: SpanKind = "mark",
    service: str = "request-ride",
    **flags: bool,
) -> Span:
    return Span(name, kind, service, start_ms / 1000, end_ms / 1000, parent, **flags)


RIDE = Trace.arranged(
    "t",
    [
        span("POST /ride", 1000, 2456, -1, "request", "client"),
        span("to gateway", 1000, 1071, 0, "network", "gateway"),
        span("request-ride", 1080, 2440, 0, "invocation"),
        span("get_ride", 1082, 1095, 2),
        span("get_ride_discount", 1096, 2210, 2),
        span("start", 1110, 1330, 4, "cold start", "promo-discount"),
        span("promo-discount", 1330, 2195, 4, "invocation", "promo-discount"),
        span("record_ride", 2310, 2352, 2, error=True),
        span("audit", 2312, 2340, 2, left_open=True),
        span("report", 2422, 2440, 2, "report"),
    ],
)


def golden(text: str) -> str:
    return dedent(text).strip("\n")


def text_of(runs: Runs) -> str:
    return "".join(text for _, text in runs)


def picture(timeline: Timeline, width: int, cursor: int | None = None) -> str:
    lines = [timeline.header(width)]
    lines += [timeline.line(place, width, cursor=place == cursor) for place in timeline.visible]
    return dedent("\n".join(text_of(line).rstrip() for line in lines))


class TestLines:
    def test_eighty_columns_show_everything(self) -> None:
        assert picture(Timeline(RIDE), 80, cursor=4) == golden(
            """
              span                          0 s    500 ms       1 s             time   share
             ┃▾ POST /ride                  ███████████████████████████████   1.46 s   100 %
             ┃    to gateway (network)      █▌        ┊          ┊             71 ms   4.9 %
             ┃  ▾ request-ride              ┊▊████████████████████████████▋   1.36 s    93 %
             ┃      get_ride                ┊▊        ┊          ┊             13 ms   0.9 %
            ❯┃    ▾ get_ride_discount       ┊ ███████████████████████▊        1.11 s    77 %
             ┃        start (cold start)    ┊ ▍████   ┊          ┊            220 ms    15 %
             ┃        promo-discount        ┊      ██████████████████▌        865 ms    59 %
             ┃        unmarked (2)          ┊         ┊          ┊   ▏         29 ms     2 %
             ┃      record_ride ✗           ┊         ┊          ┊     ▉▊      42 ms   2.9 %
                    audit ○                 ┊         ┊          ┊     ▉▌      28 ms   1.9 %
             ┃      report                  ┊         ┊          ┊        ▍    18 ms   1.2 %
             ┃      unmarked (4)            ┊         ┊          ┊    ░░ ░    173 ms    12 %
             ┃    unmarked (2)              ┊         ┊          ┊        ▏    25 ms   1.7 %
            """
        )

    def test_an_invocation_without_a_mark_is_hatched_from_end_to_end_and_says_so(self) -> None:
        bare = [
            span("POST /ride", 0, 1000, -1, "request", "client"),
            span("request-ride", 100, 900, 0, "invocation"),
        ]
        lines = picture(Timeline(Trace.arranged("t", bare)), 80).split("\n")
        assert "request-ride (unmarked)" in lines[2]
        assert "░" * 15 in lines[2]
        assert "█" not in lines[2]
        assert "█" in lines[1]

    def test_sixty_columns_show_name_bar_and_time(self) -> None:
        assert picture(Timeline(RIDE), 60) == golden(
            """
              span                    0 s  500 ms     1 s           time
             ┃▾ POST /ride            █████████████████████████   1.46 s
             ┃    to gateway (networ… █▎      ┊        ┊           71 ms
             ┃  ▾ request-ride        ┊▍██████████████████████▊   1.36 s
             ┃      get_ride          ┊▎      ┊        ┊           13 ms
             ┃    ▾ get_ride_discount ┊▋██████████████████▊       1.11 s
             ┃        start (cold st… ┊▉███▋  ┊        ┊          220 ms
             ┃        promo-discount  ┊    ▋██████████████▌       865 ms
             ┃        unmarked (2)    ┊       ┊        ┊  ▏        29 ms
             ┃      record_ride ✗     ┊       ┊        ┊    ▌▎     42 ms
                    audit ○           ┊       ┊        ┊    ▌      28 ms
             ┃      report            ┊       ┊        ┊      ▋    18 ms
             ┃      unmarked (4)      ┊       ┊        ┊   ░ ░    173 ms
             ┃    unmarked (2)        ┊       ┊        ┊      ▏    25 ms
            """
        )

    def test_ascii(self) -> None:
        assert picture(Timeline(RIDE, ascii_only=True), 60, cursor=0) == golden(
            """
              span                    0 s  500 ms     1 s           time
            >*- POST /ride            =========================   1.46 s
             *    to gateway (networ~ ==      .        .           71 ms
             *  - request-ride        .========================   1.36 s
             *      get_ride          .|      .        .           13 ms
             *    - get_ride_discount .====================       1.11 s
             *        start (cold st~ .=====  .        .          220 ms
             *        promo-discount  .    ================       865 ms
             *        unmarked (2)    .       .        .  |        29 ms
             *      record_ride x     .       .        .    ==     42 ms
                    audit o           .       .        .    |      28 ms
             *      report            .       .        .      |    18 ms
             *      unmarked (4)      .       .        .   / /    173 ms
             *    unmarked (2)        .       .        .      |    25 ms
            """
        )

    def test_a_folded_span_hides_what_is_below_it_and_says_how_many(self) -> None:
        timeline = Timeline(RIDE)
        timeline.fold(frozenset({2}))
        assert picture(timeline, 60) == golden(
            """
              span                    0 s  500 ms     1 s           time
             ┃▾ POST /ride            █████████████████████████   1.46 s
             ┃    to gateway (networ… █▎      ┊        ┊           71 ms
             ┃  ▸ request-ride +5     ┊▍██████████████████████▊   1.36 s
             ┃    unmarked (2)        ┊       ┊        ┊      ▏    25 ms
            """
        )

    def test_folds_inside_folds_are_kept(self) -> None:
        timeline = Timeline(RIDE)
        timeline.fold(frozenset({2, 4}))
        inner = timeline.visible
        timeline.fold(frozenset({4}))
        assert len(inner) < len(timeline.visible) < len(timeline.rows)

    def test_kinds_are_told_in_words_where_the_name_does_not(self) -> None:
        lines = picture(Timeline(RIDE), 120)
        assert "to gateway (network)" in lines
        assert "start (cold start)" in lines
        assert "report (report)" not in lines
        assert "(mark)" not in lines

    def test_the_critical_path_is_marked(self) -> None:
        timeline = Timeline(RIDE)
        marked = {row.span for place, row in enumerate(timeline.rows) if timeline.is_critical(place)}
        assert marked - {None} == RIDE.critical_path()
        for place in range(len(timeline.rows)):
            assert (FINE.critical in text_of(timeline.line(place, 80))) == timeline.is_critical(place)

    def test_unmarked_time_off_the_critical_path_is_not_marked(self) -> None:
        side = Trace.arranged(
            "t",
            [span("root", 0, 10, -1), span("main", 0, 10, 0), span("side", 1, 9, 0), span("part", 1, 3, 2)],
        )
        timeline = Timeline(side)
        unmarked = [place for place, row in enumerate(timeline.rows) if row.unmarked_of == 2]
        assert [timeline.is_critical(place) for place in unmarked] == [False]

    def test_wide_and_control_characters_do_not_shift_the_columns(self) -> None:
        odd = Timeline(Trace("t", (span("名前\tx\x1b[31m", 0, 10, -1),)))
        line = text_of(odd.line(0, 60))
        assert len(line) == 60
        assert line.isprintable()

    @given(st.integers(0, 200), st.booleans(), st.booleans())
    def test_every_line_has_exactly_the_width_asked(self, width: int, ascii_only: bool, cursor: bool) -> None:
        timeline = Timeline(RIDE, ascii_only=ascii_only)
        assert len(text_of(timeline.header(width))) == width
        for place in range(len(timeline.rows)):
            line = timeline.line(place, width, cursor=cursor)
            assert len(text_of(line)) == width
            assert not ascii_only or text_of(line).isascii()

    @given(st.integers(0, 300), st.integers(0, 100), st.integers(8, 12))
    def test_columns_divide_the_width(self, width: int, longest: int, number: int) -> None:
        columns = Columns.fit(width, longest, number)
        assert min(columns.name, columns.bar, columns.share) >= 0
        if width >= 60:
            assert columns.name + 1 + columns.bar + 1 + columns.number + columns.share == width
            assert columns.bar >= 20

    def test_a_trace_without_length_can_be_drawn(self) -> None:
        instant = Timeline(Trace("t", (span("root", 5, 5, -1), span("child", 5, 5, 0))))
        assert "0 s" in text_of(instant.line(1, 60))


BLANK = [" "] * 10


def lit_eighths(runs: Runs) -> list[int]:
    """Which eighths of the row are lit, read back from the characters."""
    lit, cell = [], 0
    for ink, text in runs:
        for character in text:
            if character != " ":
                part = 8 if character == FINE.full else FINE.eighths.index(character) + 1
                eighths = range(part, 8) if ink.startswith(BACKWARD) else range(part)
                lit += [cell * 8 + eighth for eighth in eighths]
            cell += 1
    return lit


class TestBars:
    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [
            (0, 10, range(80)),
            (0, 0.125, range(1)),
            (2, 3, range(16, 24)),
            (2.5, 4.25, range(20, 34)),
            (1.75, 2, range(14, 16)),
            (9.9, 10, range(79, 80)),
        ],
    )
    def test_a_bar_lies_where_its_time_does_to_an_eighth(
        self, start: float, end: float, expected: range
    ) -> None:
        assert lit_eighths(bar(start, end, BLANK, "mark", FINE)) == list(expected)

    @given(st.floats(0, 10), st.floats(0, 10))
    def test_any_bar_shows_without_gaps_and_is_off_by_less_than_a_cell(
        self, one: float, other: float
    ) -> None:
        start, end = sorted((one, other))
        runs = bar(start, end, BLANK, "mark", FINE)
        lit = lit_eighths(runs)
        assert len(text_of(runs)) == 10
        assert lit == list(range(lit[0], lit[-1] + 1))
        assert len(lit) == max(1, min(round(end * 8), 80) - min(round(start * 8), 79))
        # Only what lies in the middle of one cell is moved, to the nearer side of it.
        tolerance = 8 if int(start) == int(end) else 1
        assert abs(lit[0] - min(start * 8, 79)) <= tolerance

    @given(st.floats(-5, 15), st.floats(-5, 15))
    def test_what_lies_outside_is_cut_off(self, one: float, other: float) -> None:
        start, end = sorted((one, other))
        for signs in (FINE, PLAIN):
            assert len(text_of(bar(start, end, BLANK, "mark", signs))) == 10

    def test_an_instant_is_a_thin_line_in_ascii(self) -> None:
        assert text_of(bar(3.2, 3.3, BLANK, "mark", PLAIN)) == "   |      "
        assert text_of(bar(3.2, 5.5, BLANK, "mark", PLAIN)) == "   ===    "

    def test_hatching_covers_cells_that_are_mostly_unmarked(self) -> None:
        assert text_of(hatched([(0, 2.4), (2.45, 2.7), (5.6, 6.2), (8, 8.1)], BLANK, FINE)) == "░░░       "

    def test_short_unmarked_time_still_shows(self) -> None:
        assert text_of(hatched([(1, 1.1), (5, 5.2)], BLANK, FINE)) == "     ▏    "

    @given(
        st.lists(st.tuples(st.sampled_from("ab"), st.text("xy", max_size=5)), max_size=6), st.integers(0, 20)
    )
    def test_clipping_gives_the_width_and_joins_neighbors(self, runs: Runs, width: int) -> None:
        line = clipped(runs, width)
        assert text_of(line) == text_of(runs)[:width].ljust(width)
        assert all(one[0] != other[0] for one, other in pairwise(line))


class TestWords:
    def test_a_span_is_described(self) -> None:
        timeline = Timeline(RIDE)
        place = [row.span for row in timeline.rows].index(7)
        assert timeline.describe(place) == (
            "record_ride, mark in request-ride: 42 ms (2.9 % of the whole), from 1.31 s, on the "
            "critical path, failed"
        )

    def test_unmarked_time_is_described(self) -> None:
        timeline = Timeline(RIDE)
        places = {row.unmarked_of: place for place, row in enumerate(timeline.rows) if row.span is None}
        assert timeline.describe(places[0]) == (
            "Unmarked time of POST /ride: 25 ms (1.7 % of the whole) in 2 pieces, the longest 16 ms, "
            "from 1.44 s"
        )
        single = Timeline(Trace("t", (span("root", 0, 10, -1), span("child", 0, 9, 0))))
        assert single.describe(2) == "Unmarked time of root: 1 ms (10 % of the whole) in one piece, from 9 ms"

    def test_the_summary_names_the_widest_leaf_and_the_most_unmarked_time(self) -> None:
        assert summarize_trace(RIDE) == (
            "POST /ride took 1.46 s over 10 spans; the widest span at the bottom is promo-discount "
            "with 865 ms (59 %); most unmarked time is in request-ride with 173 ms (12 %); 1 failed; 1 never "
            "ended."
        )

    def test_the_summary_of_a_lone_span(self) -> None:
        assert summarize_trace(Trace("t", (span("ride", 0, 400, -1),))) == (
            "ride took 400 ms over 1 span; all of it is unmarked."
        )

    def test_the_summary_of_a_covered_trace(self) -> None:
        covered = Trace("t", (span("ride", 0, 400, -1), span("all", 0, 400, 0)))
        assert "; nothing is unmarked." in summarize_trace(covered)
