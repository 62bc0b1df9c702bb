"""Tables: rows go in one by one, columns come out whole, and what was frozen never changes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.columns import CHUNK_ROWS, Columns, Table

SCHEMA = {"number": "u4", "latency_s": "f8", "status": "i2"}


def filled(rows: int) -> Table:
    table = Table(SCHEMA)
    for i in range(rows):
        table.append((rows - i, i / 8, -i % 500))
    return table


@given(st.sampled_from([0, 1, 17, CHUNK_ROWS - 1, CHUNK_ROWS, CHUNK_ROWS + 1, 2 * CHUNK_ROWS + 5]))
def test_what_goes_in_comes_out_in_order_with_its_type(rows: int) -> None:
    table = filled(rows)
    columns = table.freeze().columns()
    assert len(table) == len(table.freeze()) == rows
    assert {name: column.dtype.str[1:] for name, column in columns.items()} == SCHEMA
    assert columns["number"].tolist() == [rows - i for i in range(rows)]
    assert columns["latency_s"].tolist() == [i / 8 for i in range(rows)]
    assert columns["status"].tolist() == [-i % 500 for i in range(rows)]


def test_columns_are_sorted_together() -> None:
    columns = filled(5000).freeze().columns("number")
    assert columns["number"].tolist() == list(range(1, 5001))
    assert columns["latency_s"].tolist() == [(5000 - n) / 8 for n in range(1, 5001)]


def test_sorting_keeps_the_order_of_equals() -> None:
    table = Table({"invocation": "u4", "row": "u4"})
    for i in range(100):
        table.append((i % 3, i))
    columns = table.freeze().columns("invocation")
    assert columns["row"].tolist() == sorted(range(100), key=lambda i: (i % 3, i))


def test_what_was_frozen_never_changes() -> None:
    table = filled(10)
    before = table.freeze()
    expected = before.columns()["number"].tolist()
    for i in range(2 * CHUNK_ROWS):
        table.append((i, i, i))
    assert before.columns()["number"].tolist() == expected
    assert len(before) == 10


def test_sealed_chunks_are_shared_by_reference() -> None:
    table = filled(CHUNK_ROWS + 10)
    first, second = table.freeze(), table.freeze()
    assert first.chunks[0] is second.chunks[0]
    assert not np.shares_memory(first.chunks[1]["number"], second.chunks[1]["number"])


def test_nan_stays_nan() -> None:
    table = Table({"latency_s": "f8"})
    table.append((float("nan"),))
    assert np.isnan(table.freeze().columns()["latency_s"]).all()


@given(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=20), st.integers(0, 255))
def test_whole_numbers_are_kept_narrow_and_come_back_in_their_type(values: list[int], small: int) -> None:
    table = Table({"wide": "i4", "small": "u4", "time": "f8"})
    for value in values:
        table.append((value, small, 0.5))
    frozen = table.freeze()
    columns = frozen.columns()
    assert columns["wide"].tolist() == values
    assert columns["small"].tolist() == [small] * len(values)
    assert {name: str(column.dtype) for name, column in columns.items()} == {
        "wide": "int32", "small": "uint32", "time": "float64"
    }  # fmt: skip
    assert frozen.chunks[0]["small"].itemsize == 1


def test_several_rows_at_once_are_sealed_like_single_ones() -> None:
    one, many = Table({"a": "u4", "b": "f8"}), Table({"a": "u4", "b": "f8"})
    rows = [(i, i / 2) for i in range(2 * CHUNK_ROWS + 7)]
    for row in rows:
        one.append(row)
    for at in range(0, len(rows), 5):
        many.append([number for row in rows[at : at + 5] for number in row])
    assert len(one) == len(many) == len(rows)
    for name in ("a", "b"):
        assert (one.freeze().columns()[name] == many.freeze().columns()[name]).all()


@given(st.lists(st.integers(0, 60), max_size=50))
def test_every_order_is_the_stable_one_whether_numbers_repeat_or_are_missing(numbers: list[int]) -> None:
    table = Table({"number": "u4", "row": "u4"})
    for row, number in enumerate(numbers):
        table.append((number, row))
    columns = table.freeze().columns("number")
    assert columns["row"].tolist() == sorted(range(len(numbers)), key=lambda row: numbers[row])


def counting() -> tuple[Columns, list[str]]:
    """Give columns, and which of them were made so far."""
    made: list[str] = []

    def make(name: str) -> np.ndarray:
        made.append(name)
        return np.arange(3) + len(name)

    return Columns(("a", "bb"), make), made


def test_a_column_is_made_once_and_only_when_asked_for() -> None:
    columns, made = counting()
    assert (list(columns), len(columns), "a" in columns, "c" in columns) == (["a", "bb"], 2, True, False)
    assert columns.get("c") is None
    assert made == []
    assert columns["a"] is columns["a"] is columns.get("a")
    assert made == ["a"]


def test_columns_answer_like_the_dict_that_they_are() -> None:
    first, second = [1, 2, 3], [2, 3, 4]
    for seen in (
        dict,
        lambda columns: {**columns},
        lambda columns: dict(columns.items()),
        lambda columns: dict(zip(columns.keys(), columns.values(), strict=True)),
        lambda columns: columns.copy(),
    ):
        plain = seen(counting()[0])
        assert {name: column.tolist() for name, column in plain.items()} == {"a": first, "bb": second}


def test_joining_columns_makes_none_and_the_right_side_counts() -> None:
    left, made = counting()
    joined = left | {"a": np.zeros(1), "c": np.ones(1)} | counting()[0].copy()
    assert made == []
    assert list(joined) == ["a", "bb", "c"]
    assert joined["c"].tolist() == [1.0]
    assert joined["bb"].tolist() == [2, 3, 4]
    assert (left | {"a": np.zeros(1)})["a"].tolist() == [0.0]
