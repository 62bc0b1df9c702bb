"""The lab's themes as Textual wants them; night is the default. Their colors stand in theme_colors.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.theme_colors import COLORS

if TYPE_CHECKING:
    from textual.theme import Theme

THEMES: Final = tuple(COLORS)


def themes() -> list[Theme]:
    """Make the themes, for the app to register."""
    from textual.theme import Theme

    return [
        Theme(
            name=colors.name,
            primary=colors.primary,
            secondary=colors.secondary,
            accent=colors.accent,
            success=colors.success,
            warning=colors.warning,
            error=colors.error,
            foreground=colors.foreground,
            background=colors.background,
            surface=colors.surface,
            panel=colors.panel,
            dark=colors.dark,
            variables=colors.variables(),
        )
        for colors in COLORS.values()
    ]
