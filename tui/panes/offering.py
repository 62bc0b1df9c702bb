"""Which versions a lesson offers, by service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.deploying import is_built_in, read_version

if TYPE_CHECKING:
    from lessons.session import Session
    from simulator.deploying import Version


def offered(session: Session) -> dict[str, tuple[Version, ...]]:
    """List the versions a lesson shows, by service: those it names, then what is or was deployed besides.

    The function behind the gateway comes first and is always there; of any other only what the lesson names, and what
    the learner wrote.
    """
    lab = session.lab
    front = lab.scenario.gateway.routes[0].function
    found: dict[str, dict[str, Version]] = {front: {}}
    for ref in session.lesson.versions:
        version = read_version(ref)
        found.setdefault(version.service, {})[version.name] = version
    for version in (one.version for one in session.deploys):
        if version.service == front or (version.service in found and not is_built_in(version)):
            found[version.service][version.name] = version
    return {service: tuple(versions.values()) for service, versions in found.items()}
