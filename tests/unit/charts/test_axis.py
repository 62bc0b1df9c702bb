"""Axes: cells, clean ticks, labels that never overlap."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tui.charts.axis import LARGEST, Axis

lengths = st.integers(1, 200)
any_floats = arrays(np.float64, st.integers(0, 30), elements=st.floats(allow_nan=True, allow_infinity=True))


@st.composite
def axes(draw: st.DrawFn) -> Axis:
    scale = draw(st.sampled_from(["linear", "log"]))
    unit = draw(st.sampled_from(["duration", "count", "share"]))
    low = draw(st.floats(1e-9, 1e6) if scale == "log" else st.floats(-1e6, 1e6))
    width = draw(st.floats(1e-3, 1e6))
    return Axis(low, low + max(width, abs(low) * 1e-3), scale, unit)


def labels(axis: Axis, width: int) -> list[str]:
    return [tick.label for tick in axis.ticks_across(width)]


class TestAround:
    def test_log_ends_are_one_two_or_five_times_a_power_of_ten(self) -> None:
        axis = Axis.around([0.306, 7.9], "log")
        assert (axis.low, axis.high) == (0.2, 10)

    def test_linear_ends_are_zero_and_a_multiple_of_a_step(self) -> None:
        axis = Axis.around([0.306, 1.32])
        assert (axis.low, axis.high) == (0, 1.5)

    @pytest.mark.parametrize("value", [1.0, 0.409, 2e-3])
    def test_a_lone_value_stands_inside(self, value: float) -> None:
        axis = Axis.around([value, value], "log")
        assert axis.low < value < axis.high

    @pytest.mark.parametrize("scale", ["linear", "log"])
    def test_nothing_to_show_still_makes_an_axis(self, scale: str) -> None:
        for values in ([], [math.nan, math.inf, -math.inf], [2 * LARGEST]):
            assert Axis.around(values, scale).low < 1.1  # type: ignore[arg-type]

    def test_counts_have_whole_ends(self) -> None:
        axis = Axis.around([0, 1], unit="count")
        assert (axis.low, axis.high) == (0, 1)

    def test_one_speck_does_not_crush_the_rest(self) -> None:
        assert Axis.around([1e-300, 1.0], "log").low > 1e-10

    @given(any_floats, st.sampled_from(["linear", "log"]))
    def test_it_holds_every_value_that_can_be_drawn(self, values: np.ndarray, scale: str) -> None:
        axis = Axis.around(values, scale)  # type: ignore[arg-type]
        drawn = values[np.abs(values) <= LARGEST]
        if scale == "log":
            drawn = drawn[drawn > 0]
        if drawn.size:
            rounding = (axis.high - axis.low) * 1e-9 + 1e-12
            assert drawn.max() <= axis.high * (1 + 1e-6) + rounding
            assert axis.low <= max(drawn.min(), drawn.max() * 1e-9) * (1 + 1e-6) + rounding

    @pytest.mark.parametrize(("low", "high"), [(1, 1), (2, 1), (math.nan, 1), (0, math.inf)])
    def test_an_axis_without_room_is_refused(self, low: float, high: float) -> None:
        with pytest.raises(ValueError, match="finite low below its high"):
            Axis(low, high)

    def test_a_log_axis_from_zero_is_refused(self) -> None:
        with pytest.raises(ValueError, match="starts above 0"):
            Axis(0, 1, "log")


class TestCells:
    def test_values_fall_into_equal_cells(self) -> None:
        assert Axis(0, 10).cells([0, 0.9, 1, 5, 9.9], 10).tolist() == [0, 0, 1, 5, 9]
        assert Axis(0.1, 1000, "log").cells([0.1, 1, 10, 999], 4).tolist() == [0, 1, 2, 3]

    def test_what_lies_beyond_stands_at_the_end(self) -> None:
        assert Axis(0, 10).cells([-5, 10, 11, math.inf], 10).tolist() == [0, 9, 9, 9]
        assert Axis(0.1, 10, "log").cells([-1, 0, 1e9], 10).tolist() == [0, 0, 9]

    def test_nan_has_no_place(self) -> None:
        with pytest.raises(ValueError, match="NaN"):
            Axis(0, 1).cells([0.5, math.nan], 10)

    @given(axes(), st.floats(0, 1))
    def test_values_undo_fractions(self, axis: Axis, fraction: float) -> None:
        assert axis.fractions(axis.values(fraction)) == pytest.approx(fraction, abs=1e-6)


class TestTicks:
    @pytest.mark.parametrize(
        ("axis", "width", "expected"),
        [
            (Axis(0.2, 10, "log"), 52, ["200 ms", "500 ms", "1 s", "2 s", "5 s", "10 s"]),
            (Axis(0.2, 10, "log"), 24, ["300 ms", "1 s", "3 s", "10 s"]),
            (Axis(0.2, 0.5, "log"), 52, ["200 ms", "300 ms", "400 ms", "500 ms"]),
            (Axis(1e-7, 100, "log"), 52, ["1 µs", "1 ms", "1 s"]),
            (Axis(0, 60), 52, ["0 s", "10 s", "20 s", "30 s", "40 s", "50 s", "1 min"]),
            (Axis(0, 60), 24, ["0 s", "30 s", "1 min"]),
            (Axis(0, 754), 52, ["0 s", "2 min", "4 min", "6 min", "8 min", "10 min", "12 min"]),
            (Axis(0, 90_000), 52, ["0 s", "6 h", "12 h", "18 h", "24 h"]),
            (Axis(0, 1.5), 52, ["0 s", "500 ms", "1 s", "1.5 s"]),
            (Axis(0, 8, unit="count"), 52, ["0", "2", "4", "6", "8"]),
            (Axis(0, 0.4, unit="share"), 24, ["0 %", "20 %", "40 %"]),
        ],
    )
    def test_labels_are_what_people_would_write(self, axis: Axis, width: int, expected: list[str]) -> None:
        assert labels(axis, width) == expected

    def test_upward_ticks_leave_a_row_between_them(self) -> None:
        ticks = Axis(0.2, 10, "log").ticks_up(8)
        assert [(tick.label, tick.cell) for tick in ticks] == [
            ("300 ms", 0),
            ("1 s", 3),
            ("3 s", 5),
            ("10 s", 7),
        ]

    @given(axes(), lengths)
    def test_ticks_across_increase_within_the_axis_and_labels_never_overlap(
        self, axis: Axis, width: int
    ) -> None:
        ticks = axis.ticks_across(width)
        assert len(ticks) >= 2
        assert all(a.value < b.value for a, b in pairwise(ticks))
        assert all(axis.low <= tick.value <= axis.high for tick in ticks)
        assert all(tick.cell == axis.cell(tick.value, width) for tick in ticks)
        shown = [tick for tick in ticks if tick.label]
        assert all(tick.start >= 0 and tick.end <= width for tick in shown)
        assert all(a.end < b.start for a, b in pairwise(shown))

    @given(axes(), lengths)
    def test_ticks_up_increase_within_the_axis_on_rows_of_their_own(self, axis: Axis, height: int) -> None:
        ticks = axis.ticks_up(height)
        assert len(ticks) >= 2
        assert all(a.value < b.value for a, b in pairwise(ticks))
        assert all(axis.low <= tick.value <= axis.high for tick in ticks)
        rows = [tick.cell for tick in ticks if tick.label]
        assert len(set(rows)) == len(rows)
        assert all(0 <= row < height for row in rows)

    @given(axes(), st.integers(20, 200))
    def test_labels_tell_ticks_apart(self, axis: Axis, width: int) -> None:
        shown = [label for label in labels(axis, width) if label]
        assert len(set(shown)) == len(shown)
