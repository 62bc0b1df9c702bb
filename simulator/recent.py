"""The tail of a table: what ended lately, without touching what was recorded before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from simulator.columns import Column, Frozen


def ended_since(
    frozen: Frozen,
    names: Collection[str],
    end_of: Callable[[dict[str, Column]], Column],
    since_s: float,
) -> dict[str, Column]:
    """Give columns of a table's last chunks, back to the first in which all rows ended before `since_s`; that one too.

    Rows are in the order of writing. `end_of` gives when each row of a chunk ended, in virtual seconds. The chunk more
    is there because rows that belong together may lie on both sides of its edge.
    """
    chosen: list[dict[str, Column]] = []
    for chunk in reversed(frozen.chunks):
        chosen.append(chunk)
        ends = end_of(chunk)
        if len(ends) and ends.max() < since_s:
            break
    return {
        name: np.concatenate([chunk[name] for chunk in reversed(chosen)], dtype=kind)
        if chosen
        else np.empty(0, kind)
        for name, kind in frozen.schema
        if name in names
    }


def rows_of(table: dict[str, Column], mask: Column) -> dict[str, Column]:
    """Give some rows of a table."""
    at = np.flatnonzero(mask)
    return {name: column[at] for name, column in table.items()}
