"""A draft's undo and redo, alone and together with marks and edits."""

from __future__ import annotations

import ast
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.deploying import VERSIONS
from simulator.drafts import History
from simulator.marking import MarkError, bare, mark, marks, unmark, unmark_all
from tests.unit.sources import handlers

BUILT_IN = [path.read_text(encoding="utf-8") for path in sorted(VERSIONS.glob("*.py"))]
STEPS = st.lists(st.sampled_from(("undo", "redo")) | st.text("abä🦄\ud800", max_size=6), max_size=30)


def size(*texts: str) -> int:
    return sum(len(text.encode(errors="surrogatepass")) for text in texts)


def test_undo_and_redo_walk_through_the_texts() -> None:
    history = History("a").do("b").do("c")
    assert history.undo().text == "b"
    assert history.undo().undo().text == "a"
    assert history.undo().undo().undo() == history.undo().undo()
    assert history.undo().undo().redo().redo() == history
    assert history.redo() is history
    assert (history.can_undo, history.can_redo) == (True, False)
    assert (history.undo().undo().can_undo, history.undo().undo().can_redo) == (False, True)


def test_a_new_text_forgets_what_was_undone_and_the_same_text_is_no_step() -> None:
    history = History("a").do("b").undo().do("c")
    assert (history.past, history.text, history.future) == (("a",), "c", ())
    assert history.do("c") is history
    assert history.undo().do("a").can_redo


def test_the_oldest_steps_are_forgotten_where_the_bytes_end() -> None:
    history = History("1234", limit=8)
    for text in ("ää", "bbbb", "cccc"):
        history = history.do(text)
    assert history.past == ("ää", "bbbb")
    assert History("x" * 100, limit=8).do("y" * 100).past == ()
    assert History("x" * 100, limit=8).do("y" * 100).text == "y" * 100


@given(STEPS)
def test_it_does_what_a_list_and_a_place_in_it_do(steps: list[str]) -> None:
    history, texts, place = History(""), [""], 0
    for step in steps:
        if step == "undo":
            history, place = history.undo(), max(0, place - 1)
        elif step == "redo":
            history, place = history.redo(), min(len(texts) - 1, place + 1)
        elif step != texts[place]:
            history, texts, place = history.do(step), [*texts[: place + 1], step], place + 1
        assert history.text == texts[place]
        assert (history.past, history.future) == (tuple(texts[:place]), tuple(texts[place + 1 :]))


@given(STEPS, st.integers(0, 40))
def test_it_never_holds_more_bytes_than_its_limit_beside_the_text(steps: list[str], limit: int) -> None:
    history, unbounded = History("", limit=limit), History("")
    for step in steps:
        could_undo = history.can_undo
        if step == "undo":
            history, unbounded = history.undo(), unbounded.undo() if could_undo else unbounded
        elif step == "redo":
            could_redo = history.can_redo
            history, unbounded = history.redo(), unbounded.redo() if could_redo else unbounded
        else:
            history, unbounded = history.do(step), unbounded.do(step)
        assert size(*history.past, *history.future) <= limit
        assert history.text == unbounded.text
        assert history.past == unbounded.past[len(unbounded.past) - len(history.past) :]
        assert history.future == unbounded.future[: len(history.future)]


# Together with marks: the same edits are made in a draft with marks and in one without.


def statements(source: str) -> list[ast.stmt]:
    """The simple statements that stand alone on their lines and are no marks, in order."""
    tree, lines = ast.parse(source), source.replace("\r", "").split("\n")
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt) or hasattr(node, "body") or isinstance(node, ast.Match):
            continue
        first, last = lines[node.lineno - 1], lines[(node.end_lineno or 0) - 1]
        before = first.encode()[: node.col_offset].decode()
        after = last.encode()[node.end_col_offset :].decode()
        if not before.strip() and not after.split("#")[0].strip():
            found.append(node)
    return sorted(found, key=lambda node: node.lineno)


def edited(source: str, which: int, insert: int | None) -> str | None:
    """Insert a line before a statement, or delete that one; None where the result would not parse."""
    there = statements(source)
    if not there:
        return None
    node = there[which % len(there)]
    lines = source.splitlines(keepends=True) if "\f" not in source else source.split("\n")
    if "\f" in source:
        lines = [line + "\n" for line in lines[:-1]] + lines[-1:]
    head = lines[node.lineno - 1]
    blanks = head[: len(head) - len(head.lstrip())]
    if insert is None:
        del lines[node.lineno - 1 : node.end_lineno]
    else:
        lines.insert(node.lineno - 1, f"{blanks}note({insert})\n")
    text = "".join(lines)
    try:
        ast.parse(text)
    except SyntaxError:
        return None
    return text


DRAFTING = st.lists(
    st.tuples(
        st.sampled_from(("mark", "mark", "unmark", "insert", "delete", "undo", "redo")),
        st.integers(0, 999),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60)
@given(st.sampled_from(BUILT_IN) | handlers(), DRAFTING)
def test_what_remains_without_marks_is_what_the_same_edits_give(
    source: str, steps: list[tuple[str, int]]
) -> None:
    source = unmark_all(source)
    history, plain, place = History(source), [source], 0
    for number, (what, which) in enumerate(steps):
        text, without = history.text, plain[place]
        calls = [i for i, line in enumerate(text.split("\n"), 1) if "(" in line]
        line = calls[which % len(calls)] if calls else 1
        if what == "undo":
            history, place = history.undo(), max(0, place - 1)
        elif what == "redo":
            history, place = history.redo(), min(len(plain) - 1, place + 1)
        elif what in {"mark", "unmark"}:
            with suppress(MarkError):
                text = mark(text, line).source if what == "mark" else unmark(text, line)
        else:
            insert = number if what == "insert" else None
            changed, alike = edited(text, which, insert), edited(without, which, insert)
            if changed is not None and alike is not None:
                text, without = changed, alike
        if what not in {"undo", "redo"} and text != history.text:
            history, plain, place = history.do(text), [*plain[: place + 1], without], place + 1
        assert bare(history.text) == bare(plain[place])
    left = unmark_all(history.text)
    assert marks(left) == ()
    assert ast.dump(ast.parse(left)) == ast.dump(ast.parse(plain[place]))
