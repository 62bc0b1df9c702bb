"""The YAML reader: what it understands, and what it says, and where, when it does not."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Annotated, Any, Literal

import msgspec
import pytest
import yaml
from msgspec import Meta

from simulator import document_nodes
from simulator.document import DocumentError, Problem, parse
from simulator.errors import RidelabError

LOADERS = [getattr(yaml, name) for name in ("SafeLoader", "CSafeLoader") if hasattr(yaml, name)]


class Strict(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """What every Struct here is: one that takes no key it does not know."""


class Get(Strict, tag_field="kind", tag="get"):
    url: str


class Think(Strict, tag_field="kind", tag="think"):
    seconds: Annotated[float, Meta(ge=0)]


class Color(enum.Enum):
    GOLDEN = "golden"
    WHITE = "white"


class Phase(Strict):
    duration: Annotated[int, Meta(ge=1, le=3600)] | str
    arrival_rate: Annotated[float, Meta(gt=0)]
    name: str | None = None
    mode: Literal["uniform", "poisson"] = "uniform"

    def __post_init__(self) -> None:
        if self.name == "never":
            raise ValueError("a phase cannot be\ncalled `never`")


class Plan(Strict):
    """One of everything."""

    phases: Annotated[list[Phase], Meta(min_length=1, max_length=4)] = []
    flow: list[Get | Think] = []
    body: Any = None
    loose: object = None
    warm: bool = False
    count: int = 0
    share: Annotated[float, Meta(ge=0, le=1)] = 0.0
    title: str = ""
    short: Annotated[str, Meta(min_length=1, max_length=3, pattern="^[a-z]*$")] = "a"
    headers: dict[str, str] = {}
    by_number: dict[int, str] = {}
    pair: tuple[int, str] | None = None
    color: Color = Color.WHITE
    day: dt.date | None = None
    mixed: bool | int | float | str | None = None
    level: Literal["none", 1, None] = "none"


class Named(Strict):
    name: str
    other: int


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__, autouse=True)
def _each_loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold every statement below with libyaml and without it."""
    monkeypatch.setattr(document_nodes, "LOADER", request.param)


def plan(text: str) -> Plan:
    return parse(text, Plan, name="plan.yml").value


def errors(text: str, kind: type[Any] = Plan) -> list[str]:
    """Return each problem as ``line:column: what``."""
    with pytest.raises(DocumentError) as caught:
        parse(text, kind, name="plan.yml")
    return [str(problem).removeprefix("plan.yml:") for problem in caught.value.problems]


# What is read


def test_a_file_is_read_as_the_struct_asked_for() -> None:
    text = "phases:\n  - duration: 60\n    arrivalRate: 1\n    name: ~\nflow:\n- {kind: get, url: /ride}\n"
    assert plan(text) == Plan(phases=[Phase(60, 1.0)], flow=[Get("/ride")])


@pytest.mark.parametrize(
    "text", ["no", "1:30", "0755", "2018-03-30", "true", "1e3", "null", "~", "0x1F", ".nan"]
)
def test_a_text_stays_as_it_was_written(text: str) -> None:
    assert plan(f"title: {text}").title == text


@pytest.mark.parametrize("written", ["null", "~", ""])
def test_null_is_none_where_the_type_has_none(written: str) -> None:
    assert plan(f"mixed: {written}\npair: {written}\nlevel: {written}\n") == Plan(level=None)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("60", 60),
        ('"60"', "60"),
        ("1.5", 1.5),
        ("true", True),
        ("'true'", "true"),
        ("yes", "yes"),
        ("0755", "0755"),
        ("nan", "nan"),
        ('""', ""),
        ("'null'", "null"),
        ("-0", 0),
        ("12 s", "12 s"),
        ("+7", 7),
        ("1_000", "1_000"),
    ],
)
def test_a_union_takes_what_the_text_looks_like_and_a_quoted_one_as_text(written: str, meant: object) -> None:
    value = plan(f"mixed: {written}").mixed
    assert (value, type(value)) == (meant, type(meant))


def test_a_quoted_number_is_a_number_where_only_a_number_is_wanted() -> None:
    assert plan("count: '12'\nshare: \"0.5\"\nwarm: 'true'") == Plan(count=12, share=0.5, warm=True)


@pytest.mark.parametrize("field", ["body", "loose"])
def test_an_open_type_follows_yamls_core_rules(field: str) -> None:
    items = "[true, False, ~, Null, yes, 1e3, 0x1F, 0o17, 0755]"
    text = f"{field}: {{a: 42.35250862285574, b: -71, c: {items}, 'd': '1'}}"
    wanted = {
        "a": 42.35250862285574,
        "b": -71,
        "c": [True, False, None, None, "yes", 1000.0, 31, 15, 755],
        "d": "1",
    }
    assert getattr(plan(text), field) == wanted


