"""A lesson played by its proofs once more, for what they do not see: numbers that are none, checks met at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lessons import actions as act
from lessons.checks import judge_check
from lessons.expressions import ExpressionError, Unknown, parse, parse_template
from lessons.names import FUNCTIONS
from lessons.places import Places
from lessons.reading import texts
from lessons.session import Session
from lessons.variants import proof_of
from simulator.errors import RidelabError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lessons.expressions import Expression
    from lessons.loader import OpenCourse
    from lessons.model import Lesson
    from simulator.document import NodePath, Problem

SEEDS: Final = (1, 2, 3)
ALREADY_MET: Final = (
    "this check is met before anything is done in its step: ask for what is done here, with `did.`"
)
Insert = tuple["NodePath", str, int]
"""Where an insert stands: the path of its text, the text, and the number of the insert in it."""


def rehearse(course: OpenCourse, lesson: str) -> list[Problem]:
    """Find checks that are met before anything is done in their step, and numbers that are none by its end.

    A number may be unknown with one seed, but not with all. A lesson whose proofs fail is judged as far as they go.
    Raises DocumentError where the lesson cannot be read.
    """
    document = course.document(lesson)
    places = Places(document, course.folder / lesson / "lesson.yaml")
    why: dict[Insert, str] = {}
    known: set[Insert] = set()
    met: set[int] = set()
    for seed in SEEDS:
        for insert, problem in _played(Session(course.scenario, document.value, seed), met):
            if problem:
                why.setdefault(insert, problem)
            else:
                known.add(insert)
        if not why.keys() - known:
            break
    found = [places.problem(("steps", i, "check"), ALREADY_MET) for i in sorted(met)]
    for path, text, number in why.keys() - known:
        start = _start(text, number)
        what = f"this number is never known here: {why[path, text, number]}"
        length = len(text[start:].split("}}")[0])
        found.append(places.problem(path, what, text=text, start=start, length=length))
    return sorted(found, key=lambda one: (one.line, one.column))


def _played(session: Session, met: set[int]) -> Iterator[tuple[Insert, str]]:
    """Play a lesson by its proofs; gives each insert at the end of its step, with why it has no value, or nothing.

    Puts the steps into `met` whose check is met at once, though their prediction or question is still open.
    """
    lesson = session.lesson
    for place, step in enumerate(lesson.steps):
        scope = session.scope(step)
        try:
            if step.check and not session.verdict().met and judge_check(step.check, scope, FUNCTIONS).met:
                met.add(place)
            for action in proof_of(step, session.incident):
                session.perform(action)
                if isinstance(action, act.RunLoad):
                    session.finish()
        except RidelabError:  # that is the proof's to tell
            return
        for insert, expression in _inserts(lesson, place):
            try:
                value = expression.evaluate(scope, FUNCTIONS, {})
            except ExpressionError as error:
                yield insert, str(error)
            else:
                yield insert, value.reason if isinstance(value, Unknown) else ""
        if session.at_end or not session.verdict().met:
            return
        session.perform(act.GoOn())


def _inserts(lesson: Lesson, place: int) -> Iterator[tuple[Insert, Expression]]:
    for text in texts(lesson):
        # what a check says is said before it is met, when a value may well be missing
        if text.path[:2] == ("steps", place) and "check" not in text.path:
            for number, expression in enumerate(parse_template(text.text).expressions):
                yield (text.path, text.text, number), bare(expression)
    for key in ("predict", "question"):
        question = getattr(lesson.steps[place], key)
        if question is not None and question.value is not None:
            path: NodePath = ("steps", place, key, "value")
            yield (path, question.value, 0), bare(parse(question.value))


def bare(expression: Expression) -> Expression:
    """An expression without its filters: they would turn what is unknown into words."""
    return type(expression)(expression.tree, (), expression.text, expression.source)


def _start(text: str, number: int) -> int:
    """Find where the insert with this number begins in its text; a text without braces is one expression."""
    at = -1
    for _ in range(number + 1):
        at = text.find("{{", at + 1)
        while at > 0 and text[at - 1] == "\\":
            at = text.find("{{", at + 1)
    return max(at, 0)
