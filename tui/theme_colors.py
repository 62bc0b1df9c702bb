"""The colors of the themes, as data. Contrast and color-blind distances are tested (tests/unit/test_themes.py)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Colors:
    """A theme's colors, by what they are for; each ``#rrggbb``.

    `primary` to `error` are also the inks of text and charts (``$text-primary`` ...), so each can be read on
    `background`, `surface` and `panel`. `muted` is the alpha of quiet text on whatever lies behind it, in percent.
    """

    name: str
    said: str
    """What the settings screen says about it."""
    dark: bool
    background: str
    surface: str
    panel: str
    foreground: str
    primary: str
    secondary: str
    accent: str
    success: str
    warning: str
    error: str
    line: str
    """Borders and scrollbars that are not in use."""
    line_hover: str
    on_primary: str
    """Text on a background of `primary`: the cursor's line."""
    blurred: str
    """Behind a cursor's line that keeps its inks: in tables, code and traces, and where the focus is elsewhere."""
    muted: int = 60

    def variables(self) -> dict[str, str]:
        """Give the theme's variables beyond Textual's own."""
        inks = {
            f"text-{name}": getattr(self, name)
            for name in ("primary", "secondary", "accent", "success", "warning", "error")
        }
        return inks | {
            "text-muted": f"auto {self.muted}%",
            "block-cursor-background": self.primary,
            "block-cursor-foreground": self.on_primary,
            "block-cursor-text-style": "bold",
            "block-cursor-blurred-background": self.blurred,
            "block-cursor-blurred-text-style": "bold",
            "block-hover-background": self.panel,
            "border": self.primary,
            "border-blurred": self.line,
            "input-cursor-background": self.foreground,
            "input-cursor-foreground": self.background,
            "scrollbar": self.line,
            "scrollbar-hover": self.line_hover,
            "scrollbar-active": self.primary,
            "scrollbar-background": self.background,
            "scrollbar-background-hover": self.background,
            "scrollbar-background-active": self.background,
            "scrollbar-corner-color": self.background,
        }


NIGHT: Final = Colors(
    name="night",
    said="dark and calm",
    dark=True,
    background="#16181f",
    surface="#1c1f28",
    panel="#252936",
    foreground="#d5daf0",
    primary="#7aa2f7",
    secondary="#9aa5ce",
    accent="#d7a4ff",
    success="#9ece6a",
    warning="#e0af68",
    error="#f7768e",
    line="#353b4d",
    line_hover="#4a5269",
    on_primary="#16181f",
    blurred="#2f3547",
)
DAY: Final = Colors(
    name="day",
    said="dark on light",
    dark=False,
    background="#f7f6f2",
    surface="#efede6",
    panel="#e4e1d7",
    foreground="#15171e",
    primary="#2a5db0",
    secondary="#4c5a7d",
    accent="#8a2f9e",
    success="#226326",
    warning="#8a4f00",
    error="#b3263e",
    line="#c9c5b8",
    line_hover="#aaa697",
    on_primary="#ffffff",
    blurred="#d5dae6",
)
CONTRAST: Final = Colors(
    name="contrast",
    said="all text at least 7:1",
    dark=True,
    background="#000000",
    surface="#0c0c0c",
    panel="#141414",
    foreground="#ffffff",
    primary="#6fd3ff",
    secondary="#c4cdf2",
    accent="#ff9cf5",
    success="#62f58a",
    warning="#ffd84d",
    error="#ff9b8a",
    line="#8a8a8a",
    line_hover="#c0c0c0",
    on_primary="#000000",
    blurred="#0f2c39",
    muted=80,
)
OKABE_ITO: Final = Colors(
    # Okabe and Ito, "Color Universal Design", 2008: https://jfly.uni-koeln.de/color/. Its blue #0072B2 is too dark
    # for text on black; of the others each ink has one.
    name="okabe-ito",
    said="safe for color blindness",
    dark=True,
    background="#000000",
    surface="#0d0d0d",
    panel="#161616",
    foreground="#e8e8e8",
    primary="#56B4E9",
    secondary="#CC79A7",
    accent="#F0E442",
    success="#009E73",
    warning="#E69F00",
    error="#D55E00",
    line="#4d4d4d",
    line_hover="#808080",
    on_primary="#000000",
    blurred="#0a2130",
)
COLORS: Final = {colors.name: colors for colors in (NIGHT, DAY, CONTRAST, OKABE_ITO)}
