"""The list of invocations, as the monitoring page and an alert's event page show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tui.charts.bars import FINE, PLAIN
from tui.charts.bars import bar as bar_runs
from tui.panes.cursor_list import CursorList
from tui.panes.reported import clock_text, ms_text

if TYPE_CHECKING:
    from simulator.columns import Column
    from tui.charts.bars import Runs
    from tui.panes.invocation_rows import Rows

GAP = 2
LEAST_SERVICE, LEAST_REQUEST = 8, 7
LEAST_BAR, MOST_BAR = 16, 60
COLD, COLD_SHORT = "COLD START", "COLD"


@dataclass(frozen=True, slots=True)
class Columns:
    """How a row is divided; 0 where there is no room, or nothing to tell."""

    number: int
    service: int
    status: int
    cold: int
    error: int
    request: int
    bar: int

    @classmethod
    def fit(cls, width: int, rows: Rows, error: int) -> Columns:
        """Divide a width. `error` is the longest error's length; request and bar get what the rest leaves."""
        digits = len(str(int(rows.columns["number"].max()))) if len(rows) else 1
        number = max(3, digits)
        status = max((len(word) for word in rows.statuses), default=6)
        status = max(status, len("status"))
        left = width - number - len("19:49:41") - len("12,345 ms !") - status - 4 * GAP
        error = max(error, len("error")) + GAP if error else 0
        service = max(map(len, rows.services)) + GAP if len(rows.services) > 1 else 0
        cold = len(COLD if left >= service + error + len(COLD) else COLD_SHORT)
        left -= cold
        if service:  # shortened rather than that an error cannot be read
            service = min(service, max(LEAST_SERVICE + GAP, left - error))
        left -= service
        error = min(error, left) if left >= len("error") + GAP else 0
        left -= error
        request = max(LEAST_REQUEST, digits) + GAP
        request = request if left >= request else 0
        left -= request
        bar = min(left - GAP, MOST_BAR) if left - GAP >= LEAST_BAR else 0
        service, error, request = (max(0, part - GAP) for part in (service, error, request))
        return cls(number, service, status, cold, error, request, bar)


class InvocationList(CursorList):
    """Invocations in a given order: time, service where there are several, duration, status, cold start, error."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self._rows: Rows | None = None
        self._order: Column = np.empty(0, dtype=np.int64)
        self._slow_s = np.inf
        self._longest_s = 0.0
        self._longest_error = 0
        self._columns: tuple[int, Columns] | None = None
        self.plain = False
        """Draw bars with ASCII alone."""

    @property
    def number(self) -> int | None:
        """The number of the invocation under the cursor."""
        return self.number_at(self.cursor)

    def number_at(self, place: int) -> int | None:
        """Give the number of the invocation in a place of the list; None where there is no such place."""
        if self._rows is None or not 0 <= place < len(self._order):
            return None
        return int(self._rows.columns["number"][self._order[place]])

    def show(
        self, rows: Rows, order: Column, slow_s: float, *, number: int | None = None, to_top: bool = False
    ) -> None:
        """Show rows in an order; the cursor stays on its invocation, or goes to the one given, or to the top."""
        wanted = number if number is not None else self.number
        here = np.flatnonzero(rows.columns["number"][order] == (-1 if wanted is None else wanted)).tolist()
        duration, error = rows.columns["duration_s"][order], rows.columns["error"][order]
        self._rows, self._order, self._slow_s = rows, order, slow_s
        self._longest_s = float(duration.max()) if len(duration) else 0.0
        self._longest_error = max((len(rows.data.names[i]) for i in np.unique(error).tolist()), default=0)
        self._columns = None
        self.set_count(len(order), 0 if to_top else here[0] if here else self.cursor)

    def header_runs(self, width: int) -> Runs:
        """Name the columns."""
        at = self._fit(width)
        cells = [f"{'#':>{at.number}}", f"{'time':<8}", f"{'service':<{at.service}}" if at.service else ""]
        cells += [f"{'duration':>9}  ", f"{'status':<{at.status}}", COLD.lower()[: at.cold]]
        cells += [
            f"{'error':<{at.error}}" if at.error else "",
            f"{'request':>{at.request}}" if at.request else "",
        ]
        cells.append(f"0 to {ms_text(self._longest_s)}" if at.bar else "")
        return [("header", (" " * GAP).join(cell for cell in cells if cell))]

    def row_runs(self, index: int, width: int) -> Runs:
        """Write one invocation."""
        rows, row, at = self._rows, int(self._order[index]), self._fit(width)
        assert rows is not None
        columns = rows.columns
        duration, failed = float(columns["duration_s"][row]), bool(rows.failed[row])
        slow = duration > self._slow_s
        cells: Runs = [
            ("muted", f"{int(columns['number'][row]):>{at.number}}"),
            ("text", clock_text(float(columns["start_s"][row]))),
            ("text", f"{_cut(rows.service(row), at.service):<{at.service}}"),
            ("slow" if slow else "text", f"{ms_text(duration):>9}{' !' if slow else '  '}"),
            ("error" if failed else "text", f"{rows.status(row):<{at.status}}"),
            ("tag", f"{COLD[: at.cold] if rows.cold[row] else '':<{at.cold}}"),
            ("error", f"{_cut(rows.error(row), at.error):<{at.error}}"),
            ("muted", f"{int(columns['request'][row]):>{at.request}}" if at.request else ""),
        ]
        runs: Runs = []
        for ink, text in cells:
            if text:
                runs += [("text", " " * GAP), (ink, text)] if runs else [(ink, text)]
        if at.bar:
            ink = "error-bar" if failed else "slow-bar" if slow else "bar"
            runs += [("text", " " * GAP), *self._bar(duration, at.bar, ink)]
        return runs

    def _bar(self, duration_s: float, width: int, ink: str) -> Runs:
        signs = PLAIN if self.plain else FINE
        blank = [" "] * width
        scale = width / self._longest_s if self._longest_s > 0 else 0.0
        if (limit := int(self._slow_s * scale) if self._slow_s < self._longest_s else width) < width:
            blank[limit] = signs.grid
        return bar_runs(0.0, duration_s * scale, blank, ink, signs)

    def _fit(self, width: int) -> Columns:
        if self._columns is None or self._columns[0] != width:
            assert self._rows is not None
            self._columns = width, Columns.fit(width, self._rows, self._longest_error)
        return self._columns[1]


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}~" if width else ""
