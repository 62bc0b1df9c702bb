"""The waterfall as a widget: cursor, folding, scrolling, messages, and what a key repaints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.app import App, ComposeResult

from simulator.tracing import Span, Trace
from tui.charts import Waterfall

if TYPE_CHECKING:
    from textual.strip import Strip


def span(name: str, start: float, end: float, parent: int) -> Span:
    return Span(name, "mark", "api", start, end, parent)


RIDE = Trace.arranged(
    "ride",
    [
        span("ride", 0, 10, -1),
        span("first", 1, 4, 0),
        span("inner", 1, 2, 1),
        span("second", 5, 9, 0),
    ],
)
# Rows: ride, first, inner, unmarked of first, second, unmarked of ride.


def wide(count: int) -> Trace:
    return Trace(
        "wide", (span("root", 0, count, -1), *(span(f"s{i}", i, i + 1, 0) for i in range(count - 1)))
    )


class Stage(App[None]):
    """A waterfall on the whole screen; what it posts is kept."""

    def __init__(self, trace: Trace | None) -> None:
        super().__init__()
        self.waterfall = Waterfall(trace)
        self.heard: list[tuple[int | None, int | None, bool]] = []

    def compose(self) -> ComposeResult:
        yield self.waterfall

    def on_mount(self) -> None:
        self.waterfall.focus()

    def on_waterfall_span_selected(self, event: Waterfall.SpanSelected) -> None:
        assert event.control is self.waterfall
        self.heard.append((event.index, event.unmarked_of, event.chosen))


def watch(waterfall: Waterfall, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Keep count of the lines that are rendered from now on."""
    painted: list[int] = []
    render = waterfall.render_line

    def counted(y: int) -> Strip:
        painted.append(y)
        return render(y)

    monkeypatch.setattr(waterfall, "render_line", counted)
    return painted


def lines(waterfall: Waterfall) -> list[str]:
    return [waterfall.render_line(y).text for y in range(waterfall.size.height)]


def names(waterfall: Waterfall) -> list[str]:
    """The names shown, without markers and signs."""
    shown = (line[2:].replace("▾", " ").replace("▸", " ").split() for line in lines(waterfall)[1:])
    return [words[0] for words in shown if words]


def cursor_line(waterfall: Waterfall) -> str:
    marked = [line for line in lines(waterfall) if line.startswith("❯")]
    assert len(marked) == 1
    return marked[0]


class TestCursor:
    async def test_it_starts_on_the_root_and_moves_by_row(self) -> None:
        app = Stage(RIDE)
        async with app.run_test(size=(80, 24)) as pilot:
            assert names(app.waterfall) == ["ride", "first", "inner", "unmarked", "second", "unmarked"]
            assert "ride" in cursor_line(app.waterfall)
            await pilot.press("j", "down", "j", "k")
            assert "inner" in cursor_line(app.waterfall)
            await pilot.press("G")
            assert "unmarked" in cursor_line(app.waterfall)
            await pilot.press("g")
            assert "ride" in cursor_line(app.waterfall)

    async def test_it_tells_where_it_is(self) -> None:
        app = Stage(RIDE)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("j", "j", "j", "enter", "G", "g")
            assert app.heard == [
                (1, None, False),
                (2, None, False),
                (None, 1, False),
                (None, 1, True),
                (None, 0, False),
                (0, None, False),
            ]

    async def test_it_says_nothing_where_it_cannot_move(self) -> None:
        app = Stage(RIDE)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("k", "up", "g")
            assert app.heard == []

    async def test_a_click_puts_it_there(self) -> None:
        app = Stage(RIDE)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.click(Waterfall, offset=(10, 3))
            await pilot.click(Waterfall, offset=(10, 0))
            assert app.heard == [(2, None, False)]

    async def test_its_row_differs_without_color(self) -> None:
        app = Stage(RIDE)
        async with app.run_test(size=(80, 24)) as pilot:
            before = lines(app.waterfall)[2]
            await pilot.press("j")
            assert lines(app.waterfall)[2] != before

    async def test_the_row_under_it_can_be_described(self) -> None:
        app = Stage(RIDE)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("j")
            assert app.waterfall.describe() == (
                "first, mark in api: 3 s (30 % of the whole), from 1 s, on the critical path"
            )


