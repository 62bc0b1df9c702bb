"""Home: the course, its lessons, how far each has come, and where to go on. It reads no lesson and runs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from lessons.keeping import standing
from tui.commands import Command, CommandGroup, bindings, commands_of, key_now
from tui.screens.base import LabScreen
from tui.screens.first_time import is_new
from tui.widgets.footer import FooterLine
from tui.widgets.lesson_list import LessonList, LessonRow, number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from lessons.mysteries import Sighting
    from tui.app import RidelabApp


def open_words(sightings: Sequence[Sighting]) -> str:
    """Say how many of the mysteries that were seen are open: ``2 of 3 mysteries open``; empty if none was."""
    if not sightings:
        return ""
    still = sum(not one.closed for one in sightings)
    if not still:
        return "no mystery is open"
    return f"{still} of {len(sightings)} {'mystery' if len(sightings) == 1 else 'mysteries'} open"


class HomeScreen(LabScreen[None]):
    """The first screen."""

    HELP_TITLE = "Home"
    KEYS: ClassVar[tuple[Command, ...]] = (
        Command(
            "reset", ("R",), "begin anew", "Begin the lesson under the cursor anew, after asking.", rank=30
        ),
        Command(
            "app.board",
            ("B",),
            "mysteries",
            "Look at the mysteries: which are open, and what closed the others.",
            rank=20,
        ),
        Command("app.quit", ("q",), "quit", "Leave ridelab; everything is saved.", rank=40),
    )
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(KEYS))

    @property
    def lab_app(self) -> RidelabApp:
        """The app, by its own type."""
        return cast("RidelabApp", self.app)

    def compose(self) -> ComposeResult:
        """Put the course above its lessons, and what the cursor is on below them."""
        course = self.lab_app.course.course
        with Vertical(id="home"):
            with Vertical(id="course"):
                yield Static("ridelab", id="brand")
                yield Static(course.title, id="course-title", markup=False)
                yield Static(course.summary, id="course-summary", markup=False)
                yield Static(id="course-done", markup=False)
            yield LessonList(id="lessons")
            yield Static(id="about", markup=False)
            yield Static(id="notices", markup=False)
        yield FooterLine()

    def on_mount(self) -> None:
        """Fill the list; the lesson to resume is under the cursor. Whoever is new gets a page before it."""
        self.show_lessons()
        self._welcome()

    def _welcome(self) -> None:
        """Show the page of the first start, once there is room for it."""
        if self.app.screen is self and not self.lab_app.opens_lesson and is_new(self.lab_app.progress):
            from tui.screens.welcome import WelcomeScreen

            self.app.push_screen(WelcomeScreen())

    def rows(self) -> list[LessonRow]:
        """List the lessons with how far each has come."""
        app = self.lab_app
        last = app.progress.last_lesson
        found = []
        for place, entry in enumerate(app.course.entries, start=1):
            stand = standing(app.progress, entry.id)
            resume = entry.id == last and stand.begun and not stand.finished
            found.append(LessonRow(entry, number_of(entry, place), stand, resume=resume))
        return found

    def show_lessons(self) -> None:
        """Write everything anew from progress."""
        rows = self.rows()
        lessons = self.query_one(LessonList)
        moved = tuple(rows) != lessons.rows or lessons.highlighted is None
        lessons.show(rows, self._where_to_go(rows) if moved else lessons.highlighted or 0)
        self.query_one("#about", Static).update(self.about())
        notices = [f"! {notice}" for notice in self.lab_app.notices]
        self.query_one("#notices", Static).update("\n".join(notices))
        self.query_one("#notices", Static).display = bool(notices)
        seed = self.lab_app.seed if self.lab_app.seed is not None else self.lab_app.progress.seed
        brand = Content.assemble(
            ("ridelab", "bold $primary"),
            (f"  seed {seed}", "$text-muted"),
            (f"  {open_words(self.sightings())}", "bold"),
        )
        self.query_one("#brand", Static).update(brand)
        self._show_whether_done(rows)

    def sightings(self) -> tuple[Sighting, ...]:
        """List the mysteries that the learner has come across."""
        if not self.lab_app.course.course.mysteries:
            return ()
        from lessons.mysteries import board

        return board(self.lab_app.course, self.lab_app.progress)

    def _show_whether_done(self, rows: list[LessonRow]) -> None:
        """Offer the summary once every lesson is finished."""
        done = self.query_one("#course-done", Static)
        done.display = bool(rows) and all(row.standing.finished for row in rows)
        key = key_now(self, "app.summary", "f9")
        done.update(f"Finished: {key} shows the summary of what you found.")

    def _where_to_go(self, rows: list[LessonRow]) -> int:
        """Find the lesson to go on with: the one played last or, once finished, the first after it that is not."""
        last = self.lab_app.progress.last_lesson
        begin = next((i for i, row in enumerate(rows) if row.entry.id == last), 0)
        order = [*range(begin, len(rows)), *range(begin)]
        return next((i for i in order if not rows[i].standing.finished), begin)

    def about(self) -> str:
        """Say what the lesson under the cursor is about."""
        row = self.query_one(LessonList).row
        return row.entry.summary.strip() if row is not None else ""

    def command_groups(self) -> list[CommandGroup]:
        """Add the list's own keys."""
        lessons = self.query_one(LessonList)
        mysteries = bool(self.lab_app.course.course.mysteries)
        return [
            CommandGroup("Lessons", commands_of(lessons), lessons),
            *(
                group._replace(
                    commands=tuple(c for c in group.commands if mysteries or c.action != "app.board")
                )
                for group in super().command_groups()
            ),
        ]

    def offers(self, command: Command) -> bool:
        """Offer to begin a lesson anew only where it was begun, and the mysteries only where there are some."""
        row = self.query_one(LessonList).row if self.is_mounted else None
        if command.action == "app.board":
            return bool(self.lab_app.course.course.mysteries)
        return command.action != "reset" or (row is not None and row.standing.begun)

    def on_option_list_option_highlighted(self) -> None:
        """Say what the lesson is about."""
        self.query_one("#about", Static).update(self.about())
        self.refresh_bindings()

    def on_option_list_option_selected(self, event: LessonList.OptionSelected) -> None:
        """Open a lesson."""
        if event.option.id is not None:
            self.lab_app.open_lesson(event.option.id)

    def on_screen_resume(self) -> None:
        """Show what has changed meanwhile."""
        if self.is_mounted:
            self.show_lessons()
            self._welcome()

    def action_reset(self) -> None:
        """Ask, and begin a lesson anew."""
        from tui.screens.confirm import ConfirmScreen

        row = self.query_one(LessonList).row
        if row is None or not row.standing.begun:
            self.notify("This lesson has not been begun.")
            return

        def decided(yes: bool | None) -> None:
            if yes:
                self.lab_app.progress.reset(row.entry.id)
                self.show_lessons()

        question = f"Begin lesson {row.number}, {row.entry.title}, anew?"
        self.app.push_screen(
            ConfirmScreen(question, "Your answers and runs in it are set aside.", yes="begin anew"), decided
        )
