"""Reading a progress file and making sure that it holds what was written."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from lessons import store_schema as schema
from lessons.store_contents import Contents, Event, RunHeader, checksum
from simulator.errors import NotKeptError

if TYPE_CHECKING:
    from collections.abc import Iterator

Columns: TypeAlias = dict[str, type]


class DamagedError(NotKeptError):
    """A progress file that does not hold what was written, or is none at all."""


class NewerError(NotKeptError):
    """A progress file of a later ridelab."""


# All that opening and writing a file can raise; the last: messages of SQLite that quote a damaged schema.
TROUBLE: Final = (NotKeptError, sqlite3.Error, OSError, UnicodeDecodeError)
# What the folder, the disk or another process can cause; any other code of SQLite means a bad file.
_NOT_THE_FILE: Final = frozenset(
    {
        sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOLFS, sqlite3.SQLITE_AUTH,
    }
)  # fmt: skip


def code_of(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code, or -1 for an error of Python's own: text that is no UTF-8."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return -1 if code is None else code & 0xFF


def means_damage(error: Exception) -> bool:
    """Tell a bad file from a folder that cannot be used just now."""
    if isinstance(error, sqlite3.Error) and not isinstance(error, sqlite3.ProgrammingError):
        return code_of(error) not in _NOT_THE_FILE
    return isinstance(error, DamagedError | UnicodeDecodeError)


def examine(connection: sqlite3.Connection) -> int:
    """Return a file's version, 0 for an empty one; raises NewerError, DamagedError or sqlite3.Error."""
    version = schema.version_of(connection)
    if version == 0 and connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
        return 0
    if not 0 < version < 1000 or connection.execute("PRAGMA application_id").fetchone() != (
        schema.APPLICATION,
    ):
        raise DamagedError("it is not a progress file")
    if version > len(schema.MIGRATIONS):
        raise NewerError(
            f"progress.db was written by a newer ridelab (format {version}, this one reads up to "
            f"{len(schema.MIGRATIONS)}): it is left as it is, and this session is not saved"
        )
    found = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != ("ok",):
        raise DamagedError(str(found))
    return version


def read(connection: sqlite3.Connection, course: str) -> Contents:
    """Read and verify a file of this version, all of it; raises DamagedError or sqlite3.Error."""
    seeds = list(_rows(connection, "folder", {"id": int, "seed": int}))
    if len(seeds) != 1:
        raise DamagedError("it has no seed")
    contents = Contents(course, seeds[0][1])
    columns: Columns = {"course": str, "lesson": str, "attempt": int}
    for owner, lesson, attempt in _rows(connection, "attempts", columns):
        if owner == course:
            contents.attempts[lesson] = attempt
    _read_events(connection, contents)
    _read_runs(connection, contents)
    _read_places(connection, contents)
    contents.preferences = dict(_rows(connection, "preferences", {"key": str, "value": str}))
    return contents


def _read_events(connection: sqlite3.Connection, contents: Contents) -> None:
    columns: Columns = {
        "number": int,
        "course": str,
        "lesson": str,
        "attempt": int,
        "step": str,
        "body": bytes,
    }
    for number, owner, lesson, attempt, step, body in _rows(connection, "events", columns, "number"):
        contents.next_event = number + 1
        if owner == contents.course and attempt == contents.attempt(lesson):
            contents.events.append(Event(number, lesson, step, attempt, body))


def _read_runs(connection: sqlite3.Connection, contents: Contents) -> None:
    columns: Columns = {"course": str, "lesson": str, "attempt": int, "id": int}
    columns |= {"settings": bytes, "summary": bytes}
    for owner, lesson, attempt, number, settings, summary in _rows(connection, "runs", columns, "id"):
        if owner == contents.course:
            contents.next_run = number + 1
            if attempt == contents.attempt(lesson):
                contents.runs[number] = RunHeader(number, lesson, settings, summary)


def _read_places(connection: sqlite3.Connection, contents: Contents) -> None:
    """Read the small things: where the learner is, what is done, the drafts."""
    here: Columns = {"course": str, "lesson": str, "attempt": int, "step": str}
    for owner, lesson, attempt, step, moved in _rows(connection, "places", {**here, "moved": int}, "moved"):
        contents.next_move = moved + 1
        if owner == contents.course and attempt == contents.attempt(lesson):
            contents.places[lesson] = step
    for owner, lesson, attempt, step, done in _rows(connection, "steps", {**here, "done": int}):
        if done and owner == contents.course and attempt == contents.attempt(lesson):
            contents.done.setdefault(lesson, set()).add(step)
    columns: Columns = {"course": str, "attempt": int, "key": str, "text": str}
    for owner, attempt, key, text in _rows(connection, "drafts", columns):
        if owner == contents.course and attempt == contents.attempt(""):
            contents.drafts[key] = text


def _rows(
    connection: sqlite3.Connection, table: str, columns: Columns, order: str = "rowid"
) -> Iterator[tuple[Any, ...]]:
    """Give the rows of a table, each verified; a value that is not what was written is damage."""
    query = f"SELECT {', '.join(columns)}, checksum FROM {table} ORDER BY {order}"  # noqa: S608 - constants, all
    for *values, total in connection.execute(query):
        if [type(value) for value in values] != list(columns.values()) or total != checksum(*values):
            raise DamagedError(f"a row of {table} is not as it was written")
        yield tuple(values)
