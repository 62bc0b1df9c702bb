"""The published names: what expressions in lesson text and in checks may read, each with a line of explanation.

Times are seconds, shares run from 0 to 1. A name without a value yet is `Unknown`, with its reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lessons import actions as act
from lessons.alike import ALIKE, alike, apart
from lessons.controls import CONTROLS, SET_IN_RUN, control_of
from lessons.costs import COSTS, cost
from lessons.delivered import DELIVERED, delivered
from lessons.expressions import FUNCTIONS as PLAIN_FUNCTIONS
from lessons.expressions import Unknown
from lessons.facts import FACTS
from lessons.recording import RULES, rule_value
from lessons.run_names import CALLEE_SLOW_S, PAIR
from lessons.run_names import RUN as MEASURED_IN_RUN
from lessons.theory import THEORY
from simulator.compare import before_against_after
from simulator.deploying import is_built_in
from simulator.metrics import needed_samples

if TYPE_CHECKING:
    from lessons.model import Step
    from lessons.session import Session
    from simulator.run_data import RunData

NO_RUN = Unknown("no run has ended yet")
RUN = {**MEASURED_IN_RUN, **SET_IN_RUN}
OF_RUN = {**{name: text for name, (text, _) in RUN.items()}, **DELIVERED}

DID = {
    **{tag.replace("-", "_"): f"how often `{tag}` was done in this step" for tag in act.TAGS},
    "ran": "how many runs that were begun in this step have ended",
    "ran_new": "how many of them sent new requests",
}

NAMES: dict[str, str] = {
    **{f"run.{name}": f"the last run: {text}" for name, text in OF_RUN.items()},
    **{f"first.{name}": f"the first run of this lesson: {text}" for name, text in OF_RUN.items()},
    **{f"before.{name}": f"the run compared as before: {text}" for name, text in OF_RUN.items()},
    **{f"after.{name}": f"the run compared as after: {text}" for name, text in OF_RUN.items()},
    **{f"pair.{name}": f"the two compared runs: {text}" for name, (text, _) in PAIR.items()},
    "pair.apart": "how many requests each of them would need to show this change, were the requests not the same",
    **{f"alike.{name}": f"runs like the last but for the seed: {text}" for name, (text, _) in ALIKE.items()},
    **{f"cost.{name}": text for name, text in COSTS.items()},
    **{f"did.{name}": text for name, text in DID.items()},
    **{f"theory.{name}": text for name, (text, _) in THEORY.items()},
    **{f"fact.{name}": f"{fact.text} ({fact.source})" for name, fact in FACTS.items()},
    "runs.n": "how many runs have ended in this lesson",
    "runs.versions": "the request-ride versions they ran",
    "opened.slow": "whether a slow invocation was opened in this step",
    "opened.failed": "whether a failed invocation was opened in this step",
    "opened.failed_ride": "whether a failed invocation of the ride function was opened in this step",
    "opened.failed_callee": "whether a call that a failed ride made was opened: the other function's invocation",
    "opened.slow_trace": "whether the trace of a slow invocation was opened in this step",
    "opened.promo_trace": "whether the trace of a slow invocation of the promo service was opened in this step",
    "opened.cold_trace": "whether the trace of a slow invocation that waited for promo's cold start was opened",
    "opened.late_ride": "whether anything of a ride that took over a second on the client's clock was opened",
    "opened.quick_ride": "whether anything of a ride that took at most a second there was opened",
    "opened.marked_late": "whether the trace of such a late ride's invocation was opened, with marks in it",
    "opened.slow_callees": "how many invocations of called functions over half a second were opened",
    "opened.slowest_request": "whether the slowest request's exchange was opened in this step",
    "opened.sources": "the versions whose source was looked at in this step, such as `request-ride@launch`",
    "opened.code_of": "the functions whose source, in any version, was looked at in this step",
    "deployed.ride": "the version of request-ride that is deployed",
    "deployed.promo": "the version of promo-discount that is deployed",
    "deployed.new_marks": "how many marks the running request-ride has that the version before it had not",
    "deploys.n": "how many deploys there were in this lesson, those it started with apart",
    "deploys.own": "how many of them were of versions of the learner's own",
    "deploys.marked": "how many of them brought new marks to request-ride",
    "deploys.most_new_marks": "the most new marks that one of them brought",
    "lab.seed": "the seed of the next run",
    "exchange.sent": "what the first request of the last run sent, as it goes over the wire: for a fenced block",
    "exchange.answer": "what came back, as it goes over the wire",
    **CONTROLS,
    **RULES,
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
            return _of_run(session, session.runs[-1], rest) if session.runs else NO_RUN
        case "first":
            return _of_run(session, session.runs[0], rest) if session.runs else NO_RUN
        case "before" | "after" | "pair":
            return _compared(session, group, rest)
        case "alike":
            return ALIKE[rest][1](alike(session.runs))
        case "cost":
            return cost(session, rest)
        case "did":
            return _did(session, step, rest)
        case "fact":
            return FACTS[rest].value
        case "runs":
            return len(session.runs) if rest == "n" else [data.refs["request-ride"] for data in session.runs]
        case "opened":
            return _opened(session, step, rest)
        case "deployed":
            running = session.versions.running("promo-discount" if rest == "promo" else "request-ride")
            return running.new_marks if rest == "new_marks" else running.version.name
        case "deploys":
            return _deploys(session, rest)
        case "lab" if rest == "seed":
            return session.lab.seed
        case "exchange":
            return _exchange(session, rest)
        case "lab" | "left" | "incident" | "tries":
            return control_of(session, name)
        case "rules" | "rule" | "best" | "given" | "errors":
            return rule_value(session, name)
        case "theory":
            return THEORY[rest][1](session.lab.scenario)
        case "right":
            return rest in session.memory.right
        case _:
            return _said(session, group, rest)


def _of_run(session: Session, data: RunData, what: str) -> object:
    return RUN[what][1](data) if what in RUN else delivered(session, data, what)


def _did(session: Session, step: Step, what: str) -> int:
    done = session.memory.done
    if what in {"ran", "ran_new"}:
        loads = [(at, action) for at, action in done if isinstance(action, act.RunLoad)][: len(session.runs)]
        return sum(1 for at, action in loads if at == step.id and (what == "ran" or action.new))
    mine = [
        act.tag(action)
        for at, action in done
        if at == step.id and not (isinstance(action, act.Rollback) and action.forced)
    ]
    return mine.count(what.replace("_", "-"))


def _deploys(session: Session, what: str) -> int:
    made = [one for one in session.deploys if one.before is not None]
    marked = [one.new_marks for one in made if one.service == "request-ride" and one.new_marks]
    match what:
        case "n":
            return len(made)
        case "own":
            return sum(not is_built_in(one.version) for one in made)
        case "marked":
            return len(marked)
        case _:
            return max(marked, default=0)


def _exchange(session: Session, what: str) -> object:
    if not session.runs:
        return NO_RUN
    from simulator.http import as_text, request, response

    exchange = session.lab.details(session.runs[-1]).exchanges.get(0)
    if exchange is None or (what == "answer" and not exchange.status):
        return Unknown("no answer came")
    return as_text(request(exchange) if what == "sent" else response(exchange))


def _said(session: Session, group: str, question: str) -> object:
    said = (session.memory.answers if group == "answers" else session.memory.predictions).get(question)
    if said is None:
        return Unknown("nothing was answered" if group == "answers" else "nothing was predicted")
    if said.number is not None:
        return said.number
    choices = {choice.id: choice.label for choice in session.question(question).choices}
    return ", ".join(choices.get(choice, choice) for choice in said.choices)


def _compared(session: Session, group: str, rest: str) -> object:
    pair = session.memory.compared
    if pair is None:
        return Unknown("no two runs have been compared")
    before, after = session.run(pair[0]), session.run(pair[1])
    if group == "pair" and rest == "apart":
        return apart(before, after)
    if group == "pair":
        return PAIR[rest][1](before_against_after(before, after))
    return _of_run(session, before if group == "before" else after, rest)


def _slowest(data: RunData) -> int | None:
    """The request that waited longest of those that were answered."""
    latency = data.requests["latency_s"]
    return int(data.requests["number"][np.nanargmax(latency)]) if len(data.latencies_s) else None


def _waited(data: RunData, opened: act.OpenInvocation | act.OpenTrace | act.OpenRequest) -> float | None:
    """How long the client waited for the ride to which something belongs; None where it has no answer yet."""
    number = int(opened.number)
    request = number if isinstance(opened, act.OpenRequest) else data.row(number)["request"]
    latency: list[float] = data.requests["latency_s"][data.requests["number"] == request].tolist()
    return latency[0] if latency else None


def _slow_callees(session: Session, step: Step) -> int:
    """How many different invocations that another function called, and that took their time, were opened."""
    found = set()
    for at, action in session.memory.done:
        if at == step.id and isinstance(action, act.OpenInvocation | act.OpenTrace):
            row = session.all_runs[(action.run or 0) - 1].row(int(action.number))
            if row["parent"] >= 0 and row["duration_s"] > CALLEE_SLOW_S:
                found.add(row["number"])
    return len(found)


def _sources(session: Session, step: Step) -> list[str]:
    """The versions whose source was looked at, in the order of the first look."""
    done = session.memory.done
    read = (action.version for at, action in done if at == step.id and isinstance(action, act.ReadCode))
    return list(dict.fromkeys(read))


def _opened(session: Session, step: Step, what: str) -> bool | int | list[str]:
    if what in {"sources", "code_of"}:
        refs = _sources(session, step)
        return refs if what == "sources" else list(dict.fromkeys(ref.partition("@")[0] for ref in refs))
    if what == "slow_callees":
        return _slow_callees(session, step)
    found = False
    for at, action in session.memory.done:
        if at != step.id or not isinstance(action, act.OpenInvocation | act.OpenTrace | act.OpenRequest):
            continue
        data = session.all_runs[(action.run or 0) - 1]  # opened while it went on, perhaps
        if what in {"late_ride", "quick_ride"}:
            waited_s = _waited(data, action)
            found |= waited_s is not None and (waited_s > 1.0) == (what == "late_ride")
            continue
        if isinstance(action, act.OpenRequest):
            found |= what == "slowest_request" and action.number == _slowest(data)
            continue
        row = data.row(int(action.number))
        service, slow = data.services[row["service"]], row["duration_s"] * 1000 > session.lesson.slow_over_ms
        traced = isinstance(action, act.OpenTrace)
        front = service == data.front
        match what:
            case "marked_late":
                late = (_waited(data, action) or 0.0) > 1.0
                found |= traced and late and bool((data.marks["invocation"] == row["number"]).any())
            case "slow":
                found |= slow and front
            case "failed":
                found |= row["outcome"] > 0
            case "failed_ride":
                found |= front and row["outcome"] > 0
            case "failed_callee":
                found |= row["parent"] >= 0 and data.row(row["parent"])["outcome"] > 0
            case "slow_trace":
                found |= traced and slow and front
            case "promo_trace":
                found |= traced and row["duration_s"] > 0.5 and not front
            case "cold_trace":
                calls = data.invocations
                waited = ((calls["parent"] == row["number"]) & (calls["cold_s"] > 0)).any()
                found |= traced and slow and front and bool(waited)
    return bool(found)
