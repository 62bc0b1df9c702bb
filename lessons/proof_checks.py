"""What can be wrong with the answers that proofs give: questions nobody asks, choices and spans that are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lessons import actions as act
from lessons.answers import UNMARKED
from lessons.variants import all_proofs
from simulator.errors import nearest
from simulator.traces import request_trace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lessons.model import Lesson
    from lessons.session import Session
    from simulator.document import Document, Problem


def answer_problems(document: Document[Lesson]) -> Iterator[Problem]:
    """Find proofs that answer a question which the lesson does not ask, or with a choice which that does not have."""
    asked = {
        question.id: question
        for step in document.value.steps
        for question in (step.question, step.predict)
        if question is not None
    }
    for i, step in enumerate(document.value.steps):
        for at, action in all_proofs(step):
            if not isinstance(action, act.Answer | act.Predict):
                continue
            question = asked.get(action.question)
            if question is None:
                what = f"no question `{action.question}` in this lesson{_near(action.question, asked)}"
                yield document.problem(("steps", i, *at, "question"), what)
                continue
            known = [choice.id for choice in question.choices]
            for j, choice in enumerate(action.choices):
                if choice not in known:
                    what = f"`{question.id}` has no choice `{choice}`{_near(choice, known)}"
                    yield document.problem(("steps", i, *at, "choices", j), what)


def missing_spans(session: Session, right: Iterable[str]) -> Iterator[str]:
    """Say which of these spans nobody can point at: no trace of the last run has one of that name."""
    if not session.runs:
        return
    data = session.runs[-1]
    names = {UNMARKED}
    for request in range(len(data.requests["status"])):
        names |= {span.name for span in request_trace(data, request).spans}
    for one in right:
        if one not in names:
            yield f"no trace of the last run has a span `{one}`{_near(one, sorted(names))}"


def _near(word: str, known: Iterable[str]) -> str:
    listed = list(known)
    return nearest(word, listed) or (
        "; there are " + ", ".join(f"`{one}`" for one in listed) if listed else ""
    )
