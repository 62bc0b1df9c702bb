"""Attributes of invocations: how frequent each is among the slow and among the fast, and how much it explains.

Frequent is not guilty. What an attribute *explains* is how many of the slow would not be slow if those that have it
were slow as often as those that have it not: the excess over what was to be expected. Over all slow ones that is the
attributable fraction of Miettinen, "Proportion of disease caused or prevented by a given exposure, trait or
intervention", 1974. Beside it stands what is left of the difference of medians when all that have it are left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from simulator.multipliers import KINDS
from simulator.randomness import stream_key, unit_block
from simulator.system.recorder import BY_HAND
from simulator.system.replies import THROTTLED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.columns import Column
    from simulator.multipliers import Multipliers
    from simulator.run_data import RunData

MOST_CLASSES = 6
"""A field of the load's users with more values than this is a name, not a class."""
_Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class AttributeDifference:
    """How often an attribute is found among slow and among fast invocations.

    `left_s` is the difference of the two medians, seconds, when all that have it are left out of both groups; nan
    where that leaves one of them empty.
    """

    name: str
    slow: int
    fast: int
    of_slow: int
    of_fast: int
    left_s: float = math.nan

    @property
    def times(self) -> float:
        """How many times as frequent it is among the slow: inf where no fast one has it, nan where none has it."""
        if not self.of_slow or not self.of_fast or not self.slow + self.fast:
            return math.nan
        return (self.slow / self.of_slow) / (self.fast / self.of_fast) if self.fast else math.inf

    @property
    def times_interval(self) -> tuple[float, float]:
        """Where that ratio lies, 95 % sure; (0, inf) where nothing is known.

        The interval of Katz and others, "Obtaining confidence intervals for the risk ratio in cohort studies", 1978,
        with a half added to each count, so that it stands where one of them is 0.
        """
        if not self.of_slow or not self.of_fast or not self.slow + self.fast:
            return 0.0, math.inf
        a, b, n, m = self.slow + 0.5, self.fast + 0.5, self.of_slow + 0.5, self.of_fast + 0.5
        reach = _Z * math.sqrt(1 / a - 1 / n + 1 / b - 1 / m)
        middle = math.log((a / n) / (b / m))
        return math.exp(middle - reach), math.exp(middle + reach)

    @property
    def sure(self) -> bool:
        """Whether so many invocations are enough to say that it is more, or less, frequent among the slow."""
        low, high = self.times_interval
        return low > 1.0 or high < 1.0

    @property
    def explains(self) -> float:
        """How many of the slow ones it explains: those that have it, less those of them that were to be expected.

        That is 0 where it is no more frequent among the slow; nan where all have it, or there are no slow ones. A half
        is added to the slow and to the fast that have it not: of a handful of them, one more or less is chance.
        """
        without = self.of_slow + self.of_fast - self.slow - self.fast
        if not self.of_slow or not without:
            return math.nan
        expected = (self.slow + self.fast) * (self.of_slow - self.slow + 0.5) / (without + 1)
        return max(0.0, self.slow - expected)


def difference(name: str, has: Column, slow: Column, duration_s: Column) -> AttributeDifference:
    """Count an attribute in both groups. `has` and `slow` are masks over `duration_s`, shape (n,)."""
    groups = duration_s[slow & ~has], duration_s[~slow & ~has]
    left_s = float(np.median(groups[0]) - np.median(groups[1])) if all(map(len, groups)) else math.nan
    return AttributeDifference(
        name, int((has & slow).sum()), int((has & ~slow).sum()), int(slow.sum()), int((~slow).sum()), left_s
    )


def own_attributes(inv: dict[str, Column], slow: Column) -> tuple[AttributeDifference, ...]:
    """Compare what an agent reports of each invocation: its cold start, its error."""
    masks = {"COLD START": inv["cold_s"] > 0, "ERROR": (inv["outcome"] > 0) | (inv["status"] >= 500)}
    return tuple(difference(name, mask, slow, inv["duration_s"]) for name, mask in masks.items())


