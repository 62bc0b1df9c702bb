"""What makes a readable lesson a bad one: unexplained words, figures that can be wrong, dead ends, too little help.

    a course      lint_course: lessons that are not listed, lessons that are not there, literal figures
    a glossary    lint_glossary: figures without a source
    a lesson      lint_lesson: terms, watch-words, literal figures, links, hints, explanations

Nothing here stops a lesson from being played; `ridelab check` refuses it. What cannot be proved is `proof.py`'s.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from lessons.actions import Deploy, ReadCode
from lessons.figures import literals
from lessons.glossary import FILE, Glossary, GlossaryFile
from lessons.linking import dead_links, lesson_numbers
from lessons.mysteries import board_problems
from lessons.names import NAMES
from lessons.outline import Course
from lessons.places import Places
from lessons.prose import prose
from lessons.reading import Text, texts
from lessons.terms import Reader, term_problems
from simulator.document import read
from simulator.errors import RidelabError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lessons.actions import Action
    from lessons.loader import OpenCourse
    from lessons.model import Lesson, Question
    from simulator.document import Document, NodePath, Problem

FEWEST_HINTS, MOST_HINTS = 2, 4
_NAME: Final = re.compile(
    rf"(?<![\w./-])(?:{'|'.join(sorted({name.partition('.')[0] for name in NAMES}))})\.[a-z_]\w*(?![\w.]*\()"
)
_SINGLE: Final = re.compile(r"(?<!\{)\{\s*[a-z_]+\.[^{}\n]*\}")
_STRUCK: Final = re.compile(r"~~")
GOAL: Final = "You can"


def lint_course(course: OpenCourse) -> list[Problem]:
    """Find what is wrong with a course as a whole: folders that nobody lists, dead ends and literal figures in it."""
    file = course.folder / "course.yaml"
    document = read(file, Course, name=course.shown("course.yaml"))
    places = Places(document, file)
    listed = {entry.id for entry in course.entries}
    there = sorted(path.parent.name for path in course.folder.glob("*/lesson.yaml"))
    found, meant = [], ""
    for i, entry in enumerate(course.entries):
        if entry.id not in there:
            near = nearest(entry.id, there)
            meant += near
            what = f"there is no `{entry.id}/lesson.yaml` beside this file{near}"
            found.append(places.problem(("lessons", i, "id"), what))
    for folder in there:
        if folder not in listed and f"`{folder}`" not in meant:
            what = f"the lesson in the folder `{folder}` is not listed: list it, or move it"
            found.append(places.problem(("lessons",), what))
    for path, lesson in _led_to(document.value):
        if lesson not in listed:
            found.append(places.problem(path, f"there is no lesson `{lesson}`{nearest(lesson, listed)}"))
    for path, text in _course_texts(document.value):
        for what, start, length in _figures(Text(path, text)):
            found.append(places.problem(path, what, text=text, start=start, length=length))
    return [*found, *board_problems(course, document)]


def _led_to(course: Course) -> Iterator[tuple[NodePath, str]]:
    for i, mystery in enumerate(course.mysteries):
        yield ("mysteries", i, "seen"), mystery.seen
        yield ("mysteries", i, "closed_in"), mystery.closed_in
    for i, finding in enumerate(course.findings):
        yield ("findings", i, "lesson"), finding.lesson


def _course_texts(course: Course) -> Iterator[tuple[NodePath, str]]:
    yield ("summary",), course.summary
    for i, entry in enumerate(course.lessons):
        yield ("lessons", i, "summary"), entry.summary
    for i, mystery in enumerate(course.mysteries):
        yield ("mysteries", i, "title"), mystery.title
        yield ("mysteries", i, "evidence"), mystery.evidence
    for i, finding in enumerate(course.findings):
        yield ("findings", i, "ask"), finding.ask
        yield ("findings", i, "answer"), finding.answer


def lint_glossary(course: OpenCourse) -> list[Problem]:
    """Find literal latencies in a glossary's texts that have no source. Raises DocumentError if it cannot be read."""
    file = course.folder / FILE
    if not file.exists():
        return []
    document = read(file, GlossaryFile, name=course.shown(FILE))
    places = Places(document, file)
    found = []
    for i, term in enumerate(document.value.terms):
        for words, start in literals(term.text) if not term.source else ():
            what = f"`{words}` is a figure: say in `source` where it was read, or what computes it"
            at: NodePath = ("terms", i, "text")
            found.append(places.problem(at, what, text=term.text, start=start, length=len(words)))
    return found


