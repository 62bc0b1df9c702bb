"""What the progress file holds of one course, in memory, and for each change the statement that keeps it.

The file is read once, at opening. From then on `Contents` is the truth and the file follows it, so nothing is
lost when the file fails. Only the columns of finished runs stay in the file until somebody asks for them.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TypeAlias

Statement: TypeAlias = tuple[str, tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Event:
    """One acknowledged action: its number, where it happened, and the session's own record of it."""

    number: int
    lesson: str
    step: str
    attempt: int
    body: bytes


@dataclass(frozen=True, slots=True)
class RunHeader:
    """A finished run without its columns; `settings` and `summary` are the session's own records."""

    id: int
    lesson: str
    settings: bytes
    summary: bytes


@dataclass(slots=True)
class Contents:
    """The current attempts of one course; earlier attempts and other courses stay in the file, unseen."""

    course: str
    seed: int
    attempts: dict[str, int] = field(
        default_factory=dict
    )  # lesson -> attempt, from 2; '' is the course itself
    events: list[Event] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)  # lesson -> step; the lesson played last stands last
    done: dict[str, set[str]] = field(default_factory=dict)
    drafts: dict[str, str] = field(default_factory=dict)
    runs: dict[int, RunHeader] = field(default_factory=dict)
    preferences: dict[str, str] = field(default_factory=dict)
    next_event: int = 1
    next_run: int = 1
    next_move: int = 1

    def attempt(self, lesson: str) -> int:
        """Say which attempt at a lesson is going on, from 1."""
        return self.attempts.get(lesson, 1)

    def add_event(self, lesson: str, step: str, body: bytes) -> tuple[int, Statement]:
        """Add an event under the next number."""
        event = Event(self.next_event, lesson, step, self.attempt(lesson), body)
        self.next_event += 1
        self.events.append(event)
        values = (event.number, self.course, lesson, event.attempt, step, body)
        return event.number, kept("INSERT INTO events", *values)

    def add_run(self, run: RunHeader, columns: bytes) -> Statement:
        """Add a finished run with its compressed columns."""
        self.runs[run.id] = run
        self.next_run = max(self.next_run, run.id + 1)
        place = (self.course, run.lesson, self.attempt(run.lesson), run.id)
        return kept("INSERT INTO runs", *place, run.settings, run.summary, unsummed=(columns,))

    def columns_of(self, run: RunHeader) -> Statement:
        """Ask the file for the compressed columns of a run."""
        values = (self.course, run.lesson, self.attempt(run.lesson), run.id)
        return "SELECT columns FROM runs WHERE course = ? AND lesson = ? AND attempt = ? AND id = ?", values

    def move(self, lesson: str, step: str) -> Statement:
        """Put the learner at a step; its lesson becomes the one played last."""
        self.places.pop(lesson, None)
        self.places[lesson] = step
        values = (self.course, lesson, self.attempt(lesson), step, self.next_move)
        self.next_move += 1
        return kept("INSERT OR REPLACE INTO places", *values)

    def mark(self, lesson: str, step: str, *, done: bool) -> Statement:
        """Mark a step as done, or as not done any more."""
        steps = self.done.setdefault(lesson, set())
        (steps.add if done else steps.discard)(step)
        place = (self.course, lesson, self.attempt(lesson), step)
        return kept("INSERT OR REPLACE INTO steps", *place, int(done))

    def draft(self, key: str, text: str) -> Statement:
        """Keep a draft in place of the one before."""
        self.drafts[key] = text = storable(text)
        return kept("INSERT OR REPLACE INTO drafts", self.course, self.attempt(""), key, text)

    def prefer(self, key: str, value: str) -> Statement:
        """Keep a preference; preferences belong to the data folder, not to a course."""
        self.preferences[key] = value = storable(value)
        return kept("INSERT OR REPLACE INTO preferences", key, value)

    def begin_again(self, lesson: str) -> Statement:
        """Begin the next attempt at a lesson, which sees nothing of the one before; '' begins new drafts."""
        self.attempts[lesson] = self.attempt(lesson) + 1
        self.events = [event for event in self.events if event.lesson != lesson]
        self.runs = {number: run for number, run in self.runs.items() if run.lesson != lesson}
        self.places.pop(lesson, None)
        self.done.pop(lesson, None)
        if not lesson:
            self.drafts.clear()
        return kept("INSERT OR REPLACE INTO attempts", self.course, lesson, self.attempts[lesson])

    def touched(self) -> list[str]:
        """List the lessons in which anything happened, and '' for the course itself."""
        happened = {event.lesson for event in self.events} | {run.lesson for run in self.runs.values()}
        return sorted({"", *happened, *self.places, *self.done})


def kept(into: str, *values: int | str | bytes, unsummed: tuple[bytes, ...] = ()) -> Statement:
    """Make the statement that keeps a row: its values, their checksum, and what the checksum leaves out."""
    row = (*values, checksum(*values), *unsummed)
    return f"{into} VALUES ({', '.join('?' * len(row))})", row


def checksum(*values: int | str | bytes) -> int:
    """Sum up the values of a row, each with its length."""
    total = 0
    for value in values:
        data = value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
        total = zlib.crc32(data, zlib.crc32(len(data).to_bytes(8, "big"), total))
    return total


def storable(text: str) -> str:
    """Take half a surrogate pair, which a terminal can send, as a question mark: SQLite refuses it."""
    return text.encode("utf-8", "replace").decode("utf-8")
