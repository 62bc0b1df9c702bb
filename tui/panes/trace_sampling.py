"""Which traces are kept: what is said of it in the Trace pane, and the line in which it is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.sampling import as_policy, describe_sampling, parse_sampling
from tui.screens.one_line import OneLineScreen

if TYPE_CHECKING:
    from tui.view import View

EXAMPLES: Final = ("1", "0.1", "slower-than:500ms", "ratio:0.1,slower-than:500ms")
ABOUT: Final = (
    "A share from 0 to 1 is decided at the start of each trace, slower-than at its end: those that failed or took "
    "longer are kept. It holds from now on."
)


def offers_sampling(view: View) -> bool:
    """Tell whether the lesson lets the learner choose which traces are kept."""
    return "sampling" in view.session.lesson.controls


def kept_words(view: View) -> str:
    """Say which traces are kept now: ``kept from now on: a share of all (10%)``."""
    return f"kept from now on: {describe_sampling(as_policy(view.session.lab.sampling))}"


def sampling_line(view: View) -> OneLineScreen:
    """Make the line in which one says which traces are to be kept."""
    now = describe_sampling(as_policy(view.session.lab.sampling))
    return OneLineScreen(
        f"Which traces are kept? Now: {now}",
        ABOUT,
        take="keep these",
        examples=EXAMPLES,
        check=parse_sampling,
    )
