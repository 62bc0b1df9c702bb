"""The app: it owns the course, the progress and the preferences, and opens screens."""

from __future__ import annotations

from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

from textual.app import App
from textual.command import CommandPalette
from textual.filter import Monochrome, NoColor
from textual.reactive import Reactive, reactive

from lessons.loader import MODULE_4, OpenCourse
from lessons.progress import Progress, default_folder, seed_of
from simulator.errors import RidelabError
from tui.ascii import Ascii
from tui.colorless import NoColors, SixteenColors
from tui.commands import Command, Commanded, bindings, with_keys
from tui.keymap import DEFAULTS, Keymap, make_keymap
from tui.palette import CommandProvider, Palette
from tui.screens import sharing
from tui.screens.home import HomeScreen
from tui.screens.sharing_keys import SHARING
from tui.screens.too_small import TooSmallScreen, fits
from tui.settings import Settings
from tui.themes import THEMES, themes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path, PurePath

    from textual import events
    from textual.binding import BindingType
    from textual.command import Provider
    from textual.filter import LineFilter
    from textual.screen import Screen

    from simulator.remote import Host
    from tui.charts.glyphs import GlyphName
    from tui.commands import CommandGroup
    from tui.player import Player, Speed
    from tui.screens.base import LabScreen

TWICE_WITHIN_S = 2.0
HOST_WAIT_S = 0.004
"""So long a call may wait for the process of the learner's versions: the screen never freezes."""
KEYS_NAMED = 2
"""How many keys that are not taken are named at home."""


@runtime_checkable
class Plays(Protocol):
    """A screen that plays runs, such as a lesson's."""

    player: Player

    def show_player(self) -> None:
        """Show the player's state."""


