"""One choice of a question: its letter, its words and, once it was chosen, what speaks for or against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text

from tui.widgets.prose import Prose

if TYPE_CHECKING:
    from rich.console import ConsoleRenderable
    from textual import events


@dataclass(frozen=True, slots=True)
class ChoiceState:
    """How a choice stands: under the cursor, ticked, judged (None: not yet), what is said to it, taken up to move."""

    cursor: bool = False
    ticked: bool = False
    right: bool | None = None
    said: str = ""
    held: bool = False


class ChoiceLine(Prose):
    """Shows a choice."""

    DEFAULT_CSS = """
    ChoiceLine {
        padding: 0 1;
        margin-bottom: 1;
        & > .choice--letter { color: $text-primary; text-style: bold; }
        & > .choice--right { color: $text-success; text-style: bold; }
        & > .choice--wrong { color: $text-warning; text-style: bold; }
    }
    ChoiceLine.-cursor { background: $block-cursor-blurred-background; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"choice--letter", "choice--right", "choice--wrong"}

    def __init__(self, letter: str, words: str, *, boxed: bool) -> None:
        super().__init__()
        self.letter = letter
        self.words = words
        self.boxed = boxed
        self.state = ChoiceState()

    def set_state(self, state: ChoiceState, words: str | None = None) -> None:
        """Show how the choice stands, and other words where another one stands here now."""
        words = self.words if words is None else words
        if (state, words) != (self.state, self.words):
            self.state, self.words = state, words
            self.set_class(state.cursor, "-cursor")
            self.update(self._table())

    def on_mount(self) -> None:
        """Show it for the first time."""
        self.update(self._table())

    def on_click(self, event: events.Click) -> None:
        """Act as the letter does."""
        event.stop()
        self.app.simulate_key(self.letter)

    def _table(self) -> Table:
        def style(name: str) -> str:
            return str(self.get_component_rich_style(f"choice--{name}", partial=True))

        state = self.state
        table = Table.grid(padding=(0, 1))
        table.add_column(no_wrap=True, width=1)
        table.add_column(no_wrap=True, width=1)
        if self.boxed:
            table.add_column(no_wrap=True, width=3)
        table.add_column(ratio=1)
        words: list[ConsoleRenderable] = [self.markdown(self.words)]
        if state.right is not None:
            verdict = ("Right.", style("right")) if state.right else ("Not this one.", style("wrong"))
            words.append(Text.assemble(verdict))
        if state.said:
            words.append(self.markdown(state.said))
        box = [Text("[x]" if state.ticked else "[ ]")] if self.boxed else []
        cursor = Text("↕" if state.held else ">" if state.cursor else " ", style="bold")
        table.add_row(cursor, Text(self.letter, style=style("letter")), *box, Group(*words))
        return table
