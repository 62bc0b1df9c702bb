"""What can be wrong with a question: choices that are missing or twice, two right ones, a line that is not found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lessons.answers import choice_lines
from simulator.errors import UsageError

if TYPE_CHECKING:
    from lessons.model import Question

PLAIN_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
PREDICTED: Final = ("choice", "several", "number")


def wrong_question(question: Question, *, prediction: bool) -> str:
    """Say what is wrong with a question, or give an empty text."""
    ids = [choice.id for choice in question.choices]
    if len(set(ids)) < len(ids):
        return f"two choices of `{question.id}` have the same id"
    if question.kind != "line" and (
        question.version is not None or any(choice.at is not None for choice in question.choices)
    ):
        return "`version` and `at` belong to questions of the kind line"
    if prediction and question.kind not in PREDICTED:
        return (
            f"a prediction is of the kind {', '.join(PREDICTED[:-1])} or {PREDICTED[-1]}, not {question.kind}"
        )
    if question.kind == "number":
        if question.choices:
            return "a number question has no choices"
        known = prediction or question.value is not None
        return "" if known else "a number question needs a `value` to be judged by"
    if question.value is not None:
        return "`value` belongs to questions of the kind number"
    if len(question.choices) < 2:
        return "a question needs two choices or more"
    return _wrong_ids(question) or _wrong_right(question, prediction=prediction) or _wrong_places(question)


def _wrong_ids(question: Question) -> str:
    for choice in question.choices:
        if question.kind != "span" and not PLAIN_ID.fullmatch(choice.id):
            return f"`{choice.id}` is no id of a choice: write small letters, digits and _, a letter first"
        if question.kind not in {"span", "line"} and not choice.text.strip():
            return f"choice `{choice.id}` has no `text`"
    return ""


def _wrong_right(question: Question, *, prediction: bool) -> str:
    said = [choice.right for choice in question.choices if choice.right is not False]
    if prediction:
        return "a prediction has no right choice" if said else ""
    if question.kind == "order":
        return "the choices of an order are listed in the right one: leave `right` away" if said else ""
    told = any(isinstance(right, str) for right in said)  # which one it is, only the lab can tell
    if question.kind != "several" and len(said) != 1 and not told:
        several = (
            "; where several are, write `kind: several`"
            if len(said) > 1 and question.kind == "choice"
            else ""
        )
        return f"exactly one choice is right where one is asked for; here {len(said)} are{several}"
    return "" if said else "no choice is right"


def _wrong_places(question: Question) -> str:
    if question.kind in {"span", "line", "order"} and not question.because.strip():
        other = {"span": "any other span", "line": "any other line", "order": "the right order"}[
            question.kind
        ]
        return f"`{question.id}` needs a `because`, which is said to {other}"
    if question.kind != "line":
        return ""
    try:
        choice_lines(question)
    except UsageError as error:
        return str(error)
    return ""
