"""What a learner prefers: the theme and the speed runs play at. Kept in the data folder with the progress."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from simulator.errors import UsageError, nearest
from tui.player import SPEEDS, Speed
from tui.themes import THEMES

if TYPE_CHECKING:
    from lessons.progress import Progress

DEFAULT_SPEED: Final[Speed] = "10"
DEFAULT_THEME: Final = "night"


def check_speed(text: str) -> Speed:
    """Take a speed as it is written on the command line, ``10`` or ``x10``. Raises UsageError."""
    word = text.strip().lower().removeprefix("x")
    if word not in SPEEDS:
        raise UsageError(f"no speed `{text}`{nearest(word, SPEEDS)}; there are {', '.join(SPEEDS)}")
    return word


class Settings:
    """Preferences, read from progress and kept there. A value that this version does not know counts as the default."""

    def __init__(self, progress: Progress, *, speed: Speed | None = None) -> None:
        self._progress = progress
        self._speed = speed

    @property
    def theme(self) -> str:
        """The theme's name."""
        return self._known("theme", THEMES, DEFAULT_THEME)

    @theme.setter
    def theme(self, name: str) -> None:
        if name in THEMES:
            self._progress.set_preference("theme", name)

    @property
    def speed(self) -> Speed:
        """How fast runs play: as asked for on the command line, as last chosen, or x10."""
        return self._speed or cast("Speed", self._known("speed", SPEEDS, DEFAULT_SPEED))

    @speed.setter
    def speed(self, speed: Speed) -> None:
        self._speed = speed
        self._progress.set_preference("speed", speed)

    def _known(self, key: str, known: tuple[str, ...], default: str) -> str:
        kept = self._progress.preference(key)
        return kept if kept in known else default
