"""Proofs: every step that asks something is unmet before its proof's actions, and met after them, on every seed.

A lesson with variants is proved for each of them by its own proofs, and the proofs of the others must fail there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lessons import actions as act
from lessons.answers import right_choices, shown_choices
from lessons.expressions import Unknown, parse_template
from lessons.mysteries import told_at
from lessons.names import FUNCTIONS
from lessons.proof_checks import missing_spans
from lessons.rehearsal import bare
from lessons.session import Session
from lessons.variants import proof_of
from simulator.errors import RidelabError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lessons.loader import OpenCourse
    from lessons.model import Lesson, Question, Step
    from simulator.document import Problem

SEEDS = range(1, 21)
SEEDS_EACH = 5
"""So many seeds prove each variant of a lesson that has some."""
SEEDS_ACROSS = 2
"""On so many of them the proofs of the other variants must fail."""
ONE_RIGHT = ("choice", "span", "line")


@dataclass(frozen=True, slots=True)
class Proved:
    """A lesson that was proved: how many of its steps ask something, and on how many seeds; of each variant, if any."""

    lesson: str
    steps: int
    asking: int
    seeds: int
    variants: int = 0


def prove(course: OpenCourse, lesson: str, seeds: Iterable[int] = SEEDS) -> tuple[Proved, list[Problem]]:
    """Prove a lesson. Raises DocumentError where it cannot be read; gives what could not be proved, with places."""
    document = course.document(lesson)
    failed: dict[tuple[int, str], list[str]] = {}
    seeds, steps = list(seeds), document.value.steps
    incidents = [variant.id for variant in document.value.start.variants]
    board = told_at(course, lesson, document.value)
    plays: list[tuple[int, str | None]] = [(seed, None) for seed in seeds]
    if incidents:
        seeds = seeds[:SEEDS_EACH]
        plays = [(seed, incident) for seed in seeds for incident in incidents]
    for seed, incident in plays:
        session = Session(course.scenario, document.value, seed, incident=incident)
        start = f"variant {incident}, seed {seed}" if incident else f"seed {seed}"
        for i, what in walk(session, board):
            key = (i, f"{incident}: {what.partition(':')[0]}")
            failed.setdefault(key, [f"{what} ({start}"]).append(start)
    problems = [
        document.problem(("steps", i), f"{first}{_others(len(set(starts)), len(seeds))})")
        for (i, _), (first, *starts) in failed.items()
    ]
    if not problems:
        for solved, by in passed_across(course, document.value, seeds[:SEEDS_ACROSS]):
            what = f"variant `{solved}` is solved by the proof of `{by}`: ask for what tells them apart"
            problems.append(document.problem(("start", "variants", incidents.index(solved)), what))
    asking = sum(step.asks for step in steps)
    return Proved(lesson, len(steps), asking, len(seeds), len(incidents)), problems


def _others(n: int, of: int) -> str:
    """Say on how many of the seeds something failed, where that is not plain from one."""
    return f"; so it is on {'all' if n == of else n} of {of} seeds" if of > 1 else ""


def passed_across(course: OpenCourse, lesson: Lesson, seeds: Sequence[int]) -> list[tuple[str, str]]:
    """Give (variant, other) for each variant whose lesson the proofs of another one finish."""
    ids = [variant.id for variant in lesson.start.variants]
    return [
        (one, other)
        for one in ids
        for other in ids
        if one != other
        and any(finishes(Session(course.scenario, lesson, seed, incident=one), other) for seed in seeds)
    ]


def finishes(session: Session, incident: str | None) -> bool:
    """Play a lesson by the proofs of a variant, maybe not its own, and tell whether every step was met."""
    for step in session.lesson.steps:
        try:
            for action in proof_of(step, incident):
                session.perform(action)
                if isinstance(action, act.RunLoad):
                    session.finish()
            if not session.verdict().met:
                return False
            session.perform(act.GoOn())
        except RidelabError:
            return False
    return True


def walk(session: Session, board: Mapping[str, Sequence[str]] | None = None) -> Iterable[tuple[int, str]]:
    """Play a lesson by its proof, and give (step's index, what is wrong) as it goes.

    `board` are texts of the course that are told in the figures of the end of a step, by the step's id.
    """
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
            if verdict.met and board is not None:
                yield from (
                    (i, what) for text in board.get(step.id, ()) for what in _untold(session, step, text)
                )
            if not session.at_end and verdict.met:
                session.perform(act.GoOn())
            elif not verdict.met:
                return
        except RidelabError as error:
            yield i, f"step `{step.id}`: {error}"
            return


def _untold(session: Session, step: Step, text: str) -> Iterable[str]:
    """Say which figures of a text of the course cannot be told by the end of a step. Raises ExpressionError."""
    template, scope = parse_template(text), session.scope(step)
    template.render(scope, functions=FUNCTIONS)
    for one in template.expressions:
        value = bare(one).evaluate(scope, FUNCTIONS)
        if isinstance(value, Unknown):
            yield f"step `{step.id}`: what course.yaml tells at its end has no value: {value.reason}"


def _play(session: Session, step: Step) -> Iterable[str]:
    for action in proof_of(step, session.incident):
        if isinstance(action, act.Answer) and step.question is not None:
            yield from _wrong_choices(session, step, step.question)
        judgement = session.perform(action)
        if isinstance(action, act.RunLoad):
            session.finish()
        if judgement is not None and not judgement.right:
            yield f"step `{step.id}`: its own answer to `{step.question.id if step.question else '?'}` is judged wrong"


def _wrong_choices(session: Session, step: Step, question: Question) -> Iterable[str]:
    """Each wrong choice must be judged wrong and explained; where one is asked for, exactly one is right."""
    if question.kind == "number":
        return
    right = right_choices(question, session.scope(step), FUNCTIONS)
    if isinstance(right, Unknown):
        yield f"step `{step.id}`: which choice is right cannot be told: {right.reason}"
        return
    if len(right) != 1 and question.kind in ONE_RIGHT:
        yield f"step `{step.id}`: exactly one choice is right where one is asked for; here {len(right)} are"
    if question.kind == "span":
        yield from (f"step `{step.id}`: {what}" for what in missing_spans(session, right))
    wrong: list[tuple[str, ...]] = [(one.id,) for one in question.choices if one.id not in right]
    if question.kind == "order":
        ids = tuple(choice.id for choice in question.choices)
        wrong = [ids[::-1], tuple(choice.id for choice in shown_choices(question, session.seed))]
    for choices in wrong:
        judgement = session.perform(act.Answer(question=question.id, choices=choices))
        if judgement is None or judgement.right:
            yield f"step `{step.id}`: choice `{', '.join(choices)}` is judged right"
        elif not any(text.strip() for text in judgement.said):
            yield f"step `{step.id}`: choice `{', '.join(choices)}` is not explained"


def render(session: Session, step: Step) -> None:
    """Render every text of a step, so that each number in it is evaluated. Raises ExpressionError."""
    scope = session.scope(step)
    texts = [step.text, step.do, step.afterwards, *step.hints]
    for question in (step.question, step.predict):
        if question is not None:
            texts += [question.ask, question.because]
            texts += [text for choice in question.choices for text in (choice.text, choice.because)]
    for clause in step.check:
        texts += [clause.otherwise, clause.unknown, clause.hint]
    for text in texts:
        parse_template(text).render(scope, functions=FUNCTIONS)
