"""5,000 damaged lessons, courses, glossaries and scenarios: read, or refused with places. Never a traceback."""

from __future__ import annotations

import random
import string
from typing import TYPE_CHECKING

import pytest

from lessons.glossary import load_glossary
from lessons.lint import lint_lesson
from lessons.loader import MODULE_4, OpenCourse
from lessons.showing import pointed_at
from simulator.document import DocumentError
from simulator.scenario import SCENARIOS, load_scenario

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BATCHES, EACH = 20, 250
LINES = (
    "", "- ", "  - a: b", "key: value", "\ttab: 1", "---", "...", "# note", "? x", ": y", "&a b", "*a", "!!int 3",
    "<<: x", "      {{ run.p95 | ms", "text: |", "}", "]", "  id: twice", "[[p95", "%YAML 9",
    "- {do: run, new: maybe}", "steps: []",
)  # fmt: skip
SCALARS = (
    "", "no", "null", "~", "-1", "0", "1e999", ".nan", "9" * 400, "{{ 1 / 0 | ms }}", "{{ run.x }}", "{{", "[[p59]]",
    "[[", "''", '"', "'", "{a: b}", "[a, b]", "|", ">-", "&x y", "*x", "! z", "01-nothing", "request-ride@none",
    "a: b: c", "../..", "\\",
)  # fmt: skip
LETTERS = "é😀\u2028\ufeff\x00\x85\ud800\t\u200b\u0301ß{}[]|:#"


def delete(lines: list[str], draw: random.Random) -> None:
    at = draw.randrange(len(lines))
    del lines[at : at + draw.randint(1, 3)]


def duplicate(lines: list[str], draw: random.Random) -> None:
    at = draw.randrange(len(lines))
    lines[at:at] = lines[at : at + draw.randint(1, 4)]


def swap(lines: list[str], draw: random.Random) -> None:
    a, b = draw.randrange(len(lines)), draw.randrange(len(lines))
    lines[a], lines[b] = lines[b], lines[a]


def insert(lines: list[str], draw: random.Random) -> None:
    lines.insert(draw.randrange(len(lines) + 1), draw.choice(LINES))


def rescale(lines: list[str], draw: random.Random) -> None:
    """Give a key another value."""
    keyed = [i for i, line in enumerate(lines) if ": " in line]
    if keyed:
        at = draw.choice(keyed)
        lines[at] = f"{lines[at].partition(': ')[0]}: {draw.choice(SCALARS)}"


def rename(lines: list[str], draw: random.Random) -> None:
    keyed = [i for i, line in enumerate(lines) if ":" in line]
    if keyed:
        at = draw.choice(keyed)
        head, colon, tail = lines[at].partition(":")
        place = draw.randrange(len(head) + 1)
        lines[at] = head[:place] + draw.choice(string.ascii_lowercase) + head[place + 1 :] + colon + tail


def indent(lines: list[str], draw: random.Random) -> None:
    at = draw.randrange(len(lines))
    lines[at] = draw.choice(["", " ", "  ", "\t", " " * 9]) + lines[at].lstrip(draw.choice(" -"))


def write(lines: list[str], draw: random.Random) -> None:
    at = draw.randrange(len(lines))
    place = draw.randrange(len(lines[at]) + 1)
    lines[at] = lines[at][:place] + draw.choice(LETTERS) + lines[at][place + draw.randint(0, 2) :]


def truncate(lines: list[str], draw: random.Random) -> None:
    at = draw.randrange(len(lines))
    lines[at] = lines[at][: draw.randrange(len(lines[at]) + 1)]
    del lines[at + 1 :]


WAYS: tuple[Callable[[list[str], random.Random], None], ...] = (
    delete, duplicate, swap, insert, rescale, rename, indent, write, truncate,
)  # fmt: skip


def damaged(text: str, draw: random.Random) -> bytes:
    lines = text.split("\n")
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        draw.choice(WAYS)(lines, draw)
        lines = lines or [""]
    ends = draw.choice(("\n", "\n", "\n", "\r\n"))
    return ends.join(lines).encode("utf-8", "surrogatepass")


def some_steps(text: str, draw: random.Random) -> str:
    """A lesson's head and two of its steps: as varied as the whole, and quicker to read."""
    head, *steps = text.split("\n  - id: ")
    at = draw.randrange(len(steps))
    return "\n  - id: ".join([head, *steps[at : at + 2]])


def told(problems: tuple[object, ...] | list[object], file: Path) -> None:
    """Each problem is one printable line about this file, with a place in it; its line can be shown."""
    size = len(file.read_bytes().decode("utf-8", "replace").splitlines()) + 2
    assert problems
    for problem in problems:
        assert problem.file.endswith(file.name)  # type: ignore[attr-defined]
        assert 1 <= problem.line <= size  # type: ignore[attr-defined]
        assert problem.column >= 1  # type: ignore[attr-defined]
        assert str(problem).isprintable()
        assert len(pointed_at(problem)) in (0, 2)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def originals() -> dict[str, list[str]]:
    return {
        "lesson": [path.read_text(encoding="utf-8") for path in sorted(MODULE_4.glob("*/lesson.yaml"))],
        "scenario": [path.read_text(encoding="utf-8") for path in sorted(SCENARIOS.glob("*.yaml"))],
        "course": [(MODULE_4 / "course.yaml").read_text(encoding="utf-8")],
        "glossary": ["\n\n".join((MODULE_4 / "glossary.yaml").read_text(encoding="utf-8").split("\n\n")[:6])],
    }


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_damaged_file_is_read_or_refused_with_its_places(
    tmp_path: Path, originals: dict[str, list[str]], batch: int
) -> None:
    draw = random.Random(f"ridelab {batch}")
    glossary = load_glossary(MODULE_4)
    (tmp_path / "01-x").mkdir()
    files = {
        "lesson": tmp_path / "01-x" / "lesson.yaml",
        "scenario": tmp_path / "mine.yaml",
        "course": tmp_path / "course.yaml",
        "glossary": tmp_path / "glossary.yaml",
    }
    course = "title: T\nsummary: S\nscenario: module-4\nlessons:\n  - {id: 01-x, title: X, minutes: 1, summary: S}\n"
    refused = 0
    for _ in range(EACH):
        kind = draw.choices(("lesson", "scenario", "course", "glossary"), (6, 3, 1, 1))[0]
        file = files[kind]
        files["course"].write_text(course, encoding="utf-8")
        text = draw.choice(originals[kind])
        file.write_bytes(damaged(some_steps(text, draw) if kind == "lesson" else text, draw))
        try:
            match kind:
                case "lesson":
                    if found := lint_lesson(OpenCourse(tmp_path), "01-x", glossary):
                        told([*found], file)
                case "scenario":
                    load_scenario(file)
                case "course":
                    OpenCourse(tmp_path)
                case _:
                    load_glossary(tmp_path)
        except DocumentError as error:
            refused += 1
            told(error.problems, file)
    assert EACH * 0.3 < refused < EACH * 0.95


def test_there_are_five_thousand() -> None:
    assert BATCHES * EACH == 5_000
