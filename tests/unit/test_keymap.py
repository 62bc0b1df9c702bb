"""Other keys for commands: each is checked against all that is active with it, and what is wrong is named."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module

import pytest
from textual.dom import DOMNode
from textual.keys import _character_to_key

import tui
from simulator.document import parse
from simulator.errors import UsageError
from tui.commands import Command, declared
from tui.keymap import Keymap, make_keymap
from tui.keys import RESERVED, key_name, shown_key
from tui.places import Places
from tui.settings_file import NAME, Choices

PLACES = Places()


def keymap(text: str) -> Keymap:
    return make_keymap(parse(text, Choices, name=NAME), PLACES)


def only_problem(text: str) -> str:
    [problem] = keymap(text).problems
    return problem


def both(key: str, one: str, other: str) -> str:
    return f"`{key}` is both `{one}` and `{other}`; `load.turn` stays on `v`"


def classes_with_commands() -> set[type]:
    """Find every class of the program that declares commands of its own."""
    found = set()
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        for _, kind in inspect.getmembers(import_module(module.name), inspect.isclass):
            own = kind.__dict__.get("KEYS") or kind.__dict__.get("COMMANDS")
            if issubclass(kind, DOMNode) and isinstance(own, tuple) and own and isinstance(own[0], Command):
                found.add(kind)
    return found


def test_every_class_with_commands_is_a_place_with_ids_of_its_own() -> None:
    known = {(where, name) for name, where in PLACES._classes.items()}
    for kind in classes_with_commands():
        where, commands = declared(kind)
        assert ((kind.__module__, kind.__name__), where) in known, kind
        names = [command.name for command in commands]
        assert len(set(names)) == len(names), (where, names)
        place = PLACES.place(where)
        for command in commands:
            assert command.keys == () or f"{where}.{command.name}" in place.keys or where == "app", command


def test_nothing_is_wrong_with_the_keys_as_they_are() -> None:
    """Written out as they are, the defaults are no clash: the check does not cry wolf."""
    for name in PLACES.names:
        lines = [f"  {one}: [{', '.join(map(repr, keys))}]" for one, keys in PLACES.place(name).keys.items()]
        assert keymap("\n".join(["keys:", *lines]) if lines else "theme: day").problems == ()


def test_without_keys_nothing_changes() -> None:
    assert keymap("theme: day") == Keymap()
    assert make_keymap(None, PLACES) == Keymap()


def test_a_command_gets_other_keys() -> None:
    found = keymap("keys:\n  lesson.run: W\n  load.turn: [Z, Page Down]\n  app.help: '!'\n")
    assert found.problems == (f"{NAME}:3:14: {both('page down', 'load.turn', 'load.page-down')}",)
    assert found.keys == {"lesson.run": ("W",), "app.help": ("exclamation_mark",)}
    assert found.for_textual["lesson.run"] == "W"
    assert found.for_textual["lesson.pause"] == "space"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "keys:\n  load.turn: r\n",
            "settings.yaml:2:14: `r` is both `load.turn` and `lesson.run`; `load.turn` stays",
        ),
        ("keys:\n  lesson.run: v\n", "settings.yaml:2:15: `v` is both `lesson.run` and `"),
        ("keys:\n  home.reset: '?'\n", "`?` is both `home.reset` and `app.help`"),
        ("keys:\n  app.help: g\n", "`g` is both `app.help` and `"),
        (
            "keys:\n  step-text.scroll-down: enter\n",
            "`enter` is both `step-text.scroll-down` and `lesson-panel.go-on`",
        ),
        ("keys:\n  home.reset: pageup\n", "`page up` is both `home.reset` and "),
        ("keys:\n  trace.whole: left\n", "`left` is both `trace.whole` and `waterfall.fold`"),
        (
            "keys:\n  lesson.rnu: w\n",
            "settings.yaml:2:15: no command `lesson.rnu`; did you mean `lesson.run`?",
        ),
        ("keys:\n  lessn.run: w\n", "no command `lessn.run`; did you mean `lesson.run`?"),
        ("keys:\n  nonsense: w\n", "no command `nonsense`"),
        ("keys:\n  lesson.run: entr\n", "no key `entr`; did you mean `enter`?"),
        ("keys:\n  lesson.run: cmd+r\n", "no key `cmd+r`: `cmd` is none of ctrl, alt"),
        ("keys:\n  lesson.run: []\n", "`lesson.run` needs a key"),
        ("keys:\n  app.quit: z\n", "`app.quit` keeps its key"),
        *((f"keys:\n  lesson.run: {key}\n", f"`{key}` always does what it does") for key in RESERVED),
    ],
)
def test_what_is_wrong_is_one_line_with_its_place_and_refused(text: str, said: str) -> None:
    problem = only_problem(text)
    assert said in problem
    assert problem.startswith("settings.yaml:2:")
    assert "\n" not in problem
    assert keymap(text).keys == {}


def test_two_can_change_places() -> None:
    found = keymap("keys:\n  load.turn: y\n  load.scale: v\n")
    assert found.problems == ()
    assert found.keys == {"load.turn": ("y",), "load.scale": ("v",)}


def test_of_two_that_want_one_key_the_later_is_refused() -> None:
    found = keymap("keys:\n  lesson.run: W\n  load.turn: W\n")
    assert found.keys == {"lesson.run": ("W",)}
    assert found.problems == (f"{NAME}:3:14: {both('W', 'lesson.run', 'load.turn')}",)


def test_what_falls_back_to_its_own_key_takes_it_from_who_wanted_it() -> None:
    found = keymap("keys:\n  load.turn: y\n  load.scale: r\n")
    assert found.keys == {}
    assert len(found.problems) == 2


def test_the_same_key_is_no_clash_where_the_two_never_meet() -> None:
    found = keymap("keys:\n  home.reset: W\n  lesson.run: W\n  quiz.tick: W\n")
    assert found.problems == ()


def test_commands_that_take_turns_on_a_key_can_do_so_on_another() -> None:
    found = keymap("keys:\n  invocations.open: w\n  invocations.keep-search: w\n")
    assert [problem for problem in found.problems if "keep-search" in problem] == []


def test_a_way_out_stays_beside_the_key_that_was_given() -> None:
    assert keymap("keys:\n  help.close: x\n").keys == {"help.close": ("x", "escape")}


@pytest.mark.parametrize("character", [chr(code) for code in range(33, 127)])
def test_a_character_is_named_as_textual_names_it(character: str) -> None:
    assert key_name(character) == _character_to_key(character)
    assert shown_key(key_name(character)) == character


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("F5", "f5"),
        ("Esc", "escape"),
        ("Ctrl+R", "ctrl+r"),
        ("shift+alt+x", "alt+shift+x"),
        ("page down", "pagedown"),
        ("question_mark", "question_mark"),
        ("ctrl+i", "tab"),
        ("Space", "space"),
        ("R", "R"),
        (" ", "space"),
        ("ctrl++", "ctrl+plus"),
    ],
)
def test_keys_are_understood_as_people_write_them(written: str, name: str) -> None:
    assert key_name(written) == name


@pytest.mark.parametrize("written", ["", "  x y", "ctrl+", "f99", "\x00", "ctrl", "up down"])
def test_what_is_no_key_is_refused(written: str) -> None:
    with pytest.raises(UsageError):
        key_name(written)
