"""The versions of a lesson: what was deployed in it, a learner's own among them, and which deploy each run ran."""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import dataclass, replace
from difflib import unified_diff
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import msgspec

from simulator.deploying import Version, read_version, versions_of
from simulator.errors import UsageError
from simulator.marking import MarkError, mark, marks
from simulator.run_settings import DeployChange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lessons.actions import DeployOwn
    from simulator.lab import Lab
    from simulator.run_data import RunData

OWN: Final = "mine-{}"
OWN_NAME: Final = re.compile(r"mine-[1-9][0-9]*")
NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def is_own_name(name: str) -> bool:
    """Tell whether this is how the lab calls a version of the learner's own, such as ``mine-1``."""
    return OWN_NAME.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deploy: `number` counts those of its service, and 1 is what the lesson started with.

    `at` is the learner's local time in ISO form, or empty; `before` the version that ran until then, None at the start.
    `taken_back`: the lab activated the one before it again, because this one's handler never came back.
    """

    number: int
    service: str
    version: Version
    note: str = ""
    at: str = ""
    before: Version | None = None
    taken_back: bool = False

    @property
    def difference(self) -> tuple[str, ...]:
        """The lines of a unified diff from the version before it; none for what the lesson started with."""
        if self.before is None:
            return ()
        texts = self.before.source.splitlines(), self.version.source.splitlines()
        return tuple(unified_diff(*texts, self.before.ref, self.version.ref, lineterm=""))

    @property
    def new_marks(self) -> int:
        """How many marks it has that the version before it had not. A mark is the same where it measures the same."""
        if self.before is None:
            return 0
        return _new_marks(self.before.source, self.version.source)


class Versions:
    """All deploys of a lesson in their order, those it started with first; the lab is told by who calls."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.deploys: list[Deployed] = []
        self._running: dict[str, list[int]] = {}  # service -> places in `deploys`, the running one last
        self._journal: list[tuple[str, int]] = []  # ("run", its number) and ("deploy", place), as they came
        for version in lab.versions.values():
            self._running[version.service] = [len(self.deploys)]
            self.deploys.append(Deployed(1, version.service, version))
        self._begun = {service: places[0] for service, places in self._running.items()}

    # to find

    def running(self, service: str) -> Deployed:
        """Give the deploy that is active. Raises UsageError."""
        return self.deploys[self._stack(service)[-1]]

    def deploy(self, service: str, number: int) -> Deployed:
        """Find a deploy of a service by its number. Raises UsageError."""
        self._stack(service)
        found = [one for one in self.deploys if one.service == service]
        if not 1 <= number <= len(found):
            raise UsageError(f"{service}: there is no deploy {number}: there are {len(found)}")
        return found[number - 1]

    def can_roll_back(self, service: str) -> bool:
        """Tell whether there is a deploy before the running one. Raises UsageError."""
        return len(self._stack(service)) > 1

    def version(self, ref: str) -> Version:
        """Find a version by its ref: one that was deployed in this lesson, or a built-in one. Raises UsageError."""
        for one in reversed(self.deploys):
            if one.version.ref == ref:
                return one.version
        return read_version(ref)

    def next_name(self, service: str) -> str:
        """Give the first name that is free for a version of the learner's own."""
        taken = self._names(service)
        return next(name for i in range(1, len(taken) + 2) if (name := OWN.format(i)) not in taken)

    def of_run(self, data: RunData, service: str | None = None) -> Deployed:
        """Give the deploy with which a run ended, of the service behind the gateway or of another."""
        service = service or data.front
        self._stack(service)
        place = self._begun[service]
        begun, changes = False, 0
        for what, number in self._journal:
            if what == "run":
                if begun:
                    break
                begun = number == data.number
                changes = sum(isinstance(change, DeployChange) for change in data.settings.changes)
            else:
                if begun and not changes:
                    break
                changes -= begun
                if self.deploys[number].service == service:
                    place = number
        return self.deploys[place]

    # what happens

    def began(self, run: int) -> None:
        """Take in that a run of this number has begun."""
        self._journal.append(("run", run))

    def activated(self, version: Version, note: str = "", at: str = "") -> Deployed:
        """Take in a new deploy that the lab has made."""
        service = version.service
        number = 1 + sum(one.service == service for one in self.deploys)
        one = Deployed(number, service, version, note, at, self.running(service).version)
        self.deploys.append(one)
        self._active(service, len(self.deploys) - 1)
        return one

    def roll_back(self, service: str, to: int | None) -> None:
        """Have the lab activate the deploy before the running one, or the one of this number. Raises UsageError."""
        stack = self._stack(service)
        if to is None and not self.can_roll_back(service):
            raise UsageError(f"{service}: there is no version before {self.running(service).version.name}")
        place = stack[-2] if to is None else self.deploys.index(self.deploy(service, to))
        if place == stack[-1]:
            raise UsageError(f"{service}: deploy {to} is the one that runs")
        if len(stack) > 1 and place == stack[-2]:
            self.lab.rollback(service)
            self.undone(service)
        else:
            self.lab.deploy(self.deploys[place].version)
            self._active(service, place)

    def undone(self, service: str, *, taken_back: bool = False) -> None:
        """Take in that the lab has undone the last deploy of a service."""
        stack = self._stack(service)
        if len(stack) < 2:
            return
        last = stack.pop()
        if taken_back:
            self.deploys[last] = replace(self.deploys[last], taken_back=True)
        self._journal.append(("deploy", stack[-1]))

    # a version of one's own

    def resolved(self, action: DeployOwn) -> DeployOwn:
        """Turn edits and marks into a source with a name. A text that was deployed before keeps its name.

        Raises UsageError for an edit or a mark that finds no place, and for a name that is taken.
        """
        service = action.service
        running = self.running(service).version
        source = _edited(action.source or running.source, action.edits, running.ref)
        for text in action.marks:
            source = _marked(source, text, running.ref)
        known = [one.version for one in self.deploys if one.service == service]
        same = next((version.name for version in reversed(known) if version.source == source), None)
        name = same or action.name or self.next_name(service)
        if same is None and not NAME.fullmatch(name):
            raise UsageError(
                f"`{name}` is no name for a version: use small letters, digits and -, at most 40 of them"
            )
        if same is None and name in self._names(service):
            raise UsageError(
                f"{service}: another version is called `{name}`; `{self.next_name(service)}` is free"
            )
        return msgspec.structs.replace(action, source=source, name=name, marks=(), edits=())

    def _names(self, service: str) -> set[str]:
        return {one.version.name for one in self.deploys if one.service == service} | {*versions_of(service)}

    def _stack(self, service: str) -> list[int]:
        if service not in self._running:
            raise UsageError(f"no service `{service}`; there are {', '.join(self._running)}")
        return self._running[service]

    def _active(self, service: str, place: int) -> None:
        self._running[service].append(place)
        self._journal.append(("deploy", place))


