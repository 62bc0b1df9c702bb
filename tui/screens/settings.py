"""The settings: each with its value and what that means; a change is seen and kept at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple, cast

from rich.table import Table
from rich.text import Text
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from tui.commands import Command, bindings, command_id, commands_of
from tui.keys import shown_key
from tui.screens.base import Dialog
from tui.settings import VALUES, Settings
from tui.short_path import short_path
from tui.theme_colors import COLORS
from tui.widgets.footer import key_line
from tui.widgets.player_bar import speed_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.app import RidelabApp
    from tui.commands import CommandGroup
    from tui.keymap import Keymap

POINTER = "❯"


class Row(NamedTuple):
    """A setting on the screen: its name, its value, and what that means."""

    setting: str
    value: str
    meaning: str


class SettingRows(Static):
    """The settings, one a line, the cursor on one of them."""


class SettingsScreen(Dialog[None]):
    """Shows and changes the settings. What it changes stands in settings.yaml when the key has been answered."""

    CSS_PATH = "settings.tcss"
    KEYS: ClassVar[tuple[Command, ...]] = (
        Command(
            "change(1)",
            ("right", "l", "enter", "space"),
            "change",
            "Take the next value.",
            1,
            "←→",
            "change",
            both="Take the next value, or the one before.",
        ),
        Command("change(-1)", ("left", "h"), "change back", "Take the value before.", id="change-back"),
        Command(
            "move(1)",
            ("j", "down"),
            "choose",
            "Go to the next setting.",
            2,
            "j/k",
            "next",
            both="Go to the next setting, or to the one before.",
        ),
        Command("move(-1)", ("k", "up"), "up", "Go to the setting before.", id="previous"),
        Command(
            "scroll(1)",
            ("pagedown",),
            "more",
            "Scroll what is said about keys down.",
            3,
            "page down",
            "scroll-down",
            both="Scroll what is said about keys.",
        ),
        Command("scroll(-1)", ("pageup",), "scroll up", "Scroll it up.", id="scroll-up"),
        Command("close", ("escape", "q", "comma"), "close", "Close the settings.", 3, "escape"),
    )
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(KEYS))

    def __init__(self, groups: Sequence[CommandGroup] = ()) -> None:
        """Show the settings, and how the commands of these groups are called in the file."""
        super().__init__()
        self.cursor = 0
        self._groups = groups

    @property
    def lab_app(self) -> RidelabApp:
        """The app, by its own type."""
        return cast("RidelabApp", self.app)

    def compose(self) -> ComposeResult:
        """Put the settings above what is said about keys and about the file."""
        with Vertical(classes="dialog"):
            yield Static("Settings", id="settings-title")
            yield SettingRows(id="settings-rows")
            with VerticalScroll(id="settings-more", can_focus=False):
                yield Static(id="settings-keys", markup=False)
                yield Static(id="settings-commands")
            yield Static(key_line(commands_of(self)), classes="keys")

    def on_mount(self) -> None:
        """Write everything."""
        app = self.lab_app
        self.query_one("#settings-keys", Static).update(keys_text(app.keymap, app.settings))
        self.query_one("#settings-commands", Static).update(commands_table(self._groups))
        self.show_rows()

    def on_resize(self) -> None:
        """Write the rows anew for another width."""
        self.show_rows()

    def show_rows(self) -> None:
        """Write the settings as they are."""
        self.query_one(SettingRows).update(rows_text(rows(self.lab_app.settings), self.cursor))

    def action_move(self, by: int) -> None:
        """Go to another setting."""
        self.cursor = (self.cursor + by) % len(VALUES)
        self.show_rows()

    def action_change(self, by: int) -> None:
        """Take another value, and keep it."""
        setting = tuple(VALUES)[self.cursor]
        values = VALUES[setting]
        at = values.index(self.lab_app.settings.value(setting))
        self.lab_app.change_setting(setting, values[(at + by) % len(values)])
        self.show_rows()

    def action_scroll(self, pages: int) -> None:
        """Scroll what is said about the keys."""
        more = self.query_one("#settings-more")
        more.scroll_relative(y=pages * max(1, more.size.height - 1), animate=False)

    def on_click(self, event: events.Click) -> None:
        """Go to the setting that was clicked, or change the one under the cursor."""
        if not isinstance(event.widget, SettingRows) or not 0 <= event.y < len(VALUES):
            return
        if event.y == self.cursor:
            self.action_change(1)
        else:
            self.cursor = event.y
            self.show_rows()

    def action_close(self) -> None:
        """Close the settings."""
        self.dismiss()


def rows(settings: Settings) -> list[Row]:
    """List the settings in order, with what their values mean."""
    return [Row(setting, _shown(setting, settings), _meaning(setting, settings)) for setting in VALUES]


def _shown(setting: str, settings: Settings) -> str:
    value = settings.value(setting)
    return speed_text(value) if setting == "speed" else value


def _meaning(setting: str, settings: Settings) -> str:
    value = settings.value(setting)
    match setting, value:
        case "theme", _:
            return COLORS[value].said
        case "glyphs", "auto":
            return f"found here: {settings.auto_glyphs}"
        case "glyphs", "ascii":
            return "everything in plain ASCII"
        case "glyphs", _:
            dots = "eight" if value == "braille" else "four"
            return f"charts of {dots} dots to a cell"
        case "motion", "reduced":
            return "nothing moves by itself"
        case "motion", _:
            return "animations" if settings.animations != "none" else "off by the environment"
        case "speed", "end":
            return "straight to the end"
        case _:
            return f"{value} virtual seconds in one" if value != "1" else "as fast as your own time"


def rows_text(shown: list[Row], cursor: int) -> Text:
    """Write the settings in columns; a pointer and reverse mark the one under the cursor."""
    text = Text()
    for place, row in enumerate(shown):
        here = place == cursor
        value = f" ‹ {row.value} ›" if here else f"   {row.value}"
        text.append(f"{POINTER if here else ' '} {row.setting:<9}", style="bold" if here else "")
        text.append(value.ljust(15), style="bold reverse" if here else "bold")
        text.append(f" {row.meaning}{'' if row is shown[-1] else chr(10)}")
    return text


def keys_text(keymap: Keymap, settings: Settings) -> Text:
    """Say which commands have other keys, what is wrong with the file, where it is, and what can stand in it."""
    text = Text()
    if keymap.keys:
        text.append("Your keys\n", style="bold")
        width = max(map(len, keymap.keys))
        for command, keys in keymap.keys.items():
            text.append(f"  {command:<{width}}  ")
            text.append(" ".join(map(shown_key, keys)) + "\n", style="bold")
    problems = [*([settings.trouble] if settings.trouble else []), *keymap.problems]
    if problems:
        text.append("Not taken\n", style="bold")
        for problem in problems:
            text.append(f"! {problem}\n")
    text.append("File  ", style="bold")
    text.append(f"{short_path(settings.path)}\n")
    text.append("Other keys are lines of that file, and hold from the next start on:\n")
    text.append("  keys:\n    lesson.run: W\n\n", style="bold")
    text.append("The commands here", style="bold")
    return text


def commands_table(groups: Sequence[CommandGroup]) -> Table:
    """List commands by the names that the file knows them by, with their keys."""
    rows = [
        (f"  {command_id(group.node, one)}", shown_key(one.keys[0]), one.help)
        for group in groups
        for one in group.commands
    ]
    table = Table.grid(padding=(0, 2))
    for place in (0, 1):
        table.add_column(no_wrap=True, min_width=max((len(row[place]) for row in rows), default=0))
    table.add_column()
    for name, keys, said in rows:
        table.add_row(name, Text(keys, style="bold"), said)
    return table
