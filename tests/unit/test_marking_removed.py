"""Marks taken out of a source: the code reads as if they had never stood there."""

from __future__ import annotations

import ast
from textwrap import dedent, indent

import pytest

from simulator import deploying
from simulator.marking import MarkError, bare, marks, unmark, unmark_all

HEAD = "async def handler(event, context):\n"


def handler(body: str) -> str:
    """A handler with this body; its first line is line 2."""
    return HEAD + indent(dedent(body).strip("\n"), "    ") + "\n"


def built_in(ref: str) -> str:
    return deploying.read_version(ref).source


def line_of(source: str, part: str) -> int:
    return next(i for i, line in enumerate(source.split("\n"), 1) if part in line)


UNMARKED = {
    "a block of several statements, with its comments": (
        """
        with context.mark('all'):  # why
            # first
            f(1)

            g('''a
        b''')
            # last
        h(1)
        """,
        2,
        """
        # why
        # first
        f(1)

        g('''a
        b''')
        # last
        h(1)
        """,
    ),
    "the innermost mark around the line": (
        """
        with context.mark('outer'):
            f(1)
            with context.mark('inner'):
                if x:
                    g(1)
        """,
        6,
        """
        with context.mark('outer'):
            f(1)
            if x:
                g(1)
        """,
    ),
    "the outer mark of a line that no inner one covers": (
        """
        with context.mark('outer'):
            f(1)
            with context.mark('inner'):
                g(1)
        """,
        3,
        """
        f(1)
        with context.mark('inner'):
            g(1)
        """,
    ),
    "a block with a comment that stands farther out": (
        """
        with context.mark('a'):
        # out
            f(1)
        """,
        2,
        """
        # out
        f(1)
        """,
    ),
    "the mark of the line, of those in a header over several lines": (
        """
        with (
            context.mark('a'),
            context.mark('b'),
        ):
            f(1)
        """,
        3,
        """
        with (
            context.mark('b'),
        ):
            f(1)
        """,
    ),
    "a body on the same line": ("with context.mark('a'): f(1); g(1)", 2, "f(1); g(1)"),
    "a header over several lines": (
        """
        with (
            context.mark('a'),  # why
        ):
            f(1)
        """,
        2,
        """
        # why
        f(1)
        """,
    ),
    "the last item": ("with a() as x, context.mark('b'):\n    f(1)", 2, "with a() as x:\n    f(1)"),
    "the first item": ("with context.mark('b'), a() as x:\n    f(1)", 2, "with a() as x:\n    f(1)"),
    "a middle item": ("with a(), context.mark('b'), c():\n    f(1)", 2, "with a(), c():\n    f(1)"),
    "an item in parentheses of its own": (
        "with (context.mark('b')), a():\n    f(1)",
        2,
        "with a():\n    f(1)",
    ),
    "an item on a line of its own": (
        """
        with (
            a() as x,  # kept
            context.mark('b'),
            c(),
        ):
            f(1)
        """,
        4,
        """
        with (
            a() as x,  # kept
            c(),
        ):
            f(1)
        """,
    ),
    "the last item on a line of its own": (
        """
        with (
            a() as x,
            context.mark('b')
        ):
            f(1)
        """,
        4,
        """
        with (
            a() as x
        ):
            f(1)
        """,
    ),
    "a continued item": (
        "with a(), \\\n        context.mark('b'):\n    f(1)",
        3,
        "with a():\n    f(1)",
    ),
    "the last of two marks in a line": (
        "with context.mark('a'), context.mark('b'):\n    f(1)",
        2,
        "with context.mark('a'):\n    f(1)",
    ),
    "a pair, from its start": (
        "context.mark.start('a')  # here\nf(1)\ncontext.mark.end('a')\ng(1)",
        2,
        "# here\nf(1)\ng(1)",
    ),
    "a pair, from its end": ("context.mark.start('a')\nf(1)\ncontext.mark.end('a')\ng(1)", 4, "f(1)\ng(1)"),
    "a pair, from between": ("context.mark.start('a')\nf(1)\ncontext.mark.end('a')\ng(1)", 3, "f(1)\ng(1)"),
    "a pair with several ends": (
        """
        context.mark.start('a')
        if x:
            context.mark.end('a')
            return 1
        if y: context.mark.end('a'); return 2
        f(1); context.mark.end('a')
        """,
        2,
        """
        if x:
            return 1
        if y: return 2
        f(1)
        """,
    ),
    "a pair that is all of a block": (
        "if x:\n    context.mark.start('a')\n    context.mark.end('a')\nelse: pass",
        3,
        "if x:\n    pass\nelse: pass",
    ),
    "a start alone": ("context.mark.start('a')\nf(1)", 2, "f(1)"),
    "an end alone": ("f(1)\ncontext.mark.end('a')", 3, "f(1)"),
}


@pytest.mark.parametrize("case", UNMARKED)
def test_what_is_left_without_a_mark(case: str) -> None:
    before, line, after = UNMARKED[case]
    source = handler(before)
    assert unmark(source, line) == handler(after)
    assert bare(unmark(source, line)) == bare(source)


def test_unmark_all_takes_marks_of_every_kind_in_one_go() -> None:
    source = handler(
        """
        context.mark.start('whole')
        with context.mark('a'), lock(), context.mark('b'), context.mark('c'):
            with context.mark('d'), context.mark('e'):
                with context.mark('f'): context.mark.start('g'); f(1); context.mark.end('g')
                # deep
            # less deep
        context.mark.end('whole')
        """
    )
    assert unmark_all(source) == handler("with lock():\n    f(1)\n    # deep\n    # less deep")


@pytest.mark.parametrize(
    "ref", ["request-ride@published-trace", "request-ride@traced", "promo-discount@traced"]
)
def test_a_traced_version_without_its_marks_does_what_the_version_before_it_does(ref: str) -> None:
    source = built_in(ref)
    plain = unmark_all(source)
    assert marks(plain) == ()
    assert "mark" not in ast.unparse(ast.parse(plain).body[-1])
    assert bare(plain) == bare(source)


KEPT = {
    "no mark": (handler("f(1)"), 2, "line 2: no mark opens on this line, and none is around it"),
    "a kept mark": (
        handler("with context.mark('a') as m:\n    f(m)"),
        2,
        "line 2: the code keeps this mark as `m`, and a mark has nothing to keep; take `as m` away first",
    ),
    "a name over several lines among other items": (
        HEAD + "    with lock(), context.mark('''a\nb'''):\n        f(1)\n",
        2,
        "line 2: this mark is written in a way that cannot be taken out without changing the rest; take it out by hand",
    ),
    "a start inside a statement": (
        handler("x = context.mark.start('a')"),
        2,
        "line 2: `context.mark.start('a')` stands inside another statement; put it on a line of its "
        "own, and take the mark away then",
    ),
    "mixed indentation": (
        "def f(context):\n        with context.mark('a'):\n\t\tf(1)\n".replace(
            "        with", "  with"
        ).replace("\t\t", "\t\t\t"),
        2,
        "line 3: tabs and spaces are mixed in this indentation; use one of them, and take the mark away then",
    ),
    "a syntax error": (
        "x = (1\n",
        1,
        "line 1: the code does not parse here ('(' was never closed); mend that, or undo, and mark then",
    ),
}


@pytest.mark.parametrize("case", KEPT)
def test_what_cannot_be_taken_away_is_said(case: str) -> None:
    source, line, sentence = KEPT[case]
    with pytest.raises(MarkError) as caught:
        unmark(source, line)
    assert str(caught.value) == sentence
