"""A list of options whose page keys can be pressed at any time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import OptionList

if TYPE_CHECKING:
    from textual._widget_navigation import Direction


class PagedList(OptionList):
    """Textual's list, but for its page keys: they fail between filling it and drawing it (Textual 8.2)."""

    def _move_page(self, direction: Direction) -> None:
        if (self.highlighted or 0) in self._index_to_line:
            super()._move_page(direction)
