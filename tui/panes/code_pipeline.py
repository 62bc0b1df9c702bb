"""The way from a text to what runs: parse, build, smoke test, activate, each step seen as it goes on."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Final, Literal

from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from simulator import smoke
from tui.panes.run_figures import MUTED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.app import ComposeResult
    from textual.timer import Timer

    from simulator.deploying import Version
    from simulator.settings import Scenario
    from simulator.smoke import Verdict

Step = Literal["parse", "build", "smoke test", "activate"]
STEPS: Final[tuple[Step, ...]] = ("parse", "build", "smoke test", "activate")
DONE, AT_WORK, FAILED, TO_COME = "✓", "▸", "✗", "·"
MOST_NOTE = 80
EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a deploy has come. `token` tells it from others; `verdict` is what the smoke test said."""

    token: int
    version: Version
    step: Step = "parse"
    verdict: Verdict | None = None

    @property
    def refused(self) -> bool:
        """Whether it ended at this step."""
        return self.verdict is not None and not self.verdict.passed

    @property
    def under_way(self) -> bool:
        """Whether something is still waited for, if only for the note."""
        return not self.refused


class Stepped(Message):
    """A deploy has come to its next step."""

    def __init__(self, token: int, step: Step) -> None:
        super().__init__()
        self.token = token
        self.step = step


class Judged(Message):
    """The smoke test has said whether a version may be activated."""

    def __init__(self, token: int, verdict: Verdict) -> None:
        super().__init__()
        self.token = token
        self.verdict = verdict


def try_out(
    version: Version, scenario: Scenario, beside: Mapping[str, Version], say: Callable[[Step], None]
) -> Verdict:
    """Parse, build and smoke-test a version; blocks for some seconds at most: call it in a thread."""
    say("parse")
    if not _parses(version.source):
        return smoke.check(version, scenario, beside)  # which says why, before it starts anything

    def on_step(step: str) -> None:
        if step in STEPS:
            say(step)

    return smoke.check(version, scenario, beside, on_step=on_step)


def _parses(source: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def steps_line(progress: Progress, waited_s: float = 0.0) -> Content:
    """Write the steps in a line: done, at work, refused, to come."""
    at = STEPS.index(progress.step)
    parts = []
    for place, step in enumerate(STEPS):
        if place < at:
            parts.append(Content.styled(f"{DONE} {step}", "$text-success"))
        elif place > at:
            parts.append(Content.styled(f"{TO_COME} {step}", MUTED))
        elif progress.refused:
            parts.append(Content.styled(f"{FAILED} {step}", "bold $text-error"))
        else:
            waited = f" {waited_s:.0f} s" if step == "smoke test" and waited_s >= 1 else ""
            parts.append(Content.styled(f"{AT_WORK} {step}{waited}", "bold"))
    return Content("  ").join(parts)


def refusal(verdict: Verdict) -> str:
    """Say why a version is refused, and that the running one is untouched."""
    reason = verdict.reason
    return reason if "untouched" in reason else f"{reason}; the running version is untouched"


class Pipeline(Vertical):
    """Shows a deploy under way, or why it was refused; asks for the note at the end."""

    DEFAULT_CSS = """
    Pipeline {
        height: auto;
        display: none;
        border-top: solid $foreground 30%;
        & > Static { height: auto; }
        & > Input { height: 1; border: none; padding: 0; background: $surface; display: none; }
        & > Input:focus { border: none; }
    }
    """

    def __init__(self, clock: Callable[[], float] = monotonic, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.progress: Progress | None = None
        self._clock = clock
        self._began_s = 0.0
        self._timer: Timer | None = None
        self._hint = ""

    def compose(self) -> ComposeResult:
        """The steps, what is said about them, and a line for the note."""
        yield Static(id="pipeline-steps")
        yield Static(id="pipeline-said")
        yield Input(
            placeholder="why, in a few words; enter alone: no note", max_length=MOST_NOTE, id="pipeline-note"
        )

    def on_mount(self) -> None:
        """Tell how long it has taken, while it takes."""
        self._timer = self.set_interval(EVERY_S, self._tell, pause=True)

    @property
    def noting(self) -> bool:
        """Whether the note is asked for."""
        return self.progress is not None and self.progress.step == "activate"

    def show(self, progress: Progress | None, hint: str = "") -> None:
        """Show how far a deploy has come, and what can be done; None: there is none."""
        before, self.progress, self._hint = self.progress, progress, hint
        if progress is not None and (before is None or before.token != progress.token):
            self._began_s = self._clock()
            self.query_one(Input).value = ""
        self.display = progress is not None
        self.query_one(Input).display = self.noting
        if self._timer is not None:
            (self._timer.resume if self.waiting else self._timer.pause)()
        self._tell()

    @property
    def waiting(self) -> bool:
        """Whether a child process is waited for."""
        return self.progress is not None and self.progress.verdict is None

    def _tell(self) -> None:
        progress = self.progress
        if progress is None:
            return
        line = steps_line(progress, self._clock() - self._began_s if self.waiting else 0.0)
        self.query_one("#pipeline-steps", Static).update(line)
        said = Content(self._hint)
        if progress.verdict is not None and progress.refused:
            said = Content.styled(refusal(progress.verdict), "bold") + Content(f"\n{self._hint}")
        self.query_one("#pipeline-said", Static).update(said)


def advanced(progress: Progress, step: Step) -> Progress:
    """Give the deploy at its next step."""
    return replace(progress, step=step)


def judged(progress: Progress, verdict: Verdict) -> Progress:
    """Give the deploy with its verdict: what passed waits for its note."""
    return replace(progress, verdict=verdict, step="activate" if verdict.passed else progress.step)
