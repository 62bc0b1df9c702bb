"""Marks set around a statement: what is wrapped, what stays as it was, and what the mark is called."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from simulator import deploying
from simulator.marking import bare, mark, marks, unmark, unmark_all

HEAD = "async def handler(event, context):\n"


def handler(body: str) -> str:
    """A handler with this body; its first line is line 2."""
    return HEAD + indent(dedent(body).strip("\n"), "    ") + "\n"


def built_in(ref: str) -> str:
    return deploying.read_version(ref).source


def line_of(source: str, part: str) -> int:
    return next(i for i, line in enumerate(source.split("\n"), 1) if part in line)


def test_the_statement_under_the_cursor_is_wrapped_as_the_built_in_versions_do_it() -> None:
    source = built_in("request-ride@launch")
    marked = mark(source, line_of(source, "ride = await _get_ride("))
    assert marked.name == "get_ride"
    assert (
        "    with context.mark('get_ride'):\n        ride = await _get_ride(context, user, pickup_location)\n"
        in marked.source
    )
    assert marked.source.split("\n")[marked.line - 1] == "    with context.mark('get_ride'):"


def test_marking_the_launched_version_gives_the_version_with_one_mark_but_for_its_blank_lines() -> None:
    source = built_in("request-ride@launch")
    by_hand = mark(source, line_of(source, "ride = await _get_ride(")).source
    given = built_in("request-ride@mark-ride")

    def code(text: str) -> list[str]:
        return [line for line in text.split("\n")[DOCSTRING:] if line.strip()]

    assert code(by_hand) == code(given)


DOCSTRING = 1  # the docstring that says which version it is

WRAPPED = {
    "a statement over several lines, with comments and blank lines inside": (
        """
        ride = await book(
            # the rider
            user,

          place,  # where
        )
        """,
        4,
        """
        with context.mark('book'):
            ride = await book(
                # the rider
                user,

              place,  # where
            )
        """,
    ),
    "a continued line": (
        """
        ride = \\
          await book(user)
        """,
        3,
        """
        with context.mark('book'):
            ride = \\
              await book(user)
        """,
    ),
    "an answer": ("return await book(user)", 2, "with context.mark('book'):\n    return await book(user)"),
    "a comprehension": (
        "rides = [book(u) for u in users]",
        2,
        "with context.mark('book'):\n    rides = [book(u) for u in users]",
    ),
    "a statement that ends in a semicolon and a comment": (
        "book(user);  # type: ignore",
        2,
        "with context.mark('book'):\n    book(user);  # type: ignore",
    ),
    "a call in an f-string": (
        "log(f'{book(user)}')",
        2,
        "with context.mark('log'):\n    log(f'{book(user)}')",
    ),
    "a branch of match": (
        """
        match event:
            case {'a': 1}:
                book(1)
            case _:
                pass
        """,
        4,
        """
        match event:
            case {'a': 1}:
                with context.mark('book'):
                    book(1)
            case _:
                pass
        """,
    ),
    "a handler of try/except*": (
        """
        try:
            pass
        except* ValueError:
            book(1)
        """,
        5,
        """
        try:
            pass
        except* ValueError:
            with context.mark('book'):
                book(1)
        """,
    ),
    "the body of an async with": (
        """
        async with asyncio.timeout(1):
            await book(user)
        """,
        3,
        """
        async with asyncio.timeout(1):
            with context.mark('book'):
                await book(user)
        """,
    ),
    "a function in the handler, which sees its context": (
        """
        def inner():
            book(1)
        """,
        3,
        """
        def inner():
            with context.mark('book'):
                book(1)
        """,
    ),
    "a comment too deep below the statement, which becomes a part of the block": (
        """
        book(1)

                # odd
        done()
        """,
        2,
        """
        with context.mark('book'):
            book(1)

                    # odd
        done()
        """,
    ),
}


@pytest.mark.parametrize("case", WRAPPED)
def test_what_is_wrapped(case: str) -> None:
    before, line, after = WRAPPED[case]
    source = handler(before)
    marked = mark(source, line)
    assert marked.source == handler(after)
    assert unmark(marked.source, marked.line) == source
    assert unmark(marked.source, marked.line + 1) == source
    assert bare(marked.source) == bare(source)


@pytest.mark.parametrize(
    ("source", "line", "expected"),
    [
        (
            "def f(context):\r\n    g()\r\n",
            2,
            "def f(context):\r\n    with context.mark('g'):\r\n        g()\r\n",
        ),
        ("def f(context):\r    g()\r", 2, "def f(context):\r    with context.mark('g'):\r        g()\r"),
        ("def f(context):\n    g()", 2, "def f(context):\n    with context.mark('g'):\n        g()"),
        ("def f(context):\r\n\tg()", 2, "def f(context):\r\n\twith context.mark('g'):\r\n\t\tg()"),
        ("def f(context):\n  g()\n", 2, "def f(context):\n  with context.mark('g'):\n    g()\n"),
        ("def f(context):\n\f    g()\n", 2, "def f(context):\n    with context.mark('g'):\n\f        g()\n"),
        (
            'def f(context):\n    x = "a"\n    g()\n',
            3,
            'def f(context):\n    x = "a"\n    with context.mark("g"):\n        g()\n',
        ),
        (
            "def f(context):\n    x = 'ä'; y = '🦄'\n    größe('ä', 'ö')\n",
            3,
            "def f(context):\n    x = 'ä'; y = '🦄'\n    with context.mark('größe'):\n        größe('ä', 'ö')\n",
        ),
    ],
    ids=["crlf", "cr", "no final newline", "tabs", "two spaces", "form feed", "double quotes", "non-ASCII"],
)
def test_the_files_own_way_of_writing_is_kept(source: str, line: int, expected: str) -> None:
    marked = mark(source, line)
    assert marked.source == expected
    assert unmark(marked.source, marked.line) == source == unmark_all(marked.source)


@pytest.mark.parametrize(
    ("statement", "column", "name"),
    [
        ("ride = await _get_ride(context, user)", None, "get_ride"),
        ("await context.rides.put_item(item)", None, "put_item"),
        ("await context.http.post(url)", None, "http_post"),
        ("body = json.loads(event['body'])", None, "json_loads"),
        ("event['requestContext'].get('authorizer')", None, "request_context_get"),
        ("a, b = await asyncio.gather(_get_ride(1), _price(2))", None, "gather"),
        ("await asyncio.wait_for(_get_ride(1), 0.25)", None, "get_ride"),
        ("uuid.uuid4()", None, "uuid4"),
        ("context.work(0.1)", None, "work"),
        ("RideRecorder(1)", None, "ride_recorder"),
        ("getHTTPAnswer(1)", None, "get_http_answer"),
        ("datetime.now(utc).isoformat()", None, "now_isoformat"),
        ("table['x' + y](1)", None, "table"),
        ("(a or b)(1)", None, "call"),
        ("_(1)", None, "call"),
        (
            "a_name_that_goes_on_and_on_and_on_and_on_and_on(1)",
            None,
            "a_name_that_goes_on_and_on_and_on_and_on",
        ),
        ("str(await _get_ride(1))", None, "get_ride"),
        ("first(1) + second(2)", None, "first"),
        ("outer(inner(1))", None, "outer"),
        ("outer(inner(1))", 4 + 6, "inner"),
        ("outer(inner(1))", 4 + 5, "outer"),
        ("outer('ä🦄', inner(1))", 4 + 12, "inner"),
        ("outer('ä🦄', inner(1))", 4 + 11, "outer"),
        ("outer(inner(1))", 0, "outer"),
        ("outer(inner(1))", 900, "outer"),
        ("log(f'{first(1)} {second(2)}')", 4 + 20, "second"),
        ("rides.sort(key=lambda ride: cost(ride))", None, "rides_sort"),
        ("pair = (lambda: late()), now()", None, "now"),
    ],
)
def test_the_name_is_proposed_from_the_call(statement: str, column: int | None, name: str) -> None:
    assert mark(handler(statement), 2, column).name == name


def test_a_proposed_name_is_new_and_a_given_one_is_taken_as_it_is() -> None:
    source = handler("get_ride(1)\nget_ride(2)\ncontext.mark.start('get_ride_2')\nget_ride(3)\nget_ride(4)")
    first = mark(source, 2)
    second = mark(first.source, 4)
    assert (first.name, second.name) == ("get_ride", "get_ride_3")
    assert mark(second.source, 8, name="get_ride").name == "get_ride"
    odd = mark(source, 2, name='it\'s a \\ "ride"')
    assert marks(odd.source)[0].name == 'it\'s a \\ "ride"'


def test_context_may_come_from_the_outside_or_be_assigned_before() -> None:
    for source, line in (
        ("context = make()\ndef f():\n    g()\n", 3),
        ("def f():\n    context = make()\n    g()\n", 3),
        ("def f(*, context):\n    def inner():\n        g()\n", 3),
        ("def f(context):\n    class A:\n        x = g()\n", 3),
        ("from lab import context\ndef f():\n    g()\n", 3),
        ("def f():\n    with open() as context:\n        g()\n", 3),
    ):
        assert "with context.mark('g'):" in mark(source, line).source
