"""The published names: what expressions in lesson text and in checks may read, each with a line of explanation.

Times are seconds, shares run from 0 to 1. A name without a value yet is `Unknown`, with its reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lessons import actions as act
from lessons.expressions import FUNCTIONS as PLAIN_FUNCTIONS
from lessons.expressions import Unknown
from lessons.facts import FACTS
from lessons.run_names import PAIR, RUN
from lessons.theory import THEORY
from simulator.compare import before_against_after
from simulator.metrics import needed_samples

if TYPE_CHECKING:
    from lessons.model import Step
    from lessons.session import Session
    from simulator.run_data import RunData

NO_RUN = Unknown("no run has ended yet")

DID = {
    **{tag.replace("-", "_"): f"how often `{tag}` was done in this step" for tag in act.TAGS},
    "ran": "how many runs that were begun in this step have ended",
    "ran_new": "how many of them sent new requests",
}

NAMES: dict[str, str] = {
    **{f"run.{name}": f"the last run: {text}" for name, (text, _) in RUN.items()},
    **{f"first.{name}": f"the first run of this lesson: {text}" for name, (text, _) in RUN.items()},
    **{f"before.{name}": f"the run compared as before: {text}" for name, (text, _) in RUN.items()},
    **{f"after.{name}": f"the run compared as after: {text}" for name, (text, _) in RUN.items()},
    **{f"pair.{name}": f"the two compared runs: {text}" for name, (text, _) in PAIR.items()},
    **{f"did.{name}": text for name, text in DID.items()},
    **{f"theory.{name}": text for name, (text, _) in THEORY.items()},
    **{f"fact.{name}": f"{fact.text} ({fact.source})" for name, fact in FACTS.items()},
    "runs.n": "how many runs have ended in this lesson",
    "runs.versions": "the request-ride versions they ran",
    "opened.slow": "whether a slow invocation was opened in this step",
    "opened.failed": "whether a failed invocation was opened in this step",
    "opened.slow_trace": "whether the trace of a slow invocation was opened in this step",
    "opened.promo_trace": "whether the trace of a slow invocation of the promo service was opened in this step",
    "opened.cold_trace": "whether the trace of a slow invocation that waited for promo's cold start was opened",
    "opened.slowest_request": "whether the slowest request's exchange was opened in this step",
    "deployed.ride": "the version of request-ride that is deployed",
    "deployed.promo": "the version of promo-discount that is deployed",
    "lab.seed": "the seed of the next run",
    "answers.": "a question of this lesson: the number or the choice last given",
    "predictions.": "a prediction of this lesson: the number or the choice given",
    "right.": "a question of this lesson: whether it was answered right",
}

FUNCTIONS = {**PLAIN_FUNCTIONS, "needed": needed_samples}


def known_names(questions: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Give all names that a lesson with these questions and predictions may read."""
    plain = [name for name in NAMES if not name.endswith(".")]
    own = [
        f"{prefix}{question}" for prefix in ("answers.", "predictions.", "right.") for question in questions
    ]
    return (*plain, *own)


def value_of(session: Session, step: Step, name: str) -> object:
    """Give the value of a published name, as seen from a step."""
    group, _, rest = name.partition(".")
    match group:
        case "run":
            return RUN[rest][1](session.runs[-1]) if session.runs else NO_RUN
        case "first":
            return RUN[rest][1](session.runs[0]) if session.runs else NO_RUN
        case "before" | "after" | "pair":
            return _compared(session, group, rest)
        case "did":
            return _did(session, step, rest)
        case "fact":
            return FACTS[rest].value
        case "runs":
            return len(session.runs) if rest == "n" else [data.refs["request-ride"] for data in session.runs]
        case "opened":
            return _opened(session, step, rest)
        case "deployed":
            return session.lab.versions["request-ride" if rest == "ride" else "promo-discount"].name
        case "lab":
            return session.lab.seed
        case "theory":
            return THEORY[rest][1](session.lab.scenario)
        case "right":
            return rest in session.memory.right
        case _:
            return _said(session, group, rest)


def _did(session: Session, step: Step, what: str) -> int:
    done = session.memory.done
    if what in {"ran", "ran_new"}:
        loads = [(at, action) for at, action in done if isinstance(action, act.RunLoad)][: len(session.runs)]
        return sum(1 for at, action in loads if at == step.id and (what == "ran" or action.new))
    return sum(1 for at, action in done if at == step.id and act.tag(action).replace("-", "_") == what)


def _said(session: Session, group: str, question: str) -> object:
    said = (session.memory.answers if group == "answers" else session.memory.predictions).get(question)
    if said is None:
        return Unknown("nothing was answered" if group == "answers" else "nothing was predicted")
    if said.number is not None:
        return said.number
    choices = {choice.id: choice.text for choice in session.question(question).choices}
    return ", ".join(choices.get(choice, choice) for choice in said.choices)


def _compared(session: Session, group: str, rest: str) -> object:
    pair = session.memory.compared
    if pair is None:
        return Unknown("no two runs have been compared")
    before, after = session.run(pair[0]), session.run(pair[1])
    if group == "pair":
        return PAIR[rest][1](before_against_after(before, after))
    return RUN[rest][1](before if group == "before" else after)


def _slowest(data: RunData) -> int | None:
    """The request that waited longest of those that were answered."""
    latency = data.requests["latency_s"]
    return int(data.requests["number"][np.nanargmax(latency)]) if len(data.latencies_s) else None


def _opened(session: Session, step: Step, what: str) -> bool:
    found = False
    for at, action in session.memory.done:
        if at != step.id or not isinstance(action, act.OpenInvocation | act.OpenTrace | act.OpenRequest):
            continue
        data = session.all_runs[(action.run or 0) - 1]  # opened while it went on, perhaps
        if isinstance(action, act.OpenRequest):
            found |= what == "slowest_request" and action.number == _slowest(data)
            continue
        row = data.row(int(action.number))
        service, slow = data.services[row["service"]], row["duration_s"] * 1000 > session.lesson.slow_over_ms
        traced = isinstance(action, act.OpenTrace)
        front = service == data.front
        match what:
            case "slow":
                found |= slow and front
            case "failed":
                found |= row["outcome"] > 0
            case "slow_trace":
                found |= traced and slow and front
            case "promo_trace":
                found |= traced and row["duration_s"] > 0.5 and not front
            case "cold_trace":
                calls = data.invocations
                waited = ((calls["parent"] == row["number"]) & (calls["cold_s"] > 0)).any()
                found |= traced and slow and front and bool(waited)
    return bool(found)
