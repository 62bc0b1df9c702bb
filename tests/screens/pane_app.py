"""One pane on a screen of its own, over a real session: what its tests play with."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from textual.app import App

from lessons import actions as act
from lessons.model import Lesson, Start, Step
from lessons.session import Session
from simulator.errors import RidelabError
from simulator.scenario import load_scenario
from tui.panes.base import Pane, Perform, ShowPane
from tui.view import View

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.app import ComposeResult
    from textual.pilot import Pilot

    from lessons.actions import Action
    from simulator.settings import Scenario

GOLDEN = Path(__file__).parent / "golden" / "panes"
NARROW, SMALL, BESIDE, LARGE = (56, 14), (76, 18), (70, 34), (148, 54)
"""The room a pane has in a terminal of 60x20, 80x24, 120x40 (beside the lesson) and 200x60."""
SCREEN_KEYS = {
    *"rnxehabq.0123456789:",
    "space",
    "tab",
    "question_mark",
    "full_stop",
    "colon",
    "ctrl+p",
    "ctrl+q",
}
"""Keys of the lesson screen: no pane may take one."""

AnyPane = TypeVar("AnyPane", bound=Pane)
TRACED = "request-ride@traced"
PUBLISHED = "request-ride@published-trace"


@cache
def module_4() -> Scenario:
    return load_scenario("module-4")


def a_session(*, seed: int = 1, steps: tuple[Step, ...] = (), **lesson: Any) -> Session:
    """Begin a lesson of two steps that offers everything and asks nothing."""
    plain = (Step(id="one", title="One", text="One."), Step(id="two", title="Two", text="Two."))
    settings: dict[str, Any] = {
        "panes": ["load", "runs", "code", "compare"],
        "versions": ["request-ride@launch", TRACED, PUBLISHED],
        "start": Start(),
    }
    made = Lesson(title="A lesson", goal="None.", steps=list(steps or plain), **(settings | lesson))
    return Session(module_4(), made, seed)


def run(session: Session, version: str | None = None, *, new: bool = False) -> Session:
    """Run the load to its end, with a version deployed before."""
    if version is not None:
        session.perform(act.Deploy(version=version))
    session.perform(act.RunLoad(new=new))
    session.finish()
    return session


class PaneApp(App[None]):
    """Shows one pane, and does what the lesson screen does for it."""

    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None

    def __init__(self, pane: Pane, session: Session, *, focus: bool = True) -> None:
        super().__init__()
        self.pane = pane
        self.session = session
        self.performed: list[Action] = []
        self.pointed: list[ShowPane] = []
        self._focus = focus

    def compose(self) -> ComposeResult:
        yield self.pane

    def on_mount(self) -> None:
        self.push()
        if self._focus:
            self.pane.focus_target()

    def push(self) -> None:
        """Hand the pane a new view."""
        self.pane.show_view(View(self.session, tuple(self.session.runs), self.session.live))

    def on_perform(self, message: Perform) -> None:
        self.performed.append(message.action)
        try:
            self.session.perform(message.action)
        except RidelabError as error:
            self.notify(str(error), markup=False)
        self.session.settle()
        self.push()

    def on_show_pane(self, message: ShowPane) -> None:
        self.pointed.append(message)

    def text(self) -> str:
        """Give what is on the screen, as plain text."""
        strips = self.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)

    @property
    def notices(self) -> list[str]:
        """What was said in notifications."""
        return [notification.message for notification in self._notifications]


@asynccontextmanager
async def shown(
    pane: Pane, session: Session, size: tuple[int, int] = SMALL, *, focus: bool = True
) -> AsyncIterator[tuple[PaneApp, Pilot[None]]]:
    """Show a pane in a terminal of this size."""
    app = PaneApp(pane, session, focus=focus)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        yield app, pilot


async def settled(pilot: Pilot[None]) -> None:
    """Let everything that was posted be done and drawn."""
    await pilot.pause()
    await pilot.pause()


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys one after the other, each when the one before is done."""
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


def expect_golden(name: str, text: str) -> None:
    """Compare a screen with the one that was looked at and kept; UPDATE_GOLDEN=1 keeps the new one."""
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text + "\n", encoding="utf-8")
    assert text + "\n" == path.read_text(encoding="utf-8"), (
        f"{path.name} differs; UPDATE_GOLDEN=1 keeps the new screen"
    )


def keys_of(pane: type[Pane]) -> set[str]:
    """Give every key that a pane takes."""
    return {key for command in pane.COMMANDS for key in command.keys}
