"""The guide for authors is true: its course passes, its errors are those that come, and it names all there is."""

from __future__ import annotations

import re
import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from lessons.expressions import FILTERS
from lessons.glossary import Term
from lessons.model import (
    Budget,
    Choice,
    Clause,
    Lesson,
    Pane,
    Question,
    Recorded,
    Start,
    Step,
    Variant,
)
from lessons.names import FUNCTIONS, NAMES
from lessons.outline import Course, Entry, Finding, Mystery
from tests.unit.command import Said, said

if TYPE_CHECKING:
    from collections.abc import Callable

LATER = (Budget, Finding, Mystery, Recorded, Variant)
GUIDE = (Path(__file__).parents[2] / "docs" / "authoring.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"<!-- file: (?P<file>\S+) -->\n```yaml\n(?P<text>.*?)```", re.DOTALL)


@pytest.fixture
def ridelab(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    return partial(said, capsys)


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The course of the guide, as somebody would type it, in the folder where one stands."""
    monkeypatch.chdir(tmp_path)
    folder = Path("my-lessons")
    for block in BLOCK.finditer(GUIDE):
        file = folder / block["file"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block["text"], encoding="utf-8")
    return folder


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_course_of_the_guide_passes_and_says_what_the_guide_says(
    ridelab: Callable[..., Said], course: Path
) -> None:
    assert sorted(path.name for path in course.iterdir()) == ["01-tail", "course.yaml", "glossary.yaml"]
    code, out, err = ridelab("check", f"{course}/")
    assert (code, err) == (0, "")
    assert all(f"    {line}\n" in GUIDE for line in out.splitlines())
    assert len(out.splitlines()) == 2


def test_the_error_of_the_guide_is_the_one_that_comes(ridelab: Callable[..., Said], course: Path) -> None:
    change(course / "01-tail" / "lesson.yaml", "{{ run.median | ms }}", "{{ run.medain | ms }}")
    code, _, err = ridelab("check", str(course))
    assert code == 2
    assert "".join(f"    {line}\n" for line in err.splitlines()) in GUIDE


def test_the_guide_names_every_key_filter_function_pane_and_group_of_names() -> None:
    words = set(re.findall(r"[\w.]+", GUIDE))
    kinds = (Course, Entry, Lesson, Start, Step, Question, Choice, Clause, Term, *LATER)
    assert words >= {field for kind in kinds for field in kind.__struct_fields__}
    assert words >= FILTERS.keys() | FUNCTIONS.keys() | set(get_args(Pane))
    groups = {name.partition(".")[0] for name in NAMES}
    assert not [group for group in groups if f"`{group}." not in GUIDE]


def test_lessons_of_ones_own_are_listed_and_begun_anew(
    ridelab: Callable[..., Said], course: Path, tmp_path: Path
) -> None:
    data = str(tmp_path / "data")
    code, out, _ = ridelab("lessons", "--lessons", str(course), "--data", data)
    assert code == 0
    assert out.startswith("01-tail  Look at the slow end")
    code, _, err = ridelab("reset", "01", "--yes", "--lessons", str(course), "--data", data)
    assert (code, err) == (0, "Lesson 01-tail, Look at the slow end, will begin anew.\n")


LESSON = "01-tail/lesson.yaml"
BROKEN = {
    "a name that there is not": ("run.max | ms }}.", "run.maximum | ms }}.", "unknown name `run.maximum`", 2),
    "a key that there is not": ("hints:", "hint:", "did you mean `hints`?", 2),
    "a check that is never met": ("did.ran >= 1", "did.ran >= 2", "is not met by its proof", 1),
    "a check that is met at once": (
        "did.ran >= 1",
        "did.ran >= 0",
        "is met before anything is done in its step",
        1,
    ),
    "a number that is never known": (
        "{{ run.over | count }}",
        "{{ run.p99 | ms }}",
        "never known here: p99 needs 299",
        1,
    ),
    "a question without a value": (
        "is {{ run.median | ms }}. What",
        "is {{ pair.p95_change | ms }}. What",
        "never known",
        1,
    ),
    "two right choices": (
        "id: same\n          text",
        "id: same\n          right: true\n          text",
        "exactly one choice is right where one is asked for; here 2 are",
        2,
    ),
    "no right choice": ("          right: true\n", "", "exactly one choice is right", 2),
    "a choice without a reason": (
        "because: The slowest waited {{ run.max | ms }}, many times the median.",
        'because: " "',
        "choice `same` has no explanation",
        1,
    ),
    "a dead link": (
        "for a minute.",
        "for a minute ([more](more.md)).",
        "the link to `more.md` leads nowhere",
        1,
    ),
    "a lesson that there is not": ("for a minute.", "for a minute. See lesson 9.", "there is no lesson 9", 1),
    "one hint": (
        "      - The load generator stands ready in the Load pane.\n",
        "",
        "has 1 hint: write 2 to 4",
        1,
    ),
    "a literal latency": ("for a minute.", "for a minute, in 900 ms.", "`900 ms` is a literal figure", 1),
    "a literal share": ("Both can be true", "20 % say so. Both can be true", "`20 %` is a literal figure", 1),
    "single braces": (
        "for a minute.",
        "for { run.max | ms }.",
        "is not evaluated: write `{{ run.max | ms }}`",
        1,
    ),
    "a bare name": ("for a minute.", "for run.max.", "`run.max` is not evaluated", 1),
    "an unclosed insert": (
        "{{ run.median | ms }}, and",
        "{{ run.median | ms, and",
        "expected an operator or the end after `ms`",
        2,
    ),
    "an unknown term": ("[[tail]]", "[[tial]]", "no term `tial` in the glossary; did you mean `tail`?", 1),
    "an unmarked watch-word": ("[[median]]", "median", "`median` is used for the first time", 1),
    "a mark in a title": ("title: The last in the line", 'title: "[[tail]]"', "are not marked here", 1),
    "a pane that is not offered": ("pane: load", "pane: trace", "none of this lesson's `panes`", 1),
    "a version that is not offered": (
        "      - {do: run}\n",
        "      - {do: deploy, version: request-ride@traced}\n      - {do: run}\n",
        "is not offered it",
        1,
    ),
    "no proof": (
        "    proof:\n      - {do: predict, question: over_a_second, number: 3}\n      - {do: run}\n",
        "",
        "has no `proof`",
        2,
    ),
    "too long a step": (
        "      The load plan sends",
        "      A line.\n" * 41 + "      The load plan sends",
        "at most 40 lines",
        2,
    ),
    "a version that there is not": ("request-ride@launch", "request-ride@lunch", "did you mean", 2),
    "an answer to no question": (
        "do: predict, question: over",
        "do: predict, question: ovr",
        "did you mean `over",
        2,
    ),
    "a name with dashes": (
        "{{ run.median | ms }}, and",
        "{{ did.compare-groups }}, and",
        "`did.compare_groups`",
        2,
    ),
    "a comparison the wrong way round": (
        "{{ run.median | ms }}, and",
        "{{ run.n => 1 }}, and",
        "write `>=`",
        2,
    ),
    "a closing brace too few": (
        "{{ run.median | ms }}, and",
        "{{ run.median | ms }, and",
        "is closed by `}}`",
        2,
    ),
    "half an indentation": ("    check:\n", "   check:\n", ":", 2),
}


@pytest.mark.parametrize("what", BROKEN)
def test_check_refuses(ridelab: Callable[..., Said], course: Path, what: str) -> None:
    old, new, told, expected = BROKEN[what]
    change(course / LESSON, old, new)
    code, _, err = ridelab("check", str(course))
    assert told in err, err
    assert code == expected
    heads = [line for line in err.splitlines() if line.startswith("ridelab: ")]
    assert heads
    assert all(re.match(rf"ridelab: {course / LESSON}:\d+:\d+: ", line) for line in heads), err


def test_a_place_is_that_of_the_word_itself(ridelab: Callable[..., Said], course: Path) -> None:
    change(course / LESSON, "Open one of the slow", "Open in 3 ms one of the slow")
    lines = (course / LESSON).read_text(encoding="utf-8").split("\n")
    row = next(number for number, line in enumerate(lines, start=1) if "3 ms" in line)
    code, _, err = ridelab("check", str(course))
    assert code == 1
    assert f":{row}:{lines[row - 1].index('3 ms') + 1}: " in err.splitlines()[0]
    assert err.splitlines()[2].index("^") == err.splitlines()[1].index("3 ms")


def test_a_glossary_that_cannot_be_read_is_told_once(ridelab: Callable[..., Said], course: Path) -> None:
    change(course / "glossary.yaml", "see: [median]", "see: [meridian]")
    code, out, err = ridelab("check", str(course))
    assert code == 2
    [head] = [line for line in err.splitlines() if line.startswith("ridelab: ")]
    assert head.endswith("there is no term `meridian`; did you mean `median`?")
    assert out.startswith("01-tail: 3 steps")


def test_a_folder_that_nobody_lists_is_told(ridelab: Callable[..., Said], course: Path) -> None:
    (course / "02-more").mkdir()
    (course / "02-more" / "lesson.yaml").write_text("title: x\n", encoding="utf-8")
    code, _, err = ridelab("check", str(course))
    assert code == 1
    assert f"{course / 'course.yaml'}:5:3: the lesson in the folder `02-more` is not listed" in err


def test_a_lesson_in_another_folder_is_told_where_it_is_listed(
    ridelab: Callable[..., Said], course: Path
) -> None:
    change(course / "course.yaml", "id: 01-tail", "id: 01-tial")
    code, _, err = ridelab("check", str(course))
    assert code == 1
    [head] = [line for line in err.splitlines() if line.startswith("ridelab: ")]
    assert f"{course / 'course.yaml'}:" in head
    assert "there is no `01-tial/lesson.yaml` beside this file; did you mean `01-tail`?" in head


def test_a_choice_that_a_proof_misspells_is_told_where_it_stands(
    ridelab: Callable[..., Said], course: Path
) -> None:
    change(course / LESSON, "choices: [", "choices: [x")
    code, _, err = ridelab("check", str(course))
    assert code == 2
    assert re.search(r"has no choice `x\w+`; did you mean `\w+`\?", err)


def test_a_figure_in_a_glossary_needs_a_source(ridelab: Callable[..., Said], course: Path) -> None:
    change(course / "glossary.yaml", "Few requests are in it.", "It begins at 900 ms.")
    code, _, err = ridelab("check", str(course))
    assert code == 1
    assert f"{course / 'glossary.yaml'}:" in err
    assert "`900 ms` is a figure: say in `source`" in err
    change(course / "glossary.yaml", "at 900 ms.", "at 900 ms.\n    source: a book")
    assert ridelab("check", str(course))[0] == 0


def test_code_in_a_proof_wants_trust(ridelab: Callable[..., Said], course: Path) -> None:
    change(
        course / LESSON,
        "      - {do: run}\n",
        "      - {do: deploy-own, edits: [[a, b]]}\n      - {do: run}\n",
    )
    code, _, err = ridelab("check", str(course))
    assert code == 2
    assert "--trust" in err
    assert "--trust" in GUIDE


def test_a_scenario_and_a_plan_of_the_courses_own_are_found(
    ridelab: Callable[..., Said], course: Path
) -> None:
    plans = Path(__file__).parents[2] / "simulator" / "plans"
    shutil.copy(plans / "artillery-slowness.yml", course / "mine.yml")
    shutil.copy(plans / "user.csv", course)
    (course / "two-at-once.yaml").write_text(
        "extends: module-4\nname: two-at-once\nwarm: 2\n", encoding="utf-8"
    )
    change(course / "course.yaml", "scenario: module-4", "scenario: two-at-once.yaml")
    change(course / LESSON, "  monitoring:", "  plan: mine.yml\n  monitoring:")
    code, out, err = ridelab("check", str(course))
    assert (code, err) == (0, ""), out
    change(course / "course.yaml", "two-at-once.yaml", "three.yaml")
    code, _, err = ridelab("check", str(course))
    assert code == 2
    assert f"{course / 'course.yaml'}:3:11: " in err


MYSTERY = """
mysteries:
  - {id: a, title: Slow, seen: 01-tail, closed_in: 02-tail, closed_by: median_says, evidence: It took 900 ms.}
"""


def test_what_a_course_says_and_leads_to_is_checked_too(ridelab: Callable[..., Said], course: Path) -> None:
    file = course / "course.yaml"
    file.write_text(file.read_text(encoding="utf-8").rstrip() + MYSTERY, encoding="utf-8")
    code, _, err = ridelab("check", str(course))
    assert code > 0
    line = MYSTERY.split("\n")[2]
    assert (
        f"{file}:10:{line.index('02-tail') + 1}: there is no lesson `02-tail`; did you mean `01-tail`?" in err
    )
    assert f"{file}:10:{line.index('900 ms') + 1}: `900 ms` is a literal figure" in err
