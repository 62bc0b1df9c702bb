"""Traces: what happened inside one request, as spans in virtual time.

A span is a named stretch of time with at most one parent. What no child of a span covers is its *unmarked*
time: the part of the story nobody wrote down, which is where the next mark belongs.

    Span      one stretch: name, kind, service, start, end, parent
    Trace     the spans of one request; unmarked time, critical path, rows in waterfall order
    Row       one line of a waterfall: a span, or the unmarked time of one
    Stretch   one piece of the critical path: a span's own time that the root waited for
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SpanKind: TypeAlias = Literal["request", "network", "cold start", "invocation", "mark", "wait", "report"]
Interval: TypeAlias = tuple[float, float]

NO_PARENT = -1
LEAST_UNMARKED_S = 1e-9
"""Unmarked time up to this is rounding, not time, and gets no row."""


@dataclass(frozen=True, slots=True)
class Span:
    """One named stretch of virtual time inside a trace.

    Attributes:
        name: What the mark, the service or the step is called.
        kind: What sort of stretch it is.
        service: The service it happened in.
        start_s: When it began, virtual seconds.
        end_s: When it ended; for a span left open, when its invocation did.
        parent: Index of the parent in `Trace.spans`, -1 for the root.
        error: Whether it ended with an error.
        left_open: Whether a mark was started and never ended.
        key: What tells it from the other spans of its trace, whenever and by whomever it is asked.
    """

    name: str
    kind: SpanKind
    service: str
    start_s: float
    end_s: float
    parent: int
    error: bool = False
    left_open: bool = False
    key: int = 0

    @property
    def duration_s(self) -> float:
        """How long it took, in seconds."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of the critical path: between its ends the root waited for `span` itself, not for a child."""

    span: int
    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        """How long it lasted, in seconds."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a waterfall: a span (`span` is its index) or the unmarked time of one (`unmarked_of` is).

    `intervals` are the stretches to draw, in order: one for a span, one or more for unmarked time, whose
    `duration_s` is their sum. `share` is the part of the root's duration that they cover, 0 to 1.
    """

    span: int | None
    unmarked_of: int | None
    depth: int
    intervals: tuple[Interval, ...]
    duration_s: float
    share: float

    @property
    def start_s(self) -> float:
        """Where the first interval begins, virtual seconds."""
        return self.intervals[0][0]

    @property
    def end_s(self) -> float:
        """Where the last interval ends, virtual seconds."""
        return self.intervals[-1][1]


