"""Deploying from the Code pane: a version as it is, or what was written, by way of the smoke test."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from msgspec import UNSET
from textual.widgets import Input
from textual.worker import get_current_worker

from lessons.actions import Deploy, DeployOwn, Rollback, SetToken
from lessons.controls import as_token
from simulator.smoke import Verdict
from tui.panes.base import Perform
from tui.panes.code_base import DEPLOYED
from tui.panes.code_pipeline import Judged, Progress, Stepped, advanced, judged, try_out
from tui.panes.code_token import offers_token, token_line
from tui.panes.code_versions import deploys_of
from tui.panes.code_writing import Writing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from simulator.deploying import Version
    from simulator.remote import Host
    from simulator.settings import Scenario
    from tui.panes.code_pipeline import Step
    from tui.view import View


class Deploying(Writing):
    """The part of the pane that deploys and goes back."""

    _token = 0

    def __init__(self, now: Callable[[], datetime] = datetime.now) -> None:
        super().__init__(now)
        self._tokens: dict[str, str | None] = {}

    def action_deploy(self) -> None:
        """Deploy what is shown."""
        if self.view is None:
            return
        version, session = self._version(self.view), self.view.session
        progress, waiting = self.pipeline.progress, self.tokens_waiting(self.view)
        if progress is not None and progress.under_way:
            self.notify(
                f"a deploy is under way: {self.key('back')} gives it up", severity="warning", markup=False
            )
        elif session.lab.versions[version.service] == version and version.service in waiting:
            self.post_message(Perform(SetToken(service=version.service, token=waiting[version.service])))
        elif session.lab.versions[version.service] == version:
            turn = f"{self.key('mark')} marks a call, {self.key('edit')} edits"
            if self.can_do("next_version"):
                turn = f"{self.key('next_version')} shows the next version"
            self.notify(f"{version.ref} is deployed already: {turn}", severity="warning", markup=False)
        elif self.shows_draft(self.view):
            self._begin(version)
        else:
            self._names[version.service] = version.name
            token = waiting.get(version.service, UNSET)
            self.post_message(Perform(Deploy(version=version.ref, token=token)))

    def tokens_waiting(self, view: View) -> dict[str, str | None]:
        """Give, by service, the agent's token that its next deploy brings; None: no token."""
        now = view.session.lab.tokens
        self._tokens = {
            service: token for service, token in self._tokens.items() if token != (now.get(service) or None)
        }
        return self._tokens

    def action_token(self) -> None:
        """Ask for the token that the agent gets with the next deploy; one that it has already waits for none."""
        if self.view is None or not offers_token(self.view):
            return
        service = self._version(self.view).service

        def typed(text: str | None) -> None:
            if text is None or self.view is None:
                return
            token = as_token(text)
            if token == (self.view.session.lab.tokens.get(service) or None):
                self._tokens.pop(service, None)
                self.say("That is the token it has.")
            else:
                self._tokens[service] = token
            self.repaint()

        self.app.push_screen(token_line(self.view, service, self._tokens), typed)

    def _begin(self, version: Version) -> None:
        """Try a draft out in a thread; what it tells comes as messages."""
        assert self.view is not None
        lab = self.view.session.lab
        self._token += 1
        self.say("")
        self._show(Progress(self._token, version))
        work = partial(self._work, self._token, version, lab.scenario, dict(lab.versions), lab.host)
        self.run_worker(work, thread=True, group="deploy", exclusive=True)

    def _work(
        self,
        token: int,
        version: Version,
        scenario: Scenario,
        beside: Mapping[str, Version],
        host: Host | None,
    ) -> None:
        """Run in a thread."""

        def say(step: Step) -> None:
            self.post_message(Stepped(token, step))

        try:
            verdict = try_out(version, scenario, beside, say)
        except OSError as error:
            verdict = Verdict(version, passed=False, reason=f"the smoke test could not be started: {error}")
        if verdict.passed and host is not None and not get_current_worker().is_cancelled:
            with suppress(OSError):  # then the run starts it, or says why not
                host.prepare()
        self.post_message(Judged(token, verdict))

    def _show(self, progress: Progress | None) -> None:
        """Show a deploy, and what one can do about it."""
        hint = ""
        if progress is not None and progress.refused and progress.verdict is not None:
            line = progress.verdict.line
            where = f" line {line}" if line else ""
            hint = (
                f"{self.key('edit')} edits{where}, {self.key('undo')} undoes, {self.key('deploy')} tries again, "
                f"{self.key('back')} closes this."
            )
        elif progress is not None and progress.verdict is not None:
            hint = f"It passed. A note, then enter; {self.key('back')} gives it up."
        elif progress is not None:
            hint = f"{progress.version.ref} is tried out; {self.key('back')} gives it up."
        self.pipeline.show(progress, hint)
        self.refresh_bindings()

    def on_stepped(self, message: Stepped) -> None:
        """A deploy has come to its next step."""
        message.stop()
        progress = self.pipeline.progress
        if progress is not None and progress.token == message.token:
            self._show(advanced(progress, message.step))

    def on_judged(self, message: Judged) -> None:
        """Ask for the note, or say why not and go to the line."""
        message.stop()
        progress = self.pipeline.progress
        if progress is None or progress.token != message.token:
            return
        progress = judged(progress, message.verdict)
        self._show(progress)
        if not progress.refused:
            if self.holds_focus and self._page != "edit":
                self.pipeline.query_one(Input).focus()
            return
        shows = self.view is not None and self._version(self.view) == progress.version
        if message.verdict.line is not None and shows and self._page != "edit":
            self._page = "source"
            self._goto = message.verdict.line - 1
            self._drawn = ()
            self.repaint()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Activate what passed, with its note."""
        event.stop()
        progress = self.pipeline.progress
        if progress is None or not self.pipeline.noting:
            return
        version = progress.version
        self._close_pipeline()
        self._page = "edit" if self._page == "edit" else "source"
        self._names[version.service] = DEPLOYED
        at = self._now().isoformat(timespec="seconds")
        own = DeployOwn(service=version.service, source=version.source, note=event.value.strip(), at=at)
        self.post_message(Perform(own))

    def _close_pipeline(self) -> None:
        """Go on without a deploy; whatever it still tells is not for us."""
        self._token += 1
        self.workers.cancel_group(self, "deploy")
        typing = self.pipeline.noting and self.holds_focus
        self._show(None)
        if typing and self._page != "edit":
            self.focus()

    def close_refusal(self) -> None:
        """Take away what was said about a version that was refused."""
        progress = self.pipeline.progress
        if progress is not None and progress.refused:
            self._close_pipeline()

    def give_up(self) -> bool:
        """Give up the deploy under way, or close what was said about one; tells whether there was any."""
        progress = self.pipeline.progress
        if progress is None:
            return False
        self._close_pipeline()
        if not progress.refused:
            self.say("The deploy was given up; the running version is untouched.")
        return True

    def action_rollback(self) -> None:
        """Go back to the version deployed before, or to the one under the cursor of the history."""
        if self.view is None:
            return
        session, service = self.view.session, self._version(self.view).service
        to = None
        if self._page == "history":
            to = deploys_of(session, service)[self.source_view.cursor].number
            running = session.versions.running(service)
            if to == running.number:
                self.notify(f"deploy {to} is the one that runs", severity="warning", markup=False)
                return
        self._names[service] = DEPLOYED
        self.post_message(Perform(Rollback(service=service, to=to)))
