"""What a question's screen is given, and the words around an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lessons.expressions import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from lessons.actions import Answer, Predict
    from lessons.model import Choice, Question
    from lessons.quiz import Judgement

OPENINGS: Final = {True: "**Right.**", False: "**Not yet.**", None: "**The lab cannot tell:**"}
POINTED: Final = {True: "**Right.**", False: "**Not this one.**", None: "**The lab cannot tell:**"}
POINTS_IN: Final = {"span": "trace", "line": "code"}
"""In which pane one points, by the kind of the question."""


@dataclass(frozen=True)
class Asked:
    """What is asked, whether as a prediction, and what was answered before. `render` fills in a text's inserts.

    `choices` are those to be shown, in the order to be shown; `rights` tells which are right, if that can be told now.
    `pane` is the one to point in, empty where one cannot.
    """

    question: Question
    prediction: bool
    render: Callable[[str], str]
    given: Answer | Predict | None = None
    right: bool = False
    choices: tuple[Choice, ...] = ()
    rights: Callable[[], frozenset[str] | Unknown] = frozenset
    pane: str = ""

    def right_ids(self) -> frozenset[str]:
        """The ids of the right choices, as far as that can be told."""
        found = self.rights()
        return frozenset() if isinstance(found, Unknown) else found


def said_of_pointed(
    asked: Asked, choices: tuple[str, ...], number: float | None, judgement: Judgement
) -> str:
    """Say what was pointed at - a line by its number, a span by its name - how it was judged, and why; in Markdown."""
    what = f"**Line {number:.0f}**" if number is not None else f"`{''.join(choices)}`"
    why = [asked.render(text) for text in judgement.said]
    return " ".join([f"{what}:", POINTED[judgement.right], *why])
