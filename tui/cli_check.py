"""`ridelab check` and `schema`: lint and prove lessons and scenarios, and say what they may contain."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from simulator.errors import RidelabError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lessons.loader import OpenCourse

FINE, UNPROVED, UNREADABLE = 0, 1, 2


def check(paths: Sequence[Path]) -> int:
    """Check courses (folders), lessons and scenarios (files); by default those built in. Gives the exit code.

    A line for each that is good goes to standard output; each problem goes to standard error as file:line:column.
    """
    if paths:
        return max(_check_path(path) for path in paths)
    from lessons.loader import OpenCourse
    from simulator.scenario import scenario_names

    scenarios = [_check_scenario(name) for name in scenario_names()]
    return max([*scenarios, _check_course(OpenCourse())])


def _check_path(path: Path) -> int:
    from lessons.loader import OpenCourse

    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder")
    try:
        if path.is_dir() and (path / "course.yaml").exists():
            return _check_course(OpenCourse(path))
        if path.name == "course.yaml":
            return _check_course(OpenCourse(path.parent))
        lesson = path if path.is_dir() else path.parent
        if (path.is_dir() and (path / "lesson.yaml").exists()) or path.name == "lesson.yaml":
            return _check_lesson(OpenCourse(lesson.resolve().parent), lesson.resolve().name)
    except RidelabError as error:
        return _unreadable(error)
    if path.is_dir():
        raise UsageError(f"{path}: neither a course (course.yaml) nor a lesson (lesson.yaml) is in it")
    return _check_scenario(path)


def _check_course(course: OpenCourse) -> int:
    return max(_check_lesson(course, entry.id) for entry in course.entries)


def _check_lesson(course: OpenCourse, lesson: str) -> int:
    from lessons.proof import prove

    try:
        proved, problems = prove(course, lesson)
    except RidelabError as error:
        return _unreadable(error)
    for problem in problems:
        print(f"ridelab: {problem}", file=sys.stderr)
    if problems:
        return UNPROVED
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
    for line in str(error).splitlines():
        print(f"ridelab: {line}", file=sys.stderr)
    return UNREADABLE


def schema() -> int:
    """Print one JSON Schema that holds for each of our files: a lesson, a course, or a scenario."""
    import msgspec

    from lessons.model import Course, Lesson
    from simulator.settings import Scenario

    kinds = (Lesson, Course, Scenario)
    found, parts = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    for part in parts.values():
        if "description" in part:
            part["description"] = " ".join(part["description"].split())
    document: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ridelab: lessons (lesson.yaml), courses (course.yaml) and scenarios",
        "anyOf": list(found),
        "$defs": dict(sorted(parts.items())),
    }
    print(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
    return FINE
