"""The marks of a source: what they cover, and the starts and ends that do not pair."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import pytest

from simulator import deploying
from simulator.marking import Mark, marks

HEAD = "async def handler(event, context):\n"


def handler(body: str) -> str:
    """A handler with this body; its first line is line 2."""
    return HEAD + indent(dedent(body).strip("\n"), "    ") + "\n"


def built_in(ref: str) -> str:
    return deploying.read_version(ref).source


def line_of(source: str, part: str) -> int:
    return next(i for i, line in enumerate(source.split("\n"), 1) if part in line)


def test_marks_are_listed_with_what_they_cover() -> None:
    source = handler(
        """
        context.mark.start('whole')
        with open(x), context.mark('a'), context.mark(f'b{x}'):
            f(
                1
            )
            with context.mark(name='c'): g(1)
        context.mark.end('whole')
        async def inner():
            with context.mark('d'):
                h(1)
        """
    )
    assert marks(source) == (
        Mark("whole", 2, 3, 7, 0, (8,)),
        Mark("a", 3, 4, 7, 1),
        Mark("f'b{x}'", 3, 4, 7, 2),
        Mark("c", 7, 7, 7, 3),
        Mark("d", 10, 11, 11, 0),
    )


def test_the_depth_of_a_mark_counts_the_marks_of_its_own_function() -> None:
    source = handler(
        """
        with context.mark('a'):
            async def inner():
                with context.mark('b'):
                    f(1)
            with context.mark('c'):
                f(2)
        """
    )
    assert [(m.name, m.depth) for m in marks(source)] == [("a", 0), ("b", 0), ("c", 1)]


def problems(body: str) -> list[str]:
    return [m.problem for m in marks(handler(body)) if m.problem]


def test_a_start_without_an_end_and_an_end_without_a_start_are_named_with_their_lines() -> None:
    assert problems("context.mark.start('a')\nf(1)\ncontext.mark.end('b')") == [
        "line 2: `context.mark.start('a')` has no `context.mark.end('a')` behind it in `handler`; add one, or use "
        "`with context.mark(...):`",
        "line 4: `context.mark.end('b')` has no `context.mark.start('b')` before it in `handler`; "
        "add one, or take it away",
    ]


@pytest.mark.parametrize(
    "body",
    [
        "context.mark.start('a')\nif x:\n    context.mark.end('a')\n    return\ncontext.mark.end('a')",
        "context.mark.start('a')\ntry:\n    return f(1)\nfinally:\n    context.mark.end('a')",
        "try:\n    context.mark.start('a')\n    return f(1)\nfinally:\n    context.mark.end('a')",
        "try:\n    context.mark.start('a')\n    f(1)\n    context.mark.end('a')\nexcept E:\n"
        "    context.mark.end('a')\n    raise",
        "while x:\n    context.mark.start('a')\n    if y:\n        break\n    context.mark.end('a')\n"
        "else:\n    return\ncontext.mark.end('a')",
        "match x:\n    case 1:\n        context.mark.start('a')\n    case _:\n        return\ncontext.mark.end('a')",
        "if x:\n    context.mark.start('a')\nf(1)\nif x:\n    context.mark.end('a')",
        "context.mark.start('a')\ncontext.mark.start('a')\ncontext.mark.end('a')\ncontext.mark.end('a')",
        "for y in x:\n    context.mark.start('a')\n    f(y)\n    context.mark.end('a')",
    ],
)
def test_pairs_are_followed_along_the_ways_the_code_can_take(body: str) -> None:
    assert problems(body) == []


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("context.mark.start('a')\ncontext.mark.end('a')\ncontext.mark.end('a')", [4]),
        ("context.mark.end('a')\ncontext.mark.start('a')", [2, 3]),
        ("context.mark.start('a')\ndef g():\n    context.mark.end('a')", [2, 4]),
        (
            "if x:\n    context.mark.start('a')\n    context.mark.end('a')\nelse:\n    f(1)\ncontext.mark.end('a')",
            [7],
        ),
    ],
)
def test_pairs_that_do_not_pair(body: str, lines: list[int]) -> None:
    assert [int(p.split(":")[0].removeprefix("line ")) for p in problems(body)] == lines


def test_the_modules_own_sources_hold_no_such_problem() -> None:
    folder = Path(deploying.VERSIONS)
    for path in folder.glob("*.py"):
        assert [m.problem for m in marks(path.read_text(encoding="utf-8")) if m.problem] == [], path.name
