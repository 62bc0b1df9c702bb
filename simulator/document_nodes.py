"""YAML text into nodes that know their place, and syntax errors into words.

Nodes are built from the parser's events (libyaml where present), not by PyYAML's own composer: events still
show tags, anchors and aliases, and a depth can be refused before it is reached.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from yaml.error import Mark

Report = Callable[[int, int, str], None]
"""Takes a line, a column (both from 1) and what is wrong there."""

LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST = 50

# What YAML cannot hold unescaped, and three line breaks that editors do not count as lines.
_FORBIDDEN = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_TEMPLATE = re.compile(r"(?:^|[:-])\s+(\{\{)")

_ONE = "only one document can stand in a file; remove this and what follows"
_TAG = "tags (`!name`) are not read here; put quotes around a text that begins with `!`"
_ALIAS = "aliases (`*name`) are not read here; write the value out, or quote a text that begins with `*`"
_ANCHOR = "anchors (`&name`) are not read here; remove it, or quote a text that begins with `&`"
_MERGE = "merge keys (`<<`) are not read here; write the keys out"
_COLON = "a `:` cannot stand here; put quotes around a text that holds `: `, or mend the indentation"
_MISFIT = (
    "this does not fit what stands before it; mend the indentation, or a quote above that is never closed"
)
_ITEM = (
    "every item of this list must begin with `- `, in the same column; indent what belongs to the item above"
)
_KEY = "a key must be a text, not a list or a mapping"
_QUOTE_TEMPLATE = "put quotes around a text that begins with `{{`"
_HALF = "half a character (a lone surrogate); write the whole one"

# A piece of what libyaml or PyYAML says, and what we say instead; the first that is found counts.
_SAYINGS = (
    ("mapping values are not allowed", _COLON),
    ("entries are not allowed", "a list cannot begin here; begin `- ` on a line of its own"),
    ("could not find expected ':'", "this is no `key: value`; add the `:`, or mend the indentation"),
    ("alias", _ALIAS),
    ("anchor", _ANCHOR),
    ("tag", _TAG),
    ("Unicode character escape", "this escape names no character"),
    ("escape", "unknown escape; write \\\\ for a backslash, or use single quotes"),
    ("document start", "the document has ended before this; remove it, or mend what stands above"),
    ("%YAML", "remove this `%YAML` line"),
    ("YAML document", "remove this `%YAML` line"),
    ("directive", "a line cannot begin with `%` here; put quotes around the text"),
    ("block scalar", "after `|` or `>` the text begins on the next line"),
    ("expected key", _MISFIT),
    ("block end", _MISFIT),
    ("'-' indicator", _ITEM),
    ("node content", "a value is expected here; put quotes around a text that begins with this character"),
)


@dataclass(slots=True, eq=False)
class Node:
    """A part of the text and its place; by itself, a part that was reported and cannot be read further."""

    line: int
    column: int


@dataclass(slots=True, eq=False)
class Scalar(Node):
    """A text; plain when neither quoted nor a block."""

    text: str
    plain: bool


@dataclass(slots=True, eq=False)
class Items(Node):
    """A list."""

    items: list[Node] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Mapping(Node):
    """Keys in the order written, each with its node and its value's; not whole if one could not be read."""

    pairs: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)
    whole: bool = True


def find(root: Node, path: tuple[str | int, ...]) -> Node:
    """Return the node at a path, or its nearest parent that exists."""
    node = root
    for step in path:
        match node:
            case Mapping(pairs=pairs) if str(step) in pairs:
                node = pairs[str(step)][1]
            case Items(items=items) if isinstance(step, int) and 0 <= step < len(items):
                node = items[step]
            case _:
                break
    return node


def compose(text: str, report: Report) -> Node | None:
    """Return the root node; None when the text is empty or cannot be read to its end (which is reported)."""
    if bad := _FORBIDDEN.search(text):
        code = ord(bad.group())
        escape = f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
        what = f'U+{code:04X} is not allowed here; write it as "{escape}", in double quotes'
        report(*_place(text, bad.start()), _HALF if _SURROGATE.match(bad.group()) else what)
        return None
    composer = _Composer(text, report)
    try:
        for event in yaml.parse(text, Loader=LOADER):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        line, column, what = _explain(error, text.split("\n"))
        if line not in composer.reported:  # else it most likely follows from what was reported there
            report(line, column, what)
    except (yaml.YAMLError, ValueError, OverflowError):
        # PyYAML's own scanner lets int() and chr() fail on absurd escapes and versions.
        report(*composer.last, "the text from here on is not YAML; check the quotes and escapes")
    except _StopError:
        pass
    else:
        return composer.root
    return None


class _StopError(Exception):
    """What was reported leaves nothing to read on for."""


