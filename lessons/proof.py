"""Proofs: every step that asks something is unmet before its proof's actions, and met after them, on every seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lessons import actions as act
from lessons.expressions import parse_template
from lessons.names import FUNCTIONS
from lessons.session import Session
from simulator.errors import RidelabError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lessons.loader import OpenCourse
    from lessons.model import Step
    from simulator.document import Problem

SEEDS = range(1, 21)


@dataclass(frozen=True, slots=True)
class Proved:
    """A lesson that was proved: how many of its steps ask something, and on how many seeds."""

    lesson: str
    steps: int
    asking: int
    seeds: int


def prove(course: OpenCourse, lesson: str, seeds: Iterable[int] = SEEDS) -> tuple[Proved, list[Problem]]:
    """Prove a lesson. Raises DocumentError where it cannot be read; gives what could not be proved, with places."""
    document = course.document(lesson)
    problems: dict[tuple[int, str], Problem] = {}
    count = 0
    for seed in seeds:
        count += 1
        session = Session(course.scenario, document.value, seed)
        for i, what in walk(session):
            problems.setdefault(
                (i, what.partition(":")[0]), document.problem(("steps", i), f"{what} (seed {seed})")
            )
    steps = document.value.steps
    return Proved(lesson, len(steps), sum(step.asks for step in steps), count), list(problems.values())


def walk(session: Session) -> Iterable[tuple[int, str]]:
    """Play a lesson by its proof, and give (step's index, what is wrong) as it goes."""
    for i, step in enumerate(session.lesson.steps):
        try:
            render(session, step)
            if step.asks and session.verdict().met:
                yield i, f"step `{step.id}` is met before anything is done"
            yield from ((i, what) for what in _play(session, step))
            verdict = session.verdict()
            if not verdict.met:
                yield i, f"step `{step.id}` is not met by its proof: {verdict}"
                session.memory.right |= {step.question.id} if step.question else set()
            render(session, step)
            if not session.at_end and verdict.met:
                session.perform(act.GoOn())
            elif not verdict.met:
                return
        except RidelabError as error:
            yield i, f"step `{step.id}`: {error}"
            return


def _play(session: Session, step: Step) -> Iterable[str]:
    for action in step.proof:
        if isinstance(action, act.Answer) and step.question is not None:
            yield from _wrong_choices(session, step)
        judgement = session.perform(action)
        if isinstance(action, act.RunLoad):
            session.finish()
        if judgement is not None and not judgement.right:
            yield f"step `{step.id}`: its own answer to `{step.question.id if step.question else '?'}` is judged wrong"


def _wrong_choices(session: Session, step: Step) -> Iterable[str]:
    """Each wrong choice must be judged wrong and explained."""
    question = step.question
    assert question is not None
    if question.kind == "number":
        return
    for choice in question.choices:
        if not choice.right:
            judgement = session.perform(act.Answer(question=question.id, choices=(choice.id,)))
            if judgement is None or judgement.right:
                yield f"step `{step.id}`: choice `{choice.id}` is judged right"
            elif not any(text.strip() for text in judgement.said):
                yield f"step `{step.id}`: choice `{choice.id}` is not explained"


def render(session: Session, step: Step) -> None:
    """Render every text of a step, so that each number in it is evaluated. Raises ExpressionError."""
    scope = session.scope(step)
    texts = [step.text, step.do, step.afterwards, *step.hints]
    for question in (step.question, step.predict):
        if question is not None:
            texts += [question.ask, question.because]
            texts += [text for choice in question.choices for text in (choice.text, choice.because)]
    for text in texts:
        parse_template(text).render(scope, functions=FUNCTIONS)
