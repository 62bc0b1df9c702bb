"""Writing a version of one's own: marks, the editors, undo and redo, and throwing it away."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from simulator.marking import MarkError
from tui.charts.units import counted
from tui.panes.base import KeepDraft
from tui.panes.code_base import DEPLOYED, CodeBase
from tui.panes.code_drafts import DRAFT, changed_lines
from tui.panes.code_editor import Outside, SourceEditor, edit_outside
from tui.panes.code_marking import toggle_mark

if TYPE_CHECKING:
    from tui.view import View


class Writing(CodeBase):
    """The part of the pane that changes a draft."""

    _service_edited = ""
    _begun_from = ""

    def write(self, view: View, text: str, said: str = "", line: int | None = None) -> None:
        """Go on to a text, from what is shown; the cursor goes to `line` (from 0), or to what has changed."""
        shown = self._version(view)
        anew = self._anew(view, shown.source)
        changed = self.drafts(view).write(shown.service, shown.source, text)
        self._written(view, shown.service, changed if line is None else line)
        self.say(f"{said}; the draft{anew}" if anew else said)

    def _anew(self, view: View, begun_from: str) -> str:
        """Say that a draft is left for another that begins from a version; empty where it goes on."""
        before = self.draft(view)
        if before is None or before.source == begun_from:
            return ""
        same = next((one.name for one in self._choice(view) if one.source == begun_from), "another text")
        return f" begins anew from {same}: {self.key('undo')} twice brings the one before back"

    def _written(self, view: View, service: str, line: int) -> None:
        """Show what was written: as the draft or, where it is one, as the version it equals."""
        drafts = self.drafts(view)
        text = drafts.text(service)
        same = [one for one in self._services(view)[service] if one.source == text]
        deployed = view.session.lab.versions[service]
        self._names[service] = DRAFT if not same else (deployed if deployed in same else same[0]).name
        self.post_message(KeepDraft(service, None if same else text))
        self._goto = line
        self._page = "source"
        self.close_refusal()
        self.say("")
        self.repaint()

    def close_refusal(self) -> None:
        """Take away what was said about a version that was refused: it is another one now."""

    # marks

    def action_mark(self) -> None:
        """Mark the statement under the cursor, or take its mark away."""
        if self.view is None:
            return
        try:
            done = toggle_mark(self._version(self.view).source, self.source_view.cursor + 1)
        except MarkError as error:
            self.say(f"{error}. Nothing was changed.")
        else:
            again = f"; {self.key('mark')} again takes it away" if done.marked else ""
            self.write(self.view, done.source, f"{done.said}{again}", done.line - 1)

    # freely

    def action_edit(self) -> None:
        """Write here."""
        if self.view is None:
            return
        shown = self._version(self.view)
        self._service_edited, self._begun_from = shown.service, shown.source
        self._cursors[self._page] = cursor = self.source_view.cursor
        self._page = "edit"
        self.close_refusal()
        self.say("")
        self.editor.take(shown.source, max(0, cursor))
        self.repaint()
        self.editor.focus()

    def on_text_area_changed(self) -> None:
        """Keep what is being typed: whoever quits has lost nothing."""
        if self._page == "edit" and self.view is not None:
            self._keep(self.view, self._service_edited, self.editor.text)

    def _keep(self, view: View, service: str, text: str) -> None:
        """Have a text kept as the draft; where nothing was typed, or it is a version, what there was before."""
        if text == self._begun_from:
            text = self.drafts(view).text(service) or text
        same = any(one.source == text for one in self._services(view)[service])
        self.post_message(KeepDraft(service, None if same else text))

    def on_source_editor_left(self, message: SourceEditor.Left) -> None:
        """Take the text, and show it."""
        message.stop()
        if self._page != "edit" or self.view is None:
            return
        view, service, begun_from = self.view, self._service_edited, self._begun_from
        text, row, holds = self.editor.text, self.editor.cursor_location[0], self.holds_focus
        self._page = "source"
        if text == begun_from:
            self._keep(view, service, text)
            self._goto = row
            self.repaint()
        else:
            anew = self._anew(view, begun_from)
            self.drafts(view).write(service, begun_from, text)
            self._written(view, service, row)
            self.say(f"The draft{anew}" if anew else "")
        if holds:
            self.focus_target()

    def action_edit_outside(self) -> None:
        """Write in the learner's own editor."""
        if self.view is None:
            return
        shown = self._version(self.view)
        try:
            with self.app.suspend():
                outside = edit_outside(shown.source, f"{shown.service}.py".replace("-", "_"), os.environ)
        except SuspendNotSupported:
            outside = Outside(None, "this terminal cannot be lent to another program")
        if outside.text is None:
            self.say(f"{outside.trouble}; {self.key('edit')} edits here.")
        elif outside.text == shown.source:
            self.say("Nothing was changed.")
        else:
            self.write(self.view, outside.text, "The text is back.")

    # back and forth

    def action_undo(self) -> None:
        """Undo the last change of the draft."""
        if self.view is not None:
            service = self._version(self.view).service
            self._written(self.view, service, self.drafts(self.view).undo(service))

    def action_redo(self) -> None:
        """Do again what was undone."""
        if self.view is not None:
            service = self._version(self.view).service
            self._written(self.view, service, self.drafts(self.view).redo(service))

    def action_discard(self) -> None:
        """Throw the draft away, after a question."""
        from tui.screens.confirm import ConfirmScreen

        if self.view is None or (draft := self.draft(self.view)) is None:
            return
        deployed = self.view.session.lab.versions[draft.service]
        came, went = changed_lines(deployed.source, draft.source)
        question = ConfirmScreen(
            f"Discard the draft of {draft.service}?",
            f"{counted(came, 'line')} came and {went:,} went against {deployed.name}, which is deployed. Until the "
            f"lesson is left, {self.key('undo')} brings it back.",
            yes="discard it",
        )
        self.app.push_screen(question, self._discarded)

    def _discarded(self, yes: bool | None) -> None:
        if not yes or self.view is None or (draft := self.draft(self.view)) is None:
            return
        deployed = self.view.session.lab.versions[draft.service]
        versions = self._services(self.view)[draft.service]
        self.drafts(self.view).write(
            draft.service, draft.source, (deployed if deployed in versions else versions[0]).source
        )
        self._written(self.view, draft.service, 0)
        self._names[draft.service] = DEPLOYED
        self.repaint()
