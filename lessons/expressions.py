r"""Numbers in lesson text and in checks: a small language with its own parser, and no eval.

    value  = value ("or" | "and") value | "not" value | sum [ comparison sum ]       comparisons do not chain
    sum    = sum ("+" | "-" | "*" | "/") sum | "-" sum | number | 'text' | name.with.dots
           | function(value, ...) | "(" value ")"
    insert = value { "|" filter }            in a text: {{ run.p95 | ms }}, and \{{ for two plain braces

The comparisons are == != < <= > >= in and `not in`. A name that has no value yet is `Unknown`, and why.
What is computed from it is Unknown too; `and`, `or` and `not` follow Kleene's logic of three values; a filter
turns Unknown into "cannot tell".
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeAlias

from lessons.expression_tokens import ADVICE, DASHED, TOKEN, Token
from simulator.errors import RidelabError, nearest

CANNOT_TELL: Final = "cannot tell"
MAX_TOKENS: Final = 150  # bounds the length of an expression and, with it, the depth of its tree
LARGEST: Final = math.nextafter(math.inf, 0.0)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that cannot be told yet, and why: ``p99 needs 299 requests, this run has 60``."""

    reason: str

    def __str__(self) -> str:
        return CANNOT_TELL

    def __bool__(self) -> bool:
        raise TypeError(f"neither yes nor no: {self.reason}")


Value: TypeAlias = bool | int | float | str | Collection[object] | Unknown
Scope: TypeAlias = Mapping[str, object] | Callable[[str], object]
Functions: TypeAlias = Mapping[str, Callable[..., object]]


