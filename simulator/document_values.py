"""Nodes into values of a type, with every mistake named in words and at its place.

msgspec stops at the first error and speaks of its own types, so the nodes are walked along the type here, and
msgspec only builds the result from parts that fit. It still has the last word: what it or a Struct's
``__post_init__`` refuses is reported at the part it refused.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec
from msgspec import inspect as mi

from simulator.document_nodes import Items, Mapping, Node, Scalar, find, shown
from simulator.document_types import (
    LARGEST_INTEGER,
    bare,
    choices,
    core,
    described,
    found,
    in_range,
    integer,
    length_fits,
    number,
    one_of,
    rank,
    takes_null,
    takes_shape,
    takes_text,
    without_zeros,
)
from simulator.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.document_nodes import Report
    from simulator.document_types import Array, Choice, Object

T = TypeVar("T")

# Only the first problems are shown, and looking for near words is slow.
MANY = 8
_HINTS = 10
_LONGEST_WORD = 100
_SAID_AT = re.compile(r"(?P<what>.*?)(?: - at (?:`key` in )?`\$(?P<path>[^`]*)`)?", re.DOTALL)
_STEP = re.compile(r"\.(?P<name>[^.\[\]]+)|\[(?P<index>\d+|\.\.\.)\]")


def convert(root: Node, kind: type[T], report: Report, *, broken: bool) -> T:
    """Return the root as a ``kind``; of no use where it is ``broken`` already or a problem is reported."""
    walk = _Walk(report)
    value = walk.value(root, _type_info(cast("Any", kind)))
    if not (broken or walk.count):
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            refusal = error
        walk.refuse_objects()
        if not walk.count:
            walk.refuse(root, refusal)
    else:
        walk.refuse_objects()
    return cast("T", None)


@lru_cache(maxsize=64)
def _type_info(kind: Any) -> mi.Type:
    """Describe a type: half the time of reading a lesson, and always the same."""
    return mi.type_info(kind)


class _Walk:
    """One walk over the nodes of a document.

    A value that is returned after a problem was reported means nothing; it only lets the walk go on.
    """

    def __init__(self, report: Report) -> None:
        self.count = 0  # problems, with those that were reported while the nodes were made
        self._report = report
        # Objects without a problem, inner ones first: node, class, value, index of the first one inside.
        self._sound: list[tuple[Node, type[Any], dict[str, Any], int]] = []

    def value(self, node: Node, kind: mi.Type) -> Any:
        """Return what msgspec can build the type from."""
        kind = bare(kind)
        if type(node) is Node:
            self.count += 1
            return None
        if takes_null(node, kind):
            return None
        match kind:
            case mi.UnionType():
                return self._union(node, kind)
            case mi.StructType() | mi.DataclassType():
                return self._object(node, kind)
            case mi.DictType():
                return self._dict(node, kind)
            case mi.ListType() | mi.VarTupleType() | mi.TupleType() | mi.SetType() | mi.FrozenSetType():
                return self._array(node, kind)
            case mi.StrType() | mi.IntType() | mi.FloatType() | mi.BoolType() | mi.NoneType():
                return self._scalar(node, kind)
            case mi.LiteralType() | mi.EnumType():
                return self._scalar(node, kind)
        return self._untyped(node)

    def _union(self, node: Node, union: mi.UnionType) -> Any:
        kinds = [kind for kind in map(bare, union.types) if takes_shape(node, kind)]
        if len(kinds) > 1 and isinstance(node, Mapping):
            return self._tagged(node, kinds)
        if len(kinds) > 1 and isinstance(node, Scalar):
            kinds = [kind for kind in kinds if takes_text(node.text, kind)]
            kinds.sort(key=lambda kind: rank(node, kind))
        return self.value(node, kinds[0]) if kinds else self._wrong(node, union)

    def _tagged(self, node: Mapping, kinds: list[mi.Type]) -> Any:
        """Read the one of several Structs whose tag the mapping carries."""
        tags = {str(kind.tag): kind for kind in kinds if isinstance(kind, mi.StructType)}
        name = next(str(kind.tag_field) for kind in tags.values())
        if name not in node.pairs:
            for text, (key, _) in node.pairs.items():
                if self._near(text, [name]):
                    return self._say(key, f"unknown key {shown(text)}{self._near(text, [name])}")
            return self._say(node, f"missing key `{name}`: {one_of(tags)}")
        tag = node.pairs[name][1]
        if isinstance(tag, Scalar) and tag.text in tags:
            return self._object(node, tags[tag.text])
        if type(tag) is Node:
            self.count += 1
            return None
        hint = self._near(tag.text, tags) if isinstance(tag, Scalar) else ""
        return self._say(tag, f"expected {one_of(tags)}, found {found(tag)}{hint}")

    def _object(self, node: Node, kind: Object) -> Any:
        if not isinstance(node, Mapping):
            return self._wrong(node, kind)
        before, first_inside = self.count, len(self._sound)
        fields = {one.encode_name: one for one in kind.fields}
        missing = [name for name, one in fields.items() if one.required and name not in node.pairs]
        value: dict[str, Any] = {}
        for name, (key, child) in node.pairs.items():
            if name in fields:
                value[name] = self.value(child, fields[name].type)
            elif name == getattr(kind, "tag_field", None):
                value[name] = self._tag(child, cast("mi.StructType", kind))
            elif getattr(kind, "forbid_unknown_fields", True):
                # A key that is missing is the likeliest one to have been meant; then one problem says both.
                meant = self._near(name, missing) or self._near(name, fields)
                self._say(key, f"unknown key {shown(name)}{meant or _known(fields)}")
                missing = [one for one in missing if not meant.endswith(f"`{one}`?")]
        if missing and node.whole:
            keys = " and ".join(f"`{name}`" for name in missing)
            self._say(node, f"missing key{'s' if len(missing) > 1 else ''} {keys}")
        if self.count == before and node.whole:
            self._sound.append((node, kind.cls, value, first_inside))
        return value

    def _tag(self, node: Node, kind: mi.StructType) -> Any:
        if not (isinstance(node, Scalar) and node.text == str(kind.tag)):
            self._say(node, f"expected `{kind.tag}`, found {found(node)}")
        return kind.tag

    def _dict(self, node: Node, kind: mi.DictType) -> Any:
        if not isinstance(node, Mapping):
            return self._wrong(node, kind)
        if not length_fits(len(node.pairs), kind):
            self._wrong(node, kind)
        untyped = isinstance(kind.key_type, mi.AnyType)
        value: dict[Any, Any] = {}
        for text, (key_node, child) in node.pairs.items():
            key = text if untyped else self.value(key_node, kind.key_type)
            if key is not None and key in value:  # two texts can mean one number
                self._say(key_node, f"the key {shown(text)} is here twice")
            value[key] = self.value(child, kind.value_type)
        return value

    def _array(self, node: Node, kind: Array) -> Any:
        if not isinstance(node, Items):
            return self._wrong(node, kind)
        if isinstance(kind, mi.TupleType):
            if len(node.items) != len(kind.item_types):
                self._wrong(node, kind)
            return [self.value(item, one) for item, one in zip(node.items, kind.item_types, strict=False)]
        if not length_fits(len(node.items), kind):
            self._wrong(node, kind)
        return [self.value(item, kind.item_type) for item in node.items]

    def _scalar(self, node: Node, kind: mi.Type) -> Any:
        if not isinstance(node, Scalar):
            return self._wrong(node, kind)
        text = node.text
        if node.plain and not text:
            return self._wrong(node, kind, '; write "" for an empty text' * isinstance(kind, mi.StrType))
        match kind:
            case mi.StrType():
                matches = kind.pattern is None or re.search(kind.pattern, text) is not None
                return text if matches and length_fits(len(text), kind) else self._wrong(node, kind)
            case mi.BoolType() if text not in ("true", "false"):
                return self._say(node, f"write true or false, not {shown(text)}")
            case mi.BoolType():
                return text == "true"
            case mi.IntType():
                return self._integer(node, kind)
            case mi.FloatType():
                value = number(text)
                fits = value is not None and math.isfinite(value) and in_range(value, kind)
                return value if fits else self._wrong(node, kind, _zeros_hint(text))
            case mi.LiteralType() | mi.EnumType():
                return self._choice(node, kind)
        return self._wrong(node, kind)

    def _integer(self, node: Scalar, kind: mi.IntType) -> Any:
        value = integer(node.text)
        if value is None:
            return self._wrong(node, kind, _zeros_hint(node.text))
        if abs(value) > LARGEST_INTEGER:
            return self._wrong(node, kind, "; that takes more than 64 bits")
        return value if in_range(value, kind) else self._wrong(node, kind)

    def _choice(self, node: Scalar, kind: Choice) -> Any:
        known = choices(kind)
        if node.text in known:
            return known[node.text]
        near = self._near(node.text, known)
        if near and len(known) > MANY:  # what was meant, before a long list
            return self._say(node, f"{found(node)} is not known here{near} Expected {described(kind)}")
        return self._wrong(node, kind, near)

    def _untyped(self, node: Node) -> Any:
        """Return what the node is by YAML's core rules, for a type that leaves it open."""
        match node:
            case Items(items=items):
                return [self._untyped(item) for item in items]
            case Mapping(pairs=pairs):
                return {text: self._untyped(child) for text, (_, child) in pairs.items()}
            case Scalar(text=text, plain=False):
                return text
            case Scalar(text=text):
                value = core(text)
                if isinstance(value, float) and not math.isfinite(value):
                    self._say(node, f"{shown(text)} is too large or not a number; quote it if it is a text")
                return value
        self.count += 1
        return None

    def _say(self, node: Node, what: str) -> None:
        self.count += 1
        self._report(node.line, node.column, what)

    def _wrong(self, node: Node, kind: mi.Type, hint: str = "") -> None:
        if isinstance(node, Mapping) and not node.whole:
            self.count += 1  # what is wrong with it was reported
        else:
            self._say(node, f"expected {described(kind)}, found {found(node)}{hint}")

    def _near(self, word: str, known: Iterable[str]) -> str:
        return nearest(word, known) if self.count < _HINTS and len(word) <= _LONGEST_WORD else ""

    def refuse_objects(self) -> None:
        """Report every object without a problem inside that msgspec or its own ``__post_init__`` refuses."""
        bad = [False] * len(self._sound)
        for index, (node, cls, value, first_inside) in enumerate(self._sound):
            if any(bad[first_inside:index]):
                bad[index] = True
                continue
            try:
                msgspec.convert(value, cls)
            except msgspec.ValidationError as error:
                bad[index] = True
                self.refuse(node, error)

    def refuse(self, node: Node, error: msgspec.ValidationError) -> None:
        """Report what msgspec refused inside a node, at the part it names."""
        said = _SAID_AT.fullmatch(str(error))
        assert said is not None
        steps = _STEP.finditer(said["path"] or "")
        path = tuple(
            step["name"] or (int(step["index"]) if step["index"].isdigit() else "…") for step in steps
        )
        self._say(find(node, path), " ".join(said["what"].split()))


def _zeros_hint(text: str) -> str:
    plain = without_zeros(text)
    return "" if plain is None else f"; write {shown(plain)}"


def _known(fields: Iterable[str]) -> str:
    names = [f"`{name}`" for name in fields]
    return f"; known here: {', '.join(names[:12])}{', …' if len(names) > 12 else ''}" if names else ""
