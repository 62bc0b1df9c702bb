"""What the monitoring page knows of a run, as columns: its watched invocations, filtered, sorted, searched."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from simulator.system.replies import OUTCOMES
from tui.panes.invocation_search import TextOf, search_mask
from tui.panes.reported import ms_text

if TYPE_CHECKING:
    from simulator.columns import Column
    from simulator.run_data import RunData

Filter: TypeAlias = Literal["all", "slow", "fast", "failed", "cold start"]
FILTERS: tuple[Filter, ...] = ("all", "slow", "fast", "failed", "cold start")


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of rows: by a column, and how people say it."""

    column: str
    descending: bool
    words: str


SORTS = (
    Sort("start_s", descending=False, words="by time"),
    Sort("duration_s", descending=True, words="by duration, longest first"),
    Sort("duration_s", descending=False, words="by duration, shortest first"),
    Sort("start_s", descending=True, words="by time, newest first"),
)


@dataclass(frozen=True, eq=False)
class Rows:
    """The watched invocations of a run that have ended, by number; `columns` as in `system/recorder.py`.

    `services` are the watched ones. All masks are over these rows.
    """

    data: RunData
    services: tuple[str, ...]
    columns: dict[str, Column]
    failed: Column
    cold: Column

    def __len__(self) -> int:
        return len(self.columns["number"])

    def places(self, numbers: Column) -> Column:
        """Give the rows of these invocations, by number; those that are not watched are left out."""
        return np.flatnonzero(np.isin(self.columns["number"], numbers))

    def service(self, row: int) -> str:
        """Name the function of a row."""
        return self.data.services[int(self.columns["service"][row])]

    def error(self, row: int) -> str:
        """Name the exception's type of a row; empty where there was none."""
        return self.data.names[int(self.columns["error"][row])]

    def status(self, row: int) -> str:
        """Give the response's status, or how it ended without one: ``error``, ``timeout``, ``throttled``."""
        status = int(self.columns["status"][row])
        return str(status) if status else OUTCOMES[int(self.columns["outcome"][row])]

    @property
    def statuses(self) -> tuple[str, ...]:
        """List the statuses that occur."""
        codes = np.unique(self.columns["status"]).tolist()
        outcomes = np.unique(self.columns["outcome"][self.columns["status"] == 0]).tolist()
        return (*(str(code) for code in codes if code), *(OUTCOMES[outcome] for outcome in outcomes))

    def tags(self, row: int) -> tuple[str, ...]:
        """Give the tags of a row: COLD START, ERROR."""
        return ("COLD START",) * bool(self.cold[row]) + ("ERROR",) * bool(self.failed[row])

    def words(self, places: Column) -> str:
        """Say of some rows how long they took, how many failed and how many met a cold start."""
        durations = self.columns["duration_s"][places]
        took = (
            f"{ms_text(float(durations.min()))} to {ms_text(float(durations.max()))}"
            if len(places)
            else "none"
        )
        failed, cold = int(self.failed[places].sum()), int(self.cold[places].sum())
        return f"{took}; {failed:,} failed, {cold:,} met a cold start"


@lru_cache(maxsize=4)
def watched_rows(data: RunData) -> Rows:
    """Take the watched invocations out of a run."""
    services = tuple(name for name in data.services if data.watched(name))
    columns = data.invocations
    if len(services) < len(data.services):
        watched = np.array([name in services for name in data.services], dtype=bool)
        mask = watched[columns["service"]]
        columns = {name: column[mask] for name, column in columns.items()}
    return Rows(
        data=data,
        services=services,
        columns=columns,
        failed=(columns["outcome"] > 0) | (columns["status"] >= 500),
        cold=columns["cold_s"] > 0,
    )


def filter_mask(rows: Rows, by: Filter, slow_s: float) -> Column:
    """Tell which rows pass a filter; slow is a duration over `slow_s` seconds."""
    match by:
        case "slow":
            return np.asarray(rows.columns["duration_s"] > slow_s)
        case "fast":
            return np.asarray(rows.columns["duration_s"] <= slow_s)
        case "failed":
            return rows.failed
        case "cold start":
            return rows.cold
        case _:
            return np.ones(len(rows), dtype=bool)


def select(
    rows: Rows, *, by: Filter, sort: Sort, search: str, slow_s: float, text_of: TextOf | None = None
) -> Column:
    """Give the places of the rows that pass a filter and a search, in an order (stable, ties by number).

    `text_of` gives the error texts of failed invocations, where somebody has read them.
    """
    mask = filter_mask(rows, by, slow_s)
    if search:
        mask = mask & search_mask(rows, search, text_of or {})
    places = np.flatnonzero(mask)
    key = rows.columns[sort.column][places]
    return places[np.argsort(-key if sort.descending else key, kind="stable")]
