"""Checks: met, not yet because ..., cannot tell because ... They read only what actions left behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from lessons.expressions import Unknown, parse, parse_template

if TYPE_CHECKING:
    from lessons.expressions import Functions, Scope
    from lessons.model import Clause


@dataclass(frozen=True, slots=True)
class Verdict:
    """A check's answer, with its reason, and which of its clauses it is about, from 0."""

    answer: Literal["met", "not yet", "cannot tell"]
    because: str = ""
    clause: int | None = field(default=None, compare=False)

    @property
    def met(self) -> bool:
        """Tell whether it is met."""
        return self.answer == "met"

    def __str__(self) -> str:
        return f"{self.answer}, because {self.because}" if self.because else self.answer


MET = Verdict("met")


def judge_check(check: list[Clause], scope: Scope, functions: Functions) -> Verdict:
    """Give the first clause that is not met, or `MET`."""
    for i, clause in enumerate(check):
        value = parse(clause.that).evaluate(scope, functions)
        if isinstance(value, Unknown):
            why = (
                parse_template(clause.unknown).render(scope, functions=functions)
                if clause.unknown
                else value.reason
            )
            return Verdict("cannot tell" if clause.unknown else "not yet", why, i)
        if value is not True:
            return Verdict("not yet", parse_template(clause.otherwise).render(scope, functions=functions), i)
    return MET
