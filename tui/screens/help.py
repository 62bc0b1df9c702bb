"""The help, in two parts: what is to be seen here with every key, and the glossary."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal, cast

from rich.table import Table
from rich.text import Text
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from lessons.glossary import Glossary, load_glossary
from simulator.errors import RidelabError
from tui.commands import Command, bindings, commands_of, fitting, with_keys
from tui.keys import shown_key
from tui.screens.base import Dialog, LabScreen
from tui.screens.glossary import GlossaryPart, TermList
from tui.widgets.footer import key_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.app import RidelabApp
    from tui.commands import CommandGroup

Part = Literal["keys", "glossary"]
TITLES: dict[Part, str] = {"keys": "Help", "glossary": "Glossary"}
WIDEST, FRAME = 78, 6
"""The dialog's width where there is room, and what of it border and padding take."""
TIME_PASSES = "Virtual time passes only while a run plays: pausing it, or reading this, changes no number."
SELECT = (
    "To copy text, drag over it and press ctrl+c; or hold shift while you drag, and your terminal selects."
)


class HelpScreen(Dialog[None]):
    """Lists commands by group, and explains terms. It can be opened at either part, at a term, or at a few words."""

    CSS_PATH = "help.tcss"
    KEYS: ClassVar[tuple[Command, ...]] = (
        Command(
            "close", ("escape", "q", "question_mark"), "close", "Close the help.", shown="escape", rank=1
        ),
        Command("switch", ("tab", "shift+tab", "left", "right"), "glossary", "Go to the other part.", rank=4),
        Command("search", ("slash",), "search", "Look for a term.", shown="/", rank=3),
        Command("welcome", ("w",), "first page", "Show the page of the first start again.", rank=6),
        Command("go_on", ("enter",), "close", "Close the help.", rank=None),
        Command(
            "scroll(1)",
            ("j", "down"),
            "scroll",
            "Scroll down.",
            shown="j/k",
            rank=2,
            id="scroll",
            both="Scroll by a line.",
        ),
        Command("scroll(-1)", ("k", "up"), "up", "Scroll up.", id="up"),
    )
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(KEYS))

    def __init__(
        self,
        groups: Sequence[CommandGroup],
        about: str,
        *,
        part: Part = "keys",
        term: str | None = None,
        words: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self._groups = groups
        self._about = about
        self._term = term
        self._words = words
        asked = term is not None or bool(words)
        self.part: Part = "keys" if not asked and groups and part == "keys" else "glossary"

    def compose(self) -> ComposeResult:
        """Put the names of the parts above the one that is shown, and its keys below."""
        with Vertical(classes="dialog"):
            yield Static(id="help-title")
            with VerticalScroll(id="help"):
                if self._about:
                    yield Static(self._about, classes="words", markup=False)
                for group in self._groups:
                    if group.commands:
                        if group.title:
                            yield Static(group.title, classes="group", markup=False)
                        yield Static(key_table(group))
                yield Static(f"{TIME_PASSES}\n{SELECT}", classes="words last", markup=False)
            yield self._glossary()
            yield Static(classes="keys")

    def _glossary(self) -> GlossaryPart:
        app = cast("RidelabApp", self.app)
        try:
            return GlossaryPart(load_glossary(app.course.folder), id="glossary")
        except RidelabError as error:  # a course of somebody's own, being written
            return GlossaryPart(Glossary(), error=str(error), id="glossary")

    def on_mount(self) -> None:
        """Show the part that was asked for."""
        self.turn_to(self.part)
        if self._term is not None:
            self.query_one(GlossaryPart).open(self._term)
        self.query_one(GlossaryPart).offer(self._words)

    def turn_to(self, part: Part) -> None:
        """Show one of the parts."""
        self.part = part
        help_part, glossary = self.query_one("#help"), self.query_one(GlossaryPart)
        help_part.display, glossary.display = part == "keys", part == "glossary"
        parts: list[Content | tuple[str, str]] = []
        for name, title in TITLES.items():
            parts.append((f"[{title}]", "bold $primary") if name == part else (f" {title} ", "$text-muted"))
        self.query_one("#help-title", Static).update(Content.assemble(*parts))
        if part == "keys":
            help_part.focus()
        else:
            glossary.take_focus()
        self.refresh_bindings()

    def refresh_bindings(self) -> None:
        """Name the keys of the moment."""
        super().refresh_bindings()
        if self.is_mounted and (keys := self.query("Static.keys")):
            room = (self.size.width or self.app.size.width) - FRAME
            keys.first(Static).update(key_line(fitting(self.keys_now(), min(room, WIDEST - FRAME))))

    def keys_now(self) -> list[Command]:
        """List what the keys do now, for the line at the foot."""
        close, switch, search, welcome, _, scroll, _ = commands_of(self)
        if self.part == "keys":
            return [close, scroll, switch, welcome]
        glossary = self.query_one(GlossaryPart)
        opened = glossary.opened
        back, other = replace(close, label="back"), replace(switch, label="keys")
        if glossary.search.has_focus:  # which takes what can be typed: only escape closes it
            return [replace(back, shown="escape"), Command("", ("enter",), "choose", "", rank=2)]
        move = commands_of(glossary.query_one(TermList))[0]
        go = Command("", ("enter",), "open", "", rank=2)
        if opened is not None:
            return [back, *([move, go] if opened.see else []), search, other]
        return [back if glossary.narrowed else close, move, go, search, other]

    def on_resize(self) -> None:
        """Name as many keys as there is room for."""
        self.refresh_bindings()

    def on_descendant_focus(self) -> None:
        """Name the keys of what has the focus now."""
        self.refresh_bindings()

    def action_close(self) -> None:
        """Go back in the glossary, or close the help."""
        if self.part == "keys" or not self.query_one(GlossaryPart).back():
            self.dismiss()

    def action_go_on(self) -> None:
        """Close the help; from a definition, go back."""
        self.action_close()

    def action_switch(self) -> None:
        """Go to the other part."""
        self.turn_to("glossary" if self.part == "keys" else "keys")

    def action_search(self) -> None:
        """Look for a term."""
        self.turn_to("glossary")
        self.query_one(GlossaryPart).look_for()

    def action_welcome(self) -> None:
        """Show the first page again."""
        from tui.screens.welcome import WelcomeScreen

        self.app.push_screen(WelcomeScreen())

    def action_scroll(self, lines: int) -> None:
        """Scroll what is shown."""
        where = "#help" if self.part == "keys" else "#definition"
        self.query_one(where).scroll_relative(y=lines, animate=False)


def open_help(
    app: RidelabApp, *, part: Part = "keys", term: str | None = None, words: Sequence[str] = ()
) -> None:
    """Open the help over a screen of the lab or a question, at one of its parts or at words of the glossary."""
    screen = app.screen
    if isinstance(screen, LabScreen):
        groups = [
            group._replace(commands=with_keys(group.node, group.commands))
            for group in screen.command_groups()
        ]
        app.push_screen(HelpScreen(groups, screen.about(), part=part, term=term, words=words))
    elif isinstance(screen, HelpScreen):
        screen.turn_to(part)
    elif isinstance(screen, Dialog):
        app.push_screen(HelpScreen((), "", part=part, term=term))


def key_table(group: CommandGroup) -> Table:
    """Write the keys of a group and what each does."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, min_width=12)
    table.add_column()
    for keys, words in key_rows(group.commands):
        table.add_row(Text(keys, style="bold"), Text(words))
    return table


def key_rows(commands: Sequence[Command]) -> list[tuple[str, str]]:
    """List keys and what they do; two commands that go there and back share a row."""
    rows: list[tuple[str, str]] = []
    left = list(commands)
    while left:
        command = left.pop(0)
        if command.both and left:
            rows.append((both_keys(command, left.pop(0)), command.both))
        else:
            rows.append((key_names(command), command.help))
    return rows


def both_keys(there: Command, back: Command) -> str:
    """Write the keys of two commands that go there and back: ``j/k``, ``←→``, ``page down/up``."""
    if there.shown in {f"{there.keys[0]}/{back.keys[0]}", "←→"}:
        return there.shown
    keys = [shown_key(one.keys[0]) if "/" in one.shown else one.key for one in (there, back)]
    return "/".join(keys).replace("/page ", "/")


def key_names(command: Command) -> str:
    """Write the keys of a command as people write them; what it is `shown` as stands for all of them."""
    if command.shown:
        return command.shown
    others = [key for key in command.keys[1:] if len(key) == 1 or key in {"up", "down", "home", "end"}]
    return " ".join([command.key, *others])
