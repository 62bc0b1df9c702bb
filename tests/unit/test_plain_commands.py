"""Commands of the plain front end: found by name, other word or beginning; errors name the nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest

from lessons.model import Control, Pane
from simulator.errors import UsageError
from tui.plain_commands import HOME, INSTEAD, LESSON, Arguments, find, help_lines, offered, whole

if TYPE_CHECKING:
    from tui.plain_commands import PlainCommand

PANES = get_args(Pane)
CONTROLS = get_args(Control)


def command(name: str) -> PlainCommand:
    return next(one for one in LESSON if one.name == name)


@pytest.mark.parametrize("one", LESSON, ids=lambda one: one.name)
def test_every_command_is_found_by_its_name_and_its_other_words(one: PlainCommand) -> None:
    for word in (one.name, one.name.upper(), *one.also):
        assert find(word, LESSON) is one


def test_no_word_stands_for_two_things() -> None:
    words = [word for one in LESSON for word in (one.name, *one.also)]
    assert len(set(words)) == len(words)
    assert not set(words) & set(INSTEAD)


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("r", "run"),
        ("rep", "report"),
        ("lat", "latencies"),
        ("gl", "glossary"),
        ("tr", "trace"),
        ("?", "help"),
    ],
)
def test_a_beginning_is_enough_where_only_one_has_it(word: str, name: str) -> None:
    assert find(word, LESSON).name == name


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("re", "`re` may be report or request"),
        ("invocatoin", "no command `invocatoin`; did you mean `invocation`? (`help` lists them)"),
        ("fly", "no command `fly` (`help` lists them)"),
        ("e", "a run goes to its end by itself here"),
    ],
)
def test_what_is_no_command_is_said_with_the_nearest(word: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        find(word, LESSON)
    assert str(error.value) == said


def test_a_command_of_another_lesson_is_known_and_refused() -> None:
    with pytest.raises(UsageError, match="`trace` has no use in this lesson"):
        find("trace", offered(["load"], []), LESSON)


def test_a_lesson_offers_what_its_panes_stand_for() -> None:
    none = {one.name for one in offered([], CONTROLS)}
    assert {"run", "answer", "hint", "quit"} <= none
    assert not none & {"report", "mail", "trace", "deploy", "mark"}
    for pane in PANES:
        assert {one.name for one in offered([pane], [])} > none
    assert {one.name for one in offered(PANES, CONTROLS)} == {one.name for one in LESSON}


def test_a_lesson_offers_the_controls_it_names_and_no_other() -> None:
    names = {control: {one.name for one in LESSON if one.control == control} for control in CONTROLS}
    assert names == {"token": {"token"}, "sampling": {"sample"}, "rules": {"watch", "unwatch"}}
    without = {one.name for one in offered(PANES, [])}
    for control, commands in names.items():
        assert not commands & without
        assert {one.name for one in offered(PANES, [control])} == without | commands


def test_pairs_are_taken_out_wherever_they_stand() -> None:
    read = Arguments.read(command("invocations"), ["slow", "run", "2", "longest", "page", "3"])
    assert (read.words, read.run, read.page) == (("slow", "longest"), 2, 3)
    assert Arguments.read(command("glossary"), ["run"]).words == ("run",)


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        ("trace", [], "say which: type `trace N [whole] [run N]`"),
        ("trace", ["5", "run"], "`run` of which number? Type `trace N [whole] [run N]`"),
        ("trace", ["5", "run", "x"], "`x` is no whole number: type the run's, such as 1"),
        ("deploy", ["a", "b"], "that is too much: type `deploy REF | own [NOTE]`"),
    ],
)
def test_wrong_arguments_are_one_line(name: str, words: list[str], said: str) -> None:
    with pytest.raises(UsageError) as error:
        Arguments.read(command(name), words).one()
    assert str(error.value) == said


@pytest.mark.parametrize("text", ["-1", "1.5", "", "²", "٣", "1" * 30, "x"])
def test_only_whole_numbers_are_numbers(text: str) -> None:
    with pytest.raises(UsageError, match="is no whole number: type the rank's"):
        whole(text, "rank")


def test_help_has_a_sentence_for_every_command() -> None:
    for commands in (LESSON, HOME):
        lines = help_lines(commands)
        assert len(lines) == len(commands)
        assert all(said[0].isupper() and said.endswith(".") for _, said in lines)
    assert [usage for usage, _ in help_lines(LESSON, "tr")] == ["trace N [whole] [run N]"]
