"""The summary of the course: what was predicted, what happened, what was proved; it can be kept as Markdown."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Static

from simulator.errors import RidelabError
from tui.commands import Command, bindings, commands_of
from tui.exporting import export_name, write_export
from tui.screens.reading_page import READING, ReadingPage
from tui.short_path import short_path
from tui.widgets.footer import key_line

if TYPE_CHECKING:
    from textual.binding import BindingType

    from lessons.progress import Progress


class SummaryScreen(ReadingPage):
    """Shows the summary, and writes it to a file."""

    CSS_PATH = "board.tcss"
    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("export", ("x",), "export as Markdown", "Write the summary to a file.", rank=15),
        *READING,
    )
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(KEYS))
    TITLE_WORDS = "What you found"

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def before(self) -> str:
        """Say what is going on."""
        return "*Your lessons are being read ...*"

    def write(self, progress: Progress) -> str:
        """Write the summary."""
        from lessons.summary import course_summary
        from lessons.summary_page import summary_markdown

        self.text = summary_markdown(course_summary(self.lab_app.course, progress))
        heading, _, below = self.text.partition("\n")
        return below if heading.startswith("# ") else self.text  # the page has a title of its own

    def on_mount(self) -> None:
        """Name the keys that make sense before there is a text."""
        super().on_mount()
        self._name_keys()

    def written(self) -> None:
        """It can be exported now."""
        self._name_keys()

    def shown_keys(self) -> list[Command]:
        """List the keys that make sense now."""
        return [one for one in commands_of(self) if self.text or one.action != "export"]

    def _name_keys(self) -> None:
        keys = sorted(
            (one for one in self.shown_keys() if one.rank is not None), key=lambda one: one.rank or 0
        )
        self.query_one(".keys", Static).update(key_line(keys))

    def action_export(self) -> None:
        """Write the summary to a file, and say where it is."""
        if not self.text:
            return
        now = datetime.now()  # the learner's own date, for a name
        name = export_name(f"{self.lab_app.course.name}-summary", now, "md")
        try:
            path = write_export(self.lab_app.folder, name, self.text)
        except RidelabError as error:
            self.notify(str(error), severity="error", timeout=12, markup=False)
            return
        self.notify(f"The summary is in {short_path(path)}", timeout=8, markup=False)
