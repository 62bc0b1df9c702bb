"""The help: what is to be seen, and every key of the screen it was called from."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.table import Table
from rich.text import Text
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from tui.commands import Command, bindings
from tui.screens.base import Dialog
from tui.widgets.footer import key_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.commands import CommandGroup

TIME_PASSES = "Virtual time passes only while a run plays: pausing it, or reading this, changes no number."
SELECT = (
    "To copy text, drag over it and press ctrl+c; or hold shift while you drag, and your terminal selects."
)


class HelpScreen(Dialog[None]):
    """Lists commands by group."""

    CSS_PATH = "help.tcss"
    KEYS: ClassVar[tuple[Command, ...]] = (
        Command(
            "close",
            ("escape", "q", "question_mark", "enter"),
            "close",
            "Close the help.",
            shown="escape",
            rank=1,
        ),
        Command("scroll_down", ("j", "down"), "scroll", "Scroll down.", shown="j/k", rank=2),
        Command("scroll_up", ("k", "up"), "up", "Scroll up."),
    )
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(KEYS))

    def __init__(self, groups: Sequence[CommandGroup], about: str) -> None:
        super().__init__()
        self._groups = groups
        self._about = about

    def compose(self) -> ComposeResult:
        """Put what is seen above the keys."""
        with Vertical(classes="dialog"):
            yield Static("Help", id="help-title")
            with VerticalScroll(id="help"):
                if self._about:
                    yield Static(self._about, classes="words", markup=False)
                for group in self._groups:
                    if group.commands:
                        if group.title:
                            yield Static(group.title, classes="group", markup=False)
                        yield Static(key_table(group))
                yield Static(f"{TIME_PASSES}\n{SELECT}", classes="words last", markup=False)
            yield Static(key_line(self.KEYS), classes="keys")

    def on_mount(self) -> None:
        """Let the keys scroll the list."""
        self.query_one("#help").focus()

    def action_close(self) -> None:
        """Close the help."""
        self.dismiss()

    def action_scroll_down(self) -> None:
        """Scroll down."""
        self.query_one("#help").scroll_down(animate=False)

    def action_scroll_up(self) -> None:
        """Scroll up."""
        self.query_one("#help").scroll_up(animate=False)


def key_table(group: CommandGroup) -> Table:
    """Write the keys of a group and what each does."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, min_width=9)
    table.add_column()
    for command in group.commands:
        table.add_row(Text(key_names(command), style="bold"), Text(command.help))
    return table


def key_names(command: Command) -> str:
    """Write the keys of a command as people write them; what it is `shown` as stands for all of them."""
    if command.shown:
        return command.shown
    others = [key for key in command.keys[1:] if len(key) == 1 or key in {"up", "down", "home", "end"}]
    return " ".join([command.key, *others])
