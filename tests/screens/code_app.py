"""The Code pane on a screen of its own, with what the lesson screen does for it: drafts, a host, remapped keys."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual.widgets import Static

from tests.screens.pane_app import SMALL, PaneApp, press, settled
from tui.panes.code import CodePane
from tui.panes.code_view import SourceView

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from textual.pilot import Pilot

    from lessons.session import Session
    from tui.panes.base import KeepDraft

PATIENCE = 2_000
AT = datetime(2018, 11, 26, 14, 2, 33)


class CodeApp(PaneApp):
    """Keeps drafts, and knows other keys."""

    def __init__(self, session: Session, remapped: Mapping[str, tuple[str, ...]], *, focus: bool) -> None:
        super().__init__(CodePane(lambda: AT), session, focus=focus)
        self.remapped = remapped
        if remapped:
            self.set_keymap({name: ",".join(keys) for name, keys in remapped.items()})

    def on_keep_draft(self, message: KeepDraft) -> None:
        self.session.keep_draft(message.service, message.text)

    @property
    def code(self) -> CodePane:
        """The pane."""
        assert isinstance(self.pane, CodePane)
        return self.pane

    @property
    def view(self) -> SourceView:
        """The rows."""
        return self.query_one(SourceView)

    @property
    def head(self) -> str:
        """What stands above."""
        return str(self.query_one("#code-head", Static).content)

    @property
    def said(self) -> str:
        """What is said below."""
        return str(self.query_one("#code-said", Static).content)

    @property
    def source(self) -> str:
        """The source on the screen."""
        return "\n".join(row.code.plain for row in self.view.rows) + "\n"

    @property
    def gutters(self) -> list[str]:
        """What stands beside each line, without its number."""
        return [row.gutter.plain[4:].strip() for row in self.view.rows]

    @property
    def steps(self) -> str:
        """How far a deploy has come."""
        return str(self.query_one("#pipeline-steps", Static).content)

    @property
    def refusal(self) -> str:
        """Why it was refused."""
        return str(self.query_one("#pipeline-said", Static).content)

    def line_of(self, text: str) -> int:
        """Find the row that holds a text, from 0; there must be one."""
        [found] = [i for i, row in enumerate(self.view.rows) if text in row.code.plain]
        return found


@asynccontextmanager
async def code_shown(
    session: Session,
    size: tuple[int, int] = SMALL,
    *,
    focus: bool = True,
    remapped: Mapping[str, tuple[str, ...]] | None = None,
) -> AsyncIterator[tuple[CodeApp, Pilot[None]]]:
    """Show the pane in a terminal of this size."""
    app = CodeApp(session, remapped or {}, focus=focus)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        yield app, pilot


async def until(pilot: Pilot[Any], condition: Callable[[], bool], what: str) -> None:
    """Wait for something to become true: a smoke test takes a child process."""
    for _ in range(PATIENCE):
        if condition():
            await settled(pilot)
            return
        await pilot.pause(0.005)
    raise AssertionError(f"never came: {what}")


async def go_to(app: CodeApp, pilot: Pilot[Any], text: str) -> None:
    """Go to the line that holds a text: almost there at once, and the last step with j."""
    app.view.move_to(app.line_of(text) - 1)
    await press(pilot, "j")
