"""Questions: how an answer is judged, and what is said to it. Nothing is ever only "wrong"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lessons.answers import choice_lines, order_said, right_choices
from lessons.expressions import Unknown, parse

if TYPE_CHECKING:
    from lessons.expressions import Functions, Scope
    from lessons.model import Question


FIRST = {
    "choice": "Choose one first.",
    "span": "Point at a span first.",
    "line": "Point at a line first.",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether an answer was right - None where the lab cannot tell - and the explanations of what was chosen."""

    right: bool | None
    said: tuple[str, ...]


def judge(
    question: Question, choices: tuple[str, ...], number: float | None, scope: Scope, functions: Functions
) -> Judgement:
    """Judge an answer to a question."""
    if question.kind == "number":
        return _number(question, number, scope, functions)
    if question.kind == "order":
        return Judgement(*order_said(question, choices))
    if question.kind == "line" and number is not None:
        choice = choice_lines(question).get(int(number))
        choices = ("another line",) if choice is None else (choice.id,)
    known = {choice.id: choice for choice in question.choices}
    chosen = [known[choice] for choice in choices if choice in known]
    if not chosen and choices and question.kind in {"span", "line"}:
        return Judgement(False, (question.because,))
    if not chosen:
        return Judgement(False, (FIRST.get(question.kind, "Choose at least one first."),))
    right = right_choices(question, scope, functions)
    if isinstance(right, Unknown):
        return Judgement(None, (right.reason,))
    said = [choice.because for choice in chosen]
    if question.kind == "several" and (missing := right - {choice.id for choice in chosen}):
        said.append("One more is true." if len(missing) == 1 else f"{len(missing)} more are true.")
    return Judgement({choice.id for choice in chosen} == right, tuple(said))


def _number(question: Question, number: float | None, scope: Scope, functions: Functions) -> Judgement:
    if number is None:
        return Judgement(False, ("Type a number first.",))
    wanted = parse(question.value or "0").evaluate(scope, functions)
    if isinstance(wanted, Unknown):
        return Judgement(None, (wanted.reason,))
    if not isinstance(wanted, int | float):
        return Judgement(None, ("this question has no number for an answer",))
    near = abs(number - wanted) <= question.tolerance * abs(wanted) + 1e-9
    return Judgement(
        near, (question.because,) if near else (_distance(number, float(wanted)), question.because)
    )


def _distance(number: float, wanted: float) -> str:
    if number * wanted < 0 or number == 0 or wanted == 0:
        return "Not that number."
    factor = number / wanted
    if factor > 5 or factor < 0.2:
        return f"That is {'far too high' if factor > 1 else 'far too low'}: is the unit right?"
    return "That is too high." if factor > 1 else "That is too low."