class RidelabApp(Commanded, App[None]):
    """The terminal lab.

    `data` is the data folder (default: the user's own), `course` what is taught, `lesson` the id of the lesson to open
    at once, `seed` and `speed` what was asked for on the command line, `clock` gives wall time in seconds, and `panes`
    says where the lab's panes are found.
    """

    TITLE = "ridelab"
    WHERE = "app"
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
        Command(
            "settings",
            ("comma",),
            "settings",
            "Change colors, glyphs, motion and speed, and see what is kept.",
            shown=",",
        ),
        Command("summary", ("f9",), "summary", "Read what you found in the whole course, and export it."),
        Command("quit", ("ctrl+q",), "quit", "Leave ridelab; everything is saved.", shown="ctrl+q"),
        *SHARING,
    )
    BINDINGS: ClassVar[list[BindingType]] = list(
        bindings(one for one in KEYS if one.action != "quit")  # Textual itself binds ctrl+q
    )

    glyphs: Reactive[GlyphName] = reactive("braille", init=False)
    """What charts are drawn with; in ASCII everything else is, too."""

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
        self.host: Host | None = None
        """Where versions that the learner wrote are played, while a lesson is open."""
        self._folder = data or default_folder()
        self._first = lesson
        self._asked_speed = speed
        self._interrupted_s = float("-inf")
        self._ascii, self._no_colors, self._sixteen = Ascii(), NoColors(), SixteenColors()
        self.keymap: Keymap = DEFAULTS

    @cached_property
    def progress(self) -> Progress:
        """The learner's progress, opened with the first screen and closed with the app."""
        progress = Progress.open(self._folder, course=self.course.name, draw_seed=seed_of(self.seed))
        progress.on_notice = lambda notice: self.notify(notice, severity="warning", timeout=10)
        return progress

    @cached_property
    def settings(self) -> Settings:
        """What the learner prefers."""
        return Settings(self.progress, self._folder, speed=self._asked_speed)

    @property
    def remapped(self) -> Mapping[str, tuple[str, ...]]:
        """The keys of commands that have others than their own, by the commands' ids."""
        return self.keymap.keys

    @property
    def notices(self) -> tuple[str, ...]:
        """What the learner must know about what is kept and read, oldest first; each one line."""
        trouble, problems = self.settings.trouble, list(self.keymap.problems)
        if len(problems) > KEYS_NAMED:
            more = len(problems) - KEYS_NAMED
            problems[KEYS_NAMED:] = [f"and {more} more keys that are not taken: the settings (,) list them"]
        return (*self.progress.notices, *([trouble] if trouble else []), *problems)

    @property
    def folder(self) -> Path:
        """The data folder."""
        return self._folder

    @property
    def opens_lesson(self) -> bool:
        """Whether a lesson was asked for on the command line."""
        return self._first is not None

    def get_default_screen(self) -> Screen[None]:
        """Begin at home."""
        return HomeScreen()

    def on_load(self) -> None:
        """Put the colors on before anything is seen."""
        for theme in themes():
            self.register_theme(theme)
        for setting in ("theme", "glyphs", "motion"):
            self._take(setting)
        if (document := self.settings.document) is not None and document.value.keys:
            from tui.places import Places
            from tui.widgets.lab import PANES

            self.keymap = make_keymap(document, Places(self.panes or PANES))
            self.set_keymap(dict(self.keymap.for_textual))

    def on_mount(self) -> None:
        """Open the lesson that was asked for."""
        if self._first is not None:
            self.call_after_refresh(self.open_lesson, self._first)

    def on_unmount(self) -> None:
        """Let the data folder go, and the process of the learner's versions."""
        self._left()
        self.progress.on_notice = None
        self.progress.close()

    def watch_theme(self, theme: str) -> None:
        """Keep a theme that was chosen."""
        if self.is_running and theme in THEMES and theme != self.settings.theme:
            self.change_setting("theme", theme)

    def watch_glyphs(self) -> None:
        """Draw everything anew. (Charts do it by themselves.)"""
        for screen in self.screen_stack:
            screen.query("*").refresh()
            screen.refresh()

    def change_setting(self, setting: str, value: str) -> None:
        """Change a setting at once, and keep it; says why where it is not kept."""
        trouble = self.settings.change(setting, value)
        self._take(setting)
        if trouble is not None:
            self.notify(trouble, severity="warning", timeout=8, markup=False)

    def _take(self, setting: str) -> None:
        """Do what a setting says."""
        match setting:
            case "theme":
                self.theme = self.settings.theme
            case "glyphs":
                self.glyphs = self.settings.glyphs
            case "motion":
                self.animation_level = self.settings.animations
                for screen in (one for one in self.screen_stack if isinstance(one, Plays)):
                    screen.player.views_per_s = self.settings.views_per_s
            case "speed":
                for screen in (one for one in self.screen_stack if isinstance(one, Plays)):
                    screen.player.speed = self.settings.speed
                    screen.show_player()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Take away what the terminal cannot show: colors, all but 16 of them, everything beyond ASCII."""
        filters = [one for one in super().get_line_filters() if not isinstance(one, Monochrome | NoColor)]
        if self.no_color:
            filters.append(self._no_colors)
        elif self.console.color_system in {"standard", "windows"}:
            filters.append(self._sixteen)
        return [*filters, self._ascii] if self.glyphs == "ascii" else filters

    def open_lesson(self, lesson: str) -> None:
        """Open a lesson where it was left; says in one line where it cannot be read."""
        from lessons.keeping import open_session
        from simulator.remote import Host
        from tui.screens.lesson import LessonScreen

        self.host = Host(HOST_WAIT_S)  # no process is started before something of the learner's own is to run
        try:
            session, notices = open_session(self.course, lesson, self.progress, self.seed, self.host)
        except RidelabError as error:
            self.notify(str(error), severity="error", timeout=20, markup=False)
            return
        self.push_screen(LessonScreen(self.course.entry(lesson), session), self._left)
        for notice in notices:
            self.notify(notice, severity="warning", timeout=8, markup=False)

    def _left(self, _: object = None) -> None:
        """A lesson was left: end the process in which the learner's versions ran, if there was one."""
        if self.host is not None:
            self.host.close()
            self.host = None

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
            self.push_screen(HelpScreen(self._groups(self.screen), self.screen.about()))

    def action_settings(self) -> None:
        """Show the settings, once, and over no question."""
        from tui.screens.base import LabScreen
        from tui.screens.settings import SettingsScreen

        if isinstance(self.screen, LabScreen):
            self.push_screen(SettingsScreen(self._groups(self.screen)))

    @staticmethod
    def _groups(screen: LabScreen[Any]) -> list[CommandGroup]:
        """List the commands of a screen with the keys they have now."""
        groups = screen.command_groups()
        return [group._replace(commands=with_keys(group.node, group.commands)) for group in groups]

    def offers(self, command: Command) -> bool:
        """Tell whether a command makes sense now."""
        return sharing.offers(self, command)

    def action_copy_seen(self) -> None:
        """Copy the text of what is seen."""
        sharing.copy_seen(self)

    def action_keep_picture(self) -> None:
        """Keep a picture of the screen."""
        sharing.keep_picture(self)

    def action_export_run(self, form: sharing.Form) -> None:
        """Write the run in sight to a file."""
        sharing.export_run(self, form)

    def action_export_lesson(self) -> None:
        """Write a finished lesson to a file."""
        sharing.export_lesson(self)

    def action_glossary(self) -> None:
        """Open the glossary."""
        sharing.open_glossary(self)

    def action_welcome(self) -> None:
        """Show the page of the first start."""
        sharing.open_welcome(self)

    def action_board(self) -> None:
        """Show the mysteries."""
        from tui.screens.base import LabScreen
        from tui.screens.board import BoardScreen

        if isinstance(self.screen, LabScreen) and self.course.course.mysteries:
            self.push_screen(BoardScreen())

    def action_summary(self) -> None:
        """Show the summary of the course."""
        from tui.screens.base import LabScreen
        from tui.screens.summary import SummaryScreen

        if isinstance(self.screen, LabScreen):
            self.push_screen(SummaryScreen())

    def action_command_palette(self) -> None:
        """Show the palette, once."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(Palette())

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

    def _fatal_error(self) -> None:
        """Leave at once: Textual would first lay out a traceback with every local, which takes seconds."""
        self.bell()
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        """Print no traceback on the learner's terminal: it is in the crash log."""
        self._exit_renderables.clear()
