"""What sets the lab in plain text: rules with their scores, budgets, versions of a service; what is said of runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lessons.progress import Progress
from tests.unit.plain_talk import SEED, Talk
from tui.plain import _news

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def talk(data_folder: Path) -> Talk:
    return Talk(Progress.in_memory(seed=SEED), data_folder)


def at_step(talk: Talk, lesson: str, step: str) -> None:
    """Open a lesson at one of its steps."""
    talk.type(lesson=lesson)
    session = talk.plain.lesson.session
    session.place = next(i for i, one in enumerate(session.lesson.steps) if one.id == step)


def test_rules_are_listed_with_their_scores_as_soon_as_those_are_not_withheld(talk: Talk) -> None:
    talk.type(lesson="04-alert")
    session = talk.plain.lesson.session
    said = talk.again("watch")
    assert said[-1] == "How they do on the recorded runs is told later in this lesson."
    assert not any(line.startswith("fires on") for line in said)
    talk.again("run")
    assert any(line.split() == ["fires", "on", "yours"] for line in talk.again("watch"))

    step = next(i for i, one in enumerate(session.lesson.steps) if one.predict is not None)
    session.place = step
    assert talk.again("watch")[-1].endswith("once you have said what you expect.")
    talk.again("answer 3")
    said = talk.again("watch duration > 2000 ms")
    assert said[0] == "This rule is on from now on:"
    assert sum(line.startswith("- ") for line in said) == 1  # the others have been said before
    for rule in session.lab.rules:
        score = session.recordings.score(rule)
        row = next(line for line in said if line.startswith(f"{rule.name} "))
        assert f"{score.sick} of {score.of_sick}" in row
        assert f"{score.healthy} of {score.of_healthy}" in row
        assert f"{score.gain:+.2f}" in row
        assert row.endswith("of 1")


@pytest.mark.parametrize(
    "line", ["token none", "sample 0.1", "watch errors", "rules", "unwatch duration-gt-1000"]
)
def test_a_control_that_the_lesson_does_not_name_is_not_there(talk: Talk, line: str) -> None:
    talk.type(lesson="07-trace")
    assert talk.again(line)[0].endswith("has no use in this lesson; `help` lists what has")
    assert not talk.plain.lesson.session.memory.done


def test_what_is_left_of_a_budget_is_said_at_first_and_when_it_changes(talk: Talk) -> None:
    said = talk.type("answer 6", "", "run", "runs", "deploy request-ride@guarded", lesson="11-alone")
    budgets = [line for line in said.splitlines() if line.startswith("Budget: ")]
    assert budgets == [
        "Budget: 6 runs, 3 deploys left.",
        "Budget: 5 runs, 3 deploys left.",
        "Budget: 5 runs, 2 deploys left.",
    ]
    for _ in range(5):
        talk.again("run")
    left = "Budget: no runs, 2 deploys left; `lessons` and then `anew 11` begins anew."
    assert talk.plain.lesson.now()[-1] == left
    assert talk.again("run")[0].startswith("This lesson has a budget of 6 runs, and all 6 are used")
    assert not any(line.startswith("Budget") for line in Talk(Progress.in_memory(), talk.plain.desk.folder)
                   .type(lesson="03-load").splitlines())  # fmt: skip


def test_a_service_alone_is_what_is_deployed_of_it(talk: Talk) -> None:
    talk.type(lesson="10-failed")
    assert talk.again("code promo-discount")[0] == "promo-discount@fixed, 21 lines, which is deployed."
    assert talk.again("diff promo-discount") == ["promo-discount@fixed is what is deployed: no difference."]
    talk.again("mark promo-discount _get_multiplier(")
    assert talk.again("code promo-discount")[0] == "promo-discount@fixed, 21 lines, which is deployed."
    assert "which is not deployed" in talk.again("code promo-discount@own")[0]


def test_what_an_invocation_wrote_stands_on_its_page(talk: Talk) -> None:
    talk.type(lesson="10-failed")
    talk.again("run")
    data = talk.plain.lesson.session.runs[0]
    rides = data.of_service("request-ride")
    well = int(rides["number"][rides["status"] == 201][0])
    said = talk.again(f"invocation {well}")
    at = said.index("Rides table, what it wrote there:")
    assert [line.split(":")[0].strip() for line in said[at + 1 :]][:2] == ["RideId", "Unicorn"]
    assert all(len(line) <= 78 for line in said[at:])
    failed = talk.again("invocation failed")
    assert failed[-1] == "Rides table: it asked for a write, and nothing was written."


def test_a_single_request_is_said_in_a_sentence(talk: Talk) -> None:
    talk.type("", lesson="01-complaint")
    said = talk.again("run")
    wait = talk.plain.lesson.session.runs[0].latencies_s[0]
    run = " ".join(said[: said.index("Done: Send one request: press `r`")])
    assert run.endswith(f"1 x 201. Its rider waited {wait * 1000:.0f} ms. It met no cold start.")


def test_a_run_says_each_figure_once_and_cold_starts_only_where_there_were_some(talk: Talk) -> None:
    talk.type(lesson="11-alone")
    said = talk.again("run")
    assert sum(line.startswith("no cold start ") for line in said) == 0
    assert "No request met a cold start." in said
    assert sum("Cannot tell: p99" in line for line in said) == 1
    assert not any("Latency: min" in line for line in said)


def test_the_slowest_can_leave_the_line(talk: Talk) -> None:
    talk.type("", lesson="03-load")
    assert talk.again("latencies without") == ["No run has ended yet"]
    talk.again("run")
    said = talk.again("latencies without")
    data = talk.plain.lesson.session.runs[0]
    largest, next_one = sorted(data.latencies_s)[-1:-3:-1]
    assert said[2].split()[-1] == f"{largest * 1000:.0f}"
    assert said[3].startswith("without the slowest, 59")
    assert said[3].split()[-1] == f"{next_one * 1000:.0f}"


def test_a_step_that_was_done_says_only_what_is_new_in_it(talk: Talk) -> None:
    at_step(talk, "01-complaint", "hunt")
    talk.again("answer 5", "new", "new", "new")
    for _ in range(14):
        if talk.plain.lesson.session.verdict().met:
            break
        talk.again("new")
    said = talk.again("new")
    assert any("tried so far" in line for line in said)
    assert not any("Most people stop after three" in line for line in said)


def test_a_comparison_without_a_slow_group_makes_no_table_of_nothing(talk: Talk) -> None:
    talk.type("", "answer 1", lesson="11-alone")
    talk.again("run")
    data = talk.plain.lesson.session.runs[0]
    slow = bool((data.of_service("request-ride")["duration_s"] > 1.0).any())
    said = talk.again("compare request-ride")
    assert any(line.startswith("attribute") for line in said) == slow


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ((), "In the lab: run, new.", "In the lab: run, new."),
        (("Now: step.", "In the lab: run."), "In the lab: run, new.", "New in the lab: new."),
        (("In the lab: run, unmark.",), "In the lab: run.", ""),
        (("In the lab: run.",), "Now: enter goes on.", "Now: enter goes on."),
    ],
)
def test_what_one_can_do_is_said_once_and_then_what_is_new(
    before: tuple[str, ...], now: str, said: str
) -> None:
    assert _news(now, before) == said


def test_letters_choose_as_they_do_on_the_screens(talk: Talk) -> None:
    talk.type("", lesson="03-load")
    session = talk.plain.lesson.session
    talk.again("answer B")
    asked = session.step.predict
    assert session.memory.predictions[asked.id].choices == (asked.choices[1].id,)
    assert talk.again("answer z")[0].startswith("There is no choice `z`")


def test_a_comparison_and_the_list_of_runs_say_what_differed_in_agents_and_sampling(talk: Talk) -> None:
    talk.type(lesson="08-cost")
    talk.again("run", "token none", "sample 0.1", "run")
    said = " ".join(talk.again("compare 1 2"))
    assert "agent of request-ride from on to dormant; traces kept from all to a share of all (10%)." in said
    listed = " ".join(" ".join(talk.again("runs")).split())
    assert "agent of request-ride: on; traces kept: all." in listed
    assert "agent of request-ride: dormant; traces kept: a share of all (10%)." in listed
    assert "agent of promo-discount" not in listed  # it did the same in both


@pytest.mark.parametrize(
    ("lesson", "line", "answer"),
    [
        ("06-instrument", "code promo-discount", "No version `promo-discount` in this lesson; there is "
         "request-ride@launch"),
        ("06-instrument", "code request-ride@lunch", "No version `request-ride@lunch` in this lesson; did you mean "
         "`request-ride@launch`? There is request-ride@launch"),
        ("06-instrument", "deploy request-ride@own", "There is no draft of your own yet: `mark CALL` begins one, and "
         "so does `edit`"),
        ("06-instrument", "summary", "That belongs to the list of lessons: type `lessons` first"),
        ("", "run", "`run` belongs into a lesson: type the number of one first"),
        ("", "03-lod", "No lesson `03-lod`; did you mean `03-load`?"),
        ("", "x" * 300, f"No command `{'x' * 60}...` (`help` lists them)"),
    ],
)  # fmt: skip
def test_what_is_asked_in_the_wrong_place_is_answered_with_the_right_one(
    talk: Talk, lesson: str, line: str, answer: str
) -> None:
    talk.type(lesson=lesson or None)
    assert " ".join(talk.again(line)) == answer


def test_the_list_of_invocations_goes_on_in_the_same_run_and_has_an_end(talk: Talk) -> None:
    talk.type(lesson="04-alert")
    talk.again("run", "run")
    said = talk.again("invocations longest page 2 run 1")
    assert "Page 2 of 3; next: `invocations longest page 3 run 1`." in said
    assert talk.again("invocations page 3")[-2] == "Page 3 of 3."
    assert talk.again("invocations slow fast") == ["One filter at a time: `slow` or `fast`"]
    assert talk.again("invocations cold page 2") == ["There is no page 2: there is one only"]
    assert talk.again("request coldest")[0].startswith("`coldest` is said of invocations")


def test_a_draft_without_its_marks_is_what_is_deployed(talk: Talk) -> None:
    talk.type(lesson="06-instrument")
    talk.again("mark _get_ride(")
    assert talk.again("unmark all") == ["Your draft of request-ride is what is deployed: nothing is changed."]
    talk.again("mark _get_ride(")
    assert "request-ride@mine-1 is deployed" in " ".join(
        " ".join(talk.again("deploy request-ride@own")).split()
    )


def test_what_is_no_filter_is_searched_for(talk: Talk) -> None:
    talk.type(lesson="10-failed")
    talk.again("run")
    data = talk.plain.lesson.session.runs[0]
    said = talk.again("invocations 17")
    assert said[0].startswith("Run 1: 2 like `17` of 1,200 invocations")
    rows = [line.split() for line in said if line.split()[1:2] == ["17"]]
    assert {row[6] for row in rows} == {"request-ride", "promo-discount"}
    failed = int(((data.invocations["outcome"] > 0) | (data.invocations["status"] >= 500)).sum())
    assert talk.again("invocations failed request-ride")[0].startswith(
        f"Run 1: {failed:,} failed like `request-ride` of"
    )
    assert talk.again("invocations quick") == [
        "No `quick` here; there are all, slow, fast, failed, cold, longest, shortest"
    ]
