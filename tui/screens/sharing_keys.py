"""The keys of what one takes along and looks up, declared once. They are the app's own: they hold on every screen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tui.commands import Command, bindings

if TYPE_CHECKING:
    from textual.binding import Binding

SHARING: Final = (
    Command(
        "copy_seen",
        ("ctrl+y",),
        "copy what is seen",
        "Copy the text of what you look at: words, report, source.",
    ),
    Command("keep_picture", ("f2",), "screenshot", "Keep a picture of the screen, as an SVG file."),
    Command(
        "export_run('json')",
        ("f3",),
        "export this run as JSON",
        "Write the run in sight to a file, with every request.",
        id="export-json",
    ),
    Command(
        "export_run('csv')",
        ("f4",),
        "export this run as CSV",
        "Write the requests of the run in sight to a file, as rows.",
        id="export-csv",
    ),
    Command(
        "export_lesson",
        ("f5",),
        "export as Markdown",
        "Write a finished lesson to a file, with answers and runs.",
        rank=45,
    ),
    Command("glossary", ("f6",), "glossary", "Look up a word of the course."),
    Command("welcome", ("f7",), "first page", "Show the page of the first start again."),
)
IN_DIALOGS: Final = ("copy_seen", "keep_picture", "glossary")


def dialog_bindings() -> list[Binding]:
    """Give the bindings of those that hold in dialogs too: Textual asks only the dialog there, never the app."""
    commands = [command for command in SHARING if command.action in IN_DIALOGS]
    return [
        replace(one, action=f"app.{one.action}", id=f"app.{one.id}", show=False) for one in bindings(commands)
    ]
