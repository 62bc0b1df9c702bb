"""The deploys of a service: number, time, version, what each changed, which runs ran it, and its author's note."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from textual.content import Content

from tui.panes.code_drafts import changed_lines
from tui.panes.code_view import Row
from tui.panes.run_figures import MUTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lessons.session import Session
    from lessons.versions import Deployed
    from simulator.deploying import Version
    from simulator.run_data import RunData

HEADINGS = ("deployed at", "version", "changed", "runs", "note")
WITH_YEAR = 70
"""Columns from which on the time of a deploy is written with its year."""
START, TAKEN_BACK = "the start", "taken back"


def deploys_of(session: Session, service: str) -> list[Deployed]:
    """List the deploys of a service in their order; a number is a place here, counted from 1."""
    return [one for one in session.deploys if one.service == service]


def runs_of(runs: Sequence[RunData], version: Version) -> list[int]:
    """List the runs that ran a version, from 1."""
    return [number for number, data in enumerate(runs, 1) if ran(data, version)]


def ran(data: RunData, version: Version) -> bool:
    """Tell whether an invocation of a run was of this version; before the first, whether it was deployed."""
    places = [place for place, one in enumerate(data.versions) if one == version]
    if not places or version.service not in data.services:
        return bool(places)
    own = data.of_service(version.service)["version"]
    return not len(own) or bool(np.isin(own, places).any())


def history_rows(
    deploys: Sequence[Deployed], runs: Sequence[RunData], active: int, width: int
) -> tuple[Content, list[Row]]:
    """Write the deploys below their headings, the newest last; `active` is the number of the one that runs."""
    cells = [
        (_time(one, year=width >= WITH_YEAR), one.version.name + (" *deployed" if one.number == active else ""),
         _changed(one), _runs(runs_of(runs, one.version)), _note(one))
        for one in deploys
    ]  # fmt: skip
    widths = [max(map(len, column)) for column in zip(HEADINGS, *cells, strict=True)]
    rows = []
    for one, texts in zip(deploys, cells, strict=True):
        line = "  ".join(text.ljust(width) for text, width in zip(texts, widths, strict=True)).rstrip()
        style = "bold" if one.number == active else MUTED if one.taken_back else ""
        rows.append(Row(Content.styled(f"{one.number:>3} ", MUTED), Content.styled(line, style)))
    heading = (
        "    " + "  ".join(text.ljust(width) for text, width in zip(HEADINGS, widths, strict=True)).rstrip()
    )
    return Content.styled(heading[:width].rstrip(), MUTED), rows


def _time(one: Deployed, *, year: bool) -> str:
    if not one.at:
        return START if one.before is None else "-"
    return one.at[0 if year else 5 : 16].replace("T", " ")


def _changed(one: Deployed) -> str:
    if one.before is None:
        return "-"
    came, went = changed_lines(one.before.source, one.version.source)
    return f"+{came} -{went}"


def _runs(numbers: Sequence[int]) -> str:
    """List numbers, runs of them as a range: ``1, 3-5``."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(f"{p[0]}-{p[-1]}" if len(p) > 2 else ", ".join(map(str, p)) for p in parts) or "none"


def _note(one: Deployed) -> str:
    said = [TAKEN_BACK] if one.taken_back else []
    return ": ".join([*said, *([one.note] if one.note else [])])
