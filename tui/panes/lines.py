"""Lines of text that can be longer than the window in both directions: drawn one by one, only those in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.content import Content


class Lines(ScrollView, can_focus=False):
    """Lines to look at; its pane takes the keys. The highlighted line shows by its background and by bold.

    What a line means must not hang on the highlight alone: whoever highlights puts a sign into the line too.
    """

    DEFAULT_CSS = """
    Lines {
        width: 1fr;
        height: 1fr;
        overflow: auto auto;
        scrollbar-size: 1 1;
        & > .lines--highlight { background: $primary 25%; text-style: bold; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"lines--highlight"}

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self._lines: tuple[Content, ...] = ()
        self._highlight: int | None = None
        self._strips: dict[int, Strip] = {}

    @property
    def plain(self) -> str:
        """All lines as plain text."""
        return "\n".join(line.plain for line in self._lines)

    def show(self, lines: Sequence[Content], *, highlight: int | None = None, follow: bool = False) -> None:
        """Show these lines from where one was; with `follow`, stay at the end if one was at the end."""
        at_end = self.scroll_offset.y >= self.max_scroll_y
        self._lines = tuple(lines)
        self._highlight = highlight
        self._strips.clear()
        self.virtual_size = Size(max((line.cell_length for line in self._lines), default=0), len(self._lines))
        self.refresh()
        if follow and at_end:
            self.call_after_refresh(self._to_end)
        elif highlight is not None:
            self.call_after_refresh(self.reveal, highlight)

    def _to_end(self) -> None:
        self.scroll_to(y=self.max_scroll_y, animate=False)

    def reveal(self, index: int) -> None:
        """Scroll just as far as it takes to bring a line into sight."""
        top, height = self.scroll_offset.y, self.size.height
        if index < top or index >= top + height > 0:
            self.scroll_to(y=index if index < top else index - height + 1, animate=False)

    def notify_style_update(self) -> None:
        """Color anew when the theme changed."""
        self._strips.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Show a line, as far as it is in sight."""
        left, top = self.scroll_offset
        index, width = y + top, self.size.width
        if index >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        if (strip := self._strips.get(index)) is None:
            strip = self._strips[index] = self._draw(index)
        style = self.visual_style
        if index == self._highlight:
            style += self.get_visual_style("lines--highlight", partial=True)
        return strip.crop_extend(left, left + width, style.rich_style)

    def _draw(self, index: int) -> Strip:
        line, style = self._lines[index], self.visual_style
        if index == self._highlight:
            style += self.get_visual_style("lines--highlight", partial=True)
        if not line.cell_length:
            return Strip.blank(0, style.rich_style)
        return Visual.to_strips(self, line, line.cell_length, 1, style)[0]
