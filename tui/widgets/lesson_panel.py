"""The lesson panel: a step's text, which scrolls, and below it what there is to do, which always stays in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.table import Table
from rich.text import Text
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from tui.commands import Command, Commanded, bindings, key_now
from tui.widgets.keeps_place import PlaceKeeper
from tui.widgets.lesson_text import ANSWER, SAY
from tui.widgets.prose import Prose

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.widgets.lesson_text import PanelText


class StepText(Commanded, PlaceKeeper):
    """The part of the panel that scrolls."""

    COMMANDS: ClassVar[tuple[Command, ...]] = (
        Command(
            "scroll_down",
            ("j", "down"),
            "scroll",
            "Scroll the text down a line.",
            rank=32,
            shown="j/k",
            both="Scroll the text by a line.",
        ),
        Command("scroll_up", ("k", "up"), "up", "Scroll the text up a line."),
        Command(
            "page_down",
            ("pagedown", "ctrl+f"),
            "page down",
            "Scroll the text down a page.",
            shown="page down",
            both="Scroll the text by a page.",
        ),
        Command("page_up", ("pageup", "ctrl+b"), "page up", "Scroll the text up a page.", shown="page up"),
        Command(
            "scroll_home",
            ("g", "home"),
            "top",
            "Go to the beginning of the text.",
            both="Go to the beginning of the text, or to its end.",
        ),
        Command("scroll_end", ("G", "end"), "end", "Go to the end of the text."),
    )
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(COMMANDS))

    def offers(self, command: Command) -> bool:  # noqa: ARG002 - all of them scroll
        """Tell whether there is more text than room."""
        return self.max_scroll_y > 0

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Style nothing anew: the text looks the same with the focus and without."""

    def watch_show_vertical_scrollbar(self) -> None:
        """Name the keys that scroll once there is something to scroll."""
        self.refresh_bindings()


class LessonPanel(Commanded, Vertical):
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

    _title = ""
    has_keys = False
    """Whether its title says that the keys are here: where it stands beside the lab."""

    def mark_keys(self, here: bool) -> None:
        """Say beside the title that the keys are here, or no longer."""
        if here != self.has_keys:
            self.has_keys = here
            self._show_title()

    def _show_title(self) -> None:
        sign = "> " if self.has_keys else ""
        self.query_one("#step-title", Static).update(Text(f"{sign}{self._title}", style="bold"))

    met = False
    """Whether what the step asks for is done."""

    def offers(self, command: Command) -> bool:  # noqa: ARG002 - there is one
        """Tell whether one can go on. (`enter` answers in any case: it says what is missing.)"""
        return self.met

    def action_go_on(self) -> None:
        """Ask to go on."""
        self.post_message(self.GoOnWanted())

    def _keys(self) -> tuple[str, str]:
        return key_now(self, "lesson.answer", "a"), key_now(self, "lesson-panel.go-on", "enter")

    def focus_text(self) -> None:
        """Put the focus on the text, so that its keys scroll it."""
        self.query_one(StepText).focus()

    def show(self, text: PanelText, *, new_step: bool, grown: bool) -> None:
        """Show a step. A new one begins at its top; where text was added below, its end comes into sight."""
        self.met = text.met
        self._title = text.title
        self._show_title()
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
        self.query_one("#step-todo", Static).update(todo_table(text, keys=self._keys()))
        step = self.query_one(StepText)
        if new_step:
            step.to_top()
        elif grown:
            step.call_after_refresh(step.scroll_end, animate=False)


def todo_table(text: PanelText, *, keys: tuple[str, str] = ("a", "enter")) -> Table:
    """Write what there is to do: a box and words for each, then why one cannot go on yet, or that one can.

    `keys` are those that answer, and that go on.
    """
    answer, onwards = keys
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column()
    for todo in text.todos:
        table.add_row(Text("[x]" if todo.done else "[ ]"), marked_keys(_todo_words(todo.text, answer)))
    if text.reason:
        reason = marked_keys(text.reason)
        reason.stylize("italic")
        table.add_row("", reason)
    if text.met:
        table.add_row(Text(">", style="bold"), marked_keys(_onwards(text, onwards)))
    return table


def _todo_words(words: str, key: str) -> str:
    return f"{words}: press `{key}`" if words in {SAY, ANSWER} else words


def _onwards(text: PanelText, key: str) -> str:
    return f"`{key}` ends the lesson" if text.last else f"`{key}` goes on"


def marked_keys(words: str) -> Text:
    """Write one line of Markdown's simplest kind: what stands between backquotes is bold."""
    text = Text()
    for i, part in enumerate(words.replace("**", "").split("`")):
        text.append(part, style="bold" if i % 2 else "")
    return text
