"""A draft's past and future: undo and redo over whole texts, as one frozen record."""

from __future__ import annotations

from dataclasses import dataclass, replace

BYTES = 4_000_000  # some thousand steps of a handler as long as the built-in ones


@dataclass(frozen=True, slots=True)
class History:
    """The text of a draft, the texts before it (oldest first), and those that were undone (next first).

    `limit` bounds the bytes of the past and the future: the oldest steps are forgotten first, then the farthest
    undone ones. The text itself always stays.
    """

    text: str
    past: tuple[str, ...] = ()
    future: tuple[str, ...] = ()
    limit: int = BYTES

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo."""
        return bool(self.past)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to do again."""
        return bool(self.future)

    def do(self, text: str) -> History:
        """Go on to another text; what was undone is forgotten. The same text is no step."""
        if text == self.text:
            return self
        return replace(self, text=text, past=(*self.past, self.text), future=())._bounded()

    def undo(self) -> History:
        """Go one step back, or stay where there is none."""
        if not self.past:
            return self
        *past, text = self.past
        return replace(self, text=text, past=tuple(past), future=(self.text, *self.future))._bounded()

    def redo(self) -> History:
        """Do again what was undone last, or stay where there is nothing."""
        if not self.future:
            return self
        text, *future = self.future
        return replace(self, text=text, past=(*self.past, self.text), future=tuple(future))._bounded()

    def _bounded(self) -> History:
        """Forget as much as the limit asks for: what is nearest to the text stays."""
        left = self.limit
        kept_past, left = _nearest(self.past[::-1], left)
        kept_future, _ = _nearest(self.future, left)
        if kept_past == len(self.past) and kept_future == len(self.future):
            return self
        return replace(self, past=self.past[len(self.past) - kept_past :], future=self.future[:kept_future])


def _nearest(texts: tuple[str, ...], left: int) -> tuple[int, int]:
    """Count the texts, nearest first, that fit into the bytes left; give the bytes left after them."""
    for kept, text in enumerate(texts):
        size = len(text.encode(errors="surrogatepass"))
        if size > left:
            return kept, 0
        left -= size
    return len(texts), left
