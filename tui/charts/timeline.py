"""A trace as the lines of a waterfall, without a screen: names, bars, durations and shares.

Lines are made one at a time, so that a trace of thousands of spans costs only what is visible.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.charts.axis import Axis
from tui.charts.bars import FINE, PLAIN, Runs, bar, clipped, hatched
from tui.charts.glyphs import narrow
from tui.charts.units import counted, duration_text, share_text

if TYPE_CHECKING:
    from simulator.tracing import Row, Trace
    from tui.charts.axis import Tick

SHARE_FROM_WIDTH = 64
LEAST_BAR = 8
LEAST_BARE_S = 1e-6
"""Up to this length an invocation without marks has no time that a mark could cover."""
NOTED = ("network", "cold start", "wait", "report")
"""Kinds told in words where the span's name does not say them: color alone would not be enough."""


@dataclass(frozen=True, slots=True)
class Columns:
    """How a line is divided; `share` is 0 where there is no room for it."""

    width: int
    name: int
    bar: int
    number: int
    share: int

    @classmethod
    def fit(cls, width: int, longest_name: int, number: int) -> Columns:
        """Divide a width: numbers get what they need, names at most half of the rest, bars what is left."""
        share = 8 if width >= SHARE_FROM_WIDTH else 0
        rest = max(0, width - number - 1 - share)
        name = max(0, min(longest_name, max(rest // 2, min(16, rest - LEAST_BAR - 1))))
        return cls(width, name, max(0, rest - name - 1), number, share)


class Timeline:
    """The lines of one trace: which are visible under folding, and how each looks in a given width."""

    def __init__(self, trace: Trace, *, ascii_only: bool = False) -> None:
        self.trace = trace
        self.rows = trace.rows()
        self.signs = PLAIN if ascii_only else FINE
        self.folded: frozenset[int] = frozenset()
        self.visible: list[int] = list(range(len(self.rows)))
        self._critical = trace.critical_path()
        self._own = {stretch.span for stretch in trace.critical_stretches()}
        self._start = trace.start_s
        length = trace.end_s - self._start
        self._axis = Axis(0.0, length if length > 1e-9 else 1e-3)
        self._number = max(8, *(len(duration_text(row.duration_s)) for row in self.rows))
        self._names = [narrow(self._name(row)) for row in self.rows]
        self._longest = max(
            8 + 2 * row.depth + len(name) for row, name in zip(self.rows, self._names, strict=True)
        )
        self._ticks: dict[int, tuple[Tick, ...]] = {}

    def fold(self, folded: frozenset[int]) -> None:
        """Hide what stands below these spans, and nothing else."""
        self.folded = folded
        self.visible = []
        hidden_below: int | None = None
        for place, row in enumerate(self.rows):
            if hidden_below is None or row.depth <= hidden_below:
                hidden_below = row.depth if row.span in folded else None
                self.visible.append(place)

    def columns(self, width: int) -> Columns:
        """Divide a width among names, bars and numbers."""
        return Columns.fit(width, self._longest, self._number)

    def is_critical(self, place: int) -> bool:
        """Whether a row lies on the critical path; unmarked time does if the path leads through any of it."""
        row = self.rows[place]
        return row.unmarked_of in self._own if row.span is None else row.span in self._critical

    def header(self, width: int) -> Runs:
        """The line above all rows: the time since the trace began."""
        columns = self.columns(width)
        scale = [" "] * columns.bar
        for tick in self._ticks_across(columns.bar):
            scale[tick.start : tick.end] = self._text(tick.label)
        name, time, share = "  span".ljust(columns.name)[: columns.name], "time".rjust(columns.number + 1), ""
        if columns.share:
            share = "share".rjust(columns.share)
        return clipped([("header", f"{name} {''.join(scale)}{time}{share}")], width)

    def line(self, place: int, width: int, *, cursor: bool = False) -> Runs:
        """The line of a row: markers, name, bar, duration, share."""
        row, columns = self.rows[place], self.columns(width)
        runs = self._name_runs(place, columns.name, cursor=cursor)
        runs.append(("grid", " "))
        runs += self._bar_runs(row, columns.bar)
        numbers = self._text(duration_text(row.duration_s)).rjust(columns.number + 1)
        if columns.share:
            numbers += share_text(row.share).rjust(columns.share)
        runs.append(("number", numbers))
        return clipped(runs, width)

    def describe(self, place: int) -> str:
        """Say a row in words."""
        row = self.rows[place]
        time = f"{duration_text(row.duration_s)} ({share_text(row.share)} of the whole)"
        if row.unmarked_of is not None:
            longest = max(row.intervals, key=lambda interval: interval[1] - interval[0])
            at = duration_text(longest[0] - self._start)
            gaps = (
                "in one piece" if len(row.intervals) == 1 else f"in {len(row.intervals)} pieces, the longest"
            )
            size = "" if len(row.intervals) == 1 else f" {duration_text(longest[1] - longest[0])}"
            return (
                f"Unmarked time of {self.trace.spans[row.unmarked_of].name}: {time} {gaps}{size}, from {at}"
            )
        assert row.span is not None
        span = self.trace.spans[row.span]
        extra = ", on the critical path" if row.span in self._critical else ""
        extra += (", failed" if span.error else "") + (", never ended" if span.left_open else "")
        start = duration_text(span.start_s - self._start)
        return f"{span.name}, {span.kind} in {span.service}: {time}, from {start}{extra}"

    def _name(self, row: Row) -> str:
        if row.span is None:
            return "unmarked" if len(row.intervals) == 1 else f"unmarked ({len(row.intervals)})"
        span = self.trace.spans[row.span]
        said = span.kind not in NOTED or span.kind in span.name.lower().replace("_", " ").replace("-", " ")
        if self._is_bare(row):
            return f"{span.name} (unmarked)"
        return span.name if said else f"{span.name} ({span.kind})"

    def _is_bare(self, row: Row) -> bool:
        """Whether a row is the outermost invocation and has no mark at all: its whole time is unmarked."""
        if row.span is None or row.duration_s <= LEAST_BARE_S or self.trace.children(row.span):
            return False
        span = self.trace.spans[row.span]
        return span.kind == "invocation" and (
            span.parent < 0 or self.trace.spans[span.parent].kind == "request"
        )

    def _name_runs(self, place: int, width: int, *, cursor: bool) -> Runs:
        row, signs = self.rows[place], self.signs
        markers = (signs.cursor if cursor else " ") + (signs.critical if self.is_critical(place) else " ")
        indent = " " * min(2 * row.depth, width // 2)
        flags, sign, ink = "", " ", "unmarked"
        if row.span is not None:
            span, below = self.trace.spans[row.span], len(self.trace.children(row.span))
            folded = row.span in self.folded
            sign = " " if not below else signs.folded if folded else signs.open
            flags = f" {signs.error}" * span.error + f" {signs.left_open}" * span.left_open
            flags += f" +{below}" if folded and below else ""
            ink = "error" if span.error else "name"
        room = max(0, width - len(markers) - len(indent) - 2 - len(flags))
        name = self._names[place]
        if len(name) > room and row.span is None:
            name = "unmarked"
        if len(name) > room:
            name = name[: max(0, room - 1)] + signs.more
        return clipped([("marker", markers), (ink, f"{indent}{sign} {name}{flags}")], width)

    def _bar_runs(self, row: Row, width: int) -> Runs:
        blank = [" "] * width
        for tick in self._ticks_across(width):
            blank[tick.cell] = self.signs.grid
        scale = width / self._axis.high
        spots = [((a - self._start) * scale, (b - self._start) * scale) for a, b in row.intervals]
        if row.span is None or self._is_bare(row):
            return hatched(spots, blank, self.signs)
        span = self.trace.spans[row.span]
        ink = "error-bar" if span.error else span.kind.replace(" ", "-")
        return bar(*spots[0], blank, ink, self.signs)

    def _ticks_across(self, width: int) -> tuple[Tick, ...]:
        if width not in self._ticks:
            self._ticks[width] = self._axis.ticks_across(width) if width else ()
        return self._ticks[width]

    def _text(self, text: str) -> str:
        return text.replace("µ", "u") if self.signs is PLAIN else text


def summarize_trace(trace: Trace) -> str:
    """Say in one sentence what a trace shows: its length, the widest leaf, the most unmarked time, errors."""
    spans, whole = trace.spans, trace.root.duration_s
    text = f"{trace.root.name} took {duration_text(whole)} over {counted(len(spans), 'span')}"
    leaves = [row for row in trace.rows() if row.span and not trace.children(row.span)]
    if leaves:
        widest = max(leaves, key=lambda row: row.duration_s)
        assert widest.span is not None
        size = f"{duration_text(widest.duration_s)} ({share_text(widest.share)})"
        text += f"; the widest span at the bottom is {spans[widest.span].name} with {size}"
    unmarked = max(
        (row for row in trace.rows() if row.span is None), key=lambda row: row.duration_s, default=None
    )
    if unmarked is not None and unmarked.unmarked_of is not None:
        size = f"{duration_text(unmarked.duration_s)} ({share_text(unmarked.share)})"
        text += f"; most unmarked time is in {spans[unmarked.unmarked_of].name} with {size}"
    else:
        text += "; nothing is unmarked" if leaves else "; all of it is unmarked"
    failed, never_ended = sum(span.error for span in spans), sum(span.left_open for span in spans)
    text += f"; {failed} failed" if failed else ""
    text += f"; {never_ended} never ended" if never_ended else ""
    return text + "."
