"""A step as plain lines: its text, what there is to do, hints, and what changed since it was said last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from tui.plain_keys import key_notes
from tui.plain_text import blocks, markdown, paragraph
from tui.widgets.lesson_text import ANSWER, SAY

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from lessons.session import Session
    from tui.widgets.lesson_text import PanelText, ToDo

WORDS: Final = {SAY: "Say what you expect: type `answer`", ANSWER: "Answer the question: type `answer`"}
"""What there is to do where a lesson leaves that to the front end."""


class Spoken(NamedTuple):
    """How a lesson's words become plain text.

    `commands` stand behind the last hint; `places`, its panes and controls, tell what a key of the screens is here,
    and first of all `pane`, the one of the step.
    """

    commands: str
    places: Collection[str]
    pane: str | None
    width: int

    def keys(self, text: str, known: str = "") -> list[str]:
        """Say in commands the keys that a text names and `known` does not."""
        return paragraph(key_notes(text, self.places, self.pane, known=known), self.width)


def in_commands(commands: Sequence[str]) -> str:
    """Say in commands what a step asks for: lessons speak of keys."""
    return f"In commands: {'; '.join(f'`{one}`' for one in commands)}." if commands else ""


def step_lines(session: Session, text: PanelText, spoken: Spoken) -> list[str]:
    """Write a whole step."""
    width = spoken.width
    lines = paragraph(f"Step {session.place + 1} of {len(session.lesson.steps)}: {text.title}", width)
    lines += ["", *markdown(text.text, width), ""]
    lines += [line for todo in text.todos for line in todo_lines(todo, width)]
    if text.reason:
        lines += paragraph(_sentence(text.reason), width)
    lines += spoken.keys(_asking(text))
    return [*lines, *_hints(text, 0, spoken), *_ending(text, width)]


def _asking(text: PanelText) -> str:
    """What a step says before it is done."""
    return "\n".join([text.text, *(todo.text for todo in text.todos if todo.text not in WORDS)])


def _hints(text: PanelText, told: int, spoken: Spoken) -> list[str]:
    """Write the hints after those that were told; the last of all is followed by the commands of the step."""
    lines, known = [], "\n".join([_asking(text), *text.hints[:told]])
    for number, hint in enumerate(text.hints[told:], start=told + 1):
        lines += hint_lines(hint, number, text.hints_in_all, spoken.width)
        last = number == text.hints_in_all
        whole = last and spoken.commands
        lines += paragraph(spoken.commands, spoken.width) if whole else spoken.keys(hint, known)
        known = f"{known}\n{hint}"
    return lines


def todo_lines(todo: ToDo, width: int) -> list[str]:
    """Write one thing to do, and whether it is done."""
    said = WORDS.get(todo.text, todo.text)
    return _headed("Done: " if todo.done else "To do: ", said, width)


def hint_lines(hint: str, number: int, of: int, width: int) -> list[str]:
    """Write a hint under its number."""
    return _headed(f"Hint {number} of {of}: ", hint, width)


def changes(before: PanelText, now: PanelText, spoken: Spoken, *, judged: bool = False) -> list[str]:
    """Say what an action changed in a step: what is done now, what is still missing, what follows.

    `judged`: an answer was judged, so that nobody needs to be told that its question is open still.
    """
    lines, width = [], spoken.width
    for todo, old in zip(now.todos, before.todos, strict=False):
        if todo.done != old.done:
            lines += todo_lines(todo, width)
    if now.reason and now.reason != before.reason and not judged:
        lines += paragraph(_sentence(now.reason), width)
    lines += _hints(now, len(before.hints), spoken)
    if now.expected and now.expected != before.expected and not now.met:
        lines += markdown(now.expected, width)
    if now.met and not before.met:
        lines += _ending(now, width)
    elif now.met:  # it was done before: only what is another now
        said = [(before.expected, now.expected), (before.afterwards, now.afterwards)]
        lines += [line for old, new in said for line in _news(old, new, width)]
    return lines


def _news(old: str, new: str, width: int) -> list[str]:
    """Write the paragraphs of a text that were not in it before."""
    known = set(blocks(old))
    return markdown("\n\n".join(one for one in blocks(new) if one not in known), width)


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
