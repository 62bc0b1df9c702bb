"""The agent's token in the Code pane: what the agent does now, and the token that the next deploy brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content

from lessons.controls import as_token
from simulator.monitoring import state_of
from tui.panes.run_figures import MUTED
from tui.screens.one_line import OneLineScreen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.view import View

STATES: Final = {
    "on": "on",
    "dormant": "dormant, it has no token",
    "rejected": "rejected, its token is wrong",
}
ABOUT: Final = "The agent reports with this token. An empty line is no token: the agent stays dormant."
SHOWN: Final = 24
"""So much of a token is shown above the code."""


def offers_token(view: View) -> bool:
    """Tell whether the lesson lets the learner set the token."""
    return "token" in view.session.lesson.controls


def agent_line(
    view: View, service: str, waiting: Mapping[str, str | None], key: str, *, draft: bool = False
) -> Content:
    """Say what the agent of a service does, and which token waits for its next deploy; `key` deploys.

    A draft is deployed with the token there is: what waits comes with the deploy after it.
    """
    lab = view.session.lab
    state = state_of(lab.tokens.get(service), lab.scenario.monitoring.token)
    line = Content.assemble((f"agent: {STATES[state]}", "bold"))
    if service not in waiting:
        return line
    token = waiting[service]
    what = (
        "no token" if token is None else f"token {token if len(token) <= SHOWN else token[: SHOWN - 1] + '…'}"
    )
    when = f"{key} once more, after the draft," if draft else key
    return line + Content.styled(f"  {when} deploys with {what}", MUTED)


def token_line(view: View, service: str, waiting: Mapping[str, str | None]) -> OneLineScreen:
    """Make the line in which one types the token of the next deploy."""
    token = waiting.get(service, view.session.lab.tokens.get(service))
    return OneLineScreen(
        f"Token of the agent of {service}, for its next deploy",
        ABOUT,
        value=token or "",
        take="set it",
        check=as_token,
    )
