"""How alert rules do: on the recorded runs of a lesson, and on the learner's own. Counted in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message

from simulator.scoring import would_fire

if TYPE_CHECKING:
    from lessons.session import Session
    from simulator.run_data import RunData
    from simulator.scoring import Score
    from simulator.settings import AlertRule
    from tui.view import View


class Tally(NamedTuple):
    """What was counted for a rule: its score on the recorded runs, if there are any; on how many own runs it fires."""

    score: Score | None
    fired: int
    runs: int


class Counted(Message):
    """Rules have been counted."""

    def __init__(self, tallies: dict[AlertRule, Tally], runs: int) -> None:
        super().__init__()
        self.tallies = tallies
        self.runs = runs


class Tallies:
    """What is known of the rules that are on; what is not is counted by `count`, in a thread."""

    def __init__(self) -> None:
        self._known: dict[AlertRule, Tally] = {}
        self._runs = -1
        self.counting = False

    def of(self, rule: AlertRule, view: View) -> Tally | None:
        """Give what was counted for a rule with the runs there are now; None while that is not known."""
        return self._known.get(rule) if self._runs == len(view.runs) else None

    def missing(self, view: View) -> list[AlertRule]:
        """List the rules for which something is to be counted."""
        return [rule for rule in view.session.lab.rules if self.of(rule, view) is None]

    def take(self, message: Counted) -> None:
        """Take in what was counted."""
        if message.runs != self._runs:
            self._known, self._runs = {}, message.runs
        self._known |= message.tallies
        self.counting = False


def count(session: Session, rules: list[AlertRule], runs: tuple[RunData, ...]) -> Counted:
    """Count for rules; the recorded runs are played here, the first time. Call it in a thread."""
    recordings = session.recordings
    return Counted(
        {
            rule: Tally(
                recordings.score(rule) if recordings.recorded is not None else None,
                sum(bool(would_fire(rule, data)) for data in runs),
                len(runs),
            )
            for rule in rules
        },
        len(runs),
    )
