"""The tabs of the lesson screen, and the mails that arrive while a run plays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.widgets.lab import DIGITS, PANES, TITLES
from tui.widgets.tab_strip import Tab

if TYPE_CHECKING:
    from lessons.session import Session
    from simulator.monitoring import Alert
    from tui.view import View
    from tui.widgets.lab import Lab


def pane_tabs(session: Session, lab: Lab, view: View | None) -> tuple[Tab, ...]:
    """Make a tab for each pane that the lesson offers, in the order of their digits."""
    return tuple(
        Tab(name, DIGITS[name], TITLES[name], _badge(name, lab, view))
        for name in PANES
        if name in session.lesson.panes
    )


def lesson_tab(*, met: bool) -> Tab:
    """Make the tab of the lesson's text; `met` where its step is done and one may go on."""
    return Tab("lesson", "0", "Lesson", "✓" if met else "")


def _badge(name: str, lab: Lab, view: View | None) -> str:
    """Ask the pane; for one that was never visited, unread mail still counts."""
    if view is None:
        return ""
    if (pane := lab.made(name)) is not None:
        return pane.badge(view)
    if name != "alerts":
        return ""
    from tui.panes.mails import unread

    return unread(view)


class Mailbox:
    """Knows which alerts of which run have been told."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._told = {i: len(run.alerts) for i, run in enumerate(session.runs, start=1)}

    def arrived(self, view: View) -> tuple[Alert, ...]:
        """Give the alerts that are new since the last call; none where the lesson has no pane to open them in."""
        if "alerts" not in self._session.lesson.panes or view.last is None:
            return ()
        number, alerts = len(view.everything), view.last.alerts
        new = alerts[self._told.get(number, 0) :]
        self._told[number] = len(alerts)
        return new
