"""The page of the first start: what this is, what one will do, five keys, and where everything is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.commands import Command, bindings, key_now
from tui.screens.base import LabScreen
from tui.screens.first_time import mark_seen
from tui.short_path import short_path
from tui.widgets.footer import FooterLine

if TYPE_CHECKING:
    from pathlib import Path

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from lessons.progress import Progress
    from tui.app import RidelabApp

LOW: Final = 22
WHAT: Final = (
    "A lab for services that are slow for some: Wild Rydes sends unicorns to riders, and a few wait too long. "
    "It all runs in this terminal, without a network, on a clock that moves when you let it."
)
DO: Final = (
    "You put load on it, see how long each ride takes, follow an alert, find the cause in the code that really runs, "
    "mend it, and prove that it is mended."
)
KEYS_ONE_NEEDS: Final = (
    ("lesson-list.select", "enter", "open a lesson, and go on in it"),
    ("lesson.switch", "tab", "go from the lesson to the lab, and back"),
    ("lesson.run", "r", "run the load"),
    ("lesson.answer", "a", "answer what the lesson asks"),
    ("app.help", "?", "help: all other keys, and the glossary"),
)
"""The ids of the five commands one needs to begin, their own keys, and what they do."""


class WelcomeScreen(LabScreen[None]):
    """Says what one needs to begin, on one page."""

    HELP_TITLE = "Welcome"
    CSS_PATH = "welcome.tcss"
    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("go_on", ("enter", "escape", "q", "space"), "begin", "Go on to the lessons.", rank=10),
    )
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(KEYS))

    @property
    def lab_app(self) -> RidelabApp:
        """The app, by its own type."""
        return cast("RidelabApp", self.app)

    def compose(self) -> ComposeResult:
        """Put the page above the line that names its keys."""
        with VerticalScroll(id="welcome"):
            yield Static("Welcome to ridelab", id="welcome-title")
            yield Static(WHAT, classes="welcome-words", markup=False)
            yield Static(DO, classes="welcome-words", markup=False)
            yield Static(five_keys(self), id="welcome-keys")
            yield Static(
                kept_where(self.lab_app.progress, self.lab_app.folder), id="welcome-kept", markup=False
            )
        yield FooterLine()

    def on_mount(self) -> None:
        """Let the arrow keys scroll, where a window is small."""
        self.query_one("#welcome").focus()

    def on_resize(self, event: events.Resize) -> None:
        """Leave the empty line at the top away where every line is needed."""
        self.set_class(event.size.height < LOW, "-low")

    def about(self) -> str:
        """Say what is to be seen, for the help."""
        return WHAT

    def action_go_on(self) -> None:
        """Go on, and come back only when asked for."""
        mark_seen(self.lab_app.progress)
        self.dismiss()


def five_keys(screen: WelcomeScreen) -> Content:
    """Write the keys one needs, and what each does."""
    found = [(key_now(screen, command, usual), what) for command, usual, what in KEYS_ONE_NEEDS]
    width = max(7, *(len(key) + 2 for key, _ in found))
    lines = [Content.assemble((f"{key:<{width}}", "bold"), what) for key, what in found]
    return Content("\n").join(lines)


def kept_where(progress: Progress, folder: Path) -> str:
    """Say whether what one does is kept, and where; and what else there is to say about it."""
    notices = [f"! {notice}" for notice in progress.notices]
    if progress.mode != "saved":
        return "\n".join(notices) or "What you do here is not saved."
    return "\n".join([f"All you do is saved at once, in {short_path(folder)}", *notices])
