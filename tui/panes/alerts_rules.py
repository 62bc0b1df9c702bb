"""The alert rules that are on: a table with how each does, what the one under the cursor says, and writing one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from lessons.controls import MOST_RULES
from lessons.recording import withheld
from lessons.rules import parse_rule, write_rule
from simulator.errors import UsageError
from simulator.monitoring import describe_rule
from tui.panes.cursor_list import CursorList
from tui.panes.reported import counted
from tui.screens.one_line import OneLineScreen

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from simulator.settings import AlertRule
    from tui.charts.bars import Runs
    from tui.panes.alerts_scores import Tallies, Tally
    from tui.view import View

ABOUT: Final = "What it counts, how many of them, in how long a window. It holds from now on."
EXAMPLES: Final = (
    "duration > 800 ms, at least 8 in 3 min",
    "errors, more than 5 %, at least 3 of 20 in 5 min",
    "p95 > 1500 ms, at least 59 in 5 min",
)
RULE_LEAST: Final = 14
"""So many cells a rule has at least."""


def offers_rules(view: View) -> bool:
    """Tell whether the lesson lets the learner write alert rules."""
    return "rules" in view.session.lesson.controls


class RuleList(CursorList):
    """The rules that are on, each in one line, with how it does."""

    class Moved(Message):
        """The cursor went to another rule."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self.rules: tuple[AlertRule, ...] = ()
        self._tallies: dict[AlertRule, Tally | None] = {}
        self._recorded = False
        self._withheld = False
        self._runs = False
        self.placeholder = "No alert rule is on."

    @property
    def rule(self) -> AlertRule | None:
        """The rule under the cursor."""
        return self.rules[self.cursor] if self.cursor < len(self.rules) else None

    def show(self, view: View, tallies: Tallies) -> None:
        """Show the rules there are; the cursor goes to one that was added, and stays on its rule otherwise."""
        before, self.rules = self.rules, tuple(view.session.lab.rules)
        self._tallies = {rule: tallies.of(rule, view) for rule in self.rules}
        self._recorded = view.session.recordings.recorded is not None
        self._withheld = bool(withheld(view.session))
        self._runs = bool(view.runs)
        cursor = self.cursor
        if before and (new := [i for i, rule in enumerate(self.rules) if rule not in before]):
            cursor = new[-1]
        self.set_count(len(self.rules), cursor)

    def move_cursor(self, place: int) -> None:
        """Put the cursor on a rule, and tell."""
        before = self.cursor
        super().move_cursor(place)
        if self.cursor != before:
            self.post_message(self.Moved())

    def _columns(self) -> tuple[str, ...]:
        return (*(("sick", "healthy", "gain") if self._recorded else ()), *(("yours",) if self._runs else ()))

    def _room(self, width: int) -> int:
        return max(RULE_LEAST, width - sum(max(len(one), 5) + 2 for one in self._columns()))

    def header_runs(self, width: int) -> Runs:
        """Name the columns."""
        names = "".join(f"  {one:>{max(len(one), 5)}}" for one in self._columns())
        return [("header", f"{'fires on':>{self._room(width)}}{names}" if names else "rule")]

    def row_runs(self, index: int, width: int) -> Runs:
        """Write one rule."""
        rule, room = self.rules[index], self._room(width)
        words = write_rule(rule)
        words = words if len(words) <= room else f"{words[: room - 1]}…"
        tally = self._tallies.get(rule)
        found = figures(tally, recorded=self._recorded, runs=self._runs, withheld=self._withheld)
        cells = "".join(
            f"  {cell:>{max(len(name), 5)}}" for name, cell in zip(self._columns(), found, strict=True)
        )
        return [("text", f"{words:<{room}}"), ("strong", cells)]


def figures(tally: Tally | None, *, recorded: bool, runs: bool, withheld: bool = False) -> tuple[str, ...]:
    """Write what was counted for a rule, column by column: dots while it is being counted, ``?`` while withheld."""
    found: list[str] = []
    if recorded and withheld:
        found += ["?", "?", "?"]
    elif recorded:
        score = tally.score if tally is not None else None
        found += (
            ["...", "...", "..."]
            if score is None
            else [
                f"{score.sick}/{score.of_sick}",
                f"{score.healthy}/{score.of_healthy}",
                f"{score.gain:+.2f}",
            ]
        )
    if runs:
        found.append("..." if tally is None else f"{tally.fired}/{tally.runs}")
    return tuple(found)


def rule_text(view: View, rule: AlertRule | None, tallies: Tallies) -> Text:
    """Say what the rule under the cursor says and how it does, and what is being counted."""
    text = Text()
    recordings = view.session.recordings
    if rule is not None:
        text.append(rule.name, style="bold").append(f"\n{describe_rule(rule)}.")
        tally = tallies.of(rule, view)
        if later := withheld(view.session):
            text.append(f"\nHow it does on the recorded days is told {later}.")
        elif tally is not None and (score := tally.score) is not None:
            text.append(
                f"\nIt fires on {score.sick} of {counted(score.of_sick, 'recorded sick run')} and on "
                f"{score.healthy} of {counted(score.of_healthy, 'healthy one')}: gain {score.gain:+.2f} (1 is perfect, "
                "0 a coin)."
            )
        if tally is not None and tally.runs:
            text.append(f"\nOf your own runs, it would have fired on {tally.fired} of {tally.runs}.")
    if tallies.counting:
        recorded = recordings.recorded
        what = (
            f"playing {2 * recorded.days} recorded runs" if recorded is not None else "looking at your runs"
        )
        text.append(f"\n{what} ...", style="italic")
    return text


class RulesView(Vertical):
    """The table of rules, and what is said of the one under the cursor."""

    DEFAULT_CSS = """
    RulesView {
        & > RuleList { height: 1fr; }
        & > Static { width: 1fr; height: auto; max-height: 8; margin-top: 1; }
    }
    """

    def compose(self) -> ComposeResult:
        """Put the table above what is said."""
        yield RuleList()
        yield Static(id="rule-said")

    @property
    def list(self) -> RuleList:
        """The table."""
        return self.query_one(RuleList)

    def show(self, view: View, tallies: Tallies) -> None:
        """Show the rules as they stand."""
        self.list.show(view, tallies)
        self.tell(view, tallies)

    def tell(self, view: View, tallies: Tallies) -> None:
        """Say what is known of the rule under the cursor."""
        self.query_one("#rule-said", Static).update(rule_text(view, self.list.rule, tallies))


def rule_line(view: View) -> OneLineScreen:
    """Make the line in which one writes a rule."""
    known = [rule.name for rule in view.session.lab.rules]

    def check(text: str) -> None:
        name = parse_rule(text).name
        if name in known:
            raise UsageError(f"this rule is on already: `{name}`")
        if len(known) >= MOST_RULES:
            raise UsageError(f"{MOST_RULES} rules are on: take one away first")

    return OneLineScreen("Write an alert rule", ABOUT, take="watch", examples=EXAMPLES, check=check)
