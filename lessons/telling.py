"""Texts of the course that are told in the figures of one lesson: evidence, and answers to the course's questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lessons.expressions import parse_template
from lessons.markdown import as_it_was, as_it_was_left
from lessons.names import FUNCTIONS
from lessons.prose import unmarked

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from lessons.loader import OpenCourse
    from lessons.model import Step
    from lessons.progress import Progress
    from lessons.session import Session


def opened(
    course: OpenCourse, lesson: str, progress: Progress, sessions: MutableMapping[str, Session] | None = None
) -> Session:
    """Give a lesson as it was left, from `sessions` or opened now and kept there.

    Raises DocumentError, UsageError for a lesson that cannot be read.
    """
    known = {} if sessions is None else sessions
    if lesson not in known:
        known[lesson] = as_it_was_left(course, lesson, progress)
    return known[lesson]


def told(session: Session, text: str, step: Step | None = None) -> str:
    """Fill in a text as it stood when the learner went on from a step; without one, as the lesson stands now."""
    at = session.step if step is None else step
    then = session if step is None else as_it_was(session, step)
    return unmarked(parse_template(text).render(then.scope(at), functions=FUNCTIONS).strip())
