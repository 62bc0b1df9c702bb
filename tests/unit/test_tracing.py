"""Traces: unmarked time, the critical path and the rows of a waterfall."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.tracing import LEAST_UNMARKED_S, Span, Trace

if TYPE_CHECKING:
    from collections.abc import Sequence


def span(start: float, end: float, parent: int = 0, name: str = "", **more: bool) -> Span:
    return Span(name or f"{start:g}-{end:g}", "mark", "request-ride", start, end, parent, **more)


def trace(*spans: Span) -> Trace:
    return Trace("t1", spans)


RIDE = trace(
    span(0.0, 1.4, parent=-1, name="ride"),
    span(0.1, 1.3, 0, name="request-ride"),
    span(0.1, 0.15, 1, name="get_ride"),
    span(0.2, 1.2, 1, name="get_ride_discount"),
    span(1.2, 1.25, 1, name="record_ride", error=True),
)

times = st.one_of(
    st.integers(0, 12).map(float), st.floats(0, 12, allow_nan=False).map(lambda value: round(value, 6))
)


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    """Trees of up to 15 spans: overlapping, concurrent, zero-length and outliving their parents."""
    spans = []
    for index in range(draw(st.integers(1, 15))):
        start, end = sorted((draw(times), draw(times)))
        spans.append(span(start, end, draw(st.integers(0, index - 1)) if index else -1))
    return Trace.arranged("t", spans)


def covered_by_children(of: Trace, index: int) -> float:
    """The union of a span's children inside it, counted piece by piece between all their edges."""
    parent = of.spans[index]
    children = [of.spans[child] for child in of.children(index)]
    edges = {parent.start_s, parent.end_s} | {
        edge for child in children for edge in (child.start_s, child.end_s)
    }
    inside = sorted(edge for edge in edges if parent.start_s <= edge <= parent.end_s)
    return sum(
        later - earlier
        for earlier, later in pairwise(inside)
        if any(child.start_s <= earlier and later <= child.end_s for child in children)
    )


class TestOrder:
    def test_the_first_span_is_the_root(self) -> None:
        with pytest.raises(ValueError, match="must be the root"):
            trace(span(0, 1, parent=0))
        with pytest.raises(ValueError, match="must be the root"):
            trace()

    def test_a_second_root_is_refused(self) -> None:
        with pytest.raises(ValueError, match=r"span 1 .* has none"):
            trace(span(0, 1, parent=-1), span(0, 1, parent=-1))

    def test_a_child_before_its_parent_is_refused(self) -> None:
        with pytest.raises(ValueError, match="span 1 `0-1` stands before its parent"):
            trace(span(0, 2, parent=-1), span(0, 1, parent=2), span(0, 1, parent=0))

    def test_siblings_out_of_order_are_refused(self) -> None:
        with pytest.raises(ValueError, match=r"span 2 .* after a sibling that starts later"):
            trace(span(0, 2, parent=-1), span(1, 2), span(0, 1))

    @pytest.mark.parametrize(("start", "end"), [(2, 1), (0, float("inf")), (float("nan"), 1)])
    def test_a_span_that_cannot_be_drawn_is_refused(self, start: float, end: float) -> None:
        with pytest.raises(ValueError, match="ends before it starts, or never"):
            trace(span(start, end, parent=-1))

    def test_spans_in_any_order_are_arranged(self) -> None:
        loose = [span(5, 6, parent=2), span(1, 2, parent=2), span(0, 9, parent=-1), span(1.5, 2, parent=1)]
        arranged = Trace.arranged("t", loose)
        assert [(s.name, s.parent) for s in arranged.spans] == [
            ("0-9", -1),
            ("1-2", 0),
            ("1.5-2", 1),
            ("5-6", 0),
        ]

    def test_spans_that_are_no_tree_are_refused(self) -> None:
        circle = [span(0, 1, parent=-1), span(0, 1, parent=2), span(0, 1, parent=1)]
        for spans in (circle, [], [span(0, 1, parent=-1)] * 2, [span(0, 1, parent=-1), span(0, 1, parent=9)]):
            with pytest.raises(ValueError, match="do not form one tree"):
                Trace.arranged("t", spans)

    @given(traces(), st.data())
    def test_arranging_gives_the_same_tree_from_any_order(self, ordered: Trace, data: st.DataObject) -> None:
        named = [replace(span, name=f"s{index}") for index, span in enumerate(ordered.spans)]
        order = data.draw(st.permutations(range(len(named))))
        place = {-1: -1} | {old: new for new, old in enumerate(order)}
        again = Trace.arranged("t", [replace(named[old], parent=place[named[old].parent]) for old in order])
        assert links(again.spans) == links(named)


