"""The keys of the Code pane, declared once."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tui.commands import Command
from tui.panes.keypane import SCROLLING

CODE_KEYS: Final = (
    Command("point", ("enter",), "answer", "Answer the question with the line under the cursor.", rank=9),
    Command("open", ("enter",), "its diff", "Show what the deploy under the cursor changed.", rank=17, shown="enter"),
    Command("calls", ("C",), "calls", "Run both versions, and show what each calls in an invocation.", rank=18),
    Command("mark", ("m",), "mark", "Mark the statement with the call on this line, or take its mark away.", rank=19),
    Command("next_version", ("v",), "version", "Show the next version of this service, or the draft.", rank=21),
    Command("deploy", ("d",), "deploy", "Deploy what is shown; what is new goes through a smoke test first.", rank=22),
    Command("difference", ("D",), "diff", "Show how this differs from what is deployed, or all of it.", rank=23),
    Command("edit", ("e",), "edit", "Write freely, here.", rank=24),
    Command("undo", ("u",), "undo", "Undo the last change of the draft.", rank=25),
    Command("next_service", ("s",), "service", "Show the next service.", rank=26),
    Command("history", ("H",), "history", "List the deploys of this service, with what each changed.", rank=29),
    Command("rollback", ("U",), "roll back", "Go back to the version before, or to the one under the cursor.", rank=31),
    Command("token", ("t",), "token", "Set the token that the agent gets with the next deploy.", rank=22),
    Command("discard", ("X",), "discard", "Throw the draft away, after a question.", rank=33),
    Command("redo", ("ctrl+r",), "redo", "Do again what was undone.", rank=34),
    Command("edit_outside", ("E",), "your editor", "Write in the program that VISUAL or EDITOR names.", rank=35),
    Command("back", ("escape",), "back", "Go back to the source; give up a deploy that is under way.", rank=28),
    *(replace(one, label="move", help="Move down by a line.") if one.rank is not None else one for one in SCROLLING),
    Command("sideways(1)", ("right",), "right", "Scroll to the right.", id="right"),
    Command("sideways(-1)", ("left",), "left", "Scroll to the left.", id="left"),
)  # fmt: skip

EVERYWHERE: Final = {"next_service", "history", "back", "roll", "leaf", "edge", "sideways"}
ON_PAGE: Final[dict[str, set[str]]] = {
    "source": {
        *("mark", "edit", "edit_outside", "undo", "redo", "discard", "point", "token"),
        *("next_version", "deploy", "difference", "rollback"),
    },
    "difference": {
        *("edit", "edit_outside", "undo", "redo", "discard"),
        *("next_version", "deploy", "difference", "calls"),
    },
    "calls": {"difference", "calls", "next_version", "deploy"},
    "history": {"open", "rollback"},
    "deploy": set(),
    "edit": set(),
}  # fmt: skip
"""What can be done on each page, beside what can be done on all of them."""
WITH_CURSOR: Final = {"source", "history"}