class ExpressionError(RidelabError):
    """An expression that cannot be understood or computed; `line` and `column` count from 1 in its source."""

    reason: str
    line: int
    column: int

    @classmethod
    def at(cls, source: str, offset: int, reason: str, hint: str = "") -> ExpressionError:
        """Say the reason, the place `offset` characters into the source, and what to do about it."""
        line, column = source.count("\n", 0, offset) + 1, offset - source.rfind("\n", 0, offset)
        place = f"column {column}" if line == 1 else f"line {line}, column {column}"
        error = cls(f"{reason}, {place}{hint}")
        error.reason, error.line, error.column = reason + hint, line, column
        return error


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a syntax tree: `kind` is literal, name, call, filter, minus or the operator written."""

    kind: str
    value: int | float | str = ""
    parts: tuple[Node, ...] = ()
    offset: int = field(default=0, compare=False)

    def __iter__(self) -> Iterator[Node]:
        yield self
        for part in self.parts:
            yield from part


_LEVELS = {"or": 1, "and": 2, "+": 5, "-": 5, "*": 6, "/": 6}  # how strongly each operator binds
_NOT, _COMPARISON, _MINUS, _ATOM = 3, 4, 7, 8
_LEVELS |= dict.fromkeys(("==", "!=", "<", "<=", ">", ">=", "in", "not in"), _COMPARISON)


def _written(node: Node, level: int = 0) -> str:
    """Write a tree as text that parses to the same tree, with no more parentheses than it needs."""
    own = {"not": _NOT, "minus": _MINUS}.get(node.kind, _LEVELS.get(node.kind, _ATOM))
    match node.kind, node.value:
        case "literal", str(value):
            text = "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
        case (("literal" | "name" | "filter"), value):
            text = str(value)
        case "call", value:
            text = f"{value}({', '.join(map(_written, node.parts))})"
        case (("not" | "minus"), _):
            text = ("not " if node.kind == "not" else "-") + _written(node.parts[0], own)
        case _:
            left = _written(node.parts[0], own + (own == _COMPARISON))
            text = f"{left} {node.kind} {_written(node.parts[1], own + 1)}"
    return f"({text})" if own < level else text


def _clipped(text: object) -> str:
    return "".join(char if char.isprintable() else "?" for char in str(text)[:40])


class _Parser:
    """Reads one expression, from `start` to the end of the source or, in a template, to closing braces."""

    def __init__(self, source: str, start: int = 0, *, braces: bool = False) -> None:
        self.source, self.start, self.braces = source, start, braces
        self.end, self.count, self.last = start, 0, "{{" if braces else ""  # of the tokens read so far
        self.token = self.read()

    def error(self, reason: str, hint: str = "", offset: int | None = None) -> ExpressionError:
        hint += "; write `\\{{` where two braces are plain text" if self.braces else ""
        return ExpressionError.at(self.source, self.token.offset if offset is None else offset, reason, hint)

    def read(self) -> Token:
        match = TOKEN.match(self.source, self.end)
        assert match is not None, "the last two alternatives match anything"
        kind = match.lastgroup or "foreign"
        text, offset = match[kind], match.start(kind)
        self.end, self.count = match.end(), self.count + 1
        if self.count > MAX_TOKENS:
            raise self.error(f"this expression has more than {MAX_TOKENS} words and signs", offset=offset)
        if kind == "end" and self.braces and not text:
            raise self.error("this insert is not closed by `}}`", offset=self.start - 2)
        if kind == "foreign" or (kind == "end" and text and not self.braces):
            advice = ADVICE.get(self.source[offset : offset + 2]) or ADVICE.get(text, "")
            raise self.error(f"`{_clipped(text)}` means nothing here", advice, offset)
        return Token(kind, " ".join(text.split()) if kind == "sign" else text, offset)

    def next(self) -> Token:
        token, self.last = self.token, _clipped(self.token.text)
        self.token = self.read()
        return token

    def take(self, sign: str) -> bool:
        return self.token.kind == "sign" and self.token.text == sign and bool(self.next())

    def whole(self) -> Expression:
        tree, filters = self.expression(1), []
        while self.take("|"):
            if self.token.kind != "name":
                raise self.error("expected a filter's name after `|`", "; where either will do, write `or`")
            word = self.next()
            filters.append(Node("filter", word.text, (), word.offset))
        if self.token.kind != "end":
            raise self.error(f"expected an operator or the end after `{self.last}`")
        text = self.source[self.start : self.token.offset].strip()
        return Expression(tree, tuple(filters), text, self.source)

    def expression(self, level: int) -> Node:
        """Read a value and the operators after it that bind at least as strongly as `level`."""
        left = self.operand(level)
        while self.token.kind == "sign" and (own := _LEVELS.get(self.token.text, 0)) >= level:
            sign = self.next()
            left = Node(sign.text, "", (left, self.expression(own + 1)), sign.offset)
            if own == _COMPARISON == _LEVELS.get(self.token.text):
                raise self.error("comparisons do not chain", "; write `a < b and b < c`")
        return left

    def operand(self, level: int) -> Node:
        """Read a literal, a name, a call, parentheses, or `-` or `not` with what they stand before."""
        kind, text, offset = self.token
        if kind in ("number", "text"):
            value: int | float | str = re.sub(r"\\(.)", r"\1", text[1:-1])
            if kind == "number":
                value = float(text) if len(text) > 30 or set(text) & set(".eE") else int(text)
            if value == math.inf:
                raise self.error("this number is too large")
            self.next()
            return Node("literal", value, (), offset)
        if kind == "name":
            self.next()
            called = self.take("(")
            return Node("call" if called else "name", text, self.arguments() if called else (), offset)
        if self.take("-"):
            return Node("minus", "", (self.expression(_MINUS),), offset)
        if level <= _NOT and self.take("not"):
            return Node("not", "", (self.expression(_NOT),), offset)
        if self.take("("):
            inner = self.expression(1)
            if not self.take(")"):
                raise self.error(f"expected `)` after `{self.last}`")
            return inner
        hint = "; put `not` and what follows it in parentheses" if text == "not" else ""
        raise self.error(f"expected a value after `{self.last}`" if self.last else "expected a value", hint)

    def arguments(self) -> tuple[Node, ...]:
        found: list[Node] = []
        while not self.take(")"):
            if found and not self.take(","):
                raise self.error(f"expected `,` or `)` after `{self.last}`")
            found.append(self.expression(1))
        return tuple(found)


_APPLY: dict[str, Callable[..., Any]] = {
    "not": operator.not_, "minus": operator.neg, "+": operator.add, "-": operator.sub,
    "*": operator.mul, "/": operator.truediv, "==": operator.eq, "!=": operator.ne,
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
    "in": lambda item, group: item in group, "not in": lambda item, group: item not in group,
}  # fmt: skip


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "yes/no"
    return "a number" if isinstance(value, int | float) else "text" if isinstance(value, str) else "a list"


def _takes(sign: str, kinds: list[str]) -> bool:
    if sign in ("in", "not in"):
        return kinds[1] == "a list" or kinds == ["text", "text"]
    if sign in ("==", "!=", "not"):
        return kinds[0] == kinds[-1] and (sign != "not" or kinds[0] == "yes/no")
    return set(kinds) == {"a number"} or (kinds == ["text", "text"] and _LEVELS[sign] == _COMPARISON)


def _value(found: object, what: str) -> Value:
    """Take what a scope, an operator or a function gave, numpy's types included, as one of our values."""
    if found is None:
        return Unknown(f"{what} has no value yet")
    if type(found).__module__ == "numpy" and hasattr(found, "tolist"):
        found = found.tolist()
    if isinstance(found, int | float) and not abs(found) <= LARGEST:
        return Unknown(f"{what} is not a number a computer can hold")
    if isinstance(found, int | float | Collection | Unknown):
        return found
    raise TypeError("it is neither a number, text, yes/no nor a list")


