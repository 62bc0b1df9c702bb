"""Other ways than the proof's: lessons judge what a version does, so what a learner writes passes where it should."""

from __future__ import annotations

import pytest

from lessons import actions as act
from lessons.expressions import parse_template
from lessons.loader import OpenCourse
from lessons.names import FUNCTIONS
from lessons.session import Session
from simulator.deploying import read_version

COURSE = OpenCourse()
RIDE, PROMO = "request-ride", "promo-discount"

WHOLE = (
    ("    user = _get_user", "    context.mark.start('everything')\n    user = _get_user"),
    ("    _logger.info('Ride %s", "    context.mark.end('everything')\n    _logger.info('Ride %s"),
)
BODY = """\
    response = await context.http.post(
        DISCOUNT_URL, json={'User': user, 'PickupLocation': pickup_location}
    )
"""
TIMEOUT = (
    ("import json\n", "import asyncio\nimport json\n"),
    (
        BODY,
        "    try:\n        async with asyncio.timeout(0.450):\n"
        + "".join(f"        {line}\n" for line in BODY.splitlines())
        + "    except TimeoutError:\n        return 1\n",
    ),
)
MENDED = (("    await _look_up_campaigns()\n", ""),)
NOBODY_WINS = (("    return (100 - random.randint(5, 20)) / 100\n", "    return 1\n"),)


def at(lesson: str, step: str, seed: int = 7) -> Session:
    """A session that came to a step by the proofs of those before it."""
    session = Session(COURSE.scenario, COURSE.lesson(lesson), seed)
    while session.step.id != step:
        for action in session.step.proof:
            session.perform(action)
            session.finish()
        session.perform(act.GoOn())
    return session


def run(session: Session, *, new: bool = False) -> None:
    session.perform(act.RunLoad(new=new))
    session.finish()


def compare(session: Session, before: int = 1, after: int = -1) -> None:
    session.perform(act.CompareRuns(before=before, after=after))


def marks(session: Session, *texts: str) -> None:
    session.perform(act.DeployOwn(marks=texts))
    run(session)


def edit(session: Session, service: str, *edits: tuple[str, str]) -> None:
    session.perform(act.DeployOwn(service=service, edits=edits))


def says(session: Session) -> str:
    return session.verdict().because


def shown(session: Session, text: str) -> str:
    return parse_template(text).render(session.scope(), functions=FUNCTIONS)


# lesson 6


def test_lesson_6_takes_a_mark_in_the_handler_or_in_the_function_it_calls() -> None:
    for text in ("_get_ride_discount(", "http.post("):
        session = at("06-instrument", "one-mark")
        marks(session, text)
        assert says(session) == "the question is open"


@pytest.mark.parametrize("text", ["_get_ride(", "_record_ride(", "json.loads(", "_get_pickup_location("])
def test_lesson_6_says_of_a_mark_that_finds_nothing_what_is_unmarked(text: str) -> None:
    session = at("06-instrument", "one-mark")
    marks(session, text)
    assert "of a slow invocation is still under no innermost mark" in says(session)


def test_lesson_6_refuses_a_mark_around_everything_and_takes_a_narrow_one_inside_it() -> None:
    session = at("06-instrument", "one-mark")
    edit(session, RIDE, *WHOLE)
    run(session)
    assert "`everything` explains" in says(session)
    assert "3 of the handler's 3 waits lie under it" in says(session)
    marks(session, "_get_ride_discount(")
    assert says(session) == "the question is open"


def test_lesson_6_counts_the_marks_of_one_name_together() -> None:
    session = at("06-instrument", "one-mark")
    launch = read_version("request-ride@launch").source
    one = launch.replace("    ride = await", "    with context.mark('w'):\n        ride = await")
    two = one.replace(
        "    discount_multiplier = await", "    with context.mark('w'):\n        discount_multiplier = await"
    )
    session.perform(act.DeployOwn(source=two))
    run(session)
    assert "2 of the handler's 3 waits lie under it" in says(session)


def test_lesson_6_allows_several_marks_at_once_and_says_so() -> None:
    session = at("06-instrument", "one-mark")
    marks(session, "_get_ride(", "_get_ride_discount(", "_record_ride(")
    assert says(session) == "the question is open"
    said = shown(session, session.step.afterwards)
    assert "brought new marks: 1; at most 3 new in\none of them." in said
    assert "cannot tell" not in said


