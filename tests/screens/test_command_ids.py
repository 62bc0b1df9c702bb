"""Each command has a name for settings.yaml that stays when its label changes, and no other command's."""

from __future__ import annotations

from importlib import import_module

import pytest

from tui.commands import Command, declared
from tui.places import SCREENS
from tui.widgets.lab import PANES

PLACES = {**SCREENS, **PANES}


@pytest.mark.parametrize("place", PLACES)
def test_names_come_from_ids_and_actions_alone(place: str) -> None:
    module, kind = PLACES[place]
    _, commands = declared(getattr(import_module(module), kind))
    unnamed = [command.action for command in commands if "(" in command.action and not command.id]
    assert not unnamed, "an action with a parameter needs an id of its own"
    names = [command.name for command in commands]
    assert len(set(names)) == len(names)


def test_a_label_is_no_name() -> None:
    one = Command("move(1)", ("j",), "next", "Go on.")
    other = Command("move(1)", ("j",), "onward", "Go on.")
    assert one.name == other.name != Command("move(-1)", ("k",), "next", "Go back.").name


def test_keys_are_written_alike_everywhere() -> None:
    for module, kind in PLACES.values():
        for command in declared(getattr(import_module(module), kind))[1]:
            assert "_" not in command.key, f"{kind}: {command.key}"
            assert "pagedown" not in command.key, kind
            assert "pageup" not in command.key, kind
