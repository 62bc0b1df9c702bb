"""Columns: what a run recorded, in typed numpy arrays, sealed 4,096 rows at a time.

A row is appended as one call on a flat array of doubles, which is the cheapest thing Python can do with a row;
sealing turns 4,096 of them into compact columns. Sealed chunks are shared by reference and never change.
"""

from __future__ import annotations

from array import array
from collections.abc import ItemsView, ValuesView
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

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

    def columns(self, order_by: str | None = None) -> Columns:
        """Give whole columns, sorted by one of them if asked (stable)."""
        kinds = dict(self.schema)

        def whole(name: str) -> Column:
            if not self.chunks:
                return np.empty(0, kinds[name])
            return np.concatenate([chunk[name] for chunk in self.chunks], dtype=kinds[name])

        if order_by is None:
            return Columns(kinds, whole)
        order: list[Column] = []

        def in_order(name: str) -> Column:
            if not order:
                order.append(_order(whole(order_by)))
            return whole(name)[order[0]]

        return Columns(kinds, in_order)


class Columns(dict[str, Column]):
    """Columns by name, each of which is made when it is asked for: of twenty a view needs five."""

    def __init__(self, names: Iterable[str], make: Callable[[str], Column]) -> None:
        super().__init__(dict.fromkeys(names, UNMADE))
        self._make = make

    def __getitem__(self, name: str) -> Column:
        found = super().__getitem__(name)
        if found is UNMADE:
            found = self[name] = self._make(name)
        return found

    def __iter__(self) -> Iterator[str]:  # defined here, so that `dict(columns)` asks for each column, too
        return super().__iter__()

    def get(self, name: str, default: Any = None) -> Any:
        """Give a column, or else the default."""
        return self[name] if name in self else default  # noqa: SIM401 - this is `get`

    def values(self) -> Any:
        """Give all columns."""
        return ValuesView(self)

    def items(self) -> Any:
        """Give all columns with their names."""
        return ItemsView(self)

    def copy(self) -> Columns:
        """Give a mapping of its own, with the same columns."""
        return Columns(self, self.__getitem__)

    def __or__(self, other: Mapping[str, Column]) -> Columns:  # type: ignore[override]
        return Columns((*self, *other), lambda name: (other if name in other else self)[name])


UNMADE: Column = np.empty(0, bool)


def _order(column: Column) -> Column:
    """Give the stable order of a column; of numbers that are nearly all there, each once, without sorting them."""
    n = len(column)
    if column.dtype.kind in "ui" and n and column.min() >= 0 and (most := int(column.max())) < 2 * n:
        places = np.full(most + 1, -1)
        places[column] = np.arange(n)
        order: Column = places[places >= 0]
        if len(order) == n:  # no number was there twice
            return order
    return np.argsort(column, kind="stable")
