"""Courses from YAML, cross-checked: every problem names file:line:column and what to do.

A course is a folder: `course.yaml`, and for each lesson `<id>/lesson.yaml`. Lessons are read when they are opened.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from lessons.expressions import ExpressionError, parse, parse_template
from lessons.model import Course, Entry, Lesson
from simulator.document import DocumentError, Problem, read
from simulator.errors import RidelabError, UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lessons.model import Question, Step
    from simulator.document import Document
    from simulator.settings import Scenario

CONTENT = Path(__file__).parent / "content"
MODULE_4 = CONTENT / "module-4"
LONGEST_TEXT = 40
NodePath = tuple[str | int, ...]


class OpenCourse:
    """A course in its folder. Raises DocumentError where `course.yaml` is wrong; lessons are read one by one."""

    def __init__(self, folder: Path = MODULE_4) -> None:
        self.folder = folder
        self._document = read(folder / "course.yaml", Course, name=self._shown("course.yaml"))
        self.course = self._document.value
        seen: set[str] = set()
        for i, entry in enumerate(self.course.lessons):
            if entry.id in seen:
                raise DocumentError(
                    [self._document.problem(("lessons", i, "id"), f"there are two lessons `{entry.id}`")]
                )
            seen.add(entry.id)

    def _shown(self, file: str) -> str:
        return file if self.folder == MODULE_4 else str(self.folder / file)

    @property
    def name(self) -> str:
        """The course's name: its folder's."""
        return self.folder.name

    @property
    def entries(self) -> list[Entry]:
        """The index, in order."""
        return self.course.lessons

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario its lessons use."""
        from simulator.scenario import load_scenario

        return load_scenario(self.course.scenario)

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
        file = f"{lesson}/lesson.yaml"
        document = read(self.folder / file, Lesson, name=self._shown(file))
        if problems := sorted(_problems(document), key=lambda one: (one.line, one.column)):
            raise DocumentError(problems)
        return document


def _problems(document: Document[Lesson]) -> Iterator[Problem]:
    """Find what is well typed and wrong all the same."""
    from lessons.names import FUNCTIONS, known_names

    lesson = document.value
    questions = tuple(q.id for step in lesson.steps for q in (step.question, step.predict) if q is not None)
    names = known_names(questions)

    def expression(text: str, path: NodePath) -> Iterator[Problem]:
        try:
            for what in parse(text).problems(names, FUNCTIONS):
                yield document.problem(path, str(what))
        except ExpressionError as error:
            yield document.problem(path, str(error))

    def template(text: str, path: NodePath) -> Iterator[Problem]:
        try:
            for one in parse_template(text).expressions:
                for what in one.problems(names, FUNCTIONS):
                    yield document.problem(path, str(what))
        except ExpressionError as error:
            yield document.problem(path, str(error))

    yield from _starts(document)
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
            if question.value is not None:
                yield from expression(question.value, (*at, key, "value"))
            if what := _wrong(question, prediction=key == "predict"):
                yield document.problem((*at, key), what)
        yield from _asks(document, step, at)


def _starts(document: Document[Lesson]) -> Iterator[Problem]:
    """Check the versions and the plan that a lesson names."""
    from simulator.deploying import read_version
    from simulator.load import load_plan

    lesson = document.value
    for path, refs in ((("start", "deploy"), lesson.start.deploy), (("versions",), lesson.versions)):
        for i, ref in enumerate(refs):
            try:
                read_version(ref)
            except UsageError as error:
                yield document.problem((*path, i), str(error))
    plans: list[tuple[NodePath, str]] = [(("start", "plan"), lesson.start.plan)]
    plans += [
        (("steps", i, "plan"), step.plan) for i, step in enumerate(lesson.steps) if step.plan is not None
    ]
    for where, plan in plans:
        try:
            load_plan(plan)
        except RidelabError as error:
            yield document.problem(where, str(error))


def _wrong(question: Question, *, prediction: bool) -> str:
    """Say what is wrong with a question, or give an empty text."""
    right = sum(choice.right for choice in question.choices)
    ids = [choice.id for choice in question.choices]
    if len(set(ids)) < len(ids):
        return f"two choices of `{question.id}` have the same id"
    if question.kind == "number":
        if question.choices:
            return "a number question has no choices"
        return (
            ""
            if prediction or question.value is not None
            else "a number question needs a `value` to be judged by"
        )
    if question.value is not None:
        return "`value` belongs to questions of the kind number"
    if len(question.choices) < 2:
        return "a question needs two choices or more"
    if prediction:
        return "a prediction has no right choice" if right else ""
    if question.kind == "choice" and right != 1:
        return f"exactly one choice is right where one is asked for; here {right} are"
    return "" if right else "no choice is right"


def _asks(document: Document[Lesson], step: Step, at: NodePath) -> Iterator[Problem]:
    if step.asks and not step.proof:
        yield document.problem(
            at, f"step `{step.id}` asks for something and has no `proof`: list the actions that do it"
        )
    if step.check and not step.hints:
        yield document.problem(
            at,
            f"step `{step.id}` has a check and no `hints`: write two to four, the last with the exact keys",
        )
