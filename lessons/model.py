"""A lesson as data: what stands in `lesson.yaml`, typed. `loader.py` reads and checks it; courses: `outline.py`."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from lessons.actions import AnyAction
from lessons.outline import Name, Part, StepId
from simulator.faults import AnyFault
from simulator.load import DEFAULT_PLAN

Pane = Literal["load", "alerts", "invocations", "runs", "trace", "code", "compare", "map"]
Control = Literal["token", "sampling", "rules"]
CONTROL_PANES: Final[dict[str, Pane]] = {"token": "code", "sampling": "trace", "rules": "alerts"}
"""The pane in which each control is set."""


class Choice(Part, frozen=True, kw_only=True):
    """One choice of a question. `because` says what would have been seen if it were true.

    `right` may be an expression, such as ``incident.id == 'throttling'``. The id of a choice in a question about a span
    is the span's name; in one about a line, `at` is a text that stands in that line alone, or the whole line.
    """

    id: Annotated[str, msgspec.Meta(pattern=r"^\S(.*\S)?$", max_length=80)]
    text: str = ""
    because: str
    right: bool | str = False
    at: str | None = None

    @property
    def label(self) -> str:
        """What a list shows of it."""
        return self.text or self.at or self.id


class Question(Part, frozen=True, kw_only=True):
    """A question, or a prediction (which is never wrong).

    `choice`: one is right; `several`: all the right ones and no other; `number`: within `tolerance` (a share) of the
    expression `value`, or, for a prediction, anything. `span`: a span's name; one is right. `line`: a line of the
    source of `version`; one is right. `order`: the choices as they are listed are in the right order.
    """

    id: Name
    ask: str
    kind: Literal["choice", "several", "number", "span", "line", "order"] = "choice"
    choices: list[Choice] = []
    value: str | None = None
    tolerance: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    unit: str = ""
    because: str = ""
    version: str | None = None


class Clause(Part, frozen=True, kw_only=True):
    """A part of a check: an expression, what to say while it is false, and (`unknown`) when it cannot be told.

    `hint` comes before the next of the step's hints to whoever asks for one while this part is the one not met.
    """

    that: str
    otherwise: str
    unknown: str = ""
    hint: str = ""


class Step(Part, frozen=True, kw_only=True):
    """One step: at most 40 lines of Markdown and one thing to do, or none.

    `proof` lists the actions that do it; `proofs` those of each variant for which they are others.
    """

    id: StepId
    title: str
    text: str
    do: str = ""
    pane: Pane | None = None
    plan: str | None = None
    check: list[Clause] = []
    predict: Question | None = None
    question: Question | None = None
    hints: list[str] = []
    afterwards: str = ""
    proof: list[AnyAction] = []
    proofs: dict[str, list[AnyAction]] = {}

    @property
    def asks(self) -> bool:
        """Tell whether the step asks the learner for anything."""
        return bool(self.check or self.question or self.predict)


Warm = Annotated[int, msgspec.Meta(ge=0, le=100)]
Memory = Annotated[int, msgspec.Meta(ge=128, le=10240)]


class Variant(Part, frozen=True, kw_only=True):
    """One of several ways in which a lesson may start: what it adds to the start, or has in place of it."""

    id: StepId
    deploy: list[str] = []
    warm: Warm | None = None
    plan: str | None = None
    scenario: str | None = None
    faults: list[AnyFault] = []
    memory_mb: dict[str, Memory] = {}


class Start(Part, frozen=True, kw_only=True):
    """The system a lesson starts from: versions, containers, the functions whose agent is on, the load plan.

    `scenario`: another than the course's. `faults` are switched on, `memory_mb` is by function. Of `variants` the seed
    draws one; what a variant says is added to the rest, or stands in its place.
    """

    deploy: list[str] = []
    warm: Warm = 0
    monitoring: list[str] | None = None
    plan: str = DEFAULT_PLAN
    scenario: str | None = None
    faults: list[AnyFault] = []
    memory_mb: dict[str, Memory] = {}
    variants: list[Variant] = []


class Budget(Part, frozen=True, kw_only=True):
    """How many runs and deploys there are in a lesson; null: no limit. Going back to a version is free."""

    runs: Annotated[int, msgspec.Meta(ge=1)] | None = None
    deploys: Annotated[int, msgspec.Meta(ge=1)] | None = None


class Recorded(Part, frozen=True, kw_only=True):
    """Runs recorded before the lesson, to try alert rules on: on so many days each of a sick and a healthy system."""

    sick: Start
    healthy: Start
    days: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20


class Lesson(Part, frozen=True, kw_only=True):
    """One lesson. `panes`, `versions` and `controls` are what it offers; the rest stays hidden until its own lesson.

    `controls`: what the learner may set besides versions, each in its pane: the agent's `token` in code, which traces
    are kept (`sampling`) in trace, alert `rules` in alerts.
    """

    title: str
    goal: str
    steps: Annotated[list[Step], msgspec.Meta(min_length=1)]
    panes: Annotated[list[Pane], msgspec.Meta(min_length=1)]
    start: Start = Start()
    versions: list[str] = []
    controls: list[Control] = []
    slow_over_ms: Annotated[float, msgspec.Meta(gt=0)] = 1000.0
    budget: Budget | None = None
    recorded: Recorded | None = None
