"""What a type wants of a node: as tests, and in the words that errors use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec import inspect as mi

from simulator.document_nodes import Items, Mapping, Node, Scalar, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

Object = mi.StructType | mi.DataclassType
Array = mi.ListType | mi.VarTupleType | mi.TupleType | mi.SetType | mi.FrozenSetType
Choice = mi.LiteralType | mi.EnumType
Number = mi.IntType | mi.FloatType

LARGEST_INTEGER = 2**63 - 1

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_ZEROS = re.compile(r"([-+]?)0+([0-9]+)")
# The core schema of YAML 1.2, chapter 10.3.2.
_CORE_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_CORE_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_CORE_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


def bare(kind: mi.Type) -> mi.Type:
    """Return the type without the notes that ``Annotated`` hangs on it."""
    while isinstance(kind, mi.Metadata):
        kind = kind.type
    return kind


def takes_null(node: Node, kind: mi.Type) -> bool:
    """Say whether the node is YAML's null and the type has a None for it."""
    if not (isinstance(node, Scalar) and node.plain and node.text in ("", "~", "null")):
        return False
    match kind:
        case mi.UnionType(types=types):
            return any(takes_null(node, bare(one)) for one in types)
        case mi.LiteralType(values=values):
            return None in values
    return isinstance(kind, mi.NoneType)


def takes_shape(node: Node, kind: mi.Type) -> bool:
    """Say whether a member of a union is read from this sort of node: a text, a list or a mapping."""
    match kind:
        case mi.AnyType() | mi.CustomType():
            return True
        case mi.NoneType():
            return False
        case mi.StructType() | mi.DataclassType() | mi.DictType():
            return isinstance(node, Mapping)
        case mi.ListType() | mi.VarTupleType() | mi.TupleType() | mi.SetType() | mi.FrozenSetType():
            return isinstance(node, Items)
    return isinstance(node, Scalar)


def takes_text(text: str, kind: mi.Type) -> bool:
    """Say whether a member of a union is meant by this text, in range or not."""
    match kind:
        case mi.BoolType():
            return text in ("true", "false")
        case mi.IntType():
            return integer(text) is not None
        case mi.FloatType():
            return number(text) is not None
        case mi.LiteralType() | mi.EnumType():
            return text in choices(kind)
    return True


def rank(node: Scalar, kind: mi.Type) -> int:
    """Order the members of a union that a text can mean: numbers before texts, unless it is quoted."""
    match kind:
        case mi.LiteralType() | mi.EnumType():
            return 0
        case mi.StrType():
            return 5 if node.plain else 1
        case mi.BoolType() | mi.IntType():
            return 2
        case mi.FloatType():
            return 3
    return 4


def integer(text: str) -> int | None:
    """Return a whole number in decimal figures, or None; past 64 bits, one that is just past them."""
    return _bounded(text, 10) if _INTEGER.fullmatch(text) else None


def number(text: str) -> float | None:
    """Return a decimal number, infinite where it is too large for a float, or None."""
    return float(text) if _NUMBER.fullmatch(text) and not _ZEROS.fullmatch(text) else None


def without_zeros(text: str) -> str | None:
    """Return how to write a whole number that begins with zeros, which is octal to some and so not read."""
    zeros = _ZEROS.fullmatch(text)
    return zeros[1] + zeros[2] if zeros else None


def core(text: str) -> Any:
    """Return what an unquoted text means by YAML's core rules; infinity or NaN where that is no number."""
    if text in _CORE_WORDS:
        return _CORE_WORDS[text]
    if _CORE_INTEGER.fullmatch(text):
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        whole = _bounded(text if base == 10 else text[2:], base)
        return whole if abs(whole) <= LARGEST_INTEGER else float("inf")
    if _CORE_NOT_FINITE.fullmatch(text):
        return float("nan")
    found = number(text)
    return text if found is None else found


