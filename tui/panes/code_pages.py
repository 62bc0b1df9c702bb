"""The pages of the Code pane: the source, differences in text and in calls, the deploys and what each changed."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from textual.content import Content
from textual.message import Message

from simulator import smoke
from tui.charts.units import counted
from tui.panes.code_calls import EDGE, calls_lines
from tui.panes.code_deploying import Deploying
from tui.panes.code_drafts import DRAFT
from tui.panes.code_rows import source_rows
from tui.panes.code_source import difference
from tui.panes.code_versions import deploys_of, history_rows
from tui.panes.code_view import Row

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.deploying import Version
    from simulator.settings import Scenario
    from simulator.smoke import Verdict
    from tui.panes.code_shares import Shares
    from tui.view import View

    Rows: TypeAlias = Callable[[], list[Row]]


class Pages(Deploying):
    """The part of the pane that fills its pages; calls are found out by running, in a thread."""

    class Compared(Message):
        """Two versions have been run for their calls."""

        def __init__(self, pair: tuple[Version, Version], verdicts: tuple[Verdict, Verdict]) -> None:
            super().__init__()
            self.pair = pair
            self.verdicts = verdicts

    def __init__(self, now: Callable[[], datetime] = datetime.now) -> None:
        super().__init__(now)
        self._read: set[tuple[str, str]] = set()
        self._calls: dict[tuple[Version, Version], tuple[Verdict, Verdict]] = {}
        self._calling: tuple[Version, Version] | None = None

    def page_rows(
        self, view: View, version: Version, deployed: Version, shares: Shares | None
    ) -> tuple[Content | None, Rows, tuple[object, ...]]:
        """Tell how the rows are made, their headings, and what they depend on: page, what is shown, the rest."""
        width, page = self.size.width, self._page
        if page in {"difference", "calls"} and (why := self.hidden(view, version, deployed)):
            return None, lambda: [_plain(why)], (page, version, deployed)
        match page:
            case "difference":
                what = f"against {deployed.name}, which is deployed"
                rows = partial(self._difference, deployed, version, what, width)
                return None, rows, (page, version, deployed, width)
            case "calls":
                verdicts = self._calls.get((deployed, version))
                rows = partial(_calls_rows, deployed, version, verdicts, width)
                return None, rows, (page, version, deployed, verdicts is None, width)
            case "history":
                deploys = deploys_of(view.session, version.service)
                active = view.session.versions.running(version.service).number
                headings, lines = history_rows(deploys, view.runs, active, width)
                self._cursors.setdefault("history", len(lines) - 1)
                return (
                    headings,
                    lambda: lines,
                    (page, version.service, len(lines), active, len(view.runs), width),
                )
            case "deploy":
                rows = partial(self._deploy_rows, view, version.service, width)
                return None, rows, (page, version.service, self._opened, width)
            case _:
                rows = partial(source_rows, version.source, shares)
                return None, rows, (page, _text_of(version, self.shows_draft(view)), version, shares)

    def hidden(self, view: View, version: Version, deployed: Version) -> str:
        """Say why nothing is compared with what is deployed; empty where it is."""
        if version.source == deployed.source:
            return f"{version.ref} is what is deployed: no difference."
        if deployed not in self._services(view)[version.service]:
            return f"{deployed.ref} is deployed, and this lesson does not show it."
        return ""

    def _difference(self, before: Version, after: Version, what: str, width: int) -> list[Row]:
        found = difference(before.source, after.source)
        said = f"{what}: {counted(found.added, 'line')} came (+), {found.removed:,} went (-)"
        if len(said) > width - EDGE:
            said = f"{what}: +{found.added:,} -{found.removed:,} lines"
        return [Row(Content(), Content.styled(said, "bold")), *found.rows]

    def _deploy_rows(self, view: View, service: str, width: int) -> list[Row]:
        """Show what a deploy of the history changed."""
        one = deploys_of(view.session, service)[self._opened - 1]
        if one.before is None:
            return [_plain(f"deploy {one.number}, {one.version.ref}: what the lesson started with.")]
        shown = self._services(view)[service]
        if one.before not in shown or one.version not in shown:
            return [_plain(f"deploy {one.number}: this lesson does not show {one.before.name}.")]
        if one.before.source == one.version.source:
            return [_plain(f"deploy {one.number}: {one.version.name} again, no difference.")]
        what = f"deploy {one.number}, {one.version.name} after {one.before.name}"
        rows = self._difference(one.before, one.version, what, width)
        return [rows[0], *([_plain(f"note: {one.note}")] if one.note else []), *rows[1:]]

    # calls, found out by running

    def find_calls(self) -> None:
        """Run what is deployed and what is shown, in a thread, unless that is known."""
        if self.view is None or self._page != "calls":
            return
        lab, version = self.view.session.lab, self._version(self.view)
        pair = (lab.versions[version.service], version)
        if pair in self._calls or pair == self._calling or self.hidden(self.view, version, pair[0]):
            return
        self._calling = pair
        work = partial(self._run_both, pair, lab.scenario, dict(lab.versions))
        self.run_worker(work, thread=True, group="calls", exclusive=True)

    def _run_both(
        self, pair: tuple[Version, Version], scenario: Scenario, beside: dict[str, Version]
    ) -> None:
        """Run in a thread."""
        before, after = (_run(one, scenario, beside) for one in pair)
        self.post_message(self.Compared(pair, (before, after)))

    def on_pages_compared(self, message: Compared) -> None:
        """Show the calls that were found."""
        message.stop()
        self._calls[message.pair] = message.verdicts
        if self._calling == message.pair:
            self._calling = None
        self.repaint()


def _run(version: Version, scenario: Scenario, beside: dict[str, Version]) -> Verdict:
    try:
        return smoke.check(version, scenario, beside)
    except OSError as error:
        return smoke.Verdict(version, passed=False, reason=f"it could not be run: {error}")


def _calls_rows(
    before: Version, after: Version, verdicts: tuple[Verdict, Verdict] | None, width: int
) -> list[Row]:
    if verdicts is None:
        return [_plain(f"{before.name} and {after.name} are run, a few invocations each ...")]
    return [Row(Content(), line) for line in calls_lines(*verdicts, width)]


def _plain(text: str) -> Row:
    return Row(Content(), Content(text))


def _text_of(version: Version, is_draft: bool) -> tuple[str, str]:
    """Name what is shown: a draft stays the same one while it changes."""
    return (version.service, DRAFT if is_draft else version.name)
