"""Lines of code behind a gutter that stays while the code scrolls sideways, with a cursor on one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip

from tui.panes.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

NO_CURSOR = -1
MORE = "›"
"""At the right edge of a line that goes on."""
MARGIN = 2
"""So many rows stay in sight before and after the cursor."""


class Row(NamedTuple):
    """A line: what stands in the gutter, which stays in sight, and what scrolls."""

    gutter: Content
    code: Content


class SourceView(Lines):
    """Rows to look at; the one under the cursor has a sign and, where there are colors, a background.

    `cursor` counts from 0, and is -1 where rows are only read. All gutters of one `show_rows` are equally wide; the
    sign takes the place of the last character of the gutter.
    """

    DEFAULT_CSS = """
    SourceView { scrollbar-size: 0 1; }
    SourceView > .source-view--cursor { background: $block-cursor-blurred-background; text-style: bold; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"source-view--cursor"}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self.rows: tuple[Row, ...] = ()
        self.cursor = NO_CURSOR
        self._gutters: dict[int, Strip] = {}

    @property
    def gutter_width(self) -> int:
        """Cells that do not scroll sideways."""
        return self.rows[0].gutter.cell_length if self.rows else 0

    def show_rows(self, rows: Sequence[Row], cursor: int = NO_CURSOR) -> None:
        """Show these rows from where one was, the cursor on one of them."""
        self.rows = tuple(rows)
        self._gutters.clear()
        self.cursor = min(cursor, len(self.rows) - 1)
        self.show([row.code for row in self.rows])
        width = max((row.code.cell_length for row in self.rows), default=0)
        self.virtual_size = self.virtual_size.with_width(self.gutter_width + width)
        self.call_after_refresh(self.reveal)

    @property
    def plain(self) -> str:
        """All rows as plain text, gutters too."""
        return "\n".join(row.gutter.plain + row.code.plain for row in self.rows)

    def move_to(self, row: int) -> None:
        """Put the cursor on a row, or the nearest there is, and bring it into sight."""
        row = max(0, min(row, len(self.rows) - 1))
        for one in (self.cursor, row):
            self.refresh(Region(0, one - self.scroll_offset.y, self.size.width, 1))
        self.cursor = row
        self.reveal()

    def reveal(self) -> None:
        """Bring the cursor into sight."""
        height, top = self.scrollable_content_region.height, self.scroll_offset.y
        if self.cursor < 0 or not height:
            return
        beside = min(MARGIN, (height - 1) // 2)
        if self.cursor < top + beside:
            self.scroll_to(y=max(0, self.cursor - beside), animate=False)
        elif self.cursor >= top + height - beside:
            self.scroll_to(y=self.cursor - height + 1 + beside, animate=False)

    @property
    def page(self) -> int:
        """How many rows a page key moves: what is in sight but for one."""
        return max(1, self.scrollable_content_region.height - 1)

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self.reveal()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row that was clicked."""
        offset = event.get_content_offset(self)
        if offset is not None and self.cursor >= 0:
            row = self.scroll_offset.y + offset.y
            if row < len(self.rows):
                self.move_to(row)

    def notify_style_update(self) -> None:
        """Color anew when the theme changed."""
        self._gutters.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Show a row: its gutter, then the code as far as it is in sight."""
        index, style = y + self.scroll_offset.y, self.rich_style
        width = self.scrollable_content_region.width
        if index >= len(self.rows):
            return Strip.blank(width, style)
        gutter, left = self._gutter(index), self.scroll_offset.x
        if (code := self._strips.get(index)) is None:
            code = self._strips[index] = self._draw(self.rows[index].code)
        room = max(0, width - gutter.cell_length)
        pieces = [gutter, code.crop_extend(left, left + room, style)]
        if code.cell_length > left + room > left:
            pieces[1:] = [pieces[1].crop(0, room - 1), Strip([Segment(MORE, style + Style(dim=True))])]
        line = Strip.join(pieces).crop(0, width)
        if index == self.cursor:
            line = Strip(Segment.apply_style(line, post_style=self._cursor_style), line.cell_length)
        return line

    @property
    def _cursor_style(self) -> Style:
        style = self.get_component_rich_style("source-view--cursor")
        return Style(bgcolor=style.bgcolor, bold=True)

    def _gutter(self, index: int) -> Strip:
        gutter = self.rows[index].gutter
        if index == self.cursor and gutter.cell_length:
            gutter = gutter[:-1] + Content.styled(">", "bold $primary")
            return self._draw(gutter)
        if index not in self._gutters:
            self._gutters[index] = self._draw(gutter)
        return self._gutters[index]