def test_enums_literals_tuples_dates_and_numbered_keys_are_read() -> None:
    text = "color: golden\nlevel: 1\npair: [1, 2]\nday: 2018-03-30\nbyNumber: {7: seven}"
    wanted = Plan(
        color=Color.GOLDEN, level=1, pair=(1, "2"), day=dt.date(2018, 3, 30), by_number={7: "seven"}
    )
    assert plan(text) == wanted


def test_block_texts_keep_their_lines_and_lose_carriage_returns() -> None:
    assert plan("title: |\r\n  one\r\n  two\r\n").title == "one\ntwo\n"


def test_a_byte_order_mark_at_the_start_and_document_marks_are_fine() -> None:
    assert plan("\ufeff%YAML 1.1\n---\ntitle: é😀\n...\n").title == "é😀"


def test_escaped_control_characters_are_fine() -> None:
    assert plan(r'title: "\0\e\u2028"').title == "\0\x1b\u2028"


def test_fifty_levels_are_read_and_fifty_one_are_not() -> None:
    assert plan(f"body: {'[' * 49}{']' * 49}").body is not None
    assert errors(f"body: {'[' * 50}{']' * 50}") == ["1:56: nested more than 50 deep"]


# What is refused, one by one

TAG = "tags (`!name`) are not read here; put quotes around a text that begins with `!`"
ALIAS = "aliases (`*name`) are not read here; write the value out, or quote a text that begins with `*`"
ANCHOR = "anchors (`&name`) are not read here; remove it, or quote a text that begins with `&`"
COLON = "a `:` cannot stand here; put quotes around a text that holds `: `, or mend the indentation"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("titel: x", "1:1: unknown key `titel`; did you mean `title`?"),
        ("headers: {a: [x]}", "1:14: expected a text, found a list of 1 item"),
        ("headers:\n  a:\n", '2:5: expected a text, found nothing; write "" for an empty text'),
        ("headers: []", "1:10: expected a mapping, found an empty list"),
        ("flow: {}", "1:7: expected a list, found an empty mapping"),
        ("phases: []", "1:9: expected a list of 1 to 4 items, found an empty list"),
        ("phases: 7", "1:9: expected a list of 1 to 4 items, found `7`"),
        ("count: many", "1:8: expected a whole number, found `many`"),
        ("count: 1.0", "1:8: expected a whole number, found `1.0`"),
        ("count: 007", "1:8: expected a whole number, found `007`; write `7`"),
        ("count: ''", "1:8: expected a whole number, found an empty text"),
        ("count:", "1:7: expected a whole number, found nothing"),
        ("count: -9223372036854775809", "64 bits"),
        ("share: 00", "1:8: expected a number, from 0 to 1, found `00`; write `0`"),
        ("share: nan", "1:8: expected a number, from 0 to 1, found `nan`"),
        ("share: .inf", "1:8: expected a number, from 0 to 1, found `.inf`"),
        ("share: 1e999", "1:8: expected a number, from 0 to 1, found `1e999`"),
        ("share: 1.01", "1:8: expected a number, from 0 to 1, found `1.01`"),
        ("warm: yes", "1:7: write true or false, not `yes`"),
        ("warm: True", "1:7: write true or false, not `True`"),
        ("warm: {}", "1:7: expected true or false, found an empty mapping"),
        ("short: abcd", "1:8: expected a text of 1 to 3 characters that matches `^[a-z]*$`, found `abcd`"),
        ("short: B", "1:8: expected a text of 1 to 3 characters that matches `^[a-z]*$`, found `B`"),
        ("color: goldn", "1:8: expected one of `golden`, `white`, found `goldn`; did you mean `golden`?"),
        ("level: 2", "1:8: expected one of `1`, `none`, found `2`"),
        ("pair: [1]", "1:7: expected a list of 2 items, found a list of 1 item"),
        (
            "mixed: [1]",
            "1:8: expected true or false or a whole number or a number or a text or nothing, found a",
        ),
        ("day: soon", "1:6: Invalid RFC3339 encoded date"),
        ("byNumber: {x: a}", "1:12: expected a whole number, found `x`"),
        ("byNumber: {1: a, +1: b}", "1:18: the key `+1` is here twice"),
        ("body: [.nan]", "1:8: `.nan` is too large or not a number; quote it if it is a text"),
        ("body: [-1e999]", "1:8: `-1e999` is too large or not a number; quote it if it is a text"),
        (f"body: {'9' * 5000}", "is too large or not a number; quote it if it is a text"),
        ("flow: [{url: x}]", "1:8: missing key `kind`: one of `get`, `think`"),
        ("flow: [{kind: gett}]", "1:15: expected one of `get`, `think`, found `gett`; did you mean `get`?"),
        ("flow: [{kind: {}}]", "1:15: expected one of `get`, `think`, found an empty mapping"),
        ("flow: [{kind: get, url: x, seconds: 1}]", "1:28: unknown key `seconds`; known here: `url`"),
        ("flow: [x]", "1:8: expected a mapping, found `x`"),
        (
            "phases: [{duration: 0, arrivalRate: 1}]",
            "1:21: expected a whole number, from 1 to 3600, found `0`",
        ),
        ("phases: [{duration: 1, arrivalRate: 0}]", "1:37: expected a number, above 0, found `0`"),
        (
            "phases:\n- {duration: 1, arrivalRate: 1, name: never}",
            "2:3: a phase cannot be called `never`",
        ),
        ("title: a\ncount: 1\ntitle: b\n", "3:1: the key `title` is here twice; the first is on line 1"),
        ("title: &a x", f"1:8: {ANCHOR}"),
        ("title: *a", f"1:8: {ALIAS}"),
        ("title: **bold**", ALIAS),
        ("title: !!python/object/apply:os.system [ls]", f"1:8: {TAG}"),
        ("count: !!int 7", f"1:8: {TAG}"),
        ("body: {<<: {a: 1}}", "1:8: merge keys (`<<`) are not read here; write the keys out"),
        ("body: {[a]: 1}", "1:8: a key must be a text, not a list or a mapping"),
        ("title: {{ site }}", "1:9: put quotes around a text that begins with `{{`"),
        ("title: {{ site }}/ride", "put quotes around a text that begins with `{{`"),
        (
            "title: a\n---\ntitle: b\n",
            "2:1: only one document can stand in a file; remove this and what follows",
        ),
        ("body:\n\ttitle: a\n", "2:1: a tab cannot indent; use spaces"),
        ("title: 'a\ncount: 1\n", "1:8: the quote that opens here is never closed"),
        ("title: a: b", f"1:9: {COLON}"),
        (
            "title: a\ncount\nwarm: true\n",
            "2:1: this is no `key: value`; add the `:`, or mend the indentation",
        ),
        ("flow: [a\ncount: 1\n", "2:6: `,` or `]` is expected here, to go on with the `[` of line 1"),
        ("title: @a", "1:8: a text cannot begin with `@`; put quotes around it"),
        ("title: `a`", "1:8: a text cannot begin with a backtick; put quotes around it"),
        ('title: "\\q"', "unknown escape; write \\\\ for a backslash, or use single quotes"),
        ("title: - a", "1:8: a list cannot begin here; begin `- ` on a line of its own"),
        ("body:\n    a: 1\n  b: 2\n", "3:3: this does not fit what stands before it; mend the indentation"),
        ("%YAML 3.0\n---\ntitle: a\n", "1:1: remove this `%YAML` line"),
        ("title: a\x00b", '1:9: U+0000 is not allowed here; write it as "\\u0000", in double quotes'),
        ("a: 1\ntitle: \x1b[31m", '2:8: U+001B is not allowed here; write it as "\\u001b", in double quotes'),
        ("title: a\u2028b", '1:9: U+2028 is not allowed here; write it as "\\u2028", in double quotes'),
        ("title: a\ufeffb", '1:9: U+FEFF is not allowed here; write it as "\\ufeff", in double quotes'),
        ("title: \ud800", "1:8: half a character (a lone surrogate); write the whole one"),
        ("", "1:1: the file is empty"),
        ("# nothing but words\n", "1:1: the file is empty"),
        ("---\n", "expected a mapping, found nothing"),
        ("- title: x", "1:1: expected a mapping, found a list of 1 item"),
        ("just words", "1:1: expected a mapping, found `just words`"),
        ("x" * 1_000_001, "1:1: the file is larger than 1 MB; split it"),
    ],
    ids=lambda value: value[:40].encode("unicode_escape").decode(),
)
def test_a_mistake_is_named_at_its_place(text: str, said: str) -> None:
    (problem,) = errors(text)
    assert said in problem


