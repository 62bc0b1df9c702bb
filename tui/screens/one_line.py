"""A line to type, over whatever asks for it: what is wrong with it is said below, and what was typed stays."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.containers import Vertical
from textual.widgets import Input, Static

from simulator.errors import RidelabError
from tui.commands import Command, bindings, commands_of
from tui.screens.base import Dialog
from tui.widgets.footer import key_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

LONGEST = 200


class OneLineScreen(Dialog[str]):
    """Asks for a line, and gives it as it was typed; None where everything is to stay as it is.

    `check` raises RidelabError for a line that will not do; `examples` can be put into the line by key; `take` says
    what `enter` does with it.
    """

    CSS_PATH = "one_line.tcss"
    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("accept", ("enter",), "take it", "Take the line.", rank=10),
        Command(
            "example(1)",
            ("down",),
            "examples",
            "Put the next example into the line.",
            rank=20,
            shown="↑↓",
            id="example",
            both="Put the next example into the line, or the one before.",
        ),
        Command(
            "example(-1)", ("up",), "example", "Put the example before into the line.", id="example-before"
        ),
        Command("close", ("escape",), "leave it", "Change nothing.", rank=90),
    )
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(KEYS))

    def __init__(
        self,
        title: str,
        about: str,
        *,
        value: str = "",
        take: str = "take it",
        examples: Sequence[str] = (),
        check: Callable[[str], object] | None = None,
    ) -> None:
        super().__init__()
        self._title = title
        self._about = about
        self._value = value
        self._take = take
        self._examples = tuple(examples)
        self._check = check

    def compose(self) -> ComposeResult:
        """Put the line between what it is for and what is wrong with it."""
        with Vertical(classes="dialog"):
            yield Static(self._title, id="line-title", markup=False)
            yield Static(self._about, id="line-about", markup=False)
            yield Input(self._value, max_length=LONGEST, select_on_focus=False)
            yield Static(id="line-error", markup=False)
            yield Static(id="line-examples", markup=False)
            yield Static(key_line(self.shown_keys()), classes="keys")

    def on_mount(self) -> None:
        """Let the line be typed, its end first."""
        examples = self.query_one("#line-examples", Static)
        examples.display = bool(self._examples)
        examples.update(Text("\n".join(f"  {one}" for one in self._examples)))
        self.query_one(Input).focus()

    def shown_keys(self) -> list[Command]:
        """List the keys that make sense."""
        accept, *rest = commands_of(self)
        kept = [one for one in rest if self._examples or not one.action.startswith("example")]
        return [replace(accept, label=self._take), *kept]

    def on_input_changed(self) -> None:
        """What was wrong with the line before is no longer said."""
        self._say("")

    def on_input_submitted(self) -> None:
        """Take the line."""
        self.action_accept()

    def action_accept(self) -> None:
        """Take the line, or say what is wrong with it."""
        text = self.query_one(Input).value.strip()
        try:
            if self._check is not None:
                self._check(text)
        except RidelabError as error:
            self._say(str(error))
        else:
            self.dismiss(text)

    def action_example(self, step: int) -> None:
        """Put an example into the line: the next after the one that stands there."""
        if not self._examples:
            return
        line = self.query_one(Input)
        at = self._examples.index(line.value) if line.value in self._examples else -1 if step > 0 else 0
        line.value = self._examples[(at + step) % len(self._examples)]
        line.cursor_position = len(line.value)

    def action_close(self) -> None:
        """Change nothing."""
        self.dismiss(None)

    def _say(self, error: str) -> None:
        said = self.query_one("#line-error", Static)
        said.update(error)
        said.display = bool(error)
        # What is wrong names the forms itself, and in a small window there is no room for both.
        self.query_one("#line-examples").display = bool(self._examples) and not error