def lint_lesson(course: OpenCourse, lesson: str, glossary: Glossary | None) -> list[Problem]:
    """Find what is wrong with a lesson that can be read; each problem has its place. Raises DocumentError.

    Without a glossary - it cannot be read - nothing is said about its words.
    """
    document = course.document(lesson)
    places = Places(document, course.folder / lesson / "lesson.yaml")
    reader = Reader(glossary or Glossary())
    for entry in course.entries:
        if entry.id == lesson:
            break
        with suppress(RidelabError):  # it is told of when that lesson is checked
            for text in texts(course.lesson(entry.id)):
                reader.introduce(text)
    numbers = lesson_numbers(course.entries)
    found: list[Problem] = []
    for text in texts(document.value):
        for what, start, length in (
            *(term_problems(text, glossary) if glossary is not None else ()),
            *reader.unexplained(text),
            *_figures(text),
            *_unevaluated(text),
            *dead_links(text.text, course.folder / lesson, numbers),
        ):
            found.append(places.problem(text.path, what, text=text.text, start=start, length=length))
    if not document.value.goal.startswith(GOAL):
        found.append(document.problem(("goal",), f"a goal is one sentence that begins with *{GOAL}*"))
    found += _steps(document)
    return sorted(set(found), key=lambda one: (one.line, one.column))


def _figures(text: Text) -> Iterator[tuple[str, int, int]]:
    for words, start in literals(text.text) if not text.guess else ():
        yield (
            f"`{words}` is a literal figure: compute it, as in `{{{{ run.p95 | ms }}}}` (`ridelab names` lists what "
            "there is); what is quoted stands in backquotes",
            start,
            len(words),
        )


def _unevaluated(text: Text) -> Iterator[tuple[str, int, int]]:
    """Find what looks like an insert and is none."""
    plain = prose(text.text)
    for pattern in (_SINGLE, _NAME):
        for found in pattern.finditer(plain):
            words = found.group()
            yield (
                f"`{words}` is not evaluated: write `{{{{ {words.strip('{} ')} }}}}`",
                found.start(),
                len(words),
            )
        if pattern is _SINGLE and pattern.search(plain):
            return
    for found in _STRUCK.finditer(plain):
        yield "`~~` strikes nothing out here: remove it", found.start(), 2


def _steps(document: Document[Lesson]) -> Iterator[Problem]:
    lesson = document.value
    offered = {*lesson.versions, *lesson.start.deploy}
    offered.update(*(variant.deploy for variant in lesson.start.variants))
    for i, step in enumerate(lesson.steps):
        at: NodePath = ("steps", i)
        if step.pane is not None and step.pane not in lesson.panes:
            yield document.problem((*at, "pane"), f"`{step.pane}` is none of this lesson's `panes`")
        seeking = bool(step.check) or (step.question is not None and step.question.kind == "number")
        if (step.hints or seeking) and not FEWEST_HINTS <= len(step.hints) <= MOST_HINTS:
            yield document.problem(
                (*at, "hints") if step.hints else at,
                f"step `{step.id}` has {len(step.hints) or 'no'} hint{'s' if len(step.hints) != 1 else ''}: write "
                f"{FEWEST_HINTS} to {MOST_HINTS}, from where to look to the exact keys",
            )
        actions: list[tuple[NodePath, Action]] = [(("proof", j), one) for j, one in enumerate(step.proof)]
        for variant, proof in step.proofs.items():
            actions += [(("proofs", variant, j), one) for j, one in enumerate(proof)]
        for path, action in actions:
            if isinstance(action, Deploy | ReadCode) and action.version not in offered:
                what = f"the proof uses `{action.version}`, and the learner is not offered it: list it in `versions`"
                yield document.problem((*at, *path), what)
        for key in ("question", "predict"):
            question: Question | None = getattr(step, key)
            if question is not None:
                yield from _explained(document, question, (*at, key), prediction=key == "predict")


def _explained(
    document: Document[Lesson], question: Question, at: NodePath, *, prediction: bool
) -> Iterator[Problem]:
    """Each choice says why, and so does a number: nothing is ever only wrong."""
    for j, choice in enumerate(question.choices):
        if not choice.because.strip():
            what = f"choice `{choice.id}` has no explanation: say in `because` what would have been seen if it were so"
            yield document.problem((*at, "choices", j), what)
    if question.kind == "number" and not prediction and not question.because.strip():
        yield document.problem(
            at, f"`{question.id}` has no explanation: say in `because` how the number is found"
        )
