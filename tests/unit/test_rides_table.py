"""The rides table takes and refuses what DynamoDB's client for Python does, with the same words."""

from __future__ import annotations

import decimal
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from simulator.system.rides import serialize

if TYPE_CHECKING:
    from tests.unit.conftest import Bench

FLOATS = r"^Float types are not supported\. Use Decimal types instead\.$"


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("ride", {"S": "ride"}),
        ("", {"S": ""}),
        (None, {"NULL": True}),
        (True, {"BOOL": True}),
        (False, {"BOOL": False}),
        (1, {"N": "1"}),
        (-(10**30), {"N": "-1000000000000000000000000000000"}),
        (Decimal("0.87"), {"N": "0.87"}),
        (Decimal(str(0.87)), {"N": "0.87"}),
        (b"\x00\xff", {"B": b"\x00\xff"}),
        (bytearray(b"a"), {"B": b"a"}),
        ([1, "a", None], {"L": [{"N": "1"}, {"S": "a"}, {"NULL": True}]}),
        ((1,), {"L": [{"N": "1"}]}),
        ({"a": {"b": [True]}}, {"M": {"a": {"M": {"b": {"L": [{"BOOL": True}]}}}}}),
        ({"b", "a"}, {"SS": ["a", "b"]}),
        (frozenset({2, Decimal("0.5")}), {"NS": ["0.5", "2"]}),
        ({b"b", b"a"}, {"BS": [b"a", b"b"]}),
        ({}, {"M": {}}),
        ([], {"L": []}),
    ],
)
def test_what_the_table_takes(value: Any, stored: dict[str, Any]) -> None:
    assert serialize(value) == stored


@pytest.mark.parametrize(
    "value", [0.87, 1.0, float("nan"), float("inf"), {"a": [0.5]}, [1, 0.5], {0.5}, {0.5, 1}]
)
def test_a_float_is_refused_wherever_it_hides(value: Any) -> None:
    with pytest.raises(TypeError, match=FLOATS):
        serialize(value)


@pytest.mark.parametrize("multiplier", [0.87, 0.8, 0.95, 0.9])
def test_a_decimal_made_from_a_float_is_not_exact(multiplier: float) -> None:
    with pytest.raises(decimal.Inexact):
        serialize(Decimal(multiplier))


def test_a_decimal_made_from_a_float_that_is_exact_passes() -> None:
    half = 0.5
    assert serialize(Decimal(half)) == {"N": "0.5"}


@pytest.mark.parametrize("value", [10**38 + 1, Decimal("1e-200"), Decimal("1e200")])
def test_a_number_beyond_38_digits_or_its_exponents_is_refused(value: Any) -> None:
    with pytest.raises(decimal.DecimalException):
        serialize(value)


@pytest.mark.parametrize("value", [Decimal("Infinity"), Decimal("-Infinity"), Decimal("NaN")])
def test_infinity_and_nan_are_refused(value: Decimal) -> None:
    with pytest.raises(TypeError, match=r"^Infinity and NaN not supported$"):
        serialize(value)


@pytest.mark.parametrize("value", [object(), {1, "a"}, set(), {True}, 1j])
def test_types_it_does_not_know_are_refused_by_name(value: Any) -> None:
    with pytest.raises(TypeError, match=r"^Unsupported type \"<class '\w+'>\" for value "):
        serialize(value)


def test_a_record_costs_the_client_s_computing_and_the_table_s_time(real: Bench) -> None:
    real.ride("await context.rides.put_item({'a': 1})\nreturn {'statusCode': 201}").ask()
    duration = float(real.data.invocations["duration_s"][0])
    assert duration > (0.94 + 0.8 * 1769 / 128) / 1000
    assert real.data.invocations["cpu_s"] == pytest.approx([0.0008])


def test_what_is_refused_is_never_sent_but_was_computed(bench: Bench) -> None:
    bench.ride("""
        try:
            await context.rides.put_item({'DiscountMultiplier': 0.87})
        except TypeError as error:
            return {'statusCode': 201, 'body': str(error)}
    """)
    assert bench.ask().body == "Float types are not supported. Use Decimal types instead."
    assert bench.data.invocations["duration_s"].tolist() == [0.0]
    assert bench.details.invocations[0].items == []


def test_an_item_is_a_dictionary(bench: Bench) -> None:
    assert bench.ride("await context.rides.put_item([1])").ask().status == 502
    assert bench.details.invocations[0].failure.endswith("TypeError: put_item takes a dictionary, not list")
    assert 'File "rides_table/client.py", in put_item' in bench.details.invocations[0].failure


def test_what_was_written_is_shown_as_the_table_keeps_it(bench: Bench) -> None:
    bench.ride("await context.rides.put_item({'Rider': 'ada', 'Seats': 2})\nreturn {'statusCode': 201}").ask()
    assert bench.details.invocations[0].items == [{"Rider": {"S": "ada"}, "Seats": {"N": "2"}}]
