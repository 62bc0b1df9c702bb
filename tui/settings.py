"""What a learner prefers: theme, speed, glyphs, motion and keys. Kept in `settings.yaml` in the data folder.

A preference of an earlier version, kept with the progress, counts where the file has none.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final, Literal, cast, get_args

import msgspec

from simulator.document import Document, DocumentError
from simulator.errors import NotKeptError, RidelabError, UsageError, nearest
from tui.player import SPEEDS, Speed
from tui.settings_file import (
    NAME,
    NOTHING,
    Choices,
    GlyphChoice,
    Motion,
    ThemeName,
    read_choices,
    write_choice,
)
from tui.terminal import glyphs_for, is_remote

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lessons.progress import Progress
    from tui.charts.glyphs import GlyphName

Animations = Literal["none", "basic", "full"]

VALUES: Final[dict[str, tuple[str, ...]]] = {
    "theme": get_args(ThemeName),
    "glyphs": get_args(GlyphChoice),
    "motion": get_args(Motion),
    "speed": SPEEDS,
}
"""What each setting can be; the first is the default, but for speed."""
DEFAULTS: Final = {name: values[0] for name, values in VALUES.items()} | {"speed": "10"}


def check_speed(text: str) -> Speed:
    """Take a speed as it is written on the command line, ``10`` or ``x10``. Raises UsageError."""
    word = text.strip().lower().removeprefix("x")
    if word not in SPEEDS:
        raise UsageError(f"no speed `{text}`{nearest(word, SPEEDS)}; there are {', '.join(SPEEDS)}")
    return word


class Settings:
    """Preferences, read once and kept as they change.

    `trouble` says in one line why the file could not be read: then the defaults hold, and the file stays as it is.
    `speed` is what was asked for on the command line; `environment` and `encoding` tell what ``auto`` comes to.
    """

    def __init__(
        self,
        progress: Progress,
        folder: Path,
        *,
        speed: Speed | None = None,
        environment: Mapping[str, str] = os.environ,
        encoding: str | None = None,
    ) -> None:
        self.path = folder / NAME
        self.document: Document[Choices] | None = None
        self.trouble: str | None = None
        self._progress = progress
        self._environment = environment
        self._encoding = encoding or getattr(sys.__stdout__, "encoding", None)
        self._choices = NOTHING
        self._now: dict[str, str] = {"speed": speed} if speed is not None else {}
        try:
            self._choices, self.document = read_choices(self.path)
        except DocumentError as error:
            self.trouble = one_line(error)

    def value(self, setting: str) -> str:
        """Give a setting's value: as chosen in this session, in the file, kept before there was one, or the default."""
        known = VALUES[setting]
        found = (
            self._now.get(setting),
            getattr(self._choices, setting),
            None if self.trouble else self._progress.preference(setting),
        )
        return next((one for one in found if one in known), DEFAULTS[setting])

    def change(self, setting: str, value: str) -> str | None:
        """Change a setting, and keep it; where it holds for this session only, gives one line that says why."""
        if value not in VALUES[setting] or value == self.value(setting) == getattr(self._choices, setting):
            return None
        self._now[setting] = value
        if self._progress.mode != "saved":
            return "Not kept: " + next(iter(self._progress.notices), "nothing is saved in this session")
        if self.trouble:
            return f"Not kept: {self.trouble}"
        try:
            write_choice(self.path, setting, value)
        except DocumentError as error:
            return f"Not kept: {one_line(error)}"
        except NotKeptError as error:
            return f"Not kept: {error}"
        self._choices = msgspec.structs.replace(self._choices, **{setting: value})
        return None

    @property
    def theme(self) -> str:
        """The theme's name."""
        return self.value("theme")

    @property
    def speed(self) -> Speed:
        """How fast runs play: as asked for on the command line, as last chosen, or x10."""
        return cast("Speed", self.value("speed"))

    @speed.setter
    def speed(self, speed: Speed) -> None:
        self.change("speed", speed)

    @property
    def glyphs(self) -> GlyphName:
        """What charts are drawn with; ``auto`` is what this terminal can show."""
        chosen = self.value("glyphs")
        return self.auto_glyphs if chosen == "auto" else cast("GlyphName", chosen)

    @property
    def auto_glyphs(self) -> GlyphName:
        """What this terminal can show."""
        return glyphs_for(self._environment, self._encoding)

    @property
    def views_per_s(self) -> float:
        """How often a run that plays is drawn: seldom with reduced motion, and over a network."""
        return 2.0 if self.value("motion") == "reduced" or is_remote(self._environment) else 5.0

    @property
    def animations(self) -> Animations:
        """How much moves by itself: nothing with reduced motion, else what TEXTUAL_ANIMATIONS says.

        Over a network nothing does either, unless somebody says so: there each frame is sent.
        """
        if self.value("motion") == "reduced":
            return "none"
        asked = self._environment.get("TEXTUAL_ANIMATIONS", "").lower()
        if asked in get_args(Animations):
            return cast("Animations", asked)
        return "none" if is_remote(self._environment) else "full"


def one_line(error: RidelabError) -> str:
    """Say an error in one line: its first problem, and how many more there are."""
    first, *more = str(error).splitlines()
    return f"{first} (and {len(more)} more)" if more else first
