"""The waterfall of a trace: a scrolling list of spans with a cursor, folding, and bars over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.charts.app_glyphs import app_glyphs, follow_app_glyphs
from tui.charts.bars import BACKWARD, Runs
from tui.charts.timeline import Timeline, summarize_trace

if TYPE_CHECKING:
    from typing import Unpack

    from textual import events

    from simulator.tracing import Row, Trace
    from tui.charts.chart import WidgetOptions
    from tui.charts.glyphs import GlyphName

KIND_INKS = ("request", "network", "cold-start", "invocation", "mark", "wait", "report")
INKS = (
    *("header", "name", "marker", "number", "grid", "unmarked", "error", "error-bar", "unmarked-bar"),
    *KIND_INKS,
)


class Waterfall(ScrollView, can_focus=True):
    """The spans of a trace as indented names beside bars, unmarked time as hatched rows of its own.

    The critical path is bold and marked, failed and open spans carry a sign. The cursor moves by row; a span
    with children can be folded. Only visible lines are drawn, and only those that a key changed.
    """

    DEFAULT_CSS = """
    Waterfall {
        width: 1fr;
        height: 1fr;
        min-height: 3;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        & > .waterfall--header { color: $text-muted; }
        & > .waterfall--name { color: $foreground; }
        & > .waterfall--marker { color: $text-warning; text-style: bold; }
        & > .waterfall--number { color: $foreground; }
        & > .waterfall--grid { color: $foreground 20%; }
        & > .waterfall--unmarked { color: $text-muted; text-style: italic; }
        & > .waterfall--unmarked-bar { color: $text-warning; }
        & > .waterfall--error { color: $text-error; }
        & > .waterfall--error-bar { color: $error; }
        & > .waterfall--request { color: $foreground 50%; }
        & > .waterfall--invocation { color: $primary; }
        & > .waterfall--mark { color: $success; }
        & > .waterfall--network { color: $text-secondary; }
        & > .waterfall--cold-start { color: $accent; }
        & > .waterfall--wait { color: $warning; }
        & > .waterfall--report { color: $foreground 45%; }
        & > .waterfall--cursor { background: $block-cursor-blurred-background; }
        &:focus > .waterfall--cursor { text-style: bold; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"waterfall--{ink}" for ink in INKS} | {"waterfall--cursor"}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False, id="waterfall.down"),
        Binding("up,k", "move(-1)", "Up", show=False, id="waterfall.up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="waterfall.page-down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="waterfall.page-up"),
        Binding("home,g", "first", "First", show=False, id="waterfall.first"),
        Binding("end,G", "last", "Last", show=False, id="waterfall.last"),
        Binding("left,minus", "fold", "Fold", show=False, id="waterfall.fold"),
        Binding("right,plus", "unfold", "Unfold", show=False, id="waterfall.unfold"),
        Binding("enter", "choose", "Choose", show=False, id="waterfall.choose"),
    ]

    class SpanSelected(Message):
        """The cursor moved to another row, or the row under it was chosen with enter.

        Attributes:
            waterfall: Where it happened.
            index: The span's index in the trace, None on unmarked time.
            unmarked_of: On unmarked time, the index of the span it belongs to.
            chosen: Whether it was chosen rather than passed over.
        """

        def __init__(
            self, waterfall: Waterfall, index: int | None, unmarked_of: int | None, *, chosen: bool = False
        ) -> None:
            super().__init__()
            self.waterfall = waterfall
            self.index = index
            self.unmarked_of = unmarked_of
            self.chosen = chosen

        @property
        def control(self) -> Waterfall:
            """The waterfall, for `@on` with a selector."""
            return self.waterfall

    def __init__(
        self,
        trace: Trace | None = None,
        *,
        glyphs: GlyphName | None = None,
        **options: Unpack[WidgetOptions],
    ) -> None:
        """Make a waterfall of a trace, or an empty one; without glyphs it takes the app's."""
        super().__init__(**options)
        self._glyphs = glyphs
        self._timeline: Timeline | None = None
        self._cursor = 0
        self._styles_of: dict[tuple[str, bool, bool], Style] = {}
        self._show(trace)

    @property
    def trace(self) -> Trace | None:
        """The trace shown; setting one unfolds it and puts the cursor on its root."""
        return self._timeline.trace if self._timeline else None

    @trace.setter
    def trace(self, trace: Trace | None) -> None:
        self._show(trace)

    @property
    def glyphs(self) -> GlyphName:
        """What it is drawn with: the app's choice unless it has its own; setting it keeps cursor and folds."""
        return self._glyphs or app_glyphs(self)

    @glyphs.setter
    def glyphs(self, glyphs: GlyphName) -> None:
        self._glyphs = glyphs
        self._draw_anew()

    def on_mount(self) -> None:
        """Follow the app's choice of glyphs."""
        follow_app_glyphs(self, self._glyphs_changed)

    def _glyphs_changed(self) -> None:
        if self._glyphs is None:
            self._draw_anew()

    def _draw_anew(self) -> None:
        if self._timeline is not None:
            folded = self._timeline.folded
            self._timeline = Timeline(self._timeline.trace, ascii_only=self.glyphs == "ascii")
            self._timeline.fold(folded)
        self.refresh()

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self._timeline.rows[self._timeline.visible[self._cursor]] if self._timeline else None

    def summary(self) -> str:
        """Say in one sentence what the trace shows."""
        return summarize_trace(self._timeline.trace) if self._timeline else "No trace to show."

    def describe(self) -> str:
        """Say the row under the cursor in words."""
        return self._timeline.describe(self._timeline.visible[self._cursor]) if self._timeline else ""

    def move_cursor(self, rows: int) -> None:
        """Move the cursor down by rows, up if negative."""
        self._move_to(self._cursor + rows)

    def move_to_span(self, index: int) -> None:
        """Put the cursor on a span, unfolding what hides it."""
        if self._timeline is None:
            return
        above = set()
        parent = self._timeline.trace.spans[index].parent
        while parent >= 0:
            above.add(parent)
            parent = self._timeline.trace.spans[parent].parent
        if above & self._timeline.folded:
            self._fold(self._timeline.folded - above)
        places = [self._timeline.rows[place].span for place in self._timeline.visible]
        self._move_to(places.index(index))

    def action_move(self, rows: int) -> None:
        """Move the cursor by rows."""
        self.move_cursor(rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor by what is visible at once."""
        self.move_cursor(pages * max(1, self._page - 1))

    def action_first(self) -> None:
        """Move the cursor to the root."""
        self._move_to(0)

    def action_last(self) -> None:
        """Move the cursor to the last row."""
        if self._timeline is not None:
            self._move_to(len(self._timeline.visible) - 1)

    def action_fold(self) -> None:
        """Fold the span under the cursor; where there is nothing to fold, go to its parent."""
        row, timeline = self.row, self._timeline
        if row is None or timeline is None:
            return
        if row.span is not None and timeline.trace.children(row.span) and row.span not in timeline.folded:
            self._fold(timeline.folded | {row.span})
            return
        parent = row.unmarked_of if row.span is None else timeline.trace.spans[row.span].parent
        if parent is not None and parent >= 0:
            self.move_to_span(parent)

    def action_unfold(self) -> None:
        """Unfold the span under the cursor; where it is unfolded, go to its first child."""
        row, timeline = self.row, self._timeline
        if row is None or timeline is None or row.span is None or not timeline.trace.children(row.span):
            return
        if row.span in timeline.folded:
            self._fold(timeline.folded - {row.span})
        else:
            self.move_cursor(1)

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        if (row := self.row) is not None:
            self.post_message(self.SpanSelected(self, row.span, row.unmarked_of, chosen=True))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the row that was clicked."""
        if (offset := event.get_content_offset(self)) is not None and offset.y > 0:
            self._move_to(self.scroll_offset.y + offset.y - 1)

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self._scroll_to_cursor()

    def notify_style_update(self) -> None:
        """Color anew when the theme or the focus changed."""
        self._styles_of.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Show the scale on the first line, and the row that is scrolled to on every other."""
        width = self.scrollable_content_region.width
        if self._timeline is None:
            return self._strip([("header", "No trace".ljust(width)[:width] if y == 0 else " " * width)])
        if y == 0:
            return self._strip(self._timeline.header(width))
        place = self.scroll_offset.y + y - 1
        if place >= len(self._timeline.visible):
            return self._strip([("grid", " " * width)])
        row, cursor = self._timeline.visible[place], place == self._cursor
        runs = self._timeline.line(row, width, cursor=cursor)
        return self._strip(runs, cursor=cursor, critical=self._timeline.is_critical(row))

    @property
    def _page(self) -> int:
        return max(1, self.size.height - 1)

    def _show(self, trace: Trace | None) -> None:
        self._timeline = Timeline(trace, ascii_only=self.glyphs == "ascii") if trace else None
        self._cursor = 0
        self._measure()
        self._scroll_to_cursor()

    def _measure(self) -> None:
        self.virtual_size = Size(0, len(self._timeline.visible) + 1 if self._timeline else 0)
        self.refresh()

    def _fold(self, folded: frozenset[int]) -> None:
        """Change what is folded; the cursor stays on its row, or goes to the one that now hides it."""
        assert self._timeline is not None
        here = self._timeline.visible[self._cursor]
        self._timeline.fold(folded)
        shown = self._timeline.visible
        self._cursor = max(place for place, row in enumerate(shown) if row <= here)
        self._measure()
        self._scroll_to_cursor()

    def _move_to(self, place: int) -> None:
        if self._timeline is None:
            return
        place = min(max(place, 0), len(self._timeline.visible) - 1)
        if place == self._cursor:
            return
        self._refresh_row(self._cursor)
        self._cursor = place
        self._refresh_row(place)
        self._scroll_to_cursor()
        row = self._timeline.rows[self._timeline.visible[place]]
        self.post_message(self.SpanSelected(self, row.span, row.unmarked_of))

    def _refresh_row(self, place: int) -> None:
        self.refresh(Region(0, place - self.scroll_offset.y + 1, self.size.width, 1))

    def _scroll_to_cursor(self) -> None:
        if not self.is_attached:
            return
        top = self.scroll_offset.y
        if self._cursor < top:
            self.scroll_to(y=self._cursor, animate=False)
        elif self._cursor >= top + self._page:
            self.scroll_to(y=self._cursor - self._page + 1, animate=False)

    def _strip(self, runs: Runs, *, cursor: bool = False, critical: bool = False) -> Strip:
        segments = [Segment(text, self._style(ink, cursor=cursor, critical=critical)) for ink, text in runs]
        return Strip(segments, sum(len(text) for _, text in runs))

    def _style(self, ink: str, *, cursor: bool, critical: bool) -> Style:
        key = (ink, cursor, critical)
        if key not in self._styles_of:
            style = self.get_component_rich_style(f"waterfall--{ink.removeprefix(BACKWARD)}")
            if cursor:
                marked = self.get_component_rich_style("waterfall--cursor")
                style += Style(bgcolor=marked.bgcolor, bold=marked.bold or None)
            if critical:
                style += Style(bold=True)
            if ink.startswith(BACKWARD):
                style += Style(reverse=True)
            self._styles_of[key] = style
        return self._styles_of[key]
