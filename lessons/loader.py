"""Courses from YAML, cross-checked: every problem names file:line:column and what to do.

A course is a folder: `course.yaml`, and for each lesson `<id>/lesson.yaml`. Lessons are read when they are opened.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from lessons.outline import Course, Entry
from lessons.places import Places
from simulator.document import DocumentError, Problem, read
from simulator.errors import UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lessons.model import Lesson, Question, Start, Step, Variant
    from simulator.document import Document
    from simulator.settings import Scenario

CONTENT = Path(__file__).parent / "content"
MODULE_4 = CONTENT / "module-4"
LONGEST_TEXT = 40
NOT_TRUSTED = (
    "`{key}` is code that would run on this machine, and this course is not built in: read it, then allow it with "
    "`--trust`, or place `marks` instead"
)
NodePath = tuple[str | int, ...]
Begins = TypeVar("Begins", "Start", "Variant")
AnyStart = TypeVar("AnyStart", "Start", "Variant")


class OpenCourse:
    """A course in its folder. Raises DocumentError where `course.yaml` is wrong; lessons are read one by one.

    Lessons from others are data. One that holds source code is refused, unless its course is built in or `trusted`.
    """

    def __init__(self, folder: Path = MODULE_4, *, trusted: bool = False) -> None:
        self.folder = folder
        self.trusted = trusted or folder.resolve().parent == CONTENT
        self._document = read(folder / "course.yaml", Course, name=self.shown("course.yaml"))
        self.course = self._document.value
        seen: set[str] = set()
        for i, entry in enumerate(self.course.lessons):
            if entry.id in seen:
                raise DocumentError(
                    [self._document.problem(("lessons", i, "id"), f"there are two lessons `{entry.id}`")]
                )
            seen.add(entry.id)

    def shown(self, file: str) -> str:
        """Give what errors call a file of the course: short for the built-in one, else with its folder."""
        return file if self.builtin else str(self.folder / file)

    @property
    def name(self) -> str:
        """The course's name, under which its progress is kept: its folder's, whatever way that was given."""
        name = self.folder.resolve().name
        return name if self.builtin or name != MODULE_4.name else f"{name} (own)"

    @property
    def builtin(self) -> bool:
        """Whether this is the course that comes with ridelab."""
        return self.folder == MODULE_4

    @property
    def entries(self) -> list[Entry]:
        """The index, in order."""
        return self.course.lessons

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario its lessons use."""
        from simulator.scenario import load_scenario

        name = self.course.scenario
        own = self.folder / name
        if own.suffix in {".yaml", ".yml"} and not own.is_file():
            what = f"there is no file `{name}` in the course's folder"
            raise DocumentError([self._document.problem(("scenario",), what)])
        try:
            return load_scenario(own if own.suffix else name)
        except UsageError as error:
            raise DocumentError([self._document.problem(("scenario",), str(error))]) from None

    def entry(self, lesson: str) -> Entry:
        """Find a lesson by its id, or by a beginning of it that names just one. Raises UsageError."""
        found = [entry for entry in self.entries if entry.id == lesson or entry.id.startswith(lesson)]
        exact = [entry for entry in found if entry.id == lesson]
        if not lesson or len(exact or found) != 1:
            known = [entry.id for entry in self.entries]
            raise UsageError(
                f"no lesson `{lesson}`{nearest(lesson, known) or '; there are ' + ', '.join(known)}"
            )
        return (exact or found)[0]

    def lesson(self, lesson: str) -> Lesson:
        """Read a lesson by its id. Raises UsageError, DocumentError."""
        return self.document(self.entry(lesson).id).value

    def document(self, lesson: str) -> Document[Lesson]:
        """Read a lesson with its places. Raises DocumentError with all that is wrong."""
        from lessons.model import Lesson

        file = f"{lesson}/lesson.yaml"
        document = read(self.folder / file, Lesson, name=self.shown(file))
        document = replace(document, value=with_own_files(document.value, self.folder))
        places = Places(document, self.folder / file)
        found = [*_problems(document, places), *(() if self.trusted else _code(document))]
        if problems := sorted(found, key=lambda one: (one.line, one.column)):
            raise DocumentError(problems)
        return document


def with_own_files(lesson: Lesson, folder: Path) -> Lesson:
    """Give a lesson whose load plans and scenarios are found: those that stand in the course's folder by their path."""

    def own(file: str) -> str:
        return str(folder / file) if Path(file).suffix and (folder / file).is_file() else file

    def found(part: Begins) -> Begins:
        changes = {key: own(name) for key in ("plan", "scenario") if (name := getattr(part, key)) is not None}
        return msgspec.structs.replace(part, **changes)

    def began(start: Start) -> Start:
        return msgspec.structs.replace(found(start), variants=[found(one) for one in start.variants])

    steps = [msgspec.structs.replace(s, plan=own(s.plan)) if s.plan is not None else s for s in lesson.steps]
    recorded = lesson.recorded
    if recorded is not None:
        recorded = msgspec.structs.replace(
            recorded, sick=began(recorded.sick), healthy=began(recorded.healthy)
        )
    return msgspec.structs.replace(lesson, steps=steps, start=began(lesson.start), recorded=recorded)