class _Composer:
    """Takes parser events one by one; keeps the open collections on a stack."""

    def __init__(self, text: str, report: Report) -> None:
        self.root: Node | None = None
        self.last = (1, 1)
        self.reported: set[int] = set()
        self._tell = report
        self._lines = text.split("\n")
        self._open: list[Items | Mapping] = []
        self._keys: list[Node | None] = []  # the key that waits for its value, of each open collection
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Add one event's node to the tree."""
        mark = event.start_mark
        assert mark is not None
        line, column = self.last = (mark.line + 1, mark.column + 1)
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self._stop(line, column, _ONE)
            case yaml.AliasEvent():
                self._report(line, column, _ALIAS)
                self._attach(Node(line, column))
            case yaml.ScalarEvent():
                self._attach(self._scalar(event, line, column))
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                kind = Items if isinstance(event, yaml.SequenceStartEvent) else Mapping
                node = kind(line, column)
                # With a tag it is read to its end, but stands nowhere: nothing is known of what it should be.
                self._attach(Node(line, column) if self._tagged(event, line, column) else node)
                if len(self._open) == DEEPEST:
                    self._stop(line, column, f"nested more than {DEEPEST} deep")
                self._open.append(node)
                self._keys.append(None)
            case yaml.CollectionEndEvent():
                self._open.pop()
                self._keys.pop()
            case _:
                pass  # starts and ends of the stream, ends of documents

    def _scalar(self, event: yaml.ScalarEvent, line: int, column: int) -> Node:
        if self._tagged(event, line, column):
            return Node(line, column)
        if _SURROGATE.search(event.value):
            self._report(line, column, _HALF)
            return Node(line, column)
        return Scalar(line, column, event.value, plain=not event.style)

    def _tagged(self, event: yaml.NodeEvent, line: int, column: int) -> bool:
        if event.anchor is not None:
            self._report(line, column, _ANCHOR)
        if (tag := getattr(event, "tag", None)) is not None:
            self._report(line, column, _TAG)
        return tag is not None

    def _attach(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        match self._open[-1]:
            case Items(items=items):
                items.append(node)
            case Mapping() as mapping:
                key = self._keys[-1]
                if key is None:
                    self._keys[-1] = self._key(node, mapping)
                    return
                self._keys[-1] = None
                if isinstance(key, Scalar):
                    mapping.pairs[key.text] = (key, node)

    def _key(self, node: Node, mapping: Mapping) -> Node:
        """Return the key, or a bare node when it cannot be one."""
        line, column = node.line, node.column
        match node:
            case Scalar(text="<<", plain=True):
                self._report(line, column, _MERGE)
            case Scalar(text=text) if text in mapping.pairs:
                first = f"the first is on line {mapping.pairs[text][0].line}"
                self._report(line, column, f"the key {shown(text)} is here twice; {first}")
                return Node(line, column)
            case Scalar():
                return node
            case Items() | Mapping():
                # `{{ x }}` is a mapping with a mapping as its key.
                template = self._lines[line - 1][column - 2 : column] == "{{"
                self._report(line, column, _QUOTE_TEMPLATE if template else _KEY)
        mapping.whole = False
        return Node(line, column)

    def _report(self, line: int, column: int, what: str) -> None:
        self.reported.add(line)
        self._tell(line, column, what)

    def _stop(self, line: int, column: int, what: str) -> None:
        self._report(line, column, what)
        raise _StopError


def shown(text: str) -> str:
    """Return a text in backticks, shortened to what fits into a sentence."""
    return f"`{text if len(text) <= 40 else text[:39] + '…'}`"


def _place(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _explain(error: yaml.MarkedYAMLError, lines: list[str]) -> tuple[int, int, str]:
    """Say in our own words what the parser could not read, and where to look."""
    said = f"{error.context or ''} {error.problem or ''}"
    context: Mark | None = error.context_mark
    mark: Mark | None = error.problem_mark or context
    if mark is None:
        return 1, 1, f"this is not YAML: {said.strip()}"
    place = (mark.line + 1, mark.column + 1)
    line = lines[mark.line] if mark.line < len(lines) else ""
    if context is not None and "quoted scalar" in said and "escape" not in said:
        return context.line + 1, context.column + 1, "the quote that opens here is never closed"
    if "\t" in (indent := line[: len(line) - len(line.lstrip())]):
        return place[0], indent.index("\t") + 1, "a tab cannot indent; use spaces"
    if template := _TEMPLATE.search(line):
        return place[0], template.start(1) + 1, _QUOTE_TEMPLATE
    if context is not None and (flow := re.search("expected ',' or '(.)'", said)):
        opened, closing = "[" if flow.group(1) == "]" else "{", flow.group(1)
        what = f"`,` or `{closing}` is expected here, to go on with the `{opened}` of line {context.line + 1}"
        return *place, what
    if "cannot start any token" in said and mark.column < len(line):
        character = line[mark.column]
        if character == "\t":
            return *place, "a tab cannot stand here; use spaces"
        name = "a backtick" if character == "`" else f"`{character}`"
        return *place, f"a text cannot begin with {name}; put quotes around it"
    if context is not None and "could not find expected ':'" in said:
        place = (context.line + 1, context.column + 1)
    for piece, ours in _SAYINGS:
        if piece in said:
            return *place, ours
    return *place, f"this is not YAML: {said.strip()}"
