"""The lesson screen: the text and its to-do beside the lab's panes, and the player below both.

It is the one place that performs actions: panes ask with `Perform`. What happened goes to every part as a new view.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical

from lessons import actions as act
from lessons.budget import left_words
from lessons.hinting import next_hint
from lessons.recording import wanted_soon
from lessons.reloading import Reloader
from lessons.terms import words_of
from simulator.errors import RidelabError
from tui.commands import Command, CommandGroup, bindings, commands_of, key_now
from tui.player import Player
from tui.screens.lesson_keys import LESSON_KEYS, LESSON_SCREEN_KEYS, PLACE_KEYS, RUN_KEYS
from tui.screens.lesson_playing import Playing
from tui.screens.quiz_pointing import PointLine, pane_to_point_in
from tui.widgets.footer import FooterLine
from tui.widgets.header import LessonHeader
from tui.widgets.lab import PANES, Lab
from tui.widgets.lesson_list import number_of
from tui.widgets.lesson_panel import LessonPanel
from tui.widgets.lesson_text import PanelText, panel_text
from tui.widgets.player_bar import PlayerBar
from tui.widgets.tab_strip import TabStrip

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.notifications import SeverityLevel
    from textual.worker import Worker

    from lessons.actions import Action
    from lessons.outline import Entry
    from lessons.quiz import Judgement
    from lessons.session import Session
    from tui.panes.base import KeepDraft, Perform, Pointed
    from tui.screens.quiz_asked import Asked

LOOK_EVERY_S = 1.0
"""How often the file of a lesson that is being written is looked at, in seconds of wall time."""


class LessonScreen(Playing):
    """A lesson under way. `session` keeps itself; the screen plays it."""

    HELP_TITLE = "Lesson"
    CSS_PATH = "lesson.tcss"
    KEYS: ClassVar[tuple[Command, ...]] = LESSON_SCREEN_KEYS
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(KEYS))

    def __init__(self, entry: Entry, session: Session) -> None:
        super().__init__(entry, session)
        self._shown_place = -1
        self._reloader: Reloader | None = None
        self.pointing: Asked | None = None
        """The question that is answered by pointing at something in the lab, while it is."""

    def compose(self) -> ComposeResult:
        """Put lesson and lab side by side; the styles leave one of them where there is no room for both."""
        app = self.lab_app
        self.take_width(app.size.width)
        settings = app.settings
        self.player = Player(self.session, app.clock, speed=settings.speed, views_per_s=settings.views_per_s)
        self.player.on_view = self.show_run
        self.player.on_settled = self.settled
        yield LessonHeader(number_of(self.entry, app.course.entries.index(self.entry) + 1), self.entry.title)
        yield TabStrip(id="tabs-narrow")
        with Horizontal(id="body"):
            yield LessonPanel(id="lesson")
            with Vertical(id="right"):
                yield TabStrip(beside=True, id="tabs-wide")
                yield Lab(app.panes or PANES, id="lab")
        yield PointLine()
        yield PlayerBar()
        yield FooterLine()

    async def on_mount(self) -> None:
        """Begin with the lesson's text, and the pane that its step is about."""
        panes = self.session.lesson.panes
        await self.query_one(Lab).go_to(self.session.step.pane or panes[0])
        self.query_one(LessonPanel).focus_text()
        self.show_all()
        if not self.lab_app.course.builtin:
            self._reloader = Reloader(self.lab_app.course, self.entry.id, self.session)
            self.set_interval(LOOK_EVERY_S, self.look_at_the_file)

    def look_at_the_file(self) -> None:
        """Show a lesson of somebody's own as it is written by now; say in one line where it cannot be read."""
        if self._reloader is None or self.app.screen is not self:
            return
        if (found := self._reloader.look()) is not None:
            if found.read:
                self.show_all()
            severity: SeverityLevel = "information" if found.read else "error"
            self.notify(found.said, severity=severity, timeout=4 if found.read else 15, markup=False)

    # showing

    def show_all(self) -> None:
        """Show everything anew: after an action, and when a run has ended."""
        session, before = self.session, self.text
        text = panel_text(session, terms=True)
        new_step = self._shown_place != session.place
        self._shown_place, self.text = session.place, text
        grown = before is not None and not new_step and _below(text) != _below(before)
        self.query_one(LessonPanel).show(text, new_step=new_step, grown=grown)
        done = self.lab_app.progress.steps_done(self.entry.id)
        steps = session.lesson.steps
        left = left_words(session.lesson.budget, session.memory.done)
        self.query_one(LessonHeader).show(tuple(step.id in done for step in steps), session.place, left)
        self.show_run()
        self.refresh_bindings()
        newly_met = before is not None and not new_step and text.met and not before.met
        told = (
            self.mail_is_told or self.pointing is not None
        )  # what was pointed at is explained, and leads back
        if newly_met and not self.in_sight("lesson") and not told:
            back = key_now(self, "lesson.show-lesson", "0")
            self.notify(f"This step is done. {back} goes back to the lesson.", timeout=4, markup=False)

    def show_tabs(self) -> None:
        """Show the tabs, and with them what one points at."""
        super().show_tabs()
        if self.pointing is not None:
            from tui.screens.answering import show_pointing

            show_pointing(self)

    @property
    def points_here(self) -> bool:
        """Whether one points at something in the pane that has the keys."""
        pointing = self.pointing
        return pointing is not None and self.side == "lab" and self.query_one(Lab).current == pointing.pane

    def on_pointed(self, message: Pointed) -> None:
        """Answer with what was pointed at."""
        from tui.screens.answering import take_pointed

        message.stop()
        take_pointed(self, message.choices, message.number)

    def on_perform(self, message: Perform) -> None:
        """Do what a pane asks for."""
        message.stop()
        self.perform(message.action)

    def on_keep_draft(self, message: KeepDraft) -> None:
        """Keep what is being written."""
        message.stop()
        self.session.keep_draft(message.service, message.text)

    def perform(self, action: Action) -> Judgement | None:
        """Perform an action and show what it changed; what cannot be done is said in one line."""
        try:
            judgement = self.session.perform(action)
        except RidelabError as error:
            self.notify(str(error), severity="warning", markup=False)
            return None
        if isinstance(action, act.RunLoad):
            self.player.begin()
            self.play()
        elif isinstance(action, act.Deploy | act.DeployOwn | act.Rollback | act.SetToken):
            self.notify(self._deployed(action), markup=False)
        elif isinstance(action, act.GoOn) and wanted_soon(self.session):
            self.run_worker(self.session.recordings.play, thread=True, group="recordings")
        self.show_all()
        return judgement

    def _deployed(self, action: act.Deploy | act.DeployOwn | act.Rollback | act.SetToken) -> str:
        service = action.version.partition("@")[0] if isinstance(action, act.Deploy) else action.service
        when = "from now on" if self.session.running else "in the next run"
        return f"{self.session.lab.versions[service].ref} is deployed: it answers {when}."

    # keys

    def on_lesson_panel_go_on_wanted(self) -> None:
        """Go on to the next step; after the last one, home."""
        at_end = self.session.at_end
        met = self.session.may_go_on
        self.perform(act.GoOn())
        if not met:
            return
        if at_end:
            self.notify(f"Lesson finished: {self.session.lesson.goal}", markup=False)
            self.dismiss()
        elif (pane := self.session.step.pane) is not None:
            _bringing: Worker[None] = self.run_worker(partial(self.bring, pane))

    def action_back(self) -> None:
        """Go back a step."""
        if self.session.place:
            self.perform(act.GoBack())

    def action_hint(self) -> None:
        """Show the next hint."""
        step = self.session.step
        if not step.hints:
            self.notify("This step has no hints: read it once more.", timeout=3)
        elif next_hint(self.session, self.session.verdict()) is None:
            self.notify("That was the last hint of this step.", timeout=3)
        else:
            self.go_to_side("lesson")
            self.perform(act.AskHint())

    def action_words(self) -> None:
        """Look up the words that this step marks."""
        from tui.screens.help import open_help

        if words := words_of(self.session.step):
            open_help(self.lab_app, words=words)
        else:
            self.notify("No word of this step is underlined. f6 opens the whole glossary.", timeout=3)

    def action_answer(self) -> None:
        """Open the prediction or the question of this step; while one points, answer with what is under the cursor."""
        from tui.screens.answering import open_question

        pane = self.query_one(Lab).pane
        if self.points_here and pane is not None:
            pane.action_point()
        else:
            open_question(self)

    def action_put_off(self) -> None:
        """Point no longer; the question stays open."""
        from tui.screens.answering import end_pointing

        if self.pointing is not None:
            end_pointing(self)

    def action_home(self) -> None:
        """Go home."""
        self.dismiss()

    # what the keys are, for footer, help and palette

    def offers(self, command: Command) -> bool:
        """Tell whether a command makes sense now."""
        session, mood, text = self.session, self.player.state.mood, self.text
        step = session.step
        match command.action.partition("(")[0]:
            case "run":
                return not session.running
            case "pause":
                return mood in {"playing", "paused", "rushing"}
            case "to_end":
                return mood in {"playing", "paused"}
            case "step":
                return mood == "paused"
            case "answer":
                return step.question is not None or (step.predict is not None and not (text and text.met))
            case "hint":
                return text is not None and not text.met and text.more_hints
            case "put_off":
                return self.pointing is not None
            case "words":
                return bool(words_of(step))
            case "back":
                return session.place > 0
            case _:
                return self._ever(command)

    def footer_commands(self) -> list[Command]:
        """Name the side that `tab` goes to, what `space` does next, and the speed only while it matters."""
        labels = {"switch": "lesson"} if self.side == "lab" else {}
        if self.player.paused:
            labels["pause"] = "resume"
        predict = self.session.step.predict
        if predict is not None and predict.id not in self.session.memory.predictions:
            labels["answer"] = "predict"
        playing = self.player.state.mood in {"playing", "paused", "rushing"}
        return [
            replace(command, label=labels.get(command.action, command.label))
            for command in super().footer_commands()
            if (command.action != "speed" or playing)
            and not (command.action == "answer" and self.points_here)
        ]

    def command_groups(self) -> list[CommandGroup]:
        """Group the keys: the pane's, the lesson's, the run's, and how to get about."""
        mine = [command for command in self.KEYS if self._ever(command)]
        pane, panel = self.query_one(Lab).pane, self.query_one(LessonPanel)
        groups = []
        if pane is not None:
            of_pane = tuple(one for one in commands_of(pane) if pane.ever(one))
            groups.append(CommandGroup(f"{pane.TITLE} pane", of_pane, pane))
        return [
            *groups,
            CommandGroup("Lesson", commands_of(panel), panel),
            CommandGroup("", tuple(c for c in mine if c in LESSON_KEYS), self),
            CommandGroup("Run", tuple(c for c in mine if c in RUN_KEYS), self),
            CommandGroup("Getting about", tuple(c for c in mine if c in PLACE_KEYS), self),
            *super().command_groups()[1:],
        ]

    def _ever(self, command: Command) -> bool:
        """Tell whether a command has any use in this lesson: the panes of later ones have none, say."""
        if command.action == "app.board":
            return bool(self.lab_app.course.course.mysteries)
        if command.action == "put_off":
            asked = (step.question for step in self.session.lesson.steps)
            return any(one is not None and pane_to_point_in(self.session, one) for one in asked)
        pane = command.action.partition("'")[2].rstrip("')")
        return not pane or pane in self.session.lesson.panes

    def about(self) -> str:
        """Say what the pane in sight shows."""
        pane = self.query_one(Lab).pane
        summary = getattr(pane, "summary", None)
        return str(summary()) if summary is not None and self.view is not None else ""


def _below(text: PanelText) -> tuple[object, ...]:
    return (text.expected, text.afterwards, text.hints)