def _bounded(text: str, base: int) -> int:
    digits = text.lstrip("+-").lstrip("0") or "0"
    # 64 bits take at most 22 digits, in base 8; int() itself refuses thousands of them.
    size = int(digits, base) if len(digits) <= 22 else LARGEST_INTEGER + 1
    return -size if text.startswith("-") else size


def choices(kind: Choice) -> dict[str, Any]:
    """Return the values a Literal or an Enum has, by how they are written."""
    values = kind.values if isinstance(kind, mi.LiteralType) else [member.value for member in kind.cls]
    return {str(value): value for value in values if value is not None}


def in_range(value: float, kind: Number) -> bool:
    """Say whether a number keeps the bounds of its type."""
    return (
        (kind.ge is None or value >= kind.ge)
        and (kind.gt is None or value > kind.gt)
        and (kind.le is None or value <= kind.le)
        and (kind.lt is None or value < kind.lt)
        and (kind.multiple_of is None or value % kind.multiple_of == 0)
    )


def length_fits(length: int, kind: Any) -> bool:
    """Say whether a text, list or mapping is as long as its type asks."""
    return (kind.min_length or 0) <= length and (kind.max_length is None or length <= kind.max_length)


def described(kind: mi.Type) -> str:
    """Say what a type wants, as a noun that fits after "expected"."""
    kind = bare(kind)
    match kind:
        case mi.UnionType():
            return " or ".join(dict.fromkeys(described(one) for one in kind.types))
        case mi.StructType() | mi.DataclassType():
            return "a mapping"
        case mi.DictType():
            return f"a mapping{_length(kind, 'key')}"
        case mi.TupleType():
            return f"a list of {_count(len(kind.item_types), 'item')}"
        case mi.ListType() | mi.VarTupleType() | mi.SetType() | mi.FrozenSetType():
            return f"a list{_length(kind, 'item')}"
        case mi.StrType():
            pattern = "" if kind.pattern is None else f" that matches {shown(kind.pattern)}"
            return f"a text{_length(kind, 'character')}{pattern}"
        case mi.IntType():
            return f"a whole number{_range(kind)}"
        case mi.FloatType():
            return f"a number{_range(kind)}"
        case mi.BoolType():
            return "true or false"
        case mi.LiteralType() | mi.EnumType():
            return one_of(choices(kind))
        case mi.NoneType():
            return "nothing"
    return "a value"


def found(node: Node) -> str:
    """Say what a node is, as a noun that fits after "found"."""
    match node:
        case Scalar(text="", plain=True):
            return "nothing"
        case Scalar(text=""):
            return "an empty text"
        case Scalar(text=text):
            return shown(text)
        case Items(items=items):
            return f"a list of {_count(len(items), 'item')}" if items else "an empty list"
        case Mapping(pairs=pairs) if not pairs:
            return "an empty mapping"
    return "a mapping"


def one_of(words: Iterable[str]) -> str:
    """Name the words that can be chosen from."""
    quoted = [f"`{word}`" for word in words]
    return quoted[0] if len(quoted) == 1 else f"one of {', '.join(quoted)}"


def _range(kind: Number) -> str:
    if kind.ge is not None and kind.le is not None:
        said = [f"from {_figure(kind.ge)} to {_figure(kind.le)}"]
    else:
        bounds = (("at least", kind.ge), ("above", kind.gt), ("at most", kind.le), ("below", kind.lt))
        said = [f"{word} {_figure(bound)}" for word, bound in bounds if bound is not None]
    if kind.multiple_of is not None:
        said.append(f"a multiple of {_figure(kind.multiple_of)}")
    return f", {' and '.join(said)}" if said else ""


def _figure(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


def _length(kind: Any, unit: str) -> str:
    low, high = kind.min_length, kind.max_length
    if low is not None and high is not None:
        return f" of {_count(low, unit)}" if low == high else f" of {low} to {_count(high, unit)}"
    if low is not None:
        return f" of at least {_count(low, unit)}"
    return "" if high is None else f" of at most {_count(high, unit)}"


def _count(many: int, unit: str) -> str:
    return f"{many} {unit}" if many == 1 else f"{many} {unit}s"
