"""Saved progress: what a learner did, where they are and the runs that finished, in one SQLite file.

Events, settings, summaries and columns are kept as the bytes the session gives; only the session knows what
they mean. One window owns a data folder. Whatever is wrong with the folder or the file becomes a notice, one
readable line, and the session goes on in memory: nothing that is kept raises because of it.
"""

from __future__ import annotations

import os
import sqlite3
import zlib
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from lessons.locking import FolderLock
from lessons.store_contents import Contents, Event, RunHeader
from lessons.store_file import NAME, GoneError, ProgressFile, open_copy, open_owned
from lessons.store_reading import TROUBLE, NewerError
from simulator.errors import NotKeptError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType
    from typing import Self

    from lessons.store_contents import Statement

__all__ = ["Event", "Mode", "Progress", "RunHeader", "default_folder"]

Mode: TypeAlias = Literal["saved", "read-only", "memory"]
LOCK_NAME: Final = "progress.lock"
OWNED_ELSEWHERE: Final = "another ridelab window owns this folder: read-only here"


def default_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Name the data folder: RIDELAB_DATA if it is set, otherwise the platform's own place for user data."""
    if chosen := environment.get("RIDELAB_DATA"):
        return Path(chosen).expanduser()
    from platformdirs import user_data_path

    return user_data_path("ridelab", appauthor=False)


def draw_seed() -> int:
    """Draw the seed of a data folder, from 1 to 1,000."""
    import secrets

    return secrets.randbelow(1000) + 1


def seed_of(asked: int | None) -> Callable[[], int]:
    """Give what decides the seed of a new data folder: the one that was asked for, or chance."""
    return draw_seed if asked is None else lambda: asked


