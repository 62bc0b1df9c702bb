"""Plain lines: Markdown without its marks, wrapped, and tables no wider than what is in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.plain_text import fit, inline, markdown, paragraph, readable, table


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("a **bold** and an *italic* word", "a bold and an italic word"),
        ("an _italic_ in snake_case_names stays", "an italic in snake_case_names stays"),
        ("2 * 3 * 4 is no emphasis", "2 * 3 * 4 is no emphasis"),
        ("**bold with *italic* inside**", "bold with italic inside"),
        ("press `r`, then `a * b * c`", "press `r`, then `a * b * c`"),
        ("**press `*` now**", "press `*` now"),
        ("see [the docs](https://example.org/a) there", "see the docs (https://example.org/a) there"),
        ("a [[p95]] and [[the slow end|tail]]", "a p95 and the slow end"),
        (r"\*not emphasis\*", "*not emphasis*"),
        ("half a ** mark", "half a ** mark"),
        ("`half a tick", "`half a tick"),
    ],
)
def test_marks_of_emphasis_go_and_code_stays(marked: str, plain: str) -> None:
    assert inline(marked) == plain


def test_blocks_are_parted_by_blank_lines_and_lists_hang() -> None:
    text = """
## A heading

A paragraph
on two lines.

- one that is so long that it goes on
- two
  in two lines

1. first
2. second

> quoted
"""
    assert markdown(text, 30) == [
        "A heading",
        "",
        "A paragraph on two lines.",
        "",
        "- one that is so long that it",
        "  goes on",
        "- two in two lines",
        "1. first",
        "2. second",
        "",
        "  quoted",
    ]


@pytest.mark.parametrize("code", ["```python\n{}\n```", "~~~\n{}\n~~~"])
def test_code_is_indented_and_neither_wrapped_nor_read(code: str) -> None:
    line = "ride = await _get_ride(context, user, pickup_location)  # *not* emphasis, and very long"
    assert markdown("Look:\n" + code.format(line + "\n\n    deeper"), 40) == [
        "Look:",
        "",
        "    " + line,
        "",
        "        deeper",
    ]


def test_code_by_indentation_stays_as_it_is() -> None:
    assert markdown("Look:\n\n    with context.mark('a'):\n        b()") == [
        "Look:",
        "",
        "    with context.mark('a'):",
        "        b()",
    ]


def test_a_table_of_markdown_is_a_small_table_or_rows() -> None:
    text = "| run | p95 |\n|---|--:|\n| 1 | **1,403** |"
    assert markdown(text) == ["run  p95", "1    1,403"]
    wide = markdown("| run | says |\n|--|--|\n| 1 | " + "long " * 10 + "|", 40)
    assert wide == ["run 1: says long long long long long", "  long long long long long."]


def test_columns_are_two_blanks_apart_and_set_as_asked() -> None:
    assert table(("name", "ms"), [("a", "1,403"), ("long", "7")]) == [
        "name     ms",
        "a     1,403",
        "long      7",
    ]


def test_a_paragraph_breaks_no_word() -> None:
    assert paragraph("request-ride@launch is deployed", 20) == ["request-ride@launch", "is deployed"]


def test_what_was_typed_is_safe_to_say_again() -> None:
    assert readable("run\x1b[2J\x07\udcff") == "run [2J"
    assert len(readable("x" * 10_000)) == 400


def test_an_output_gets_what_it_can_show() -> None:
    assert fit("a → b · “c” 中", "ascii") == 'a -> b - "c" ?'
    assert fit("a → b", "utf-8") == "a → b"


@given(st.text(max_size=300), st.integers(40, 78))
def test_any_text_is_written_within_the_width(text: str, width: int) -> None:
    for line in markdown(text, width):
        too_long_to_break = len(line.split()) <= 2
        assert len(line) <= width or too_long_to_break or line.startswith("    ")


@given(st.text(alphabet="*_`[]|()#->1. \nab", max_size=80))
def test_any_marks_are_taken(text: str) -> None:
    assert all("\n" not in line for line in markdown(text))
