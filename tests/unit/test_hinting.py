"""Hints follow what was tried: a clause that is not met may have its own, which comes before the ladder's next."""

from __future__ import annotations

from lessons import actions as act
from lessons.hinting import hints_in_all, next_hint, shown_hints
from lessons.model import Clause, Lesson, Start, Step
from lessons.session import Session
from simulator.scenario import load_scenario

STEP = Step(
    id="one",
    title="One",
    text="Run twice.",
    check=[
        Clause(that="did.ran >= 1", otherwise="nothing ran"),
        Clause(that="did.ran >= 2", otherwise="one ran", hint="Once more: {{ did.ran | count }} so far."),
    ],
    hints=["Look at Load.", "Press `r`."],
)


def begun() -> Session:
    lesson = Lesson(
        title="L", goal="You can", panes=["load"], start=Start(plan="artillery-slowness.yml"), steps=[STEP]
    )
    return Session(load_scenario("module-4"), lesson, 7)


def run(session: Session) -> Session:
    session.perform(act.RunLoad())
    session.finish()
    return session


def shown(session: Session) -> tuple[str, ...]:
    return shown_hints(session.step, session.memory)


def test_before_anything_was_tried_the_ladder_comes() -> None:
    session = begun()
    session.perform(act.AskHint())
    assert shown(session) == ("Look at Load.",)
    assert hints_in_all(session.step, session.memory) == 2


def test_who_stands_at_a_clause_with_a_hint_gets_that_first_and_once() -> None:
    session = run(begun())
    for _ in range(5):
        session.perform(act.AskHint())
    assert shown(session) == (STEP.check[1].hint, "Look at Load.", "Press `r`.")
    assert hints_in_all(session.step, session.memory) == 3
    assert next_hint(session, session.verdict()) is None


def test_a_step_that_is_met_keeps_what_was_shown_and_says_no_more_of_the_clause() -> None:
    session = begun()
    session.perform(act.AskHint())
    run(run(session))
    assert session.verdict().met
    assert shown(session) == ("Look at Load.",)
    session.perform(act.AskHint())
    assert shown(session) == ("Look at Load.", "Press `r`.")


def test_what_was_shown_comes_again_from_what_was_kept() -> None:
    session = run(begun())
    session.perform(act.AskHint())
    again = begun()
    again.replay([(step, act.decode(act.encode(one))) for step, one in session.memory.done], session.runs)
    assert shown(again) == shown(session) == (STEP.check[1].hint,)


def test_an_older_event_without_a_clause_is_the_ladder_s() -> None:
    assert act.decode(b'{"do":"hint"}') == act.AskHint()
