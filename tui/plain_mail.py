"""Alert mails and their events as plain lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.errors import UsageError
from simulator.monitoring import describe_rule
from simulator.report_format import date
from tui.panes.invocation_rows import watched_rows
from tui.panes.mails import ADDRESS, SENDER, mails
from tui.panes.reported import clock_text, counted, silences
from tui.plain_invocations import PAGE, row_table
from tui.plain_text import WIDTH, paragraph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.monitoring import Alert
    from simulator.settings import AlertRule
    from tui.panes.mails import Mail
    from tui.view import View


def arrived_lines(alerts: Sequence[Alert], width: int = WIDTH) -> list[str]:
    """Say that mails have arrived."""
    return [
        line
        for alert in alerts
        for line in paragraph(f"Mail at {clock_text(alert.at_s)}: {alert.subject}. `mail` opens it.", width)
    ]


def list_lines(view: View, width: int = WIDTH) -> list[str]:
    """List the mails, the newest first, or say why there is none."""
    found = mails(view)
    if not found:
        return _none(view, width)
    lines = [f"{counted(len(found), 'mail')}, {sum(not mail.read for mail in found):,} unread:"]
    for number, mail in enumerate(found, start=1):
        state = "read" if mail.read else "unread"
        said = f"{mail.alert.subject}, {clock_text(mail.alert.at_s)} of run {mail.run}, {state}"
        lines += paragraph(said, width, first=f"{number}. ", rest="   ")
    return [*lines, "`mail 1` reads the first, `alert 1` opens its event."]


def rule_lines(
    rules: Sequence[AlertRule], width: int = WIDTH, *, head: str = "Rules of your team:"
) -> list[str]:
    """List the alert rules that are on, each in words."""
    lines = [head] if rules else ["No alert rule is on."]
    for rule in rules:
        lines += paragraph(f"{rule.name}: {describe_rule(rule)}.", width, first="- ", rest="  ")
    return lines


def _none(view: View, width: int) -> list[str]:
    lines = paragraph(
        "No mail yet. When an alert rule fires, its mail arrives here. Rules are looked at once a minute of virtual "
        "time.",
        width,
    )
    lines += rule_lines(view.session.lab.rules, width)
    data = view.last
    if data is None:
        lines.append("`run` sends the load that they look at.")
    elif not any(map(data.watched, data.services)):
        lines += paragraph(f"No rule can fire: {'; '.join(silences(data))}.", width)
    else:
        lines.append(f"Run {len(view.runs)} ended without an alert.")
    return lines


def chosen(view: View, word: str | None) -> Mail:
    """Find a mail by its number in the list, or by its rule; without either the newest. Raises UsageError."""
    found = mails(view)
    if not found:
        raise UsageError("no mail has arrived in this lesson yet")
    if word is None:
        return found[0]
    for number, mail in enumerate(found, start=1):
        if word in {str(number), mail.alert.rule.name}:
            return mail
    raise UsageError(f"there is no mail `{word}`: they are 1 to {len(found)}, as `mail` lists them")


def mail_lines(mail: Mail, width: int = WIDTH) -> list[str]:
    """Write a mail."""
    alert = mail.alert
    matched = (
        f"At {clock_text(alert.at_s)}, {alert.matching:,} of the {counted(alert.of, 'invocation')} reported in that "
        "window matched."
    )
    return [
        f"From: {SENDER} <{ADDRESS}>",
        f"Date: {date(alert.at_s)} {clock_text(alert.at_s)}, run {mail.run}",
        f"Subject: {alert.subject}",
        "",
        "A rule of your team is in alarm:",
        *paragraph(alert.condition, width, first="    ", rest="    "),
        *paragraph(matched, width),
        "To view the alert event, type `alert`.",
    ]


def event_lines(mail: Mail, width: int = WIDTH) -> list[str]:
    """Write an alert's event page: its rule, and the invocations that match it by now."""
    alert, rows = mail.alert, watched_rows(mail.data)
    places = rows.places(mail.data.matching(alert.rule))
    lines = paragraph(f"{alert.rule.name}, in alarm since {clock_text(alert.at_s)} of run {mail.run}.", width)
    lines += paragraph(f"{alert.condition}.", width)
    count = f"{len(places):,} matching of {counted(len(rows), 'invocation')}: {rows.words(places)}."
    lines += paragraph(
        f"{count} (At {clock_text(alert.at_s)} it was {alert.matching:,} of {alert.of:,}.)", width
    )
    lines += ["", *row_table(rows, places[:PAGE], width)]
    if len(places) > PAGE:
        lines += paragraph(f"These are the first {PAGE}; `invocations` lists all.", width)
    return lines
