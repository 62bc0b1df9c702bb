"""The list of invocations, as the monitoring page and an alert's event page show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tui.charts.bars import FINE, PLAIN, bar
from tui.panes.cursor_list import CursorList
from tui.panes.reported import clock_text, ms_text

if TYPE_CHECKING:
    from simulator.columns import Column
    from tui.charts.bars import Runs
    from tui.panes.invocation_rows import Rows

GAP = 2
LEAST_BAR, MOST_BAR = 16, 60


@dataclass(frozen=True, slots=True)
class Columns:
    """How a row is divided; 0 where there is no room, or nothing to tell."""

    number: int
    service: int
    request: int
    error: int
    bar: int

    @classmethod
    def fit(cls, width: int, rows: Rows, longest_error: int) -> Columns:
        """Divide a width: what is always told first, then error, request, and a bar of the duration."""
        digits = len(str(int(rows.columns["number"].max()))) if len(rows) else 1
        number = max(3, digits + 1)
        service = max(map(len, rows.services)) if len(rows.services) > 1 else 0
        left = width - number - (service + GAP if service else 0) - 4 * GAP - 8 - 12 - 9 - 10
        error = max(0, min(max(longest_error, 5) + GAP, left)) if longest_error else 0
        left -= error
        request = max(7, digits) + GAP if left >= max(7, digits) + GAP else 0
        left -= request
        return cls(
            number, service, request, error, min(left - GAP, MOST_BAR) if left - GAP >= LEAST_BAR else 0
        )


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
        gap = " " * GAP
        text = f"{'#':>{at.number}}{gap}{'time':<8}{gap}"
        text += f"{'service':<{at.service}}{gap}" if at.service else ""
        text += f"{'duration':>10}  {gap}{'status':<9}{gap}{'cold start':<10}"
        text += f"{gap}{'error':<{at.error - GAP}}" if at.error >= 5 + GAP else ""
        text += f"{'request':>{at.request}}" if at.request else ""
        return [("header", text + (f"{gap}0 to {ms_text(self._longest_s)}" if at.bar else ""))]

    def row_runs(self, index: int, width: int) -> Runs:
        """Write one invocation."""
        rows, row, at = self._rows, int(self._order[index]), self._fit(width)
        assert rows is not None
        columns, gap = rows.columns, " " * GAP
        duration, failed = float(columns["duration_s"][row]), bool(rows.failed[row])
        slow = duration > self._slow_s
        runs: Runs = [
            ("muted", f"{int(columns['number'][row]):>{at.number}}{gap}"),
            ("text", f"{clock_text(float(columns['start_s'][row]))}{gap}"),
        ]
        if at.service:
            runs.append(("text", f"{rows.service(row):<{at.service}}{gap}"))
        runs.append(("slow" if slow else "text", f"{ms_text(duration):>10}{' !' if slow else '  '}{gap}"))
        runs.append(("error" if failed else "text", f"{rows.status(row):<9}{gap}"))
        runs.append(("tag", f"{'COLD START' if rows.cold[row] else '':<10}"))
        if at.error >= 5 + GAP:
            runs.append(("error", f"{gap}{_cut(rows.error(row), at.error - GAP):<{at.error - GAP}}"))
        if at.request:
            runs.append(("muted", f"{int(columns['request'][row]):>{at.request}}"))
        if at.bar:
            runs += [
                ("text", gap),
                *self._bar(duration, at.bar, "error-bar" if failed else "slow-bar" if slow else "bar"),
            ]
        return runs

    def _bar(self, duration_s: float, width: int, ink: str) -> Runs:
        signs = PLAIN if self.plain else FINE
        blank = [" "] * width
        scale = width / self._longest_s if self._longest_s > 0 else 0.0
        if (limit := int(self._slow_s * scale) if self._slow_s < self._longest_s else width) < width:
            blank[limit] = signs.grid
        return bar(0.0, duration_s * scale, blank, ink, signs)

    def _fit(self, width: int) -> Columns:
        if self._columns is None or self._columns[0] != width:
            assert self._rows is not None
            self._columns = width, Columns.fit(width, self._rows, self._longest_error)
        return self._columns[1]


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}~"
