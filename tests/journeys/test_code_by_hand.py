"""Changing the system by keyboard: marks, a version of one's own, going back, and what the next start finds again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual import events

from lessons.progress import Progress
from tests.journeys.conftest import Journey
from tui.app import RidelabApp
from tui.panes.code_editor import SourceEditor
from tui.panes.code_pipeline import Pipeline
from tui.panes.code_view import SourceView
from tui.screens.first_time import mark_seen

if TYPE_CHECKING:
    from pathlib import Path

LESSON = "06-instrument"
HANGS = """    import collections
    collections.calls = getattr(collections, 'calls', 0) + 1
    if collections.calls >= 7:
        while True: pass
"""


def view(journey: Journey) -> SourceView:
    return journey.lesson.query_one(SourceView)


def pipeline(journey: Journey) -> Pipeline:
    return journey.lesson.query_one(Pipeline)


async def go_to(journey: Journey, text: str) -> None:
    """Go down to the line that holds a text."""
    await journey.keys("g")
    [line] = [i for i, row in enumerate(view(journey).rows) if text in row.code.plain]
    for _ in range(line):
        await journey.press("j")
    assert view(journey).cursor == line


async def smoke_tested(journey: Journey) -> None:
    """Wait for the child process that tries a version out."""
    for _ in range(2_000):
        if pipeline(journey).progress is None or not pipeline(journey).waiting:
            await journey.pilot.pause()
            return
        await journey.pilot.pause(0.01)
    pytest.fail("the smoke test never came to an end")


async def deploy(journey: Journey, *note: str) -> None:
    await journey.keys("d")
    await smoke_tested(journey)
    await journey.keys(" ".join([*note, "enter"]))


async def played(journey: Journey) -> None:
    """Let a run play in the process of its own, to its end."""
    before = len(journey.session.runs)
    await journey.keys("r e")
    for _ in range(4_000):
        if len(journey.session.runs) > before:
            return
        await journey.pilot.pause(0.01)
    pytest.fail("the run never came to an end")


def head(journey: Journey) -> str:
    return str(journey.lesson.query_one("#code-head").content)  # type: ignore[attr-defined]


@pytest.mark.parametrize("journey", [(80, 24), (120, 40)], indirect=True, ids=["80x24", "120x40"])
async def test_a_learner_marks_deploys_measures_and_goes_back(journey: Journey, data_folder: Path) -> None:
    await journey.open(LESSON)
    await journey.keys("6")
    await go_to(journey, "= await _get_ride_discount(")
    await journey.keys("m")
    assert "[draft*]" in head(journey)
    await deploy(journey, *"slow", "question_mark")
    assert journey.session.lab.versions["request-ride"].name == "mine-1"
    assert journey.app.host is not None
    await played(journey)
    share = next(row.gutter.plain for row in view(journey).rows if "get_ride_discount')" in row.code.plain)
    assert int(share.split()[-2].strip(">")) > 80
    assert "time is unmarked (run 1" in head(journey)

    await journey.keys("u")  # the text of before is a version again
    assert "[launch]" in head(journey)
    await journey.keys("ctrl+r v v")
    await journey.keys("e x enter escape")
    kept = journey.session.drafts["request-ride"]
    assert kept.startswith("x\n'''Request a ride")
    await deploy(journey)
    assert "NameError: name 'x' is not defined" in str(journey.lesson.query_one("#pipeline-said").content)  # type: ignore[attr-defined]
    assert journey.session.lab.versions["request-ride"].name == "mine-1"

    await journey.keys("escape H U g U")
    assert journey.session.lab.versions["request-ride"].name == "launch"
    await journey.keys("q")
    assert journey.app.host is None
    journey.app.exit()
    await journey.pilot.pause()
    await next_start(data_folder, kept)


async def next_start(data_folder: Path, kept: str) -> None:
    """Another start of the app finds the deploys, what runs, the note, and the draft."""
    app = RidelabApp(data=data_folder, seed=7)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        journey = Journey(app, pilot)
        await journey.open(LESSON)
        session = journey.session
        assert session.lab.versions["request-ride"].name == "launch"
        assert [one.version.name for one in session.deploys if one.service == "request-ride"][-1] == "mine-1"
        assert session.deploys[-1].note == "slow?"
        await journey.keys("6")
        assert "[draft*]" in head(journey)
        assert "\n".join(row.code.plain for row in view(journey).rows) + "\n" == kept
        await journey.keys("H")
        assert any("slow?" in row.code.plain for row in view(journey).rows)


@pytest.fixture
async def at_home(data_folder: Path):
    """A learner at home, in a small terminal."""
    with Progress.open(data_folder) as progress:
        mark_seen(progress)
    app = RidelabApp(data=data_folder, seed=7)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        yield Journey(app, pilot)


async def test_a_version_that_never_comes_back_is_told_and_taken_back(at_home: Journey) -> None:
    journey = at_home
    said: list[str] = []
    await journey.open(LESSON)
    journey.lesson.notify = lambda message, **_: said.append(message)  # type: ignore[method-assign]
    await journey.keys("6")
    await go_to(journey, "    user = _get_user")
    await journey.keys("e home")
    editor = journey.lesson.query_one(SourceEditor)
    editor.move_cursor((editor.cursor_location[0], 0))
    editor.post_message(events.Paste(HANGS))
    await journey.keys("escape")
    await deploy(journey)
    assert journey.session.lab.versions["request-ride"].name == "mine-1"
    await played(journey)
    never = [text for text in said if "does not come back" in text]
    assert [text.partition("(")[2][:6] for text in never] == ["1 of 3", "2 of 3", "3 of 3"]
    assert any(
        "did not come back for the 3rd time: it was rolled back, and request-ride@launch answers" in text
        for text in said
    )
    assert journey.session.lab.versions["request-ride"].name == "launch"
    await journey.keys("6 H")
    assert any("taken back" in row.code.plain for row in view(journey).rows)
    assert "launch *deployed" in head(journey)
