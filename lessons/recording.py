"""Runs recorded before a lesson, of a sick system and of a healthy one, and how alert rules do on them."""

from __future__ import annotations

import re
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

from lessons.expressions import Unknown
from lessons.rules import added
from lessons.variants import begin
from simulator.lab import Lab
from simulator.load import load_plan
from simulator.scoring import Score, score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lessons.model import Recorded, Start, Step
    from lessons.session import Session
    from simulator.run_data import RunData
    from simulator.settings import AlertRule, Scenario

_SCORES: Final = re.compile(r"\b(?:rules?|given|best|errors)\.[a-z]")
NO_RUNS: Final = Unknown("this lesson has no recorded runs")
NO_RULE: Final = Unknown("no rule of your own is on")
NO_ERRORS: Final = Unknown("no rule of your own asks for errors")


class Runs(NamedTuple):
    """The recorded runs: one a day of each system, with the same requests on the same day."""

    sick: tuple[RunData, ...]
    healthy: tuple[RunData, ...]


class Recordings:
    """The recorded runs of a session. They are played when they are first asked for, in 0.02 s each, and kept."""

    def __init__(self, scenario: Scenario, recorded: Recorded | None, seed: int) -> None:
        self.scenario = scenario
        self.recorded = recorded
        self.seed = seed
        self._scores: dict[AlertRule, Score] = {}
        self._runs: Runs | None = Runs((), ()) if recorded is None else None
        self._playing = Lock()

    @property
    def played(self) -> bool:
        """Whether they were played, or there are none."""
        return self._runs is not None

    @property
    def runs(self) -> Runs:
        """Play them, or give those that were played; none where the lesson has none. It may be done in a thread."""
        with self._playing:  # who comes while another plays them waits for those
            if self._runs is None:
                assert self.recorded is not None
                self._runs = Runs(self._played(self.recorded.sick), self._played(self.recorded.healthy))
            return self._runs

    def play(self) -> None:
        """Play them ahead, in a thread."""
        _ = self.runs

    def _played(self, start: Start) -> tuple[RunData, ...]:
        assert self.recorded is not None
        plan = load_plan(start.plan)
        found = []
        for day in range(self.recorded.days):
            seed = 10_000 + 100 * self.seed + day  # days that the learner never plays
            began = begin(start, self.scenario, seed)
            lab = Lab(began.scenario, seed)
            for ref in start.deploy:
                lab.deploy(ref)
            lab.warm(start.warm)
            if start.monitoring is not None:
                lab.tokens = dict.fromkeys(start.monitoring, began.scenario.monitoring.token)
            found.append(lab.finish(lab.load(plan)).data())
        return tuple(found)

    def score(self, rule: AlertRule) -> Score:
        """Count on how many recorded runs of each kind a rule would have fired."""
        if rule not in self._scores:
            self._scores[rule] = score(rule, *self.runs)
        return self._scores[rule]


def scores(session: Session) -> tuple[Score, ...]:
    """Score the rules that the learner added and that are on, in the order of adding."""
    given = session.lab.scenario.monitoring.rules
    return tuple(session.recordings.score(rule) for rule in added(session.lab.rules, given).own)


def withheld(session: Session) -> str:
    """Say why the scores are not told yet, or give an empty text: they would answer what the lesson asks to predict."""
    if session.recordings.recorded is None:
        return ""
    steps = session.lesson.steps
    first = _first(steps)
    if session.place < first:
        return "later in this lesson"
    asked = session.step.predict
    open_ = asked is not None and asked.id not in session.memory.predictions
    return "once you have said what you expect" if open_ and _speaks_of_scores(session.step) else ""


def wanted_soon(session: Session) -> bool:
    """Tell whether the next step speaks of scores for which the recorded runs are still to be played."""
    return not session.recordings.played and session.place + 1 >= _first(session.lesson.steps)


def _first(steps: Sequence[Step]) -> int:
    return next((i for i, step in enumerate(steps) if _speaks_of_scores(step)), 0)


def _speaks_of_scores(step: Step) -> bool:
    texts = [step.text, step.afterwards, *(clause.that for clause in step.check)]
    texts += [asked.ask for asked in (step.predict, step.question) if asked is not None]
    return any(_SCORES.search(text) for text in texts)


RULES: Final = {
    "rules.n": "how many alert rules of the learner's own are on",
    "rules.days": "how many recorded runs there are of each system, sick and healthy",
    "rules.errors": "how many of the learner's own ask for errors",
    "errors.name": "of those, the one added last: its name",
    "errors.sick": "on how many recorded runs of the sick system it would have fired",
    "errors.healthy": "on how many of the healthy one",
    "rule.name": "the name of the rule the learner added last",
    "rule.measure": "what it counts: duration, errors or p95",
    "rule.sick": "on how many recorded runs of the sick system it would have fired",
    "rule.healthy": "on how many of the healthy one: false alarms",
    "rule.gain": "its share of the sick runs less its share of the healthy ones: 1 is perfect",
    "best.name": "the rule of the learner's own with the greatest gain: its name",
    "best.measure": "what it counts",
    "best.sick": "on how many recorded runs of the sick system it would have fired",
    "best.healthy": "on how many of the healthy one",
    "best.gain": "its gain",
    "given.sick": "the scenario's first rule: on how many recorded runs of the sick system it would have fired",
    "given.healthy": "on how many of the healthy one",
}


def rule_value(session: Session, name: str) -> object:
    """Give the value of one of `RULES`."""
    group, _, rest = name.partition(".")
    given = session.lab.scenario.monitoring.rules
    own = added(session.lab.rules, given).own
    asking = [rule for rule in own if rule.measure == "errors"]
    if name == "rules.n":
        return len(own)
    if name == "rules.errors":
        return len(asking)
    if session.recordings.recorded is None:
        return NO_RUNS
    if name == "rules.days":
        return session.recordings.recorded.days
    if group == "given":
        one = session.recordings.score(given[0]) if given else None
    elif group == "best":
        one = max(scores(session), key=lambda score: score.gain, default=None)
    elif group == "errors":
        one = session.recordings.score(asking[-1]) if asking else None
    else:
        one = session.recordings.score(own[-1]) if own else None
    if one is None:
        return NO_ERRORS if group == "errors" else NO_RULE
    found: object = getattr(one.rule if rest in {"name", "measure"} else one, rest)
    return found
