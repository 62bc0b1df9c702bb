"""What stands above the code: the services and versions there are to choose from, and what is unmarked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from tui.panes.code_drafts import DRAFT
from tui.panes.run_figures import MUTED, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.panes.code_shares import Shares

ALL_OF_IT = 0.995
LEFT_OUT = len("+12 ")


def chooser(title: str, names: Sequence[str], chosen: str, deployed: str, width: int) -> Content:
    """Write what there is to choose from: the chosen one in brackets, the deployed one with a star.

    Where not all of them fit the width, those around the chosen one, the deployed one, and how many are left out.
    """
    texts = [f"{name} *deployed" if name == deployed else name for name in names]
    at = list(names).index(chosen)
    active = names.index(deployed) if deployed in names else at
    shown = _in_sight([len(text) + 3 for text in texts], at, active, width - len(title) - 2)
    parts, before = [Content.styled(f"{title}:", MUTED)], -1
    for place in shown:
        if place > before + 1:
            parts.append(_left_out(place - before - 1))
        style = "bold" if names[place] == DRAFT else ""
        text = texts[place]
        parts.append(
            Content.styled(f"[{text}]", "bold") if place == at else Content.styled(f" {text} ", style)
        )
        before = place
    if before < len(names) - 1:
        parts.append(_left_out(len(names) - 1 - before))
    if deployed and deployed not in names:
        parts.append(Content.styled(f" {deployed} *deployed, not shown here", MUTED))
    return Content(" ").join(parts)


def _left_out(count: int) -> Content:
    return Content.styled(f"+{count}", MUTED)


def _in_sight(widths: Sequence[int], at: int, active: int, room: int) -> list[int]:
    """Choose places that fit: two of them always, and what stands around the first as far as there is room."""
    if sum(widths) <= room:
        return list(range(len(widths)))
    shown = {at, active}
    room -= sum(widths[place] for place in shown) + 2 * LEFT_OUT
    around = sorted(range(len(widths)), key=lambda place: (abs(place - at), -place))
    for place in around:
        if place not in shown and widths[place] <= room:
            shown.add(place)
            room -= widths[place]
    return sorted(shown)


def unmarked_words(shares: Shares) -> str:
    """Say how much of the time nobody looks at."""
    if shares.unmarked >= ALL_OF_IT:
        return f"all of {shares.whose} time is unmarked"
    if not shares.unmarked:
        return f"none of {shares.whose} time is unmarked"
    share = "<1 %" if 0 < shares.unmarked < 0.005 else percent(shares.unmarked)
    return f"{share} of {shares.whose} time is unmarked"


def shares_line(shares: Shares, width: int) -> Content:
    """Say how much is unmarked, by which run and, where there is room, by how many traces; or that none tells."""
    if not shares.run:
        return Content.styled("no run has traced this yet", MUTED)
    words = unmarked_words(shares)
    by = f"(run {shares.run}, {shares.invocations:,} traced)"
    if len(words) + 1 + len(by) > width:
        by = f"(run {shares.run})"
    return Content.styled(words, "bold") + Content.styled(f" {by}", MUTED)
