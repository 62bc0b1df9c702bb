"""Looking at a lesson's runs in plain text: each command, the action it is, and the page that is said to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lessons import actions as act
from lessons.picking import pick
from simulator.errors import UsageError
from tui.panes.mails import mails
from tui.panes.offering import offered
from tui.plain_commands import Arguments, whole
from tui.view import View

if TYPE_CHECKING:
    from lessons.actions import Action, Number, Pick
    from lessons.quiz import Judgement
    from lessons.session import Session
    from simulator.run_data import RunData
    from simulator.system.recorder import Details

PICKS: Final[dict[str, Pick]] = {
    "slowest": "slowest",
    "fastest": "fastest",
    "failed": "failed",
    "coldest": "coldest",
}
"""Words that may stand for the number of an invocation or a request."""


class PlainLooking:
    """A session, and what one can look at in it. What is not there raises UsageError; then nothing has changed."""

    def __init__(self, session: Session, width: int) -> None:
        self.session = session
        self.width = width
        self._details: tuple[int, Details] | None = None

    @property
    def view(self) -> View:
        """The lesson's runs as they stand."""
        return View(self.session, tuple(self.session.runs), self.session.live)

    def perform(self, action: Action) -> Judgement | None:
        """Perform an action."""
        return self.session.perform(action)

    def _chosen(self, arguments: Arguments) -> tuple[int, RunData]:
        """Give the run that is meant, with its number: the last one, or `run N`. Raises UsageError."""
        number = arguments.run if arguments.run is not None else len(self.session.runs)
        return number, self.session.run(number)

    def _report(self, arguments: Arguments) -> list[str]:
        from tui.plain_runs import report_lines

        arguments.at_most(0)
        return report_lines(self._chosen(arguments)[1])

    def _latencies(self, arguments: Arguments) -> list[str]:
        from tui.plain_runs import latencies_lines, without_lines

        number, data = self._chosen(arguments)
        if arguments.words == ("without",):
            return without_lines(data, number, self.width)
        ranks = [whole(word, "rank") for word in arguments.at_most(2)]
        part = (ranks[0], ranks[-1]) if ranks else None
        return latencies_lines(data, number, part, self.width)

    def _plan(self, arguments: Arguments) -> list[str]:
        from tui.plain_runs import plan_lines

        arguments.at_most(0)
        return plan_lines(self.session, self.width)

    def _runs(self, arguments: Arguments) -> list[str]:
        from tui.plain_runs import runs_lines

        arguments.at_most(0)
        return runs_lines(self.session.runs, self.width)

    # what was reported

    def _mail(self, arguments: Arguments) -> list[str]:
        from tui import plain_mail

        word = next(iter(arguments.at_most(1)), None)
        opening = arguments.command.name
        if opening == "mail" and word is None and len(mails(self.view)) != 1:
            return plain_mail.list_lines(self.view, self.width)
        mail = plain_mail.chosen(self.view, word)
        if opening == "mail":
            self.perform(act.OpenMail(rule=mail.alert.rule.name))
            return plain_mail.mail_lines(mail, self.width)
        self.perform(act.OpenAlert(rule=mail.alert.rule.name))
        return plain_mail.event_lines(mail, self.width)

    def _invocations(self, arguments: Arguments) -> list[str]:
        from tui.plain_invocations import Listed, list_lines

        number, data = self._chosen(arguments)
        page = arguments.page if arguments.page is not None else 1
        listed = Listed(data, number, arguments.words, page, arguments.run is not None)
        return list_lines(listed, self.view.slow_s, self.width)

    def _number(self, data: RunData, word: str, *, requests: bool = False) -> int:
        """Read the number of an invocation or a request, or a word that stands for one. Raises UsageError."""
        meant: Number | None = PICKS.get(word.lower())
        if meant == "coldest" and requests:
            raise UsageError(
                "`coldest` is said of invocations; of requests there are slowest, fastest, failed"
            )
        if meant is None:
            meant = whole(word, "request" if requests else "invocation")
        return pick(data, meant, requests=requests)

    def _invocation(self, arguments: Arguments) -> list[str]:
        from tui.plain_invocations import must_be_watched, page_lines

        run, data = self._chosen(arguments)
        number = self._number(data, arguments.one())
        must_be_watched(data, run, number)
        self.perform(act.OpenInvocation(number=number, run=run))
        detail = self._read(run, data).invocations.get(number)
        return page_lines(data, run, number, detail, self.width)

    def _request(self, arguments: Arguments) -> list[str]:
        from tui.plain_invocations import exchange_lines

        run, data = self._chosen(arguments)
        number = self._number(data, arguments.one(), requests=True)
        self.perform(act.OpenRequest(number=number, run=run))
        inside = "invocations" in self.session.lesson.panes
        return exchange_lines(data, run, number, self._read(run, data), self.width, inside=inside)

    def _trace(self, arguments: Arguments) -> list[str]:
        from tui.plain_invocations import must_be_watched
        from tui.plain_trace import trace_lines

        run, data = self._chosen(arguments)
        words = [word for word in arguments.words if word.lower() != "whole"]
        number = self._number(data, Arguments(arguments.command, tuple(words)).one())
        must_be_watched(data, run, number)
        self.perform(act.OpenTrace(number=number, run=run))
        return trace_lines(data, run, number, whole=len(words) < len(arguments.words), width=self.width)

    def _read(self, run: int, data: RunData) -> Details:
        """Make bodies, logs and tracebacks of a run again; those of the last one asked for are kept."""
        if self._details is None or self._details[0] != run:
            self._details = run, self.session.lab.details(data)
        return self._details[1]

    def _map(self, arguments: Arguments) -> list[str]:
        from tui.plain_trace import map_lines

        arguments.at_most(0)
        run, data = self._chosen(arguments)
        return map_lines(data, run, self.width)

    def _compare(self, arguments: Arguments) -> list[str]:
        from tui import plain_compare

        words, panes = arguments.at_most(2), self.session.lesson.panes
        if len(words) == 2:
            if "runs" not in panes:
                raise UsageError("two runs are compared in a later lesson; `compare` compares slow with fast")
            before, after = (whole(word, "run") for word in words)
            pair = self.session.run(before), self.session.run(after)
            if before == after:
                raise UsageError(f"that is run {before} twice: name two runs, the earlier one first")
            self.perform(act.CompareRuns(before=before, after=after))
            return plain_compare.pair_lines(*pair, (before, after), self.width)
        if "compare" not in panes:
            raise UsageError("say which two runs: `compare 1 2`")
        run, data = self._chosen(arguments)
        service = plain_compare.service_of(data, next(iter(words), None))
        self.perform(act.CompareGroups(run=run))
        return plain_compare.groups_lines(
            data, run, service, self.view.slow_s, lambda: self._read(run, data), width=self.width
        )

    def _code(self, arguments: Arguments) -> list[str]:
        from tui.plain_code import calls_lines, code_lines, difference_lines, version_of

        name = arguments.command.name
        word = next(iter(arguments.at_most(1)), None) if name == "code" else arguments.one()
        version = version_of(self.session, word)
        write = {"code": code_lines, "diff": difference_lines, "calls": calls_lines}[name]
        lines = write(self.session, version, self.width)
        if any(version == one for versions in offered(self.session).values() for one in versions):
            self.perform(act.ReadCode(version=version.ref))  # a draft has no version's name yet
        return lines
