"""What the lesson panel says, as data: made from a session after each action, with every insert filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lessons.checks import MET, judge_check
from lessons.expressions import Unknown, parse, parse_template
from lessons.hinting import hints_in_all, next_hint, shown_hints
from lessons.names import FUNCTIONS
from lessons.prose import unmarked

if TYPE_CHECKING:
    from collections.abc import Callable

    from lessons.actions import Answer, Predict
    from lessons.checks import Verdict
    from lessons.model import Question, Step
    from lessons.session import Session

SAY: Final = "Say what you expect"
ANSWER: Final = "Answer the question"


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing to do, in Markdown, and whether it is done."""

    text: str
    done: bool


@dataclass(frozen=True, slots=True)
class PanelText:
    """All that the panel shows of a step. `reason` says what is still missing; it is empty once the step is met."""

    title: str
    text: str
    todos: tuple[ToDo, ...]
    met: bool
    reason: str
    expected: str
    afterwards: str
    hints: tuple[str, ...]
    hints_in_all: int
    more_hints: bool
    last: bool


def panel_text(session: Session, *, terms: bool = False) -> PanelText:
    """Write the step that a session is at; with `terms`, words of the glossary stay marked in its Markdown."""
    step = session.step
    scope = session.scope(step)

    def render(text: str) -> str:
        rendered = parse_template(text).render(scope, functions=FUNCTIONS).strip()
        return rendered if terms else unmarked(rendered)

    todos = _todos(session, step, lambda text: unmarked(render(text)))
    verdict = session.verdict(step)
    met = verdict.met
    return PanelText(
        title=step.title,
        text=render(step.text),
        todos=todos,
        met=met,
        reason=unmarked(_reason(session, verdict)),
        expected=_expectation(session, step, render, met=met),
        afterwards=render(step.afterwards) if met and step.afterwards else "",
        hints=tuple(map(render, shown_hints(step, session.memory))),
        hints_in_all=hints_in_all(step, session.memory),
        more_hints=next_hint(session, verdict) is not None,
        last=session.at_end,
    )


def _reason(session: Session, verdict: Verdict) -> str:
    """Say why a step is not met, where that is not plain from the list of things to do."""
    step, memory = session.step, session.memory
    if verdict.met or (step.predict is not None and step.predict.id not in memory.predictions):
        return ""
    if step.question is not None and not memory.tries.get(step.question.id) and not step.check:
        return ""
    return str(verdict)


def _todos(session: Session, step: Step, render: Callable[[str], str]) -> tuple[ToDo, ...]:
    """List what a step asks for. Where it asks for one thing only, its own words stand for it."""
    memory = session.memory
    found: list[ToDo] = []
    if step.predict is not None:
        found.append(ToDo(SAY, step.predict.id in memory.predictions))
    if step.check or (step.do and not step.asks):
        done = bool(step.check) and judge_check(step.check, session.scope(step), FUNCTIONS) == MET
        found.append(ToDo(render(step.do) or "Do what the text says", done))
    if step.question is not None:
        found.append(ToDo(ANSWER, step.question.id in memory.right))
    if step.do and not step.check and len(found) == 1:
        found[0] = ToDo(render(step.do), found[0].done)
    return tuple(found)


def _expectation(session: Session, step: Step, render: Callable[[str], str], *, met: bool) -> str:
    """Show a prediction and, once the step's own check is met, the result beside it; else an empty text."""
    question = step.predict
    if question is None or (given := session.memory.predictions.get(question.id)) is None:
        return ""
    said = answer_text(question, given, render)
    if not (met and step.check):
        return f"You expect: {said}"
    if question.value is not None:
        value = parse(question.value).evaluate(session.scope(step), FUNCTIONS)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return f"You expected {said}. It was **{number_text(float(value), question.unit)}**."
        if isinstance(value, Unknown):
            return f"You expected {said}. What it was cannot be told: {value.reason}."
    return f"You expected: {said}"


def answer_text(question: Question, given: Answer | Predict, render: Callable[[str], str]) -> str:
    """Write what was answered or predicted, in the words of the question."""
    if question.kind == "number":
        return "nothing" if given.number is None else number_text(given.number, question.unit)
    if question.kind == "line" and given.number is not None:
        return f"line {given.number:.0f}"
    labels = {choice.id: choice.label for choice in question.choices}
    if question.kind in {"order", "span"}:  # in the order that was given; a span may be none of the choices
        chosen = [render(labels[one]) if one in labels else one for one in given.choices]
    else:
        chosen = [render(label) for one, label in labels.items() if one in given.choices]
    return "; ".join(text.rstrip(".") for text in chosen) or "none of them"


def number_text(value: float, unit: str = "") -> str:
    """Write a number with thousands separators, at most two decimals below 100 and none above, and its unit."""
    digits = f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{digits} {unit}".strip()
