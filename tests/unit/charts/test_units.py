"""Numbers as text."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.charts.units import count_text, counted, duration_text, share_text, tick_text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (5e-324, "<1 ns"),
        (3e-8, "30 ns"),
        (0.00085, "850 µs"),
        (0.00123, "1.23 ms"),
        (0.05, "50 ms"),
        (0.4091, "409 ms"),
        (0.9994, "999 ms"),
        (0.99951, "1 s"),
        (1.3234, "1.32 s"),
        (12.34, "12.3 s"),
        (59.96, "1 min"),
        (65, "1 min 5 s"),
        (3599.6, "1 h"),
        (7800, "2 h 10 min"),
        (-0.3, "-300 ms"),
        (math.inf, "n/a"),
        (math.nan, "n/a"),
    ],
)
def test_durations_have_three_digits_and_the_unit_people_say(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


@given(st.floats(1e-6, 59.0))
def test_a_duration_says_what_it_is_to_half_a_percent(seconds: float) -> None:
    number, unit = duration_text(seconds).split()
    size = {"s": 1, "ms": 1e-3, "µs": 1e-6}[unit]
    assert float(number) * size == pytest.approx(seconds, rel=0.0051)
    assert float(number) < 1000


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_any_number_has_a_text_in_every_unit(value: float) -> None:
    assert duration_text(value)
    assert count_text(value)
    assert share_text(value)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.30000000000000004, "duration", "300 ms"),
        (2.5, "duration", "2.5 s"),
        (0.40905, "duration", "409.05 ms"),
        (90, "duration", "1 min 30 s"),
        (100.5, "duration", "100.5 s"),
        (12_000, "count", "12k"),
        (0.05, "share", "5 %"),
    ],
)
def test_a_tick_keeps_the_digits_it_has(value: float, unit: str, text: str) -> None:
    assert tick_text(value, unit) == text  # type: ignore[arg-type]


def test_counts_stay_short() -> None:
    assert [count_text(n) for n in (0, 950, 9999, 12_000, 1.5e6, 2e9)] == [
        "0",
        "950",
        "9,999",
        "12k",
        "1.5M",
        "2G",
    ]
    assert (counted(1, "request"), counted(12_000, "request")) == ("1 request", "12,000 requests")


def test_a_share_is_zero_only_for_nothing() -> None:
    shares = (0, 1e-5, 0.004, 0.0949, 0.2, 1)
    assert [share_text(s) for s in shares] == ["0 %", "<0.01 %", "0.4 %", "9.5 %", "20 %", "100 %"]
