"""Tracebacks as a function's log shows them: the version's own lines, and what stands behind a client as one line."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from simulator.waiting import Cancelled

if TYPE_CHECKING:
    from simulator.deploying import Version

CLIENTS = {"rides": "rides_table/client.py", "calls": "http/client.py", "fleet": "fleet/client.py"}


def describe_failure(error: BaseException, version: Version) -> str:
    """Give the traceback of an exception that a handler did not handle. The same text on every machine."""
    lines = ["Traceback (most recent call last):"]
    source = version.source.splitlines()
    behind: tuple[str, str] | None = None
    for frame in traceback.extract_tb(error.__traceback__):
        path = frame.filename.replace("\\", "/")
        folder, _, module = path.removesuffix(".py").rpartition("/")
        if frame.filename == version.ref:
            behind = None
            lines.append(f'  File "{version.ref}", line {frame.lineno}, in {frame.name}')
            if frame.lineno and frame.lineno <= len(source):
                lines.append(f"    {source[frame.lineno - 1].strip()}")
        elif folder.endswith("/simulator/system") and module in CLIENTS:
            behind = (CLIENTS[module], frame.name)
        elif behind is None and "/simulator/" not in path:
            package = folder.rpartition("/")[2] + "/" if module == "__init__" else ""
            behind = (f"python/{package}{module}.py", frame.name)
    if behind is not None:
        lines.append(f'  File "{behind[0]}", in {behind[1]}')
    text = _text(error)
    lines.append(f"{_name(error)}: {text}" if text else _name(error))
    return "\n".join(lines)


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - the learner's own exception
        return "(an exception that cannot be shown as text)"


def _name(error: BaseException) -> str:
    kind = type(error)
    if isinstance(error, Cancelled):
        return "asyncio.exceptions.CancelledError"
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