def test_lesson_6_asks_for_marks_until_nearly_nothing_is_unmarked() -> None:
    session = at("06-instrument", "all-marks")
    assert "A wait is left" in says(session)
    run(session)
    assert "A wait is left" in says(session)
    marks(session, "_record_ride(")
    session.perform(act.OpenTrace(number="slowest"))
    assert says(session) == "the question is open"


def test_lesson_6_does_not_take_one_mark_around_everything_for_full_cover() -> None:
    session = at("06-instrument", "all-marks")
    session.perform(act.Rollback(service=RIDE, to=1))
    edit(session, RIDE, *WHOLE)
    run(session)
    session.perform(act.OpenTrace(number="slowest"))
    assert "it covers everything and tells nothing" in says(session)


@pytest.mark.parametrize("seed", range(1, 21))
def test_lesson_6_what_stays_unmarked_is_about_the_same_in_slow_and_fast_rides(seed: int) -> None:
    session = at("06-instrument", "all-marks", seed)
    scope = session.scope()
    slow, fast, wait = (scope(f"run.{name}") for name in ("unmarked_slow", "unmarked_fast", "difference"))
    assert isinstance(slow, float)
    assert isinstance(fast, float)
    assert isinstance(wait, float)
    assert abs(slow - fast) < 0.03 * wait


# lesson 9


@pytest.mark.parametrize("seed", [1, 7, 20])
def test_lesson_9_can_be_done_with_versions_that_the_learner_writes(seed: int) -> None:
    session = at("09-prove", "timeout", seed)
    session.perform(act.Predict(question="timeout_502", choices=("none",)))
    edit(session, RIDE, *TIMEOUT)
    run(session)
    compare(session)
    assert says(session) == "the question is open"
    session.perform(act.Answer(question="halved", choices=("not_asked",)))
    session.perform(act.GoOn())
    for _ in range(2):
        for action in session.step.proof:
            session.perform(action)
        session.perform(act.GoOn())

    assert session.step.id == "fix"
    edit(session, PROMO, *MENDED)
    run(session)
    assert "a mitigation is still in it" in says(session)
    edit(session, RIDE, *((new, old) for old, new in reversed(TIMEOUT)))
    assert session.lab.versions[RIDE].name == "launch"
    run(session)
    compare(session)
    assert session.verdict().met, says(session)
    session.perform(act.GoOn())
    session.perform(act.Answer(question="leftover", choices=("cold_starts",)))
    session.perform(act.GoOn())
    for _ in range(2):
        run(session, new=True)
    assert says(session) == "the question is open"


def test_lesson_9_does_not_take_what_protects_nobody() -> None:
    session = at("09-prove", "timeout")
    session.perform(act.Predict(question="timeout_502", choices=("none",)))
    run(session)
    assert "they are not protected" in says(session)
    session.perform(act.Deploy(version="request-ride@together"))
    run(session)
    assert "they are not protected" in says(session)
    session.perform(act.Deploy(version="request-ride@plain"))
    run(session)
    assert "heard of 0 % of the rides" in says(session)
    session.perform(act.Deploy(version="promo-discount@fixed"))
    session.perform(act.Rollback(service=RIDE, to=1))
    run(session)
    assert "that is tomorrow's remedy" in says(session)


def test_lesson_9_does_not_take_a_timeout_that_answers_with_an_error() -> None:
    session = at("09-prove", "timeout")
    session.perform(act.Predict(question="timeout_502", choices=("none",)))
    edit(session, RIDE, *TIMEOUT, ("return 1\n", "raise\n"))
    run(session)
    compare(session)
    assert "a rider without a ride is not protected" in says(session)


def test_lesson_9_does_not_take_a_fix_that_takes_the_discounts_away() -> None:
    session = at("09-prove", "fix")
    session.perform(act.Deploy(version="request-ride@launch"))
    run(session)
    assert "the wait is still in it" in says(session)
    edit(session, PROMO, *MENDED, *NOBODY_WINS)
    run(session)
    assert "One change at a time" in says(session)
    session.perform(act.Deploy(version="request-ride@plain"))
    run(session)
    assert "the fix is to ask" in says(session)


def test_lesson_9_wants_the_first_run_compared_with_the_mended_one() -> None:
    session = at("09-prove", "fix")
    session.perform(act.Deploy(version="request-ride@launch"))
    edit(session, PROMO, *MENDED)
    run(session)
    compare(session, before=2)
    assert "compare the first run" in says(session)
    compare(session)
    assert session.verdict().met, says(session)
