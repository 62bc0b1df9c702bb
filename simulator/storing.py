"""Finished runs as bytes: settings, a summary, and compressed columns. A stored run is never computed anew."""

import zlib
from typing import Any

import msgspec
import numpy as np

from simulator.columns import Frozen
from simulator.deploying import Version
from simulator.errors import NotKeptError
from simulator.monitoring import Alert
from simulator.run_data import RunData
from simulator.run_settings import RunSettings
from simulator.system.recorder import INVOCATIONS, REQUESTS, SPANS
from simulator.users import USERS

FORMAT = 1
TABLES = {"requests": REQUESTS, "invocations": INVOCATIONS, "spans": SPANS, "users": USERS}


class StoredColumns(msgspec.Struct, frozen=True):
    """The tables of a run: for each its columns, as (numpy type, bytes)."""

    format: int
    tables: dict[str, dict[str, tuple[str, bytes]]]


class StoredState(msgspec.Struct, frozen=True):
    """All of a run but its settings and columns."""

    number: int
    now_s: float
    steps: int
    ended_s: float | None
    settled: bool
    launched: int
    sent: int
    done: int
    skipped_s: tuple[float, ...]
    waiting: tuple[float, ...]
    at_work: tuple[tuple[int, float], ...]
    stopped_s: float | None
    errors: dict[int, str]
    alerts: tuple[Alert, ...]
    services: tuple[str, ...]
    versions: tuple[Version, ...]
    names: tuple[str, ...]


def state_of(data: RunData) -> StoredState:
    """Give all of a run but its settings and columns."""
    return StoredState(**{name: getattr(data, name) for name in StoredState.__struct_fields__})


def pack(data: RunData) -> tuple[bytes, bytes, bytes]:
    """Give (settings, state, columns) of a run as bytes."""
    tables: dict[str, dict[str, tuple[str, bytes]]] = {}
    for name, schema in TABLES.items():
        frozen: Frozen = getattr(data, f"frozen_{name}")
        columns = frozen.columns()
        tables[name] = {
            column: (kind, columns[column].astype(f"<{kind}").tobytes()) for column, kind in schema.items()
        }
    return (
        msgspec.json.encode(data.settings),
        msgspec.json.encode(state_of(data)),
        zlib.compress(msgspec.msgpack.encode(StoredColumns(FORMAT, tables)), 6),
    )


def unpack(settings: bytes, state: bytes, columns: bytes) -> RunData:
    """Make a run of its bytes again. Raises NotKeptError where they are damaged or of another format."""
    try:
        stored = msgspec.msgpack.decode(zlib.decompress(columns), type=StoredColumns)
        kept = msgspec.json.decode(state, type=StoredState)
        made_of = msgspec.json.decode(settings, type=RunSettings)
        tables = {name: _frozen(stored.tables.get(name, {}), schema) for name, schema in TABLES.items()}
    except (zlib.error, msgspec.DecodeError, ValueError, TypeError) as error:
        raise NotKeptError(f"a stored run cannot be read: {error}") from None
    if stored.format != FORMAT:
        raise NotKeptError(f"a stored run has format {stored.format}, this ridelab reads {FORMAT}")
    return run_of(made_of, kept, tables)


def run_of(settings: RunSettings, state: StoredState, tables: dict[str, Frozen]) -> RunData:
    """Put a run together: its settings, its state, and its tables by name."""
    fields: dict[str, Any] = {name: getattr(state, name) for name in StoredState.__struct_fields__}
    fields |= {f"frozen_{name}": frozen for name, frozen in tables.items()}
    return RunData(settings=settings, **fields)


def _frozen(columns: dict[str, tuple[str, bytes]], schema: dict[str, str]) -> Frozen:
    """Columns that an older version did not store are read as zeros."""
    lengths = {len(raw) // np.dtype(kind).itemsize for kind, raw in columns.values()}
    if len(lengths) > 1:
        raise ValueError("its columns are of different lengths")
    length = max(lengths, default=0)
    chunk = {}
    for name, kind in schema.items():
        if name in columns:
            stored_kind, raw = columns[name]
            chunk[name] = np.frombuffer(raw, dtype=f"<{stored_kind}").astype(kind)
        else:
            chunk[name] = np.zeros(length, dtype=kind)
    return Frozen(tuple(schema.items()), (chunk,) if length else ())
