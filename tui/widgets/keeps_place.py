"""A text that scrolls and keeps its place: whatever the window does, the same words stay at the top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.geometry import Region, Size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual import events


class PlaceKeeper(VerticalScroll):
    """Remembers which words stand at its top, counted in letters and digits, which no line break changes.

    The place changes when one scrolls, never because the window did: one that becomes large and small again shows
    what it showed before.
    """

    _place = 0
    """How many letters and digits stand above the top."""
    _place_size = Size(0, 0)
    """The size that the text was scrolled in; in another one, the place waits to be found again."""

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Take note of the place that somebody scrolled to."""
        super().watch_scroll_y(old_value, new_value)
        if self.size and self.size == self._place_size and round(old_value) != round(new_value):
            self._place = sum(
                letters for _, letters in zip(range(round(new_value)), self._letters(), strict=False)
            )

    def on_resize(self, event: events.Resize) -> None:
        """Find the place again once the text is laid out for the new size."""
        if event.size and event.size != self._place_size:
            self.call_after_refresh(self._find_place)

    def _find_place(self) -> None:
        size = self.size
        if not size or not self.is_attached:
            return
        above = 0
        wanted = 0
        for line, letters in enumerate(self._letters() if self._place else ()):
            if above + letters > self._place:
                wanted = line
                break
            above += letters
        self._place_size = Size(0, 0)  # what is moved now is moved by the window
        self.scroll_to(y=wanted, animate=False, immediate=True)
        self._place_size = size

    def to_top(self) -> None:
        """Go to the beginning, for another text."""
        self._place = 0
        self.scroll_home(animate=False)

    def _letters(self) -> Iterator[int]:
        """Count the letters and digits of each line, blank ones between the parts included."""
        drawn = 0
        for child in self.displayed_children:
            region = child.virtual_region
            for _ in range(region.y - drawn):
                yield 0
                drawn += 1
            for strip in child.render_lines(Region(0, 0, *region.size)):
                yield sum(map(str.isalnum, strip.text))
                drawn += 1
