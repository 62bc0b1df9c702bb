"""Charts are drawn with what the app chose, unless they were told otherwise; a change there is seen at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual._context import NoActiveAppError

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.widget import Widget

    from tui.charts.glyphs import GlyphName

DEFAULT: GlyphName = "braille"


def app_glyphs(widget: Widget) -> GlyphName:
    """Give the glyphs of the app a widget is in; braille where it is in none, or in one that has no say."""
    try:
        glyphs: GlyphName = getattr(widget.app, "glyphs", DEFAULT)
    except NoActiveAppError:
        return DEFAULT
    return glyphs


def follow_app_glyphs(widget: Widget, changed: Callable[[], None]) -> None:
    """Call a widget's own method whenever the app chooses other glyphs; for a widget that is mounted."""
    if hasattr(type(widget.app), "glyphs"):
        widget.watch(widget.app, "glyphs", changed, init=False)
