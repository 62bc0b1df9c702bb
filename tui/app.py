"""The app: it owns the course, the progress and the preferences, and opens screens."""

from __future__ import annotations

from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.command import CommandPalette

from lessons.loader import MODULE_4, OpenCourse
from lessons.progress import Progress, default_folder
from simulator.errors import RidelabError
from tui.commands import Command, bindings
from tui.palette import CommandProvider, Palette
from tui.screens.home import HomeScreen
from tui.screens.too_small import TooSmallScreen, fits
from tui.settings import Settings
from tui.themes import themes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path, PurePath

    from textual import events
    from textual.binding import BindingType
    from textual.command import Provider
    from textual.screen import Screen

    from tui.player import Speed

TWICE_WITHIN_S = 2.0


class RidelabApp(App[None]):
    """The terminal lab.

    `data` is the data folder (default: the user's own), `course` what is taught, `lesson` the id of the lesson to open
    at once, `seed` and `speed` what was asked for on the command line, `clock` gives wall time in seconds, and `panes`
    says where the lab's panes are found.
    """

    TITLE = "ridelab"
    CSS_PATH: ClassVar[str | PurePath | list[str | PurePath] | None] = ["app.tcss", "screens/home.tcss"]
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {CommandProvider}
    COMMAND_PALETTE_BINDING = "ctrl+p"
    KEYS: ClassVar[tuple[Command, ...]] = (
        Command(
            "help",
            ("question_mark", "f1"),
            "help",
            "Say what can be done here, and with which keys.",
            rank=90,
            shown="?",
        ),
        Command(
            "command_palette",
            ("colon", "ctrl+p"),
            "commands",
            "Find a command by its name.",
            rank=95,
            shown=":",
        ),
        Command("quit", ("ctrl+q",), "quit", "Leave ridelab; everything is saved.", shown="ctrl+q"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(KEYS[:2])]

    def __init__(
        self,
        *,
        data: Path | None = None,
        course: OpenCourse | None = None,
        lesson: str | None = None,
        seed: int | None = None,
        speed: Speed | None = None,
        clock: Callable[[], float] = monotonic,
        panes: Mapping[str, tuple[str, str]] | None = None,
    ) -> None:
        super().__init__()
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]
        self.course = course or OpenCourse(MODULE_4)
        self.seed = seed
        self.clock = clock
        self.panes = panes
        self.crash: Exception | None = None
        self._folder = data or default_folder()
        self._first = lesson
        self._asked_speed = speed
        self._interrupted_s = float("-inf")

    @cached_property
    def progress(self) -> Progress:
        """The learner's progress, opened with the first screen and closed with the app."""
        progress = Progress.open(self._folder, course=self.course.name)
        progress.on_notice = lambda notice: self.notify(notice, severity="warning", timeout=10)
        return progress

    @cached_property
    def settings(self) -> Settings:
        """What the learner prefers."""
        return Settings(self.progress, speed=self._asked_speed)

    def get_default_screen(self) -> Screen[None]:
        """Begin at home."""
        return HomeScreen()

    def on_load(self) -> None:
        """Put the colors on before anything is seen."""
        for theme in themes():
            self.register_theme(theme)
        self.theme = self.settings.theme

    def on_mount(self) -> None:
        """Open the lesson that was asked for."""
        if self._first is not None:
            self.call_after_refresh(self.open_lesson, self._first)

    def on_unmount(self) -> None:
        """Let the data folder go."""
        self.progress.on_notice = None
        self.progress.close()

    def watch_theme(self, theme: str) -> None:
        """Keep a theme that was chosen."""
        if self.is_running:
            self.settings.theme = theme

    def open_lesson(self, lesson: str) -> None:
        """Open a lesson where it was left; says in one line where it cannot be read."""
        from lessons.keeping import open_session
        from tui.screens.lesson import LessonScreen

        try:
            session, notices = open_session(self.course, lesson, self.progress, self.seed)
        except RidelabError as error:
            self.notify(str(error), severity="error", timeout=20, markup=False)
            return
        self.push_screen(LessonScreen(self.course.entry(lesson), session))
        for notice in notices:
            self.notify(notice, severity="warning", timeout=8, markup=False)

    def on_resize(self, event: events.Resize) -> None:
        """Say so where the terminal is too small, for as long as it is."""
        if not fits(event.size) and not isinstance(self.screen, TooSmallScreen):
            self.push_screen(TooSmallScreen())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let nothing be opened over the notice of a window that is too small."""
        small = isinstance(self.screen, TooSmallScreen)
        return not (small and action in {"help", "command_palette"}) and super().check_action(
            action, parameters
        )

    def action_help(self) -> None:
        """Show the help of the screen in sight."""
        from tui.screens.base import LabScreen
        from tui.screens.help import HelpScreen

        if isinstance(self.screen, LabScreen):
            self.push_screen(HelpScreen(self.screen.command_groups(), self.screen.about()))

    def action_command_palette(self) -> None:
        """Show the palette, once."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(Palette(id="--command-palette"))

    def action_help_quit(self) -> None:
        """Quit at the second ctrl+c; the first one says so."""
        now = self.clock()
        if now - self._interrupted_s <= TWICE_WITHIN_S:
            self.exit()
        self._interrupted_s = now
        self.notify("Press ctrl+c again to quit. Everything is saved.", timeout=TWICE_WITHIN_S)

    def _handle_exception(self, error: Exception) -> None:
        """Keep the first exception that nobody handled, for whoever started the app to report."""
        if self.crash is None:
            self.crash = error
        super()._handle_exception(error)

    def _print_error_renderables(self) -> None:
        """Print no traceback on the learner's terminal: it is in the crash log."""
        self._exit_renderables.clear()
