"""One request, opened from the Load pane: which one that is, and what its rider sees of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tui.panes.page import Page

if TYPE_CHECKING:
    from simulator.run_data import RunData
    from tui.panes.load_views import LoadViews


class RequestPage(Page, can_focus=False):
    """What went over the wire, and how long the rider waited. The pane takes the keys."""


def request_at(views: LoadViews, run: RunData) -> int | None:
    """Give the number of the request under the cursor, or without one of the slowest; None where none was answered.

    Of a column of the chart or the heatmap it is the slowest in it.
    """
    if views.showing == "line-up":
        return views.line_up.request()
    requests = run.requests
    rows = ~np.isnan(requests["latency_s"])
    picture = views.picture()
    reading = picture.reading() if picture is not None else None
    if reading is not None:
        sent, edge = requests["sent_s"], 1e-6  # which column a request on an edge is in, the chart decides
        rows &= (sent > reading.from_s - edge) & (sent < reading.to_s + edge)
        rows &= requests["latency_s"] == reading.slowest_s
    found = np.flatnonzero(rows)
    return int(requests["number"][found[np.argmax(requests["latency_s"][found])]]) if len(found) else None
