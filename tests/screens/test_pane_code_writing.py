"""Writing in the Code pane: marks on and off, the editors, undo and redo, drafts that are kept."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from simulator.deploying import read_version
from simulator.marking import marks
from tests.screens.code_app import code_shown, go_to
from tests.screens.pane_app import (
    BESIDE,
    LARGE,
    NARROW,
    SMALL,
    TRACED,
    a_session,
    expect_golden,
    press,
    run,
    settled,
)
from tui.panes.code_drafts import Drafts
from tui.panes.code_editor import SourceEditor, edit_outside
from tui.screens.confirm import ConfirmScreen

if TYPE_CHECKING:
    from pathlib import Path

LAUNCH = read_version("request-ride@launch").source
SIZES = {"narrow": NARROW, "small": SMALL, "beside": BESIDE, "large": LARGE}
SIZED = pytest.mark.parametrize("size", SIZES)
CALL = "ride = await _get_ride("


async def test_m_marks_the_statement_under_the_cursor_and_takes_the_mark_away_again() -> None:
    session = a_session()
    async with code_shown(session) as (app, pilot):
        await go_to(app, pilot, CALL)
        await press(pilot, "m")
        [mark] = marks(app.source)
        assert (mark.name, mark.line - 1) == ("get_ride", app.view.cursor)
        assert app.head.endswith("[draft*]")
        assert "'get_ride'" in app.said
        assert session.drafts == {"request-ride": app.source}
        await press(pilot, "m")
        assert app.source == LAUNCH
        assert "draft" not in app.head
        assert session.drafts == {}


async def test_on_the_marked_statement_itself_m_takes_the_mark_away_too() -> None:
    async with code_shown(a_session()) as (app, pilot):
        await go_to(app, pilot, CALL)
        await press(pilot, "m", "j", "m")
        assert app.source == LAUNCH


async def test_a_statement_with_others_under_a_mark_gets_one_of_its_own() -> None:
    session = a_session()
    session.keep_draft("request-ride", LAUNCH.replace(
        "    ride = await _get_ride(context, user, pickup_location)\n\n"
        "    discount_multiplier = await _get_ride_discount(context, user, pickup_location)\n",
        "    with context.mark('both'):\n"
        "        ride = await _get_ride(context, user, pickup_location)\n"
        "        discount_multiplier = await _get_ride_discount(context, user, pickup_location)\n",
    ))  # fmt: skip
    async with code_shown(session) as (app, pilot):
        await go_to(app, pilot, "await _get_ride_discount(context, user")
        await press(pilot, "m")
        assert [(mark.name, mark.depth) for mark in marks(app.source)] == [
            ("both", 0),
            ("get_ride_discount", 1),
        ]


async def test_where_no_mark_can_be_the_line_below_says_why_and_nothing_changes() -> None:
    session = a_session()
    async with code_shown(session) as (app, pilot):
        await press(pilot, "j", "m")
        assert app.said.startswith("line 2: ")
        assert app.said.endswith("Nothing was changed.")
        assert app.source == LAUNCH
        assert session.drafts == {}
        assert "line 2: " in app.text()
        await press(pilot, "j")
        assert app.said == ""


async def test_what_was_done_is_undone_and_done_again_and_the_cursor_goes_there() -> None:
    session = a_session()
    async with code_shown(session) as (app, pilot):
        await go_to(app, pilot, CALL)
        await press(pilot, "m")
        one = app.source
        await go_to(app, pilot, "await _record_ride(")
        await press(pilot, "m")
        two = app.source
        await press(pilot, "g", "u")
        assert (app.source, session.drafts["request-ride"]) == (one, one)
        assert "_record_ride(context, ride)" in app.view.rows[app.view.cursor].code.plain
        await press(pilot, "u")
        assert app.source == LAUNCH
        assert not app.code.can_do("undo")
        assert session.drafts == {}
        await press(pilot, "ctrl+r", "ctrl+r")
        assert app.source == two
        assert not app.code.can_do("redo")


async def test_a_draft_that_begins_anew_says_so_and_the_one_before_comes_back() -> None:
    async with code_shown(a_session()) as (app, pilot):
        await go_to(app, pilot, CALL)
        await press(pilot, "m")
        first = app.source
        await press(pilot, "v", "v")
        assert "[traced]" in app.head
        await go_to(app, pilot, "body = json.loads(")
        await press(pilot, "m")
        assert "the draft begins anew from traced: u twice brings the one before back" in app.said
        assert app.source.count("context.mark(") == read_version(TRACED).source.count("context.mark(") + 1
        await press(pilot, "u", "u")
        assert app.source == first


async def test_v_reaches_the_draft_after_the_versions() -> None:
    async with code_shown(a_session()) as (app, pilot):
        await go_to(app, pilot, CALL)
        await press(pilot, "m")
        seen = []
        for _ in range(4):
            await press(pilot, "v")
            seen.append(app.head.partition("[")[2].partition("]")[0])
        assert seen == ["launch *deployed", "traced", "published-trace", "draft*"]


async def test_a_draft_that_was_kept_is_shown_again() -> None:
    session = a_session()
    session.keep_draft("request-ride", LAUNCH + "\n# mine\n")
    async with code_shown(session) as (app, pilot):
        assert app.source == LAUNCH + "\n# mine\n"
        assert "[draft*]" in app.head
        assert app.performed == []  # nobody read a version
        await press(pilot, "v")
        assert app.source == LAUNCH


@SIZED
async def test_a_draft_beside_its_versions(size: str) -> None:
    session = run(a_session())
    async with code_shown(session, SIZES[size]) as (app, pilot):
        await go_to(app, pilot, CALL)
        await press(pilot, "m")
        assert app.gutters[app.line_of("await _get_ride(")] == ""
        assert app.gutters[app.line_of("await _record_ride(")] == "unmarked"
        expect_golden(f"code_draft_{size}", app.text())


# the editors


async def test_in_the_editor_letters_are_text_and_escape_keeps_them() -> None:
    session = a_session()
    async with code_shown(session) as (app, pilot):
        await go_to(app, pilot, "_logger = ")
        await press(pilot, "e")
        assert isinstance(app.focused, SourceEditor)
        assert app.code.editor.cursor_location == (9, 0)
        await press(pilot, *"mrqd", "enter", "escape")
        assert app.source == LAUNCH.replace("_logger = ", "mrqd\n_logger = ", 1)
        assert session.drafts["request-ride"] == app.source
        assert app.view.cursor == 10
        assert app.focused is app.code
        assert app.performed == [app.performed[0]]  # the version was read; no key did anything else


async def test_enter_keeps_the_indentation_and_goes_deeper_behind_a_colon() -> None:
    async with code_shown(a_session()) as (app, pilot):
        await press(pilot, "e")
        app.code.editor.load_text("    if True:")
        await press(pilot, "end", "enter", "x", "enter", "y", "tab", "z", "escape")
        assert app.source == "    if True:\n        x\n        y   z\n"


async def test_the_editor_has_the_colors_of_the_pane() -> None:
    async with code_shown(a_session()) as (app, pilot):
        await press(pilot, "e")
        editor = app.code.editor
        line = editor.get_line(2)
        assert line.plain == "import json"
        assert {(span.start, span.end) for span in line.spans} >= {(0, 6), (7, 11)}
        await press(pilot, "down", "down", *"x = 1", "enter")
        assert editor.get_line(2).plain == "x = 1"
        assert any(span.start == 4 for span in editor.get_line(2).spans)


async def test_leaving_the_editor_without_a_change_leaves_no_draft() -> None:
    session = a_session()
    async with code_shown(session) as (app, pilot):
        await press(pilot, "e", "escape")
        assert app.source == LAUNCH
        assert session.drafts == {}
        assert not app.code.can_do("undo")


async def test_what_comes_meanwhile_does_not_disturb_who_writes() -> None:
    session = a_session()
    async with code_shown(session) as (app, pilot):
        await press(pilot, "e", "x")
        run(session)
        app.push()
        await settled(pilot)
        app.code.focus_target()
        await press(pilot, "y", "escape")
        assert app.source.startswith("xy'''Request a ride")


async def test_what_is_being_typed_is_kept_before_the_editor_is_left() -> None:
    session = a_session()
    async with code_shown(session) as (_, pilot):
        await press(pilot, "e", "x")
        assert session.drafts["request-ride"] == "x" + LAUNCH
        await press(pilot, "backspace")
        assert session.drafts == {}


async def test_looking_at_a_version_in_the_editor_leaves_the_draft_alone() -> None:
    session = a_session()
    draft = LAUNCH + "# mine\n"
    session.keep_draft("request-ride", draft)
    async with code_shown(session) as (app, pilot):
        await press(pilot, "v", "e")
        assert session.drafts == {"request-ride": draft}
        await press(pilot, "x", "backspace", "escape")
        assert session.drafts == {"request-ride": draft}
        assert "[launch *deployed]" in app.head
        await press(pilot, "e", "x", "escape")
        assert app.said == "The draft begins anew from launch: u twice brings the one before back"
        assert session.drafts == {"request-ride": "x" + LAUNCH}
        await press(pilot, "u", "u")
        assert (app.source, session.drafts) == (draft, {"request-ride": draft})


async def test_capital_e_writes_in_the_editor_of_the_learner(monkeypatch, tmp_path: Path) -> None:
    script = tmp_path / "edit.py"
    script.write_text(
        "import sys\npath = sys.argv[-1]\ntext = open(path).read()\nopen(path, 'w').write('# out\\n' + text)\n"
    )
    monkeypatch.setenv("VISUAL", f"{sys.executable} {script}")
    session = a_session()
    async with code_shown(session) as (app, pilot):
        monkeypatch.setattr(app, "suspend", nullcontext)
        await press(pilot, "E")
        assert app.source == "# out\n" + LAUNCH
        assert session.drafts["request-ride"] == app.source
        await press(pilot, "u")
        assert app.source == LAUNCH


@pytest.mark.parametrize(
    ("editor", "why"),
    [
        ("", "neither VISUAL nor EDITOR says which editor is yours"),
        ("there-is-no-such-editor -w", "`there-is-no-such-editor` cannot be started: No such file or directory"),
        ("'unclosed", "`'unclosed` cannot be read as a command"),
        (f"{sys.executable} -c raise(SystemExit(3))", "ended with code 3: the text is as it was"),
    ],
)  # fmt: skip
async def test_an_editor_that_cannot_is_said_in_a_line(monkeypatch, editor: str, why: str) -> None:
    monkeypatch.setenv("VISUAL", "")
    monkeypatch.setenv("EDITOR", editor)
    session = a_session()
    async with code_shown(session) as (app, pilot):
        monkeypatch.setattr(app, "suspend", nullcontext)
        await press(pilot, "E")
        assert why in app.said
        assert app.said.endswith("; e edits here.")
        assert app.source == LAUNCH


async def test_a_terminal_that_cannot_be_lent_is_said_in_a_line() -> None:
    async with code_shown(a_session()) as (app, pilot):
        await press(pilot, "E")
        assert app.said == "this terminal cannot be lent to another program; e edits here."


def test_what_an_editor_leaves_that_is_no_text_is_not_taken() -> None:
    code = "import sys; open(sys.argv[-1], 'wb').write(b'\\xff')"
    outside = edit_outside("x", "x.py", {"VISUAL": f'{sys.executable} -c "{code}"'})
    assert outside.text is None
    assert "cannot be read" in outside.trouble


# throwing it away


async def test_capital_x_throws_the_draft_away_after_a_question() -> None:
    session = a_session()
    async with code_shown(session) as (app, pilot):
        await go_to(app, pilot, CALL)
        await press(pilot, "m", "X")
        assert isinstance(app.screen, ConfirmScreen)
        assert "Discard the draft of request-ride?" in app.text()
        await press(pilot, "n")
        assert "[draft*]" in app.head
        draft = app.source
        await press(pilot, "X", "y")
        assert (app.source, session.drafts) == (LAUNCH, {})
        assert not app.code.can_do("discard")
        await press(pilot, "u")
        assert (app.source, session.drafts) == (draft, {"request-ride": draft})


async def test_without_a_draft_there_is_nothing_to_throw_away() -> None:
    async with code_shown(a_session()) as (app, pilot):
        await press(pilot, "X", "u", "ctrl+r")
        assert app.source == LAUNCH
        assert not isinstance(app.screen, ConfirmScreen)


# the record of what was written


def test_drafts_begin_with_what_is_shown_and_tell_the_line_that_changed() -> None:
    drafts = Drafts({})
    assert drafts.text("s") is None
    assert drafts.write("s", "a\nb\nc", "a\nx\nc") == 1
    assert drafts.undo("s") == 1
    assert drafts.text("s") == "a\nb\nc"
    assert (drafts.can_undo("s"), drafts.can_redo("s")) == (False, True)
    assert drafts.redo("s") == 1
    assert drafts.write("s", "a\nx\nc", "a") == 0


@SIZED
async def test_what_the_draft_changes_is_told_by_signs(size: str) -> None:
    async with code_shown(a_session(), SIZES[size]) as (app, pilot):
        await go_to(app, pilot, CALL)
        await press(pilot, "m", "D")
        signs = [row.gutter.plain[4:5] for row in app.view.rows]
        assert (signs.count("+"), signs.count("-")) == (2, 1)
        expect_golden(f"code_draft_diff_{size}", app.text())
        await press(pilot, "u")
        assert app.source == LAUNCH