class TestFolding:
    @pytest.mark.parametrize(("fold", "unfold"), [("left", "right"), ("minus", "plus")])
    async def test_fold_and_unfold(self, fold: str, unfold: str) -> None:
        app = Stage(RIDE)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("j", fold)
            assert names(app.waterfall) == ["ride", "first", "second", "unmarked"]
            assert "▸ first +1" in cursor_line(app.waterfall)
            await pilot.press(unfold)
            assert names(app.waterfall) == ["ride", "first", "inner", "unmarked", "second", "unmarked"]

    async def test_left_on_a_leaf_goes_to_its_parent_and_right_on_a_parent_to_its_child(self) -> None:
        app = Stage(RIDE)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("j", "j", "left")
            assert "first" in cursor_line(app.waterfall)
            await pilot.press("right")
            assert "inner" in cursor_line(app.waterfall)
            await pilot.press("right")
            assert "inner" in cursor_line(app.waterfall)

    async def test_left_on_unmarked_time_goes_to_its_span(self) -> None:
        app = Stage(RIDE)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("G", "left")
            assert "ride" in cursor_line(app.waterfall)

    async def test_going_to_a_hidden_span_unfolds_what_hides_it(self) -> None:
        app = Stage(RIDE)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("left")
            assert names(app.waterfall) == ["ride"]
            app.waterfall.move_to_span(2)
            assert "inner" in cursor_line(app.waterfall)

    async def test_the_root_stays_when_everything_is_folded(self) -> None:
        app = Stage(RIDE)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("left", "left", "j", "G")
            assert names(app.waterfall) == ["ride"]
            assert app.waterfall.row is not None
            assert app.waterfall.row.span == 0


class TestScrolling:
    async def test_the_scale_stays_and_the_cursor_is_always_in_view(self) -> None:
        app = Stage(wide(2000))
        async with app.run_test(size=(80, 20)) as pilot:
            scale = lines(app.waterfall)[0]
            for key, expected in (("G", 19), ("g", 1), ("pagedown", 19), ("j", 19), ("pageup", 1)):
                await pilot.press(key)
                await pilot.pause()
                shown = lines(app.waterfall)
                assert shown[0] == scale
                assert [y for y, line in enumerate(shown) if line.startswith("❯")] == [expected], key

    async def test_a_smaller_terminal_keeps_the_cursor_in_view(self) -> None:
        app = Stage(wide(100))
        async with app.run_test(size=(80, 40)) as pilot:
            for _ in range(30):
                app.waterfall.move_cursor(1)
            await pilot.resize_terminal(60, 10)
            await pilot.pause()
            assert "s29" in cursor_line(app.waterfall)

    async def test_a_key_repaints_only_the_two_rows_it_changes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        app = Stage(wide(2000))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            painted = watch(app.waterfall, monkeypatch)
            await pilot.press("j")
            await pilot.pause()
            assert sorted(painted) == [1, 2]

    async def test_scrolling_renders_visible_lines_and_no_others(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        app = Stage(wide(2000))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            painted = watch(app.waterfall, monkeypatch)
            await pilot.press("G")
            await pilot.pause()
            assert len(painted) <= 3 * 24
            assert set(painted) == set(range(24))


class TestTrace:
    async def test_a_new_trace_starts_at_its_root(self) -> None:
        app = Stage(wide(100))
        async with app.run_test(size=(80, 10)) as pilot:
            await pilot.press("G")
            app.waterfall.trace = RIDE
            await pilot.pause()
            assert app.waterfall.trace is RIDE
            assert "ride" in cursor_line(app.waterfall)
            assert names(app.waterfall) == ["ride", "first", "inner", "unmarked", "second", "unmarked"]

    async def test_without_a_trace_every_key_is_harmless(self) -> None:
        app = Stage(None)
        async with app.run_test(size=(80, 10)) as pilot:
            await pilot.press("j", "k", "g", "G", "left", "right", "minus", "plus", "enter", "pagedown")
            assert lines(app.waterfall)[0].startswith("No trace")
            assert app.heard == []
            assert app.waterfall.summary() == "No trace to show."

    async def test_other_glyphs_keep_cursor_and_folds(self) -> None:
        app = Stage(RIDE)
        async with app.run_test(size=(80, 10)) as pilot:
            await pilot.press("j", "left")
            app.waterfall.glyphs = "ascii"
            await pilot.pause()
            assert [line.rstrip()[:14] for line in lines(app.waterfall) if line.startswith(">")] == [
                ">*  + first +1"
            ]
