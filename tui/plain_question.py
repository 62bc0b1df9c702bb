"""Questions and predictions as plain lines: numbered choices, a number for a number, the explanation after it."""

from __future__ import annotations

from math import isfinite
from string import ascii_lowercase
from typing import TYPE_CHECKING, Final, NamedTuple

from lessons import actions as act
from lessons.answers import shown_choices, source_of
from lessons.expressions import parse_template
from lessons.names import FUNCTIONS
from lessons.prose import unmarked
from simulator.errors import UsageError
from tui.plain_text import inline, markdown, paragraph
from tui.widgets.lesson_text import answer_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lessons.model import Choice, Question
    from lessons.quiz import Judgement
    from lessons.session import Session

PATIENCE: Final = 3
"""After so many wrong numbers the explanation is given as well."""
OPENINGS: Final = {True: "Right.", False: "Not yet.", None: "The lab cannot tell:"}


class Asked(NamedTuple):
    """What is asked in a step: a prediction, which may be changed, or a question."""

    question: Question
    prediction: bool


def what_is_asked(session: Session) -> Asked | None:
    """Choose what is asked: the prediction until it is made, then the question, or else the prediction again."""
    step, memory = session.step, session.memory
    if step.predict is not None:
        open_still = step.predict.id not in memory.predictions
        if open_still or (step.question is None and not session.verdict().met):
            return Asked(step.predict, True)
    return Asked(step.question, False) if step.question is not None else None


def is_open(session: Session, asked: Asked) -> bool:
    """Tell whether a question waits for its answer."""
    memory = session.memory
    return asked.question.id not in (memory.predictions if asked.prediction else memory.right)


def render(session: Session, text: str) -> str:
    """Fill in what a text says of the learner's runs."""
    return unmarked(parse_template(text).render(session.scope(), functions=FUNCTIONS).strip())


def question_lines(session: Session, asked: Asked, width: int) -> list[str]:
    """Write a question with its choices, and how to answer it."""
    question, memory = asked.question, session.memory
    head = "What do you expect?" if asked.prediction else "Question."
    lines = [head, "", *markdown(render(session, question.ask), width), ""]
    for number, choice in enumerate(shown(session, question), start=1):
        sign = f"{number}. "
        lines += paragraph(inline(render(session, choice.label)), width, first=sign, rest=" " * len(sign))
    if question.kind == "line":
        source = source_of(question).rstrip("\n").split("\n")
        lines += [f"{number:>3} {line}".rstrip() for number, line in enumerate(source, start=1)]
    given = (memory.predictions if asked.prediction else memory.answers).get(question.id)
    if given is not None:
        line = f"line {given.number:.0f}" if question.kind == "line" and given.number is not None else ""
        said = line or inline(answer_text(question, given, lambda text: render(session, text)))
        judged = (
            "" if asked.prediction else ", right" if question.id in memory.right else ", which is open still"
        )
        lines += [*_gap(lines), *paragraph(f"Your answer so far: {said}{judged}.", width)]
    return [*lines, *(_gap(lines) if given is None else []), *paragraph(how(question), width)]


def _gap(lines: Sequence[str]) -> list[str]:
    """An empty line, where there is none."""
    return [""] if lines[-1] else []


def how(question: Question) -> str:
    """Say how a question is answered."""
    most = len(question.choices)
    if question.kind == "number":
        return f"Type a number{f' ({question.unit})' if question.unit else ''}; or another command."
    if question.kind == "line":
        return f"Type the number of a line of {question.version}; or another command."
    if question.kind == "order":
        return f"Type all numbers, 1 to {most}, in their order, such as `2 1`; or another command."
    if question.kind == "several":
        return f"Type the numbers of all that are right, 1 to {most}, such as `1 2`; or another command."
    return f"Type the number of one, 1 to {most}; or another command."


def shown(session: Session, question: Question) -> list[Choice]:
    """List the choices as they are numbered: shuffled where they are put in order, none where one points at a line."""
    if question.kind == "line":
        return []
    return shown_choices(question, session.seed)


def looks_like_an_answer(text: str) -> bool:
    """Tell whether a line begins as a number does, or is a list of numbers: no command does."""
    return bool(text) and (text[0].isdigit() or (text[0] in "+-." and text[1:2].isdigit()))


def read_answer(session: Session, asked: Asked, text: str) -> act.Answer | act.Predict:
    """Read an answer. Raises UsageError, in one line, for what is none."""
    question = asked.question
    kind = act.Predict if asked.prediction else act.Answer
    if question.kind in {"number", "line"}:
        return kind(question=question.id, number=_number(text, question.unit))
    if question.kind == "span" and not looks_like_an_answer(text):
        return kind(question=question.id, choices=(text.strip(),))
    choices = shown(session, question)
    return kind(question=question.id, choices=_choices(question, choices, text.replace(",", " ").split()))


def _number(text: str, unit: str) -> float:
    bare = text.replace(",", "").replace(" ", "")
    short = unit.replace(" ", "")
    bare = bare.removesuffix(short) if short else bare
    try:
        value = float(bare) if bare.isascii() and "_" not in bare else float("nan")
    except ValueError:
        value = float("nan")
    if not isfinite(value) or abs(value) >= 1e15:
        raise UsageError(f"`{text}` is no number: type one such as 14 or 0.5")
    return value


def _choices(question: Question, choices: Sequence[Choice], words: Sequence[str]) -> tuple[str, ...]:
    chosen: list[int] = []
    for word in words:
        at = int(word) if word.isascii() and word.isdecimal() and len(word) < 4 else 0
        if len(word) == 1 and word.lower() in ascii_lowercase:  # the screens have letters
            at = ascii_lowercase.index(word.lower()) + 1
        if not 1 <= at <= len(question.choices):
            raise UsageError(f"there is no choice `{word}`: they are 1 to {len(question.choices)}")
        chosen.append(at)
    if not chosen:
        raise UsageError(how(question))
    if question.kind == "order":
        return tuple(choices[at - 1].id for at in dict.fromkeys(chosen))
    if question.kind != "several" and len(set(chosen)) > 1:
        raise UsageError("one of them is asked for: type one number")
    return tuple(choice.id for at, choice in enumerate(choices, start=1) if at in chosen)


def judged_lines(
    session: Session, asked: Asked, given: act.Answer | act.Predict, judgement: Judgement | None, width: int
) -> list[str]:
    """Say how an answer was judged and why; of a prediction, what its choice says to it."""
    question = asked.question
    chosen = [choice for choice in question.choices if choice.id in given.choices]
    if asked.prediction or judgement is None:
        said = [render(session, choice.because) for choice in chosen if choice.because]
        return [line for text in said for line in markdown(text, width)] or ["Noted."]
    said = [render(session, text) for text in judgement.said]
    if question.kind == "number":
        tries = session.memory.tries.get(question.id, 0)
        said = said[:1] if judgement.right is False and tries < PATIENCE else said
    elif judgement.right and question.kind in {"choice", "several"}:
        said.append(render(session, question.because))
    lines = [OPENINGS[judgement.right]]
    for place, text in enumerate(text for text in said if text):
        several = question.kind == "several" and len(chosen) > 1 and place < len(chosen)
        named = f"{question.choices.index(chosen[place]) + 1}: " if several else ""
        lines += markdown(named + text, width)
    return lines
