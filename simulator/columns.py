"""Columns: what a run recorded, in typed numpy arrays, sealed 4,096 rows at a time.

A row is appended as one call on a flat array of doubles, which is the cheapest thing Python can do with a row;
sealing turns 4,096 of them into compact columns. Sealed chunks are shared by reference and never change.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CHUNK_ROWS = 4096

Column = np.ndarray[Any, np.dtype[Any]]


class Table:
    """A table that is written row by row. `schema` maps each column to its numpy type, in the order of a row."""

    def __init__(self, schema: Mapping[str, str]) -> None:
        self.schema = dict(schema)
        self._width = len(self.schema)
        self._limit = CHUNK_ROWS * self._width
        self._open = array("d")
        self._sealed: list[dict[str, Column]] = []

    def __len__(self) -> int:
        return len(self._sealed) * CHUNK_ROWS + len(self._open) // self._width

    def append(self, row: Iterable[float]) -> None:
        """Append one row, a number for each column; or several, one after the other."""
        self._open.extend(row)
        while len(self._open) >= self._limit:
            self._sealed.append(self._columns(self._open[: self._limit]))
            self._open = self._open[self._limit :]

    def _columns(self, flat: array[float]) -> dict[str, Column]:
        grid = np.array(flat, dtype=np.float64).reshape(-1, self._width)
        return {name: _narrow(grid[:, i], kind) for i, (name, kind) in enumerate(self.schema.items())}

    def freeze(self) -> Frozen:
        """Give the rows so far: sealed chunks by reference, and a copy of the open one."""
        tail = (self._columns(self._open),) if self._open else ()
        return Frozen(tuple(self.schema.items()), (*self._sealed, *tail))


def _narrow(column: Column, kind: str) -> Column:
    """Give a column in its type, or in the narrowest that holds all of it: most whole numbers are small."""
    sign, most = kind[0], int(kind[1:])
    if sign == "f" or most == 1 or not len(column):
        return column.astype(kind)
    low, high = column.min(), column.max()
    for width in (1, 2):
        limits = np.iinfo(f"{sign}{width}")
        if width < most and limits.min <= low and high <= limits.max:
            return column.astype(f"{sign}{width}")
    return column.astype(kind)


@dataclass(frozen=True)
class Frozen:
    """Rows that never change any more."""

    schema: tuple[tuple[str, str], ...]
    chunks: tuple[dict[str, Column], ...]

    def __len__(self) -> int:
        return sum(len(next(iter(chunk.values()))) for chunk in self.chunks)

    def columns(self, order_by: str | None = None) -> dict[str, Column]:
        """Give whole columns, sorted by one of them if asked (stable)."""
        whole = {
            name: np.concatenate([chunk[name] for chunk in self.chunks], dtype=kind)
            if self.chunks
            else np.empty(0, kind)
            for name, kind in self.schema
        }
        if order_by is None:
            return whole
        order = np.argsort(whole[order_by], kind="stable")
        return {name: column[order] for name, column in whole.items()}
