"""Opening the question of a step, and taking the answer to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lessons import actions as act
from lessons.expressions import parse_template
from lessons.names import FUNCTIONS
from tui.screens.quiz import Asked, QuizScreen

if TYPE_CHECKING:
    from lessons.quiz import Judgement
    from lessons.session import Session
    from tui.screens.lesson import LessonScreen


def open_question(screen: LessonScreen) -> None:
    """Open the prediction or the question of the step a lesson is at."""
    asked = what_to_ask(screen.session)
    if asked is None:
        screen.notify("There is nothing to answer in this step.")
        return

    def answered(_right: bool | None) -> None:
        if screen.text is not None and screen.text.met:
            screen.go_to_side("lesson")

    def submit(choices: tuple[str, ...], number: float | None) -> Judgement | None:
        return take_answer(screen, asked, choices, number)

    screen.app.push_screen(QuizScreen(asked, submit), answered)


def what_to_ask(session: Session) -> Asked | None:
    """Choose what is asked: the prediction until it is made, then the question.

    A prediction may be changed until there is a result.
    """
    step, memory = session.step, session.memory

    def render(text: str) -> str:
        return parse_template(text).render(session.scope(), functions=FUNCTIONS).strip()

    if step.predict is not None:
        given = memory.predictions.get(step.predict.id)
        if given is None or (step.question is None and not session.verdict().met):
            return Asked(step.predict, prediction=True, render=render, given=given)
    if step.question is not None:
        name = step.question.id
        return Asked(
            step.question,
            prediction=False,
            render=render,
            given=memory.answers.get(name),
            right=name in memory.right,
        )
    return None


def take_answer(
    screen: LessonScreen, asked: Asked, choices: tuple[str, ...], number: float | None
) -> Judgement | None:
    """Perform the answer; what a choice says to a prediction is said as it closes."""
    kind = act.Predict if asked.prediction else act.Answer
    judgement = screen.perform(kind(question=asked.question.id, choices=choices, number=number))
    if asked.prediction:
        said = [asked.render(c.because) for c in asked.question.choices if c.id in choices and c.because]
        if said:
            screen.notify(" ".join(said), markup=False)
    return judgement
