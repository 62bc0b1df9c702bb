"""Versions as plain lines: what a lesson offers, a source with its line numbers, and how it differs from another."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from simulator.errors import UsageError, nearest
from tui.charts.units import counted
from tui.panes.offering import offered
from tui.plain_own import OWN, draft_version
from tui.plain_text import WIDTH, paragraph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lessons.session import Session
    from simulator.deploying import Version

CONTEXT: Final = 3
"""So many lines are said around each change."""


def version_of(session: Session, word: str | None) -> Version:
    """Find a version that the lesson offers, by its ref or by a name that only one service has.

    A service alone, or None for the one behind the gateway, is what is deployed of it; ``own`` is the draft, and
    ``SERVICE@own`` that of a service. Raises UsageError, with the nearest and all there are.
    """
    services = offered(session)
    every = [version for versions in services.values() for version in versions]
    front = next(iter(services))
    if word == OWN:
        return draft_version(session, front)
    if word is not None and word.endswith(f"@{OWN}") and word.removesuffix(f"@{OWN}") in services:
        return draft_version(session, word.removesuffix(f"@{OWN}"))
    if word is None or word in services:
        deployed = session.lab.versions[word or front]
        if deployed not in every:
            raise UsageError(f"{deployed.ref} is deployed, and this lesson does not show it")
        return deployed
    found = [version for version in every if word in {version.ref, version.name}]
    if len(found) == 1:
        return found[0]
    refs = [version.ref for version in every]
    if found:
        raise UsageError(f"`{word}` may be {' or '.join(version.ref for version in found)}")
    raise UsageError(f"no version `{word}` in this lesson{known_are(word, refs)}")


def service_of(session: Session, word: str | None) -> str:
    """Find a service of which the lesson offers versions; None: the only one, or the one behind the gateway.

    Raises UsageError.
    """
    services = list(offered(session))
    if word is None:
        return services[0]
    if word not in services:
        raise UsageError(f"no service `{word}` in this lesson{known_are(word, services)}")
    return word


def known_are(word: str, known: Sequence[str]) -> str:
    """End a sentence about a word that is unknown: with the nearest, and all there are."""
    near = nearest(word, known)
    begins = f"{near} There" if near else "; there"
    return f"{begins} {'is' if len(known) == 1 else 'are'} {', '.join(known)}"


def code_lines(session: Session, version: Version, width: int = WIDTH) -> list[str]:
    """Write a source with its line numbers; its lines are not wrapped."""
    source = version.source.rstrip("\n").split("\n")
    state = (
        "which is deployed" if version == session.lab.versions[version.service] else "which is not deployed"
    )
    head = f"{version.ref}, {counted(len(source), 'line')}, {state}."
    numbered = [f"{number:>3} {line}".rstrip() for number, line in enumerate(source, start=1)]
    return [*paragraph(head, width), "", *numbered, "", *versions_lines(session, width)]


def versions_lines(session: Session, width: int = WIDTH) -> list[str]:
    """Say which versions the lesson offers of each service, and which is deployed."""
    lines = []
    for service, versions in offered(session).items():
        deployed = session.lab.versions[service]
        names = [f"{one.name} (deployed)" if one == deployed else one.name for one in versions]
        hidden = (
            "" if deployed in versions else f"; {deployed.name} is deployed, and this lesson does not show it"
        )
        lines += paragraph(f"Versions of {service} here: {', '.join(names)}{hidden}.", width, rest="  ")
    return lines


def difference_lines(session: Session, version: Version, width: int = WIDTH) -> list[str]:
    """Say how a version differs from what is deployed: `-` went, `+` came, three lines around each change."""
    deployed = session.lab.versions[version.service]
    if version.source == deployed.source:
        return paragraph(f"{version.ref} is what is deployed: no difference.", width)
    if deployed not in offered(session)[version.service]:
        return paragraph(f"{deployed.ref} is deployed, and this lesson does not show it.", width)
    old, new = deployed.source.splitlines(), version.source.splitlines()
    lines: list[str] = []
    added = removed = 0
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(CONTEXT):
        first, last = group[0], group[-1]
        lines += ["", f"Lines {first[1] + 1} to {last[2]}, now {first[3] + 1} to {last[4]}:"]
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                lines += [f"{i + 1:>3}   {new[i]}".rstrip() for i in range(new_from, new_to)]
                continue
            removed, added = removed + old_to - old_from, added + new_to - new_from
            lines += [f"    - {line}".rstrip() for line in old[old_from:old_to]]
            lines += [f"{i + 1:>3} + {new[i]}".rstrip() for i in range(new_from, new_to)]
    sizes = f"{counted(added, 'line')} came (+), {removed:,} went (-)"
    return [*paragraph(f"{version.ref} against {deployed.ref}, which is deployed: {sizes}.", width), *lines]


def calls_lines(session: Session, version: Version, width: int = WIDTH) -> list[str]:
    """Say what a version and the deployed one call in each invocation, found out by running a few of each.

    Raises UsageError where the deployed one is not shown in this lesson, NotKeptError where no process can be started.
    """
    from tui.panes.code_calls import differences, usual_calls
    from tui.plain_own import tried

    deployed = session.lab.versions[version.service]
    if deployed not in offered(session)[version.service]:
        return paragraph(f"{deployed.ref} is deployed, and this lesson does not show it.", width)
    verdicts = [tried(one, session) for one in (deployed, version)]
    lines: list[str] = []
    for verdict in verdicts:
        calls, often, of = usual_calls(verdict)
        seen = (
            f"in {often:,} of {counted(of, 'invocation')}"
            if verdict.passed
            else f"{verdict.reason}; before that"
        )
        lines += paragraph(f"{verdict.version.ref}, {seen}:", width)
        lines += [f"  {at}. {call}" for at, call in enumerate(calls, start=1)] or ["  nothing is called"]
    said = differences(*(usual_calls(verdict)[0] for verdict in verdicts))
    found = f"{'; '.join(said)}." if said else "Both call the same, as often, in the same order."
    return [*lines, "", *paragraph(found, width)]
