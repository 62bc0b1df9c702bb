"""The discount in a rider's answer: a whole number, a fraction, or none because there was no ride."""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from simulator.system.recorder import Details

Kind: TypeAlias = Literal["whole", "fraction", "none"]

KINDS: dict[Kind, str] = {"whole": "whole number", "fraction": "fraction", "none": "none in answer"}
FIELD = "DiscountMultiplier"


@dataclass(frozen=True, eq=False)
class Multipliers:
    """By the number of a request, what kind of multiplier its answer carried."""

    kinds: dict[int, Kind]

    @classmethod
    def of(cls, details: Details) -> Multipliers:
        """Read them in the answers of a run that was made again."""
        return cls({number: kind_of(exchange.answer) for number, exchange in details.exchanges.items()})


def kind_of(answer: str) -> Kind:
    """Tell what kind of multiplier an answer's body carries; a number written as text counts as that number."""
    try:
        body = json.loads(answer)
        value = float(body[FIELD]) if isinstance(body, dict) else None
    except (ValueError, TypeError, KeyError):
        return "none"
    if value is None or not isfinite(value):
        return "none"
    return "whole" if value.is_integer() else "fraction"
