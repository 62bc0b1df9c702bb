"""Where commands are: every class that takes keys, by name, and which of them hold at the same time.

Classes are imported only when somebody asks for their keys: the panes bring numpy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Final

from textual.binding import Binding
from textual.screen import ModalScreen

from tui.commands import declared
from tui.widgets.lab import PANES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Class = tuple[str, str]

SCREENS: Final[dict[str, Class]] = {
    "app": ("tui.app", "RidelabApp"),
    "home": ("tui.screens.home", "HomeScreen"),
    "lesson-list": ("tui.widgets.lesson_list", "LessonList"),
    "lesson": ("tui.screens.lesson", "LessonScreen"),
    "lesson-panel": ("tui.widgets.lesson_panel", "LessonPanel"),
    "step-text": ("tui.widgets.lesson_panel", "StepText"),
    "waterfall": ("tui.charts.waterfall", "Waterfall"),
    "source-editor": ("tui.panes.code_editor", "SourceEditor"),
    "welcome": ("tui.screens.welcome", "WelcomeScreen"),
    "term-list": ("tui.screens.glossary", "TermList"),
    "help": ("tui.screens.help", "HelpScreen"),
    "quiz": ("tui.screens.quiz", "QuizScreen"),
    "board": ("tui.screens.board", "BoardScreen"),
    "summary": ("tui.screens.summary", "SummaryScreen"),
    "one-line": ("tui.screens.one_line", "OneLineScreen"),
    "confirm": ("tui.screens.confirm", "ConfirmScreen"),
    "settings": ("tui.screens.settings", "SettingsScreen"),
}
"""Every class with commands that is no pane, by the first half of its commands' ids."""
TOGETHER: Final = (
    ("lesson-list", "home", "app"),
    ("step-text", "lesson-panel", "lesson", "app"),
    ("term-list", "help"),
)
"""Which hold at the same time, from the focus outwards; each pane does with lesson and app, a dialog alone."""
INSIDE: Final = {"trace": ("waterfall",), "code": ("source-editor",)}
"""What takes keys inside a pane."""


@dataclass(frozen=True)
class Place:
    """A class that takes keys: the keys of each command by its id, and those that it takes without a command."""

    name: str
    keys: Mapping[str, tuple[str, ...]]
    fixed: Mapping[str, str] = field(default_factory=dict)
    """Textual's own keys, and what they do."""
    without_keys: frozenset[str] = frozenset()
    """Commands whose keys are not ours to change."""

    @classmethod
    def load(cls, name: str, where: Class) -> Place:
        """Import a class and look at its bindings, inherited ones too."""
        kind = getattr(import_module(where[0]), where[1])
        by_key: dict[str, list[Binding]] = {}
        for base in reversed(kind.__mro__):
            own: dict[str, list[Binding]] = {}
            for binding in Binding.make_bindings(base.__dict__.get("BINDINGS", ())):
                own.setdefault(binding.key, []).append(binding)
            by_key |= own
        keys: dict[str, list[str]] = {}
        fixed: dict[str, str] = {}
        for key, found in by_key.items():
            for binding in found:
                if binding.id and "." in binding.id:
                    keys.setdefault(binding.id, []).append(key)
                else:
                    fixed[key] = binding.description.lower() or binding.action.replace("_", " ")
        commands = {f"{name}.{command.name}" for command in declared(kind)[1]}
        return cls(
            name, {one: tuple(taken) for one, taken in keys.items()}, fixed, frozenset(commands - keys.keys())
        )


class Places:
    """All places of an app with these panes. `chains` says which are active at the same time."""

    def __init__(self, panes: Mapping[str, Class] = PANES) -> None:
        self._classes: dict[str, Class] = {**SCREENS, **panes}
        self._panes = tuple(panes)
        self._loaded: dict[str, Place] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The first halves of all command ids."""
        return tuple(self._classes)

    def place(self, name: str) -> Place:
        """Give a place; raises KeyError for a name there is not."""
        if name not in self._loaded:
            self._loaded[name] = Place.load(name, self._classes[name])
        return self._loaded[name]

    def chains(self, name: str) -> Iterator[tuple[str, ...]]:
        """List the places that can be active together with one, itself among them."""
        found = [*TOGETHER, *((*INSIDE.get(pane, ()), pane, "lesson", "app") for pane in self._panes)]
        mine = [chain for chain in found if name in chain]
        if mine:
            yield from mine
        elif self._modal(name):
            yield (name,)
        else:
            yield (name, "app")

    def _modal(self, name: str) -> bool:
        module, kind = self._classes[name]
        return issubclass(getattr(import_module(module), kind), ModalScreen)
