"""The expressions of lesson text and checks: what they mean, what they refuse, and in which words."""

from __future__ import annotations

import math
import operator
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lessons.expressions import FILTERS, Expression, ExpressionError, Node, Unknown, parse, parse_template

if TYPE_CHECKING:
    from collections.abc import Callable

    from lessons.expressions import Functions

NEEDS = Unknown("p99 needs 299 requests, this run has 60")
SCOPE = {
    "run.p95": 1.403,
    "run.p99": NEEDS,
    "run.codes": {201: 54, 502: 6},
    "run.requests": 60,
    "run.start": "cold",
    "answers.cause": None,
    "versions": ("launch", "traced"),
    "warm": False,
    "nothing": 0,
    "fixes.none": (),
}


def value(text: str) -> object:
    return parse(text).evaluate(SCOPE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3 - 4 / 2", 5.0),
        ("(1 + 2) * 3", 9),
        ("10 - 3 - 2", 5),
        ("2 * -3", -6),
        ("- -3", 3),
        ("-run.requests * 2", -120),
        ("1.5e3", 1500.0),
        ("run.p95 > 1.4 and run.requests >= 60", True),
        ("run.p95 > 1.4 and run.requests > 60 or warm", False),
        ("true_ish == 1 or run.requests == 60", True),
        ("not warm == warm", False),
        ("run.start != 'warm'", True),
        ("'a' < 'b'", True),
        ("'traced' in versions", True),
        ("'traced' not  in versions", False),
        ("502 in run.codes", True),
        ("'ol' in run.start", True),
        ("count(run.codes, 502)", 6),
        ("count(run.codes, 504)", 0),
        ("count(versions, 'launch')", 1),
        ("min(run.requests, 3) + max(1, 2) + abs(-4) + round(1.6)", 11),
        (r"'it\'s a \\'", "it's a \\"),
        ("versions == versions", True),
    ],
)
def test_a_value_is_what_its_text_says(text: str, expected: object) -> None:
    assert parse(text).evaluate({**SCOPE, "true_ish": 2}) == expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("run.p95 | ms", "1,403 ms"),
        ("0.00068 | ms", "0.68 ms"),
        ("0.0099999 | ms", "10 ms"),
        ("0 | ms", "0 ms"),
        ("2.185 | s", "2.19 s"),
        ("60 | s", "60 s"),
        ("7429.2 | s", "7,429.2 s"),
        ("0.2 | percent", "20 %"),
        ("0.366 | percent", "36.6 %"),
        ("0.0005 | percent", "0.05 %"),
        ("1000 | count", "1,000"),
        ("1.8 | count", "1.8"),
        ("0.256 | signed_ms", "+256 ms"),
        ("-0.0007 | signed_ms", "-0.7 ms"),
        ("-0.0000001 | signed_ms", "0 ms"),
        ("0.0000001 | signed_ms", "0 ms"),
        ("versions | text", "launch, traced"),
        ("warm | text", "no"),
        ("run.p99 | ms", "cannot tell"),
        ("run.p99 * 2 | signed_ms", "cannot tell"),
    ],
)
def test_a_filter_shows_a_value_as_people_write_it(text: str, shown: str) -> None:
    assert value(text) == shown


def test_numpy_values_count_as_plain_ones() -> None:
    scope = {
        "p": np.float64(2.185),
        "n": np.int64(7),
        "ok": np.bool_(True),
        "xs": np.array([1, 2]),
        "nan": np.nan,
    }
    assert type(parse("n + 1").evaluate(scope)) is int
    assert parse("p / 0").evaluate(scope) == Unknown("division by zero")
    assert parse("ok and 2 in xs").evaluate(scope) is True
    assert parse("nan < 1").evaluate(scope) == Unknown("`nan` is not a number a computer can hold")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("run.p99", NEEDS.reason),
        ("-run.p99 + 1 > 3", NEEDS.reason),
        ("min(run.p99, 1)", NEEDS.reason),
        ("run.p99 in versions", NEEDS.reason),
        ("run.p99 + answers.cause", NEEDS.reason),
        ("answers.cause == 'promo'", "`answers.cause` has no value yet"),
        ("1 / nothing > 2", "division by zero"),
        ("1e308 * 10", "`*` is not a number a computer can hold"),
    ],
)
def test_what_cannot_be_told_keeps_its_reason(text: str, reason: str) -> None:
    assert value(text) == Unknown(reason)


