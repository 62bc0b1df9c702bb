"""A session: one learner in one lesson. It performs actions on the lab, judges steps, and keeps what happened.

Time is not an action: who plays the lab (a player, a proof, plain text) lets it pass and then calls `settle`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from lessons import actions as act
from lessons.answers import exact_answer, with_line
from lessons.budget import spend
from lessons.checks import MET, Verdict, judge_check
from lessons.controls import control
from lessons.hinting import next_hint
from lessons.names import FUNCTIONS, value_of
from lessons.picking import pick
from lessons.quiz import Judgement, judge
from lessons.recording import Recordings
from lessons.variants import begin
from lessons.versions import Versions
from simulator.deploying import Version
from simulator.errors import BuildError, UsageError
from simulator.lab import Lab
from simulator.load import load_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from lessons.actions import Action
    from lessons.delivered import Delivered
    from lessons.expressions import Unknown
    from lessons.model import Lesson, Question, Step
    from lessons.versions import Deployed
    from simulator.remote import Host
    from simulator.run_data import RunData
    from simulator.settings import Scenario


@dataclass
class Memory:
    """What actions left behind in a lesson: all that a check may read, besides the runs."""

    done: list[tuple[str, Action]] = field(default_factory=list)  # (step, action) in order
    answers: dict[str, act.Answer] = field(default_factory=dict)
    tries: dict[str, int] = field(default_factory=dict)
    right: set[str] = field(default_factory=set)
    predictions: dict[str, act.Predict] = field(default_factory=dict)
    hints: dict[str, list[int | None]] = field(default_factory=dict)
    compared: tuple[int, int] | None = None

    def take(self, answer: act.Answer) -> None:
        """Take in an answer that was judged. A right one stays right, whatever is answered later."""
        self.answers[answer.question] = answer
        self.tries[answer.question] = self.tries.get(answer.question, 0) + 1
        if answer.right:
            self.right.add(answer.question)


class Session:
    """A learner in a lesson. Screens, plain text, proofs and tests all drive it by `perform`."""

    def __init__(
        self,
        scenario: Scenario,
        lesson: Lesson,
        seed: int,
        host: Host | None = None,
        incident: str | None = None,
    ) -> None:
        self.lesson = lesson
        self.seed = seed
        self.start, system, self.incident = begin(lesson.start, scenario, seed, incident)
        self.lab = Lab(system, seed, host)
        self.recordings = Recordings(scenario, lesson.recorded, seed)
        self.memory = Memory()
        self.runs: list[RunData] = []
        self.place = 0
        self.delivered: dict[int, Delivered | Unknown] = {}
        """What became of the discounts of runs that were asked for it, by their numbers."""
        self.drafts: dict[str, str] = {}
        """What the learner writes and has not deployed: service -> source."""
        self.on_kept: Callable[[str, Action], None] | None = None
        """Called with (step, action) after each action that was performed."""
        self.on_run: Callable[[RunData], None] | None = None
        """Called with each run that has settled."""
        self.on_draft: Callable[[str, str | None], None] | None = None
        """Called with (service, source) when a draft was changed; None: there is none any more."""
        self.on_taken_back: Callable[[Version, Version], None] | None = None
        """Called with (version, the one that runs now) when the lab has taken a version back."""
        self._settled = 0
        self._prepare()
        self.versions = Versions(self.lab)
        self.lab.on_rollback = self._taken_back

    def _prepare(self) -> None:
        """Bring the lab into the state the lesson starts from."""
        start, lab = self.start, self.lab
        for ref in start.deploy:
            lab.deploy(ref)
        lab.warm(start.warm)
        if start.monitoring is not None:
            lab.tokens = dict.fromkeys(start.monitoring, lab.scenario.monitoring.token)

    # where one is

    @property
    def step(self) -> Step:
        """The step one is at."""
        return self.lesson.steps[self.place]

    @property
    def at_end(self) -> bool:
        """Whether this is the last step."""
        return self.place == len(self.lesson.steps) - 1

    @property
    def may_go_on(self) -> bool:
        """Whether the step is met, or was left as met before: later runs take nothing away that was done."""
        passed = (step for step, action in self.memory.done if isinstance(action, act.GoOn))
        return self.step.id in passed or self.verdict().met

    def verdict(self, step: Step | None = None) -> Verdict:
        """Judge a step: its prediction, then its check, then its question."""
        step = step or self.step
        if step.predict is not None and step.predict.id not in self.memory.predictions:
            return Verdict("not yet", "you have not said what you expect")
        checked = judge_check(step.check, self.scope(step), FUNCTIONS) if step.check else MET
        if not checked.met:
            return checked
        if step.question is not None and step.question.id not in self.memory.right:
            tried = self.memory.tries.get(step.question.id, 0)
            return Verdict("not yet", "the question is open" if not tried else "the question is still open")
        return MET

    def scope(self, step: Step | None = None) -> Callable[[str], object]:
        """Give the published names as they stand, for expressions of a step."""
        at = step or self.step
        return lambda name: value_of(self, at, name)

    # what one does

    def perform(self, action: Action) -> Judgement | None:
        """Perform an action, keep it, and give the judgement of an answer.

        Raises UsageError, BuildError, DocumentError; then nothing has changed.
        """
        step = self.step.id
        action = self._resolved(action)
        spend(self.lesson.budget, action, self.memory.done)
        judgement = self._do(action)
        if isinstance(action, act.Answer) and judgement is not None:
            action = msgspec.structs.replace(action, right=bool(judgement.right))
            self.memory.take(action)
        self._keep(action, step)
        if isinstance(action, act.DeployOwn) and self.drafts.get(action.service) == action.source:
            # Once the deploy is kept: the text must not be lost between.
            self.keep_draft(action.service, None)
        return judgement

    def _keep(self, action: Action, step: str | None = None) -> None:
        step = step or self.step.id
        self.memory.done.append((step, action))
        if self.on_kept is not None:
            self.on_kept(step, action)

    def _do(self, action: Action) -> Judgement | None:
        memory = self.memory
        match action:
            case act.RunLoad():
                self._load(action)
            case act.Deploy() | act.SetToken() | act.Sample() | act.Watch() | act.Unwatch():
                control(self, action)
            case act.DeployOwn():
                self._deploy_own(action)
            case act.Rollback():
                self._roll_back(action)
            case act.OpenMail() | act.OpenAlert():
                if not any(alert.rule.name == action.rule for run in self.all_runs for alert in run.alerts):
                    raise UsageError(f"no alert of `{action.rule}` has arrived in this lesson")
            case act.CompareGroups():
                self.run(action.run)
            case act.CompareRuns():
                self.run(action.before)
                self.run(action.after)
                memory.compared = (action.before, action.after)
            case act.Predict():
                memory.predictions[action.question] = action
            case act.Answer():
                question = self.question(action.question)
                return judge(question, action.choices, action.number, self.scope(), FUNCTIONS)
            case act.AskHint():
                shown = memory.hints.setdefault(self.step.id, [])
                if action.clause is not None or shown.count(None) < len(self.step.hints):
                    shown.append(action.clause)
            case act.GoOn():
                self._go_on()
            case act.GoBack():
                self.place = max(0, self.place - 1)
            case _:
                pass
        return None

    def _go_on(self) -> None:
        if not self.may_go_on:
            raise UsageError(str(self.verdict()))
        if not self.at_end:
            self.place += 1

    def question(self, name: str) -> Question:
        """Find a question or a prediction of this lesson. Raises UsageError."""
        for step in self.lesson.steps:
            for question in (step.question, step.predict):
                if question is not None and question.id == name:
                    return question
        raise UsageError(f"no question `{name}` in this lesson")

    def _load(self, action: act.RunLoad) -> None:
        if self.running:
            raise UsageError("a run is under way: let it end first (`e` goes to the end)")
        if action.new:
            self.lab.seed += 1
        self.lab.load(load_plan(action.plan or self.step.plan or self.start.plan))
        self.versions.began(self.lab.runs_made)

    # versions

    @property
    def deploys(self) -> list[Deployed]:
        """All deploys of this lesson in their order, of all services; those it started with first."""
        return self.versions.deploys

    def version(self, ref: str) -> Version:
        """Find a version by its ref: one that was deployed in this lesson, or a built-in one. Raises UsageError."""
        return self.versions.version(ref)

    def deploy_of(self, run: int | None = None, service: str | None = None) -> Deployed:
        """Give the deploy that a settled run ended with; runs as for `run`, the service behind the gateway or another.

        Raises UsageError.
        """
        return self.versions.of_run(self.run(run), service)

    def keep_draft(self, service: str, text: str | None) -> None:
        """Keep what the learner has written so far; None: it is gone."""
        if self.drafts.get(service) == text:
            return
        if text is None:
            del self.drafts[service]
        else:
            self.drafts[service] = text
        if self.on_draft is not None:
            self.on_draft(service, text)

    def _deploy_own(self, action: act.DeployOwn) -> None:
        version = self.lab.deploy(Version(action.service, action.name, action.source))
        self.versions.activated(version, action.note, action.at)

    def _roll_back(self, action: act.Rollback) -> None:
        if action.forced:
            self.lab.rollback(action.service)
            self.versions.undone(action.service, taken_back=True)
        else:
            self.versions.roll_back(action.service, action.to)

    def _taken_back(self, version: Version, instead: Version) -> None:
        """The lab has taken a version back: keep that as what it is, and tell."""
        self.versions.undone(version.service, taken_back=True)
        self._keep(act.Rollback(service=version.service, forced=True))
        if self.on_taken_back is not None:
            self.on_taken_back(version, instead)

    # runs

    @property
    def running(self) -> bool:
        """Whether a run is under way."""
        return self.lab.run is not None and not self.lab.run.settled

    @property
    def live(self) -> RunData | None:
        """The run under way as it stands, or None."""
        return self.lab.snapshot() if self.running else None

    @property
    def all_runs(self) -> list[RunData]:
        """The settled runs, and the one under way."""
        live = self.live
        return [*self.runs, live] if live is not None else self.runs

    def settle(self) -> RunData | None:
        """Take in the run that has settled, if there is one that was not taken in."""
        run = self.lab.run
        if run is None or not run.settled or run.number == self._settled:
            return None
        self._settled = run.number
        data = run.data()
        self.runs.append(data)
        if self.on_run is not None:
            self.on_run(data)
        return data

    def finish(self) -> None:
        """Let time pass to the end of the run under way, and take it in."""
        if self.lab.run is not None:
            self.lab.finish(self.lab.run)
            self.settle()

    def run(self, number: int | None = None) -> RunData:
        """Give a settled run, counted from 1, or from the last with -1; None: the last. Raises UsageError."""
        at = len(self.runs) - 1 if number is None else number - 1 if number > 0 else len(self.runs) + number
        if not 0 <= at < len(self.runs) or number == 0:
            raise UsageError(
                "no run has ended yet"
                if not self.runs
                else f"there is no run {number}: there are {len(self.runs)}"
            )
        return self.runs[at]

    def _resolved(self, action: Action) -> Action:
        """Turn a proof's words for runs and invocations into their numbers."""
        if isinstance(action, act.OpenInvocation | act.OpenTrace | act.OpenRequest):
            at = action.run if action.run is not None else len(self.runs)
            data = self.live if at == len(self.runs) + 1 else self.run(at)
            assert data is not None
            number = pick(data, action.number, requests=isinstance(action, act.OpenRequest))
            return type(action)(number=number, run=at if at > 0 else len(self.runs) + 1 + at)
        if isinstance(action, act.CompareRuns):
            total = len(self.runs)
            return act.CompareRuns(before=_counted(action.before, total), after=_counted(action.after, total))
        if isinstance(action, act.Answer):
            question = self.question(action.question)
            exact = exact_answer(question, self.scope(), FUNCTIONS) if action.exact else action
            return with_line(question, exact) if question.kind == "line" else exact
        if isinstance(action, act.DeployOwn):
            return self.versions.resolved(action)
        if isinstance(action, act.AskHint):
            return next_hint(self, self.verdict()) or action
        if isinstance(action, act.RunLoad) and action.plan is None:
            return act.RunLoad(new=action.new, plan=self.step.plan or self.start.plan)
        return action

    # again, from what was kept

    def replay(self, kept: list[tuple[str, Action]], runs: list[RunData]) -> int:
        """Bring a new session to where kept actions left it, with its stored runs; gives how many loads have no run.

        Loads are not run again: their runs were stored when they settled.
        """
        steps = {step.id: i for i, step in enumerate(self.lesson.steps)}
        stored = {data.number for data in runs}
        hooks = self.on_kept, self.on_run
        self.on_kept = self.on_run = None
        self.runs = list(runs)
        for step, action in kept:
            if step not in steps:
                continue  # a lesson that has changed since
            self.place = steps[step]
            try:
                if isinstance(action, act.RunLoad):
                    self.lab.runs_made += 1
                    self.versions.began(self.lab.runs_made)
                    self.lab.seed += action.new
                    if self.lab.runs_made not in stored:
                        continue
                elif isinstance(action, act.OpenInvocation | act.OpenTrace | act.OpenRequest):
                    ended = sum(number <= self.lab.runs_made for number in stored)
                    if (action.run or 0) > ended:
                        continue  # it was opened in a run that was lost under way
                elif isinstance(action, act.Answer):
                    self.question(action.question)
                    self.memory.take(action)
                elif isinstance(action, act.GoOn):
                    self.place = min(self.place + 1, len(self.lesson.steps) - 1)
                else:
                    self._do(action)
            except (UsageError, BuildError):
                continue  # a version that this ridelab cannot build, say
            self.memory.done.append((step, action))
        self.on_kept, self.on_run = hooks
        return self.lab.runs_made - len(runs)


def _counted(number: int, total: int) -> int:
    return number if number > 0 else total + 1 + number
