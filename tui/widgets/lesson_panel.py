"""The lesson panel: a step's text, which scrolls, and below it what there is to do, which always stays in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.table import Table
from rich.text import Text
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Static

from tui.commands import Command, bindings
from tui.widgets.prose import Prose

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.widgets.lesson_text import PanelText


class StepText(VerticalScroll):
    """The part of the panel that scrolls."""

    COMMANDS: ClassVar[tuple[Command, ...]] = (
        Command("scroll_down", ("j", "down"), "down", "Scroll the text down a line."),
        Command("scroll_up", ("k", "up"), "up", "Scroll the text up a line."),
        Command(
            "page_down",
            ("pagedown", "ctrl+f"),
            "page down",
            "Scroll the text down a page.",
            shown="page down",
        ),
        Command("page_up", ("pageup", "ctrl+b"), "page up", "Scroll the text up a page.", shown="page up"),
        Command("scroll_home", ("g", "home"), "top", "Go to the beginning of the text."),
        Command("scroll_end", ("G", "end"), "end", "Go to the end of the text."),
    )
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(COMMANDS))


class LessonPanel(Vertical):
    """Shows a `PanelText`. It decides nothing: `enter` asks the screen to go on."""

    COMMANDS: ClassVar[tuple[Command, ...]] = (
        Command("go_on", ("enter",), "go on", "Go on to the next step, once this one is done.", rank=10),
    )
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(COMMANDS))

    class GoOnWanted(Message):
        """The learner wants to go on."""

    def compose(self) -> ComposeResult:
        """Put the text above what there is to do."""
        with StepText(id="step"):
            yield Static(id="step-title")
            yield Prose(id="step-text")
            yield Prose(id="step-expected", classes="below")
            yield Prose(id="step-afterwards", classes="below")
            yield Prose(id="step-hints", classes="below")
        yield Static(id="step-todo")

    def action_go_on(self) -> None:
        """Ask to go on."""
        self.post_message(self.GoOnWanted())

    def focus_text(self) -> None:
        """Put the focus on the text, so that its keys scroll it."""
        self.query_one(StepText).focus()

    def show(self, text: PanelText, *, new_step: bool, grown: bool) -> None:
        """Show a step. A new one begins at its top; where text was added below, its end comes into sight."""
        self.query_one("#step-title", Static).update(Text(text.title, style="bold"))
        self.query_one("#step-text", Prose).show(text.text)
        hints = [f"**Hint {i} of {text.hints_in_all}.** {hint}" for i, hint in enumerate(text.hints, start=1)]
        below = {
            "#step-expected": text.expected,
            "#step-afterwards": text.afterwards,
            "#step-hints": "\n\n".join(hints),
        }
        for selector, words in below.items():
            part = self.query_one(selector, Prose)
            part.show(words)
            part.display = bool(words)
        self.query_one("#step-todo", Static).update(todo_table(text))
        step = self.query_one(StepText)
        if new_step:
            step.scroll_home(animate=False)
        elif grown:
            step.call_after_refresh(step.scroll_end, animate=False)


def todo_table(text: PanelText) -> Table:
    """Write what there is to do: a box and words for each, then why one cannot go on yet, or that one can."""
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column()
    for todo in text.todos:
        table.add_row(Text("[x]" if todo.done else "[ ]"), marked_keys(todo.text))
    if text.reason:
        table.add_row("", Text(text.reason, style="italic"))
    if text.met:
        table.add_row(Text(">", style="bold"), marked_keys(_onwards(text)))
    return table


def _onwards(text: PanelText) -> str:
    return "`enter` ends the lesson" if text.last else "`enter` goes on"


def marked_keys(words: str) -> Text:
    """Write one line of Markdown's simplest kind: what stands between backquotes is bold."""
    text = Text()
    for i, part in enumerate(words.replace("**", "").split("`")):
        text.append(part, style="bold" if i % 2 else "")
    return text
