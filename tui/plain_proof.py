"""Actions as the commands that do them: what the last hint names, and what a journey types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from lessons import actions as act
from lessons.answers import choice_lines, exact_answer
from lessons.names import FUNCTIONS
from lessons.picking import pick
from lessons.variants import proof_of
from simulator.errors import UsageError
from tui.plain_question import shown

if TYPE_CHECKING:
    from lessons.actions import Action
    from lessons.model import Step
    from lessons.session import Session


def commands_for(session: Session, action: Action) -> list[str]:
    """Write the commands that do an action in this session as it stands now, in order.

    Raises UsageError for an action that plain text has no commands for, or that needs a run which is not there yet.
    """
    if isinstance(action, act.DeployOwn):
        if action.edits or action.source:
            raise UsageError("a source is edited in a file: `edit` writes one and takes one")
        placed = [f"mark {action.service} {text}" for text in action.marks]
        return [*placed, f"deploy own {action.service} {action.note}".strip()]
    if isinstance(action, act.Deploy) and action.token is not UNSET:
        service = action.version.partition("@")[0]
        return [f"deploy {action.version}", f"token {service} {action.token or 'none'}"]
    return [command_for(session, action)]


def command_for(session: Session, action: Action) -> str:
    """Write the command that does an action in this session as it stands now.

    Raises UsageError for an action that plain text has no command for, or that needs a run which is not there yet.
    """
    match action:
        case act.RunLoad():
            return "new" if action.new else "run"
        case act.Deploy():
            return f"deploy {action.version}"
        case act.SetToken():
            return f"token {action.service} {action.token or 'none'}"
        case act.Sample():
            return f"sample {action.policy}"
        case act.Watch():
            return f"watch {action.rule}"
        case act.Unwatch():
            return f"unwatch {action.name}"
        case act.Rollback():
            return f"rollback {action.service}{'' if action.to is None else f' {action.to}'}"
        case act.OpenMail():
            return f"mail {action.rule}"
        case act.OpenAlert():
            return f"alert {action.rule}"
        case act.OpenInvocation() | act.OpenTrace() | act.OpenRequest():
            return f"{_opened(action)} {_number(session, action)}{_run(action.run, len(session.runs))}"
        case act.CompareGroups():
            return f"compare{_run(action.run, len(session.runs))}"
        case act.CompareRuns():
            ended = len(session.runs)
            return f"compare {counted(action.before, ended)} {counted(action.after, ended)}"
        case act.ReadCode():
            return f"code {action.version}"
        case act.Answer() | act.Predict():
            return f"answer {_answer(session, action)}"
        case act.AskHint():
            return "hint"
        case act.GoOn():
            return "enter"
        case act.GoBack():
            return "back"
        case _:
            raise UsageError(f"plain text has no command for `{act.tag(action)}`")


def shown_commands(session: Session, step: Step) -> list[str]:
    """List the commands that a step asks for, in order, without its answers.

    Which invocation is meant stands there as a word: the learner looks for it.
    """
    found: list[str] = []
    loads = 0
    for action in proof_of(step, session.incident):
        match action:
            case act.Answer() | act.Predict():
                continue
            case act.OpenInvocation() | act.OpenTrace() | act.OpenRequest():
                found.append(f"{_opened(action)} N")
            case act.CompareRuns():
                ended = len(session.runs) + loads
                found.append(f"compare {counted(action.before, ended)} {counted(action.after, ended)}")
            case act.SetToken() | act.Watch() | act.Unwatch():
                found.append(f"{act.tag(action).removeprefix('set-')}")
            case act.DeployOwn():
                found += ["mark CALL"] * bool(action.marks) + ["edit"] * bool(action.edits) + ["deploy own"]
            case act.OpenMail() | act.OpenAlert():
                found.append("mail" if isinstance(action, act.OpenMail) else "alert")
            case _:
                loads += isinstance(action, act.RunLoad)
                try:
                    found.append(command_for(session, action))
                except UsageError:
                    continue
    return found


def counted(number: int, ended: int) -> int:
    """Count a run from 1, where a negative number counts from the last of those that have ended."""
    return number if number > 0 else ended + 1 + number


def _opened(action: act.OpenInvocation | act.OpenTrace | act.OpenRequest) -> str:
    match action:
        case act.OpenInvocation():
            return "invocation"
        case act.OpenTrace():
            return "trace"
        case _:
            return "request"


def _run(run: int | None, ended: int) -> str:
    return "" if run is None else f" run {counted(run, ended)}"


def _number(session: Session, action: act.OpenInvocation | act.OpenTrace | act.OpenRequest) -> int:
    return pick(session.run(action.run), action.number, requests=isinstance(action, act.OpenRequest))


def _answer(session: Session, action: act.Answer | act.Predict) -> str:
    question = session.question(action.question)
    if isinstance(action, act.Answer) and action.exact:
        action = exact_answer(question, session.scope(), FUNCTIONS)
    if question.kind == "line":
        line = next(
            (line for line, one in choice_lines(question).items() if (one.id,) == action.choices), None
        )
        return f"{action.number:.0f}" if action.number is not None else str(line or "")
    if question.kind == "number":
        return "" if action.number is None else f"{action.number:.12g}"
    places = {choice.id: place for place, choice in enumerate(shown(session, question), start=1)}
    return " ".join(str(places.get(choice, choice)) for choice in action.choices)
