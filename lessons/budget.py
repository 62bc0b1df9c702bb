"""A lesson's budget: how many runs and deploys there are in it, and what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lessons import actions as act
from simulator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lessons.actions import Action
    from lessons.model import Budget

DEPLOYS = (act.Deploy, act.DeployOwn, act.SetToken)


def left(budget: Budget | None, what: str, done: Iterable[tuple[str, Action]]) -> int | None:
    """Give how many `runs` or `deploys` are left; None where there is no limit. Going back to a version is free."""
    limit: int | None = None if budget is None else getattr(budget, what)
    if limit is None:
        return None
    kinds = act.RunLoad if what == "runs" else DEPLOYS
    return max(0, limit - sum(isinstance(action, kinds) for _, action in done))


def left_words(budget: Budget | None, done: Iterable[tuple[str, Action]]) -> str:
    """Say what is left, such as ``2 runs, 1 deploy left``; empty where there is no limit."""
    kept = list(done)
    known = ((what, left(budget, what, kept)) for what in ("runs", "deploys"))
    parts = [
        f"{number or 'no'} {what[:-1] if number == 1 else what}"
        for what, number in known
        if number is not None
    ]
    return f"{', '.join(parts)} left" if parts else ""


def spend(budget: Budget | None, action: Action, done: Iterable[tuple[str, Action]]) -> None:
    """Refuse an action that the budget has no room for. Raises UsageError, in words."""
    what = "runs" if isinstance(action, act.RunLoad) else "deploys" if isinstance(action, DEPLOYS) else ""
    if budget is not None and what and left(budget, what, done) == 0:
        limit = getattr(budget, what)
        used = "the only one is" if limit == 1 else f"all {limit} are"
        noun = what[:-1] if limit == 1 else what
        raise UsageError(
            f"this lesson has a budget of {limit} {noun}, and {used} used: answer with what you have seen, or begin "
            "the lesson anew"
        )
