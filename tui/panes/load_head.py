"""The head of the Load pane: which view is shown, which run, and how far it is; shortened to what fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from tui.panes.run_figures import MUTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.run_data import RunData

SHORT = {"heatmap": "heat", "histogram": "hist"}
GAP = 2


def head_line(
    names: Sequence[str], visible: Sequence[str], run: RunData, *, number: int, newest: bool, width: int
) -> Content:
    """Name the views, those in sight in brackets, and count the run's requests: in one line, or else in two."""
    counts = _counts(run, number, newest=newest)
    for words in counts:
        for short in ({}, SHORT):
            views = Content("").join(_named(short.get(name, name), shown=name in visible) for name in names)
            if views.cell_length + GAP + len(words) <= width:
                return Content(" " * GAP).join([views, Content(words)])
    whole = Content("").join(_named(name, shown=name in visible) for name in names)
    fitting = next((words for words in counts if len(words) <= width), counts[-1])
    return Content("\n").join([whole if whole.cell_length <= width else views, Content(fitting)])


def _named(name: str, *, shown: bool) -> Content:
    return Content.styled(f"[{name}]", "bold") if shown else Content.styled(f" {name} ", MUTED)


def _counts(run: RunData, number: int, *, newest: bool) -> list[str]:
    """Count what was sent, the longest wording first; that it is not the newest run is always said."""
    where, brief = f"run {number}", f"run {number}"
    if not newest:
        where, brief = f"{where}, not the newest (escape)", f"{where}, not newest (esc)"
    sent, answered = f"{run.sent:,} sent", f"{len(run.latencies_s):,} answered"
    flying = f"{run.in_flight:,} in flight"
    whole = f"{sent}, {answered}, {flying}"
    part = f"{sent}, {flying if run.in_flight else answered}"
    return [f"{where}: {whole}", f"{brief}: {whole}", f"{brief}: {part}"]
