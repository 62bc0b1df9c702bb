"""What can be wrong with how a lesson starts: names of what does not exist, variants that are alike, proofs of none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lessons.expressions import ExpressionError, parse_template
from lessons.model import CONTROL_PANES
from lessons.variants import all_proofs
from simulator.deploying import read_version, services
from simulator.errors import RidelabError, UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lessons.actions import Action
    from lessons.expressions import Expression
    from lessons.model import Lesson, Start, Variant
    from simulator.document import Document, NodePath, Problem


def start_problems(document: Document[Lesson]) -> Iterator[Problem]:
    """Find what is wrong with the versions, plans, scenarios, faults, sizes and variants that a lesson names."""
    from simulator.load import load_plan

    lesson = document.value
    starts = dict(_starts(lesson))
    named: list[tuple[NodePath, str]] = [(("versions", i), ref) for i, ref in enumerate(lesson.versions)]
    for at, start in starts.items():
        named += [((*at, "deploy", i), ref) for i, ref in enumerate(start.deploy)]
    for where, ref in named:
        try:
            read_version(ref)
        except UsageError as error:
            yield document.problem(where, str(error))
    plans = [((*at, "plan"), start.plan) for at, start in starts.items() if start.plan is not None]
    plans += [
        (("steps", i, "plan"), step.plan) for i, step in enumerate(lesson.steps) if step.plan is not None
    ]
    for where, plan in plans:
        try:
            load_plan(plan)
        except RidelabError as error:
            yield document.problem(where, str(error))
    for at, start in starts.items():
        yield from _system(document, at, start)
    yield from _variants(document)


def _starts(lesson: Lesson) -> Iterator[tuple[NodePath, Start | Variant]]:
    yield ("start",), lesson.start
    for i, variant in enumerate(lesson.start.variants):
        yield ("start", "variants", i), variant
    if lesson.recorded is not None:
        yield ("recorded", "sick"), lesson.recorded.sick
        yield ("recorded", "healthy"), lesson.recorded.healthy


def _system(document: Document[Lesson], at: NodePath, start: Start | Variant) -> Iterator[Problem]:
    from simulator.scenario import load_scenario

    if start.scenario is not None:
        try:
            load_scenario(start.scenario)
        except RidelabError as error:
            yield document.problem((*at, "scenario"), str(error))
    known = services()
    for i, fault in enumerate(start.faults):
        if fault.service not in known:
            what = f"no function `{fault.service}`{nearest(fault.service, known) or '; there are ' + ', '.join(known)}"
            yield document.problem((*at, "faults", i, "service"), what)
    for name in start.memory_mb:
        if name not in known:
            what = f"no function `{name}`{nearest(name, known) or '; there are ' + ', '.join(known)}"
            yield document.problem((*at, "memory_mb", name), what)


def control_problems(document: Document[Lesson]) -> Iterator[Problem]:
    """Find what is wrong with the tokens, samplings and rules that proofs set, and what the lesson does not offer."""
    yield from _offered_controls(document)
    from lessons import actions as act
    from lessons.rules import parse_rule
    from simulator.sampling import parse_sampling

    for i, step in enumerate(document.value.steps):
        for at, action in all_proofs(step):
            if isinstance(action, act.SetToken) and action.service not in services():
                what = f"no service `{action.service}`{nearest(action.service, services())}"
                yield document.problem(("steps", i, *at, "service"), what)
            try:
                if isinstance(action, act.Sample):
                    parse_sampling(action.policy)
                elif isinstance(action, act.Watch):
                    parse_rule(action.rule)
            except UsageError as error:
                key = "policy" if isinstance(action, act.Sample) else "rule"
                yield document.problem(("steps", i, *at, key), str(error))


def _offered_controls(document: Document[Lesson]) -> Iterator[Problem]:
    """Find controls without their pane, and proofs that set what the learner could not."""
    lesson = document.value
    for i, control in enumerate(lesson.controls):
        pane = CONTROL_PANES[control]
        if control in lesson.controls[:i]:
            yield document.problem(("controls", i), f"`{control}` stands here twice")
        elif pane not in lesson.panes:
            what = f"`{control}` is set in the pane `{pane}`, which this lesson does not offer: add it to `panes`"
            yield document.problem(("controls", i), what)
    told: set[str] = set()
    for i, step in enumerate(lesson.steps):
        for at, action in all_proofs(step):
            needed = _control_of(action)
            if needed and needed not in lesson.controls and needed not in told:
                told.add(needed)  # one line for each is enough
                what = f"the lesson does not offer what this sets: add `{needed}` to its `controls`"
                yield document.problem(("steps", i, *at), what)


def _control_of(action: Action) -> str:
    """Name the control that an action needs; empty for none."""
    from msgspec import UNSET

    from lessons import actions as act

    match action:
        case act.SetToken():
            return "token"
        case act.Deploy() if action.token is not UNSET:
            return "token"
        case act.Sample():
            return "sampling"
        case act.Watch() | act.Unwatch():
            return "rules"
        case _:
            return ""


def told_too_soon(document: Document[Lesson]) -> Iterator[Problem]:
    """Find texts that name the variant before the learner has found it."""
    lesson = document.value
    for i, step in enumerate(lesson.steps):
        at: NodePath = ("steps", i)
        texts: list[tuple[NodePath, str]] = [((*at, key), getattr(step, key)) for key in ("text", "do")]
        texts += [((*at, "hints", j), hint) for j, hint in enumerate(step.hints)]
        for j, clause in enumerate(step.check):
            texts += [
                ((*at, "check", j, key), getattr(clause, key)) for key in ("otherwise", "unknown", "hint")
            ]
        for key in ("question", "predict"):
            question = getattr(step, key)
            if question is not None:
                texts.append(((*at, key, "ask"), question.ask))
                texts += [
                    ((*at, key, "choices", j, "text"), one.text) for j, one in enumerate(question.choices)
                ]
        for where, text in texts:
            if any("incident.id" in one.names() for one in _expressions(text)):
                yield document.problem(
                    where,
                    "`incident.id` gives the answer away: only checks, `because` and `afterwards` may read it",
                )


def _expressions(text: str) -> tuple[Expression, ...]:
    try:
        return parse_template(text).expressions
    except ExpressionError:  # that is told elsewhere
        return ()


def _variants(document: Document[Lesson]) -> Iterator[Problem]:
    lesson = document.value
    ids = [variant.id for variant in lesson.start.variants]
    for i, one in enumerate(ids):
        if one in ids[:i]:
            yield document.problem(("start", "variants", i, "id"), f"there are two variants `{one}`")
    if len(ids) == 1:
        yield document.problem(
            ("start", "variants"), "one variant is no choice: write two, or put it into `start`"
        )
    for i, step in enumerate(lesson.steps):
        for one in step.proofs:
            if one not in ids:
                known = nearest(one, ids) or (
                    "; there are " + ", ".join(ids) if ids else "; this lesson has none"
                )
                yield document.problem(("steps", i, "proofs", one), f"no variant `{one}`{known}")
        missing = [one for one in ids if one not in step.proofs]
        if step.asks and step.proofs and missing and not step.proof:
            yield document.problem(
                ("steps", i, "proofs"),
                f"step `{step.id}` has no proof for {', '.join(f'`{one}`' for one in missing)}",
            )
    if lesson.recorded is not None:
        for key in ("sick", "healthy"):
            if getattr(lesson.recorded, key).variants:
                yield document.problem(
                    ("recorded", key, "variants"), "recorded runs start in one way: no variants"
                )