def test_the_smallest_of_nothing_cannot_be_told() -> None:
    assert isinstance(value("min(fixes.none)"), Unknown)


def test_unknown_is_never_taken_for_yes_or_no() -> None:
    with pytest.raises(TypeError, match="neither yes nor no: p99 needs 299"):
        bool(NEEDS)


TRUTHS = {"T": True, "F": False, "U": NEEDS}


@pytest.mark.parametrize(
    ("sign", "table"),
    [  # rows: the left side, columns: the right side, both in the order T, F, U
        ("and", ("TFU", "FFF", "UFU")),
        ("or", ("TTT", "TFU", "TUU")),
    ],
)
def test_logic_of_three_values_is_kleenes(sign: str, table: tuple[str, ...]) -> None:
    for left, row in zip("TFU", table, strict=True):
        for right, expected in zip("TFU", row, strict=True):
            assert parse(f"{left} {sign} {right}").evaluate(TRUTHS) == TRUTHS[expected], (left, sign, right)
    assert [parse(f"not {name}").evaluate(TRUTHS) for name in "TFU"] == [False, True, NEEDS]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a value, column 1"),
        ("run.p95 >= ", "expected a value after `>=`, column 12"),
        ("(1 + 2", "expected `)` after `2`, column 7"),
        ("min(1 2)", "expected `,` or `)` after `1`, column 7"),
        ("12ms", "expected an operator or the end after `12`, column 3"),
        ("run.requests 5", "expected an operator or the end after `run.requests`, column 14"),
        ("1 < 2 < 3", "comparisons do not chain, column 7; write `a < b and b < c`"),
        ("warm = 3", "`=` means nothing here, column 6; write `==` to compare"),
        ("!warm", "`!` means nothing here, column 1; write `not`"),
        ("warm && warm", "`&` means nothing here, column 6; write `and`"),
        ("warm || warm", "expected a filter's name after `|`, column 7; where either will do, write `or`"),
        (
            "1 == not warm",
            "expected a value after `==`, column 6; put `not` and what follows it in parentheses",
        ),
        ('"cold"', '`"` means nothing here, column 1; write text in single quotes'),
        ("1\n+ +", "expected a value after `+`, line 2, column 3"),
        ("1 }}", "`}}` means nothing here, column 3"),
        ("1e999", "this number is too large, column 1"),
        ("9" * 5000, "this number is too large, column 1"),
        ("\x1b[0m", "`?` means nothing here, column 1"),
    ],
)
def test_what_cannot_be_parsed_is_said_with_its_place(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("run.request > 1", "unknown name `run.request`, column 1; did you mean `run.requests`?"),
        ("1 + mim(1, 2)", "unknown function `mim`, column 5; did you mean `min`?"),
        ("1 | mss", "unknown filter `mss`, column 5; did you mean `ms`?"),
        ("warm + 1", "`+` does not take yes/no and a number, column 6"),
        ("run.start < 1", "`<` does not take text and a number, column 11"),
        ("warm == 'no'", "`==` does not take yes/no and text, column 6"),
        ("versions > versions", "`>` does not take a list and a list, column 10"),
        ("1 in 2", "`in` does not take a number and a number, column 3"),
        ("not 1", "`not` does not take a number, column 1"),
        ("-'a'", "`minus` does not take text, column 1"),
        ("warm or 1", "`or` needs yes/no, not a number, column 9"),
        ("run.start | ms", "`ms` cannot be computed (it shows a number, not text), column 13"),
    ],
)
def test_what_does_not_go_together_is_said_with_its_place(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        value(text)
    assert str(caught.value) == message


def test_functions_of_the_caller_are_used_and_their_mistakes_named() -> None:
    def share(part: float, whole: float) -> float:
        if whole < 10:
            raise ValueError(f"a share needs 10 requests, there are {whole}")
        return part / whole

    functions: Functions = {"share": share, "odd": object}
    assert parse("share(6, 60) | percent").evaluate({}, functions) == "10 %"
    assert parse("share(1, 5)").evaluate({}, functions) == Unknown("a share needs 10 requests, there are 5")
    with pytest.raises(ExpressionError, match=r"`share` cannot be computed .* column 1"):
        parse("share(1)").evaluate({}, functions)
    with pytest.raises(ExpressionError, match="neither a number, text, yes/no nor a list"):
        parse("odd()").evaluate({}, functions)


def test_a_scope_may_be_a_function() -> None:
    names = {"run.p95": 1.5}
    assert parse("run.p95 * 2").evaluate(names.__getitem__) == 3.0
    with pytest.raises(ExpressionError, match=r"unknown name `run\.p50`, column 1"):
        parse("run.p50").evaluate(names.__getitem__)


def test_problems_are_found_without_evaluating() -> None:
    expression = parse("run.p9 > 1 or mim(run.p95, run.p9) > 2 | texx")
    assert expression.names() == ("run.p9", "run.p95")
    assert [error.column for error in expression.problems(SCOPE)] == [1, 15, 28, 42]
    assert str(expression.problems(SCOPE)[1]) == "unknown function `mim`, column 15; did you mean `min`?"
    assert parse("min(run.p95, 1) | ms").problems(SCOPE) == []


@pytest.mark.parametrize(
    "text", ["(" * 10_000, "f(" * 10_000, "1" + " + 1" * 10_000, "not " * 10_000 + "warm", "-" * 10_000 + "1"]
)
def test_endless_expressions_are_refused_in_words(text: str) -> None:
    with pytest.raises(ExpressionError, match="more than 150 words and signs"):
        parse(text)


@pytest.mark.parametrize("text", ["(" * 74 + "1" + ")" * 74, "1" + " + 1" * 74, "not " * 148 + "warm"])
def test_the_longest_expressions_allowed_are_computed(text: str) -> None:
    assert value(text) in (1, 75, False)
    assert parse(str(parse(text))) == parse(text)


# Syntax trees, as the parser makes them: numbers are not negative, words are not names.
WORD = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,5}", fullmatch=True).filter(
    lambda word: word not in ("and", "or", "not", "in")
)
LITERAL = st.one_of(
    st.integers(0, 10**12), st.floats(0, allow_infinity=False, allow_subnormal=False), st.text(max_size=5)
)
LEAF = st.one_of(
    LITERAL.map(lambda literal: Node("literal", literal)),
    st.lists(WORD, min_size=1, max_size=3).map(lambda words: Node("name", ".".join(words))),
)
LOOSE = {"==": operator.eq, "!=": operator.ne, "<=": operator.le, ">=": operator.ge}
ORDER = {**LOOSE, "<": operator.lt, ">": operator.gt}
SIGNS = st.sampled_from(["or", "and", "in", "not in", "+", "-", "*", "/", *ORDER])


