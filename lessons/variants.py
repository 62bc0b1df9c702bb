"""How a lesson starts: its system with faults and sizes of its own, and one of several variants, drawn by the seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from simulator.errors import UsageError, nearest
from simulator.randomness import name_key, stream_key, unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lessons.actions import Action
    from lessons.model import Start, Step
    from simulator.document import NodePath
    from simulator.settings import Scenario


class Began(NamedTuple):
    """What a lesson starts from: its start with the variant's keys in it, the system, and the variant's id or None."""

    start: Start
    scenario: Scenario
    incident: str | None


def begin(start: Start, scenario: Scenario, seed: int, incident: str | None = None) -> Began:
    """Make what a lesson starts from; `incident` names a variant, else the seed draws one.

    Raises UsageError for a variant, a function or a scenario that does not exist.
    """
    if incident is not None and incident not in (known := [one.id for one in start.variants]):
        raise UsageError(
            f"no variant `{incident}`{nearest(incident, known) or '; there are ' + ', '.join(known)}"
        )
    drawn = incident or chosen(start, seed)
    merged = _merged(start, drawn)
    if merged.scenario is not None:
        from simulator.scenario import load_scenario

        scenario = load_scenario(merged.scenario)
    return Began(merged, _system(scenario, merged), drawn)


def chosen(start: Start, seed: int) -> str | None:
    """Draw one of the variants: a keyed hash of the seed, so that neighboring seeds have nothing in common.

    Their order in the file does not matter. None where there are none.
    """
    ids = sorted(variant.id for variant in start.variants)
    u = unit(stream_key(seed, "lesson:variants"), name_key(" ".join(ids)))
    return ids[int(u * len(ids))] if ids else None


def proof_of(step: Step, incident: str | None) -> list[Action]:
    """Give the actions that prove a step: of this variant, or else those for all."""
    return list(step.proofs.get(incident, step.proof) if incident is not None else step.proof)


def all_proofs(step: Step) -> Iterator[tuple[NodePath, Action]]:
    """Give the actions of all proofs of a step, each with its path in the step."""
    for j, action in enumerate(step.proof):
        yield ("proof", j), action
    for incident, proof in step.proofs.items():
        for j, action in enumerate(proof):
            yield ("proofs", incident, j), action


def _merged(start: Start, incident: str | None) -> Start:
    variant = next((one for one in start.variants if one.id == incident), None)
    if variant is None:
        return start
    return msgspec.structs.replace(
        start,
        deploy=[*start.deploy, *variant.deploy],
        warm=start.warm if variant.warm is None else variant.warm,
        plan=variant.plan or start.plan,
        scenario=variant.scenario or start.scenario,
        faults=[*start.faults, *variant.faults],
        memory_mb={**start.memory_mb, **variant.memory_mb},
    )


def _system(scenario: Scenario, start: Start) -> Scenario:
    """Give the scenario with the start's faults and sizes in it."""
    functions = dict(scenario.functions)
    for name in (*start.memory_mb, *(fault.service for fault in start.faults)):
        if name not in functions:
            raise UsageError(
                f"no function `{name}`{nearest(name, functions) or '; there are ' + ', '.join(functions)}"
            )
    for name, mb in start.memory_mb.items():
        functions[name] = msgspec.structs.replace(functions[name], memory_mb=mb)
    return msgspec.structs.replace(scenario, functions=functions, faults=[*scenario.faults, *start.faults])