def test_missing_keys_are_named_at_the_mapping() -> None:
    assert errors("# first\nname: x\n", Named) == ["2:1: missing key `other`"]
    assert errors("{}", Named) == ["1:1: missing keys `name` and `other`"]


def test_a_misspelled_key_is_not_called_missing_as_well() -> None:
    assert errors("nmae: x\nother: 1\n", Named) == ["1:1: unknown key `nmae`; did you mean `name`?"]


def test_a_key_that_is_like_none_is_told_the_known_ones_and_the_missing() -> None:
    assert errors("zzz: x\nother: 1\n", Named) == [
        "1:1: unknown key `zzz`; known here: `name`, `other`",
        "1:1: missing key `name`",
    ]


def test_keys_that_a_merge_may_have_brought_are_not_called_missing() -> None:
    assert errors("<<: {name: x}\n", Named) == [
        "1:1: merge keys (`<<`) are not read here; write the keys out"
    ]


@pytest.mark.parametrize("escape", [r"\ud800", r"\UFFFFFFFF"])
def test_an_escape_that_names_no_character_is_refused(escape: str) -> None:
    (problem,) = errors(f'title: "a{escape}"')
    assert problem.startswith("1:")


def test_a_version_of_a_thousand_figures_is_refused() -> None:
    (problem,) = errors(f"%YAML {'9' * 5000}.1\n---\ntitle: a\n")
    assert problem.startswith("1:")


