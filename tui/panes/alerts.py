"""The Alerts pane: a mailbox, the mail, and the alert's event page with its matching invocations."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.widgets import ContentSwitcher, Static

from lessons.actions import OpenAlert, OpenMail
from tui.commands import Command, bindings
from tui.panes.base import Perform, ShowPane
from tui.panes.invocation_list import InvocationList
from tui.panes.invocation_rows import watched_rows
from tui.panes.mail_list import MailList
from tui.panes.mails import empty_text, event_text, mail_text, mails, unread
from tui.panes.page import Page
from tui.panes.reported import clock_text, counted
from tui.panes.shown import MOVING, LevelPane

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from simulator.columns import Column
    from tui.panes.cursor_list import CursorList
    from tui.panes.invocation_rows import Rows
    from tui.panes.mails import Mail
    from tui.view import View

LIST, MAIL, EVENT, EMPTY = "alerts-list", "alerts-mail", "alerts-event", "alerts-empty"


class AlertsPane(LevelPane):
    """Mails of all runs of this lesson, newest first."""

    NAME = "alerts"
    TITLE = "Alerts"
    COMMANDS: ClassVar[tuple[Command, ...]] = (
        Command(
            "open",
            ("enter",),
            "open",
            "Open the mail, then its alert event, then one of its invocations.",
            10,
        ),
        Command("back", ("escape",), "back", "Go back to the mail, and to the mailbox.", 12),
        *MOVING,
    )
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(COMMANDS)]

    DEFAULT_CSS = """
    AlertsPane {
        width: 1fr;
        height: 1fr;
        & ContentSwitcher { width: 1fr; height: 1fr; }
        & #alerts-event > Static { width: 1fr; height: auto; }
        & #alerts-event > InvocationList { margin-top: 1; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._open: tuple[int, str] | None = None

    def compose(self) -> ComposeResult:
        """Hold the mailbox and what opens from it."""
        with ContentSwitcher(initial=EMPTY):
            yield Page(id=EMPTY)
            yield MailList(id=LIST)
            yield Page(id=MAIL)
            with Vertical(id=EVENT):
                yield Static()
                yield InvocationList()

    def focus_of(self, level: str) -> CursorList | Page:
        """The list or page of a level."""
        if level == EVENT:
            return self.query_one(InvocationList)
        return self.query_one(MailList) if level == LIST else self.query_one(f"#{level}", Page)

    def badge(self, view: View) -> str:
        """Count the unread mails: ``!2``."""
        return unread(view)

    def update_widgets(self, view: View) -> None:
        """Show the mails there are now; an event page goes on counting while its run does."""
        found = mails(view)
        self.query_one(MailList).show(found)
        if not found:
            self.query_one(f"#{EMPTY}", Page).show(empty_text(view))
        if (self.level == EMPTY) == bool(found):
            self.go_to_level(LIST if found else EMPTY)
            return
        mail = self._opened(found)
        if mail is None or self.level == LIST:
            return
        if self.level == MAIL:
            self.query_one(f"#{MAIL}", Page).show(mail_text(mail), mail.key)
        else:
            rows, places = _matching(mail)
            self.query_one(f"#{EVENT} > Static", Static).update(event_text(mail, rows, places))
            self.query_one(InvocationList).show(rows, places, view.slow_s)

    def _opened(self, found: list[Mail]) -> Mail | None:
        return next((mail for mail in found if mail.key == self._open), None)

    def action_open(self) -> None:
        """Open what is under the cursor, one level further in."""
        mail = self._opened(mails(self.view)) if self.view is not None else None
        if self.level == LIST and (chosen := self.query_one(MailList).mail) is not None:
            self._open_mail(chosen)
        elif self.level == MAIL and mail is not None:
            self.go_to_level(EVENT)
            self.post_message(Perform(OpenAlert(rule=mail.alert.rule.name)))
        elif self.level == EVENT and mail is not None:
            number = self.query_one(InvocationList).number
            if number is not None:
                self.post_message(ShowPane("invocations", mail.run, number))

    def _open_mail(self, mail: Mail) -> None:
        self._open = mail.key
        self.go_to_level(MAIL)
        self.post_message(Perform(OpenMail(rule=mail.alert.rule.name)))

    def action_back(self) -> None:
        """Go back one level."""
        self.go_to_level(MAIL if self.level == EVENT else LIST)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done at this level."""
        if action == "back":
            return self.level in {MAIL, EVENT}
        if action == "open":
            return self.level in {LIST, MAIL} or (self.level == EVENT and self.offers_pane("invocations"))
        return super().check_action(action, parameters)

    def on_cursor_list_chosen(self) -> None:
        """Open the row that was clicked."""
        self.action_open()

    def open_target(self, run: int | None, target: int | str | None) -> None:
        """Open the mail of a rule: of the run given, or the newest."""
        found = mails(self.view) if self.view is not None else []
        for mail in found:
            if mail.alert.rule.name == target and run in {None, mail.run}:
                self._open_mail(mail)
                return

    def summary(self) -> str:
        """Say what is in the mailbox, or what the opened alert says."""
        if self.view is None or not (found := mails(self.view)):
            return "No mail yet: alert rules are looked at once a minute of virtual time."
        mail = self._opened(found)
        if mail is not None and self.level in {MAIL, EVENT}:
            rows, places = _matching(mail)
            return (
                f"{mail.alert.subject} since {clock_text(mail.alert.at_s)} of run {mail.run}: {mail.alert.condition}. "
                f"{len(places):,} of {counted(len(rows), 'invocation')} match: {rows.words(places)}."
            )
        new = sum(not one.read for one in found)
        newest = found[0]
        return (
            f"{counted(len(found), 'mail')}, {new} unread. The newest: {newest.alert.subject}, "
            f"at {clock_text(newest.alert.at_s)} of run {newest.run}."
        )


def _matching(mail: Mail) -> tuple[Rows, Column]:
    rows = watched_rows(mail.data)
    return rows, rows.places(mail.data.matching(mail.alert.rule))
