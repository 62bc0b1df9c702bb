"""The board of mysteries: which a learner has seen, which are open, and what closed the others.

What is open and what is closed is read from kept answers alone; only the evidence of a closed one opens its lesson.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lessons.keeping import standing
from simulator.errors import RidelabError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping

    from lessons.loader import OpenCourse
    from lessons.model import Lesson
    from lessons.outline import Course, Mystery
    from lessons.progress import Progress
    from lessons.session import Session
    from simulator.document import Document, NodePath, Problem


@dataclass(frozen=True, slots=True)
class Sighting:
    """A mystery that the learner has come across, and whether it is closed."""

    mystery: Mystery
    closed: bool

    @property
    def title(self) -> str:
        """What wants an explanation."""
        return self.mystery.title


def board(course: OpenCourse, progress: Progress) -> tuple[Sighting, ...]:
    """Give the mysteries of the lessons that were begun, in the course's order. Opens no lesson."""
    return tuple(
        Sighting(one, closed=is_closed(progress, one))
        for one in course.course.mysteries
        if standing(progress, one.seen).begun or is_closed(progress, one)
    )


def is_closed(progress: Progress, mystery: Mystery) -> bool:
    """Tell whether the question that closes it was ever answered right in the lesson's kept answers."""
    import msgspec

    from lessons import actions as act

    for event in progress.events(mystery.closed_in):
        try:
            action = act.decode(event.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue  # of a later version: `keeping` tells
        if isinstance(action, act.Answer) and action.right and action.question == mystery.closed_by:
            return True
    return False


def evidence(
    course: OpenCourse,
    progress: Progress,
    mystery: Mystery,
    sessions: MutableMapping[str, Session] | None = None,
) -> str | None:
    """Give the evidence of a closed mystery, with the figures of the day it was closed; None while it is open.

    Opens the lesson as it was left, which takes a moment, unless `sessions` (lesson's id -> session) has it; keeps it
    there. Raises DocumentError, UsageError for a lesson that cannot be read.
    """
    if not is_closed(progress, mystery):
        return None
    from lessons.telling import opened, told

    session = opened(course, mystery.closed_in, progress, sessions)
    step = next((s for s in session.lesson.steps if s.question and s.question.id == mystery.closed_by), None)
    return told(session, mystery.evidence, step)


def board_problems(course: OpenCourse, document: Document[Course]) -> Iterator[Problem]:
    """Find questions that close a mystery and are not asked, and names that evidence and findings cannot read."""
    lessons: dict[str, Lesson] = {}
    for entry in course.entries:
        try:
            lessons[entry.id] = course.lesson(entry.id)
        except RidelabError:
            continue  # that is told where the lesson is checked
    for i, mystery in enumerate(course.course.mysteries):
        lesson = lessons.get(mystery.closed_in)
        if lesson is None:
            continue
        asked = [step.question.id for step in lesson.steps if step.question is not None]
        if mystery.closed_by not in asked:
            known = nearest(mystery.closed_by, asked) or "; it asks " + ", ".join(asked)
            what = f"`{mystery.closed_in}` has no question `{mystery.closed_by}`{known}"
            yield document.problem(("mysteries", i, "closed_by"), what)
        yield from _text(document, ("mysteries", i, "evidence"), mystery.evidence, lesson)
    for i, finding in enumerate(course.course.findings):
        if finding.lesson in lessons:
            yield from _text(document, ("findings", i, "answer"), finding.answer, lessons[finding.lesson])


def told_at(course: OpenCourse, entry: str, lesson: Lesson) -> dict[str, list[str]]:
    """Give the evidence and the findings that are told in a lesson's figures, by the step that ends with them."""
    asked = {step.question.id: step.id for step in lesson.steps if step.question is not None}
    found: dict[str, list[str]] = {}
    for mystery in course.course.mysteries:
        if mystery.closed_in == entry and mystery.closed_by in asked:
            found.setdefault(asked[mystery.closed_by], []).append(mystery.evidence)
    for finding in course.course.findings:
        if finding.lesson == entry:
            found.setdefault(lesson.steps[-1].id, []).append(finding.answer)
    return found


def _text(document: Document[Course], at: NodePath, text: str, lesson: Lesson) -> Iterator[Problem]:
    from lessons.expressions import ExpressionError, parse_template
    from lessons.names import FUNCTIONS, known_names

    questions = tuple(q.id for step in lesson.steps for q in (step.question, step.predict) if q is not None)
    try:
        for one in parse_template(text).expressions:
            for what in one.problems(known_names(questions), FUNCTIONS):
                yield document.problem(at, str(what))
    except ExpressionError as error:
        yield document.problem(at, str(error))
