"""A session: one learner in one lesson. It performs actions on the lab, judges steps, and keeps what happened.

Time is not an action: who plays the lab (a player, a proof, plain text) lets it pass and then calls `settle`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from lessons import actions as act
from lessons.checks import MET, Verdict, judge_check
from lessons.expressions import parse
from lessons.names import FUNCTIONS, value_of
from lessons.picking import pick
from lessons.quiz import Judgement, judge
from simulator.errors import UsageError
from simulator.lab import Lab
from simulator.load import load_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from lessons.actions import Action
    from lessons.model import Lesson, Question, Step
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
    hints: dict[str, int] = field(default_factory=dict)
    compared: tuple[int, int] | None = None

    def take(self, answer: act.Answer) -> None:
        """Take in an answer that was judged. A right one stays right, whatever is answered later."""
        self.answers[answer.question] = answer
        self.tries[answer.question] = self.tries.get(answer.question, 0) + 1
        if answer.right:
            self.right.add(answer.question)


class Session:
    """A learner in a lesson. Screens, plain text, proofs and tests all drive it by `perform`."""

    def __init__(self, scenario: Scenario, lesson: Lesson, seed: int) -> None:
        self.lesson = lesson
        self.lab = Lab(scenario, seed)
        self.memory = Memory()
        self.runs: list[RunData] = []
        self.place = 0
        self.on_kept: Callable[[str, Action], None] | None = None
        """Called with (step, action) after each action that was performed."""
        self.on_run: Callable[[RunData], None] | None = None
        """Called with each run that has settled."""
        self._settled = 0
        self._prepare()

    def _prepare(self) -> None:
        """Bring the lab into the state the lesson starts from."""
        start, lab = self.lesson.start, self.lab
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
        step = self.step
        action = self._resolved(action)
        judgement = self._do(action)
        if isinstance(action, act.Answer) and judgement is not None:
            action = msgspec.structs.replace(action, right=bool(judgement.right))
            self.memory.take(action)
        self.memory.done.append((step.id, action))
        if self.on_kept is not None:
            self.on_kept(step.id, action)
        return judgement

    def _do(self, action: Action) -> Judgement | None:
        lab, memory = self.lab, self.memory
        match action:
            case act.RunLoad():
                self._load(action)
            case act.Deploy():
                lab.deploy(action.version)
            case act.Rollback():
                lab.rollback(action.service)
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
                memory.hints[self.step.id] = min(memory.hints.get(self.step.id, 0) + 1, len(self.step.hints))
            case act.GoOn():
                self._go_on()
            case act.GoBack():
                self.place = max(0, self.place - 1)
            case _:
                pass
        return None

    def _go_on(self) -> None:
        verdict = self.verdict()
        if not verdict.met:
            raise UsageError(str(verdict))
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
        self.lab.load(load_plan(action.plan or self.step.plan or self.lesson.start.plan))

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
        if isinstance(action, act.Answer) and action.exact:
            value = parse(self.question(action.question).value or "0").evaluate(self.scope(), FUNCTIONS)
            return act.Answer(
                question=action.question, number=float(value) if isinstance(value, int | float) else None
            )
        if isinstance(action, act.RunLoad) and action.plan is None:
            return act.RunLoad(new=action.new, plan=self.step.plan or self.lesson.start.plan)
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
            except UsageError:
                continue
            self.memory.done.append((step, action))
        self.on_kept, self.on_run = hooks
        return self.lab.runs_made - len(runs)


def _counted(number: int, total: int) -> int:
    return number if number > 0 else total + 1 + number
