"""The Alerts pane: a mailbox, the mail, and the alert's event page with its matching invocations."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.widgets import ContentSwitcher, Static

from lessons.actions import OpenAlert, OpenMail, Unwatch, Watch
from lessons.rules import write_rule
from tui.commands import Command, bindings
from tui.panes.alerts_rules import RulesView, offers_rules, rule_line, rule_text
from tui.panes.alerts_scores import Counted, Tallies, count
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

    from lessons.session import Session
    from simulator.columns import Column
    from simulator.run_data import RunData
    from simulator.settings import AlertRule
    from tui.panes.cursor_list import CursorList
    from tui.panes.invocation_rows import Rows
    from tui.panes.mails import Mail
    from tui.view import View

LIST, MAIL, EVENT, EMPTY = "alerts-list", "alerts-mail", "alerts-event", "alerts-empty"
RULES = "alerts-rules"


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
        Command("write_rule", ("w",), "write a rule", "Write an alert rule, in one line.", 11),
        Command("drop_rule", ("X",), "take away", "Take the alert rule under the cursor away.", 13),
        Command("back", ("escape",), "back", "Go back to the mail, and to the mailbox.", 12),
        Command("rules", ("R",), "rules", "Look at the alert rules, or at the mailbox again.", 14),
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
        self._tallies = Tallies()

    def compose(self) -> ComposeResult:
        """Hold the mailbox and what opens from it."""
        with ContentSwitcher(initial=EMPTY):
            yield Page(id=EMPTY)
            yield MailList(id=LIST)
            yield Page(id=MAIL)
            with Vertical(id=EVENT):
                yield Static()
                yield InvocationList()
            yield RulesView(id=RULES)

    def focus_of(self, level: str) -> CursorList | Page:
        """The list or page of a level."""
        if level == EVENT:
            return self.query_one(InvocationList)
        if level == RULES:
            return self.query_one(RulesView).list
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
        if self.level == RULES:
            self._show_rules(view)
            return
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
        self.go_to_level(MAIL if self.level == EVENT else self._mailbox())

    def _mailbox(self) -> str:
        return LIST if self.view is not None and mails(self.view) else EMPTY

    # rules

    def _show_rules(self, view: View) -> None:
        """Show the rules; what is not known of them is counted in a thread."""
        rules = self._tallies.missing(view)
        if rules and not self._tallies.counting and (view.runs or view.session.recordings.recorded):
            self._tallies.counting = True
            work = partial(self._count, view.session, rules, view.runs)
            self.run_worker(work, thread=True, group="rules")
        self.query_one(RulesView).show(view, self._tallies)

    def _count(self, session: Session, rules: list[AlertRule], runs: tuple[RunData, ...]) -> None:
        """Run in a thread."""
        self.post_message(count(session, rules, runs))

    def on_counted(self, message: Counted) -> None:
        """Show what was counted."""
        message.stop()
        self._tallies.take(message)
        self.catch_up()

    def on_rule_list_moved(self) -> None:
        """Say what the rule under the cursor says."""
        if self.level == RULES and self.view is not None:
            self.query_one(RulesView).tell(self.view, self._tallies)

    def action_rules(self) -> None:
        """Go to the rules, or back to the mailbox."""
        self.go_to_level(self._mailbox() if self.level == RULES else RULES)

    def action_write_rule(self) -> None:
        """Ask for a rule."""

        def written(text: str | None) -> None:
            if text is not None:
                self.post_message(Perform(Watch(rule=text)))

        if self.view is not None:
            self.app.push_screen(rule_line(self.view), written)

    def action_drop_rule(self) -> None:
        """Take away the rule under the cursor."""
        if (rule := self.query_one(RulesView).list.rule) is not None:
            self.post_message(Perform(Unwatch(name=rule.name)))
            self.notify(f"Taken away: {write_rule(rule)}", timeout=4, markup=False)

    def ever(self, command: Command) -> bool:
        """Leave out what is done with rules where that is not offered."""
        about_rules = command.action in {"rules", "write_rule", "drop_rule"}
        return not about_rules or self.view is None or offers_rules(self.view)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done at this level."""
        if action == "back":
            return self.level in {MAIL, EVENT, RULES}
        if action == "rules":
            return self.view is not None and offers_rules(self.view)
        if action in {"write_rule", "drop_rule"}:
            return self.level == RULES and (
                action == "write_rule" or self.query_one(RulesView).list.count > 0
            )
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
        if self.view is not None and self.level == RULES:
            rules = self.query_one(RulesView).list
            on = f"{counted(len(rules.rules), 'alert rule')} on."
            said = rule_text(self.view, rules.rule, self._tallies).plain.split("\n")[1:]
            return " ".join([on, *said])
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
