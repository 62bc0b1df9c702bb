"""Playing a lesson's runs: what the keys of the player do, and what is shown while they play."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lessons import actions as act
from simulator.lab import NEVER_AGAIN
from tui.commands import key_now
from tui.panes.run_figures import ordinal
from tui.screens.lesson_sides import Sides
from tui.screens.lesson_tabs import Mailbox
from tui.screens.lesson_troubles import Troubles
from tui.undisturbed import Undisturbed
from tui.view import View
from tui.widgets.lab import DIGITS, Lab
from tui.widgets.player_bar import PlayerBar

if TYPE_CHECKING:
    from textual.worker import Worker

    from lessons.actions import Action
    from lessons.outline import Entry
    from lessons.quiz import Judgement
    from lessons.session import Session
    from simulator.deploying import Version
    from simulator.run_data import RunData
    from tui.player import Player

TROUBLE_S = 12.0
MAIL_S = 6.0
"""How long a mail is announced, in seconds of wall time; its badge stays until it is read."""


class Playing(Sides):
    """The part of the lesson screen that lets virtual time pass."""

    player: Player

    def __init__(self, entry: Entry, session: Session) -> None:
        super().__init__(entry, session)
        self._mailbox = Mailbox(session)
        self._mail_came_s = float("-inf")
        self._undisturbed = Undisturbed()
        self._troubles = Troubles()
        session.on_taken_back = self.taken_back

    def show_all(self) -> None:
        """Show everything anew; the screen's own."""

    def perform(self, action: Action) -> Judgement | None:
        """Perform an action and show what it changed; the screen's own."""
        raise NotImplementedError

    def show_run(self) -> None:
        """Show how the run stands: a few times a second while it plays."""
        session = self.session
        view = self.view = View(session, tuple(session.runs), session.live)
        self.query_one(Lab).show_view(view)
        self.show_player()
        for alert in self._mailbox.arrived(view):
            self._mail_came_s = self.lab_app.clock()
            self.notify(
                f"Mail: {alert.subject}. Press {key_now(self, 'lesson.alerts', DIGITS['alerts'])}.",
                severity="warning",
                timeout=MAIL_S,
                markup=False,
            )
        for trouble in self._troubles.new(session.lab.run):
            self.notify(trouble, severity="error", timeout=TROUBLE_S, markup=False)
        self.show_tabs()

    def taken_back(self, version: Version, instead: Version) -> None:
        """A version was rolled back, because its handler never came back."""
        self.notify(
            f"{version.ref} did not come back for the {ordinal(NEVER_AGAIN)} time: it was rolled back, and "
            f"{instead.ref} answers from now on.",
            severity="error",
            timeout=TROUBLE_S,
            markup=False,
        )

    @property
    def mail_is_told(self) -> bool:
        """Whether a mail is being announced: what can wait is not said beside it, over the tabs."""
        return self.lab_app.clock() - self._mail_came_s < MAIL_S

    def show_player(self) -> None:
        """Show the player's state, here and below a dialog that lies over the lesson."""
        if self.view is None:
            return
        bars = [*self.query(PlayerBar)]
        if self.app.screen is not self:
            bars += self.app.screen.query(PlayerBar)
        for bar in bars:
            bar.show(self.player.state, self.view.last, len(self.view.everything))

    def play(self) -> None:
        """Let the player go on, for as long as it has something to play."""
        if self.session.running:
            self._undisturbed.hold()
        self.show_run()
        self.refresh_bindings()
        _playing: Worker[None] = self.run_worker(self._play, group="player", exclusive=True)

    async def _play(self) -> None:
        while (wait := self.player.tick()) is not None:
            await asyncio.sleep(wait)

    def settled(self, _run: RunData) -> None:
        """A run has ended."""
        self._undisturbed.release()
        self.show_all()

    def on_unmount(self) -> None:
        """Leave nothing behind that would hold for other screens."""
        self._undisturbed.release()

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
        """Take the next speed, and keep it: the player's line says which."""
        self.lab_app.settings.speed = self.player.change_speed()
        if self.session.running:
            self.play()
        else:
            self.show_run()

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
