"""What one takes along: a copy, a picture, a run, a lesson. And the two pages one can look up anywhere.

The commands are the app's own, because they hold on every screen; what they do stands here.
"""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from simulator.errors import RidelabError, UsageError
from tui.commands import key_now
from tui.screens.base import Dialog, LabScreen
from tui.short_path import short_path

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.worker import Worker

    from lessons.session import Session
    from simulator.run_data import RunData
    from tui.app import RidelabApp
    from tui.commands import Command

Form = Literal["json", "csv"]


class Finished(NamedTuple):
    """A lesson that can be exported: its id, and its session where it is open."""

    lesson: str
    session: Session | None


def offers(app: RidelabApp, command: Command) -> bool:
    """Tell whether a command makes sense on the screen below palette and help."""
    screen = screen_below(app)
    match command.action.partition("(")[0]:
        case "export_run":
            session = _session(screen)
            return session is not None and bool(session.runs)
        case "export_lesson":
            return finished_lesson(screen) is not None
        case "welcome":
            from tui.screens.welcome import WelcomeScreen

            return not any(isinstance(one, WelcomeScreen) for one in app.screen_stack)
        case _:
            return True


def screen_below(app: RidelabApp) -> Screen[object]:
    """Find the screen of the lab that one works in, below whatever lies over it."""
    stack = app.screen_stack
    return next((one for one in reversed(stack) if isinstance(one, LabScreen)), stack[-1])


def _session(screen: Screen[object]) -> Session | None:
    return cast("Session | None", getattr(screen, "session", None))


def finished_lesson(screen: Screen[object]) -> Finished | None:
    """Find the lesson that is finished: under the cursor at home, or open and at its end."""
    from tui.widgets.lesson_list import LessonList

    session = _session(screen)
    if session is not None:
        text = getattr(screen, "text", None)
        done = session.at_end and text is not None and text.met
        return Finished(screen.entry.id, session) if done else None  # type: ignore[attr-defined]
    lists = screen.query(LessonList)
    row = lists.first().row if lists else None
    return Finished(row.entry.id, None) if row is not None and row.standing.finished else None


# what the commands do


def copy_seen(app: RidelabApp) -> None:
    """Copy what is seen, beside the event loop, and say how in one line."""
    from tui.clipboard import copy
    from tui.seen import seen_text

    text = seen_text(app.screen)
    if not text:
        app.notify("There is no text here to copy.")
        return

    def write(sequence: str) -> None:
        if app._driver is not None:
            app._driver.write(sequence)
            app._driver.flush()

    async def copied() -> None:
        done = await copy(text, write, environment=dict(os.environ))
        app.notify(done.said, severity="information" if done.by else "warning", timeout=8, markup=False)

    _copying: Worker[None] = app.run_worker(copied, group="copy", exclusive=True)


def keep_picture(app: RidelabApp) -> None:
    """Draw the screen, without the messages over it that pass, and write it to a file."""
    from tui.exporting import screenshot

    app.clear_notifications()

    def draw() -> None:
        _export(app, f"{_screen_name(app.screen)}", "svg", screenshot(app), "The picture is in")

    app.call_after_refresh(draw)


def export_run(app: RidelabApp, form: Form) -> None:
    """Write the run in sight to a file."""
    from simulator.run_export import as_csv, as_json_with_requests

    screen = screen_below(app)
    try:
        number, run = run_in_sight(screen)
    except UsageError as error:
        app.notify(str(error), severity="warning", markup=False)
        return
    text = as_csv(run) if form == "csv" else as_json_with_requests(run)
    lesson: str = screen.entry.id  # type: ignore[attr-defined]
    _export(app, f"{lesson}-run-{number}", form, text, f"Run {number} is in")


def run_in_sight(screen: Screen[object]) -> tuple[int, RunData]:
    """Find the run that the pane in sight shows, or else the last one, with its number from 1.

    Raises UsageError where no run has ended.
    """
    from tui.widgets.lab import Lab

    session = _session(screen)
    if session is None:
        raise UsageError("a run is exported from its lesson: open one first")
    if not session.runs:
        raise UsageError("there is nothing to export: no run has ended yet")
    number = _number_in(screen.query_one(Lab).pane) or len(session.runs)
    if number > len(session.runs):
        end = key_now(screen, "lesson.to-end", "e")
        raise UsageError(f"run {number} is under way: it can be exported once it has ended (`{end}`)")
    return number, session.runs[number - 1]


def _number_in(pane: object) -> int:
    """Ask a pane which run it shows; 0 where it shows none in particular."""
    from tui.panes.compare import ComparePane
    from tui.panes.invocations import InvocationsPane
    from tui.panes.load import LoadPane
    from tui.panes.runs import RunsPane

    match pane:
        case LoadPane():
            return pane.number()
        case RunsPane():
            return pane.table.cursor + 1
        case InvocationsPane():
            return pane.run
        case ComparePane():
            found = pane.run()
            return found[0] if found is not None else 0
        case _:
            return 0


def export_lesson(app: RidelabApp) -> None:
    """Write a finished lesson to a file."""
    from lessons.markdown import as_it_was_left, lesson_markdown
    from tui.widgets.lesson_list import number_of

    found = finished_lesson(screen_below(app))
    if found is None:
        app.notify("Only a finished lesson can be exported: put the cursor on one at home.")
        return
    try:
        session = found.session or as_it_was_left(app.course, found.lesson, app.progress)
    except RidelabError as error:
        app.notify(str(error), severity="error", timeout=20, markup=False)
        return
    entry = app.course.entry(found.lesson)
    number = number_of(entry, app.course.entries.index(entry) + 1)
    _export(app, found.lesson, "md", lesson_markdown(session, number), "The lesson is in")


def open_glossary(app: RidelabApp) -> None:
    """Open the glossary."""
    from tui.screens.help import open_help

    open_help(app, part="glossary")


def open_welcome(app: RidelabApp) -> None:
    """Open the page of the first start."""
    from tui.screens.welcome import WelcomeScreen

    if isinstance(app.screen, LabScreen | Dialog) and not isinstance(app.screen, WelcomeScreen):
        app.push_screen(WelcomeScreen())


def _screen_name(screen: Screen[object]) -> str:
    name = type(screen).__name__.removesuffix("Screen")
    entry = getattr(screen, "entry", None)
    return entry.id if entry is not None else name


def _export(app: RidelabApp, what: str, suffix: str, text: str, said: str) -> None:
    """Write a file and say where it is, or why it is not."""
    from tui.exporting import export_name, write_export

    now = datetime.now()  # the learner's own date, for a name
    try:
        path = write_export(app.folder, export_name(what, now, suffix), text)
    except RidelabError as error:
        app.notify(str(error), severity="error", timeout=12, markup=False)
        return
    app.notify(f"{said} {short_path(path)}", timeout=8, markup=False)
