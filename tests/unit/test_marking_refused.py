"""What cannot be marked, in its own sentence: the line, the reason, what to do."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from simulator import deploying
from simulator.marking import MarkError, mark, unmark_all

HEAD = "async def handler(event, context):\n"


def handler(body: str) -> str:
    """A handler with this body; its first line is line 2."""
    return HEAD + indent(dedent(body).strip("\n"), "    ") + "\n"


def built_in(ref: str) -> str:
    return deploying.read_version(ref).source


def line_of(source: str, part: str) -> int:
    return next(i for i, line in enumerate(source.split("\n"), 1) if part in line)


LONG = '"""a\nb"""'
REFUSED = {
    "a syntax error": (
        "x = (1\n",
        1,
        None,
        "line 1: the code does not parse here ('(' was never closed); mend that, or undo, and mark then",
    ),
    "a null byte": ("x = 1\0\n", 1, None, None),
    "a lone surrogate": (
        "x = '\ud800'\n",
        1,
        None,
        "line 1: the code holds a character that no source may hold; take it out",
    ),
    "a line that is not there": (
        HEAD + "    f()\n",
        9,
        None,
        "line 9: the code has 2 lines; choose one of them",
    ),
    "no line": ("", 1, None, "line 1: the code has 0 lines; choose one of them"),
    "no call": (
        handler("x = 1\ny = 2\nf(y)\nz = 3"),
        2,
        None,
        "line 2: no call on this line, so nothing to measure; the nearest is `f(...)` in line 4",
    ),
    "no call anywhere": (
        "x = 1\nprint(x)\n",
        1,
        None,
        "line 1: no call on this line, so nothing to measure; there is none in a function of this code",
    ),
    "a header": (
        handler("if await f(1):\n    g()"),
        2,
        None,
        "line 2: `f(...)` stands in the header of this `if`; mark the lines of its body, or put the "
        "call on a line of its own: `value = await f(...)`",
    ),
    "a header of two words": (
        handler("async with f():\n    g()"),
        2,
        None,
        "line 2: `f()` stands in the header of this `async with`; mark the lines of its body, or put "
        "the call on a line of its own: `value = f()`",
    ),
    "elif": (
        handler("if x:\n    pass\nelif f(1):\n    pass"),
        4,
        None,
        "line 4: `f(...)` stands in the header of this `elif`; mark the lines of its body, or put "
        "the call on a line of its own: `value = f(...)`",
    ),
    "a guard": (
        handler("match event:\n    case 1 if f(1):\n        pass"),
        3,
        None,
        "line 3: `f(...)` stands in the header of this `case`; mark the lines of its body, or put "
        "the call on a line of its own: `value = f(...)`",
    ),
    "an except": (
        handler("try:\n    pass\nexcept f(1):\n    pass"),
        4,
        None,
        "line 4: `f(...)` stands in the header of this `except`; mark the lines of its body, or put "
        "the call on a line of its own: `value = f(...)`",
    ),
    "a class's header": (
        handler("class A(f(1)):\n    pass"),
        2,
        None,
        "line 2: `f(...)` stands in the header of this `class`; mark the lines of its body, or put "
        "the call on a line of its own: `value = f(...)`",
    ),
    "a lambda": (
        handler("key = lambda ride: cost(ride)"),
        2,
        None,
        "line 2: `cost(...)` stands in a lambda and runs later; make the lambda a function with "
        "`def` and mark the line in it, or mark the line that calls it",
    ),
    "a lambda under the cursor": (
        handler("rides.sort(key=lambda ride: cost(ride))"),
        2,
        4 + 29,
        "line 2: `cost(...)` stands in a lambda and runs later; make the lambda a function with "
        "`def` and mark the line in it, or mark the line that calls it",
    ),
    "a decorator": (
        "@cached(1)\ndef f(context):\n    pass\n",
        1,
        None,
        "line 1: `cached(...)` stands in a decorator and runs when the function is made, not when it "
        "is called; mark lines of the function's body",
    ),
    "a default argument": (
        "def f(context, x=g(1)):\n    pass\n",
        1,
        None,
        "line 1: `g(...)` is a default argument and runs once, when the function is made; call it in "
        "the function's body and mark it there",
    ),
    "module level": (
        "import logging\nlogger = logging.getLogger(1)\n",
        2,
        None,
        "line 2: this runs when the module loads, at a cold start, where no request is measured; "
        "mark a line inside a function",
    ),
    "a string over several lines": (
        handler("f(1)") + "    g('''a\n  b''')\n",
        3,
        None,
        "line 3: the statement holds a string over several lines (3 to 4), and indenting it would "
        "change it; give the string a name on a line before, and use the name here",
    ),
    "an f-string over several lines": (
        handler("f(1)") + "    g(f'''a\n  {b(1)}''')\n",
        4,
        None,
        "line 4: the statement holds a string over several lines (3 to 4), and indenting it would "
        "change it; give the string a name on a line before, and use the name here",
    ),
    "two statements in a line": (
        handler("f(1); g(2)"),
        2,
        None,
        "line 2: several statements share this line; put each on a line of its own, and mark the one you mean",
    ),
    "the second statement of a line": (
        handler("f(1); g(2)"),
        2,
        4 + 6,
        "line 2: several statements share this line; put each on a line of its own, and mark the one you mean",
    ),
    "a body on its header's line": (
        handler("if x: f(1)"),
        2,
        None,
        "line 2: the body of this `if` stands on the same line; put it on a line of its own, indented, and mark that",
    ),
    "an else on its line": (
        handler("if x:\n    pass\nelse: f(1)"),
        4,
        None,
        "line 4: the body of this `else` stands on the same line; put it on a line of its own, "
        "indented, and mark that",
    ),
    "a body on the line of an async with": (
        handler("async with x: f(1); g(2)"),
        2,
        4 + 20,
        "line 2: the body of this `async with` stands on the same line; put it on a line of its own, "
        "indented, and mark that",
    ),
    "no context": (
        "def _get(user):\n    return f(user)\n",
        2,
        None,
        "line 2: `_get` has no `context` in reach; add `context` to its parameters and its calls, or "
        "mark the line that calls `_get`",
    ),
    "a context assigned only later": (
        "def _get(user):\n    f(user)\n    context = 1\n",
        2,
        None,
        "line 2: `_get` has no `context` in reach; add `context` to its parameters and its calls, or "
        "mark the line that calls `_get`",
    ),
    "a context of a comprehension's own": (
        "def _get(user):\n    x = [1 for context in user]\n    f(x)\n",
        3,
        None,
        "line 3: `_get` has no `context` in reach; add `context` to its parameters and its calls, or "
        "mark the line that calls `_get`",
    ),
    "a context of a class around": (
        "class A:\n    context = 1\n    def _get(self):\n        f(1)\n",
        4,
        None,
        "line 4: `_get` has no `context` in reach; add `context` to its parameters and its calls, or "
        "mark the line that calls `_get`",
    ),
    "a statement marked already": (
        handler("with context.mark('ride'):\n    f(1)"),
        3,
        None,
        "line 3: this is marked already, as 'ride' in line 2; change the name there, or take that mark away first",
    ),
    "a statement marked already by a pair": (
        handler("context.mark.start('ride')\nf(1)\ncontext.mark.end('ride')"),
        3,
        None,
        "line 3: this is marked already, as 'ride' in line 2; change the name there, or take that mark away first",
    ),
    "a mark itself": (
        handler("with context.mark('ride'):\n    f(1)"),
        2,
        None,
        "line 2: this opens the mark 'ride'; mark a line of its body, or take this mark away",
    ),
    "a start": (
        handler("context.mark.start('ride')\nf(1)"),
        2,
        None,
        "line 2: this begins the mark 'ride'; mark a line beside it, or take this mark away",
    ),
    "an end": (
        handler("context.mark.start('ride')\nf(1)\ncontext.mark.end('ride')"),
        4,
        None,
        "line 4: this ends the mark 'ride'; mark a line beside it, or take this mark away",
    ),
    "tabs and spaces in a mix that could not be undone": (
        "def f(context):\n\t \tg(\n \t\t1)\n",
        2,
        None,
        "line 2: a mark here would change more than the indentation; indent around this line with either tabs or "
        "spaces, and less deeply",
    ),
    "a hundred levels": (
        HEAD + "".join(" " * i + "if x:\n" for i in range(1, 99)) + " " * 99 + "f()\n",
        100,
        None,
        "line 100: a mark here would change more than the indentation; indent around this line with "
        "either tabs or spaces, and less deeply",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_marked_is_said_with_the_line_the_reason_and_what_to_do(case: str) -> None:
    source, line, column, sentence = REFUSED[case]
    with pytest.raises(MarkError) as caught:
        mark(source, line, column)
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith(f"line {line}: ")
    assert sentence is None or text == sentence


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\x00", "\ud800"])
def test_a_name_is_one_line_of_text(name: str) -> None:
    with pytest.raises(MarkError) as caught:
        mark(handler("f(1)"), 2, name=name)
    assert str(caught.value) == f"line 2: {name!r} is no name for a mark; write one line of text"


@pytest.mark.parametrize(
    "deep",
    ["-" * 50_000 + "f(1)", "(" * 300 + "f(1)" + ")" * 300, "f(1)" + ".a" * 50_000, "f(1)" + ".a" * 1500],
    ids=["signs", "parentheses", "names", "fewer names"],
)
def test_code_too_deep_for_the_parser_is_refused_too(deep: str) -> None:
    for attempt in (mark, lambda text, _: unmark_all(text)):
        with pytest.raises(MarkError, match=r"^line \d+: the code (is nested too deeply|does not parse)"):
            attempt(handler(f"x = {deep}\ncontext.mark.start('a')"), 2)


@pytest.mark.parametrize("names", range(10, 500, 35))
def test_code_of_any_depth_is_marked_or_refused_in_a_sentence(names: int) -> None:
    source = handler(f"x = f(1){'.a' * names}(2)\ny = 1")
    said = ""
    try:
        assert unmark_all(mark(source, 2).source) == source
        mark(source, 3)
    except MarkError as error:
        said = str(error)
    assert said.startswith(("line 3: no call", "line 1: the code is nested too deeply"))
