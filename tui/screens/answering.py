"""Opening the question of a step, and taking the answer to it: chosen, typed, put in order or pointed at."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from lessons import actions as act
from lessons.answers import right_choices, shown_choices
from lessons.expressions import parse_template
from lessons.names import FUNCTIONS
from lessons.prose import unmarked
from tui.commands import key_now
from tui.screens.quiz import QuizScreen
from tui.screens.quiz_asked import Asked
from tui.screens.quiz_pointing import PointLine, pane_to_point_in
from tui.widgets.lab import DIGITS, TITLES, Lab

if TYPE_CHECKING:
    from textual.worker import Worker

    from lessons.quiz import Judgement
    from lessons.session import Session
    from tui.screens.lesson import LessonScreen


def open_question(
    screen: LessonScreen, pointed: tuple[tuple[str, ...], float | None, Judgement] | None = None
) -> None:
    """Open the prediction or the question of the step a lesson is at, perhaps with what was just pointed at."""
    asked = what_to_ask(screen.session, terms=True)
    if asked is None:
        screen.notify("There is nothing to answer in this step.")
        return
    end_pointing(screen)

    def answered(_right: bool | None) -> None:
        if quiz.wants_to_point:
            _pointing: Worker[None] = screen.run_worker(partial(begin_pointing, screen, asked))
        elif screen.text is not None and screen.text.met:
            screen.go_to_side("lesson")

    def submit(choices: tuple[str, ...], number: float | None) -> Judgement | None:
        return take_answer(screen, asked, choices, number)

    quiz = QuizScreen(asked, submit, screen.show_player, pointed)
    screen.app.push_screen(quiz, answered)


def what_to_ask(session: Session, *, terms: bool = False) -> Asked | None:
    """Choose what is asked: the prediction until it is made, then the question.

    A prediction may be changed until there is a result. With `terms`, words of the glossary stay marked.
    """
    step, memory = session.step, session.memory

    def render(text: str) -> str:
        rendered = parse_template(text).render(session.scope(), functions=FUNCTIONS).strip()
        return rendered if terms else unmarked(rendered)

    if step.predict is not None:
        given = memory.predictions.get(step.predict.id)
        if given is None or (step.question is None and not session.verdict().met):
            shown = tuple(shown_choices(step.predict, session.seed))
            return Asked(step.predict, prediction=True, render=render, given=given, choices=shown)
    if step.question is not None:
        question = step.question
        return Asked(
            question,
            prediction=False,
            render=render,
            given=memory.answers.get(question.id),
            right=question.id in memory.right,
            choices=tuple(shown_choices(question, session.seed)),
            rights=lambda: right_choices(question, session.scope(), FUNCTIONS),
            pane=pane_to_point_in(session, question),
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
            screen.notify(unmarked(" ".join(said)), markup=False)
    return judgement


# pointing


async def begin_pointing(screen: LessonScreen, asked: Asked) -> None:
    """Let the learner point in a pane, which is shown; the question waits meanwhile."""
    screen.pointing = asked
    await screen.action_show_pane(asked.pane)
    pane = screen.query_one(Lab).pane
    if pane is not None:
        pane.pointing = asked.question
        if asked.question.version is not None:
            pane.open_target(None, asked.question.version)
        pane.refresh_bindings()
    screen.bindings_updated_signal.subscribe(screen.query_one(PointLine), lambda _: show_pointing(screen))
    show_pointing(screen)


def end_pointing(screen: LessonScreen) -> None:
    """Point no longer."""
    screen.pointing = None
    screen.bindings_updated_signal.unsubscribe(screen.query_one(PointLine))
    for name in screen.session.lesson.panes:
        if (pane := screen.query_one(Lab).made(name)) is not None:
            pane.pointing = None
    show_pointing(screen)
    screen.refresh_bindings()


def show_pointing(screen: LessonScreen) -> None:
    """Say what is asked while one points; in another step it is asked no longer."""
    asked = screen.pointing
    if asked is not None and screen.session.step.question is not asked.question:
        end_pointing(screen)
        return
    pane, way = screen.query_one(Lab).pane, ""
    if asked is not None and not screen.points_here:
        key = key_now(screen, f"lesson.{asked.pane}", DIGITS[asked.pane])
        way = f"{key} goes back to the {TITLES[asked.pane]} pane"
    elif asked is not None and pane is not None:
        way = pane.way_to_point()
    away = f"{way}, where you point at it." if way else ""
    point = key_now(screen, f"{asked.pane}.point", "enter") if asked is not None else ""
    leave = key_now(screen, "lesson.put-off", "escape")
    screen.query_one(PointLine).show(asked, answer=point, leave=leave, away=away)


def take_pointed(screen: LessonScreen, choices: tuple[str, ...], number: float | None) -> None:
    """Answer with what was pointed at, and say how it was judged."""
    asked = screen.pointing
    if asked is None:
        return
    judgement = take_answer(screen, asked, choices, number)
    if judgement is not None:
        open_question(screen, (choices, number, judgement))
