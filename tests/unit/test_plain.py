"""The plain front end: lines in, lines out; what is done, what is refused in one line, what stays hidden."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lessons import actions as act
from lessons.progress import Progress
from tests.unit.plain_talk import SEED, Talk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def talk(data_folder: Path) -> Iterator[Talk]:
    with Progress.open(data_folder) as progress:
        yield Talk(progress, data_folder)


@pytest.fixture
def after_a_run(talk: Talk) -> Callable[[str], Talk]:
    """Somebody in a lesson who has sent the load once."""

    def opened(lesson: str) -> Talk:
        talk.type(lesson=lesson)
        talk.again("run")
        return talk

    return opened


# from the beginning to the end


def test_it_begins_with_the_list_of_lessons_and_ends_with_the_input(talk: Talk) -> None:
    said = talk.type()
    assert f"ridelab, in plain text. Seed {SEED}." in said
    assert "  3. Put it under load, 12 min\n" in said
    assert "Now: the number of a lesson, mysteries, summary, glossary, help, quit." in said
    assert said.endswith("Everything is saved.")


def test_a_lesson_is_opened_by_number_or_id_and_its_standing_is_in_the_list(talk: Talk) -> None:
    said = talk.type("3", "", "lessons", "open 04-alert", "q", "9", "quit", "run")
    assert "Lesson 3: Put it under load" in said
    assert "Step 2 of 8" in said
    assert "3. Put it under load, 12 min; you were here last, step 2 of 8" in said
    assert "Lesson 4: " in said
    assert "Lesson 9: " in said
    assert "Run 1" not in said  # nothing is done after `quit`


def test_a_lesson_is_begun_anew_only_when_that_is_agreed_to(talk: Talk) -> None:
    talk.type("3", "", "q")
    assert talk.again("anew 4") == ["Lesson 04-alert has not been begun"]
    assert talk.again("anew 3")[0].startswith("Begin Put it under load anew?")
    assert any("step 2 of 8" in line for line in talk.again("lessons"))
    assert talk.again("anew 3 yes")[0] == "Put it under load will begin anew."
    assert not any("step 2 of 8" in line for line in talk.again("lessons"))
    assert "Step 1 of 8: Slow, for some" in talk.again("3")


def test_an_empty_line_goes_on_only_from_a_step_that_is_done(talk: Talk) -> None:
    said = talk.type("", "", lesson="03-load")
    assert "Step 2 of 8" in said
    assert "Not yet, because you have not said what you expect" in said
    assert "Step 3 of 8" not in said


def test_a_comment_is_left_out(talk: Talk) -> None:
    assert "no command" not in talk.type("# run", "#", lesson="03-load").lower()


def test_a_course_that_has_no_such_lesson_is_said_and_the_list_follows(talk: Talk) -> None:
    said = talk.type("88", "open 03-lod", "x y")
    assert "No lesson `88`; there are 01-complaint" in said
    assert "No lesson `03-lod`; did you mean `03-load`?" in said


def test_a_second_window_says_that_it_is_read_only(talk: Talk, data_folder: Path) -> None:
    with Progress.open(data_folder) as second:
        said = Talk(second, data_folder).type("3")
    assert "Note: another ridelab window owns this folder: read-only here." in said
    assert said.endswith("Nothing more is saved.")


# questions


def test_a_prediction_and_questions_are_answered_by_number(talk: Talk) -> None:
    talk.type("", lesson="03-load")
    assert "What do you expect?" in talk.again("answer")
    session = talk.plain.lesson.session
    assert talk.again("9") == [f"There is no choice `9`: they are 1 to {len(session.step.predict.choices)}"]
    assert talk.again("1 2") == ["One of them is asked for: type one number"]
    answered = talk.again("2")
    assert session.memory.predictions[session.step.predict.id].choices == (
        session.step.predict.choices[1].id,
    )
    assert "Done: Say what you expect: type `answer`" in answered


def test_a_number_alone_answers_only_a_question_that_was_said(talk: Talk) -> None:
    talk.type("", lesson="03-load")
    assert talk.again("2") == ["A number answers a question: type `answer`, and then the number"]
    assert (
        talk.again("answer", "hint", "2")[-1]
        != "A number answers a question: type `answer`, and then the number"
    )


def test_several_answers_and_what_is_missing(after_a_run: Callable[[str], Talk]) -> None:
    talk = after_a_run("05-compare")
    session = talk.plain.lesson.session
    place, step = next(
        (i, one)
        for i, one in enumerate(session.lesson.steps)
        if one.question and one.question.kind == "several"
    )
    session.place = place
    right = [i for i, choice in enumerate(step.question.choices, start=1) if choice.right]
    wrong = next(i for i, choice in enumerate(step.question.choices, start=1) if not choice.right)
    said = talk.again(f"answer {right[0]}, {wrong}")
    assert said[0] == "Not yet."
    assert any(line.startswith(f"{wrong}: ") for line in said)
    assert any("more " in line for line in said)
    said = talk.again(" ".join(map(str, right)))
    assert said[0] == "Right."


def test_a_wrong_number_is_explained_in_the_end(talk: Talk) -> None:
    talk.type(lesson="04-alert")
    talk.again("run", "enter", "mail", "alert", "answer")
    said = [talk.again("999999")[:2] for _ in range(3)]
    assert said[0] == ["Not yet.", "That is far too high: is the unit right?"]
    question = talk.plain.lesson.session.step.question
    assert len(talk.again("999999")) > len(said[0])
    assert question.because
    assert talk.again("answer twelve") == ["`twelve` is no number: type one such as 14 or 0.5"]
    for text in ("1_0", "nan", "inf", "1e400", "٣"):
        assert talk.again(f"answer {text}")[0].endswith("is no number: type one such as 14 or 0.5")


def test_hints_come_one_by_one_and_the_last_one_names_the_commands(talk: Talk) -> None:
    talk.type("", lesson="03-load")
    hints = len(talk.plain.lesson.session.step.hints)
    said = talk.again(*["hint"] * hints)
    assert [line.partition(":")[0] for line in said if line.startswith("Hint")] == [
        f"Hint {i} of {hints}" for i in range(1, hints + 1)
    ]
    assert said[-1] == "In commands: `run`."
    assert talk.again("h") == ["That was the last hint of this step; `step` says all of them again"]
    assert sum(line.startswith("Hint") for line in talk.again("step")) == hints


# runs


def test_a_run_goes_to_its_end_at_once_and_is_said_in_figures(after_a_run: Callable[[str], Talk]) -> None:
    talk = after_a_run("04-alert")
    said = "\n".join(talk.heard)
    assert talk.plain.lesson.session.runs[0].settled
    assert "latency, ms" in said
    assert "cannot tell" in said
    assert "Cannot tell: p99 needs 299 requests." in said
    assert "Mail at 19:49:41: duration-gt-1000 is in alarm. `mail` opens it." in said


def test_new_sends_other_requests(after_a_run: Callable[[str], Talk]) -> None:
    talk = after_a_run("04-alert")
    talk.again("new")
    assert [run.settings.seed for run in talk.plain.lesson.session.runs] == [SEED, SEED + 1]
    assert f"seed {SEED + 1}, " in " ".join(talk.again("runs"))


def test_the_line_is_the_ranks_and_a_part_of_it_can_be_asked_for(after_a_run: Callable[[str], Talk]) -> None:
    talk = after_a_run("03-load")
    assert any(line.startswith(("51 to 60", "56 to 60")) for line in talk.again("latencies"))
    rows = [line for line in talk.again("latencies 57 60") if line.startswith("57 to 60")]
    assert len(rows[0].split()) == 3 + 4
    assert talk.again("latencies 60 57") == ["Ranks go from 1 to 60, the first before the last"]
    assert talk.again("latencies 1 61") == ["Ranks go from 1 to 60, the first before the last"]


def test_the_report_is_the_load_generators_to_the_letter(after_a_run: Callable[[str], Talk]) -> None:
    from simulator.report import artillery1

    talk = after_a_run("03-load")
    said = talk.again("report")
    report = artillery1(talk.plain.lesson.session.runs[0].traffic()).splitlines()
    assert said == [line for line in report if line]


def test_what_was_opened_is_kept_as_the_screens_keep_it(after_a_run: Callable[[str], Talk]) -> None:
    talk = after_a_run("07-trace")
    talk.again("mail", "alert", "invocation slowest", "request slowest", "trace slowest whole", "compare")
    done = [act.tag(action) for _, action in talk.plain.lesson.session.memory.done]
    assert done[-4:] == ["open-invocation", "open-request", "open-trace", "compare-groups"]


def test_a_failed_invocation_says_its_traceback(after_a_run: Callable[[str], Talk]) -> None:
    said = after_a_run("04-alert").again("invocation failed")
    assert any(line.startswith("error: TypeError: ") for line in said)
    assert "Traceback (most recent call last):" in said


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("invocation 9999", "There is no invocation 9999 in this run"),
        ("invocation five", "`five` is no whole number: type the invocation's, such as 1"),
        ("invocation 0 run 2", "There is no run 2: there are 1"),
        ("invocations quick", "No `quick` here; there are all, slow, fast, failed, cold, longest, shortest"),
        ("invocations page 9", "There is no page 9: they are 1 to 3"),
        ("request 9999", "There is no request 9999 in this run"),
        ("mail 2", "There is no mail `2`: they are 1 to 1, as `mail` lists them"),
        ("trace 1", "`trace` has no use in this lesson; `help` lists what has"),
        ("deploy request-ride@traced", "`deploy` has no use in this lesson; `help` lists what has"),
        ("runns", "No command `runns`; did you mean `runs`? (`help` lists them)"),
        ("v", "The key `v` of the screens is `report` or `latencies` here"),
        ("5", "A number answers a question: type `answer`, and then the number"),
        ("enter now", "That is too much: type `enter`"),
        ("back", "This is the first step: `lessons` goes back to the list"),
        ("glossary xyzzy", "No term is like `xyzzy`"),
        ("export", "This lesson is not finished: `export run 1 csv` exports a run"),
        ("export xml", "No form `xml`; there are json, csv"),
        ("rune\x1b[2J", "No command `rune [2j`; did you mean `runs`? (`help` lists them)"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_readable_line(
    after_a_run: Callable[[str], Talk], line: str, answer: str
) -> None:
    from tui.plain_text import readable

    talk = after_a_run("04-alert")
    before = len(talk.plain.lesson.session.memory.done)
    said = " ".join(talk.again(readable(line)))
    assert said == answer or (line.startswith("rune") and said.startswith("No command `rune"))
    assert len(talk.plain.lesson.session.memory.done) == before


def test_what_nobody_watches_stays_hidden(after_a_run: Callable[[str], Talk]) -> None:
    talk = after_a_run("04-alert")
    data = talk.plain.lesson.session.runs[0]
    hidden = data.of_service("promo-discount")["number"].tolist()
    assert hidden
    said = talk.again(f"invocation {hidden[0]}")
    assert said[0].startswith(
        f"Nothing is known of invocation {hidden[0]}: promo-discount: its agent is dormant"
    )
    listed = "\n".join(talk.again("invocations", "invocations page 2", "invocations page 3"))
    numbers = [
        int(line.split()[0]) for line in listed.splitlines() if line.split() and line.split()[0].isdigit()
    ]
    assert len(numbers) == 60
    assert not set(numbers) & set(hidden)


def test_a_ride_s_page_ends_with_what_it_wrote_into_the_table(after_a_run: Callable[[str], Talk]) -> None:
    talk = after_a_run("05-compare")
    assert "Rides table: it asked for a write, and nothing was written." in talk.again("invocation failed")
    inv = talk.plain.lesson.session.runs[0].of_service("request-ride")
    served = int(inv["number"][inv["outcome"] == 0][0])
    said = talk.again(f"invocation {served}")
    assert '  DiscountMultiplier: {"N": "1"}' in said[said.index("Rides table, what it wrote there:") :]


def test_where_nobody_may_look_inside_a_request_says_what_its_rider_sees(
    after_a_run: Callable[[str], Talk],
) -> None:
    said = after_a_run("03-load").again("request slowest")
    assert "the rider waited" in said[0]
    assert not any(word in line for line in said for word in ("cold start", "handler of", "clock", "share"))
    inside = after_a_run("05-compare").again("request slowest")
    assert any("handler of request-ride" in line for line in inside)


# versions


def test_only_what_the_lesson_offers_can_be_read_and_deployed(talk: Talk) -> None:
    talk.type(lesson="09-prove")
    assert talk.again("deploy request-ride@published-trace")[0].startswith(
        "No version `request-ride@published-trace` in this lesson"
    )
    assert talk.again("code launch") == ["`launch` may be request-ride@launch or promo-discount@launch"]
    assert talk.again("deploy request-ride@launch") == ["request-ride@launch is deployed already"]
    assert "promo-discount@fixed is deployed: it answers in the next run." in talk.again("deploy fixed")
    assert "promo-discount@launch is deployed: it answers in the next run." in talk.again(
        "rollback promo-discount"
    )


def test_a_difference_is_said_with_its_signs(talk: Talk) -> None:
    talk.type(lesson="09-prove")
    said = talk.again("diff timeout")
    assert said[0].startswith("request-ride@timeout against request-ride@launch, which is deployed: ")
    assert any(line.startswith("    - ") for line in said)
    assert any(" + " in line for line in said)
    kinds = [act.tag(action) for _, action in talk.plain.lesson.session.memory.done]
    assert kinds[-1] == "read-code"


def test_a_mark_is_set_tried_out_deployed_and_found_again(talk: Talk, data_folder: Path) -> None:
    talk.type(lesson="06-instrument")
    assert talk.again("deploy own") == [
        "There is no draft of your own yet: `mark CALL` begins one, and so does `edit`"
    ]
    assert talk.again("mark nowhere(")[0].startswith(
        "request-ride@launch: no line inside a function holds `nowhere(`"
    )
    assert "Your draft of request-ride has 1 mark." in talk.again("mark _get_ride(")
    assert any(" + " in line and "context.mark" in line for line in talk.again("diff own"))
    said = talk.again("deploy own the first one")
    assert "request-ride@mine-1" in " ".join(said)
    history = " ".join(" ".join(talk.again("versions")).split())
    assert "request-ride@mine-1" in history
    assert "the first one, 1 new mark, which is deployed" in history
    talk.again("q", "6")
    session = talk.plain.lesson.session
    assert session.lab.versions["request-ride"].name == "mine-1"


def test_a_draft_goes_to_an_editor_and_comes_back_and_a_bad_one_is_refused(
    talk: Talk, data_folder: Path
) -> None:
    talk.type(lesson="06-instrument")
    written = " ".join(talk.again("edit"))
    path = Path(written.partition("Written to ")[2].partition(" Change")[0])
    assert path.parent == data_folder / "exports"
    path.write_text(path.read_text(encoding="utf-8") + "\nthis is no Python\n", encoding="utf-8")
    assert "Your draft of request-ride is" in " ".join(talk.again(f"edit {path}"))
    refused = " ".join(talk.again("deploy own"))
    assert "the running version is untouched" in refused
    assert talk.plain.lesson.session.lab.versions["request-ride"].name == "launch"
    assert talk.again("discard") == ["The draft is gone; request-ride@launch is deployed."]
    assert "cannot be read" in " ".join(talk.again("edit nowhere.py"))


# what sets the lab


def test_rules_sampling_and_token_are_set_by_commands(talk: Talk) -> None:
    talk.type(lesson="04-alert")
    assert talk.again("rules")[0] == "Rules of your team:"
    before = len(talk.plain.lesson.session.lab.rules)
    talk.again("watch errors, at least 5 in 2 min")
    rules = talk.plain.lesson.session.lab.rules
    assert len(rules) == before + 1
    assert rules[-1].measure == "errors"
    assert sum(line.startswith("- ") for line in talk.again("watch")) == len(rules)
    talk.again(f"unwatch {rules[-1].name}")
    assert len(talk.plain.lesson.session.lab.rules) == before
    assert talk.again("unwatch nothing")[0].startswith("No rule `nothing` is on")
    talk.again("q", "8")
    assert talk.again("sample 0.5")[0].startswith("Traces kept: ")
    kept = talk.again("sample")
    assert kept == ["Traces kept: a share of all (50%)."]
    assert talk.again("sample sometimes") != kept
    assert talk.again("sample") == kept
    assert "without a monitoring token" in " ".join(talk.again("token none"))
    talk.again("run")
    said = " ".join(talk.again("invocations"))
    assert "request-ride: its agent is dormant: nothing is reported" in said


# what one takes along


def test_a_run_is_written_to_a_file(after_a_run: Callable[[str], Talk], data_folder: Path) -> None:
    talk = after_a_run("04-alert")
    said = " ".join(talk.again("export run 1 csv"))
    assert said.startswith("Written to ")
    files = list((data_folder / "exports").glob("*.csv"))
    assert len(files) == 1
    assert len(files[0].read_text(encoding="utf-8").splitlines()) == 61


def test_the_glossary_says_a_term_or_lists_what_it_finds(talk: Talk) -> None:
    assert talk.type("glossary p95").count("p95 (also") == 1
    assert "Terms: " in talk.type("glossary")
