"""Tables: rows go in one by one, columns come out whole, and what was frozen never changes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.columns import CHUNK_ROWS, Table

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
