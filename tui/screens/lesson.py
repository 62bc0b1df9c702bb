"""The lesson screen: the text and its to-do beside the lab's panes, and the player below both.

It is the one place that performs actions: panes ask with `Perform`. What happened goes to every part as a new view.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal, cast

from textual.containers import Horizontal, Vertical

from lessons import actions as act
from simulator.errors import RidelabError
from tui.commands import Command, CommandGroup, bindings, commands_of
from tui.player import Player
from tui.screens.base import LabScreen
from tui.screens.lesson_keys import LESSON_KEYS, LESSON_SCREEN_KEYS, PLACE_KEYS, RUN_KEYS
from tui.screens.lesson_tabs import Mailbox, lesson_tab, pane_tabs
from tui.view import View
from tui.widgets.footer import FooterLine
from tui.widgets.header import LessonHeader
from tui.widgets.lab import DIGITS, PANES, TITLES, Lab
from tui.widgets.lesson_list import number_of
from tui.widgets.lesson_panel import LessonPanel
from tui.widgets.lesson_text import PanelText, panel_text
from tui.widgets.player_bar import PlayerBar, speed_text
from tui.widgets.tab_strip import TabStrip

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from lessons.actions import Action
    from lessons.model import Entry
    from lessons.quiz import Judgement
    from lessons.session import Session
    from simulator.run_data import RunData
    from tui.app import RidelabApp
    from tui.panes.base import Perform, ShowPane

Side = Literal["lesson", "lab"]
WIDE = 120
REMOTE = ("SSH_CONNECTION", "SSH_TTY")


class LessonScreen(LabScreen[None]):
    """A lesson under way. `session` keeps itself; the screen plays it."""

    HELP_TITLE = "Lesson"
    CSS_PATH = "lesson.tcss"
    KEYS: ClassVar[tuple[Command, ...]] = LESSON_SCREEN_KEYS
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(KEYS))

    def __init__(self, entry: Entry, session: Session) -> None:
        super().__init__()
        self.entry = entry
        self.session = session
        self.side: Side = "lesson"
        self.text: PanelText | None = None
        self.view: View | None = None
        self._mailbox = Mailbox(session)
        self._place = -1

    @property
    def lab_app(self) -> RidelabApp:
        """The app, by its own type."""
        return cast("RidelabApp", self.app)

    def compose(self) -> ComposeResult:
        """Put lesson and lab side by side; the styles leave one of them where there is no room for both."""
        app = self.lab_app
        views_per_s = 2.0 if any(os.environ.get(name) for name in REMOTE) else 5.0
        self.player = Player(self.session, app.clock, speed=app.settings.speed, views_per_s=views_per_s)
        self.player.on_view = self.show_run
        self.player.on_settled = self._settled
        yield LessonHeader(number_of(self.entry, app.course.entries.index(self.entry) + 1), self.entry.title)
        yield TabStrip(id="tabs-narrow")
        with Horizontal(id="body"):
            yield LessonPanel(id="lesson")
            with Vertical(id="right"):
                yield TabStrip(id="tabs-wide")
                yield Lab(app.panes or PANES, id="lab")
        yield PlayerBar()
        yield FooterLine()

    async def on_mount(self) -> None:
        """Begin with the lesson's text, and the pane that its step is about."""
        panes = self.session.lesson.panes
        await self.query_one(Lab).go_to(self.session.step.pane or panes[0])
        self.query_one(LessonPanel).focus_text()
        self.show_all()

    @property
    def wide(self) -> bool:
        """Whether lesson and lab stand side by side."""
        return self.size.width >= WIDE

    def in_sight(self, side: Side) -> bool:
        """Tell whether the lesson or the lab can be seen."""
        return self.wide or self.side == side

    # showing

    def show_all(self) -> None:
        """Show everything anew: after an action, and when a run has ended."""
        session, before = self.session, self.text
        text = panel_text(session)
        new_step = self._place != session.place
        self._place, self.text = session.place, text
        grown = before is not None and not new_step and _below(text) != _below(before)
        self.query_one(LessonPanel).show(text, new_step=new_step, grown=grown)
        done = self.lab_app.progress.steps_done(self.entry.id)
        steps = session.lesson.steps
        self.query_one(LessonHeader).show(tuple(step.id in done for step in steps), session.place)
        self.show_run()
        self.refresh_bindings()
        if (
            before is not None
            and not new_step
            and text.met
            and not before.met
            and not self.in_sight("lesson")
        ):
            self.notify("This step is done. 0 goes back to the lesson.", title="Done")

    def show_run(self) -> None:
        """Show how the run stands: a few times a second while it plays."""
        session = self.session
        view = self.view = View(session, tuple(session.runs), session.live)
        self.query_one(Lab).show_view(view)
        number = len(view.everything)
        self.query_one(PlayerBar).show(self.player.state, view.last, number)
        for alert in self._mailbox.arrived(view):
            where = f"Press {DIGITS['alerts']}."
            self.notify(f"{alert.subject}. {where}", title="Mail", severity="warning", markup=False)
        self._show_tabs()

    def _show_tabs(self) -> None:
        lab = self.query_one(Lab)
        tabs = pane_tabs(self.session, lab, self.view)
        lesson = lesson_tab(met=self.text is not None and self.text.met and self.side == "lab")
        active = "lesson" if self.side == "lesson" else lab.current
        self.query_one("#tabs-narrow", TabStrip).show((lesson, *tabs), active, quiet=False)
        self.query_one("#tabs-wide", TabStrip).show(tabs, lab.current, quiet=self.side == "lesson")

    # playing

    def play(self) -> None:
        """Let the player go on, for as long as it has something to play."""
        self.show_run()
        self.refresh_bindings()
        self.run_worker(self._play(), group="player", exclusive=True)

    async def _play(self) -> None:
        while (wait := self.player.tick()) is not None:
            await asyncio.sleep(wait)

    def _settled(self, _run: RunData) -> None:
        self.show_all()

    def on_perform(self, message: Perform) -> None:
        """Do what a pane asks for."""
        message.stop()
        self.perform(message.action)

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
        elif isinstance(action, act.Deploy | act.Rollback):
            self.notify(self._deployed(action), markup=False)
        self.show_all()
        return judgement

    def _deployed(self, action: act.Deploy | act.Rollback) -> str:
        service = action.service if isinstance(action, act.Rollback) else action.version.partition("@")[0]
        when = "from now on" if self.session.running else "in the next run"
        return f"{self.session.lab.versions[service].ref} is deployed: it answers {when}."

    # keys

    def action_run(self, new: bool) -> None:
        """Run the load, and look at it."""
        if not self.wide and self.side == "lesson" and not self.session.running:
            self.go_to_side("lab")
        self.perform(act.RunLoad(new=new))

    def action_pause(self) -> None:
        """Hold the virtual clock, or let it go on."""
        if self.session.running:
            self.player.pause()
            self.play()

    def action_speed(self) -> None:
        """Take the next speed, and keep it."""
        self.lab_app.settings.speed = self.player.change_speed()
        if self.session.running:
            self.play()
        else:
            self.show_run()
        self.notify(f"Runs play at {speed_text(self.player.speed)}.", timeout=2)

    def action_to_end(self) -> None:
        """Let the run go to its end."""
        if self.session.running:
            self.player.to_end()
            self.play()

    def action_step(self) -> None:
        """Let one virtual second pass."""
        if self.session.running:
            self.player.step()
            self.play()

    def on_lesson_panel_go_on_wanted(self) -> None:
        """Go on to the next step; after the last one, home."""
        at_end = self.session.at_end
        met = self.session.verdict().met
        self.perform(act.GoOn())
        if not met:
            return
        if at_end:
            self.notify(f"Lesson finished: {self.session.lesson.goal}", markup=False)
            self.dismiss()
        elif (pane := self.session.step.pane) is not None:
            self.run_worker(self._bring(pane))

    async def _bring(self, pane: str) -> None:
        await self.query_one(Lab).go_to(pane)
        self._show_tabs()

    def action_back(self) -> None:
        """Go back a step."""
        if self.session.place:
            self.perform(act.GoBack())

    def action_hint(self) -> None:
        """Show the next hint."""
        step = self.session.step
        if not step.hints:
            self.notify("This step has no hints: read it once more.")
        elif self.session.memory.hints.get(step.id, 0) >= len(step.hints):
            self.notify("That was the last hint of this step.")
        else:
            self.go_to_side("lesson")
            self.perform(act.AskHint())

    def action_answer(self) -> None:
        """Open the prediction or the question of this step."""
        from tui.screens.answering import open_question

        open_question(self)

    def action_home(self) -> None:
        """Go home."""
        self.dismiss()

    # where one looks

    def action_switch(self) -> None:
        """Go from the lesson to the lab, and back."""
        self.go_to_side("lab" if self.side == "lesson" else "lesson")

    def action_show_lesson(self) -> None:
        """Go to the lesson's text."""
        self.go_to_side("lesson")

    async def action_show_pane(self, name: str) -> None:
        """Go to a pane, where the lesson offers it."""
        if name not in self.session.lesson.panes:
            self.notify(f"The {TITLES[name]} pane comes in a later lesson.")
            return
        await self.query_one(Lab).go_to(name)
        self.go_to_side("lab")

    async def on_show_pane(self, message: ShowPane) -> None:
        """Go where a pane points, and open what it points at."""
        message.stop()
        await self.action_show_pane(message.pane)
        lab = self.query_one(Lab)
        if lab.current == message.pane and lab.pane is not None:
            lab.pane.open_target(message.run, message.target)

    async def on_tab_strip_chosen(self, message: TabStrip.Chosen) -> None:
        """Go to the tab that was clicked."""
        if message.name == "lesson":
            self.go_to_side("lesson")
        else:
            await self.action_show_pane(message.name)

    def go_to_side(self, side: Side) -> None:
        """Put the focus into the lesson or into the lab; where there is room for one, that one is shown."""
        self._set_side(side)
        pane = self.query_one(Lab).pane
        if side == "lesson":
            self.query_one(LessonPanel).focus_text()
        elif pane is not None:
            self.set_focus(None)
            pane.focus_target()
        self._show_tabs()

    def _set_side(self, side: Side) -> None:
        self.side = side
        self._place_sides()

    def _place_sides(self) -> None:
        """Leave one side out of sight where there is no room for both. (A class would restyle the whole screen.)"""
        self.query_one("#lesson").display = self.in_sight("lesson")
        self.query_one("#right").display = self.in_sight("lab")

    def on_resize(self) -> None:
        """Find out whether there is room for both sides."""
        self._place_sides()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Know on which side the focus is."""
        ancestors = event.widget.ancestors_with_self
        if any(isinstance(node, LessonPanel) for node in ancestors):
            self._set_side("lesson")
        elif any(isinstance(node, Lab) for node in ancestors):
            self._set_side("lab")
        self._show_tabs()

    # what the keys are, for footer, help and palette

    def offers(self, command: Command) -> bool:
        """Tell whether a command makes sense now."""
        session, running, text = self.session, self.session.running, self.text
        step = session.step
        match command.action.partition("(")[0]:
            case "run":
                return not running
            case "pause" | "to_end":
                return running
            case "step":
                return running and self.player.paused
            case "answer":
                return step.question is not None or (step.predict is not None and not (text and text.met))
            case "hint":
                return bool(step.hints) and text is not None and not text.met
            case "back":
                return session.place > 0
            case _:
                return self._ever(command)

    def footer_commands(self) -> list[Command]:
        """Name the side that `tab` goes to, and the speed only while it matters."""
        found = []
        for command in super().footer_commands():
            if command.action == "switch" and self.side == "lab":
                command = replace(command, label="lesson")  # noqa: PLW2901
            if command.action == "speed" and not self.session.running:
                continue
            found.append(command)
        return found

    def command_groups(self) -> list[CommandGroup]:
        """Group the keys: the pane's, the lesson's, the run's, and how to get about."""
        mine = [command for command in self.KEYS if self._ever(command)]
        pane, panel = self.query_one(Lab).pane, self.query_one(LessonPanel)
        groups = [CommandGroup(f"{pane.TITLE} pane", commands_of(pane), pane)] if pane is not None else []
        return [
            *groups,
            CommandGroup("Lesson", commands_of(panel), panel),
            CommandGroup("", tuple(c for c in mine if c in LESSON_KEYS), self),
            CommandGroup("Run", tuple(c for c in mine if c in RUN_KEYS), self),
            CommandGroup("Getting about", tuple(c for c in mine if c in PLACE_KEYS), self),
            *super().command_groups()[1:],
        ]

    def _ever(self, command: Command) -> bool:
        """Tell whether a command has any use in this lesson: the panes of later ones have none."""
        pane = command.action.partition("'")[2].rstrip("')")
        return not pane or pane in self.session.lesson.panes

    def about(self) -> str:
        """Say what the pane in sight shows."""
        pane = self.query_one(Lab).pane
        summary = getattr(pane, "summary", None)
        return str(summary()) if summary is not None and self.view is not None else ""


def _below(text: PanelText) -> tuple[object, ...]:
    return (text.expected, text.afterwards, text.hints)
