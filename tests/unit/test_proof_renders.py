"""The proof evaluates each number that a check may say: a text that would fail on a learner fails `ridelab check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lessons import actions as act
from lessons.loader import OpenCourse
from lessons.model import Clause, Lesson, Start, Step
from lessons.proof import prove, walk
from lessons.session import Session

if TYPE_CHECKING:
    from pathlib import Path

SCENARIO = OpenCourse().scenario
WORDS = "{{ run.ride | ms }}"
"""A version's name is no time: this cannot be rendered once there is a run."""


def problems(clause: Clause) -> list[str]:
    step = Step(id="one", title="One", text="Run.", check=[clause], proof=[act.RunLoad()])
    start = Start(plan="one-by-hand.yml")
    lesson = Lesson(title="L", goal="You can", panes=["load"], start=start, steps=[step])
    return [what for _, what in walk(Session(SCENARIO, lesson, 7))]


@pytest.mark.parametrize("key", ["otherwise", "unknown", "hint"])
def test_a_number_that_cannot_be_written_is_found_though_the_proof_never_says_it(key: str) -> None:
    texts = {"otherwise": "no run yet", key: f"it was {WORDS}"}
    (what,) = problems(Clause(that="did.ran >= 1", **texts))
    assert what.startswith("step `one`: ")
    assert "`ms` cannot be computed" in what


def test_one_that_has_no_value_yet_is_no_problem() -> None:
    said = "the slowest of {{ did.ran | count }} took {{ run.max | ms }}"
    assert problems(Clause(that="did.ran >= 1", otherwise=said, unknown=said, hint=said)) == []


BOARD = """\
title: One
summary: One lesson.
scenario: module-4
lessons: [{id: 01-run, title: Run, minutes: 5, summary: Run once.}]
mysteries:
  - {id: slow, title: Slow, seen: 01-run, closed_in: 01-run, closed_by: done, evidence: "%s"}
"""
RUN = """\
title: Run
goal: You can run.
panes: [load]
start: {plan: one-by-hand.yml}
steps:
  - id: run
    title: Run
    text: Run.
    question:
      id: done
      ask: Done?
      choices: [{id: yes, text: "Yes", right: true, because: It is.}, {id: no, text: "No", because: It is not.}]
    proof: [{do: run}, {do: answer, question: done, choices: [yes]}]
"""


@pytest.mark.parametrize(
    ("evidence", "what"),
    [
        ("It took {{ run.max | ms }}.", None),
        ("It was {{ run.ride | ms }}.", "`ms` cannot be computed"),
        ("It changed by {{ pair.p50_change | ms }}.", "what course.yaml tells at its end has no value"),
    ],
)
def test_the_evidence_of_a_mystery_is_told_on_every_seed(
    tmp_path: Path, evidence: str, what: str | None
) -> None:
    (tmp_path / "01-run").mkdir()
    (tmp_path / "course.yaml").write_text(BOARD % evidence, encoding="utf-8")
    (tmp_path / "01-run" / "lesson.yaml").write_text(RUN, encoding="utf-8")
    _, found = prove(OpenCourse(tmp_path), "01-run", range(1, 4))
    if what is None:
        assert found == []
    else:
        assert what in found[0].what
        assert "on all of 3 seeds" in found[0].what
        assert found[0].line == 6
