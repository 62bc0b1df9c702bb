"""A question or a prediction, over the lesson: letters choose, enter answers, and every answer is explained."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input, Static

from tui.commands import Command, bindings, commands_of
from tui.screens.base import Dialog
from tui.screens.breadth import BroadScreen
from tui.screens.quiz_asked import OPENINGS, Asked, said_of_pointed
from tui.widgets.choice_line import ChoiceLine, ChoiceState
from tui.widgets.footer import key_line
from tui.widgets.player_bar import PlayerBar
from tui.widgets.prose import Prose

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from lessons.quiz import Judgement

LETTERS, DIGITS = "abcdefghi", "123456789"
PATIENCE = 3
"""From this try on a wrong number is answered with the whole explanation."""
NOWHERE = -1
ROOM_FOR_ALL = 64
"""From this width on the foot has room for both ways to move an item."""
TYPED = ("number", "line")
"""Kinds whose answer is typed."""


class QuizScreen(BroadScreen[bool], Dialog[bool]):
    """Asks; `submit` takes (ids of choices, number) and gives the judgement, None for a prediction.

    Closes with True when it was answered right, or predicted; `wants_to_point` says that one went to point at
    something. `pointed` is (ids, number, judgement) of what was pointed at just now. Runs go on meanwhile: `shown` is
    called once there is a `PlayerBar` here to be told so.
    """

    CSS_PATH = "quiz.tcss"
    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("answer", ("enter",), "answer", "Answer with what is chosen.", rank=10),
        Command(
            "move(1)",
            ("j", "down"),
            "choose",
            "Go to the next choice.",
            shown="j/k",
            rank=20,
            id="choose",
            both="Go to the next choice, or to the one before.",
        ),
        Command("move(-1)", ("k", "up"), "choose", "Go to the choice before.", id="choose-before"),
        Command(
            "tick",
            ("space",),
            "tick",
            "Tick or untick the choice under the cursor; in an order, take it up.",
            rank=15,
        ),
        Command(
            "carry(1)",
            ("J", "shift+down"),
            "carry",
            "Carry what is under the cursor down.",
            shown="J/K",
            rank=17,
            id="carry",
            both="Carry what is under the cursor down, or up.",
        ),
        Command("carry(-1)", ("K", "shift+up"), "carry", "Carry what is under the cursor up.", id="carry-up"),
        Command(
            "point", ("p",), "point at it", "Step aside, to point at a span or a line in its pane.", rank=25
        ),
        Command("close", ("escape",), "back", "Go back to the lesson; the question stays open.", rank=90),
    )
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(KEYS))

    def __init__(
        self,
        asked: Asked,
        submit: Callable[[tuple[str, ...], float | None], Judgement | None],
        shown: Callable[[], None] | None = None,
        pointed: tuple[tuple[str, ...], float | None, Judgement] | None = None,
    ) -> None:
        super().__init__()
        self._tell_shown = shown
        self.asked = asked
        self.question = asked.question
        self.choices = [] if self.question.kind == "line" else list(asked.choices or self.question.choices)
        self.wants_to_point = False
        self._submit = submit
        self._pointed = pointed
        self._cursor = NOWHERE if asked.pane and self.choices else 0
        self._held = False
        self._ticked: set[str] = set()
        self._judged: dict[str, bool | None] = {}
        self._said = ""
        self._tries = 0
        self.done = False

    def compose(self) -> ComposeResult:
        """Put the question above its choices, what is said below them, and the player at the foot."""
        self.take_width(self.app.size.width)
        question, render = self.question, self.asked.render
        with Vertical(classes="dialog"):
            yield Static("What do you expect?" if self.asked.prediction else "Question", id="quiz-title")
            with VerticalScroll(id="quiz", can_focus=False):
                yield Prose(render(question.ask), id="quiz-ask")
                if question.kind in TYPED:
                    yield Input(placeholder=self._placeholder())
                signs = DIGITS if question.kind == "order" else LETTERS
                for sign, choice in zip(signs, self.choices, strict=False):
                    yield ChoiceLine(sign, render(choice.label), boxed=question.kind == "several")
                yield Prose(id="quiz-said")
        with Vertical(id="quiz-foot"):
            yield PlayerBar()
            yield Static(id="quiz-keys")

    def _placeholder(self) -> str:
        unit = self.question.unit
        if self.question.kind == "line":
            return f"a line's number in {self.question.version}"
        return f"a number{f', in {unit}' if unit else ''}"

    def on_mount(self) -> None:
        """Begin where the last answer left it."""
        given, kind = self.asked.given, self.question.kind
        if given is not None and given.number is not None and kind in TYPED:
            self.query_one(Input).value = f"{given.number:g}"
        if given is not None and kind == "order":
            self.choices.sort(key=lambda one: given.choices.index(one.id) if one.id in given.choices else 0)
        elif given is not None:
            self._take_given(given.choices)
        if self.asked.right:
            self.done = True
            self._said = self._said_when_right()
        if self._pointed is not None:
            self._take_pointed(*self._pointed)
        if kind in TYPED:
            self.query_one(Input).focus()
        self._show()
        if self._tell_shown is not None:
            self._tell_shown()

    def _take_given(self, given: tuple[str, ...]) -> None:
        rights = self.asked.right_ids() if self.asked.right else frozenset()
        for i, choice in enumerate(self.choices):
            if choice.id in given:
                self._cursor = i if self.asked.right or not self.asked.pane else NOWHERE
                self._ticked.add(choice.id)
                if choice.id in rights:
                    self._judged[choice.id] = True

    def _said_when_right(self) -> str:
        """Write what belongs to the right answer: of what was pointed at, its choice's own words."""
        question, render = self.question, self.asked.render
        because = render(question.because)
        match question.kind:
            case "order":
                return f"{OPENINGS[True]} {because}"
            case "line":
                given = self.asked.given.choices if self.asked.given is not None else ()
                said = [render(choice.because) for choice in question.choices if choice.id in given]
                return " ".join([OPENINGS[True], *said])
            case "span":
                return ""
            case _:
                return because

    def _take_pointed(self, choices: tuple[str, ...], number: float | None, judgement: Judgement) -> None:
        """Say how something pointed at was judged: at its choice where it is listed, else below."""
        self.done = judgement.right is True
        self._judged.clear()
        listed = [place for place, choice in enumerate(self.choices) if choice.id in choices]
        if listed and judgement.right is not None:
            self._judged[self.choices[listed[0]].id] = judgement.right
            self._said = ""
            self._cursor = listed[0] if self.done else NOWHERE
        else:
            self._said = said_of_pointed(self.asked, choices, number, judgement)
        if self.question.kind in TYPED and not self.done:
            self.query_one(Input).value = ""

    # keys

    def on_key(self, event: events.Key) -> None:
        """A letter or a number chooses."""
        signs = (DIGITS,) if self.question.kind == "order" else (LETTERS, DIGITS)
        places = [found.find(event.key) for found in signs if len(event.key) == 1]
        place = max(places, default=NOWHERE)
        if 0 <= place < len(self.choices):
            event.stop()
            self._cursor, self._held = place, False
            if self.question.kind == "several":
                self.action_tick()
            self._show()

    def action_move(self, by: int) -> None:
        """Move the cursor, with what was taken up."""
        if self._held:
            self.action_carry(by)
        elif self.choices:
            start = self._cursor if self._cursor != NOWHERE or by > 0 else 0
            self._cursor = (start + by) % len(self.choices)
            self._show()

    def action_tick(self) -> None:
        """Tick or untick; in an order, take up or let go."""
        if self.question.kind == "several":
            self._ticked ^= {self.choices[self._cursor].id}
            self.done = False
            self._show()
        elif self.question.kind == "order":
            self._held = not self._held
            self._show()

    def action_carry(self, by: int) -> None:
        """Carry what is under the cursor past its neighbor; the ends are ends."""
        to = self._cursor + by
        if self.question.kind == "order" and 0 <= to < len(self.choices):
            self.choices.insert(to, self.choices.pop(self._cursor))
            self._cursor = to
            self.done = False
            self._show()

    def action_point(self) -> None:
        """Step aside."""
        if self.asked.pane:
            self.wants_to_point = True
            self.dismiss(self.done)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(self.done)

    def on_input_submitted(self) -> None:
        """Answer with the number."""
        self.action_answer()

    def on_input_changed(self) -> None:
        """A number that was changed is an open answer again."""
        if not self.asked.right and self.done and self._pointed is None:
            self.done = False
        self._show()

    @property
    def points_next(self) -> bool:
        """Whether `enter` steps aside: nothing is chosen or typed here."""
        if not self.asked.pane or self.done:
            return False
        if self.question.kind == "line":
            return not self.query_one(Input).value.strip()
        return self._cursor == NOWHERE

    def action_answer(self) -> None:
        """Answer; where it has been answered right, go back; where nothing is chosen yet, step aside to point."""
        if self.points_next:
            self.action_point()
            return
        kind = self.question.kind
        choices, number = self._answer()
        if self.done and (kind in {*TYPED, "order"} or all(map(self._judged.get, choices))):
            self.dismiss(True)
            return
        if said := self._missing(choices, number):
            self._said = said
            self._show()
            return
        judgement = self._submit(choices, number)
        if self.asked.prediction:
            self.dismiss(True)
        elif judgement is not None:
            self._judge(choices, judgement)
            self._show()

    def _missing(self, choices: tuple[str, ...], number: float | None) -> str:
        """Say what an answer needs first; empty for nothing."""
        kind = self.question.kind
        if kind == "number" and number is None:
            return "Type a number, such as `14` or `0.5`."
        if kind == "line" and (number is None or number < 1 or not number.is_integer()):
            return "Type the number of a line, such as `14`."
        if kind == "several" and not choices:
            tick = next(one.key for one in commands_of(self) if one.action == "tick")
            return f"Tick at least one: a letter does it, or `{tick}`."
        return ""

    def _answer(self) -> tuple[tuple[str, ...], float | None]:
        match self.question.kind:
            case "number" | "line":
                text = self.query_one(Input).value.replace(",", "").removesuffix(self.question.unit).strip()
                try:
                    number = float(text)
                except ValueError:
                    return (), None
                return (), number if abs(number) < 1e15 else None
            case "several":
                return tuple(c.id for c in self.choices if c.id in self._ticked), None
            case "order":
                return tuple(choice.id for choice in self.choices), None
            case _:
                return (self.choices[self._cursor].id,), None

    # what is said

    def _judge(self, choices: tuple[str, ...], judgement: Judgement) -> None:
        self._tries += 1
        self._held = False
        self.done = judgement.right is True
        said = [self.asked.render(text) for text in judgement.said]
        kind = self.question.kind
        if judgement.right is None:
            self._said = f"{OPENINGS[None]} {' '.join(said)}"
        elif kind in TYPED:
            line = self.query_one(Input)
            if not self.done:
                line.action_select_all()  # what is typed next replaces it
            if kind == "number" and judgement.right is False and self._tries < PATIENCE:
                said = said[:1]
            self._said = f"{OPENINGS[judgement.right]} {' '.join(said)}"
        elif kind == "order":
            self._said = " ".join([OPENINGS[True], *said] if self.done else said)
        else:
            rights = self.asked.right_ids()
            self._judged |= {choice: choice in rights for choice in choices}
            closing = [self.asked.render(self.question.because)] if self.done and kind != "span" else []
            self._said = "\n\n".join(text for text in [*said[len(choices) :], *closing] if text)

    def _show(self) -> None:
        render = self.asked.render
        for i, (line, choice) in enumerate(zip(self.query(ChoiceLine), self.choices, strict=False)):
            judged = self._judged.get(choice.id)
            here = i == self._cursor
            state = ChoiceState(
                here,
                choice.id in self._ticked,
                judged,
                render(choice.because) if judged is not None else "",
                held=here and self._held,
            )
            line.set_state(state, render(choice.label))
            if here or (judged is not None and self._cursor == NOWHERE):
                self.call_after_refresh(line.scroll_visible, animate=False)
        said = self.query_one("#quiz-said", Prose)
        said.show(self._said)
        said.display = bool(self._said)
        if self.question.kind in {*TYPED, "order"} and self._said:
            self.call_after_refresh(said.scroll_visible, animate=False)
        self.query_one("#quiz-keys", Static).update(key_line(self.shown_keys()))

    def shown_keys(self) -> list[Command]:
        """List the keys that make sense now."""
        kind = self.question.kind
        labels = {"answer": self._enter_word()}
        if kind == "order":
            labels |= {
                "tick": "let go" if self._held else "take",
                "move(1)": "carry" if self._held else "move",
            }
        hidden = {
            "tick": kind not in {"several", "order"},
            "carry": kind != "order" or self._held or self.app.size.width < ROOM_FOR_ALL,
            "move": kind in TYPED,
            "point": kind != "span" or not self.asked.pane or self.points_next or self.done,
        }
        return [
            replace(command, label=labels.get(command.action, command.label))
            for command in commands_of(self)
            if not hidden.get(command.action.partition("(")[0])
        ]

    def _enter_word(self) -> str:
        if self.points_next:
            what = "span" if self.question.kind == "span" else "line"
            return f"point at a{'nother' if self._judged or self._said else ''} {what}"
        return "back to the lesson" if self.done else "predict" if self.asked.prediction else "answer"
