"""How a JavaScript program writes numbers, keys and clocks."""

import math
from pathlib import Path

import pytest

from simulator.report_format import clock, date, key_order, milliseconds, number, rounded

GOLDEN = Path(__file__).parent / "golden"
ERRORS = ("ETIMEDOUT", "ECONNREFUSED", "Failed capture or match")
TIMED_OUT, REFUSED, NOT_CAPTURED = range(3)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3697.0, "3697"),
        (1723.6, "1723.6"),
        (0.0, "0"),
        (-2.0, "-2"),
        (1e16, "10000000000000000"),
        (0.1 + 0.2, "0.30000000000000004"),
    ],
)
def test_numbers_have_the_fewest_digits_that_tell_them_apart(value, text):
    assert number(value) == text


def test_what_is_no_number_is_written_out():
    assert [number(value) for value in (math.nan, math.inf, -math.inf)] == ["NaN", "Infinity", "-Infinity"]


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0.25, 1, 0.3),
        (0.35, 1, 0.4),
        (2.5, 0, 3),
        (-2.5, 0, -2),
        (0.49999999999999994, 0, 0),
        (79.3103, 3, 79.31),
    ],
)
def test_halves_are_rounded_up(value, decimals, expected):
    assert rounded(value, decimals) == expected


def test_what_is_no_number_is_not_rounded():
    assert math.isnan(rounded(math.nan, 1))
    assert rounded(math.inf) == math.inf


def test_whole_numbers_lead_the_keys_of_an_object():
    assert key_order(["b", "10", "a", "9", "b", "01", "-1", "4294967295"]) == [
        "9", "10", "b", "a", "01", "-1", "4294967295",
    ]  # fmt: skip


def test_a_clock_cuts_off_but_not_what_floating_point_lost():
    assert milliseconds([0.007, 1.001, 0.0009994, 60.0]).tolist() == [7, 1001, 0, 60_000]
    assert clock(9.9999) == "19:48:50(-0400)"
    assert (clock(15_079.0), date(15_079.0)) == ("00:00:00(-0400)", "2018-03-31")
