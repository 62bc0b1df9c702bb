"""`ridelab check` and `schema`: lint and prove lessons and scenarios, and say what they may contain."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from simulator.document import DocumentError
from simulator.errors import RidelabError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lessons.glossary import Glossary
    from lessons.loader import OpenCourse
    from simulator.document import Problem

FINE, UNPROVED, UNREADABLE = 0, 1, 2


def check(paths: Sequence[Path], *, trusted: bool = False) -> int:
    """Check courses (folders), lessons and scenarios (files); by default those built in. Gives the exit code.

    `trusted` lets lessons that are not built in bring source code.
    A line for each that is good goes to standard output; each problem goes to standard error as file:line:column.
    """
    if paths:
        return max(_check_path(path, trusted=trusted) for path in paths)
    from lessons.loader import OpenCourse
    from simulator.scenario import scenario_names

    scenarios = [_check_scenario(name) for name in scenario_names()]
    return max([*scenarios, _check_course(OpenCourse())])


def _check_path(path: Path, *, trusted: bool) -> int:
    from lessons.loader import OpenCourse

    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder")
    try:
        if path.is_dir() and (path / "course.yaml").exists():
            return _check_course(OpenCourse(path, trusted=trusted))
        if path.name == "course.yaml":
            return _check_course(OpenCourse(path.parent, trusted=trusted))
        if path.name == "glossary.yaml":
            return _check_glossary(OpenCourse(path.parent))
        lesson = path if path.is_dir() else path.parent
        if (path.is_dir() and (path / "lesson.yaml").exists()) or path.name == "lesson.yaml":
            return _check_lesson(OpenCourse(lesson.resolve().parent, trusted=trusted), lesson.resolve().name)
    except RidelabError as error:
        return _unreadable(error)
    if path.is_dir():
        raise UsageError(f"{path}: neither a course (course.yaml) nor a lesson (lesson.yaml) is in it")
    return _check_scenario(path)


def _check_course(course: OpenCourse) -> int:
    from lessons.lint import lint_course

    codes = [_check_glossary(course)]
    if problems := lint_course(course):
        codes.append(_tell(problems, course.folder))
    there = [entry.id for entry in course.entries if (course.folder / entry.id / "lesson.yaml").is_file()]
    return max([*codes, *(_check_lesson(course, lesson) for lesson in there)])


def _check_glossary(course: OpenCourse) -> int:
    """Check the words of a course; one that has none is as good."""
    from lessons.glossary import FILE, load_glossary
    from lessons.lint import lint_glossary

    try:
        glossary = load_glossary(course.folder, name=course.shown(FILE))
        if problems := lint_glossary(course):
            return _tell(problems, course.folder)
    except RidelabError as error:
        return _unreadable(error)
    if glossary.terms:
        print(f"{FILE}: {_counted(len(glossary.terms), 'term')}", flush=True)
    return FINE


def _check_lesson(course: OpenCourse, lesson: str) -> int:
    """Lint a lesson and prove it. A broken glossary is told of once, by the course; then its words are let be."""
    from lessons.glossary import load_glossary
    from lessons.lint import lint_lesson
    from lessons.proof import prove
    from lessons.rehearsal import rehearse

    glossary: Glossary | None = None
    with suppress(RidelabError):
        glossary = load_glossary(course.folder)
    try:
        wrong = lint_lesson(course, lesson, glossary)
        proved, problems = prove(course, lesson)
        wrong += rehearse(course, lesson)
    except RidelabError as error:
        return _unreadable(error)
    if wrong or problems:
        return _tell([*wrong, *problems], course.folder)
    steps = _counted(proved.steps, "step")
    asking = f"{proved.asking} ask{'s' if proved.asking == 1 else ''} something"
    print(f"{proved.lesson}: {steps}, {asking}, proved on {proved.seeds} seeds", flush=True)
    return FINE


def _check_scenario(path: Path | str) -> int:
    from simulator.load import load_plan
    from simulator.scenario import load_scenario

    try:
        scenario = load_scenario(path)
        if scenario.plan is not None:
            load_plan(scenario.plan)
    except RidelabError as error:
        return _unreadable(error)
    parts = {
        "function": len(scenario.functions),
        "route": len(scenario.gateway.routes),
        "alert rule": len(scenario.monitoring.rules),
    }
    print(f"{path}: {', '.join(_counted(n, what) for what, n in parts.items())}", flush=True)
    return FINE


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _unreadable(error: RidelabError) -> int:
    if isinstance(error, DocumentError):
        _tell(error.problems)
    else:
        for line in str(error).splitlines():
            print(f"ridelab: {line}", file=sys.stderr)
    return UNREADABLE


def _tell(problems: Sequence[Problem], folder: Path | None = None) -> int:
    """Say what is wrong, each with the line it is about; gives the exit code for what can be read."""
    from lessons.showing import pointed_at

    for problem in problems:
        print(f"ridelab: {problem}", file=sys.stderr)
        for line in pointed_at(problem, folder):
            print(line, file=sys.stderr)
    return UNPROVED


def schema(kind: str | None = None) -> int:
    """Print the JSON Schema of one kind of file, or one that holds for each of them."""
    from lessons.schemas import schema_of

    print(schema_of(kind))
    return FINE