class Progress:
    """The progress of one course in one data folder; a context manager.

    `mode` is "saved" while every change is on disk when its method returns, "read-only" where the file was
    read but is not written, "memory" where nothing is kept beyond this session. `notices` tells the user why;
    `on_notice`, if set, is called with each later one.
    """

    def __init__(self, contents: Contents, mode: Mode, folder: Path | None = None) -> None:
        self.mode: Mode = mode
        self.on_notice: Callable[[str], None] | None = None
        self._contents = contents
        self._folder = folder
        self._notices: list[str] = []
        self._lock: FolderLock | None = None
        self._file: ProgressFile | None = None
        self._connection: sqlite3.Connection | None = None
        self._unsaved: list[Statement] = []
        self._together = 0
        self._columns: dict[int, bytes] = {}  # compressed, of runs that are not in the file
        self._closed = False

    @classmethod
    def open(
        cls, folder: Path, *, course: str = "module-4", draw_seed: Callable[[], int] = draw_seed
    ) -> Progress:
        """Open the progress in a data folder; never raises for a bad one, but says so in `notices`.

        `draw_seed` is called where there is no seed yet: for a new file, or for a session that is not saved.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = FolderLock.take(folder / LOCK_NAME)
        except (OSError, ValueError) as error:
            return cls._open_unowned(folder, course, draw_seed, _unwritable(folder, error))
        if lock is None:
            return cls._open_unowned(folder, course, draw_seed, OWNED_ELSEWHERE)
        notices: list[str] = []
        try:
            opened = open_owned(folder / NAME, course, draw_seed, notices.append)
        except TROUBLE as error:
            lock.release()
            notices += [] if isinstance(error, NewerError) else [_unwritable(folder, error)]
            return cls._open_unowned(folder, course, draw_seed, *notices)
        if not lock.enforced:
            notices.append(f"{folder} cannot be locked: use it in one ridelab window at a time")
        progress = cls(opened.contents, "saved", folder)
        progress._lock, progress._file, progress._connection = lock, opened.file, opened.connection
        progress._notices = notices
        return progress

    @classmethod
    def read(cls, folder: Path, *, course: str = "module-4") -> Progress:
        """Look at the progress in a data folder without owning, making or changing anything there."""
        return cls._open_unowned(folder, course, draw_seed)

    @classmethod
    def in_memory(cls, *, course: str = "module-4", seed: int = 1) -> Progress:
        """Make progress that is never saved and says nothing about it: for proofs and previews."""
        return cls(Contents(course, seed), "memory")

    @classmethod
    def _open_unowned(cls, folder: Path, course: str, draw: Callable[[], int], *notices: str) -> Progress:
        """Read what there is and never write."""
        opened, more = None, []
        try:
            opened = open_copy(folder / NAME, course)
        except NewerError as error:
            more.append(str(error))
        except (*TROUBLE, ValueError) as error:
            more.append(f"{NAME} cannot be read ({error})")
        mode: Mode = "read-only" if opened or OWNED_ELSEWHERE in notices else "memory"
        progress = cls(opened.contents if opened else Contents(course, draw()), mode, folder)
        progress._connection = opened.connection if opened else None
        progress._notices = [*notices, *more]
        return progress

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Save what could not be saved so far, if it can be now, and let the folder go."""
        if self._closed:
            return
        if self._unsaved:
            self._save()
        self._closed = True
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
        if self._lock is not None:
            self._lock.release()

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user must know about where their progress is kept, oldest first; each one line."""
        return tuple(self._notices)

    @property
    def course(self) -> str:
        """The course whose progress this is."""
        return self._contents.course

    @property
    def seed(self) -> int:
        """The seed of this data folder, drawn once and kept."""
        return self._contents.seed

    @contextmanager
    def together(self) -> Iterator[None]:
        """Save all that is kept inside as one: on disk is the whole of it, or nothing, whenever the process ends."""
        self._together += 1
        try:
            yield
        finally:
            self._together -= 1
            if not self._together:
                self._save()

    def append(self, lesson: str, step: str, event: bytes) -> int:
        """Keep one acknowledged action and return its number; numbers grow and are never given twice."""
        number, statement = self._contents.add_event(lesson, step, event)
        self._save(statement)
        return number

    def events(self, lesson: str | None = None) -> list[Event]:
        """List the events of the current attempts in the order they happened, of one lesson or of all."""
        return [event for event in self._contents.events if lesson in (None, event.lesson)]

    def reset(self, lesson: str | None) -> None:
        """Begin a new attempt at a lesson, or at the whole course for None, drafts included.

        Everything of the attempts before stays in the file and is no longer returned.
        """
        lessons = self._contents.touched() if lesson is None else [lesson]
        self._save(*(self._contents.begin_again(each) for each in lessons))

    def place(self, lesson: str) -> str | None:
        """Name the step at which the learner is in a lesson."""
        return self._contents.places.get(lesson)

    def set_place(self, lesson: str, step: str) -> None:
        """Put the learner at a step."""
        if self.last_lesson != lesson or self.place(lesson) != step:
            self._save(self._contents.move(lesson, step))

    @property
    def last_lesson(self) -> str | None:
        """The lesson in which the learner was last."""
        return next(reversed(self._contents.places), None)

    def done(self, lesson: str, step: str) -> bool:
        """Tell whether a step is done."""
        return step in self._contents.done.get(lesson, ())

    def mark_done(self, lesson: str, step: str, *, done: bool = True) -> None:
        """Mark a step as done or, when it is reset, as not done; marking twice changes nothing."""
        if self.done(lesson, step) != done:
            self._save(self._contents.mark(lesson, step, done=done))

    def steps_done(self, lesson: str) -> frozenset[str]:
        """Return the steps of a lesson that are done."""
        return frozenset(self._contents.done.get(lesson, ()))

    def draft(self, key: str) -> str | None:
        """Return an unfinished text."""
        return self._contents.drafts.get(key)

    def set_draft(self, key: str, text: str) -> None:
        """Keep an unfinished text in place of the one before."""
        if self.draft(key) != text:
            self._save(self._contents.draft(key, text))

    def preference(self, key: str) -> str | None:
        """Return a preference; they belong to the data folder, whatever the course."""
        return self._contents.preferences.get(key)

    def set_preference(self, key: str, value: str) -> None:
        """Keep a preference."""
        if self.preference(key) != value:
            self._save(self._contents.prefer(key, value))

    def keep_run(
        self, run_id: int | None, lesson: str, settings: bytes, summary: bytes, columns: bytes
    ) -> int:
        """Keep a finished run under this number, or the next free one for None, and return the number.

        A run that is kept already stays as it is. Raises NotKeptError when the number has another run.
        """
        number = self._contents.next_run if run_id is None else run_id
        run = RunHeader(number, lesson, settings, summary)
        kept = self._contents.runs.get(number)
        if kept is None:
            self._columns[number] = zlib.compress(columns)
            self._save(self._contents.add_run(run, self._columns[number]))
        elif (kept.lesson, kept.settings) != (lesson, settings):
            raise NotKeptError(f"run {number} is kept already and is another one: give it a new number")
        return number

    def runs(self) -> list[RunHeader]:
        """List the finished runs of the current attempts by number, without their columns."""
        return sorted(self._contents.runs.values(), key=lambda run: run.id)

    def run_columns(self, run_id: int) -> bytes:
        """Return the columns of a finished run; raises NotKeptError when they cannot be had."""
        run = self._contents.runs.get(run_id)
        if run is None:
            raise NotKeptError(f"run {run_id} is not kept here")
        compressed = self._columns.get(run_id)
        try:
            if compressed is None and self._connection is not None:
                (compressed,) = self._connection.execute(*self._contents.columns_of(run)).fetchone()
            return zlib.decompress(compressed or b"")
        except (*TROUBLE, zlib.error, TypeError) as error:
            raise NotKeptError(f"the records of run {run_id} cannot be read ({error})") from error

    def _save(self, *statements: Statement) -> None:
        """Write what is not in the file yet; what fails waits in memory for the next time."""
        if self._closed:
            raise NotKeptError("this progress is closed: open it again to go on")
        if self._file is None:
            return
        self._unsaved += statements
        if self._together or not self._unsaved:
            return
        try:
            self._file.write(self._unsaved)
        except GoneError as error:
            self._file = None
            self._change("memory", f"{error}: what you do from here on is not saved")
        except TROUBLE as error:
            self._change("memory", f"{_unwritable(self._folder, error, 'what you do now is not saved yet')}")
        else:
            self._unsaved.clear()
            self._columns.clear()
            self._change("saved", f"{self._folder} can be written again: everything is saved")

    def _change(self, mode: Mode, notice: str) -> None:
        """Go over to another mode and say why; staying in one says nothing."""
        if mode != self.mode:
            self.mode = mode
            self._notices.append(notice)
            if self.on_notice is not None:
                self.on_notice(notice)


def _unwritable(folder: Path | None, error: Exception, outcome: str = "this session is not saved") -> str:
    """Say that a folder cannot be written, why, and what follows."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    with suppress(OSError):
        reason = "it is a file" if folder is not None and folder.is_file() else reason
    return f"cannot write to {folder} ({reason}): {outcome}"
