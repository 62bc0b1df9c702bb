"""The progress file on disk: opening it, writing it, copying it for reading, setting a damaged one aside."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager, suppress
from itertools import count
from os import fsencode
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple
from urllib.parse import quote

from lessons import store_schema as schema
from lessons.store_contents import kept
from lessons.store_reading import TROUBLE, code_of, examine, means_damage, read
from simulator.errors import NotKeptError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lessons.store_contents import Contents, Statement

NAME: Final = "progress.db"
PATIENCE_S: Final = 0.2  # how long SQLite waits for the lock of another process
_COMPANIONS: Final = ("-journal", "-wal", "-shm")


class GoneError(NotKeptError):
    """The file was removed or replaced while it was open, so that what is written reaches nobody."""


class Opened(NamedTuple):
    """A file that was opened: the connection to read columns with, and `file` to write to, if it may be."""

    connection: sqlite3.Connection
    contents: Contents
    file: ProgressFile | None = None


class ProgressFile:
    """The open progress file of the window that owns the folder."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path, self._connection = path, connection
        status = path.stat()
        self._identity = (status.st_dev, status.st_ino)

    def write(self, statements: Iterable[Statement]) -> None:
        """Write all of the statements or none of them; they are on disk when this returns.

        Raises GoneError when the file is not there any more, OSError or sqlite3.Error for any other cause.
        """
        try:
            status = self._path.stat()
        except (FileNotFoundError, NotADirectoryError):
            raise GoneError(f"{NAME} was removed") from None
        if (status.st_dev, status.st_ino) != self._identity:
            raise GoneError(f"{NAME} was replaced")
        with _transaction(self._connection):
            for statement, values in statements:
                self._connection.execute(statement, values)


def open_owned(path: Path, course: str, draw_seed: Callable[[], int], say: Callable[[str], None]) -> Opened:
    """Open the file for the window that owns the folder; a missing one is made, a damaged one set aside and said.

    Raises NewerError for a file that is left as it is, or another of TROUBLE.
    """
    if _is_orphaned(path):
        say(set_aside(path))
    try:
        return _open(path, course, draw_seed)
    except TROUBLE as error:
        if not means_damage(error):
            raise
    say(set_aside(path))
    return _open(path, course, draw_seed)


def open_copy(path: Path, course: str) -> Opened | None:
    """Read a file that somebody else owns or that cannot be written, as a copy in memory; it is not touched.

    None where there is no progress yet; raises one of TROUBLE for a file that cannot be read.
    """
    if not path.exists():
        return None
    copy = sqlite3.connect(":memory:", isolation_level=None)
    try:
        _copy(path, copy)
        if examine(copy) == 0:
            copy.close()
            return None
        with _transaction(copy):
            schema.migrate(copy)
        return Opened(copy, read(copy, course))
    except BaseException:
        copy.close()
        raise


def set_aside(path: Path) -> str:
    """Rename a damaged file, with what SQLite keeps beside it, to the next free name, and say so.

    Raises OSError.
    """
    parts = (*_COMPANIONS, "")  # the file itself last: a log that is left without it would be deleted
    names = (path.with_name(f"{path.name}.damaged-{number}") for number in count(1))
    aside = next(name for name in names if not any(_beside(name, part).exists() for part in parts))
    for part in parts:
        if _beside(path, part).exists():
            _beside(path, part).rename(_beside(aside, part))
    return f"{path.name} was damaged: set aside as {aside.name}, starting anew"


def connect(path: Path, mode: Literal["ro", "rw", "rwc"]) -> sqlite3.Connection:
    """Open a file for reading, for writing, or for writing and made if need be; raises sqlite3.Error."""
    absolute = path.absolute().as_posix()
    address = quote(fsencode(absolute if absolute.startswith("/") else f"/{absolute}"), safe="/:")
    address = f"file://{address}?mode={mode}"
    if mode == "ro" and not any(_beside(path, part).exists() for part in _COMPANIONS):
        address += "&immutable=1"  # nobody has it open: read it without leaving a log beside it
    return sqlite3.connect(address, uri=True, timeout=PATIENCE_S, isolation_level=None)


def _open(path: Path, course: str, draw_seed: Callable[[], int]) -> Opened:
    contents = _look(path, course) if path.exists() else None
    connection = connect(path, "rwc")
    try:
        _choose_journal(connection)
        with _transaction(connection):  # so that a file that cannot be written is known now
            if contents is None:
                schema.migrate(connection)
                if connection.execute("SELECT 1 FROM folder").fetchone() is None:
                    connection.execute(*kept("INSERT INTO folder", 1, draw_seed()))
        return Opened(connection, contents or read(connection, course), ProgressFile(path, connection))
    except BaseException:
        connection.close()
        raise


def _look(path: Path, course: str) -> Contents | None:
    """Verify a file before anything is changed in it; None for one that is empty or of an earlier version."""
    try:
        with closing(connect(path, "ro")) as connection:
            return read(connection, course) if examine(connection) == len(schema.MIGRATIONS) else None
    except sqlite3.OperationalError as error:
        if means_damage(error):
            raise
    # A transaction that was cut short must be rolled back first, or the folder refuses WAL's shared memory.
    with closing(connect(path, "rw")) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        return read(connection, course) if examine(connection) == len(schema.MIGRATIONS) else None


def _choose_journal(connection: sqlite3.Connection) -> None:
    """Take WAL or, in a network folder that refuses it, a journal that is deleted after each transaction."""
    try:
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
        _touch(connection)  # here its shared memory is opened
    except sqlite3.OperationalError:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # leaves WAL without needing shared memory
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        connection.execute("PRAGMA locking_mode = NORMAL")
        _touch(connection)  # here the lock is let go
    connection.execute("PRAGMA synchronous = FULL")  # in WAL, too: on disk means on disk


def _copy(path: Path, copy: sqlite3.Connection) -> None:
    import shutil
    from tempfile import TemporaryDirectory

    try:
        with closing(connect(path, "ro")) as source:
            source.execute("BEGIN")
            _touch(source)  # waits for a lock as long as it may; `backup` would wait forever
            source.backup(copy)
    except sqlite3.OperationalError as error:
        if means_damage(error) or code_of(error) == sqlite3.SQLITE_BUSY:
            raise
    else:
        return
    with TemporaryDirectory() as folder:  # where nothing can be written, not even a finished WAL can be read
        for part in ("", "-journal", "-wal"):
            if _beside(path, part).exists():
                shutil.copyfile(_beside(path, part), _beside(Path(folder) / NAME, part))
        with closing(connect(Path(folder) / NAME, "rw")) as source:
            source.backup(copy)


def _is_orphaned(path: Path) -> bool:
    """Tell whether a write-ahead log waits for a file that is gone; SQLite would delete it."""
    if path.exists() and path.stat().st_size:
        return False
    wal = _beside(path, "-wal")
    return wal.exists() and wal.stat().st_size > 0


def _touch(connection: sqlite3.Connection) -> None:
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _beside(path: Path, part: str) -> Path:
    return path.with_name(path.name + part)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        raise