@lru_cache(maxsize=16)
def ranked_attributes(
    data: RunData, threshold_s: float, service: str | None = None, multipliers: Multipliers | None = None
) -> tuple[AttributeDifference, ...]:
    """Compare all attributes of a function's slow and fast invocations, ranked by how much each explains.

    Those that may be chance come last, by how many times as frequent they are: what nearly all have can seem to explain
    a lot when by luck the few that have it not are fast. Cold start and error of its own are always there; the others
    (a called function's cold start where that function is watched, the class of its user, the multiplier in the rider's
    answer) only where not all invocations are alike.
    """
    inv = data.of_service(service or data.front)
    inv = {key: column[inv["outcome"] != THROTTLED] for key, column in inv.items()}
    slow = inv["duration_s"] > threshold_s
    found = list(own_attributes(inv, slow))
    others = [*_called(data, inv), *_classes(data, inv), *_multipliers(inv, multipliers)]
    found += [
        difference(name, has, slow, inv["duration_s"]) for name, has in others if has.any() and not has.all()
    ]
    return tuple(sorted(found, key=_rank))


def _rank(one: AttributeDifference) -> tuple[bool, float, int]:
    """What explains most first. What may be chance comes after it, by how many times as frequent it is."""
    by = one.explains if one.sure else one.times
    return not one.sure, math.inf if math.isnan(by) else -by, -one.slow


def _called(data: RunData, inv: dict[str, Column]) -> Iterator[tuple[str, Column]]:
    """A cold start of a function that it called, as that function's agent reports it."""
    calls = data.invocations
    for index, name in enumerate(data.services):
        if data.watched(name):
            cold = (calls["service"] == index) & (calls["cold_s"] > 0) & (calls["parent"] >= 0)
            yield f"COLD START of {name}", np.isin(inv["number"], calls["parent"][cold])


def _classes(data: RunData, inv: dict[str, Column]) -> Iterator[tuple[str, Column]]:
    """The class of an invocation's user: the flow it goes through, and what the load plan gave it to send."""
    requests = data.requests
    at = np.searchsorted(requests["number"], inv["request"])
    at = np.minimum(at, max(len(requests["number"]) - 1, 0))
    if not len(requests["number"]):
        return
    known = (requests["number"][at] == inv["request"]) & (requests["user"][at] < BY_HAND)
    user = np.where(known, requests["user"][at], 0).astype(np.int64)
    for field, values in user_classes(data, int(user.max(initial=0)) + 1).items():
        kinds = sorted(set(values))
        if 1 < len(kinds) <= MOST_CLASSES:
            of = np.array(values)[user]
            for kind in kinds:
                yield f"user {field}={kind}", known & (of == kind)


def user_classes(data: RunData, users: int) -> dict[str, list[str]]:
    """What the load plan gave each of its first users, by field: variables and rows of its payload, as drawn."""
    plan, seed = data.settings.plan, data.settings.seed

    def drawn(name: str, choices: int) -> list[int]:
        return [int(u * choices) for u in unit_block(stream_key(seed, name), users)]

    found = {
        name: [choices[i] for i in drawn(f"variable:{name}", len(choices))]
        for name, choices in plan.variables.items()
    }
    if plan.rows:
        at_random = plan.order == "random" and len(plan.rows) > 1
        rows = (
            drawn("payload", len(plan.rows))
            if at_random
            else [user % len(plan.rows) for user in range(users)]
        )
        found |= {name: [plan.rows[row][i] for row in rows] for i, name in enumerate(plan.fields)}
    return found


def _multipliers(inv: dict[str, Column], told: Multipliers | None) -> Iterator[tuple[str, Column]]:
    if told is None:
        return
    kinds = [told.kinds.get(request) for request in inv["request"].tolist()]
    for kind, name in KINDS.items():
        yield f"multiplier: {name}", np.array([one == kind for one in kinds], dtype=bool)