def links(spans: Sequence[Span]) -> set[tuple[str, str]]:
    """Each span's name beside its parent's."""
    return {(span.name, spans[span.parent].name if span.parent >= 0 else "") for span in spans}


class TestTree:
    def test_children_and_depth(self) -> None:
        assert RIDE.children(0) == (1,)
        assert RIDE.children(1) == (2, 3, 4)
        assert [RIDE.depth(i) for i in range(5)] == [0, 1, 2, 2, 2]
        assert RIDE.root.name == "ride"

    def test_the_extent_reaches_as_far_as_a_callee_ran_on(self) -> None:
        assert (RIDE.start_s, RIDE.end_s) == (0.0, 1.4)
        assert trace(span(1, 2, parent=-1), span(1.5, 7)).end_s == 7

    def test_traces_with_equal_spans_are_equal(self) -> None:
        other = Trace("t1", RIDE.spans)
        RIDE.rows()
        assert other == RIDE
        assert hash(other) == hash(RIDE)


class TestUnmarked:
    def test_gaps_before_between_and_after_children(self) -> None:
        assert RIDE.unmarked(1) == ((0.15, 0.2), (1.25, 1.3))
        assert RIDE.unmarked_s(1) == pytest.approx(0.1)

    def test_overlapping_children_count_once(self) -> None:
        assert trace(span(0, 10, parent=-1), span(1, 5), span(2, 3), span(4, 8)).unmarked(0) == (
            (0, 1),
            (8, 10),
        )

    def test_a_child_counts_only_inside_its_parent(self) -> None:
        assert trace(span(2, 4, parent=-1), span(0, 2.5), span(3, 9)).unmarked(0) == ((2.5, 3),)
        assert trace(span(2, 4, parent=-1), span(0, 1), span(5, 9)).unmarked(0) == ((2, 4),)

    def test_a_zero_length_child_covers_nothing(self) -> None:
        cut = trace(span(0, 4, parent=-1), span(2, 2))
        assert cut.unmarked_s(0) == 4

    def test_a_covered_parent_has_none(self) -> None:
        assert trace(span(0, 4, parent=-1), span(0, 2), span(2, 4)).unmarked(0) == ()

    @given(traces())
    def test_children_and_unmarked_time_add_up_to_the_parent(self, of: Trace) -> None:
        for index, parent in enumerate(of.spans):
            whole = covered_by_children(of, index) + of.unmarked_s(index)
            assert whole == pytest.approx(parent.duration_s, abs=1e-9)

    @given(traces())
    def test_unmarked_intervals_are_in_order_inside_and_free_of_children(self, of: Trace) -> None:
        for index, parent in enumerate(of.spans):
            if not of.children(index):
                assert of.unmarked(index) == ((parent.start_s, parent.end_s),)
                continue
            edges = [edge for interval in of.unmarked(index) for edge in interval]
            assert edges == sorted(edges)
            for start, end in of.unmarked(index):
                assert parent.start_s <= start < end <= parent.end_s
                for child in map(of.spans.__getitem__, of.children(index)):
                    assert max(start, child.start_s) >= min(end, child.end_s) or child.duration_s == 0


