"""The texts of a lesson in the order in which they are read, each with its place and what it may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lessons.model import Lesson, Question
    from simulator.document import NodePath


class Text(NamedTuple):
    """A text that a learner reads. `prose`: it is shown as Markdown, so terms can be marked in it.

    `guess`: it is a choice that is not right, and may say anything.
    """

    path: NodePath
    text: str
    prose: bool = True
    guess: bool = False


def texts(lesson: Lesson) -> Iterator[Text]:
    """List the texts of a lesson, in order."""
    yield Text(("title",), lesson.title, prose=False)
    yield Text(("goal",), lesson.goal, prose=False)
    for i, step in enumerate(lesson.steps):
        at: NodePath = ("steps", i)
        yield Text((*at, "title"), step.title, prose=False)
        yield Text((*at, "text"), step.text)
        if step.predict is not None:
            yield from _question(step.predict, (*at, "predict"))
        yield Text((*at, "do"), step.do)
        for j, clause in enumerate(step.check):
            yield Text((*at, "check", j, "otherwise"), clause.otherwise, prose=False)
            yield Text((*at, "check", j, "unknown"), clause.unknown, prose=False)
            yield Text((*at, "check", j, "hint"), clause.hint)
        yield Text((*at, "afterwards"), step.afterwards)
        if step.question is not None:
            yield from _question(step.question, (*at, "question"))
        for j, hint in enumerate(step.hints):
            yield Text((*at, "hints", j), hint)


def _question(question: Question, at: NodePath) -> Iterator[Text]:
    yield Text((*at, "ask"), question.ask)
    for j, choice in enumerate(question.choices):
        yield Text((*at, "choices", j, "text"), choice.text, guess=choice.right is False)
        yield Text((*at, "choices", j, "because"), choice.because)
    yield Text((*at, "because"), question.because)