def _grown(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(lambda kind, part: Node(kind, "", (part,)), st.sampled_from(["not", "minus"]), inner),
        st.builds(lambda sign, left, right: Node(sign, "", (left, right)), SIGNS, inner, inner),
        st.builds(lambda name, parts: Node("call", name, tuple(parts)), WORD, st.lists(inner, max_size=3)),
    )


TREES = st.recursive(LEAF, _grown, max_leaves=12)


@given(TREES, st.lists(WORD.map(lambda word: Node("filter", word)), max_size=2))
def test_an_expression_written_out_parses_to_itself(tree: Node, filters: list[Node]) -> None:
    expression = Expression(tree, tuple(filters))
    assert parse(str(expression)) == expression


PIECES = st.sampled_from([*"()1<'|,-\\é\n", ".5", "a.b", "not ", " in ", " and ", "==", "{{", "}}"])


@given(st.text() | st.lists(PIECES).map("".join))
@example("9" * 5000 + "*" + "9" * 5000)
@example("9" * 30 + ("*" + "9" * 30) * 70)
def test_arbitrary_text_raises_nothing_but_expression_errors(text: str) -> None:
    reads: list[Callable[[], object]] = [
        lambda: parse(text).evaluate({}),
        lambda: parse_template(text).render({}),
        lambda: parse_template("{{" + text + "}}").render({}),
    ]
    for read in reads:
        with suppress(ExpressionError):
            read()