def test_a_long_text_is_shortened_in_an_error() -> None:
    assert errors(f"count: {'a' * 50}") == [f"1:8: expected a whole number, found `{'a' * 39}…`"]


def test_an_error_is_one_printable_line_whatever_it_quotes() -> None:
    (problem,) = errors('count: "a\\nb\\e[31m"')
    assert problem == "1:8: expected a whole number, found `a\\nb\\x1b[31m`"
    assert str(Problem("a\udcff\nb.yml", 1, 2, "so")) == "a\\udcff\\nb.yml:1:2: so"


# Several at once


def test_every_problem_is_found_at_once_in_the_order_of_the_file() -> None:
    text = (
        "phases:\n  - {duration: 0, arrivalRate: 1}\n  - {duration: 1, arrivalRate: 1, name: never}\n"
        "flow:\n  - kind: wait\nwarm: on\ncount: &c 1\ntitel: x\n"
    )
    assert errors(text) == [
        "2:16: expected a whole number, from 1 to 3600, found `0`",
        "3:5: a phase cannot be called `never`",
        "5:11: expected one of `get`, `think`, found `wait`",
        "6:7: write true or false, not `on`",
        f"7:8: {ANCHOR}",
        "8:1: unknown key `titel`; did you mean `title`?",
    ]


def test_what_a_struct_itself_refuses_is_found_in_every_place() -> None:
    bad = "{duration: 1, arrivalRate: 1, name: never}"
    assert [line[:4] for line in errors(f"phases:\n- {bad}\n- {bad}\n")] == ["2:3:", "3:3:"]


def test_the_text_shows_ten_problems_and_counts_the_rest() -> None:
    with pytest.raises(DocumentError) as caught:
        parse("flow:\n" + "- x\n" * 13, Plan, name="plan.yml")
    lines = str(caught.value).split("\n")
    assert lines[0] == "plan.yml:2:3: expected a mapping, found `x`"
    assert (len(lines), lines[9][:12], lines[10]) == (11, "plan.yml:11:", "and 3 more")
    assert len(caught.value.problems) == 13
    assert isinstance(caught.value, RidelabError)


def test_a_syntax_error_does_not_hide_what_was_found_before_it() -> None:
    assert errors("title: &a x\ncount: 'open\n") == [
        f"1:8: {ANCHOR}",
        "2:8: the quote that opens here is never closed",
    ]


def test_what_is_wrong_inside_a_tagged_part_is_still_found() -> None:
    assert errors("body: !x\n  a: *b\n  c: &d 1\n") == [f"1:7: {TAG}", f"2:6: {ALIAS}", f"3:6: {ANCHOR}"]


# Places


def test_a_document_knows_where_each_value_stands() -> None:
    document = parse("phases:\n  - duration: 60\n    arrivalRate: 1\nbyNumber: {7: a}\n", Plan, name="p.yml")
    assert document.where(()) == "p.yml:1:1"
    assert document.where(("phases", 0, "arrivalRate")) == "p.yml:3:18"
    assert document.where(("byNumber", 7)) == "p.yml:4:15"
    assert document.excerpt(("phases", 0, "duration")) == "  - duration: 60"


@pytest.mark.parametrize("beyond", [("name",), (0,), ("duration", "x")])
def test_a_path_that_does_not_exist_is_placed_at_its_nearest_parent(beyond: tuple[str | int, ...]) -> None:
    document = parse("phases:\n- duration: 60\n  arrivalRate: 1\n", Plan, name="p.yml")
    column = 13 if beyond[0] == "duration" else 3
    assert document.where(("phases", 0, *beyond)) == f"p.yml:2:{column}"
    assert document.where(("phases", 1)) == document.where(("phases", -1)) == "p.yml:2:1"


def test_a_later_check_can_make_a_problem_of_a_place() -> None:
    document = parse("title: x\n", Plan, name="p.yml")
    assert document.problem(("title",), "this title is taken") == Problem(
        "p.yml", 1, 8, "this title is taken"
    )


def test_columns_count_characters() -> None:
    assert errors("{title: é😀漢, count: x}") == ["1:21: expected a whole number, found `x`"]