class TestCriticalPath:
    def test_calls_in_sequence_are_all_on_it(self) -> None:
        assert RIDE.critical_path() == {0, 1, 2, 3, 4}

    def test_of_calls_made_together_only_the_last_to_end_is(self) -> None:
        together = trace(span(0, 10, parent=-1), span(1, 4), span(1, 9), span(1, 6))
        assert together.critical_path() == {0, 2}

    def test_a_sibling_still_running_when_the_next_began_held_nothing_up(self) -> None:
        overlapping = trace(span(0, 12, parent=-1), span(0, 10), span(5, 9), span(9, 12))
        assert overlapping.critical_path() == {0, 2, 3}
        assert [(s.span, s.start_s, s.end_s) for s in overlapping.critical_stretches()] == [
            (0, 0, 5),
            (2, 5, 9),
            (3, 9, 12),
        ]

    def test_a_callee_that_ran_on_counts_until_its_caller_stopped_waiting(self) -> None:
        timed_out = trace(span(0, 1, parent=-1), span(0.2, 0.6), span(0.3, 0.9, 1), span(0.7, 0.8, 1))
        assert timed_out.critical_path() == {0, 1, 2}

    def test_an_instant_is_never_on_it(self) -> None:
        assert trace(span(0, 1, parent=-1), span(1, 1), span(1, 1)).critical_path() == {0}
        assert trace(span(1, 1, parent=-1), span(1, 1)).critical_path() == {0}

    def test_a_deep_trace_needs_no_recursion(self) -> None:
        deep = Trace("deep", tuple(span(0, 1, parent=i - 1) for i in range(5000)))
        assert len(deep.critical_path()) == 5000
        assert len(deep.rows()) == 5000

    @given(traces())
    def test_its_stretches_cover_the_root_once(self, of: Trace) -> None:
        stretches = of.critical_stretches()
        assert sum(s.duration_s for s in stretches) == pytest.approx(of.root.duration_s, abs=1e-9)
        if stretches:
            assert (stretches[0].start_s, stretches[-1].end_s) == (of.root.start_s, of.root.end_s)
        assert all(earlier.end_s == later.start_s for earlier, later in pairwise(stretches))

    @given(traces())
    def test_it_hangs_together_from_the_root_and_owns_every_stretch(self, of: Trace) -> None:
        path = of.critical_path()
        assert 0 in path
        assert all(of.spans[index].parent in path for index in path - {0})
        assert {s.span for s in of.critical_stretches()} <= path
        for stretch in of.critical_stretches():
            owner = of.spans[stretch.span]
            assert owner.start_s <= stretch.start_s < stretch.end_s <= owner.end_s


class TestRows:
    def test_unmarked_time_is_one_row_below_the_children(self) -> None:
        rows = RIDE.rows()
        assert [(r.span, r.unmarked_of, r.depth) for r in rows] == [
            (0, None, 0),
            (1, None, 1),
            (2, None, 2),
            (3, None, 2),
            (4, None, 2),
            (None, 1, 2),
            (None, 0, 1),
        ]
        assert rows[5].intervals == ((0.15, 0.2), (1.25, 1.3))
        assert (rows[5].start_s, rows[5].end_s) == (0.15, 1.3)
        assert rows[5].duration_s == pytest.approx(0.1)
        assert rows[5].share == pytest.approx(0.1 / 1.4)

    def test_a_leaf_has_no_unmarked_row(self) -> None:
        assert [r.span for r in trace(span(0, 1, parent=-1)).rows()] == [0]

    def test_a_share_counts_only_what_lies_inside_the_root(self) -> None:
        rows = trace(span(0, 1, parent=-1), span(0.5, 5)).rows()
        assert rows[1].duration_s == 4.5
        assert rows[1].share == 0.5

    def test_a_root_without_length_has_no_shares(self) -> None:
        assert [r.share for r in trace(span(1, 1, parent=-1), span(1, 1)).rows()] == [0.0, 0.0]

    @given(traces())
    def test_every_span_has_one_row_and_every_parent_with_gaps_one_more(self, of: Trace) -> None:
        rows = of.rows()
        assert sorted(r.span for r in rows if r.span is not None) == list(range(len(of.spans)))
        with_gaps = {
            i for i in range(len(of.spans)) if of.children(i) and of.unmarked_s(i) > LEAST_UNMARKED_S
        }
        unmarked = [r.unmarked_of for r in rows if r.span is None]
        assert set(unmarked) == with_gaps
        assert len(unmarked) == len(with_gaps)
        for row in rows:
            assert row.share <= 1 + 1e-9
            if row.span is not None:
                assert row.depth == of.depth(row.span)
                assert row.intervals == ((of.spans[row.span].start_s, of.spans[row.span].end_s),)
