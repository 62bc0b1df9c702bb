"""Nobody reads in the Alerts pane what lesson 4 asks to predict."""

from __future__ import annotations

from lessons import actions as act
from lessons.loader import OpenCourse
from lessons.recording import withheld
from lessons.session import Session
from lessons.variants import proof_of

COURSE = OpenCourse()


def opened(lesson: str, step: str) -> Session:
    session = Session(COURSE.scenario, COURSE.lesson(lesson), 7)
    while session.step.id != step:
        for action in proof_of(session.step, None):
            session.perform(action)
            if isinstance(action, act.RunLoad):
                session.finish()
        session.perform(act.GoOn())
    return session


def test_scores_come_once_their_prediction_was_made() -> None:
    session = Session(COURSE.scenario, COURSE.lesson("04-alert"), 7)
    assert withheld(session) == "later in this lesson"
    [step] = [
        one for one in session.lesson.steps if one.predict is not None and one.predict.id == "false_alarms"
    ]
    session = opened("04-alert", step.id)
    assert withheld(session) == "once you have said what you expect"
    session.perform(act.Predict(question="false_alarms", number=3))
    assert withheld(session) == ""


def test_a_lesson_without_recorded_days_has_nothing_to_withhold() -> None:
    assert withheld(Session(COURSE.scenario, COURSE.lesson("05-compare"), 7)) == ""


def test_lesson_10_tells_them_where_it_asks_for_a_rule() -> None:
    lesson = COURSE.lesson("10-failed")
    asking = next(step.id for step in lesson.steps if any("best." in clause.that for clause in step.check))
    assert withheld(opened("10-failed", asking)) == ""
