"""The alert mails of a lesson, and their texts."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING

from lessons.actions import OpenAlert, OpenMail, RunLoad
from simulator.monitoring import EVERY_S, describe_rule
from simulator.report_format import date
from tui.panes.reported import clock_text, counted, exact_ms_text, silences

if TYPE_CHECKING:
    from rich.text import Text

    from simulator.columns import Column
    from simulator.monitoring import Alert
    from simulator.run_data import RunData
    from tui.panes.invocation_rows import Rows
    from tui.view import View

SENDER = "Wild Rydes monitoring"
ADDRESS = "alerts@monitoring.wildrydes.example"


@dataclass(frozen=True, eq=False)
class Mail:
    """A mail: the alert of a run (`run` counts from 1), and whether it was opened."""

    run: int
    data: RunData
    alert: Alert
    read: bool

    @property
    def key(self) -> tuple[int, str]:
        """What tells it from the others: its run and its rule."""
        return self.run, self.alert.rule.name


def mails(view: View) -> list[Mail]:
    """List the mails of all runs, newest first.

    A mail counts as read once its rule's mail or event was opened after its run had begun. Runs are matched with the
    loads that began them from the last: a load whose run was lost is an old one.
    """
    runs = view.everything
    loads = 0
    opened: dict[str, int] = {}  # rule -> how many loads had begun when it was opened last
    for _, action in view.session.memory.done:
        if isinstance(action, RunLoad):
            loads += 1
        elif isinstance(action, OpenMail | OpenAlert):
            opened[action.rule] = loads
    found = []
    for run in range(len(runs), 0, -1):
        load = loads - (len(runs) - run)
        for alert in sorted(runs[run - 1].alerts, key=lambda one: -one.at_s):
            read = opened.get(alert.rule.name, -1) >= max(0, load)
            found.append(Mail(run, runs[run - 1], alert, read))
    return found


def unread(view: View) -> str:
    """Count the unread mails, for the badge of the pane's tab: ``!2``; empty for none."""
    count = sum(not mail.read for mail in mails(view))
    return f"!{count}" if count else ""


def mail_text(mail: Mail) -> Text:
    """Write a mail."""
    from rich.text import Text

    alert = mail.alert
    text = Text()
    for name, value in (
        ("From", f"{SENDER} <{ADDRESS}>"),
        ("Date", f"{date(alert.at_s)} {clock_text(alert.at_s)}, run {mail.run}"),
        ("Subject", alert.subject),
    ):
        text.append(f"{name + ':':<10}", style="dim").append(
            f"{value}\n", style="bold" if name == "Subject" else ""
        )
    text.append("\nA rule of your team is in alarm:\n\n")
    text.append(f"    {alert.condition}\n\n", style="bold")
    text.append(
        f"At {clock_text(alert.at_s)}, {alert.matching:,} of the {counted(alert.of, 'invocation')} "
        "reported in that window matched.\n\n"
    )
    text.append(" View Alert Event ", style="bold reverse").append("  press enter")
    return text


def event_text(mail: Mail, rows: Rows, places: Column) -> Text:
    """Write the head of an alert's event page; `places` are the rows that match its rule by now."""
    from rich.text import Text

    alert = mail.alert
    text = Text().append(alert.rule.name, style="bold")
    text.append("  ").append(" ALARM ", style="bold reverse")
    text.append(f"  since {clock_text(alert.at_s)}, run {mail.run}\n")
    text.append(f"{alert.condition}\n")
    durations = rows.columns["duration_s"][places]
    text.append(f"{len(places):,} matching of {counted(len(rows), 'invocation')}", style="bold")
    if len(places):
        low, high = exact_ms_text(float(durations.min())), exact_ms_text(float(durations.max()))
        text.append(f", {low} to {high}" if len(places) > 1 else f", {low}")
    text.append("\n")
    cold, failed = int(rows.cold[places].sum()), int(rows.failed[places].sum())
    text.append(f"COLD START {cold:,}   ERROR {failed:,}")
    return text.append(f"   (at {clock_text(alert.at_s)}: {alert.matching:,} of {alert.of:,})", style="dim")


def empty_text(view: View) -> Text:
    """Say what will arrive, and when rules are looked at, where there is no mail."""
    from rich.text import Text

    text = Text().append("No mail yet.\n\n", style="bold")
    rules = view.session.lab.rules
    if view.last is None:
        text.append("r", style="bold").append(" sends the load that rules look at. ")
    text.append(
        "When an alert rule fires, its mail arrives here. Rules are looked at once a minute of virtual time"
        f"{next_look(view)}.\n\n",
    )
    if rules:
        text.append("Rules of your team:\n")
    for rule in rules:
        text.append(f"  {rule.name}: ", style="bold").append(f"{describe_rule(rule)}\n")
    data = view.last
    if data is not None and not any(data.watched(service) for service in data.services):
        text.append(f"\nNo rule can fire: {'; '.join(silences(data))}.", style="bold")
    elif data is not None and data.settled:
        text.append(f"\nRun {len(view.everything)} ended without an alert.")
    return text


def next_look(view: View) -> str:
    """Say when the rules are looked at next, while a run goes on: ``, next at 19:50:41``."""
    if view.live is None:
        return ""
    return f", next at {clock_text((floor(view.live.now_s / EVERY_S) + 1) * EVERY_S)}"