def _edited(source: str, edits: tuple[tuple[str, str], ...], ref: str) -> str:
    for old, new in edits:
        if (times := source.count(old) if old else 0) != 1:
            raise UsageError(
                f"{ref}: an edit replaces what stands there once; {old!r} stands there {times} times"
            )
        source = source.replace(old, new)
    return source


def _marked(source: str, text: str, ref: str) -> str:
    """Mark the first line inside a function that holds this text."""
    for number, column in _places(source, text):
        try:
            return mark(source, number, column).source
        except MarkError as error:
            raise UsageError(f"{ref}: no mark at `{text}`: {error}") from None
    raise UsageError(f"{ref}: no line inside a function holds `{text}`, so no mark can be put there")


def _places(source: str, text: str) -> Iterator[tuple[int, int]]:
    functions = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    inside = {n for f in functions for n in range(f.body[0].lineno, (f.end_lineno or f.lineno) + 1)}
    for number, line in enumerate(source.split("\n"), 1):
        if number in inside and text and text in line:
            yield number, line.index(text)


@lru_cache(maxsize=64)
def _new_marks(before: str, after: str) -> int:
    return (_measured(after) - _measured(before)).total()


def _measured(source: str) -> Counter[tuple[str, ...]]:
    """What the marks of a source measure: their lines, without the marks inside them; what cannot be read has none."""
    try:
        found = marks(source)
    except MarkError:
        return Counter()
    lines = [line.strip() for line in source.split("\n")]
    return Counter(
        tuple(
            line
            for line in lines[one.first - 1 : one.last]
            if "context.mark" not in line or one.first == one.line
        )
        for one in found
    )
