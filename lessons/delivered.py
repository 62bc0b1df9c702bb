"""What became of the discounts of a run: given by the promo service, in riders' answers, in the rides table.

Bodies and items are not kept with a run: they are made again by running it once more, once for each run of a session.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from lessons.expressions import Unknown
from simulator.errors import RidelabError
from simulator.multipliers import FIELD, Multipliers, kind_of

if TYPE_CHECKING:
    from lessons.session import Session
    from simulator.run_data import RunData
    from simulator.system.recorder import Details

MOST_STEPS: Final = 40_000
"""A run of more kernel steps is not run again for its discounts."""


class Delivered(NamedTuple):
    """How many discounts there were in a run, where a discount is a multiplier that is no whole number."""

    won: int
    discounts: int
    recorded: int
    billed: int


DELIVERED: Final[dict[str, str]] = {
    "won": "discounts that the promo service gave: its answers with a multiplier below 1",
    "discounts": "discounts that riders got: their answers with a multiplier below 1",
    "recorded": "discounts in the rides table: rides recorded with a multiplier below 1",
    "billed": "rides in the rides table whose riders got no answer with 201",
}


def delivered(session: Session, data: RunData, what: str) -> object:
    """Give one of `DELIVERED` for a run of the session; Unknown where the run cannot be made again."""
    if data.number not in session.delivered:
        session.delivered[data.number] = _read(session, data)
    found = session.delivered[data.number]
    return found if isinstance(found, Unknown) else getattr(found, what)


def _read(session: Session, data: RunData) -> Delivered | Unknown:
    if data.steps > MOST_STEPS:
        return Unknown("this run is too long to read all of its answers: send fewer requests")
    try:
        return count(session.lab.details(data), data)
    except RidelabError as error:
        return Unknown(f"the answers of this run cannot be read: {error}")


def count(details: Details, data: RunData) -> Delivered:
    """Count the discounts of a run that was made again with its details."""
    kinds = Multipliers.of(details).kinds
    served = {number for number, exchange in details.exchanges.items() if exchange.status == 201}
    caller = dict(zip(data.invocations["number"].tolist(), data.invocations["request"].tolist(), strict=True))
    others = [one for one in details.invocations.values() if one.service != data.front]
    rides = [one for one in details.invocations.values() if one.service == data.front and one.items]
    return Delivered(
        won=sum(one.response is not None and _given(one.response) for one in others),
        discounts=sum(kind == "fraction" and number in served for number, kind in kinds.items()),
        recorded=sum(_in_record(item) for one in rides for item in one.items),
        billed=sum(caller.get(one.number) not in served for one in rides),
    )


def _given(response: dict[str, Any]) -> bool:
    body = response.get("body")
    return isinstance(body, str) and kind_of(body) == "fraction"


def _in_record(item: dict[str, Any]) -> bool:
    """Tell whether an item holds a discount, as a number or as the text of one."""
    value = item.get(FIELD)
    if not isinstance(value, dict) or not {"N", "S"} & value.keys():
        return False
    return kind_of(json.dumps({FIELD: next(iter(value.values()))})) == "fraction"
