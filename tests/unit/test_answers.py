"""Questions beyond choices and numbers: point at a span, point at a line, put in order; rights that are computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from lessons import actions as act
from lessons.answers import choice_lines, exact_answer, right_choices, shown_choices, with_line
from lessons.expressions import Unknown
from lessons.loader import OpenCourse
from lessons.markdown import lesson_markdown
from lessons.model import Choice, Question, Step
from lessons.names import FUNCTIONS
from lessons.proof import walk
from lessons.question_checks import wrong_question
from lessons.quiz import judge
from lessons.session import Session
from simulator.deploying import read_version

if TYPE_CHECKING:
    from lessons.quiz import Judgement

COURSE = OpenCourse()
VERSION = "request-ride@launch"

SPAN = Question(
    id="where", ask="Where?", kind="span", because="That span is as long in fast rides.",
    choices=[
        Choice(id="_get_ride_discount", because="Yes.", right=True),
        Choice(id="fleet.find_unicorn", because="It takes no time."),
    ],
)  # fmt: skip
LINE = Question(
    id="wait", ask="Which line?", kind="line", because="Nothing waits there.", version=VERSION,
    choices=[
        Choice(id="call", at="await _get_ride_discount(", because="Yes.", right=True),
        Choice(id="record", at="await _record_ride(", because="It takes 12 ms."),
    ],
)  # fmt: skip
ORDER = Question(
    id="order", ask="In order", kind="order", because="So it goes.",
    choices=[Choice(id=name, text=name, because=f"{name} needs more.") for name in ("one", "two", "three", "four")],
)  # fmt: skip


def judged(question: Question, *choices: str, number: float | None = None) -> Judgement:
    return judge(question, choices, number, {"incident.id": "b"}, FUNCTIONS)


def session(*questions: Question) -> Session:
    steps = [
        Step(
            id=question.id, title="t", text="t", question=question,
            proof=[act.Answer(question=question.id, exact=True)],
        )
        for question in questions
    ]  # fmt: skip
    return Session(COURSE.scenario, msgspec.structs.replace(COURSE.lesson("03-load"), steps=steps), 7)


# a span


def test_a_span_is_right_or_wrong_with_its_own_words_and_any_other_gets_the_general_ones() -> None:
    assert judged(SPAN, "_get_ride_discount") == judged(SPAN, "_get_ride_discount")
    assert (judged(SPAN, "_get_ride_discount").right, judged(SPAN, "_get_ride_discount").said) == (
        True,
        ("Yes.",),
    )
    assert judged(SPAN, "fleet.find_unicorn").said == ("It takes no time.",)
    other = judged(SPAN, "the ride")
    assert (other.right, other.said) == (False, ("That span is as long in fast rides.",))
    assert judged(SPAN).said == ("Point at a span first.",)


# a line


def line_of(text: str) -> int:
    lines = read_version(VERSION).source.split("\n")
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_a_line_is_pointed_at_by_number_or_by_its_choice() -> None:
    right, wrong = line_of("await _get_ride_discount("), line_of("await _record_ride(")
    assert {number: one.id for number, one in choice_lines(LINE).items()} == {right: "call", wrong: "record"}
    assert judged(LINE, number=float(right)) == judged(LINE, "call")
    assert judged(LINE, "call").right
    assert judged(LINE, number=float(wrong)).said == ("It takes 12 ms.",)
    other = judged(LINE, number=1.0)
    assert (other.right, other.said) == (False, ("Nothing waits there.",))
    assert judged(LINE).said == ("Point at a line first.",)


def test_an_answer_about_a_line_is_kept_with_its_number_and_its_choice() -> None:
    right = float(line_of("await _get_ride_discount("))
    assert with_line(LINE, act.Answer(question="wait", choices=("call",))).number == right
    assert with_line(LINE, act.Answer(question="wait", number=right)).choices == ("call",)
    assert with_line(LINE, act.Answer(question="wait", number=1.0)).choices == ()
    one = session(LINE)
    one.perform(act.Answer(question="wait", number=1.0))
    one.perform(act.Answer(question="wait", number=right))
    assert [(a.number, a.choices, a.right) for _, a in one.memory.done if isinstance(a, act.Answer)] == [
        (1.0, (), False),
        (right, ("call",), True),
    ]
    assert one.verdict().met


# an order


def test_an_order_is_shown_shuffled_the_same_way_each_time_and_never_right() -> None:
    ids = [choice.id for choice in ORDER.choices]
    seen = set()
    for seed in range(1, 101):
        shown = [choice.id for choice in shown_choices(ORDER, seed)]
        assert sorted(shown) == sorted(ids)
        assert shown != ids
        assert shown == [choice.id for choice in shown_choices(ORDER, seed)]
        seen.add(tuple(shown))
    assert len(seen) > 15  # of 23
    assert shown_choices(SPAN, 7) == SPAN.choices


def test_how_far_an_order_is_right_is_said() -> None:
    assert (judged(ORDER, "one", "two", "three", "four").right, judged(ORDER, "one").right) == (True, False)
    assert judged(ORDER, "one", "two", "three", "four").said == ("So it goes.",)
    assert judged(ORDER, "one", "two", "four", "three").said == (
        "The first two are right. What stands third comes later:", "four needs more.",
    )  # fmt: skip
    assert judged(ORDER, "one", "three", "two", "four").said[0].startswith("The first is right.")
    assert (
        judged(ORDER, "four", "three", "two", "one")
        .said[0]
        .startswith("Not yet. What stands first comes later")
    )
    for wrong in (("one", "two"), ("one", "one", "two", "three"), ("one", "two", "three", "five"), ()):
        assert judged(ORDER, *wrong).said == ("Put all 4 in order first.",)


# rights that are computed


def computed(*rights: bool | str) -> Question:
    choices = [Choice(id=f"c{i}", text="t", because=f"b{i}", right=right) for i, right in enumerate(rights)]
    return Question(id="q", ask="?", choices=choices)


def test_which_choice_is_right_may_be_an_expression() -> None:
    question = computed("incident.id == 'a'", "incident.id == 'b'", False)
    assert right_choices(question, {"incident.id": "b"}, FUNCTIONS) == frozenset({"c1"})
    assert (judged(question, "c1").right, judged(question, "c0").right) == (True, False)
    assert exact_answer(question, {"incident.id": "a"}, FUNCTIONS).choices == ("c0",)
    unknown = judge(question, ("c0",), None, {"incident.id": Unknown("not drawn")}, FUNCTIONS)
    assert (unknown.right, unknown.said) == (None, ("not drawn",))


# checks

FIVE = Choice(id="five", text="5", because="", right=True)
SILENT = [Choice(id="a", because=""), Choice(id="b", because="")]


@pytest.mark.parametrize(
    ("question", "why"),
    [
        (SPAN, ""),
        (LINE, ""),
        (ORDER, ""),
        (computed("run.n > 0", "run.n == 0"), ""),
        (computed(True, True), "exactly one choice is right where one is asked for; here 2 are"),
        (computed(False, False), "exactly one choice is right where one is asked for; here 0 are"),
        (msgspec.structs.replace(SPAN, because=""), "needs a `because`, which is said to any other span"),
        (msgspec.structs.replace(LINE, because=" "), "needs a `because`, which is said to any other line"),
        (msgspec.structs.replace(LINE, version=None), "say of which `version`"),
        (msgspec.structs.replace(LINE, version="request-ride@lunch"), "lunch"),
        (msgspec.structs.replace(SPAN, version=VERSION), "belong to questions of the kind line"),
        (msgspec.structs.replace(ORDER, choices=[*ORDER.choices, ORDER.choices[0]]), "have the same id"),
        (msgspec.structs.replace(ORDER, choices=[*ORDER.choices[:3], SPAN.choices[0]]), "is no id of a choice"),
        (msgspec.structs.replace(ORDER, choices=[*ORDER.choices, FIVE]), "leave `right` away"),
        (msgspec.structs.replace(computed(True, False), choices=SILENT), "has no `text`"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_question_is_found(question: Question, why: str) -> None:
    found = wrong_question(question, prediction=False)
    assert why in found if why else found == ""


@pytest.mark.parametrize(
    ("at", "why"), [("await ", "in "), ("await nobody(", "in no line"), ("", "in no line")]
)
def test_a_choice_of_a_line_stands_in_exactly_one(at: str, why: str) -> None:
    choices = [LINE.choices[0], msgspec.structs.replace(LINE.choices[1], at=at)]
    found = wrong_question(msgspec.structs.replace(LINE, choices=choices), prediction=False)
    assert f"`{at}` stands {why}" in found
    assert "one is needed" in found


def test_two_choices_at_one_line_are_refused() -> None:
    choices = [LINE.choices[0], msgspec.structs.replace(LINE.choices[1], at="discount_multiplier = await")]
    found = wrong_question(msgspec.structs.replace(LINE, choices=choices), prediction=False)
    assert found == "`call` and `record` stand at one line: 65"


def test_a_prediction_has_a_plain_kind() -> None:
    assert "not order" in wrong_question(ORDER, prediction=True)


# proofs


def test_a_proof_answers_all_kinds_and_tries_what_is_wrong() -> None:
    one = session(SPAN, LINE, ORDER, computed("lab.seed > 0", "lab.seed == 0"))
    assert list(walk(one)) == []
    assert one.memory.right == {"where", "wait", "order", "q"}
    assert one.memory.tries["order"] == 3  # backwards, as shown, right


def test_a_proof_fails_for_two_rights_and_for_what_is_not_explained() -> None:
    assert any("here 2 are" in what for _, what in walk(session(computed("lab.seed > 0", "lab.seed < 100"))))
    silent = [msgspec.structs.replace(choice, because="") for choice in SPAN.choices]
    problems = [what for _, what in walk(session(msgspec.structs.replace(SPAN, choices=silent)))]
    assert problems == ["step `where`: choice `fleet.find_unicorn` is not explained"]


def test_answers_of_all_kinds_are_written_down_and_there_again() -> None:
    one = session(SPAN, LINE, ORDER)
    for _ in walk(one):
        pass
    page = lesson_markdown(one, "1")
    assert "- Answer: _get_ride_discount (right" in page
    assert f"- Answer: line {line_of('await _get_ride_discount(')} (right" in page
    assert "- Answer: one; two; three; four (right" in page
    new = session(SPAN, LINE, ORDER)
    new.replay([(step, act.decode(act.encode(a))) for step, a in one.memory.done], [])
    assert (new.memory.right, new.memory.answers, new.place) == (
        one.memory.right,
        one.memory.answers,
        one.place,
    )
