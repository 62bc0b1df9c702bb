"""What an invocation wrote into the rides table, in the table's own form: each attribute with its type."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.system.recorder import InvocationDetail

WRITE = "rides.put_item"
HEAD = "Rides table"
NOTHING = "it asked for a write, and nothing was written"


def written(detail: InvocationDetail) -> list[list[tuple[str, str]]] | None:
    """List the items that an invocation wrote, each as its attributes (name, type and value as JSON).

    None for an invocation that did not ask the table for anything; an empty list where nothing came of it.
    """
    import msgspec

    if WRITE not in detail.calls:
        return None
    encode, spaced = msgspec.json.encode, msgspec.json.format
    return [
        [(name, spaced(encode(value), indent=0).decode()) for name, value in item.items()]
        for item in detail.items
    ]
