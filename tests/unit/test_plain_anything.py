"""Whatever somebody types: it is answered, and nothing is raised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lessons.progress import Progress
from simulator.smoke import Verdict
from tests.unit.plain_talk import COURSE, SEED, Talk
from tui.plain_commands import LESSON

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

WORDS = [
    word for one in LESSON for word in (one.name, *one.also) if one.name not in {"quit", "edit", "export"}
]
WORD = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(
        ["1", "2", "0", "-1", "1 2", "slow", "whole", "own", "all", "run", "page", "request-ride", "traced"]
    ),
    st.text(max_size=6),
)
LINE = st.lists(WORD, max_size=4).map(" ".join)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(LINE, max_size=10),
    lesson=st.sampled_from([entry.id for entry in COURSE.entries if entry.id < "08"]),
)
def test_any_lines_are_answered_and_nothing_is_raised(
    lines: list[str], lesson: str, monkeypatch: pytest.MonkeyPatch, data_folder: Path
) -> None:
    monkeypatch.setattr("tui.plain_own.tried", lambda version, _session: Verdict(version, passed=True))
    talk = Talk(Progress.in_memory(seed=SEED), data_folder)
    said = talk.type(*lines, lesson=lesson)
    assert said.endswith("Nothing more is saved.")
    assert all(line.isprintable() for line in said.splitlines())
