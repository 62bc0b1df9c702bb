"""A bare Textual app: a header, a footer, and a line of text. No Textual app can be up before this one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.widgets import Footer, Header, Static

if TYPE_CHECKING:
    from textual.app import ComposeResult

SHOWN = ("Bare", "Nothing but this", "Leave")


class Bare(App[None]):
    TITLE = "Bare"
    BINDINGS: ClassVar = [("q", "quit", "Leave")]

    def compose(self) -> ComposeResult:
        yield Header()
        yield Static("Nothing but this")
        yield Footer()


if __name__ == "__main__":
    Bare().run()
