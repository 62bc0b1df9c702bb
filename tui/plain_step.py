"""A step as plain lines: its text, what there is to do, hints, and what changed since it was said last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.plain_text import markdown, paragraph
from tui.widgets.lesson_text import ANSWER, SAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lessons.session import Session
    from tui.widgets.lesson_text import PanelText, ToDo

WORDS: Final = {SAY: "Say what you expect: type `answer`", ANSWER: "Answer the question: type `answer`"}
"""What there is to do where a lesson leaves that to the front end."""


def in_commands(commands: Sequence[str]) -> str:
    """Say in commands what a step asks for: lessons speak of keys."""
    return f"In commands: {'; '.join(f'`{one}`' for one in commands)}." if commands else ""


def step_lines(session: Session, text: PanelText, commands: str, width: int) -> list[str]:
    """Write a whole step; `commands` stands behind its last hint."""
    lines = paragraph(f"Step {session.place + 1} of {len(session.lesson.steps)}: {text.title}", width)
    lines += ["", *markdown(text.text, width), ""]
    lines += [line for todo in text.todos for line in todo_lines(todo, width)]
    if text.reason:
        lines += paragraph(_sentence(text.reason), width)
    for number, hint in enumerate(text.hints, start=1):
        lines += hint_lines(hint, number, text.hints_in_all, width)
    if text.hints and len(text.hints) == text.hints_in_all:
        lines += paragraph(commands, width)
    return [*lines, *_ending(text, width)]


def todo_lines(todo: ToDo, width: int) -> list[str]:
    """Write one thing to do, and whether it is done."""
    said = WORDS.get(todo.text, todo.text)
    return _headed("Done: " if todo.done else "To do: ", said, width)


def hint_lines(hint: str, number: int, of: int, width: int) -> list[str]:
    """Write a hint under its number."""
    return _headed(f"Hint {number} of {of}: ", hint, width)


def changes(
    before: PanelText, now: PanelText, commands: str, width: int, *, judged: bool = False
) -> list[str]:
    """Say what an action changed in a step: what is done now, what is still missing, what follows.

    `judged`: an answer was judged, so that nobody needs to be told that its question is open still.
    """
    lines = []
    for todo, old in zip(now.todos, before.todos, strict=False):
        if todo.done != old.done:
            lines += todo_lines(todo, width)
    if now.reason and now.reason != before.reason and not judged:
        lines += paragraph(_sentence(now.reason), width)
    for number, hint in enumerate(now.hints[len(before.hints) :], start=len(before.hints) + 1):
        lines += hint_lines(hint, number, now.hints_in_all, width)
    if len(before.hints) < len(now.hints) == now.hints_in_all:
        lines += paragraph(commands, width)
    if now.expected and now.expected != before.expected and not now.met:
        lines += markdown(now.expected, width)
    if now.met and (not before.met or now.afterwards != before.afterwards or now.expected != before.expected):
        lines += _ending(now, width)
    return lines


def _ending(text: PanelText, width: int) -> list[str]:
    lines = [*markdown(text.expected, width)] if text.expected else []
    if text.met:
        lines += ["", *markdown(text.afterwards, width), ""] if text.afterwards else []
        after = "enter ends the lesson." if text.last else "enter goes on."
        lines += paragraph(f"This step is done: {after}" if text.todos else after.capitalize(), width)
    return lines


def _headed(head: str, text: str, width: int) -> list[str]:
    first, *rest = markdown(text, width - len(head)) or [""]
    return [head + first, *((" " * 4 + line).rstrip() for line in rest)]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")
