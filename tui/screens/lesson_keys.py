"""The keys of the lesson screen, declared once: footer, palette and help are made from them."""

from __future__ import annotations

from typing import Final

from tui.commands import Command
from tui.widgets.lab import DIGITS, TITLES

RUN_KEYS: Final = (
    Command("run(False)", ("r",), "run", "Run the load: the same requests as last time.", rank=20, id="run"),
    Command(
        "run(True)", ("n",), "new requests", "Run the load with new requests.", rank=55, id="new-requests"
    ),
    Command("pause", ("space",), "pause", "Hold the virtual clock, or let it go on.", rank=11),
    Command("speed", ("x",), "speed", "Change how fast runs play: x1, x10, x60.", rank=13),
    Command("to_end", ("e",), "to the end", "Let this run go to its end as fast as it can.", rank=12),
    Command(
        "step",
        ("full_stop",),
        "one second",
        "Let one virtual second pass, and hold the clock.",
        shown=".",
        rank=26,
    ),
)
LESSON_KEYS: Final = (
    Command("answer", ("a",), "answer", "Say what you expect, or answer the question.", rank=14),
    Command(
        "put_off", ("escape",), "leave it open", "Point at nothing for now; the question stays open.", rank=12
    ),
    Command("hint", ("h",), "hint", "Show the next hint of this step.", rank=40),
    Command("words", ("i",), "words", "Look up the words that are underlined in this step."),
    Command("back", ("b",), "back", "Go back to the step before; nothing is lost.", rank=60),
)
PLACE_KEYS: Final = (
    Command(
        "app.board", ("B",), "mysteries", "Look at the mysteries: which are open, and what closed the others."
    ),
    Command("switch", ("tab", "shift+tab"), "lab", "Go from the lesson to the lab, and back.", rank=27),
    Command("show_lesson", ("0",), "lesson", "Go to the lesson's text."),
    *(
        Command(f"show_pane('{name}')", (digit,), TITLES[name], f"Go to the {TITLES[name]} pane.", id=name)
        for name, digit in DIGITS.items()
    ),
    Command(
        "home",
        ("q",),
        "home",
        "Go home; the lesson stays as it is, and a run under way begins again.",
        rank=80,
    ),
)
LESSON_SCREEN_KEYS: Final = (*RUN_KEYS, *LESSON_KEYS, *PLACE_KEYS)
