"""What has to be true of any screen at any time: whole lines, a footer that promises only what its keys do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.widgets import Input

from tui.ascii import to_ascii
from tui.commands import commands_of
from tui.screens.base import Dialog
from tui.screens.lesson import LessonScreen
from tui.screens.quiz_pointing import PointLine
from tui.widgets.footer import FooterLine, key_line
from tui.widgets.player_bar import PlayerBar

if TYPE_CHECKING:
    from tests.screens.every.learner import Learner

MOVING: Final = frozenset(
    {"up", "down", "left", "right", "home", "end", "pageup", "pagedown", "enter", *"jkgGhl"}
)
"""Keys that a list or a text takes itself where its pane declares them."""

SIGNS: Final = frozenset("■▶‖»" + to_ascii("■▶‖»"))
"""What the player line begins with."""


def broken_promises(learner: Learner) -> list[str]:
    """Say which key at the foot of the screen would not do what stands beside it, and whether the foot is cut off."""
    screen, foot = learner.screen, _foot(learner)
    footers = [*screen.query(FooterLine)]
    found = []

    def written(words: str) -> str:
        return to_ascii(words) if learner.app.glyphs == "ascii" else words

    if footers:
        named = footers[0].commands()
        words = written(key_line(named).plain)
        if words not in foot:
            found.append(f"the foot says {foot.strip()!r}, but its keys are {words!r}")
    else:
        named = [
            one for one in commands_of(screen) if one.rank is not None and f" {written(one.key)} " in foot
        ]
        if isinstance(screen, Dialog) and not named:
            found.append(f"no key is named at the foot: {foot!r}")
    active = screen.active_bindings
    for command in named:
        key = command.keys[0]
        bound = active.get(key)
        if bound is None or not bound.enabled:
            found.append(f"{key} ({command.label}) does nothing here")
        elif (
            key not in MOVING and not isinstance(bound.node, Input) and bound.binding.action != command.action
        ):
            found.append(f"{key} does {bound.binding.action}, not {command.action}")
    return found + _broken_pointing(learner)


def _broken_pointing(learner: Learner) -> list[str]:
    """Say where the line that asks to point names keys that would do something else."""
    screen = learner.screen
    if not isinstance(screen, LessonScreen):
        return []
    said = "\n".join(str(line.render()) for line in screen.query(PointLine) if line.display)
    if "answers" not in said:
        return []
    named = {"enter": "point", "escape": "put_off"}
    active = screen.active_bindings
    does = {key: active[key].binding.action if key in active else "nothing" for key in named}
    return [f"{key} does {does[key]}, but {said!r}" for key, action in named.items() if does[key] != action]


def _foot(learner: Learner) -> str:
    """Give the line where a screen or a dialog names its keys."""
    screen, rows = learner.screen, learner.rows()
    places = [*screen.query("FooterLine, .keys, #quiz-keys")]
    return rows[places[0].region.y] if places and places[0].region.y in range(len(rows)) else ""


def broken_lines(learner: Learner) -> list[str]:
    """Say what is wrong with the screen's lines: too long or too few, no player under a lesson."""
    width, height = learner.app.size
    screen, rows = learner.screen, learner.rows()
    strips = screen._compositor.render_strips()
    lengths = [strip.cell_length for strip in strips]
    found = [f"line {y} has {length} cells of {width}" for y, length in enumerate(lengths) if length != width]
    if len(rows) != height:
        found.append(f"{len(rows)} lines in a terminal of {height}")
    if isinstance(screen, LessonScreen):
        bar = screen.query_one(PlayerBar)
        row = rows[bar.region.y] if bar.region.height == 1 and bar.region.y < height else ""
        if row.strip()[:1] not in SIGNS:
            found.append(f"no player: {row!r}")
        focused, lesson = screen.focused, screen.query_one("#lesson")
        if focused is not None and (screen.side == "lesson") != (lesson in focused.ancestors):
            found.append(f"one is at the {screen.side}, but the keys go to {focused!r}")
    return found
