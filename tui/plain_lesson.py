"""A lesson in plain text: each command, what it does to the session, and what is said to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lessons import actions as act
from lessons.budget import left_words
from lessons.hinting import next_hint
from simulator.errors import UsageError
from tui.plain_commands import LESSON, Arguments, find, offered, whole, words_of
from tui.plain_course import kept
from tui.plain_keys import refused, typed_for
from tui.plain_looking import PlainLooking
from tui.plain_proof import shown_commands
from tui.plain_question import (
    Asked,
    is_open,
    judged_lines,
    looks_like_an_answer,
    question_lines,
    read_answer,
    what_is_asked,
)
from tui.plain_step import Spoken, changes, in_commands, step_lines
from tui.plain_text import markdown, paragraph
from tui.screens.lesson_troubles import Troubles
from tui.widgets.lesson_text import panel_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lessons.outline import Entry
    from lessons.session import Session


ALWAYS: Final = frozenset({"step", "lessons", "mysteries", "help", "glossary", "quit"})
"""Commands that make sense at any time, and need not be named again and again."""


class PlainLesson(PlainLooking):
    """A lesson under way. `do` takes a line and gives what is said to it; `over` tells that it was left."""

    def __init__(self, entry: Entry, number: str, session: Session, folder: Path, width: int) -> None:
        super().__init__(session, width)
        self.entry = entry
        self.number = number
        self.over = False
        self.asked: Asked | None = None
        """The question that was said last, while an answer to it may be typed as it is."""
        self._folder = folder
        self._troubles = Troubles()
        self._gone: list[str] = []
        session.on_taken_back = lambda version, instead: self._gone.append(
            f"The lab has taken {version.ref} back: its handler never came back. {instead.ref} runs again."
        )
        self.places = frozenset({*session.lesson.panes, *session.lesson.controls})
        self.commands = offered(session.lesson.panes, session.lesson.controls)
        self._doing: dict[str, Callable[[Arguments], list[str]]] = {
            "enter": self._go_on,
            "answer": self._answer,
            "hint": self._hint,
            "step": lambda _: self.step(),
            "back": self._back,
            "run": self._load,
            "new": self._load,
            "report": self._report,
            "latencies": self._latencies,
            "plan": self._plan,
            "runs": self._runs,
            "mail": self._mail,
            "alert": self._mail,
            "invocations": self._invocations,
            "invocation": self._invocation,
            "request": self._request,
            "trace": self._trace,
            "map": self._map,
            "compare": self._compare,
            "code": self._code,
            "diff": self._code,
            "calls": self._code,
            "deploy": self._deploy,
            "versions": self._versions,
            "rollback": self._rollback,
            "mark": self._draft,
            "unmark": self._draft,
            "edit": self._draft,
            "discard": self._draft,
            "token": self._token,
            "sample": self._sample,
            "watch": self._watch,
            "unwatch": self._watch,
            "export": self._export,
        }

    # what one sees

    def begin(self) -> list[str]:
        """Say which lesson this is, and its step."""
        head = f"Lesson {self.number}: {self.session.lesson.title}"
        return [*paragraph(head, self.width), "", *self.step()]

    def step(self) -> list[str]:
        """Say the step one is at."""
        return step_lines(self.session, panel_text(self.session), self._spoken())

    def _spoken(self) -> Spoken:
        commands = in_commands(shown_commands(self.session, self.session.step))
        return Spoken(commands, self.places, self.session.step.pane, self.width)

    def now(self) -> tuple[str, ...]:
        """Name what makes sense now: in the lesson, in the lab, and what is left of the lesson's budget."""
        session = self.session
        asked, verdict = what_is_asked(session), session.verdict()
        runs, told = bool(session.runs), any(run.alerts for run in session.all_runs)
        lesson = {
            "enter": verdict.met,
            "answer": asked is not None and is_open(session, asked),
            "hint": not verdict.met and next_hint(session, verdict) is not None,
            "back": session.place > 0,
        }
        lab = {
            **dict.fromkeys(("report", "latencies", "runs", "map", "compare", "export"), runs),
            **dict.fromkeys(("invocations", "invocation", "request", "trace"), runs),
            **dict.fromkeys(("mail", "alert"), told),
            **dict.fromkeys(("unmark", "discard"), bool(session.drafts)),
            "rollback": any(one.number > 1 for one in session.deploys),
        }
        going = "enter ends the lesson" if session.at_end else "enter goes on"
        first = [going if name == "enter" else name for name, sensible in lesson.items() if sensible]
        others = [
            command.brief
            for command in self.commands
            if command.name not in {*lesson, *ALWAYS} and lab.get(command.name, True)
        ]
        left = left_words(session.lesson.budget, session.memory.done)
        return (
            f"Now: {', '.join([*first, 'step', 'help', 'quit'])}.",
            f"In the lab: {', '.join(others)}.",
            *([f"Budget: {left}{self._anew(left)}."] if left else []),
        )

    def _anew(self, left: str) -> str:
        """Say how a lesson is begun anew, where nothing can be run any more."""
        return f"; `lessons` and then `anew {self.number}` begins anew" if "no runs" in left else ""

    # what one does

    def do(self, line: str) -> list[str]:
        """Do what a line asks for, and give what is said to it. Raises RidelabError; then nothing has changed."""
        before, place = panel_text(self.session), self.session.place
        if self.asked is not None and looks_like_an_answer(line):
            said, judged = self._take(self.asked, line), True
        else:
            word, *words = line.split() or ["enter"]
            if looks_like_an_answer(word):
                typed = typed_for(word, self.places)
                pane = f"; the pane with that key is {typed}" if typed else ""
                raise UsageError(f"a number answers a question: type `answer`, and then the number{pane}")
            if key := refused(word, self.places, words_of(self.commands), self.session.step.pane):
                raise UsageError(key)
            command = find(word, self.commands, LESSON)
            if command.name not in {"answer", "hint", "step"}:
                self.asked = None
            arguments = Arguments.read(command, words)
            said, judged = self._doing[command.name](arguments), command.name == "answer" and bool(words)
        if self.over:
            return said
        if self.session.place != place:
            return [*said, *([""] if said else []), *self.step()]
        now = panel_text(self.session)
        changed = changes(before, now, self._spoken(), judged=judged)
        return [*said, *([""] if said and changed else []), *changed]

    def _go_on(self, arguments: Arguments) -> list[str]:
        arguments.at_most(0)
        session, last = self.session, self.session.at_end
        self.perform(act.GoOn())
        if not last:
            return []
        self.over = True
        return markdown(f"Lesson finished: {session.lesson.goal}", self.width)

    def _back(self, arguments: Arguments) -> list[str]:
        arguments.at_most(0)
        if not self.session.place:
            raise UsageError("this is the first step: `lessons` goes back to the list")
        self.perform(act.GoBack())
        return []

    def _hint(self, arguments: Arguments) -> list[str]:
        arguments.at_most(0)
        if not self.session.step.hints:
            raise UsageError("this step has no hints: read it once more, with `step`")
        if next_hint(self.session, self.session.verdict()) is None:
            raise UsageError("that was the last hint of this step; `step` says all of them again")
        self.perform(act.AskHint())
        return []

    def _answer(self, arguments: Arguments) -> list[str]:
        asked = what_is_asked(self.session)
        if asked is None:
            raise UsageError("there is nothing to answer in this step")
        if arguments.words:
            return self._take(asked, " ".join(arguments.words))
        self.asked = asked
        return question_lines(self.session, asked, self.width)

    def _take(self, asked: Asked, text: str) -> list[str]:
        given = read_answer(self.session, asked, text)
        judgement = self.perform(given)
        self.asked = asked if judgement is not None and judgement.right is not True else None
        return judged_lines(self.session, asked, given, judgement, self.width)

    # the load and its runs

    def _load(self, arguments: Arguments) -> list[str]:
        from tui.plain_mail import arrived_lines
        from tui.plain_runs import run_lines

        arguments.at_most(0)
        self.perform(act.RunLoad(new=arguments.command.name == "new"))
        self.session.finish()
        troubles = [
            line for said in self._troubles.new(self.session.lab.run) for line in paragraph(said, self.width)
        ]
        data = self.session.runs[-1]
        lines = run_lines(data, len(self.session.runs), self.width)
        mails = arrived_lines(data.alerts, self.width) if "alerts" in self.session.lesson.panes else []
        return [*troubles, *lines, *mails, *self._taken_back()]

    def _taken_back(self) -> list[str]:
        lines = [line for said in self._gone for line in paragraph(said, self.width)]
        self._gone.clear()
        return lines

    # versions

    def _deploy(self, arguments: Arguments) -> list[str]:
        from tui.plain_code import version_of
        from tui.plain_own import OWN, deploy_lines

        if arguments.words[:1] == (OWN,):
            return deploy_lines(self.session, arguments.words[1:], self.perform, self.width)
        word = arguments.one()
        if word.endswith(f"@{OWN}"):
            return deploy_lines(self.session, (word.removesuffix(f"@{OWN}"),), self.perform, self.width)
        version = version_of(self.session, word)
        if self.session.lab.versions[version.service] == version:
            raise UsageError(f"{version.ref} is deployed already")
        self.perform(act.Deploy(version=version.ref))
        return self._deployed(version.service)

    def _versions(self, arguments: Arguments) -> list[str]:
        from tui.plain_code import versions_lines
        from tui.plain_own import history_lines

        arguments.at_most(0)
        return [*history_lines(self.session, self.width), *versions_lines(self.session, self.width)]

    def _rollback(self, arguments: Arguments) -> list[str]:
        from tui.plain_code import service_of

        words = list(arguments.at_most(2))
        number = whole(words.pop(), "deploy") if words and words[-1].isdecimal() else None
        service = service_of(self.session, next(iter(words), None))
        self.perform(act.Rollback(service=service, to=number))
        return self._deployed(service)

    def _deployed(self, service: str) -> list[str]:
        ref = self.session.lab.versions[service].ref
        return paragraph(f"{ref} is deployed: it answers in the next run.", self.width)

    def _draft(self, arguments: Arguments) -> list[str]:
        from tui import plain_own

        session, words = self.session, arguments.words
        match arguments.command.name:
            case "mark":
                return plain_own.mark_lines(session, words, self.width)
            case "unmark":
                return plain_own.unmark_lines(session, words, self.width)
            case "edit":
                return plain_own.edit_lines(session, words, self.keep, self.width)
            case _:
                return plain_own.discard_lines(session, words, self.width)

    # what sets the lab

    def _token(self, arguments: Arguments) -> list[str]:
        from tui.plain_code import service_of

        *before, token = arguments.at_most(2) or [arguments.one()]
        service = service_of(self.session, next(iter(before), None))
        self.perform(act.SetToken(service=service, token=None if token.lower() == "none" else token))
        ref = self.session.lab.versions[service].ref
        said = "without a monitoring token" if token.lower() == "none" else "with this monitoring token"
        return paragraph(f"{ref} is deployed once more, {said}: it answers in the next run.", self.width)

    def _sample(self, arguments: Arguments) -> list[str]:
        from simulator.sampling import as_policy, describe_sampling

        policy = " ".join(arguments.words)
        if policy:
            self.perform(act.Sample(policy=policy))
        return paragraph(
            f"Traces kept: {describe_sampling(as_policy(self.session.lab.sampling))}.", self.width
        )

    def _watch(self, arguments: Arguments) -> list[str]:
        from tui.plain_mail import rule_lines
        from tui.plain_rules import score_lines

        text = " ".join(arguments.words)
        if arguments.command.name == "unwatch":
            self.perform(act.Unwatch(name=text or arguments.one()))
        elif text:
            self.perform(act.Watch(rule=text))
        rules = self.session.lab.rules
        said = rule_lines(rules, self.width)
        if arguments.command.name == "watch" and text:  # the others have been said before
            said = rule_lines(rules[-1:], self.width, head="This rule is on from now on:")
        return [*said, *score_lines(self.session, self.width)]

    # what one takes along

    def _export(self, arguments: Arguments) -> list[str]:
        from lessons.markdown import lesson_markdown
        from simulator.run_export import as_csv, as_json_with_requests

        form = next(iter(arguments.at_most(1)), "")
        if arguments.run is None and not form:
            if not (self.session.at_end and self.session.verdict().met):
                raise UsageError("this lesson is not finished: `export run 1 csv` exports a run")
            return [self.keep(self.entry.id, "md", lesson_markdown(self.session, self.number))]
        if form not in {"", "json", "csv"}:
            raise UsageError(f"no form `{form}`; there are json, csv")
        number, data = self._chosen(arguments)
        text = as_csv(data) if form == "csv" else as_json_with_requests(data)
        return [self.keep(f"{self.entry.id}-run-{number}", form or "json", text)]

    def keep(self, what: str, suffix: str, text: str) -> str:
        """Write a file among the exports, and say where. Raises NotKeptError."""
        return kept(self._folder, what, suffix, text)