@dataclass(frozen=True)
class Trace:
    """The spans of one request: the root first, parents before their children, siblings by start.

    Raises ValueError when the spans are not in that order, do not form one tree, or end before they start;
    `Trace.arranged` takes them in any order. A child may outlive its parent (a callee whose caller stopped
    waiting); it then counts only as far as the parent reaches.
    """

    trace_id: str
    spans: tuple[Span, ...]

    def __post_init__(self) -> None:
        if not self.spans or self.spans[0].parent != NO_PARENT:
            raise ValueError(f"trace {self.trace_id}: the first span must be the root, with parent -1")
        latest_start: dict[int, float] = {}
        for index, span in enumerate(self.spans):
            what = f"trace {self.trace_id}: span {index} `{span.name}`"
            if not (isfinite(span.start_s) and isfinite(span.end_s) and span.start_s <= span.end_s):
                raise ValueError(f"{what} ends before it starts, or never")
            if index and not 0 <= span.parent < index:
                raise ValueError(f"{what} stands before its parent, or has none")
            if span.start_s < latest_start.get(span.parent, span.start_s):
                raise ValueError(f"{what} stands after a sibling that starts later")
            latest_start[span.parent] = span.start_s

    @classmethod
    def arranged(cls, trace_id: str, spans: Sequence[Span]) -> Trace:
        """Build a trace from spans in any order: depth first, siblings by start, parents renumbered.

        Spans that start together keep their order. Raises ValueError when they do not form one tree.
        """
        children: dict[int, list[int]] = {}
        for index in sorted(range(len(spans)), key=lambda i: spans[i].start_s):
            children.setdefault(spans[index].parent, []).append(index)
        order: list[int] = []
        waiting = children.get(NO_PARENT, [])[::-1]
        while waiting:
            index = waiting.pop()
            order.append(index)
            waiting.extend(reversed(children.get(index, ())))
        if len(order) != len(spans) or len(children.get(NO_PARENT, ())) != 1:
            raise ValueError(f"trace {trace_id}: {len(spans)} spans do not form one tree")
        place = {NO_PARENT: NO_PARENT} | {index: new for new, index in enumerate(order)}
        return cls(trace_id, tuple(replace(spans[i], parent=place[spans[i].parent]) for i in order))

    @property
    def root(self) -> Span:
        """The span that holds all others."""
        return self.spans[0]

    @property
    def start_s(self) -> float:
        """When the first span began."""
        return min(span.start_s for span in self.spans)

    @property
    def end_s(self) -> float:
        """When the last span ended: later than the root's end where a callee ran on."""
        return max(span.end_s for span in self.spans)

    def children(self, index: int) -> tuple[int, ...]:
        """Indices of the spans directly below this one, by start."""
        return self._children[index]

    def depth(self, index: int) -> int:
        """How many spans stand above this one: 0 for the root."""
        return self._depths[index]

    def unmarked(self, index: int) -> tuple[Interval, ...]:
        """The parts of a span's interval that no child covers, in order.

        Children are clipped to the span, and where they overlap their union counts. A span without children
        is unmarked from end to end.
        """
        span = self.spans[index]
        if not self._children[index]:
            return ((span.start_s, span.end_s),)
        gaps: list[Interval] = []
        covered = span.start_s
        for child in self._children[index]:
            start = min(self.spans[child].start_s, span.end_s)
            if start > covered:
                gaps.append((covered, start))
            covered = max(covered, self.spans[child].end_s)
        if covered < span.end_s:
            gaps.append((covered, span.end_s))
        return tuple(gaps)

    def unmarked_s(self, index: int) -> float:
        """How much of a span no child covers, in seconds."""
        return _total(self.unmarked(index))

    def critical_path(self) -> frozenset[int]:
        """The spans that decided when the root ended; the root is always one of them.

        Found by walking back from a span's end: the child that ended last before that moment was what the
        span waited for, then the one that ended last before *that* child began, and so on, and within each
        of those children likewise. A child that was still running when its sibling on the path began held
        nothing up.
        """
        return self._critical[0]

    def critical_stretches(self) -> tuple[Stretch, ...]:
        """The critical path cut into own times, in order: they cover the root from start to end, once."""
        return self._critical[1]

    def rows(self) -> tuple[Row, ...]:
        """The lines of a waterfall: depth first, siblings by start.

        The unmarked time of a span that has children is the last row below it, if there is any.
        """
        return self._rows

    @cached_property
    def _children(self) -> tuple[tuple[int, ...], ...]:
        below: list[list[int]] = [[] for _ in self.spans]
        for index, span in enumerate(self.spans[1:], start=1):
            below[span.parent].append(index)
        return tuple(map(tuple, below))

    @cached_property
    def _depths(self) -> tuple[int, ...]:
        depths = [0]
        for span in self.spans[1:]:
            depths.append(depths[span.parent] + 1)
        return tuple(depths)

    @cached_property
    def _critical(self) -> tuple[frozenset[int], tuple[Stretch, ...]]:
        path: set[int] = set()
        stretches: list[Stretch] = []
        waiting = [(0, self.root.start_s, self.root.end_s)]
        while waiting:
            index, start, end = waiting.pop()
            path.add(index)
            pieces = []
            for child in self._children[index]:
                span = self.spans[child]
                pieces.append((max(span.start_s, start), min(span.end_s, end), child))
            pieces.sort(key=lambda piece: (-piece[1], piece[0], piece[2]))
            moment = end
            for child_start, child_end, child in pieces:
                if child_start < child_end <= moment:
                    if child_end < moment:
                        stretches.append(Stretch(index, child_end, moment))
                    waiting.append((child, child_start, child_end))
                    moment = child_start
            if start < moment:
                stretches.append(Stretch(index, start, moment))
        stretches.sort(key=lambda stretch: stretch.start_s)
        return frozenset(path), tuple(stretches)

    @cached_property
    def _rows(self) -> tuple[Row, ...]:
        rows: list[Row] = []
        # ~index stands for the unmarked row of a span, put below its children.
        waiting = [0]
        while waiting:
            index = waiting.pop()
            if index < 0:
                gaps = self.unmarked(~index)
                rows.append(Row(None, ~index, self.depth(~index) + 1, gaps, _total(gaps), self._share(gaps)))
                continue
            span = self.spans[index]
            whole = ((span.start_s, span.end_s),)
            rows.append(Row(index, None, self.depth(index), whole, span.duration_s, self._share(whole)))
            if below := self._children[index]:
                if self.unmarked_s(index) > LEAST_UNMARKED_S:
                    waiting.append(~index)
                waiting.extend(reversed(below))
        return tuple(rows)

    def _share(self, intervals: Iterable[Interval]) -> float:
        root = self.root
        inside = _total((max(a, root.start_s), min(b, root.end_s)) for a, b in intervals)
        return inside / root.duration_s if root.duration_s > 0 else 0.0


def _total(intervals: Iterable[Interval]) -> float:
    return sum((max(end - start, 0.0) for start, end in intervals), 0.0)
