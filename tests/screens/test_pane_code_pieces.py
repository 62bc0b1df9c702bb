"""What the Code pane is made of: shares of the time, bare lines, calls in words, what fits above the code."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons import actions as act
from simulator.compare import slow_against_fast
from simulator.deploying import Version, read_version
from simulator.marking import MarkError, mark
from simulator.smoke import Verdict
from tests.screens.pane_app import PUBLISHED, TRACED, a_session, run
from tui.panes.code_calls import calls_lines, differences
from tui.panes.code_drafts import DRAFT, changed_lines, first_difference
from tui.panes.code_editor import SourceEditor
from tui.panes.code_head import chooser
from tui.panes.code_marking import toggle_mark
from tui.panes.code_rows import share_bar
from tui.panes.code_shares import bare_lines, covered_s, newest_shares, shares_of
from tui.panes.code_versions import _runs, ran, runs_of
from tui.screens.lesson_troubles import Troubles

SLOW_S = 1.0
LAUNCH = read_version("request-ride@launch")


# shares


@pytest.mark.parametrize("ref", [TRACED, PUBLISHED, "request-ride@mark-discount", "request-ride@launch"])
def test_shares_are_the_medians_that_the_compare_pane_has(ref: str) -> None:
    data = run(a_session(), ref).runs[0]
    shares = shares_of(data, read_version(ref), SLOW_S)
    groups = slow_against_fast(data, SLOW_S)
    medians = {row.name: row.slow_s / groups.slow_median_s for row in groups.spans}
    assert shares is not None
    assert (shares.slow, shares.invocations) == (True, groups.slow)
    assert shares.unmarked == pytest.approx(medians.pop("unmarked"))
    assert {one.name: one.share for one in shares.lines.values()} == pytest.approx(medians)


def test_a_version_deployed_under_way_has_the_shares_of_its_own_invocations() -> None:
    session = a_session()
    session.perform(act.RunLoad())
    session.lab.advance(30.0)
    session.perform(act.Deploy(version=TRACED))
    session.finish()
    before, after = (newest_shares(session.runs, read_version(ref), SLOW_S) for ref in (LAUNCH.ref, TRACED))
    assert before is not None
    assert after is not None
    groups = slow_against_fast(session.runs[0], SLOW_S)
    assert before.invocations + after.invocations == groups.slow
    assert (before.unmarked, before.lines) == (1.0, {})
    assert after.unmarked < 0.05


def test_without_slow_invocations_all_are_meant() -> None:
    shares = shares_of(run(a_session(), TRACED).runs[0], read_version(TRACED), 3_600.0)
    assert shares is not None
    assert (shares.slow, shares.invocations, shares.whose) == (False, 60, "the invocations'")


def test_a_version_that_did_not_run_has_no_shares() -> None:
    data = run(a_session()).runs[0]
    assert shares_of(data, read_version(TRACED), SLOW_S) is None
    assert shares_of(data, Version("request-ride", "launch", "another text"), SLOW_S) is None


def test_a_name_that_opens_on_two_lines_says_so_on_both() -> None:
    twice = mark(LAUNCH.source, 63, name="wait").source
    twice = mark(twice, 66, name="wait").source
    session = a_session()
    session.perform(act.DeployOwn(source=twice))
    shares = newest_shares(run(session).runs, session.deploys[-1].version, SLOW_S)
    assert shares is not None
    assert {line: (one.name, one.places) for line, one in shares.lines.items()} == {
        63: ("wait", 2),
        66: ("wait", 2),
    }
    assert shares.lines[63].share > 0.5


INTERVAL = st.tuples(st.integers(0, 50), st.integers(0, 50)).map(sorted)


@given(st.lists(st.tuples(st.integers(0, 2), INTERVAL), max_size=12))
def test_what_marks_cover_is_their_union(found: list[tuple[int, list[int]]]) -> None:
    found.sort(key=lambda one: one[0])
    table = {
        "invocation": np.array([number for number, _ in found], dtype="u4"),
        "parent": np.full(len(found), -1, dtype="i4"),
        "start_s": np.array([start for _, (start, _) in found], dtype="f8"),
        "end_s": np.array([end for _, (_, end) in found], dtype="f8"),
    }
    numbers = np.arange(3, dtype="u4")
    covered = [
        len({second for number, (start, end) in found if number == one for second in range(start, end)})
        for one in range(3)
    ]
    assert covered_s(table, numbers).tolist() == covered


def test_a_mark_around_others_covers_nothing_by_itself() -> None:
    table = {
        "invocation": np.array([0, 0], dtype="u4"), "parent": np.array([-1, 0], dtype="i4"),
        "start_s": np.array([0.0, 2.0]), "end_s": np.array([10.0, 3.0]),
    }  # fmt: skip
    assert covered_s(table, np.array([0], dtype="u4")).tolist() == [1.0]


HANDLER = """
async def helper(context):
    await context.rides.put_item({})

