"""The catalog of injectable faults: typed, validated, composable, switchable while a run goes on.

`--fault NAME:key=value,...` on the command line, or a tagged record in YAML. Each kind is a class in `fault_*.py`.
"""

from __future__ import annotations

import math
from typing import get_args

import msgspec

from simulator.errors import UsageError, nearest
from simulator.fault_function import ColdStarts, ErrorRate, NoisyNeighbor, SporadicDelay

AnyFault = SporadicDelay | ErrorRate | ColdStarts | NoisyNeighbor
CATALOG: dict[str, type[AnyFault]] = {str(kind.__struct_config__.tag): kind for kind in get_args(AnyFault)}


def parse_fault(text: str) -> AnyFault:
    """Read ``NAME[:key=value,...]``. Raises UsageError naming what is wrong and what there is."""
    name, _, rest = text.partition(":")
    kind = CATALOG.get(name)
    if kind is None:
        raise UsageError(f"no fault `{name}`{nearest(name, CATALOG) or '; there are ' + ', '.join(CATALOG)}")
    values: dict[str, str | float] = {}
    fields = kind.__struct_fields__
    for pair in filter(None, rest.split(",")):
        key, equals, value = (part.strip() for part in pair.partition("="))
        if not equals:
            raise UsageError(f"fault `{name}`: `{key}` is no key=value; it takes {', '.join(fields)}")
        if key not in fields:
            raise UsageError(
                f"fault `{name}` has no `{key}`{nearest(key, fields) or '; it takes ' + ', '.join(fields)}"
            )
        if key in values:
            raise UsageError(f"fault `{name}`: `{key}` is given twice")
        values[key] = value if key == "service" else _number(name, key, value)
    try:
        return msgspec.convert({"service": "promo-discount"} | values, kind)
    except msgspec.ValidationError as error:
        what, _, at = str(error).partition(" - at `$")
        key = at.strip(".`")
        where = f"`{key}={values[key]:g}`: " if key in values else ""
        raise UsageError(f"fault `{name}`: {where}{_in_words(what)}") from None


def _number(name: str, key: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UsageError(f"fault `{name}`: `{key}={text}`: that is no number")
    return value


def _in_words(what: str) -> str:
    """Say a limit for people: ``Expected `float` <= 1.0`` is `give at most 1`."""
    for sign, words in (
        (" <= ", "give at most"),
        (" >= ", "give at least"),
        (" > ", "give more than"),
        (" < ", "give less than"),
    ):
        _, found, limit = what.partition(sign)
        if found:
            return f"{words} {limit.removesuffix('.0')}"
    return f"{what[0].lower()}{what[1:]}"
