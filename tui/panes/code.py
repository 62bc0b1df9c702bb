"""The code that runs: its source with marks and shares of the time, writing it, how versions differ, deploying."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Input, Static

from lessons.actions import ReadCode
from tui.charts.units import counted
from tui.commands import Command, bindings
from tui.panes.base import Perform, Pointed
from tui.panes.code_drafts import DRAFT, changed_lines
from tui.panes.code_head import chooser, shares_line, unmarked_words
from tui.panes.code_keys import CODE_KEYS, EVERYWHERE, ON_PAGE, WITH_CURSOR
from tui.panes.code_pages import Pages
from tui.panes.code_shares import newest_shares, without_times
from tui.panes.code_token import agent_line, offers_token
from tui.panes.code_view import NO_CURSOR

if TYPE_CHECKING:
    from textual.binding import BindingType
    from textual.events import Focus

    from simulator.deploying import Version
    from tui.panes.code_shares import Shares
    from tui.panes.code_view import SourceView
    from tui.view import View


class CodePane(Pages):
    """Source files as they are deployed, exactly the text that runs, and what the learner makes of them."""

    NAME = "code"
    TITLE = "Code"
    COMMANDS: ClassVar[tuple[Command, ...]] = CODE_KEYS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(COMMANDS)]
    DEFAULT_CSS = """
    CodePane {
        & > Static { height: auto; }
        & > #code-text, & > #code-editor { border-top: solid $foreground 30%; }
        & > #code-editor { display: none; }
        & > #code-said { display: none; max-height: 4; border-top: solid $foreground 30%; text-style: bold; }
    }
    """

    # what is shown

    def open_target(self, run: int | None, target: int | str | None) -> None:  # noqa: ARG002 - versions belong to no run
        """Show a version by its ref."""
        service, _, name = str(target).partition("@")
        if self.view is not None and service in self._services(self.view) and self._page != "edit":
            self._service, self._page = service, "source"
            self._names[service] = name
            self._chosen()

    def update_widgets(self, view: View) -> None:
        """Show the page that is chosen."""
        version = self._version(view)
        deployed = view.session.lab.versions[version.service]
        shares = newest_shares(view.runs, version, view.slow_s) or without_times(view.runs, version)
        editing = self._page == "edit"
        self.source_view.display, self.editor.display = not editing, editing
        headings, rows, key = self.page_rows(view, version, deployed, shares)
        self._head(view, version, deployed, shares, headings)
        if editing or key == self._drawn:
            return
        before, self._drawn = self._drawn, key
        same_page = before[:1] == key[:1]
        same_text = same_page and (
            before[:2] == key[:2] or version.source == self._text
        )  # a draft that was deployed
        self._text = version.source
        text, cursor = self.source_view, NO_CURSOR
        if self._page in WITH_CURSOR:
            kept = self.source_view.cursor if same_page else self._cursors.get(self._page, 0)
            cursor = self._goto if self._goto is not None else kept if same_text or not same_page else 0
        moved, self._goto = self._goto is not None, None
        if not same_text and not moved and cursor <= 0:
            text.scroll_to(0, 0, animate=False)
        text.show_rows(rows(), max(cursor, 0) if self._page in WITH_CURSOR else NO_CURSOR)

    def _head(
        self, view: View, version: Version, deployed: Version, shares: Shares | None, headings: Content | None
    ) -> None:
        services, width = self._services(view), self.size.width
        lines = []
        if len(services) > 1:
            lines.append(chooser("service", list(services), version.service, "", width))
        chosen = DRAFT if self.shows_draft(view) else version.name
        lines.append(chooser(version.service, self.names(view), chosen, deployed.name, width))
        if offers_token(view):
            waiting = self.tokens_waiting(view)
            key, draft = self.key("deploy"), self.shows_draft(view)
            lines.append(agent_line(view, version.service, waiting, key, draft=draft))
        if headings is not None:
            lines.append(headings)
        elif self._page == "source" and shares is not None:
            lines.append(shares_line(shares, width))
        self.query_one("#code-head", Static).update(Content("\n").join(lines))

    def on_resize(self) -> None:
        """Choose anew what fits."""
        self.catch_up()

    def looked_at(self, view: View) -> None:
        """Reading a version is something done: say so, once in each step for each version."""
        if self.shows_draft(view):
            return
        ref = self._version(view).ref
        key = (view.session.step.id, ref)
        if key not in self._read:
            self._read.add(key)
            self.post_message(Perform(ReadCode(version=ref)))

    def summary(self) -> str:
        """Say what is shown, what is deployed, whether there is a draft, and what is unmarked."""
        if self.view is None:
            return "There is no code to show yet."
        version, draft = self._version(self.view), self.draft(self.view)
        deployed = self.view.session.lab.versions[version.service]
        state = "which is deployed" if version == deployed else f"not deployed; {deployed.name} is"
        said = [f"{version.ref}, {counted(len(version.source.splitlines()), 'line')}, {state}."]
        names = ", ".join(one.name for one in self._choice(self.view))
        said.append(f"Versions of {version.service} here: {names}.")
        if draft is not None:
            came, went = changed_lines(deployed.source, draft.source)
            said.append(f"A draft is kept: +{came} -{went} lines against {deployed.name}.")
        if (shares := newest_shares(self.view.runs, version, self.view.slow_s)) is not None:
            words = unmarked_words(shares)
            said.append(f"In run {shares.run}, {words}.")
        return " ".join(said)

    # keys

    def can_do(self, action: str) -> bool:
        """Offer only what makes sense on this page: what there is to choose, to undo, to deploy, to go back to."""
        view = self.view
        if view is None or not self.is_mounted:
            return action not in {"back", "open"}
        if self._page == "edit" or self.pipeline.noting:
            return action == "back" and self._page != "edit"
        if action not in ON_PAGE[self._page] | EVERYWHERE:
            return False
        service = self._version(view).service
        drafts = self.drafts(view)
        progress = self.pipeline.progress
        match action:
            case "point":
                return self.pointing is not None and self._version(view).ref == self.pointing.version
            case "token":
                return offers_token(view)
            case "next_version":
                return len(self.names(view)) > 1
            case "next_service":
                return len(self._services(view)) > 1
            case "edit":  # while a run plays, the key goes to its end
                return not view.session.running
            case "undo":
                return drafts.can_undo(service)
            case "redo":
                return drafts.can_redo(service)
            case "discard":
                return self.draft(view) is not None
            case "rollback":
                return self._page == "history" or len(view.session.lab.history(service)) > 1
            case "calls" if self._page == "difference":
                return not self.hidden(view, self._version(view), view.session.lab.versions[service])
            case "back":
                return self._page != "source" or progress is not None
            case _:
                return True

    def ever(self, command: Command) -> bool:
        """Leave out what sets the token where that is not offered."""
        token = command.action != "token" or self.view is None or offers_token(self.view)
        return token and super().ever(command)

    def focus_target(self) -> None:
        """Take the focus, or give it to where one was typing."""
        if self._page == "edit":
            self.editor.focus()
        elif self.is_mounted and self.pipeline.noting:
            self.pipeline.query_one(Input).focus()
        else:
            self.focus()

    def on_focus(self, event: Focus) -> None:  # noqa: ARG002 - as KeyPane has it
        """While a note is asked for, the keys are for the note."""
        if self.pipeline.noting:
            self.focus_target()

    def scroller(self) -> SourceView:
        """The text."""
        return self.source_view

    def action_roll(self, lines: int) -> None:
        """Move the cursor by lines, or scroll where there is none."""
        if not self._move(self.source_view.cursor + lines):
            super().action_roll(lines)

    def action_leaf(self, pages: int) -> None:
        """Move the cursor by pages, or scroll where there is none."""
        if not self._move(self.source_view.cursor + pages * self.source_view.page):
            super().action_leaf(pages)

    def action_edge(self, end: int) -> None:
        """Go to the first line (-1) or the last (1)."""
        if not self._move(0 if end < 0 else len(self.source_view.rows) - 1):
            super().action_edge(end)

    def _move(self, row: int) -> bool:
        self.say("")
        if self._page not in WITH_CURSOR:
            return False
        self.source_view.move_to(row)
        return True

    def action_sideways(self, step: int) -> None:
        """Scroll sideways, by ten columns."""
        self.source_view.scroll_relative(x=10 * step, animate=False)

    def action_next_version(self) -> None:
        """Show the next version of the service, or the draft."""
        if self.view is not None:
            names = self.names(self.view)
            version = self._version(self.view)
            at = names.index(DRAFT if self.shows_draft(self.view) else version.name)
            self._names[version.service] = names[(at + 1) % len(names)]
            self._chosen()

    def action_next_service(self) -> None:
        """Show the next service."""
        if self.view is not None:
            services = list(self._services(self.view))
            self._service = services[(services.index(self._version(self.view).service) + 1) % len(services)]
            self._cursors.pop("history", None)
            if self._page == "deploy":
                self._page = "history"
            self._chosen()

    def action_difference(self) -> None:
        """Switch between the whole text and its difference from what is deployed."""
        self.go_to_page("source" if self._page == "difference" else "difference")

    def action_history(self) -> None:
        """Switch between the text and the deploys of its service."""
        if self._page not in {"history", "deploy"}:
            self._cursors.pop("history", None)
        self.go_to_page("source" if self._page == "history" else "history")

    def action_open(self) -> None:
        """Show what the deploy under the cursor changed."""
        self._opened = self.source_view.cursor + 1
        self.go_to_page("deploy")

    def action_calls(self) -> None:
        """Switch between the difference in text and in calls."""
        self.go_to_page("difference" if self._page == "calls" else "calls")
        self.find_calls()

    def action_back(self) -> None:
        """Give up a deploy, close what was said about it, or go back a page."""
        if not self.give_up():
            self.go_to_page({"deploy": "history", "calls": "difference"}.get(self._page, "source"))  # type: ignore[arg-type]

    def action_point(self) -> None:
        """Answer the question with the line under the cursor."""
        if self.pointing is None:
            return
        if self._page == "source" and self.can_do("point"):
            self.post_message(Pointed((), float(self.source_view.cursor + 1)))
        else:
            self.notify(
                f"The question is about the source of {self.pointing.version}: show that.",
                severity="warning",
                markup=False,
            )

    def way_to_point(self) -> str:
        """Say how to get back to the source that is asked about."""
        view, pointing = self.view, self.pointing
        if view is None or pointing is None or self.can_do("point"):
            return ""
        service, _, name = (pointing.version or "").partition("@")
        if self._page != "source" or self.pipeline.noting:
            return f"{self.key('back')} leads to the source"
        if self._version(view).service != service:
            return f"{self.key('next_service')} turns to {service}"
        return f"{self.key('next_version')} turns to {name}"

    def _chosen(self) -> None:
        self.say("")
        self.repaint()
        self.find_calls()
        self.look()
