"""Whether somebody is here for the first time: then the welcome comes before home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lessons.progress import Progress

SEEN: Final = "welcome"


def is_new(progress: Progress) -> bool:
    """Tell whether somebody is here for the first time: nothing was begun, and the page was not seen."""
    return progress.preference(SEEN) is None and progress.last_lesson is None


def mark_seen(progress: Progress) -> None:
    """Keep that the page was seen."""
    progress.set_preference(SEEN, "seen")
