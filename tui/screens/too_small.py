"""A plain notice while the terminal is too small; it goes away when there is room again."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Middle
from textual.screen import Screen
from textual.widgets import Static

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.geometry import Size

LEAST: Final = (60, 20)


def fits(size: Size) -> bool:
    """Tell whether the lab can be shown in a terminal of this size."""
    return size.width >= LEAST[0] and size.height >= LEAST[1]


class TooSmallScreen(Screen[None]):
    """Covers everything else; what is below stays as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [("q", "app.quit", "quit")]
    CSS_PATH = "too_small.tcss"

    _left = False

    def compose(self) -> ComposeResult:
        """Say what is missing."""
        with Middle():
            yield Static(id="too-small")

    def on_mount(self) -> None:
        """Say how large the terminal is."""
        self._say(self.app.size)

    def on_resize(self, event: events.Resize) -> None:
        """Go away as soon as there is room."""
        if fits(event.size):
            if not self._left:
                self._left = True
                self.dismiss()
        else:
            self._say(event.size)

    def _say(self, size: Size) -> None:
        self.query_one("#too-small", Static).update(
            f"This window is {size.width}x{size.height}.\nridelab needs {LEAST[0]}x{LEAST[1]}.\n\n"
            "Make it larger to go on;\nq quits. All is saved."
        )
