"""The catalog of injectable faults: typed, validated, composable, switchable while a run goes on.

Each is a mechanism at work inside a function or its platform, never a formula added to a latency. `--fault
NAME:key=value,...` on the command line, or a tagged record in YAML.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, get_args

import msgspec

from simulator.errors import UsageError, nearest
from simulator.kernel import sleep

if TYPE_CHECKING:
    from simulator.system.context import Context
    from simulator.system.functions import Function

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=86_400)]


class InjectedError(Exception):
    """What the error-rate fault raises inside a handler."""


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="fault", kw_only=True):
    """What all faults share: the function they strike, and only while they are switched on."""

    service: str

    def change(self, function: Function) -> None:
        """Change the function's limits. Whenever a fault comes or goes all that are on do it anew, in order."""

    async def strike(self, context: Context) -> None:
        """Happen to one invocation, at the start of its handler."""


class SporadicDelay(Fault, frozen=True, tag="sporadic-delay"):
    """A share of the invocations waits before it does anything: the module's own failure, in any function."""

    share: Share = 0.2
    low_s: Seconds = 0.8
    high_s: Seconds = 0.95

    def __post_init__(self) -> None:
        if self.low_s > self.high_s:
            raise ValueError(f"`low_s` {self.low_s:g} lies above `high_s` {self.high_s:g}")

    async def strike(self, context: Context) -> None:
        """Wait, if this invocation is one of the unlucky."""
        if context.draws.u(f"fault:sporadic-delay:{self.service}") < self.share:
            u = context.draws.u(f"fault:sporadic-delay:{self.service}:length")
            await sleep(self.low_s + (self.high_s - self.low_s) * u)


class ErrorRate(Fault, frozen=True, tag="error-rate"):
    """A share of the invocations raises an exception that nobody handles."""

    share: Share = 0.1

    async def strike(self, context: Context) -> None:
        """Raise, if this invocation is one of the unlucky."""
        if context.draws.u(f"fault:error-rate:{self.service}") < self.share:
            raise InjectedError(f"injected into {self.service}: {self.share * 100:g} % of invocations fail")


class ColdStarts(Fault, frozen=True, tag="cold-starts"):
    """Idle containers are taken away early, so more invocations meet a cold start."""

    keep_alive_s: Seconds = 0.0

    def change(self, function: Function) -> None:
        """Shorten the keep-alive."""
        function.keep_alive_s = min(function.keep_alive_s, self.keep_alive_s)


class NoisyNeighbor(Fault, frozen=True, tag="noisy-neighbor"):
    """Somebody else on the host takes processor time: all computing of this function takes longer."""

    left: Annotated[float, msgspec.Meta(ge=0.001, le=1)] = 0.25

    def change(self, function: Function) -> None:
        """Take the processor away."""
        function.share *= self.left


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
