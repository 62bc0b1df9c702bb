"""Keys of the screens in plain text: what a step says of them, and what is said to somebody who types one."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest

from lessons.model import Control, Pane
from lessons.progress import Progress
from simulator.errors import UsageError
from tests.unit.plain_talk import COURSE, SEED, Talk
from tui.plain_commands import HOME, LESSON, find
from tui.plain_keys import KEYS, NAMED, key_notes, typed_for

if TYPE_CHECKING:
    from pathlib import Path

PLACES = (*get_args(Pane), *get_args(Control))
AS_TYPED = {"r", "n", "a", "h", "b"}
"""Keys that do here what they do on the screens."""
OF_NO_NEED = {"e", "x", "j", "k", "g", "G"}
"""Keys for speed and cursors: there are neither."""


@pytest.fixture
def talk(data_folder: Path) -> Talk:
    return Talk(Progress.in_memory(seed=SEED), data_folder)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: f"{key.key}-{key.where}")
def test_what_stands_for_a_key_begins_with_a_command_that_there_is(key: tuple[str, str, str]) -> None:
    quoted = [part.split()[0] for part in key[2].split("`")[1::2]]
    assert quoted
    for word in quoted:
        if word not in {"e", "failed"}:  # a key that is spoken of, and a second word for a filter
            assert find(word, HOME if word == "summary" else LESSON).name == word
    assert key[1] in {"", *PLACES}


@pytest.mark.parametrize("lesson", [entry.id for entry in COURSE.entries])
def test_every_key_that_a_lesson_names_is_typed_as_it_is_or_said_in_commands(lesson: str) -> None:
    found = COURSE.lesson(lesson)
    places = (*found.panes, *found.controls)
    asked = [text for step in found.steps for text in (step.text, step.do, *step.hints)]
    named = {key for text in asked for key in NAMED.findall(text)}
    assert {key for key in named if not typed_for(key, places)} <= AS_TYPED | OF_NO_NEED


def test_a_step_says_its_keys_in_commands_once(talk: Talk) -> None:
    talk.type("", "", "", lesson="02-lights")
    session = talk.plain.lesson.session
    session.place = 2
    said = " ".join(talk.again("step"))
    token, deploy = "`t` is `token TOKEN`, which deploys too", "`d` is `deploy REF`, or `deploy own`"
    assert f"Keys in commands: `6` is `code`; {token}; {deploy}." in said
    assert not any("Keys in commands" in line for line in talk.again("hint"))  # it names none besides


def test_keys_of_what_a_lesson_does_not_have_are_no_matter() -> None:
    assert key_notes("an `x` is a request that failed, `v` and `R`", ["load"]) == (
        "Keys in commands: `v` is `report` or `latencies`."
    )
    assert key_notes("press `v`", ["load"], known="`v` goes through its views") == ""
    assert key_notes("press `r`", PLACES) == ""
    assert key_notes("press `r`, and `e` to go to its end", PLACES) == ""
    assert "`e` is `edit`" in key_notes("`e` edits the handler", PLACES)


def test_a_key_that_means_two_things_means_what_the_pane_of_the_step_says() -> None:
    assert typed_for("m", PLACES, "code") == "`mark CALL`"
    assert typed_for("m", PLACES, "runs") == "the number of a run, as in `compare A B`"
    assert typed_for("t", PLACES, "code") == "`token TOKEN`, which deploys too"
    assert typed_for("m", PLACES, "load") == " or ".join([typed_for("m", ["code"]), typed_for("m", ["runs"])])


def test_whoever_types_a_key_hears_the_command_and_nothing_is_done(talk: Talk) -> None:
    talk.type(lesson="04-alert")
    before = len(talk.plain.lesson.session.memory.done)
    assert talk.again("R") == ["The key `R` of the screens is `watch` here"]
    assert talk.again("f") == ["The key `f` of the screens is `invocations slow` or `failed` here"]
    assert talk.again("D") == ["The key `D` of the screens has no use here"]
    assert " ".join(talk.again("2")).endswith("the pane with that key is `mail`")
    assert len(talk.plain.lesson.session.memory.done) == before
    assert not talk.plain.lesson.session.runs
    talk.again("q")
    assert talk.again("B") == ["The key `B` of the screens is `mysteries` here"]
    assert talk.again("f9")[0].startswith("The key `f9` of the screens is `summary`")


def test_capitals_of_a_whole_word_are_the_word(talk: Talk) -> None:
    talk.type(lesson="04-alert")
    assert talk.again("RUN")[0].startswith("Run 1 (")
    with pytest.raises(UsageError):
        find("rune", LESSON)
