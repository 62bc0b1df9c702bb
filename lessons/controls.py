"""What sets the lab, besides versions: the agent's token, sampling, alert rules; and what can be read of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from lessons import actions as act
from lessons.expressions import Unknown
from lessons.rules import parse_rule
from simulator.errors import UsageError, nearest
from simulator.monitoring import state_of
from simulator.run_settings import DeployChange, SamplingChange
from simulator.sampling import as_policy, describe_sampling, parse_sampling

if TYPE_CHECKING:
    from collections.abc import Callable

    from lessons.actions import Action
    from lessons.session import Session
    from simulator.run_data import RunData

LONGEST_TOKEN = 200
MOST_RULES = 20


def control(session: Session, action: Action) -> None:
    """Set what an action says. Raises UsageError, BuildError; then nothing has changed."""
    lab = session.lab
    match action:
        case act.Deploy():
            version = session.version(action.version)
            if action.token is UNSET:
                session.versions.activated(lab.deploy(version))
            else:
                session.versions.activated(lab.deploy(version, token=as_token(action.token)))
        case act.SetToken():
            running = session.versions.running(action.service).version
            session.versions.activated(lab.deploy(running, token=as_token(action.token)))
        case act.Sample():
            lab.sample(parse_sampling(action.policy))
        case act.Watch():
            rule = parse_rule(action.rule)
            if rule.name in (known := [one.name for one in lab.rules]):
                raise UsageError(f"this rule is on already: `{rule.name}`")
            if len(known) >= MOST_RULES:
                raise UsageError(f"{MOST_RULES} rules are on: take one away first")
            lab.watch(rule)
        case act.Unwatch():
            known = [one.name for one in lab.rules]
            if action.name not in known:
                near = nearest(action.name, known) or ("; there are " + ", ".join(known) if known else "")
                raise UsageError(f"no rule `{action.name}` is on{near}")
            del lab.rules[known.index(action.name)]
        case _:
            raise TypeError(f"`{act.tag(action)}` sets nothing")


def as_token(token: object) -> str | None:
    """Take a token as it was given: an empty one is none. Raises UsageError for what is no line, or too long."""
    text = str(token).strip() if token is not None else ""
    if len(text) > LONGEST_TOKEN or not text.isprintable():
        raise UsageError(
            f"a token is one line of at most {LONGEST_TOKEN} characters; none at all is allowed as well"
        )
    return text or None


def _tries(runs: list[RunData], what: str) -> object:
    """Count the runs of one request, which is what a try by hand is; sent again with the same luck it is no new one."""
    by_seed = {data.settings.seed: data for data in reversed(runs) if data.sent == 1}
    tries = [data.latencies_s for data in reversed(by_seed.values())]
    slow = [bool((latencies > 1.0).any()) for latencies in tries]
    if what == "n":
        return len(slow)
    if what == "slow":
        return sum(slow)
    if what == "slowest":
        answered = [float(latencies.max()) for latencies in tries if len(latencies)]
        return max(answered) if answered else Unknown("no try was answered yet")
    return slow.index(True) + 1 if any(slow) else Unknown("no try has taken over a second")


# what a run was set to


def _agent(data: RunData) -> str:
    """What the agent of the function behind the gateway did, as last deployed."""
    token = data.settings.tokens.get(data.front)
    for change in data.settings.changes:
        if (
            isinstance(change, DeployChange)
            and change.version.service == data.front
            and change.token is not UNSET
        ):
            token = change.token
    return state_of(token, data.settings.scenario.monitoring.token)


def _sampling(data: RunData) -> str:
    rate = data.settings.sampling
    for change in data.settings.changes:
        if isinstance(change, SamplingChange):
            rate = change.rate
    return describe_sampling(as_policy(rate))


def _traced(data: RunData, *, slow: bool = False) -> object:
    rides = data.of_service(data.front)
    kept = rides["kept"][rides["duration_s"] > 1.0] if slow else rides["kept"]
    return float((kept > 0).mean()) if len(kept) else Unknown("this run has no such invocation")


SET_IN_RUN: dict[str, tuple[str, Callable[[RunData], Any]]] = {
    "agent": ("the ride function's agent: on, rejected (wrong token) or dormant (none)", _agent),
    "sampling": ("which traces were kept, in words", _sampling),
    "traced": ("share of the ride function's invocations whose trace was kept", _traced),
    "slow_traced": ("the same, of those over a second", lambda d: _traced(d, slow=True)),
    "shown": ("how many of its invocations the agent shows", lambda d: len(_seen(d))),
    "rules": ("how many alert rules were on", lambda d: len(d.settings.rules)),
}


def _seen(data: RunData) -> list[int]:
    inv = data.invocations
    front = inv["service"] == data.services.index(data.front)
    numbers: list[int] = inv["number"][front & data.watching[inv["version"]]].tolist()
    return numbers


CONTROLS: dict[str, str] = {
    "lab.token": "the monitoring token that is right, as the mail of the monitoring team has it",
    "lab.sampling": "which traces are kept, in words",
    "lab.agent": "what the agent of request-ride is: on, rejected (wrong token) or dormant (none)",
    "lab.rules": "how many alert rules are on",
    "tries.n": "how many single requests were sent: runs of one request, the same one sent again not counted",
    "tries.slow": "how many of them took over a second, on the client's clock",
    "tries.first_slow": "the how-manieth of them was the first that did",
    "tries.slowest": "the longest of them, on the client's clock",
    "left.runs": "how many runs the lesson's budget has left",
    "left.deploys": "how many deploys it has left",
    "incident.id": "which of its variants this lesson began with: for checks and explanations only",
}


def control_of(session: Session, name: str) -> object:
    """Give the value of one of `CONTROLS`."""
    from lessons.budget import left

    lab, lesson = session.lab, session.lesson
    match name.partition("."):
        case ("left", _, what):
            known = left(lesson.budget, what, session.memory.done)
            return known if known is not None else Unknown(f"this lesson has no limit for {what}")
        case ("tries", _, what):
            return _tries(session.runs, what)
        case ("incident", _, _):
            return session.incident or Unknown("this lesson begins in one way only")
        case (_, _, "token"):
            return lab.scenario.monitoring.token
        case (_, _, "sampling"):
            return describe_sampling(as_policy(lab.sampling))
        case (_, _, "agent"):
            front = lab.scenario.gateway.routes[0].function
            return state_of(lab.tokens.get(front), lab.scenario.monitoring.token)
        case _:
            return len(lab.rules)
