"""How each alert rule does, as plain lines: on the recorded runs of a lesson, and on the learner's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lessons.recording import withheld
from simulator.scoring import would_fire
from tui.plain_text import WIDTH, paragraph, table

if TYPE_CHECKING:
    from lessons.session import Session

GAIN: Final = (
    "Sick, healthy: on how many recorded runs of the sick and of the healthy system a rule fires. Gain: the share of "
    "the sick ones less that of the healthy ones; 1 is perfect, 0 a coin."
)
YOURS: Final = "Yours: on how many of your own runs it fires."


def score_lines(session: Session, width: int = WIDTH) -> list[str]:
    """Put into a table how each rule that is on does; scores that are withheld yet are said to be.

    The recorded runs are played here, the first time.
    """
    recordings, later = session.recordings, withheld(session)
    scored = recordings.recorded is not None and not later
    rules, runs = session.lab.rules, session.runs
    said = paragraph(f"How they do on the recorded runs is told {later}.", width) if later else []
    if not rules or not (scored or runs):
        return said
    head = ["fires on", *(("sick", "healthy", "gain") if scored else ()), *(("yours",) if runs else ())]
    rows = []
    for rule in rules:
        cells = [rule.name]
        if scored:
            score = recordings.score(rule)
            cells += [
                f"{score.sick} of {score.of_sick}",
                f"{score.healthy} of {score.of_healthy}",
                f"{score.gain:+.2f}",
            ]
        if runs:
            cells.append(f"{sum(bool(would_fire(rule, data)) for data in runs)} of {len(runs)}")
        rows.append(cells)
    notes = " ".join([*([GAIN] if scored else []), *([YOURS] if runs else [])])
    return ["", *table(head, rows, width=width), *paragraph(notes, width), *said]
