"""What things cost, read from the comparisons a learner made: each from the last fair pair that differs in it alone.

A pair is fair when seed, load and start are equal. Costs are changes of the median, positive where the dearer run is
the slower one, whichever of the two was before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lessons import actions as act
from lessons.controls import SET_IN_RUN
from lessons.expressions import Unknown
from simulator.compare import before_against_after
from simulator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lessons.session import Session
    from simulator.run_data import RunData

Pair = tuple["RunData", "RunData"]

WHAT: Final = {
    "diff": "the published diff against the launch version",
    "marks": "six marks and nothing else",
    "agent": "the agent, by the same version with it and without",
    "sampling": "tracing every request, by the same version with sampling and without",
}
ENDS: Final = {"": "", "_low": ", lower end of its 95 % interval", "_high": ", upper end of it"}
COSTS: Final = {
    f"{what}{end}": f"what the median rose by: {text}{words}"
    for what, text in WHAT.items()
    for end, words in ENDS.items()
}


def cost(session: Session, name: str) -> object:
    """Give one of `COSTS` in seconds, or Unknown while no such pair has been compared."""
    what, _, end = name.partition("_")
    for cheap, dear in _pairs(session):
        if _differs(what, cheap, dear):
            pair = before_against_after(cheap, dear)
            if pair.unequal:
                continue
            median = next(one for one in pair.everybody if one.name == "p50")
            value = {"low": median.low_s, "high": median.high_s}.get(end, median.change_s)
            return value if value is not None else Unknown(median.reason)
    return Unknown(f"no two runs have been compared that tell the cost of {WHAT[what].partition(',')[0]}")


def _pairs(session: Session) -> Iterator[Pair]:
    """The pairs that were compared, the last first, each in both directions."""
    for _, action in reversed(session.memory.done):
        if isinstance(action, act.CompareRuns):
            try:
                one, other = session.run(action.before), session.run(action.after)
            except UsageError:  # its records are lost
                continue
            yield one, other
            yield other, one


def _differs(what: str, cheap: RunData, dear: RunData) -> bool:
    """Tell whether two runs differ in this alone, as far as versions, agent and sampling go."""
    rides = cheap.refs["request-ride"], dear.refs["request-ride"]
    agents, kept = ([SET_IN_RUN[name][1](data) for data in (cheap, dear)] for name in ("agent", "sampling"))
    same = cheap.settings.versions == dear.settings.versions
    match what:
        case "agent":
            return same and agents == ["dormant", "on"] and kept[0] == kept[1]
        case "sampling":
            return same and agents == ["on", "on"] and kept[0] != "all" and kept[1] == "all"
        case _:
            version = "traced" if what == "marks" else "published-trace"
            promo = cheap.refs["promo-discount"] == dear.refs["promo-discount"]
            return rides == ("launch", version) and promo and agents == ["on", "on"] and kept[0] == kept[1]
