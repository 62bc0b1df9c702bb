"""Deploying from the Code pane: the pipeline, refusals, the history, going back, calls found out by running."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from textual.widgets import Input

from lessons import actions as act
from simulator import smoke
from simulator.deploying import Version, read_version
from simulator.smoke import Verdict
from tests.screens.code_app import AT, CodeApp, code_shown, go_to, until
from tests.screens.pane_app import (
    BESIDE,
    LARGE,
    NARROW,
    PUBLISHED,
    SMALL,
    a_session,
    expect_golden,
    press,
    settled,
)

LAUNCH = read_version("request-ride@launch").source
SIZES = {"narrow": NARROW, "small": SMALL, "beside": BESIDE, "large": LARGE}
SIZED = pytest.mark.parametrize("size", SIZES)
MINE = "request-ride@mine-1"
BROKEN = LAUNCH.replace("    body = json.loads(event['body'])\n", "    body = json.loads(event['boody'])\n")


async def judged(app: CodeApp, pilot) -> None:
    """Wait for the smoke test."""
    await until(
        pilot, lambda: app.code.pipeline.progress is None or not app.code.pipeline.waiting, "a verdict"
    )


async def mark(app: CodeApp, pilot, call: str = "ride = await _get_ride(") -> None:
    await go_to(app, pilot, call)
    await press(pilot, "m")


@pytest.fixture
def quick(monkeypatch) -> None:
    """Let every version pass at once: for what comes after a smoke test."""
    monkeypatch.setattr(smoke, "check", lambda version, *_, **__: Verdict(version, passed=True))


async def test_a_draft_goes_through_all_steps_and_is_deployed_with_its_note(monkeypatch) -> None:
    session, pressed, check = a_session(), threading.Event(), smoke.check

    def checked(*given: Any, **named: Any) -> Verdict:
        pressed.wait(60)  # for the keys that are answered meanwhile
        return check(*given, **named)

    monkeypatch.setattr(smoke, "check", checked)
    async with code_shown(session) as (app, pilot):
        await mark(app, pilot)
        draft = app.source
        await press(pilot, "d")
        assert "· activate" in app.steps
        await press(pilot, "j", "k")  # keys are answered meanwhile
        pressed.set()
        await judged(app, pilot)
        assert app.steps == "✓ parse  ✓ build  ✓ smoke test  ▸ activate"
        assert session.lab.versions["request-ride"].name == "launch"
        await press(pilot, *"try it", "enter")
        own = act.DeployOwn(service="request-ride", source=draft, note="try it", at=AT.isoformat())
        assert own in app.performed
        assert session.lab.versions["request-ride"] == Version("request-ride", "mine-1", draft)
        assert app.head.endswith("[mine-1 *deployed]")
        assert app.view.cursor == app.line_of("with context.mark(")  # where one was
        assert "draft" not in app.head
        assert session.drafts == {}
        assert app.focused is app.code
        assert not app.code.pipeline.display


async def test_enter_alone_deploys_without_a_note(quick) -> None:
    session = a_session()
    async with code_shown(session) as (app, pilot):
        await mark(app, pilot)
        await press(pilot, "d")
        await judged(app, pilot)
        await press(pilot, "enter")
        assert session.deploys[-1].note == ""
        assert session.deploys[-1].version.ref == MINE


@SIZED
async def test_what_fails_is_refused_with_its_line_and_the_cursor_goes_there(size: str) -> None:
    session = a_session()
    session.keep_draft("request-ride", BROKEN)
    async with code_shown(session, SIZES[size]) as (app, pilot):
        await press(pilot, "d")
        await judged(app, pilot)
        assert app.steps == "✓ parse  ✓ build  ✗ smoke test  · activate"
        assert "request-ride@draft:61: every invocation fails: KeyError: 'boody'" in app.refusal
        assert "the running version is untouched" in app.refusal
        assert "e edits line 61, u undoes, d tries again, escape closes this." in app.refusal
        assert app.view.cursor == 60
        assert session.lab.versions["request-ride"].name == "launch"
        assert session.drafts == {"request-ride": BROKEN}
        expect_golden(f"code_refused_{size}", app.text())
        await press(pilot, "escape")
        assert not app.code.pipeline.display


@pytest.mark.parametrize(
    ("source", "steps", "why"),
    [
        (LAUNCH.replace("if authorizer is None:", "if authorizer is None"), "✗ parse  · build", ":52:"),
        (LAUNCH.replace("async def handler", "async def handle"), "✓ parse  ✗ build", "no handler"),
        ("import os\n" + LAUNCH, "✓ parse  ✗ build", "cannot import `os` here"),
    ],
    ids=["syntax", "no handler", "import"],
)
async def test_what_cannot_be_built_is_refused_at_that_step(source: str, steps: str, why: str) -> None:
    session = a_session()
    session.keep_draft("request-ride", source)
    async with code_shown(session) as (app, pilot):
        await press(pilot, "d")
        await judged(app, pilot)
        assert app.steps.startswith(steps)
        assert why in app.refusal
        assert "the running version is untouched" in app.refusal


async def test_changing_a_refused_draft_takes_the_refusal_away() -> None:
    session = a_session()
    session.keep_draft("request-ride", "import os\n" + LAUNCH)
    async with code_shown(session) as (app, pilot):
        await press(pilot, "d")
        await judged(app, pilot)
        assert app.code.pipeline.display
        await press(pilot, "e", "delete", "escape")
        assert not app.code.pipeline.display


async def test_escape_gives_up_waiting_and_what_comes_later_is_not_for_us(monkeypatch) -> None:
    let_go, came = threading.Event(), threading.Event()

    def slow(version: Version, *_: object, **__: object) -> Verdict:
        let_go.wait(20)
        came.set()
        return Verdict(version, passed=True)

    monkeypatch.setattr(smoke, "check", slow)
    session = a_session()
    async with code_shown(session) as (app, pilot):
        await mark(app, pilot)
        await press(pilot, "d")
        assert "▸" in app.steps
        await press(pilot, "d")
        assert app.notices == ["a deploy is under way: escape gives it up"]
        await press(pilot, "escape")
        assert app.said == "The deploy was given up; the running version is untouched."
        let_go.set()
        await until(pilot, came.is_set, "the verdict that nobody waits for")
        await settled(pilot)
        assert app.code.pipeline.progress is None
        assert session.lab.versions["request-ride"].name == "launch"
        assert "[draft*]" in app.head


async def test_escape_in_the_note_gives_the_deploy_up(quick) -> None:
    session = a_session()
    async with code_shown(session) as (app, pilot):
        await mark(app, pilot)
        await press(pilot, "d")
        await judged(app, pilot)
        assert isinstance(app.focused, Input)
        await press(pilot, *"no", "escape")
        assert session.lab.versions["request-ride"].name == "launch"
        assert app.focused is app.code


async def test_the_note_gets_the_keys_wherever_one_clicks_and_after_writing(monkeypatch) -> None:
    let_go = threading.Event()
    monkeypatch.setattr(smoke, "check", lambda version, *_, **__: Verdict(version, passed=let_go.wait(20)))
    session = a_session()
    async with code_shown(session) as (app, pilot):
        await mark(app, pilot)
        draft = app.source
        await press(pilot, "d", "e", "z")
        let_go.set()
        await judged(app, pilot)
        await press(pilot, "y", "escape")
        assert isinstance(app.focused, Input)
        await pilot.click("#code-text", offset=(10, 3))
        await settled(pilot)
        assert isinstance(app.focused, Input)
        await press(pilot, "a", "enter")
        assert (session.deploys[-1].note, session.deploys[-1].version.source) == ("a", draft)
        assert app.code.draft(app.pane.view).source.count("zy") == 1  # type: ignore[arg-type, union-attr]
        assert "zy" in session.drafts["request-ride"]  # what was written since stays


async def test_the_process_of_the_host_is_started_when_a_version_has_passed(quick) -> None:
    class Host:
        prepared = 0

        def prepare(self) -> None:
            self.prepared += 1

    session = a_session()
    session.lab.host = host = Host()  # type: ignore[assignment]
    async with code_shown(session) as (app, pilot):
        await press(pilot, "v", "d")
        assert host.prepared == 0  # a version that is ours needs none
        await mark(app, pilot, "body = json.loads(")
        await press(pilot, "d")
        await judged(app, pilot)
        assert host.prepared == 1


async def test_a_version_of_ones_own_is_deployed_again_without_a_smoke_test(quick) -> None:
    session = a_session()
    async with code_shown(session) as (app, pilot):
        await mark(app, pilot)
        await press(pilot, "d")
        await judged(app, pilot)
        await press(pilot, "enter", "U", "v", "v", "v")
        assert "[mine-1]" in app.head
        await press(pilot, "d")
        assert act.Deploy(version=MINE) in app.performed
        assert session.lab.versions["request-ride"].ref == MINE


# other keys


async def test_with_other_keys_what_is_said_names_them() -> None:
    session = a_session()
    session.keep_draft("request-ride", "import os\n" + LAUNCH)
    keys = {"code.mark": ("M",), "code.edit": ("i",), "code.deploy": ("Z",), "code.next-version": ("N",)}
    async with code_shown(session, remapped=keys) as (app, pilot):
        await press(pilot, "Z")
        await judged(app, pilot)
        assert "i edits line 1, u undoes, Z tries again, escape closes this." in app.refusal
        await press(pilot, "N", "Z")
        assert app.notices == ["request-ride@launch is deployed already: N shows the next version"]
        await go_to(app, pilot, "ride = await _get_ride(")
        await press(pilot, "m")
        assert app.source == LAUNCH
        await press(pilot, "M")
        assert "M again takes it away" in app.said
        assert PUBLISHED.partition("@")[2] in app.head
