"""What the Code pane shows and what it is made of: the service, the version or draft, the page."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from textual.widgets import Static

from simulator.deploying import Version
from tui.commands import commands_of
from tui.panes.code_drafts import DRAFT, Drafts
from tui.panes.code_editor import SourceEditor
from tui.panes.code_pipeline import Pipeline
from tui.panes.code_view import SourceView
from tui.panes.keypane import KeyPane
from tui.panes.offering import offered

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from tui.view import View

Page = Literal["source", "difference", "calls", "history", "deploy", "edit"]
"""What is shown: `deploy` is the difference that one deploy of the history made."""
DRAFT_NAME = "draft"
DEPLOYED = ""
"""Chosen is whatever is deployed."""


class CodeBase(KeyPane):
    """The state of the pane. `now` gives the learner's local time."""

    def __init__(self, now: Callable[[], datetime] = datetime.now) -> None:
        super().__init__()
        self._now = now
        self._page: Page = "source"
        self._service: str | None = None
        self._names: dict[str, str] = {}
        self._drafts: Drafts | None = None
        self._opened = 0
        self._cursors: dict[Page, int] = {}
        self._goto: int | None = None
        self._drawn: tuple[object, ...] = ()
        self._text = ""

    def compose(self) -> ComposeResult:
        """What there is to choose from, the text or its editor, what is said, and a deploy under way."""
        yield Static(id="code-head")
        yield SourceView(id="code-text")
        yield SourceEditor(id="code-editor")
        yield Static(id="code-said", markup=False)
        yield Pipeline(id="code-pipeline")

    @property
    def source_view(self) -> SourceView:
        """The rows in sight."""
        return self.query_one(SourceView)

    @property
    def editor(self) -> SourceEditor:
        """Where one writes."""
        return self.query_one(SourceEditor)

    @property
    def pipeline(self) -> Pipeline:
        """The deploy under way."""
        return self.query_one(Pipeline)

    # what is shown

    def version(self) -> Version | None:
        """The version that is shown; a draft is one too, called ``draft``."""
        return self._version(self.view) if self.view is not None else None

    def _services(self, view: View) -> dict[str, tuple[Version, ...]]:
        return offered(view.session)

    def _choice(self, view: View) -> tuple[Version, ...]:
        """The versions of the service that is chosen."""
        services = self._services(view)
        return services[self._service] if self._service in services else next(iter(services.values()))

    def drafts(self, view: View) -> Drafts:
        """What was written in this lesson."""
        if self._drafts is None:
            self._drafts = Drafts(view.session.drafts)
        return self._drafts

    def draft(self, view: View) -> Version | None:
        """The draft of the chosen service: a text that is none of its versions."""
        versions = self._choice(view)
        service = versions[0].service
        text = self.drafts(view).text(service)
        if text is None or any(one.source == text for one in versions):
            return None
        return Version(service, DRAFT_NAME, text)

    def _version(self, view: View) -> Version:
        """What is chosen; at first a draft that was kept, else what is deployed, or else the first that is listed."""
        versions, draft = self._choice(view), self.draft(view)
        service = versions[0].service
        deployed = view.session.lab.versions[service]
        name = self._names.get(service, DRAFT if draft is not None else DEPLOYED)
        if name == DRAFT and draft is not None:
            return draft
        name = deployed.name if name in {DRAFT, DEPLOYED} else name
        return next((one for one in versions if one.name == name), versions[0])

    def names(self, view: View) -> list[str]:
        """The names there are to choose from, the draft's last."""
        names = [one.name for one in self._choice(view)]
        return [*names, DRAFT] if self.draft(view) is not None else names

    def shows_draft(self, view: View) -> bool:
        """Whether the draft is shown."""
        draft = self.draft(view)
        return draft is not None and self._version(view) == draft

    # helpers

    def key(self, action: str) -> str:
        """Name the key of a command as it is now."""
        return next((one.key for one in commands_of(self) if one.action == action), "")

    def say(self, text: str) -> None:
        """Say something in the line below the source, until something else is done; empty: nothing."""
        said = self.query_one("#code-said", Static)
        said.update(text)
        said.display = bool(text)

    def go_to_page(self, page: Page) -> None:
        """Show another page; the cursor of this one is kept."""
        if self._page != page:
            self._cursors[self._page] = self.source_view.cursor
            self._page = page
        self.say("")
        self.repaint()
