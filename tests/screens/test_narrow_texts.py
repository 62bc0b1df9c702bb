"""What stands beside figures keeps its column in a narrow window, and nothing that matters is cut."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.attributes import AttributeDifference
from simulator.compare import BeforeAgainstAfter, Difference
from tui.commands import Command
from tui.panes.compare_attributes import attribute_lines
from tui.panes.compare_pair import pair_tables
from tui.panes.invocation_detail import hanging
from tui.screens.help import both_keys, key_rows


def pair() -> BeforeAgainstAfter:
    rows = (
        Difference("min", 0.325, 0.522, reason="one request: no interval"),
        Difference("p50", 0.421, 0.744, 0.259, 0.996),
        Difference("p95", 2.61, 2.992, -12.251, 11.911),
        Difference("p99", 2.61, 2.992, reason="p99 needs 299 requests in each run, there are 60"),
    )
    return BeforeAgainstAfter((), True, 60, 60, rows, 40, 40, rows)


@pytest.mark.parametrize("width", range(55, 90))
def test_a_pair_of_runs_is_told_whole_at_any_width(width: int) -> None:
    lines = [line.plain for line in pair_tables(pair(), width)]
    assert all(len(line) <= width for line in lines if "needs" not in line), max(lines, key=len)
    assert sum("-12,251 to +11,911" in line for line in lines) == 2
    said = "^ slower" in lines[3]
    assert said or ("^ +259 to +996" in lines[3] and "^ slower" in lines[-1])


def attribute(name: str, slow: int, fast: int) -> AttributeDifference:
    return AttributeDifference(name, slow, fast, of_slow=118, of_fast=482, left_s=0.867)


@pytest.mark.parametrize("width", range(55, 90))
def test_attributes_are_told_whole_at_any_width(width: int) -> None:
    found = [attribute("COLD START", 1, 3), attribute("multiplier: whole number", 108, 430)]
    lines = [line.plain for line in attribute_lines(found, width, "The answers are being read, for them.")]
    assert all(len(line) <= width for line in lines), max(lines, key=len)
    assert "explains" in lines[0]
    assert " of 118" in lines[1]
    assert "whole num" in lines[2]
    assert "for them." in lines[-1]


def test_words_beside_figures_hang() -> None:
    words = "the handler alone, from 19:48:43.331"
    first, second = hanging(words, 26, 55).split("\n")
    assert first == "the handler alone, from"
    assert second == " " * 26 + "19:48:43.331"
    assert hanging(words, 26, 80) == words
    assert hanging(words, 26, 0) == words
    assert hanging(words, 26, 30) == words  # no room beside the figures at all


def test_there_and_back_share_a_line_of_the_help() -> None:
    down = Command(
        "move(1)", ("j", "down"), "move", "Go down.", shown="j/k", id="down", both="Go down, or up."
    )
    up = Command("move(-1)", ("k", "up"), "up", "Go up.", id="up")
    page_down = Command("page(1)", ("pagedown",), "page", "Go down.", id="pd", both="Go by a page.")
    page_up = Command("page(-1)", ("pageup",), "page", "Go up.", id="pu")
    other = Command("open", ("enter",), "open", "Open it.")
    assert key_rows((down, up, page_down, page_up, other)) == [
        ("j/k", "Go down, or up."),
        ("page down/up", "Go by a page."),
        ("enter", "Open it."),
    ]
    arrows = [Command("go", ("x",), "go", "Go.", shown=shown) for shown in ("←", "→")]
    assert both_keys(*arrows) == "←/→"
    assert both_keys(replace(down, keys=("z",), shown="z"), up) == "z/k"
