"""Marks on a chart: each label has a letter of its own, and none is lost where several fall together."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tui.charts.axis import Axis
from tui.charts.frame import Frame
from tui.charts.latency import LatencyData, draw_latency, read_column
from tui.charts.marks import Mark, caption_lines, draw_letters, signed
from tui.charts.raster import Field, Grid

DEPLOY = Mark(20, "deploy request-ride@traced")
ON, OFF = Mark(20, "fault sporadic-delay on"), Mark(40, "fault sporadic-delay off")
ALERT = Mark(40, "alert duration-gt-1000")
ALL = (DEPLOY, ON, OFF, ALERT)


def chart(*marks: Mark, width: int = 120, height: int = 24) -> tuple[Grid, Frame, LatencyData]:
    data = LatencyData(np.arange(60.0), np.full(60, 0.4), np.zeros(60, bool), marks, 60.0)
    return *draw_latency(data, width, height), data


def test_labels_with_one_initial_get_letters_of_their_own() -> None:
    assert [mark.letter for mark in signed([OFF, ON, DEPLOY, ALERT])] == ["F", "D", "f", "A"]
    faults = [Mark(at, f"fault {name} on") for at, name in enumerate(("gc-pause", "cron-job", "slow-users"))]
    assert [mark.letter for mark in signed(faults)] == ["F", "f", "S"]


def test_one_label_keeps_its_letter_each_time() -> None:
    assert [mark.letter for mark in signed([Mark(1, "alert"), Mark(9, "alert"), Mark(5, "all")])] == [
        "A",
        "a",
        "A",
    ]


@given(st.lists(st.text(max_size=8), max_size=12), st.integers(1, 40))
def test_no_two_labels_share_a_letter(labels: list[str], width: int) -> None:
    marks = signed(Mark(at, label) for at, label in enumerate(labels))
    letters = {mark.label: mark.letter for mark in marks}
    assert len(set(letters.values())) == len(letters)
    lines, _ = caption_lines(["60 requests"], marks, width, 3, [""])
    assert 1 <= len(lines) <= 3
    assert all(len(line) <= width for line in lines)


def test_marks_of_one_moment_stand_side_by_side_and_the_legend_names_each() -> None:
    grid, frame, _ = chart(*ALL)
    legend = grid.line(0) + grid.line(1)
    for mark, letter in zip(ALL, "DFfA", strict=True):
        assert f"{letter} {mark.label}" in legend
    row = grid.line(frame.top - 1)
    assert row.split() == ["DF", "fA"]
    assert row.index("DF") == frame.left + frame.field.across.cell(20, frame.field.width)


@given(st.lists(st.floats(0, 10), max_size=30), st.integers(1, 30))
def test_letters_are_moved_apart_and_stay_inside(times: list[float], width: int) -> None:
    marks = signed(Mark(at, f"{at}") for at in times)[:width]
    row = Grid(width, 1)
    draw_letters(row, Frame(0, 0, Field(Axis(0, 10), Axis(0, 1), width, 5)), marks, 0)
    wanted = {(min(int(mark.at_s / 10 * width), width - 1), mark.letter) for mark in marks}
    assert len(row.line(0).replace(" ", "")) == len(wanted)


def test_where_labels_do_not_fit_their_first_words_do_and_the_rest_is_counted() -> None:
    parts = ["600 requests", "52 failed x"]
    marks = signed(ALL)
    assert caption_lines(parts, marks, 70, 1, [""])[0] == [
        "600 requests · 52 failed x · D deploy · F fault · f fault · A alert"
    ]
    assert caption_lines(parts, marks, 60, 1, [""])[0] == [
        "600 requests · 52 failed x · D deploy · F fault · +2 more"
    ]
    two, beside = caption_lines(parts, marks, 90, 2, ["p95 per min · log scale", "p95 per min"])
    assert beside == "p95 per min · log scale"
    assert len(two) == 2
    assert two[1].endswith("A alert duration-gt-1000")


def test_the_cursor_names_marks_even_where_the_legend_cannot() -> None:
    _, frame, data = chart(*ALL, width=40, height=10)
    reading = read_column(data, frame, frame.field.across.cell(20, frame.field.width))
    assert reading.text().endswith("D deploy request-ride@traced, F fault sporadic-delay on")
    short = reading.text(48)
    assert short.endswith(", D F")
    assert len(short) <= 48
