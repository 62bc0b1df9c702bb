"""Filters for terminals with few colors or none: nothing may be told by a color that is not there.

Contrast is that of WCAG 2.1: (lighter + 0.05) / (darker + 0.05) of two relative luminances.
"""

from __future__ import annotations

from colorsys import rgb_to_hsv
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rich._palettes import STANDARD_PALETTE
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.filter import LineFilter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.color import Color

REVERSED_FROM: Final = 3.0
"""From which contrast between a background and the screen's on it is shown in reverse."""
READABLE: Final = 3.0
"""The least contrast of text and its background among the 16 colors."""
FAINT: Final = 2.0
"""The same for lines and words that are faint with all colors, too."""
COLORFUL: Final = 0.3
"""From which saturation and value on a color has a hue."""
GRAYS: Final = (0, 8, 7, 15)
HUES: Final = ((32, 1), (75, 3), (170, 2), (205, 6), (260, 4), (330, 5), (361, 1))
"""Up to which hue, in degrees, a color is red, yellow, green, cyan, blue, magenta, and red again."""
DIFFERENT: Final = 1.05
"""What is closer than this is not meant to be seen: a blank, a bar of one color."""
SIXTEEN: Final = STANDARD_PALETTE
"""The 16 colors as Rich takes them to be: those of a VGA console. Every terminal has its own, of about these."""


def luminance(rgb: Sequence[float]) -> float:
    """Relative luminance of an sRGB color of three values from 0 to 255 (WCAG 2.1)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in rgb)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Sequence[float], other: Sequence[float]) -> float:
    """Contrast ratio of two sRGB colors, from 1 to 21 (WCAG 2.1)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


class NoColors(LineFilter):
    """Leaves no color. What had a background that stands out from the screen's is in reverse instead."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Take colors off; bold, italic, underline and reverse stay, and the terminal's own two colors show."""
        here = background.rgb
        return [
            Segment(text, _colorless(style, here) if style is not None else style, control)
            for text, style, control in segments
        ]


@lru_cache(4096)
def _colorless(style: Style, background: tuple[int, int, int]) -> Style:
    back = style.bgcolor
    stands_out = (
        back is not None and back.triplet is not None and contrast(back.triplet, background) >= REVERSED_FROM
    )
    plain = Style.from_color(RichColor.default(), RichColor.default())
    return style + plain + Style(reverse=bool(style.reverse) != stands_out, dim=False)


class SixteenColors(LineFilter):
    """Gives each segment two of the 16 colors, of the same hue, and never two that are hard to tell apart."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's signature
        """Choose the nearest of 16 colors; where text would vanish in its background, the nearest that can be read."""
        return [
            Segment(text, _sixteen(style) if style is not None else style, control)
            for text, style, control in segments
        ]


@lru_cache(4096)
def _sixteen(style: Style) -> Style:
    fore = style.color.triplet if style.color is not None else None
    back = style.bgcolor.triplet if style.bgcolor is not None else None
    behind = _nearest(back) if back is not None else None
    near = _nearest(fore) if fore is not None else None
    if fore is not None and back is not None and near is not None and behind is not None:
        apart = contrast(fore, back)
        if apart >= DIFFERENT:
            near = _readable(near, behind, READABLE if apart >= READABLE else FAINT)
    # As triplets, which Rich writes as just these colors: Textual dims what lies below a dialog, and has to see them.
    return style + Style.from_color(
        *(None if n is None else RichColor.from_triplet(SIXTEEN[n]) for n in (near, behind))
    )


def _nearest(rgb: Sequence[int]) -> int:
    """Choose by hue, then by luminance; what has hardly a hue is black, one of two grays, or white.

    (The nearest in RGB, which Rich would take, is gray for all soft colors.)
    """
    light = luminance(rgb)
    hue, saturation, value = rgb_to_hsv(*(part / 255 for part in rgb))
    if saturation >= COLORFUL and value >= COLORFUL:
        number = next(number for below, number in HUES if hue * 360 < below)
        choice: tuple[int, ...] = (number, number + 8)
    else:
        choice = GRAYS
    return min(choice, key=lambda one: abs(luminance(SIXTEEN[one]) - light))


def _apart(one: int, other: int) -> float:
    return contrast(SIXTEEN[one], SIXTEEN[other])


def _readable(near: int, behind: int, least: float) -> int:
    """Keep a color that can be read; else take the brighter or darker one of its hue, else the nearest gray."""
    light = luminance(SIXTEEN[near])
    grays = sorted(GRAYS, key=lambda one: abs(luminance(SIXTEEN[one]) - light))
    choice = (near, near ^ 8, *grays) if near not in GRAYS else grays
    found = next((one for one in choice if _apart(one, behind) >= least), None)
    return found if found is not None else max(GRAYS, key=lambda one: _apart(one, behind))
