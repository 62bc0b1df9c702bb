"""A course as data: what stands in `course.yaml`, typed. Home needs no more than this."""

from __future__ import annotations

from typing import Annotated

import msgspec

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
StepId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=40)]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of a lesson; a key that is not listed is an error."""


class Entry(Part, frozen=True, kw_only=True):
    """A lesson in the course's index."""

    id: StepId
    title: str
    minutes: Annotated[int, msgspec.Meta(ge=1, le=120)]
    summary: str


class Mystery(Part, frozen=True, kw_only=True):
    """Something that wants an explanation: seen in a lesson, closed by the right answer to a question of another.

    `evidence` is told once it is closed, with the figures that the lesson `closed_in` had then; `title` has none.
    """

    id: Name
    title: str
    seen: StepId
    closed_in: StepId
    closed_by: Name
    evidence: str


class Finding(Part, frozen=True, kw_only=True):
    """A question of the whole course, and its answer in the figures of a lesson: told once that is finished."""

    id: Name
    ask: str
    lesson: StepId
    answer: str


class Course(Part, frozen=True, kw_only=True):
    """A course: its lessons in order, the scenario they use, its board of mysteries, and what it asks at the end."""

    title: str
    summary: str
    scenario: str
    lessons: Annotated[list[Entry], msgspec.Meta(min_length=1)]
    mysteries: list[Mystery] = []
    findings: list[Finding] = []
