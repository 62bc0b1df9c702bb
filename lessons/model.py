"""A lesson as data: what stands in `course.yaml` and `lesson.yaml`, typed. `loader.py` reads and cross-checks it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from lessons.actions import AnyAction

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
StepId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=40)]
Pane = Literal["load", "alerts", "invocations", "runs", "trace", "code", "compare"]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of a lesson; a key that is not listed is an error."""


class Choice(Part, frozen=True, kw_only=True):
    """One choice of a question. `because` says what would have been seen if it were true."""

    id: Name
    text: str
    because: str
    right: bool = False


class Question(Part, frozen=True, kw_only=True):
    """A question, or a prediction (which is never wrong).

    `choice`: one is right; `several`: all the right ones and no other; `number`: within `tolerance` (a share) of the
    expression `value`, or, for a prediction, anything.
    """

    id: Name
    ask: str
    kind: Literal["choice", "several", "number"] = "choice"
    choices: list[Choice] = []
    value: str | None = None
    tolerance: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    unit: str = ""
    because: str = ""


class Clause(Part, frozen=True, kw_only=True):
    """A part of a check: an expression, what to say while it is false, and (`unknown`) when it cannot be told."""

    that: str
    otherwise: str
    unknown: str = ""


class Step(Part, frozen=True, kw_only=True):
    """One step: at most 40 lines of Markdown and one thing to do, or none."""

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

    @property
    def asks(self) -> bool:
        """Tell whether the step asks the learner for anything."""
        return bool(self.check or self.question or self.predict)


class Start(Part, frozen=True, kw_only=True):
    """The system a lesson starts from: versions, containers, the functions whose agent is on, the load plan."""

    deploy: list[str] = []
    warm: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    monitoring: list[str] | None = None
    plan: str = "artillery-slowness.yml"


class Lesson(Part, frozen=True, kw_only=True):
    """One lesson. `panes` and `versions` are what it offers; the rest stays hidden until its own lesson."""

    title: str
    goal: str
    steps: Annotated[list[Step], msgspec.Meta(min_length=1)]
    panes: Annotated[list[Pane], msgspec.Meta(min_length=1)]
    start: Start = Start()
    versions: list[str] = []
    slow_over_ms: Annotated[float, msgspec.Meta(gt=0)] = 1000.0


class Entry(Part, frozen=True, kw_only=True):
    """A lesson in the course's index."""

    id: StepId
    title: str
    minutes: Annotated[int, msgspec.Meta(ge=1, le=120)]
    summary: str


class Course(Part, frozen=True, kw_only=True):
    """A course: its lessons in order, and the scenario they use."""

    title: str
    summary: str
    scenario: str
    lessons: Annotated[list[Entry], msgspec.Meta(min_length=1)]
