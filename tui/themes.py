"""The lab's two themes: night, the default, and day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from textual.theme import Theme

THEMES: Final = ("night", "day")


def themes() -> list[Theme]:
    """Make the themes, for the app to register."""
    from textual.theme import Theme

    return [
        Theme(
            name="night",
            primary="#7aa2f7",
            secondary="#9aa5ce",
            accent="#e0af68",
            success="#9ece6a",
            warning="#e0af68",
            error="#f7768e",
            foreground="#d5daf0",
            background="#16181f",
            surface="#1c1f28",
            panel="#252936",
            dark=True,
            variables={
                "block-cursor-background": "#7aa2f7",
                "block-cursor-foreground": "#16181f",
                "block-cursor-text-style": "bold",
                "block-cursor-blurred-background": "#2f3547",
                "block-cursor-blurred-text-style": "bold",
                "block-hover-background": "#252936",
                "border": "#7aa2f7",
                "border-blurred": "#353b4d",
                "scrollbar": "#353b4d",
                "scrollbar-hover": "#4a5269",
                "scrollbar-active": "#7aa2f7",
                "scrollbar-background": "#16181f",
                "scrollbar-background-hover": "#16181f",
                "scrollbar-background-active": "#16181f",
                "scrollbar-corner-color": "#16181f",
            },
        ),
        Theme(
            name="day",
            primary="#2a5db0",
            secondary="#4c5a7d",
            accent="#9a5b00",
            success="#2f7d32",
            warning="#9a5b00",
            error="#b3263e",
            foreground="#22252e",
            background="#f7f6f2",
            surface="#efede6",
            panel="#e4e1d7",
            dark=False,
            variables={
                "block-cursor-background": "#2a5db0",
                "block-cursor-foreground": "#ffffff",
                "block-cursor-text-style": "bold",
                "block-cursor-blurred-background": "#d3d8e4",
                "block-cursor-blurred-text-style": "bold",
                "block-hover-background": "#e4e1d7",
                "border": "#2a5db0",
                "border-blurred": "#c9c5b8",
                "scrollbar": "#c9c5b8",
                "scrollbar-hover": "#aaa697",
                "scrollbar-active": "#2a5db0",
                "scrollbar-background": "#f7f6f2",
                "scrollbar-background-hover": "#f7f6f2",
                "scrollbar-background-active": "#f7f6f2",
                "scrollbar-corner-color": "#f7f6f2",
            },
        ),
    ]
