"""What a learner can do that changes lab or lesson: one tagged union, the same in progress, proofs and keys."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

import msgspec

# Where a proof names what only a run can tell, a word stands for a number.
Pick = Literal[
    "slowest", "fastest", "failed", "coldest", "slow-promo-cold", "typical-slow", "slowest-callee", "failed-callee",
    "next-slowest-callee"
]  # fmt: skip
Number = int | Pick


class Action(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", kw_only=True, omit_defaults=True
):
    """What all actions share."""


class RunLoad(Action, frozen=True, tag="run"):
    """Send load: the same requests as last time, or new ones (the seed goes up by one)."""

    new: bool = False
    plan: str | None = None
    """A plan by name; the default is the step's."""


class Deploy(Action, frozen=True, tag="deploy"):
    """Deploy a version, such as ``request-ride@traced``.

    `token`: the monitoring token deployed with it; absent: the one there is, null or an empty one: none.
    """

    version: str
    token: str | msgspec.UnsetType | None = msgspec.UNSET


class SetToken(Action, frozen=True, tag="set-token"):
    """Deploy what runs of a service once more, with this monitoring token; null or an empty one: none."""

    service: str = "request-ride"
    token: str | None = None


class Sample(Action, frozen=True, tag="sample"):
    """Keep a part of the traces: ``always``, a share such as ``0.1``, or ``slower-than:500ms``."""

    policy: str


class Watch(Action, frozen=True, tag="watch"):
    """Add an alert rule, in one line: ``duration > 1000 ms, at least 5 in 2 min``."""

    rule: str


class Unwatch(Action, frozen=True, tag="unwatch"):
    """Take an alert rule away, by its name; a run under way keeps it."""

    name: str


class DeployOwn(Action, frozen=True, tag="deploy-own"):
    """Deploy a version of one's own: what is deployed, with edits and marks, or a whole source.

    `source` is what a screen gives, after its smoke test. `edits` are pairs (old, new), each old standing there once;
    `marks` are texts of calls, such as ``_get_ride(``: the first line inside a function that holds one is marked. The
    session makes a source and a name of them before the action is kept. `at` is local time in ISO form.
    """

    service: str = "request-ride"
    source: str = ""
    marks: tuple[str, ...] = ()
    edits: tuple[tuple[str, str], ...] = ()
    name: str = ""
    note: str = ""
    at: str = ""


class Rollback(Action, frozen=True, tag="rollback"):
    """Go back to the version deployed before, or to deploy `to` of its service, counted from 1.

    `forced`: the lab did it, because the version's handler never came back.
    """

    service: str
    to: int | None = None
    forced: bool = False


class OpenMail(Action, frozen=True, tag="open-mail"):
    """Open the mail of an alert."""

    rule: str


class OpenAlert(Action, frozen=True, tag="open-alert"):
    """Open an alert's event page, with the matching invocations."""

    rule: str


class OpenInvocation(Action, frozen=True, tag="open-invocation"):
    """Open one invocation: its figures, log and traceback."""

    number: Number
    run: int | None = None


class OpenTrace(Action, frozen=True, tag="open-trace"):
    """Open the trace of one invocation."""

    number: Number
    run: int | None = None


class OpenRequest(Action, frozen=True, tag="open-request"):
    """Open a ride's whole exchange."""

    number: Number
    run: int | None = None


class CompareGroups(Action, frozen=True, tag="compare-groups"):
    """Compare slow invocations with fast ones."""

    run: int | None = None


class CompareRuns(Action, frozen=True, tag="compare-runs"):
    """Compare two runs: before and after. Runs count from 1 in the order of their ends; negative ones from the last."""

    before: int
    after: int


class ReadCode(Action, frozen=True, tag="read-code"):
    """Look at a version's source, or at its difference from the one deployed."""

    version: str


class Answer(Action, frozen=True, tag="answer"):
    """Answer a question: ids of choices, or a number. `exact`, for proofs: the very number the question asks for.

    `right` is how it was judged; it is kept with the answer, because a number is right for the run of its day.
    """

    question: str
    choices: tuple[str, ...] = ()
    number: float | None = None
    exact: bool = False
    right: bool = False


class Predict(Action, frozen=True, tag="predict"):
    """Say what one expects, before the run."""

    question: str
    choices: tuple[str, ...] = ()
    number: float | None = None


class AskHint(Action, frozen=True, tag="hint"):
    """Ask for the next hint of a step. `clause`: that of the check whose own hint came, from 0; None: the ladder's."""

    clause: int | None = None


class GoOn(Action, frozen=True, tag="go-on"):
    """Go on to the next step."""


class GoBack(Action, frozen=True, tag="go-back"):
    """Go back to the step before; nothing is lost."""


AnyAction = Annotated[
    RunLoad
    | Deploy
    | SetToken
    | Sample
    | Watch
    | Unwatch
    | DeployOwn
    | Rollback
    | OpenMail
    | OpenAlert
    | OpenInvocation
    | OpenTrace
    | OpenRequest
    | CompareGroups
    | CompareRuns
    | ReadCode
    | Answer
    | Predict
    | AskHint
    | GoOn
    | GoBack,
    "an action",
]

KINDS: tuple[type[Action], ...] = get_args(get_args(AnyAction)[0])
TAGS: tuple[str, ...] = tuple(str(kind.__struct_config__.tag) for kind in KINDS)


def encode(action: Action) -> bytes:
    """Give an action as JSON, as progress keeps it."""
    return msgspec.json.encode(action)


def decode(body: bytes) -> Action:
    """Read an action. Raises msgspec.ValidationError for one this version does not know."""
    action: Action = msgspec.json.decode(body, type=AnyAction)
    return action


def tag(action: Action) -> str:
    """Give an action's name, such as ``run`` or ``open-trace``."""
    return str(type(action).__struct_config__.tag)
