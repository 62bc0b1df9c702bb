"""The rows of a source: number, the share of the time where a mark opens, "unmarked" where nobody looks, the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from tui.panes.code_source import highlighted
from tui.panes.code_view import Row
from tui.panes.run_figures import MUTED, percent

if TYPE_CHECKING:
    from tui.panes.code_shares import LineShare, Shares

NUMBER, BAR, SHARE = 3, 3, 9
EIGHTHS = "▏▎▍▌▋▊▉█"
UNMARKED = "unmarked"
MUCH = 0.5
"""From this share on a line is written in bold: most of the time passes there."""


def source_rows(source: str, shares: Shares | None = None) -> list[Row]:
    """Write a source, each line behind its number and, where traces tell of it, its share of the time."""
    rows = []
    for number, line in enumerate(highlighted(source), start=1):
        gutter = Content.styled(f"{number:>{NUMBER}} ", MUTED)
        if shares is not None:
            gutter += _beside(number, shares) + Content(" ")
        rows.append(Row(gutter, line))
    return rows


def _beside(number: int, shares: Shares) -> Content:
    if (found := shares.lines.get(number)) is not None:
        return _share(found)
    if number in shares.bare:
        waits = shares.bare[number]
        return Content.styled(UNMARKED.ljust(SHARE), "bold $text-warning" if waits else MUTED)
    return Content(" " * SHARE)


def _share(found: LineShare) -> Content:
    """Draw a share as a bar with its percentage; of a name that opens on several lines, how many instead of a bar."""
    style = "bold $text-warning" if found.share >= MUCH else "$primary"
    small = 0 < found.share < 0.005
    figure = f"{'<1 %' if small else percent(found.share):>{SHARE - BAR}}"
    before = f"{found.places}x" if found.places > 1 else share_bar(found.share)
    return Content.styled(before.ljust(BAR) + figure, style)


def share_bar(share: float, width: int = BAR) -> str:
    """Draw a share of 0 to 1 to an eighth of a cell; whatever there is shows."""
    eighths = round(min(1.0, max(0.0, share)) * width * 8)
    if share > 0:
        eighths = max(1, eighths)
    full, rest = divmod(eighths, 8)
    return "█" * full + (EIGHTHS[rest - 1] if rest else "")
