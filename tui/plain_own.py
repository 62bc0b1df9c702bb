"""A version of the learner's own in plain text: marks in a draft, a file for an editor, the smoke test, the deploy."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lessons import actions as act
from simulator import smoke
from simulator.deploying import Version
from simulator.errors import NotKeptError, UsageError
from simulator.marking import MarkError, mark, marks, unmark, unmark_all
from tui.charts.units import counted
from tui.panes.offering import offered
from tui.plain_text import WIDTH, paragraph

if TYPE_CHECKING:
    from collections.abc import Callable

    from lessons.session import Session
    from simulator.smoke import Verdict

OWN: Final = "own"
"""What stands for the draft where a version is named."""
MOST_NOTE: Final = 80
LARGEST_FILE: Final = 1_000_000


def taken_apart(session: Session, words: tuple[str, ...]) -> tuple[str, str]:
    """Part words into the service whose source is meant, which may stand first, and the rest as a text."""
    services = list(offered(session))
    if words and words[0] in services:
        return words[0], " ".join(words[1:])
    return services[0], " ".join(words)


def draft(session: Session, service: str) -> str:
    """Give the source that is written on: the draft, or else what is deployed. Raises UsageError for a hidden one."""
    if service in session.drafts:
        return session.drafts[service]
    deployed = session.lab.versions[service]
    if deployed not in offered(session)[service]:
        raise UsageError(f"{deployed.ref} is deployed, and this lesson does not show it")
    return deployed.source


def draft_version(session: Session, service: str) -> Version:
    """Give the draft as a version, under the name that it will have. Raises UsageError where there is none."""
    if service not in session.drafts or session.drafts[service] == session.lab.versions[service].source:
        raise UsageError("there is no draft of your own yet: `mark CALL` begins one, and so does `edit`")
    source = session.drafts[service]
    name = session.versions.resolved(act.DeployOwn(service=service, source=source)).name
    return Version(service, name, source)


def mark_lines(session: Session, words: tuple[str, ...], width: int = WIDTH) -> list[str]:
    """Put a mark around a call, named by a piece of its text or by its line. Raises UsageError, MarkError."""
    service, text = taken_apart(session, words)
    if not text:
        raise UsageError("say which call: `mark _get_ride(`, or its line, `mark 45`")
    source = draft(session, service)
    if text.isascii() and text.isdecimal() and len(text) < 7:
        marked = mark(source, int(text)).source
    else:
        asked = act.DeployOwn(service=service, source=source, marks=(text,))
        marked = session.versions.resolved(asked).source
    session.keep_draft(service, marked)
    return _marks_lines(session, service, width)


def unmark_lines(session: Session, words: tuple[str, ...], width: int = WIDTH) -> list[str]:
    """Take away the mark of a line, or all of them. Raises UsageError, MarkError."""
    service, text = taken_apart(session, words)
    source = draft(session, service)
    if text == "all":
        session.keep_draft(service, unmark_all(source))
    elif text.isascii() and text.isdecimal() and len(text) < 7:
        session.keep_draft(service, unmark(source, int(text)))
    else:
        raise UsageError("say which mark by its line, `unmark 45`, or `unmark all`")
    return _marks_lines(session, service, width)


def _marks_lines(session: Session, service: str, width: int) -> list[str]:
    """List the marks of a draft, each with its lines."""
    source = session.drafts[service]
    try:
        found = marks(source)
    except MarkError as error:
        return paragraph(f"The draft of {service} cannot be read for its marks: {error}", width)
    if source == session.lab.versions[service].source:
        return paragraph(f"Your draft of {service} is what is deployed: nothing is changed.", width)
    lines = paragraph(f"Your draft of {service} has {counted(len(found), 'mark')}.", width)
    text = source.splitlines()
    for one in found:
        held = text[one.first - 1].strip() if one.first <= len(text) else ""
        where = f"line {one.first}" if one.first == one.last else f"lines {one.first} to {one.last}"
        said = f"{one.name}, set in line {one.line}, around {where}: {held}"
        lines += paragraph(
            f"{said}{f' ({one.problem})' if one.problem else ''}", width, first="- ", rest="  "
        )
    return [
        *lines,
        *paragraph("`deploy own` tries it out and deploys it; `diff own` says what is changed.", width),
    ]


def edit_lines(
    session: Session, words: tuple[str, ...], keep: Callable[[str, str, str], str], width: int = WIDTH
) -> list[str]:
    """Write the draft to a file for an editor, or take the text of a file as the draft.

    Raises UsageError for a file that cannot be read, NotKeptError for one that cannot be written.
    """
    service, name = taken_apart(session, words)
    source = draft(session, service)
    if not name:
        said = keep(f"draft-{service}", "py", source)
        return paragraph(f"{said} Change it in your editor, and then type `edit` and the file's name.", width)
    path = Path(name).expanduser()
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UsageError(f"{name} is too large for a version")
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(f"{name} cannot be read ({reason}); `edit` writes a file to begin with") from None
    if text == session.lab.versions[service].source:
        return paragraph(f"{name} is what is deployed: nothing is changed.", width)
    session.keep_draft(service, text)
    said = f"Your draft of {service} is {counted(len(text.splitlines()), 'line')} of {name}."
    return [
        *paragraph(said, width),
        "`diff own` says what is changed, `deploy own` tries it out and deploys it.",
    ]


def discard_lines(session: Session, words: tuple[str, ...], width: int = WIDTH) -> list[str]:
    """Throw a draft away. Raises UsageError where there is none."""
    service, rest = taken_apart(session, words)
    if rest or service not in session.drafts:
        raise UsageError(f"there is no draft of {rest or service}")
    session.keep_draft(service, None)
    ref = session.lab.versions[service].ref
    return paragraph(f"The draft is gone; {ref} is deployed.", width)


def deploy_lines(
    session: Session, words: tuple[str, ...], perform: Callable[[act.Action], object], width: int = WIDTH
) -> list[str]:
    """Try a draft out in a process of its own and deploy it; what follows is a note for the history.

    Raises UsageError with the reason, and its line, for a draft that is refused; the running version is untouched.
    """
    service, note = taken_apart(session, words)
    version = draft_version(session, service)
    verdict = tried(version, session)
    if not verdict.passed:
        reason = verdict.reason
        raise UsageError(reason if "untouched" in reason else f"{reason}; the running version is untouched")
    at = datetime.now().isoformat(timespec="seconds")  # the learner's own time, for the history
    perform(act.DeployOwn(service=service, source=version.source, note=note[:MOST_NOTE], at=at))
    new = session.versions.running(service).new_marks
    said = f"Parsed, built, and smoke-tested with {counted(len(verdict.invocations), 'invocation')}. "
    said += f"{session.lab.versions[service].ref} is deployed, with {counted(new, 'new mark')}: "
    return paragraph(f"{said}it answers in the next run.", width)


def tried(version: Version, session: Session) -> Verdict:
    """Smoke-test a version beside those that are deployed. Raises NotKeptError where no process can be started."""
    try:
        return smoke.check(version, session.lab.scenario, dict(session.lab.versions))
    except OSError as error:
        raise NotKeptError(f"the smoke test could not be started ({error}): nothing was deployed") from error


def history_lines(session: Session, width: int = WIDTH) -> list[str]:
    """List the deploys of this lesson by service: number, time, version, what is new, and the note."""
    lines = []
    shown = offered(session)
    for one in session.deploys:
        if one.version not in shown.get(one.service, ()):
            continue
        parts = [f"{one.version.ref}", one.at.replace("T", " "), one.note]
        parts += [f"{counted(one.new_marks, 'new mark')}"] if one.new_marks else []
        parts += ["taken back by the lab: its handler never came back"] if one.taken_back else []
        deployed = one == session.versions.running(one.service)
        parts += ["which is deployed"] if deployed else []
        said = ", ".join(part for part in parts if part)
        lines += paragraph(f"{one.service}, deploy {one.number}: {said}.", width, rest="  ")
    return lines