def _problems(document: Document[Lesson], places: Places) -> Iterator[Problem]:
    """Find what is well typed and wrong all the same."""
    from lessons.expressions import ExpressionError, parse, parse_template
    from lessons.names import FUNCTIONS, known_names
    from lessons.proof_checks import answer_problems
    from lessons.question_checks import wrong_question
    from lessons.start_checks import control_problems, start_problems, told_too_soon

    lesson = document.value
    questions = tuple(q.id for step in lesson.steps for q in (step.question, step.predict) if q is not None)
    names = known_names(questions)

    def misplaced(text: str, path: NodePath, error: ExpressionError) -> Problem:
        start = sum(len(line) + 1 for line in text.split("\n")[: error.line - 1]) + error.column - 1
        word = re.match(r"[\w.]+|\S?", text[start:])
        length = len(word.group()) if word is not None else 0
        return places.problem(path, error.reason, text=text, start=start, length=length)

    def expression(text: str, path: NodePath) -> Iterator[Problem]:
        try:
            for what in parse(text).problems(names, FUNCTIONS):
                yield misplaced(text, path, what)
        except ExpressionError as error:
            yield misplaced(text, path, error)

    def template(text: str, path: NodePath) -> Iterator[Problem]:
        try:
            for one in parse_template(text).expressions:
                for what in one.problems(names, FUNCTIONS):
                    yield misplaced(text, path, what)
        except ExpressionError as error:
            yield misplaced(text, path, error)

    yield from start_problems(document)
    yield from control_problems(document)
    yield from answer_problems(document)
    yield from told_too_soon(document)
    yield from _deploys(document)
    seen: set[str] = set()
    asked: set[str] = set()
    for i, step in enumerate(lesson.steps):
        at: NodePath = ("steps", i)
        if step.id in seen:
            yield document.problem((*at, "id"), f"there are two steps `{step.id}`")
        seen.add(step.id)
        lines = step.text.count("\n") + 1
        if lines > LONGEST_TEXT:
            yield document.problem(
                (*at, "text"), f"a step has at most {LONGEST_TEXT} lines, this one has {lines}: make it two"
            )
        for key in ("text", "do", "afterwards"):
            yield from template(getattr(step, key), (*at, key))
        for j, hint in enumerate(step.hints):
            yield from template(hint, (*at, "hints", j))
        for j, clause in enumerate(step.check):
            yield from expression(clause.that, (*at, "check", j, "that"))
            yield from template(clause.otherwise, (*at, "check", j, "otherwise"))
            yield from template(clause.unknown, (*at, "check", j, "unknown"))
            yield from template(clause.hint, (*at, "check", j, "hint"))
        for key in ("question", "predict"):
            question: Question | None = getattr(step, key)
            if question is None:
                continue
            if question.id in asked:
                yield document.problem((*at, key, "id"), f"there are two questions `{question.id}`")
            asked.add(question.id)
            yield from template(question.ask, (*at, key, "ask"))
            yield from template(question.because, (*at, key, "because"))
            for j, choice in enumerate(question.choices):
                yield from template(choice.text, (*at, key, "choices", j, "text"))
                yield from template(choice.because, (*at, key, "choices", j, "because"))
                if isinstance(choice.right, str):
                    yield from expression(choice.right, (*at, key, "choices", j, "right"))
            if question.value is not None:
                yield from expression(question.value, (*at, key, "value"))
            if what := wrong_question(question, prediction=key == "predict"):
                yield document.problem((*at, key), what)
        yield from _asks(document, step, at)


def _code(document: Document[Lesson]) -> Iterator[Problem]:
    """Find source code: what a lesson from others may bring only if it is trusted."""
    from lessons.actions import DeployOwn
    from lessons.variants import all_proofs

    for i, step in enumerate(document.value.steps):
        for at, action in all_proofs(step):
            for key in ("source", "edits"):
                if isinstance(action, DeployOwn) and getattr(action, key):
                    yield document.problem(("steps", i, *at, key), NOT_TRUSTED.format(key=key))


def _deploys(document: Document[Lesson]) -> Iterator[Problem]:
    """Check the deploys of proofs: versions that exist or were made by then, something of one's own to deploy."""
    from lessons.actions import Deploy, DeployOwn, Rollback
    from lessons.variants import all_proofs
    from lessons.versions import is_own_name
    from simulator.deploying import read_version, services

    made: set[str] = set()
    for i, step in enumerate(document.value.steps):
        for where, action in all_proofs(step):
            at: NodePath = ("steps", i, *where)
            if isinstance(action, DeployOwn | Rollback) and action.service not in services():
                known = nearest(action.service, services()) or "; there are " + ", ".join(services())
                yield document.problem((*at, "service"), f"no service `{action.service}`{known}")
            if isinstance(action, DeployOwn):
                made.add(f"{action.service}@{action.name}")
                if not (action.source or action.edits or action.marks):
                    yield document.problem(
                        at, "this deploys what is deployed already: give `marks`, `edits` or a `source`"
                    )
            elif isinstance(action, Rollback) and action.forced:
                yield document.problem((*at, "forced"), "only the lab forces a rollback: leave `forced` away")
            elif isinstance(action, Deploy) and action.version not in made:
                service, _, name = action.version.partition("@")
                if is_own_name(name) and any(ref.partition("@")[0] == service for ref in made):
                    continue
                try:
                    read_version(action.version)
                except UsageError as error:
                    yield document.problem((*at, "version"), str(error))


def _asks(document: Document[Lesson], step: Step, at: NodePath) -> Iterator[Problem]:
    if step.asks and not (step.proof or step.proofs):
        yield document.problem(
            at, f"step `{step.id}` asks for something and has no `proof`: list the actions that do it"
        )
    if step.check and not step.hints:
        yield document.problem(
            at,
            f"step `{step.id}` has a check and no `hints`: write two to four, the last with the exact keys",
        )
