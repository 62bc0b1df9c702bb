"""Every screen and every pane in each of its states, as a list: a scene is a name and the keys that lead there.

A walk is one learner at one terminal who goes from scene to scene: the keys of one begin where the one before ended.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.screens.every.learner import play_lessons

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.screens.every.learner import Learner


@dataclass(frozen=True)
class Scene:
    """Where the `keys` lead, parted by blanks.

    Among the keys ``+1.5`` lets so many wall seconds pass, ``60x20`` is another size of the terminal, and ``~`` takes
    away the messages that would go away by themselves; a scene's own end does that too, unless it is `messages` that
    it shows.
    """

    name: str
    keys: str = ""
    messages: bool = False


@dataclass(frozen=True)
class Walk:
    """Scenes that one learner goes through. Before: `played` are lessons and how many of their steps are done."""

    name: str
    scenes: tuple[Scene, ...]
    played: dict[str, int] = field(default_factory=dict)
    lesson: str | None = None
    new: bool = False
    ascii: bool = False
    """Whether nothing but ASCII may be seen in it."""

    def prepare(self, data: Path) -> None:
        """Play what was played before."""
        if self.played:
            play_lessons(data, self.played)

    @property
    def options(self) -> dict[str, object]:
        """How the app is started."""
        return {"new": self.new, "lesson": self.lesson}

    async def go(self, learner: Learner) -> AsyncIterator[Scene]:
        """Go from scene to scene."""
        for scene in self.scenes:
            for word in scene.keys.split():
                await _do(learner, word)
            if not scene.messages:
                await _do(learner, "~")
            yield scene


async def _do(learner: Learner, word: str) -> None:
    """Press a key, let time pass, change the size, or take the messages away."""
    if word.startswith("+") and len(word) > 1:
        await learner.pass_time(float(word[1:]))
    elif word == "~":
        learner.app.clear_notifications()
        await learner.settle()
    elif "x" in word and word.replace("x", "").isdigit():
        learner.resize(*map(int, word.split("x")))
        await learner.settle()
    else:
        await learner.press(word)


DONE: Final = {"03-load": 8, "04-alert": 5, "05-compare": 6, "06-instrument": 4, "07-trace": 7, "09-prove": 7}

WALKS: Final = (
    Walk(
        "welcome",
        (
            Scene("welcome"),
            Scene("home-first", "enter"),
            Scene("board-none", "B"),
            Scene("summary-none", "escape f9"),
        ),
        new=True,
    ),
    Walk(
        "home",
        (
            Scene("home-begun"),
            Scene("home-help", "question_mark"),
            Scene("home-glossary", "tab"),
            Scene("home-glossary-term", "j j enter"),
            Scene("home-glossary-search", "slash p 9 9"),
            Scene("home-settings", "escape escape escape escape comma"),
            Scene("home-settings-last", "pagedown pagedown pagedown pagedown pagedown"),
            Scene("home-palette", "escape colon"),
            Scene("home-palette-search", "t h e m e"),
            Scene("home-confirm", "escape R"),
            Scene("home-too-small", "n 50x12"),
        ),
        played={"04-alert": 5, "05-compare": 2, "03-load": 3},
    ),
    Walk(
        "finished",
        (
            Scene("home-finished"),
            Scene("board", "B"),
            Scene("board-end", "G"),
            Scene("summary", "escape f9"),
            Scene("summary-leafed", "pagedown pagedown"),
            Scene("summary-end", "G"),
        ),
        played=DONE,
    ),
    Walk(
        "load",
        (
            Scene("lesson-begin"),
            Scene("load-none", "1"),
            Scene("runs-none", "4"),
            Scene("lesson-to-do", "0 enter"),
            Scene("lesson-not-yet", "enter", messages=True),
            Scene("quiz-prediction", "a b"),
            Scene("lesson-hint", "enter h"),
            Scene("load-paused", "r +2 space"),
            Scene("load-playing", "space +0.5"),
            Scene("load-refused", "e"),
            Scene("lesson-help", "question_mark"),
            Scene("lesson-palette", "escape colon r u n"),
            Scene("lesson-done", "escape 0"),
            Scene("lesson-words", "i"),
            Scene("board-in-lesson", "escape escape B"),
        ),
        lesson="03-load",
    ),
    Walk(
        "load-views",
        (
            Scene("load-chart", "1"),
            Scene("load-cursor", "right right right"),
            Scene("load-linear", "escape y"),
            Scene("load-heatmap", "y v"),
            Scene("load-histogram", "v"),
            Scene("load-report", "v"),
            Scene("load-line-up", "v"),
            Scene("load-line-up-without", "left z"),
            Scene("load-plan", "z v"),
            Scene("load-live", "v r +3 space"),
            Scene("quiz-number", "e a"),
            Scene("quiz-number-wrong", "5 enter"),
            Scene("runs", "escape 4"),
            Scene("runs-marked", "m k m"),
        ),
        played={"03-load": 3},
        lesson="03-load",
    ),
    Walk(
        "alerts",
        (
            Scene("alerts-none", "2"),
            Scene("alerts-arrived", "r e", messages=True),
            Scene("alerts-mailbox", "2"),
            Scene("alerts-mail", "enter"),
            Scene("alerts-event", "enter"),
            Scene("invocations-page", "enter"),
            Scene("invocations-list", "escape"),
            Scene("invocations-slow", "f"),
            Scene("invocations-search", "slash 5 0 2"),
            Scene("invocations-found", "enter"),
            Scene("invocations-exchange", "escape f f f o"),
            Scene("invocations-live", "escape r +2 space"),
            Scene("alerts-live", "2"),
        ),
        lesson="04-alert",
    ),
    Walk(
        "rules",
        (
            Scene("rules", "2 R"),
            Scene("rule-line", "w"),
            Scene("rule-line-example", "down down"),
            Scene("rule-line-wrong", "backspace backspace enter"),
            Scene("rules-two", "ctrl+u down enter"),
        ),
        played={"04-alert": 6},
        lesson="04-alert",
    ),
    Walk(
        "token",
        (
            Scene("code-token", "6"),
            Scene("token-line", "t"),
            Scene("code-token-waiting", "i o p enter"),
            Scene("code-lit", "d", messages=True),
        ),
        played={"02-lights": 2},
        lesson="02-lights",
    ),
    Walk(
        "groups",
        (
            Scene("compare-groups", "7"),
            Scene("compare-groups-end", "G"),
            Scene("quiz-choice", "a"),
            Scene("quiz-choice-wrong", "a enter"),
            Scene("quiz-choice-right", "b enter"),
            Scene("lesson-answered", "enter 0"),
        ),
        played={"05-compare": 1},
        lesson="05-compare",
    ),
    Walk(
        "several",
        (Scene("quiz-several", "a"), Scene("quiz-several-ticked", "a b")),
        played={"05-compare": 5},
        lesson="05-compare",
    ),
    Walk(
        "trace",
        (
            Scene("trace-none", "5"),
            Scene("code", "6"),
            Scene("code-next", "v"),
            Scene("code-difference", "D"),
            Scene("code-deployed", "d", messages=True),
            Scene("invocations-none", "3"),
            Scene("compare-none", "7"),
            Scene("map-none", "8"),
            Scene("code-editor", "6 D v e"),
            Scene("code-refused", "i f enter escape d"),
            Scene("code-draft", "escape u G k k k k k k k m"),
            Scene("code-draft-difference", "D"),
            Scene("code-discard", "D X"),
            Scene("code-note", "n d"),
            Scene("code-mine", "o n e enter", messages=True),
            Scene("code-history", "H"),
            Scene("code-deploy", "enter"),
        ),
        lesson="06-instrument",
    ),
    Walk(
        "cost",
        (
            Scene("trace-sampling", "5"),
            Scene("sampling-line", "S"),
            Scene("sampling-line-wrong", "down down down backspace x enter"),
            Scene("trace-sampled", "backspace backspace m s enter"),
            Scene("quiz-line", "a"),
            Scene("quiz-line-pointing", "enter"),
            Scene("code-diff", "D"),
            Scene("code-calls", "C"),
        ),
        played={"08-cost": 5},
        lesson="08-cost",
    ),
    Walk(
        "trace-marks",
        (
            Scene("trace-marks", "5"),
            Scene("trace-next", "o"),
            Scene("trace-whole", "w"),
            Scene("trace-folded", "j j left"),
            Scene("compare-spans", "7"),
            Scene("code-other", "6 s"),
        ),
        played={"07-trace": 2},
        lesson="07-trace",
    ),
    Walk(
        "ascii",
        (
            Scene("ascii-settings", "comma j left"),
            Scene("ascii-home", "escape"),
            Scene("ascii-lesson", "enter"),
            Scene("ascii-load", "1"),
            Scene("ascii-heatmap", "v"),
            Scene("ascii-trace", "5"),
            Scene("ascii-compare", "7"),
            Scene("ascii-map", "8"),
            Scene("ascii-help", "question_mark"),
        ),
        played={"07-trace": 2},
        ascii=True,
    ),
    Walk("trace-unmarked", (Scene("trace-unmarked", "r e 5"),), lesson="06-instrument"),
    Walk(
        "prove",
        (
            Scene("compare-runs", "4 g m G m c"),
            Scene("runs-many", "4"),
            Scene("map", "8"),
            Scene("map-live", "r +2 space"),
        ),
        played={"09-prove": 5},
        lesson="09-prove",
    ),
)
"""Every walk: a scene more is a line more."""
