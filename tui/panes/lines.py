"""Lines of text that can be longer than the window in both directions: drawn one by one, only those in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.content import Content


class Lines(ScrollView, can_focus=False):
    """Lines to look at; its pane takes the keys."""

    DEFAULT_CSS = """
    Lines {
        width: 1fr;
        height: 1fr;
        overflow: auto auto;
        scrollbar-size: 1 1;
    }
    """

    def __init__(self, *, follow: bool = False, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        """Make it empty; with `follow`, what is added at the end comes into sight while one is at the end."""
        super().__init__(id=id)
        self._lines: tuple[Content, ...] = ()
        self._strips: dict[int, Strip] = {}
        self._follows = follow
        self._at_end = follow

    @property
    def plain(self) -> str:
        """All lines as plain text."""
        return "\n".join(line.plain for line in self._lines)

    def show(self, lines: Sequence[Content]) -> None:
        """Show these lines from where one was."""
        self._lines = tuple(lines)
        self._strips.clear()
        self.virtual_size = Size(max((line.cell_length for line in self._lines), default=0), len(self._lines))
        self.refresh()
        self._keep_to_end()

    def follow(self) -> None:
        """Go to the end, and stay there."""
        self._at_end = self._follows
        self._keep_to_end()

    def on_resize(self) -> None:
        """Stay at the end."""
        self._keep_to_end()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Know whether one is at the end: who goes up leaves it; lines that come leave nobody behind."""
        super().watch_scroll_y(old_value, new_value)
        if self.size.height and (new_value < old_value or round(new_value) >= self.max_scroll_y):
            self._at_end = self._follows and round(new_value) >= self.max_scroll_y

    def _keep_to_end(self) -> None:
        if self._at_end:
            self._to_end()  # where a dialog lies over it, there is no refresh for now
            self.call_after_refresh(self._to_end)

    def _to_end(self) -> None:
        if self._at_end and self.size.height:
            self.scroll_to(y=self.max_scroll_y, animate=False, immediate=True)

    def notify_style_update(self) -> None:
        """Color anew when the theme changed."""
        self._strips.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Show a line, as far as it is in sight."""
        left, top = self.scroll_offset
        index, width, style = y + top, self.size.width, self.rich_style
        if index >= len(self._lines):
            return Strip.blank(width, style)
        if (strip := self._strips.get(index)) is None:
            strip = self._strips[index] = self._draw(self._lines[index])
        return strip.crop_extend(left, left + width, style)

    def _draw(self, line: Content) -> Strip:
        if not line.cell_length:
            return Strip.blank(0, self.rich_style)
        return Visual.to_strips(self, line, line.cell_length, 1, self.visual_style)[0]
