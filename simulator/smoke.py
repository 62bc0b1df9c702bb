"""The smoke test: a few invocations of a version in a process of its own, before it is activated. It warms nothing.

A version that does not come back, ends its process, eats memory, floods its output or answers what is no response is
refused with the reason, the line, and what to try.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from simulator.child import Child, ChildEndedError, ChildSilentError
from simulator.deploying import Version, build
from simulator.errors import BuildError
from simulator.smoke_worker import Asked, Found, Invoked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from simulator.settings import Scenario

LIMIT_S: Final = 3.0
STARTS_S: Final = 20.0
REQUESTS: Final = 5
MOST_OUTPUT: Final = 1_000_000
"""Characters that a version may log in all these invocations."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a smoke test says. `reason` is one readable line with its place; `line` the line of the source, if known."""

    version: Version
    passed: bool
    reason: str = ""
    line: int | None = None
    invocations: tuple[Invoked, ...] = ()


def check(
    version: Version,
    scenario: Scenario,
    beside: Mapping[str, Version],
    *,
    limit_s: float = LIMIT_S,
    on_step: Callable[[str], None] | None = None,
) -> Verdict:
    """Build a version, invoke it a few times in a child process, and say whether it may be activated.

    `beside` are the versions that are deployed. `on_step` is called as a step begins, with ``build`` or ``smoke test``.
    Blocks for `limit_s` at most, and what a process takes to start: call it away from a screen's thread.
    """
    say = on_step or (lambda _: None)
    say("build")
    try:
        build(version.source, version.ref)
    except BuildError as error:
        return Verdict(version, passed=False, reason=str(error), line=_line_in(str(error), version))
    say("smoke test")
    child = Child("simulator.smoke_worker")
    asked = Asked(scenario, {**beside, version.service: version}, version.service, REQUESTS, limit_s)
    invoked: tuple[Invoked, ...] = ()
    try:
        child.send(msgspec.msgpack.encode(asked))
        found = msgspec.msgpack.decode(child.receive(STARTS_S), type=Found)
        invoked = found.invocations
        why, line = (found.why, None) if found.why else _fault(invoked, version)
    except ChildSilentError:
        why, line = f"it gave no sign of life for {STARTS_S:g} s", None
    except (ChildEndedError, msgspec.DecodeError):
        why, line = _ended(child, version, limit_s)
    finally:
        child.end()
    if not why:
        return Verdict(version, passed=True, invocations=invoked)
    place = f"{version.ref}:{line}" if line else version.ref
    reason = f"{place}: {why}; the running version is untouched"
    return Verdict(version, passed=False, reason=reason, line=line, invocations=invoked)


def _fault(invoked: tuple[Invoked, ...], version: Version) -> tuple[str, int | None]:
    """Find what is wrong with all of the invocations: one that fails now and then may do so in production too."""
    if not invoked:
        return "no request reached its handler: is it called at all?", None
    logged = sum(one.logged for one in invoked)
    if logged > MOST_OUTPUT:
        return (
            f"it logs {logged:,} characters in {len(invoked)} invocations, and may log {MOST_OUTPUT:,}: print less",
            None,
        )
    failed = [one for one in invoked if one.outcome != "ok"]
    if failed == list(invoked):
        last = failed[0].failure.splitlines()[-1] if failed[0].failure else failed[0].outcome
        return f"every invocation fails: {last}{_advice(last)}", _line_in(failed[0].failure, version)
    bad = [one.status for one in invoked if one.status >= 400]
    if len(bad) + len(failed) == len(invoked):
        return f"every invocation is answered with an error: {bad[0]}", None
    return "", None


ADVICE: Final = {
    "MemoryError": "it takes more memory than a function has: keep less",
    "RecursionError": "it calls itself without an end",
    "EOFError": "nobody is there to type: a handler cannot ask for input",
    "SystemExit": "a handler returns its answer, and does not end its process",
    "PermissionError": "only services on `context` can be reached",
    "Task timed out": "it waits for longer than a function may take",
}


def _advice(text: str) -> str:
    return next((f" - {advice}" for word, advice in ADVICE.items() if word in text), "")


def _ended(child: Child, version: Version, limit_s: float) -> tuple[str, int | None]:
    """Say why the process ended before it answered."""
    code = child.ended()
    said = child.said
    line = _line_in(said, version, first=True)
    if "Timeout (" in said:
        return f"it does not come back within {limit_s:g} s: is there a loop without an end?", line
    if "MemoryError" in said:
        return f"MemoryError - {ADVICE['MemoryError']}", line
    how = f"signal {-code}" if code is not None and code < 0 else f"code {code}"
    return f"it ended its process ({how}): a handler returns its answer", line


def _line_in(text: str, version: Version, *, first: bool = False) -> int | None:
    """Find the version's own line in a traceback: the innermost, which stands last, or with `first` at the top."""
    ref = re.escape(version.ref)
    places = re.findall(rf'File "{ref}", line (\d+)|{ref}:(\d+)', text)
    lines = [int(a or b) for a, b in places]
    return (lines[0] if first else lines[-1]) if lines else None
