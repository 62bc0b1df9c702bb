"""Hints follow what was tried: the clause of a check that is not met may have its own, else the ladder's next comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lessons.actions import AskHint

if TYPE_CHECKING:
    from lessons.checks import Verdict
    from lessons.model import Step
    from lessons.session import Memory, Session


def next_hint(session: Session, verdict: Verdict) -> AskHint | None:
    """Choose the hint that comes next in the step one is at, as it is judged; None where there is none left."""
    step, shown = session.step, session.memory.hints.get(session.step.id, [])
    clause = verdict.clause
    if clause is not None and step.check[clause].hint and clause not in shown:
        return AskHint(clause=clause)
    return AskHint() if shown.count(None) < len(step.hints) else None


def shown_hints(step: Step, memory: Memory) -> tuple[str, ...]:
    """Give the hints of a step that were asked for, in their order; not rendered yet."""
    ladder = iter(step.hints)
    found = (
        next(ladder, "") if clause is None else step.check[clause].hint if clause < len(step.check) else ""
        for clause in memory.hints.get(step.id, ())
    )
    return tuple(hint for hint in found if hint)


def hints_in_all(step: Step, memory: Memory) -> int:
    """Count the hints of a step: the ladder, and those beside it that came."""
    return len(step.hints) + sum(clause is not None for clause in memory.hints.get(step.id, ()))
