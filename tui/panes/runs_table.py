"""The runs of a lesson as a table: the columns there is room for, in order of need; the rest stands below it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.message import Message

from simulator.metrics import summary
from tui.panes.cursor_list import CursorList
from tui.panes.run_figures import codes_text, met_cold_start, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simulator.run_data import RunData
    from tui.charts.bars import Runs

VERSION_WIDTH = 15
VERSION_LEAST = 11


@dataclass(frozen=True, slots=True)
class Column:
    """A column: title, width with a blank before it, how soon it is left away (higher: sooner), and its cells."""

    title: str
    width: int
    order: int
    cell: Callable[[RunData], str]
    left: bool = False

    def write(self, text: str) -> str:
        """Write a cell or the title into the column's width; what is too long is cut off with a sign."""
        room = self.width - 1
        text = text if len(text) <= room else text[: room - 1] + "…"
        return " " + (text.ljust(room) if self.left else text.rjust(room))


def _statistic(name: str, title: str, order: int) -> Column:
    def cell(data: RunData) -> str:
        latencies = data.latencies_s
        return quoted(name, getattr(summary(latencies), name), len(latencies))

    return Column(title, 8, order, cell)


def errors(data: RunData) -> int:
    """Count the answers of 400 and more, and the requests without an answer."""
    return sum(n for code, n in data.codes.items() if code >= 400) + len(data.errors)


def columns_for(runs: Sequence[RunData], width: int) -> list[Column]:
    """Choose the columns that fit a width. Raises ValueError for no runs."""
    if not runs:
        raise ValueError("a table of runs needs runs")
    services = sorted(runs[0].services, key=lambda service: service != runs[0].front)
    columns = []
    for service in services:
        names = [data.refs.get(service, "") for data in runs]
        title = service.partition("-")[0] if service != runs[0].front else "version"
        order = 0 if service == runs[0].front else 3 if len(set(names)) > 1 else 9
        room = max(len(title), *(len(name) for name in names))
        columns.append(Column(title, min(room, VERSION_WIDTH) + 1, order, _ref(service), left=True))
    size = max(6, *(len(f"{len(data.latencies_s):,}") + 1 for data in runs))
    start = max(6, *(len(data.settings.start) + 1 for data in runs))
    columns += [
        Column("seed", 5, 2, lambda data: str(data.settings.seed)),
        Column("start", start, 4, lambda data: data.settings.start, left=True),
        Column("n", size, 1, lambda data: f"{len(data.latencies_s):,}"),
        _statistic("min", "min", 8),
        _statistic("median", "median", 1),
        _statistic("p95", "p95", 1),
        _statistic("p99", "p99", 1),
        _statistic("max", "max", 1),
        Column("errors", 7, 5, lambda data: f"{errors(data):,}"),
        Column("cold", 6, 7, lambda data: f"{met_cold_start(data):,}"),
        Column("alerts", 7, 6, lambda data: f"{len(data.alerts):,}"),
        Column("codes", 20, 10, lambda data: codes_text(data.codes, len(data.errors)), left=True),
    ]  # fmt: skip
    return fitted(columns, width)


def fitted(columns: list[Column], width: int) -> list[Column]:
    """Leave away what is needed least until the rest fits; the version gives way first, and takes what is left over."""
    version, *others = columns
    least = min(version.width, VERSION_LEAST + 1)
    while others and least + sum(column.width for column in others) > width:
        others.remove(max(others, key=lambda column: column.order))
    left = width - sum(column.width for column in others)
    return [replace(version, width=max(least, min(version.width, left))), *others]


def _ref(service: str) -> Callable[[RunData], str]:
    return lambda data: data.refs.get(service, "")


class RunsTable(CursorList):
    """The table, with its cursor; marked runs carry a star, the run under way dots."""

    class Moved(Message):
        """The cursor stands on another run."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self.can_focus = False
        self.placeholder = "No run yet. r sends the load, and its run appears here."
        self.marked: tuple[int, ...] = ()
        self._runs: tuple[RunData, ...] = ()
        self._columns: list[Column] = []
        self._columns_width = -1

    def show(self, runs: tuple[RunData, ...]) -> None:
        """Show these runs; the cursor stays, or follows the newest if it stood there."""
        at_end = self.cursor >= len(self._runs) - 1
        self._runs, self._columns_width = runs, -1
        self.set_count(len(runs), len(runs) - 1 if at_end else self.cursor)

    def move_cursor(self, place: int) -> None:
        """Put the cursor on a run, and say so."""
        before = self.cursor
        super().move_cursor(place)
        if self.cursor != before:
            self.post_message(self.Moved())

    def _fit(self, width: int) -> list[Column]:
        if self._columns_width != width:
            self._columns, self._columns_width = columns_for(self._runs, width - 4), width
        return self._columns

    def header_runs(self, width: int) -> Runs:
        """The titles."""
        return [("header", " run" + "".join(column.write(column.title) for column in self._fit(width)))]

    def row_runs(self, index: int, width: int) -> Runs:
        """One run."""
        data = self._runs[index]
        sign = "*" if index + 1 in self.marked else " " if data.settled else "~"
        row: Runs = [("strong" if sign == "*" else "text", f"{sign}{index + 1:>3}")]
        for column in self._fit(width):
            text = column.cell(data)
            ink = (
                "muted"
                if text.startswith("n<")
                else "error"
                if column.title == "errors" and text != "0"
                else "text"
            )
            row.append((ink, column.write(text)))
        return row
