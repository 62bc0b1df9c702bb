"""Questions in plain text, of each kind: how they are said, answered, and turned into commands."""

from __future__ import annotations

import msgspec
import pytest

from lessons import actions as act
from lessons.loader import OpenCourse
from lessons.model import Choice, Question
from lessons.session import Session
from simulator.errors import UsageError
from tui.plain_proof import command_for, commands_for
from tui.plain_question import Asked, judged_lines, question_lines, read_answer, what_is_asked

COURSE = OpenCourse()


def asked_in(question: Question, *, prediction: bool = False) -> tuple[Session, Asked]:
    """A session at a step that asks this question and nothing else."""
    lesson = COURSE.lesson("07-trace")
    asking = {"predict": question} if prediction else {"question": question}
    step = msgspec.structs.replace(
        lesson.steps[0], check=[], **({"predict": None, "question": None} | asking)
    )
    session = Session(COURSE.scenario, msgspec.structs.replace(lesson, steps=[step]), 7)
    asked = what_is_asked(session)
    assert asked == Asked(question, prediction)
    return session, asked


def answered(session: Session, asked: Asked, text: str) -> list[str]:
    given = read_answer(session, asked, text)
    return judged_lines(session, asked, given, session.perform(given), 78)


ORDER = Question(
    id="steps",
    ask="In which order?",
    kind="order",
    because="So it goes.",
    choices=[
        Choice(id=name, text=name.title(), because=f"{name} comes later.") for name in ("one", "two", "three")
    ],
)
SPAN = Question(
    id="span",
    ask="Which span?",
    kind="span",
    because="Look at the longest.",
    choices=[
        Choice(id="get_ride", because="It is short."),
        Choice(id="get_ride_discount", because="That is it.", right=True),
    ],
)
LINE = Question(
    id="line",
    ask="Which line?",
    kind="line",
    version="promo-discount@launch",
    because="It is the one that waits.",
    choices=[
        Choice(id="sleep", at="await asyncio.sleep(", because="Yes, it sleeps.", right=True),
        Choice(id="name", at="async def handler(", because="That only begins it."),
    ],
)


def test_what_is_put_in_order_is_shown_shuffled_and_answered_by_all_numbers() -> None:
    session, asked = asked_in(ORDER)
    lines = question_lines(session, asked, 78)
    numbered = [line.partition(". ")[2] for line in lines if line[:1].isdigit()]
    assert sorted(numbered) == ["One", "Three", "Two"]
    assert numbered != ["One", "Two", "Three"]
    right = " ".join(str(numbered.index(name) + 1) for name in ("One", "Two", "Three"))
    wrong = " ".join(str(numbered.index(name) + 1) for name in ("One", "Three", "Two"))
    assert answered(session, asked, wrong)[:1] == ["Not yet."]
    assert any("comes later" in line for line in answered(session, asked, wrong))
    assert answered(session, asked, right)[0] == "Right."
    assert (
        command_for(session, act.Answer(question="steps", choices=("one", "two", "three")))
        == f"answer {right}"
    )


def test_a_span_is_chosen_by_number_or_by_name() -> None:
    session, asked = asked_in(SPAN)
    assert "2. get_ride_discount" in question_lines(session, asked, 78)
    assert answered(session, asked, "1") == ["Not yet.", "It is short."]
    assert answered(session, asked, "record_ride") == ["Not yet.", "Look at the longest."]
    assert answered(session, asked, "get_ride_discount")[:2] == ["Right.", "That is it."]


def test_a_line_is_pointed_at_by_its_number_and_the_source_is_said() -> None:
    session, asked = asked_in(LINE)
    lines = question_lines(session, asked, 78)
    source = [line for line in lines if "await asyncio.sleep(" in line]
    number = source[0].split()[0]
    assert not any("it sleeps" in line for line in lines)
    assert lines[-1] == "Type the number of a line of promo-discount@launch; or another command."
    assert answered(session, asked, "1")[0] == "Not yet."
    assert answered(session, asked, number)[:2] == ["Right.", "Yes, it sleeps."]
    assert command_for(session, act.Answer(question="line", choices=("sleep",))) == f"answer {number}"


def test_a_prediction_is_never_wrong_and_may_be_changed() -> None:
    question = Question(id="guess", ask="How many?", kind="number", unit="ms")
    session, asked = asked_in(question, prediction=True)
    assert answered(session, asked, "1,403 ms") == ["Noted."]
    assert session.memory.predictions["guess"].number == 1403.0
    assert "Your answer so far: 1,403 ms." in question_lines(session, asked, 78)


@pytest.mark.parametrize("text", ["", "4", "0", "-1", "1 x", "one"])
def test_what_is_no_choice_is_refused(text: str) -> None:
    session, asked = asked_in(ORDER)
    with pytest.raises(UsageError):
        read_answer(session, asked, text)
    assert session.memory.answers == {}


EXAMPLES = {
    act.RunLoad: ({"new": True}, ["new"]),
    act.Deploy: ({"version": "request-ride@traced"}, ["deploy request-ride@traced"]),
    act.SetToken: ({"token": None}, ["token request-ride none"]),
    act.Sample: ({"policy": "slower-than:500ms"}, ["sample slower-than:500ms"]),
    act.Watch: ({"rule": "errors, at least 5 in 2 min"}, ["watch errors, at least 5 in 2 min"]),
    act.Unwatch: ({"name": "duration-gt-1000"}, ["unwatch duration-gt-1000"]),
    act.DeployOwn: ({"marks": ("_get_ride(",)}, ["mark request-ride _get_ride(", "deploy own request-ride"]),
    act.Rollback: ({"service": "request-ride", "to": 1}, ["rollback request-ride 1"]),
    act.OpenMail: ({"rule": "duration-gt-1000"}, ["mail duration-gt-1000"]),
    act.OpenAlert: ({"rule": "duration-gt-1000"}, ["alert duration-gt-1000"]),
    act.OpenInvocation: ({"number": 0, "run": 1}, ["invocation 0 run 1"]),
    act.OpenTrace: ({"number": 0, "run": -1}, ["trace 0 run 1"]),
    act.OpenRequest: ({"number": 0}, ["request 0"]),
    act.CompareGroups: ({}, ["compare"]),
    act.CompareRuns: ({"before": -1, "after": 1}, ["compare 1 1"]),
    act.ReadCode: ({"version": "request-ride@launch"}, ["code request-ride@launch"]),
    act.Answer: ({"question": "span", "choices": ("get_ride",)}, ["answer 1"]),
    act.Predict: ({"question": "span", "choices": ("get_ride",)}, ["answer 1"]),
    act.AskHint: ({}, ["hint"]),
    act.GoOn: ({}, ["enter"]),
    act.GoBack: ({}, ["back"]),
}


@pytest.mark.parametrize("kind", act.KINDS, ids=lambda kind: kind.__struct_config__.tag)
def test_every_action_has_its_commands(kind: type[act.Action]) -> None:
    fields, commands = EXAMPLES[kind]
    session, _ = asked_in(SPAN)
    session.perform(act.RunLoad())
    session.finish()
    assert commands_for(session, kind(**fields)) == commands
