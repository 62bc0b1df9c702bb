"""What holds for any marking of any handler: the built-in ones, and those that hypothesis makes up."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.deploying import VERSIONS
from simulator.marking import MarkError, bare, mark, marks, unmark, unmark_all
from tests.unit.sources import handlers

BUILT_IN = [path.read_text(encoding="utf-8") for path in sorted(VERSIONS.glob("*.py"))]
MOVES = st.lists(
    st.tuples(
        st.sampled_from(("mark a call", "mark a call", "mark", "unmark a mark", "unmark")),
        st.integers(0, 999),
        st.none() | st.integers(0, 60),
    ),
    min_size=1,
    max_size=8,
)


def line_for(what: str, which: int, source: str) -> int:
    """Choose a line: among those with a call, among those that open a mark, or among all."""
    lines = list(range(1, source.count("\n") + 2))
    if what == "mark a call":
        texts = source.split("\n")
        lines = [line for line in lines if "(" in texts[line - 1]] or lines
    elif what == "unmark a mark":
        lines = [m.line for m in marks(source)] or lines
    return lines[which % len(lines)]


def moved(source: str, moves: list[tuple[str, int, int | None]]) -> str:
    """Mark and unmark where it can be; check each step."""
    for what, which, column in moves:
        line, before = line_for(what, which, source), marks(source)
        try:
            if what.startswith("mark"):
                marked = mark(source, line, column)
                source = marked.source
                assert sorted(m.name for m in marks(source)) == sorted(
                    [*(m.name for m in before), marked.name]
                )
                assert marked.name in {m.name for m in marks(source) if m.line == marked.line}
            else:
                source = unmark(source, line)
                assert len(marks(source)) == len(before) - 1
        except MarkError:
            assert marks(source) == before
    return source


@settings(max_examples=30)
@given(st.sampled_from(BUILT_IN), MOVES)
def test_built_in_handlers_come_back_byte_for_byte(original: str, moves: list) -> None:
    result = moved(original, moves)
    assert bare(result) == bare(original)
    assert unmark_all(result) == unmark_all(original)


@settings(max_examples=50)
@given(handlers(), MOVES)
def test_any_handler_without_marks_comes_back_byte_for_byte(original: str, moves: list) -> None:
    result = moved(original, moves)
    assert bare(result) == bare(original)
    assert unmark_all(result) == original


@settings(max_examples=50)
@given(handlers(by_hand=True), MOVES)
def test_any_handler_with_marks_of_its_own_keeps_all_else_it_does(original: str, moves: list) -> None:
    result = moved(original, moves)
    assert bare(result) == bare(original)
    assert ast.dump(ast.parse(unmark_all(result))) == ast.dump(ast.parse(unmark_all(original)))
    assert marks(unmark_all(result)) == ()


@given(handlers(by_hand=True), st.data())
def test_to_mark_and_to_unmark_is_to_do_nothing(source: str, data: st.DataObject) -> None:
    line = line_for("mark a call", data.draw(st.integers(0, 999)), source)
    column = data.draw(st.none() | st.integers(0, 60))
    try:
        marked = mark(source, line, column)
    except MarkError:
        return
    new = next(m for m in marks(marked.source) if m.line == marked.line)
    assert unmark(marked.source, marked.line) == source
    assert unmark(marked.source, new.last) == source
    covered = marked.source.replace("\r", "").split("\n")[new.first - 1 : new.last]
    stood = source.replace("\r", "").split("\n")[marked.line - 1 : marked.line - 1 + len(covered)]
    assert [part.strip() for part in covered] == [part.strip() for part in stood]
    assert new.first - 1 <= line <= new.last


@pytest.mark.parametrize("source", BUILT_IN)
def test_every_awaited_statement_of_a_built_in_handler_can_be_marked(source: str) -> None:
    tree = ast.parse(source)
    handler = next(f for f in tree.body if isinstance(f, ast.AsyncFunctionDef) and f.name == "handler")
    own = {m.first for m in marks(source)}
    waits = [
        s for s in ast.walk(handler) if isinstance(s, ast.Expr | ast.Assign) and "await " in ast.unparse(s)
    ]
    for statement in waits:
        if statement.lineno not in own:
            marked = mark(source, statement.lineno)
            assert (marked.line, len(marks(marked.source))) == (statement.lineno, len(marks(source)) + 1)


PIECES = st.text("ab(c)[:]{}'\"\\\n\r\t\f\0 #;=@.ä🦄\ud800", max_size=3) | st.sampled_from(
    (
        "if x:",
        "with ",
        "lambda: ",
        "context.mark('a')",
        ", ",
        "\n    ",
        "await ",
        "f'",
        "'''",
        "\\\n",
        "def f(context):\n",
    )
)
CUTS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9), PIECES), max_size=3)


@given(handlers(by_hand=True), CUTS, st.integers(0, 30))
def test_no_text_makes_it_fail_in_another_way_than_by_a_sentence(source: str, cuts: list, line: int) -> None:
    for place, length, piece in cuts:
        start = round(place * len(source))
        source = source[:start] + piece + source[start + length :]
    for attempt in (mark, unmark, lambda text, _: unmark_all(text)):
        said = ""
        try:
            attempt(source, line)
        except MarkError as error:
            said = str(error)
        assert not said or (said.startswith("line ") and said.isprintable())
