"""The summary of a course: what was predicted and what happened, what was proved, mysteries, the course's questions.

Every figure comes out of the learner's own runs; what a lesson cannot tell is left out. Opening the lessons takes a
moment each: do it in a thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from lessons import actions as act
from lessons.expressions import parse
from lessons.keeping import Standing, standing
from lessons.markdown import Written, as_it_was, number_text
from lessons.mysteries import board, evidence
from lessons.names import FUNCTIONS
from lessons.telling import opened, told
from simulator.compare import before_against_after
from simulator.errors import RidelabError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, MutableMapping

    from lessons.loader import OpenCourse
    from lessons.model import Question, Step
    from lessons.outline import Finding
    from lessons.progress import Progress
    from lessons.session import Session
    from simulator.compare import Difference
    from simulator.run_data import RunData

SHOWN = ("p50", "p95", "p99")


@dataclass(frozen=True, slots=True)
class Predicted:
    """What was expected before a run, and what came: a figure, the words of the step's end, or what was answered then.

    `happened` is empty while the step is not met.
    """

    ask: str
    expected: str
    happened: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Two runs that the learner compared; `figures` of all requests: p50, p95, p99, in seconds, with intervals.

    `unequal` says what differed besides the change: then they prove nothing.
    """

    before: int
    after: int
    versions_before: str
    versions_after: str
    requests: int
    unequal: tuple[str, ...]
    figures: tuple[Difference, ...]

    @property
    def proves(self) -> bool:
        """Whether the runs were equal but for the change, and some figure changed for certain."""
        return not self.unequal and any(one.verdict in {"faster", "slower"} for one in self.figures)


@dataclass(frozen=True, slots=True)
class LessonSummary:
    """One lesson as it stands. `problem`: why it could not be opened; then the rest is empty."""

    number: int
    id: str
    title: str
    standing: Standing
    predictions: tuple[Predicted, ...] = ()
    comparisons: tuple[Compared, ...] = ()
    questions: int = 0
    right: int = 0
    at_once: int = 0
    runs: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Solved:
    """A mystery that was seen: `evidence` is None while it is open."""

    title: str
    evidence: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """A question of the course: `answer`, in the learner's figures, is None until its lesson is finished."""

    ask: str
    answer: str | None


@dataclass(frozen=True, slots=True)
class CourseSummary:
    """A course as it stands."""

    title: str
    seeds: tuple[int, ...]
    """Of the first run of each lesson; before any run, the data folder's."""
    lessons: tuple[LessonSummary, ...]
    mysteries: tuple[Solved, ...]
    findings: tuple[Found, ...]

    @property
    def finished(self) -> int:
        """How many lessons are finished."""
        return sum(lesson.standing.finished for lesson in self.lessons)


def course_summary(
    course: OpenCourse, progress: Progress, sessions: MutableMapping[str, Session] | None = None
) -> CourseSummary:
    """Sum a course up. `sessions` (lesson's id -> session) are those that are open already; the others are opened.

    Nothing in `progress` changes. A lesson that cannot be read is named with its problem.
    """
    known: MutableMapping[str, Session] = {} if sessions is None else sessions
    lessons = tuple(_lesson(course, number, progress, known) for number in range(1, len(course.entries) + 1))
    begun = [known[one.id] for one in lessons if one.id in known]
    seeds = sorted({session.runs[0].settings.seed for session in begun if session.runs})
    return CourseSummary(
        title=course.course.title,
        seeds=tuple(seeds) or (progress.seed,),
        lessons=lessons,
        mysteries=tuple(
            Solved(one.title, _safely(partial(evidence, course, progress, one.mystery, known)))
            for one in board(course, progress)
        ),
        findings=tuple(_findings(course, progress, known)),
    )


def _safely(tell: Callable[[], str | None]) -> str | None:
    """Tell, or nothing where the lesson cannot be read: its own line says why."""
    try:
        return tell()
    except RidelabError:
        return None


def _findings(course: OpenCourse, progress: Progress, known: MutableMapping[str, Session]) -> Iterator[Found]:
    for one in course.course.findings:
        answer = _safely(partial(_answer, course, progress, one, known))
        yield Found(one.ask, answer)


def _answer(
    course: OpenCourse, progress: Progress, finding: Finding, known: MutableMapping[str, Session]
) -> str | None:
    if not standing(progress, finding.lesson).finished:
        return None
    return told(opened(course, finding.lesson, progress, known), finding.answer)


def _lesson(
    course: OpenCourse, number: int, progress: Progress, known: MutableMapping[str, Session]
) -> LessonSummary:
    entry = course.entries[number - 1]
    how_far = standing(progress, entry.id)
    bare = LessonSummary(number, entry.id, entry.title, how_far)
    if not how_far.begun:
        return bare
    try:
        session = opened(course, entry.id, progress, known)
    except RidelabError as error:
        return LessonSummary(number, entry.id, entry.title, how_far, problem=str(error).splitlines()[0])
    questions = [step.question.id for step in session.lesson.steps if step.question is not None]
    memory = session.memory
    return LessonSummary(
        number=number,
        id=entry.id,
        title=entry.title,
        standing=how_far,
        predictions=tuple(_predictions(session)),
        comparisons=tuple(_comparisons(session)),
        questions=len(questions),
        right=sum(one in memory.right for one in questions),
        at_once=sum(one in memory.right and memory.tries.get(one) == 1 for one in questions),
        runs=len(session.runs),
    )


def _predictions(session: Session) -> Iterator[Predicted]:
    for step in session.lesson.steps:
        if step.predict is None or step.predict.id not in session.memory.predictions:
            continue
        then = as_it_was(session, step)
        written = Written(then, step)
        given = then.memory.predictions.get(step.predict.id)
        happened = _happened(then, step, step.predict, written)
        yield Predicted(written.text(step.predict.ask), written.given(step.predict, given), happened)


def _happened(session: Session, step: Step, question: Question, written: Written) -> str:
    if question.value is not None:
        value = parse(question.value).evaluate(session.scope(step), FUNCTIONS)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return number_text(float(value), question.unit)
    if not written.met:
        return ""
    if text := question.because or step.afterwards:
        return written.text(text)
    answer = session.memory.answers.get(step.question.id) if step.question is not None else None
    return written.given(step.question, answer) if step.question is not None and answer is not None else ""


def _comparisons(session: Session) -> Iterator[Compared]:
    pairs = dict.fromkeys(
        (action.before, action.after)
        for _, action in session.memory.done
        if isinstance(action, act.CompareRuns)
    )
    for before, after in pairs:
        try:
            one, other = session.run(before), session.run(after)
        except UsageError:  # its records are lost
            continue
        pair = before_against_after(one, other)
        yield Compared(
            before=before,
            after=after,
            versions_before=_versions(one),
            versions_after=_versions(other),
            requests=min(pair.n_before, pair.n_after),
            unequal=pair.unequal,
            figures=tuple(figure for figure in pair.everybody if figure.name in SHOWN),
        )


def _versions(run: RunData) -> str:
    return ", ".join(f"{name}@{run.refs[name]}" for name in run.settings.scenario.functions)
