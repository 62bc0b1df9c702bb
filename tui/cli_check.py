"""`ridelab check` and `ridelab schema`: for those who write lessons and scenarios."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from lessons.loader import MODULE_4, OpenCourse
from lessons.model import Course, Lesson
from lessons.proof import prove
from simulator.document import DocumentError
from simulator.errors import RidelabError, UsageError
from simulator.scenario import load_scenario, scenario_names
from simulator.settings import Scenario

FINE, FAILED, BAD_INPUT = 0, 1, 2


def check(paths: list[Path]) -> int:
    """Lint and prove courses, lessons and scenarios; gives the exit code. A line each; problems on standard error."""
    code = FINE
    for path in paths or [None]:
        try:
            code = max(code, _built_in() if path is None else _one(path))
        except RidelabError as error:
            print(error, file=sys.stderr)
            code = BAD_INPUT
    return code


def _built_in() -> int:
    code = _course(OpenCourse(MODULE_4))
    for name in scenario_names():
        _scenario(name)
    return code


def _one(path: Path) -> int:
    if (path / "course.yaml").is_file():
        return _course(OpenCourse(path))
    if (path / "lesson.yaml").is_file() or path.name == "lesson.yaml":
        folder = path.parent if path.name == "lesson.yaml" else path
        if not (folder.parent / "course.yaml").is_file():
            raise UsageError(f"{path}: a lesson needs a course.yaml in the folder above it")
        return _lesson(OpenCourse(folder.parent), folder.resolve().name)
    if path.is_dir():
        raise UsageError(f"{path}: neither course.yaml nor lesson.yaml is in this folder")
    if path.suffix not in {".yaml", ".yml"}:
        raise UsageError(f"{path}: give a course's folder, a lesson's folder or a scenario's YAML file")
    _scenario(str(path))
    return FINE


def _course(course: OpenCourse) -> int:
    code = FINE
    for entry in course.entries:
        try:
            code = max(code, _lesson(course, entry.id))
        except DocumentError as error:
            print(error, file=sys.stderr)
            code = BAD_INPUT
    return code


def _lesson(course: OpenCourse, lesson: str) -> int:
    proved, problems = prove(course, course.entry(lesson).id)
    for problem in problems:
        print(problem, file=sys.stderr)
    outcome = f"proved on {proved.seeds} seeds" if not problems else "NOT PROVED"
    print(f"{lesson}: {proved.steps} steps, {proved.asking} ask something, {outcome}", flush=True)
    return FAILED if problems else FINE


def _scenario(name: str) -> None:
    scenario = load_scenario(name)
    print(f"{name}: a scenario of {len(scenario.functions)} functions, fine")


def schema() -> int:
    """Print the JSON Schema of course, lesson and scenario files."""
    schemas, components = msgspec.json.schema_components([Course, Lesson, Scenario], ref_template="#/$defs/{name}")
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ridelab: course.yaml, lesson.yaml, scenario files",
        "anyOf": schemas,
        "$defs": components,
    }
    print(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
    return FINE