async def handler(event, context):
    x = 1
    if check(event):
        y = event['a']
        await helper(context)
    with context.mark('covered'):
        await helper(context)
    for one in [1]:
        z = one
    try:
        later = lambda: helper(context)
    except KeyError:
        print(x)
    def inner():
        print(x)
    async for row in context.rows: pass
    context.mark.start('open')
    print(x)
    context.mark.end('open')
    return await helper(
        context,
    )
"""


def test_bare_are_the_lines_of_the_handler_that_call_something_under_no_mark() -> None:
    lines = HANDLER.splitlines()
    assert {lines[n - 1].strip(): waits for n, waits in bare_lines(HANDLER).items()} == {
        "if check(event):": False,
        "await helper(context)": True,
        "print(x)": False,
        "async for row in context.rows: pass": True,
        "return await helper(": True,
    }
    assert sorted(bare_lines(HANDLER)) == [7, 9, 17, 20, 24]


def test_a_source_that_cannot_be_read_has_no_bare_lines() -> None:
    assert bare_lines("def (") == {}
    assert bare_lines("x = 1") == {}


@pytest.mark.parametrize(
    ("share", "bar"), [(0.0, ""), (0.001, "▏"), (0.5, "█▌"), (1.0, "███"), (1.7, "███"), (1 / 3, "█")]
)
def test_a_share_is_a_bar_and_whatever_there_is_shows(share: float, bar: str) -> None:
    assert share_bar(share) == bar


# marks


def test_one_key_marks_and_unmarks_and_the_bytes_come_back() -> None:
    lines = LAUNCH.source.splitlines()
    tried = 0
    for number in range(1, len(lines) + 1):
        try:
            marked = toggle_mark(LAUNCH.source, number)
        except MarkError:
            continue
        tried += 1
        assert marked.marked
        assert toggle_mark(marked.source, marked.line).source == LAUNCH.source
        assert toggle_mark(marked.source, marked.line + 1).source == LAUNCH.source
    assert tried > 12


# differences


@given(st.text("ab\n", max_size=12), st.text("ab\n", max_size=12))
def test_the_first_difference_is_a_line_of_what_came(before: str, after: str) -> None:
    at, lines = first_difference(before, after), after.splitlines()
    assert 0 <= at <= max(0, len(lines) - 1)
    assert lines[:at] == before.splitlines()[:at] or not lines
    came, went = changed_lines(before, after)
    assert came - went == len(lines) - len(before.splitlines())


# calls


def verdict(name: str, *calls: tuple[str, ...], passed: bool = True) -> Verdict:
    made = tuple(SimpleNamespace(calls=one) for one in calls)
    return Verdict(Version("s", name, ""), passed=passed, reason="s@b: it fails", invocations=made)  # type: ignore[arg-type]


def test_calls_that_are_made_more_or_less_often_are_named() -> None:
    assert differences(("a", "b", "c"), ("a", "b", "b", "d", "d", "d")) == [
        "b: called twice, before once",
        "c: called not at all, before once",
        "d: called 3 times, before not at all",
    ]
    assert differences(("a", "b"), ("b", "a")) == ["in another order than before"]
    assert differences(("a", "b"), ("a", "b")) == []


def test_calls_stand_side_by_side_with_signs() -> None:
    lines = [line.plain for line in calls_lines(verdict("a", ("x", "y")), verdict("b", ("y", "y", "x")), 40)]
    assert lines[1].split() == ["a", "b"]
    assert [line[:1] for line in lines[2:]].count("+") == 2
    assert "y: called twice, before once" in lines
    assert "in another order than before" in lines


def test_invocations_that_call_something_else_and_versions_that_fail_are_said() -> None:
    lines = [
        line.plain
        for line in calls_lines(verdict("a", ("x",), ("x",), ("y",)), verdict("b", ("x",), passed=False), 60)
    ]
    assert "a: so did 2 of 3; the others called something else" in lines
    assert "b: s@b: it fails" in lines
    assert not any("Both call the same" in line for line in lines)


# above the code


NAMES = ["launch", "traced", "published-trace", *(f"mine-{n}" for n in range(1, 15)), DRAFT]


@pytest.mark.parametrize("width", [56, 76, 148])
@pytest.mark.parametrize("chosen", [NAMES[0], NAMES[4], NAMES[-2], DRAFT])
def test_however_many_versions_there_are_the_chosen_and_the_deployed_one_are_seen(
    width: int, chosen: str
) -> None:
    line = chooser("request-ride", NAMES, chosen, "mine-2", width).plain
    assert len(line) <= width
    assert f"[{chosen}" in line
    assert "mine-2 *deployed" in line
    left_out = sum(int(word[1:]) for word in line.split() if word.startswith("+"))
    named = sum(word.strip("[]") in NAMES for word in line.split())
    assert named + left_out == len(NAMES)


def test_what_fits_is_written_whole() -> None:
    line = chooser("request-ride", ["launch", "traced"], "traced", "launch", 76).plain
    assert line == "request-ride:  launch *deployed  [traced]"


# the history


def test_runs_are_listed_as_ranges() -> None:
    assert _runs([]) == "none"
    assert _runs([1, 2, 4, 5, 6, 9]) == "1, 2, 4-6, 9"


def test_a_run_ran_what_answered_in_it() -> None:
    session = run(run(a_session()), TRACED)
    assert runs_of(session.runs, LAUNCH) == [1]
    assert runs_of(session.runs, read_version(TRACED)) == [2]
    assert not ran(session.runs[0], Version("request-ride", "launch", "another text"))


# troubles


def trouble(ref: str, invocation: int | None) -> SimpleNamespace:
    return SimpleNamespace(at_s=12.4, ref=ref, invocation=invocation)


def test_each_handler_that_does_not_come_back_is_told_once_with_its_count() -> None:
    troubles = Troubles()
    assert troubles.new(None) == []
    one = trouble("s@mine-1", 7)
    a_run = SimpleNamespace(number=1, incidents=(one,))
    assert troubles.new(a_run) == [
        "s@mine-1 does not come back: invocation 7, at 12 s, is answered as timed out "
        "(1 of 3; then it is rolled back)."
    ]
    assert troubles.new(a_run) == []
    a_run.incidents = (one, trouble("s@other", None), trouble("s@mine-1", 9))
    assert [said.partition("(")[2][:6] for said in troubles.new(a_run)] == ["1 of 3", "2 of 3"]
    assert len(troubles.new(SimpleNamespace(number=2, incidents=(one,)))) == 1


def test_a_run_that_was_given_up_is_told_once() -> None:
    troubles = Troubles()
    lost = SimpleNamespace(
        number=1, incidents=(), lost="run 1 was given up: its process ended again and again"
    )
    assert troubles.new(lost) == [f"{lost.lost}. What was recorded until then is kept."]
    assert troubles.new(lost) == []


def test_the_editor_is_a_place_whose_keys_can_be_changed() -> None:
    from tui.places import Places

    places = Places()
    assert set(places.place("source-editor").keys) == {
        "source-editor.done",
        "source-editor.undo",
        "source-editor.redo",
    }
    assert ("source-editor", "code", "lesson", "app") in set(places.chains("code"))
    assert SourceEditor.WHERE in places.names
