"""The mailbox: a list of alert mails, unread ones marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.panes.cursor_list import CursorList
from tui.panes.mails import SENDER
from tui.panes.reported import clock_text

if TYPE_CHECKING:
    from tui.charts.bars import Runs
    from tui.panes.mails import Mail

WITH_SENDER = 70


class MailList(CursorList):
    """Mails, newest first; an unread one has a star and is bold."""

    mails: tuple[Mail, ...] = ()

    @property
    def mail(self) -> Mail | None:
        """The mail under the cursor."""
        return self.mails[self.cursor] if self.cursor < len(self.mails) else None

    def show(self, mails: list[Mail]) -> None:
        """Show mails; the cursor stays on its mail, and on the newest where it was on none."""
        key = self.mail.key if self.mail is not None else None
        if [(one.key, one.read) for one in mails] == [(one.key, one.read) for one in self.mails]:
            self.mails = tuple(mails)
            return
        self.mails = tuple(mails)
        self.set_count(len(mails), next((i for i, one in enumerate(mails) if one.key == key), 0))

    def header_runs(self, width: int) -> Runs:
        """Name the columns."""
        sender = f"{'from':<{len(SENDER)}}  " if width >= WITH_SENDER else ""
        return [("header", f"  {'at':<8}  {'run':>4}  {sender}subject")]

    def row_runs(self, index: int, width: int) -> Runs:
        """Write one mail."""
        mail = self.mails[index]
        sender = f"{SENDER}  " if width >= WITH_SENDER else ""
        text = f"{clock_text(mail.alert.at_s)}  {mail.run:>4}  {sender}{mail.alert.subject}"
        return [("text", f"  {text}")] if mail.read else [("slow", "* "), ("strong", text)]
