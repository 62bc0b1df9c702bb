"""The tables of progress.db and how an older file grows into them.

A later version appends the statements of its change to `MIGRATIONS` and never edits the earlier ones; the
`user_version` of a file says how many of them it has.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from simulator.errors import NotKeptError

APPLICATION: Final = 0x52494445  # "RIDE", in the file's header: this is a progress file and nobody else's

# Nothing is ever deleted: a reset raises the attempt, the rows before stay. Lesson '' is the course itself.
# Each row carries a checksum of its values, for SQLite notices no flipped bit in them; `columns` has zlib's.
_FIRST = (
    """CREATE TABLE folder (
        id INTEGER PRIMARY KEY CHECK (id = 1), seed INTEGER NOT NULL, checksum INTEGER NOT NULL)""",
    """CREATE TABLE attempts (
        course TEXT NOT NULL, lesson TEXT NOT NULL, attempt INTEGER NOT NULL, checksum INTEGER NOT NULL,
        PRIMARY KEY (course, lesson))""",
    """CREATE TABLE events (
        number INTEGER PRIMARY KEY, course TEXT NOT NULL, lesson TEXT NOT NULL, attempt INTEGER NOT NULL,
        step TEXT NOT NULL, body BLOB NOT NULL, checksum INTEGER NOT NULL)""",
    """CREATE TABLE places (
        course TEXT NOT NULL, lesson TEXT NOT NULL, attempt INTEGER NOT NULL, step TEXT NOT NULL,
        moved INTEGER NOT NULL, checksum INTEGER NOT NULL, PRIMARY KEY (course, lesson, attempt))""",
    """CREATE TABLE steps (
        course TEXT NOT NULL, lesson TEXT NOT NULL, attempt INTEGER NOT NULL, step TEXT NOT NULL,
        done INTEGER NOT NULL, checksum INTEGER NOT NULL, PRIMARY KEY (course, lesson, attempt, step))""",
    """CREATE TABLE drafts (
        course TEXT NOT NULL, attempt INTEGER NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL,
        checksum INTEGER NOT NULL, PRIMARY KEY (course, attempt, key))""",
    """CREATE TABLE runs (
        course TEXT NOT NULL, lesson TEXT NOT NULL, attempt INTEGER NOT NULL, id INTEGER NOT NULL,
        settings BLOB NOT NULL, summary BLOB NOT NULL, checksum INTEGER NOT NULL, columns BLOB NOT NULL,
        PRIMARY KEY (course, lesson, attempt, id))""",
    "CREATE TABLE preferences (key TEXT PRIMARY KEY, value TEXT NOT NULL, checksum INTEGER NOT NULL)",
)
MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (_FIRST,)


def version_of(connection: sqlite3.Connection) -> int:
    """Say how many of the migrations a file has; 0 for an empty one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a file up to this version, inside the caller's transaction: all of it happens or nothing.

    Raises NotKeptError when a statement does not fit the file, which is no reason to set it aside.
    """
    for statements in MIGRATIONS[version_of(connection) :]:
        for statement in statements:
            try:
                connection.execute(statement)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
                    raise
                raise NotKeptError(f"its format cannot be brought up to date: {error}") from error
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
