"""The catalog of injectable faults: typed, validated, composable, switchable while a run goes on.

`--fault NAME:key=value,...` on the command line, or a tagged record in YAML. Each kind is a class in `fault_*.py`.
"""

from __future__ import annotations

import math
from typing import Any, get_args

import msgspec

from simulator.errors import UsageError, nearest
from simulator.fault_container import BadContainer, GcPause, MemoryLeak, SlowStart, SlowUsers
from simulator.fault_fleet import CacheStampede, FanOut, NPlusOne
from simulator.fault_function import ColdStarts, ErrorRate, LargeBodies, NoisyNeighbor, SporadicDelay
from simulator.fault_gateway import SlowAuthorizer
from simulator.fault_table import ConnectionPool, CronJob, LockContention, TableThrottling
from simulator.fault_way import HeadOfLine, Hedge, LostConnections, RetryStorm

AnyFault = (
    SporadicDelay | ErrorRate | LargeBodies | ColdStarts | NoisyNeighbor | SlowAuthorizer
    | LockContention | ConnectionPool | TableThrottling | CronJob
    | RetryStorm | LostConnections | HeadOfLine | Hedge
    | GcPause | SlowStart | BadContainer | MemoryLeak | SlowUsers
    | CacheStampede | FanOut | NPlusOne
)  # fmt: skip
CATALOG: dict[str, type[AnyFault]] = {str(kind.__struct_config__.tag): kind for kind in get_args(AnyFault)}


def parse_fault(text: str) -> AnyFault:
    """Read ``NAME[:key=value,...]``. Raises UsageError naming what is wrong and what there is."""
    name, _, rest = text.partition(":")
    kind = CATALOG.get(name)
    if kind is None:
        raise UsageError(f"no fault `{name}`{nearest(name, CATALOG) or '; there are ' + ', '.join(CATALOG)}")
    defaults = {field.name: field.default for field in msgspec.structs.fields(kind)}
    values: dict[str, Any] = {} if isinstance(defaults["service"], str) else {"service": "promo-discount"}
    given: dict[str, str] = {}
    fields = kind.__struct_fields__
    for pair in filter(None, rest.split(",")):
        key, equals, value = (part.strip() for part in pair.partition("="))
        if not equals:
            raise UsageError(f"fault `{name}`: `{key}` is no key=value; it takes {', '.join(fields)}")
        if key not in fields:
            raise UsageError(
                f"fault `{name}` has no `{key}`{nearest(key, fields) or '; it takes ' + ', '.join(fields)}"
            )
        if key in given:
            raise UsageError(f"fault `{name}`: `{key}` is given twice")
        given[key] = value
        values[key] = value if key == "service" else _value(name, key, value, defaults[key])
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        what, _, at = str(error).partition(" - at `$")
        key = at.strip(".`")
        where = f"`{key}={given[key]}`: " if key in given else ""
        raise UsageError(f"fault `{name}`: {where}{_in_words(what)}") from None


def _value(name: str, key: str, text: str, default: object) -> Any:
    """Read a switch (on, off), a word, none, or a number: the parameter's default tells which."""
    if isinstance(default, bool):
        if text not in {"on", "off"}:
            raise UsageError(f"fault `{name}`: `{key}={text}`: give on or off")
        return text == "on"
    if isinstance(default, str):
        return text
    return None if text == "none" else _number(name, key, text)


def _number(name: str, key: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UsageError(f"fault `{name}`: `{key}={text}`: that is no number")
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


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
    if what.startswith("Expected `int") and what.endswith("got `float`"):
        return "give a whole number"
    return f"{what[0].lower()}{what[1:]}"
