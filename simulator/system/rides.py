"""The rides table. It takes what DynamoDB's client for Python takes, and refuses the rest with the same words."""

from __future__ import annotations

from decimal import Clamped, Decimal, Inexact, Overflow, Rounded, Underflow
from decimal import Context as DecimalContext
from typing import TYPE_CHECKING, Any

from simulator.system.guards import through

if TYPE_CHECKING:
    from simulator.settings import TableSettings
    from simulator.system.context import Context
    from simulator.system.guards import Guard

# The table keeps 38 digits; a number that would lose one is refused (boto3's `DYNAMODB_CONTEXT`).
EXACT = DecimalContext(Emin=-128, Emax=126, prec=38, traps=[Clamped, Overflow, Inexact, Rounded, Underflow])


def serialize(value: Any) -> dict[str, Any]:
    """Turn a Python value into the table's own form, such as ``{"S": "text"}``; None becomes ``{"NULL": True}``.

    Raises TypeError for a float and for types the table does not know, decimal.Inexact for a Decimal that is not exact.
    """
    kind = value.__class__
    if kind is str or isinstance(value, str):
        return {"S": value}
    if kind is dict:
        return {
            "M": {
                key: {"S": item} if item.__class__ is str else serialize(item) for key, item in value.items()
            }
        }
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int | Decimal):
        number = str(EXACT.create_decimal(value))
        if number in {"Infinity", "-Infinity", "NaN"}:
            raise TypeError("Infinity and NaN not supported")
        return {"N": number}
    if isinstance(value, float):
        raise TypeError("Float types are not supported. Use Decimal types instead.")
    if isinstance(value, dict):
        return {"M": {key: serialize(item) for key, item in value.items()}}
    if isinstance(value, list | tuple):
        return {"L": [serialize(item) for item in value]}
    if isinstance(value, bytes | bytearray):
        return {"B": bytes(value)}
    if isinstance(value, set | frozenset) and value:
        if any(isinstance(item, float) for item in value):
            raise TypeError("Float types are not supported. Use Decimal types instead.")
        for kind, test in (("SS", str), ("NS", (int, Decimal)), ("BS", (bytes, bytearray))):
            if all(isinstance(item, test) and not isinstance(item, bool) for item in value):
                return {kind: sorted(next(iter(serialize(item).values())) for item in value)}
    raise TypeError(f'Unsupported type "{type(value)}" for value "{value}"')


class RidesTable:
    """The table of one world. It counts its items; the items themselves are made again when somebody looks."""

    def __init__(self, settings: TableSettings) -> None:
        self.settings = settings
        self.items = 0
        self.guards: list[Guard] = []


class RidesClient:
    """The table as one invocation reaches it."""

    __slots__ = ("_context", "_table")

    def __init__(self, table: RidesTable, context: Context) -> None:
        self._table = table
        self._context = context

    async def put_item(self, item: dict[str, Any]) -> None:
        """Write one item: computed in the function, then sent. What the table does not take is refused before."""
        table, context = self._table, self._context
        context.called("rides.put_item")
        context.work(table.settings.client_cpu_ms)
        if not isinstance(item, dict):
            raise TypeError(f"put_item takes a dictionary, not {type(item).__name__}")
        stored = serialize(item)["M"]
        if table.guards:
            await through(table.guards, context, self._write)
        else:
            await self._write()
        if context.recorded is not None:
            context.items.append(stored)

    async def _write(self) -> None:
        table, context = self._table, self._context
        await context.pass_time(table.settings.latency.ms_at(context.draws.u("rides:latency")) / 1000.0)
        table.items += 1
