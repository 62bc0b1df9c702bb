"""What a learner writes, by service: the text, what came before it, and whether it is a draft at all."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from simulator.drafts import History

if TYPE_CHECKING:
    from collections.abc import Mapping

DRAFT = "draft*"
"""How a draft stands among the versions."""


class Drafts:
    """The drafts of a lesson. What equals a version of the service is no draft, but it can be undone and done again."""

    def __init__(self, kept: Mapping[str, str]) -> None:
        self._texts = {service: History(text) for service, text in kept.items()}

    def text(self, service: str) -> str | None:
        """Give the text that was written last, None where nothing was."""
        found = self._texts.get(service)
        return found.text if found is not None else None

    def can_undo(self, service: str) -> bool:
        """Whether there is a step to undo."""
        return service in self._texts and self._texts[service].can_undo

    def can_redo(self, service: str) -> bool:
        """Whether there is a step to do again."""
        return service in self._texts and self._texts[service].can_redo

    def write(self, service: str, begun_from: str, text: str) -> int:
        """Go on to a text, beginning from the one that is shown; gives the first line that differs, from 0."""
        history = self._texts.get(service) or History(begun_from)
        self._texts[service] = history.do(begun_from).do(text)
        return first_difference(begun_from, text)

    def undo(self, service: str) -> int:
        """Go a step back; gives the first line that differs, from 0."""
        return self._go(service, self._texts[service].undo())

    def redo(self, service: str) -> int:
        """Do again what was undone; gives the first line that differs, from 0."""
        return self._go(service, self._texts[service].redo())

    def _go(self, service: str, history: History) -> int:
        before, self._texts[service] = self._texts[service].text, history
        return first_difference(before, history.text)


def first_difference(before: str, after: str) -> int:
    """Find the first line of `after` that differs, from 0; the last line where only something went at the end."""
    old, new = before.splitlines(), after.splitlines()
    for at, (one, other) in enumerate(zip(old, new, strict=False)):
        if one != other:
            return at
    return max(0, min(len(old), len(new), len(new) - 1))


def changed_lines(before: str, after: str) -> tuple[int, int]:
    """Count the lines that came and the lines that went."""
    old, new = before.splitlines(), after.splitlines()
    came = went = 0
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if tag != "equal":
            came, went = came + new_to - new_from, went + old_to - old_from
    return came, went