@given(st.lists(PIECES).map("".join))
def test_every_message_is_one_line_with_a_place_inside_the_text(text: str) -> None:
    try:
        parse(text)
    except ExpressionError as error:
        caught = error
    else:
        return
    assert "\n" not in str(caught)
    lines = text.split("\n")
    assert 1 <= caught.column <= len(lines[caught.line - 1]) + 1


FINITE = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**18), 10**18)


@given(FINITE, FINITE, st.sampled_from("+-*/"))
def test_arithmetic_is_pythons_for_finite_numbers(left: float, right: float, sign: str) -> None:
    found = parse(f"a {sign} b").evaluate({"a": left, "b": right})
    python = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}[sign]
    if sign == "/" and right == 0:
        assert found == Unknown("division by zero")
    elif not math.isfinite(python(left, right)):
        assert isinstance(found, Unknown)
    else:
        assert found == python(left, right)


@given(FINITE, FINITE, st.sampled_from(sorted(ORDER)))
def test_comparisons_are_pythons(left: float, right: float, sign: str) -> None:
    assert parse(f"a {sign} b").evaluate({"a": left, "b": right}) is ORDER[sign](left, right)


@given(FINITE, st.sampled_from(sorted(FILTERS)))
def test_a_filter_shows_every_finite_number(number: float, name: str) -> None:
    shown = parse(f"x | {name}").evaluate({"x": number})
    assert isinstance(shown, str)
    assert not shown.startswith("-0 ")


def test_a_template_renders_its_inserts_and_leaves_all_other_braces_alone() -> None:
    template = parse_template(
        "p95 is **{{ run.p95 | ms }}**, p99 {{run.p99|ms}} ({{ run.p99 }}).\n"
        '```json\n{"a": {"b": {}}} ${x} `{y}`\n```\n'
        r'target: "\{{ wild_rydes_site }}", {{ run.start }} '
        "{{ '}}' }} {{ warm }} {{ run.requests / 7 }}"
    )
    assert template.render(SCOPE) == (
        "p95 is **1,403 ms**, p99 cannot tell (cannot tell).\n"
        '```json\n{"a": {"b": {}}} ${x} `{y}`\n```\n'
        'target: "{{ wild_rydes_site }}", cold }} no 8.57'
    )
    assert [expression.text for expression in template.expressions][:3] == [
        "run.p95 | ms",
        "run.p99|ms",
        "run.p99",
    ]


def test_a_template_takes_the_callers_filters() -> None:
    assert parse_template("{{ 3 | stars }}").render({}, {"stars": lambda number: "*" * number}) == "***"


@given(st.text().filter(lambda text: "{{" not in text))
def test_text_without_double_braces_is_untouched(text: str) -> None:
    assert parse_template(text).render({}) == text


HINT = r"; write `\{{` where two braces are plain text"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Some text,\nthen {{ run.p95 + }}.", "expected a value after `+`, line 2, column 19" + HINT),
        ("a {{ run.p95 | ms", "this insert is not closed by `}}`, column 3" + HINT),
        ("a {{ }}", "expected a value after `{{`, column 6" + HINT),
        ('{{"a": 1}}', '`"` means nothing here, column 3; write text in single quotes' + HINT),
    ],
)
def test_a_bad_insert_is_said_with_its_place_in_the_whole_text(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_template(text)
    assert str(caught.value) == message


def test_a_name_that_does_not_exist_is_placed_in_the_whole_text() -> None:
    (expression,) = parse_template("One line.\n\nIt took {{ run.p59 | ms }}.").expressions
    (problem,) = expression.problems(["run.p95"])
    assert (problem.line, problem.column) == (3, 12)
    assert str(problem) == "unknown name `run.p59`, line 3, column 12; did you mean `run.p95`?"