def _shown(unit: str, scale: int, decimals: int, finer_below: int, value: float) -> str:
    """Show a number times `scale`, rounded; one that is smaller than `finer_below` with two decimals."""
    if _kind(value) != "a number":
        raise TypeError(f"it shows a number, not {_kind(value)}")
    places = 2 if abs(round(value * scale, 2)) < finer_below else decimals
    digits = f"{round(value * scale, places) + 0.0:,.{places}f}"  # adding 0.0 turns -0.0 into 0.0
    return (digits.rstrip("0").rstrip(".") if places else digits) + unit


def _plain(value: object) -> str:
    if isinstance(value, int | float):
        return ("yes" if value else "no") if isinstance(value, bool) else _shown("", 1, 2, 0, value)
    if isinstance(value, str) or not isinstance(value, Collection):
        return str(value)
    return ", ".join(map(_plain, value))


def _count(group: Any, item: object) -> object:
    """Count an item in a list, or read it from a table of counts: ``count(run.codes, 502)``."""
    return group.get(item, 0) if isinstance(group, Mapping) else sum(other == item for other in group)


_ms = partial(_shown, " ms", 1000, 0, 10)
FUNCTIONS: Final[Functions] = {"min": min, "max": max, "abs": abs, "round": round, "count": _count}
FILTERS: Final[Functions] = {
    "ms": _ms,
    "signed_ms": lambda seconds: f"{'' if _ms(seconds).startswith(('-', '0 ')) else '+'}{_ms(seconds)}",
    "s": partial(_shown, " s", 1, 2, 0),
    "percent": partial(_shown, " %", 100, 1, 1),
    "count": partial(_shown, "", 1, 1, 0),
    "text": _plain,
}


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression: `text` as written in its source, `str` in its shortest clear form."""

    tree: Node
    filters: tuple[Node, ...] = ()
    text: str = field(default="", compare=False)
    source: str = field(default="", compare=False, repr=False)

    def __str__(self) -> str:
        return " | ".join(map(_written, (self.tree, *self.filters)))

    def names(self) -> tuple[str, ...]:
        """List the names whose values it needs, each once, in the order of their first use."""
        return tuple(dict.fromkeys(str(node.value) for node in self.tree if node.kind == "name"))

    def problems(
        self, names: Iterable[str], functions: Functions = FUNCTIONS, filters: Functions = FILTERS
    ) -> list[ExpressionError]:
        """Find each name, function and filter that does not exist; the error names the nearest that does."""
        names = frozenset(names)
        known = {"name": names, "call": frozenset(functions), "filter": frozenset(filters)}
        nodes = [node for node in (*self.tree, *self.filters) if node.kind in known]
        dashed = [
            match.span() for match in DASHED.finditer(self.source) if match.group().replace("-", "_") in names
        ]
        # Of a name written with dashes only the first part says so.
        rest = {i for start, end in dashed for i in range(start + 1, end)}
        return [
            self._missing(n, known[n.kind])
            for n in nodes
            if n.value not in known[n.kind] and n.offset not in rest
        ]

    def evaluate(self, scope: Scope, functions: Functions = FUNCTIONS, filters: Functions = FILTERS) -> Value:
        """Compute the value or, with filters, the text they make of it; raises ExpressionError.

        A scope raises KeyError for a name it has not; None and Unknown stand for no value yet. Functions and
        filters are called with known values only; the text of a ValueError is the reason of an Unknown.
        """
        value = self._computed(self.tree, scope, functions)
        for node in self.filters:
            value = value if isinstance(value, Unknown) else self._answer(node, filters, (value,))
        return CANNOT_TELL if self.filters and isinstance(value, Unknown) else value

    def _computed(self, node: Node, scope: Scope, functions: Functions) -> Value:
        if node.kind in ("literal", "name"):
            return node.value if node.kind == "literal" else self._answer(node, scope, ())
        values: list[Value] = []
        for part in node.parts:
            values.append(self._computed(part, scope, functions))
            if node.kind in ("and", "or"):
                if not isinstance(values[-1], bool | Unknown):
                    raise self._error(part, f"`{node.kind}` needs yes/no, not {_kind(values[-1])}")
                if values[-1] is (node.kind == "or"):  # one side decides alone, the other known or not
                    return values[-1]
        for value in values:
            if isinstance(value, Unknown):
                return value
        if node.kind in ("and", "or"):
            return values[-1]
        if node.kind != "call" and not _takes(node.kind, kinds := [_kind(value) for value in values]):
            raise self._error(node, f"`{node.kind}` does not take {' and '.join(kinds)}")
        return self._answer(node, functions if node.kind == "call" else _APPLY, values)

    def _answer(self, node: Node, asked: Any, values: Iterable[Value]) -> Value:
        """Ask a scope for a name, or the function, filter or operator of a table for its result."""
        key = str(node.value or node.kind)
        try:
            found = asked[key] if isinstance(asked, Mapping) else asked(key)
        except KeyError:
            raise self._missing(node, asked if isinstance(asked, Mapping) else ()) from None
        try:
            return _value(found if node.kind == "name" else found(*values), f"`{key}`")
        except (ValueError, ZeroDivisionError, OverflowError) as error:
            return Unknown("division by zero" if isinstance(error, ZeroDivisionError) else str(error))
        except (TypeError, ArithmeticError, LookupError) as error:
            raise self._error(node, f"`{key}` cannot be computed ({error})") from None

    def _missing(self, node: Node, known: Iterable[str]) -> ExpressionError:
        word = DASHED.match(self.source, node.offset) if node.kind == "name" else None
        asked = (
            word.group() if word is not None and word.group().replace("-", "_") in known else str(node.value)
        )
        reason = f"unknown {'function' if node.kind == 'call' else node.kind} `{_clipped(asked)}`"
        return self._error(node, reason, nearest(asked, known))

    def _error(self, node: Node, reason: str, hint: str = "") -> ExpressionError:
        return ExpressionError.at(self.source, node.offset, reason, hint)


def parse(text: str) -> Expression:
    """Parse one expression, its filters included; raises ExpressionError."""
    return _Parser(text).whole()


@dataclass(frozen=True, slots=True)
class Template:
    """Lesson text with its inserts: `parts` are plain text and expressions, in order."""

    text: str
    parts: tuple[str | Expression, ...]

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The inserts, in order."""
        return tuple(part for part in self.parts if isinstance(part, Expression))

    def render(self, scope: Scope, filters: Functions = FILTERS, functions: Functions = FUNCTIONS) -> str:
        """Write the text with each insert's value in its place; what is unknown reads "cannot tell"."""
        shown = (p if isinstance(p, str) else p.evaluate(scope, functions, filters) for p in self.parts)
        return "".join(map(_plain, shown))


def parse_template(text: str) -> Template:
    r"""Parse text with inserts, ``{{ value | filter }}``; ``\{{`` is two braces. Raises ExpressionError."""
    parts: list[str | Expression] = []
    done = 0
    while (found := text.find("{{", done)) >= 0:
        if text[found - 1 : found] == "\\":
            parts.append(text[done : found - 1] + "{{")
            done = found + 2
        else:
            parser = _Parser(text, found + 2, braces=True)
            parts += (text[done:found], parser.whole())
            done = parser.end
    return Template(text, (*parts, text[done:]))
