"""A question with yes or no, asked before something that cannot be taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.widgets import Static

from tui.commands import Command, bindings, commands_of
from tui.screens.base import Dialog
from tui.widgets.footer import key_line

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType


class ConfirmScreen(Dialog[bool]):
    """Asks; gives True for yes."""

    CSS_PATH = "confirm.tcss"
    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("answer(True)", ("y",), "yes", "Do it.", rank=10, id="yes"),
        Command("answer(False)", ("n", "escape", "q"), "no", "Leave everything as it is.", rank=20, id="no"),
    )
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(KEYS))

    def __init__(self, question: str, consequence: str, *, yes: str) -> None:
        super().__init__()
        self._question = question
        self._consequence = consequence
        self._yes = yes

    def compose(self) -> ComposeResult:
        """Put the question above its consequence and the keys."""
        with Vertical(classes="dialog"):
            yield Static(self._question, id="question", markup=False)
            yield Static(self._consequence, id="consequence", markup=False)
            yes, no = commands_of(self)
            keys = [replace(yes, label=self._yes), replace(no, label="leave it as it is")]
            yield Static(key_line(keys), classes="keys")

    def action_answer(self, yes: bool) -> None:
        """Give the answer."""
        self.dismiss(yes)
