"""A question or a prediction, over the lesson: letters choose, enter answers, and every answer is explained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input, Static

from tui.commands import Command, bindings
from tui.screens.base import Dialog
from tui.widgets.choice_line import ChoiceLine, ChoiceState
from tui.widgets.footer import key_line
from tui.widgets.prose import Prose

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from lessons.actions import Answer, Predict
    from lessons.model import Question
    from lessons.quiz import Judgement

LETTERS = "abcdefghi"
PATIENCE = 3
"""From this try on a wrong number is answered with the whole explanation."""


@dataclass(frozen=True)
class Asked:
    """What is asked, whether as a prediction, and what was answered before. `render` fills in a text's inserts."""

    question: Question
    prediction: bool
    render: Callable[[str], str]
    given: Answer | Predict | None = None
    right: bool = False


class QuizScreen(Dialog[bool]):
    """Asks; `submit` takes (ids of choices, number) and gives the judgement, None for a prediction.

    Closes with True when it was answered right, or predicted.
    """

    CSS_PATH = "quiz.tcss"
    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("answer", ("enter",), "answer", "Answer with what is chosen.", rank=10),
        Command("move(1)", ("j", "down"), "choose", "Go to the next choice.", shown="j/k", rank=20),
        Command("move(-1)", ("k", "up"), "choose", "Go to the choice before."),
        Command("tick", ("space",), "tick", "Tick or untick the choice under the cursor.", rank=15),
        Command("close", ("escape",), "back", "Go back to the lesson; the question stays open.", rank=90),
    )
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(KEYS))

    def __init__(
        self, asked: Asked, submit: Callable[[tuple[str, ...], float | None], Judgement | None]
    ) -> None:
        super().__init__()
        self.asked = asked
        self.question = asked.question
        self._submit = submit
        self._cursor = 0
        self._ticked: set[str] = set()
        self._judged: dict[str, bool | None] = {}
        self._said = ""
        self._tries = 0
        self.done = False

    def compose(self) -> ComposeResult:
        """Put the question above its choices, and what is said below them."""
        question, render = self.question, self.asked.render
        with Vertical(classes="dialog"):
            yield Static("What do you expect?" if self.asked.prediction else "Question", id="quiz-title")
            with VerticalScroll(id="quiz", can_focus=False):
                yield Prose(render(question.ask), id="quiz-ask")
                for letter, choice in zip(LETTERS, question.choices, strict=False):
                    yield ChoiceLine(letter, render(choice.text), boxed=question.kind == "several")
                if question.kind == "number":
                    yield Input(placeholder=f"a number{f', in {question.unit}' if question.unit else ''}")
                yield Prose(id="quiz-said")
            yield Static(id="quiz-keys")

    def on_mount(self) -> None:
        """Begin where the last answer left it."""
        given = self.asked.given
        if given is not None and given.number is not None:
            self.query_one(Input).value = f"{given.number:g}"
        for i, choice in enumerate(self.question.choices):
            if given is not None and choice.id in given.choices:
                self._cursor = i
                self._ticked.add(choice.id)
                if self.asked.right and choice.right:
                    self._judged[choice.id] = True
        if self.asked.right:
            self.done = True
            self._said = self.asked.render(self.question.because)
        if self.question.kind == "number":
            self.query_one(Input).focus()
        self._show()

    # keys

    def on_key(self, event: events.Key) -> None:
        """A letter chooses."""
        number = LETTERS.find(event.key) if len(event.key) == 1 else -1
        if 0 <= number < len(self.question.choices):
            event.stop()
            self._cursor = number
            if self.question.kind == "several":
                self.action_tick()
            self._show()

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        if self.question.choices:
            self._cursor = (self._cursor + by) % len(self.question.choices)
            self._show()

    def action_tick(self) -> None:
        """Tick or untick."""
        if self.question.kind == "several":
            self._ticked ^= {self.question.choices[self._cursor].id}
            self.done = False
            self._show()

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(self.done)

    def on_input_submitted(self) -> None:
        """Answer with the number."""
        self.action_answer()

    def on_input_changed(self) -> None:
        """A number that was changed is an open answer again."""
        if self.done and not self.asked.right:
            self.done = False
            self._show()

    def action_answer(self) -> None:
        """Answer, or, where it has been answered right, go back."""
        choices, number = self._answer()
        if self.done and (self.question.kind == "number" or all(map(self._judged.get, choices))):
            self.dismiss(True)
            return
        if self.question.kind == "number" and number is None:
            self._said = "Type a number, such as `14` or `0.5`."
            self._show()
            return
        if self.question.kind == "several" and not choices:
            self._said = "Tick at least one: a letter does it, or `space`."
            self._show()
            return
        judgement = self._submit(choices, number)
        if self.asked.prediction:
            self.dismiss(True)
        elif judgement is not None:
            self._judge(choices, judgement)
            self._show()

    def _answer(self) -> tuple[tuple[str, ...], float | None]:
        if self.question.kind == "number":
            text = self.query_one(Input).value.replace(",", "").removesuffix(self.question.unit).strip()
            try:
                number = float(text)
            except ValueError:
                return (), None
            return (), number if abs(number) < 1e15 else None
        if self.question.kind == "several":
            return tuple(c.id for c in self.question.choices if c.id in self._ticked), None
        return (self.question.choices[self._cursor].id,), None

    # what is said

    def _judge(self, choices: tuple[str, ...], judgement: Judgement) -> None:
        self._tries += 1
        self.done = judgement.right is True
        said = [self.asked.render(text) for text in judgement.said]
        right = {choice.id for choice in self.question.choices if choice.right}
        self._judged |= {choice: choice in right for choice in choices}
        if self.question.kind == "number":
            if not self.done:
                self.query_one(Input).action_select_all()  # what is typed next replaces it
            if not self.done and judgement.right is False and self._tries < PATIENCE:
                said = said[:1]
            opening = {True: "**Right.**", False: "**Not yet.**", None: "**The lab cannot tell:**"}[
                judgement.right
            ]
            self._said = f"{opening} {' '.join(said)}"
        else:
            rest = said[len(choices) :] + ([self.asked.render(self.question.because)] if self.done else [])
            self._said = "\n\n".join(text for text in rest if text)

    def _show(self) -> None:
        question, render = self.question, self.asked.render
        for i, (line, choice) in enumerate(zip(self.query(ChoiceLine), question.choices, strict=False)):
            judged = self._judged.get(choice.id)
            state = ChoiceState(
                i == self._cursor,
                choice.id in self._ticked,
                judged,
                render(choice.because) if judged is not None else "",
            )
            line.set_state(state)
            if i == self._cursor:
                self.call_after_refresh(line.scroll_visible, animate=False)
        said = self.query_one("#quiz-said", Prose)
        said.show(self._said)
        said.display = bool(self._said)
        if question.kind == "number" and self._said:
            self.call_after_refresh(said.scroll_visible, animate=False)
        self.query_one("#quiz-keys", Static).update(key_line(self.shown_keys()))

    def shown_keys(self) -> list[Command]:
        """List the keys that make sense now."""
        kind = self.question.kind
        shown = []
        for command in self.KEYS:
            if command.action == "tick" and kind != "several":
                continue
            if command.action.startswith("move") and kind == "number":
                continue
            if command.action == "answer":
                word = "back to the lesson" if self.done else "predict" if self.asked.prediction else "answer"
                shown.append(Command("answer", command.keys, word, command.help, rank=10))
            else:
                shown.append(command)
        return shown
