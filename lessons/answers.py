"""What answers to each kind of question are: which are right, which line a choice stands at, what order is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from lessons import actions as act
from lessons.expressions import Unknown, parse
from simulator.deploying import read_version
from simulator.errors import UsageError
from simulator.randomness import name_key, stream_key, unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lessons.expressions import Functions, Scope
    from lessons.model import Choice, Question

UNMARKED: Final = "unmarked"
"""The id of the choice that is pointed at where no mark covers the time of a trace."""
COUNTED: Final = ("", "first", "first two", "first three", "first four", "first five")
PLACES: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def right_choices(question: Question, scope: Scope, functions: Functions) -> frozenset[str] | Unknown:
    """Give the ids of the right choices; `right` may be an expression, so it may be Unknown."""
    if question.kind == "order":
        return frozenset(choice.id for choice in question.choices)
    found = set()
    for choice in question.choices:
        right: object = choice.right
        if isinstance(choice.right, str):
            right = parse(choice.right).evaluate(scope, functions)
            if isinstance(right, Unknown):
                return right
        if right is True:
            found.add(choice.id)
    return frozenset(found)


def exact_answer(question: Question, scope: Scope, functions: Functions) -> act.Answer:
    """Give the very answer that a question asks for, for proofs. Raises UsageError where it cannot be told."""
    if question.kind == "number":
        value = parse(question.value or "0").evaluate(scope, functions)
        return act.Answer(
            question=question.id, number=float(value) if isinstance(value, int | float) else None
        )
    right = right_choices(question, scope, functions)
    if isinstance(right, Unknown):
        raise UsageError(f"`{question.id}` has no right answer yet: {right.reason}")
    return act.Answer(
        question=question.id, choices=tuple(one.id for one in question.choices if one.id in right)
    )


# point at a line of code


def source_of(question: Question) -> str:
    """Give the source that a question about a line is about. Raises UsageError."""
    if question.version is None:
        raise UsageError(f"`{question.id}` asks for a line: say of which `version`")
    return read_version(question.version).source


def choice_lines(question: Question) -> dict[int, Choice]:
    """Give the line at which each choice stands: line (from 1) -> choice.

    `at` is the whole line, or else a part of it. Raises UsageError for a text that does not stand in exactly one line,
    and for two choices at one line.
    """
    lines = source_of(question).split("\n")
    found: dict[int, Choice] = {}
    for choice in question.choices:
        at = choice.at or ""
        places = [number for number, line in enumerate(lines, 1) if at and at == line]
        places = places or [number for number, line in enumerate(lines, 1) if at and at in line]
        if len(places) != 1:
            often = f"in {len(places)} lines" if places else "in no line"
            raise UsageError(
                f"choice `{choice.id}`: `{at}` stands {often} of {question.version}; one is needed"
            )
        if places[0] in found:
            raise UsageError(f"`{found[places[0]].id}` and `{choice.id}` stand at one line: {places[0]}")
        found[places[0]] = choice
    return found


def with_line(question: Question, answer: act.Answer) -> act.Answer:
    """Complete an answer about a line: where its number has a choice, with that; where it has a choice, the number."""
    lines = choice_lines(question)
    if answer.number is not None:
        choice = lines.get(int(answer.number)) if float(answer.number).is_integer() else None
        return msgspec.structs.replace(answer, choices=() if choice is None else (choice.id,))
    number = next((float(line) for line, one in lines.items() if (one.id,) == answer.choices), None)
    return msgspec.structs.replace(answer, number=number)


# put in order


def shown_choices(question: Question, seed: int) -> list[Choice]:
    """Give the choices as a learner sees them: those to be put in order are shuffled, by the seed of the lesson.

    The order shown is never the right one; it is the same each time.
    """
    choices = list(question.choices)
    if question.kind != "order" or len(choices) < 2:
        return choices
    key = stream_key(seed, f"lesson:order:{question.id}")
    shuffled = sorted(choices, key=lambda choice: unit(key, name_key(choice.id)))
    return shuffled if shuffled != choices else [*shuffled[1:], shuffled[0]]


def order_said(question: Question, order: Sequence[str]) -> tuple[bool, tuple[str, ...]]:
    """Judge an order: whether it is right, and what is said to it; the part that is right is told."""
    ids = [choice.id for choice in question.choices]
    if sorted(order) != sorted(ids):
        return False, (f"Put all {len(ids)} in order first.",)
    good = next((i for i, (one, wanted) in enumerate(zip(order, ids, strict=True)) if one != wanted), None)
    if good is None:
        return True, (question.because,)
    wrong = next(choice for choice in question.choices if choice.id == order[good])
    many = (
        f"{COUNTED[good] if good < len(COUNTED) else f'first {good}'} {'is' if good == 1 else 'are'} right."
    )
    begun = f"The {many}" if good else "Not yet."
    place = PLACES[good] if good < len(PLACES) else f"{good + 1}th"
    return False, (f"{begun} What stands {place} comes later:", wrong.because)
