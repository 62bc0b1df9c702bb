"""A version's source as marking needs it: its own lines and line ends, its logical lines, its syntax tree.

Rows count from 1, columns in characters from 0; the bytes in which `ast` counts its columns are translated here.
"""

from __future__ import annotations

import ast
import re
import tokenize
import warnings
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from simulator.errors import RidelabError

if TYPE_CHECKING:
    from tokenize import TokenInfo

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")  # str.splitlines would also break at a form feed
_BEGINNING = re.compile(r"((?:[ \t\f]*\f)?)([ \t]*)")  # a form feed sets the indentation back to nothing
_BLANK = frozenset({tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER})

Place = tuple[int, int]  # row and column


class MarkError(RidelabError):
    """A mark that cannot be set, taken away or read: the text names the line, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Logical:
    """A logical line: one or more simple statements, or the header of a compound one, on rows `first` to `last`."""

    first: int
    last: int
    tokens: tuple[TokenInfo, ...] = field(repr=False)  # comments among them

    @property
    def words(self) -> list[TokenInfo]:
        """Its tokens without comments and line ends."""
        return [t for t in self.tokens if t.type not in _BLANK and t.type != tokenize.NEWLINE]

    def comment(self, row: int) -> str:
        """Give the comment on a row of it, or an empty text."""
        return next((t.string for t in self.tokens if t.type == tokenize.COMMENT and t.start[0] == row), "")


@dataclass(frozen=True)
class Text:
    """A source that parses, read once. Raises MarkError where it does not."""

    source: str

    @cached_property
    def lines(self) -> list[str]:
        """Its lines, each with the line end it has."""
        return _LINE.findall(self.source)

    @cached_property
    def plain(self) -> list[str]:
        """Its lines as the parser reads them."""
        return [line.rstrip("\r\n") + "\n" for line in self.lines]

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree, not to be changed."""
        return self.parsed()

    def parsed(self) -> ast.Module:
        """Parse it once more, for a tree to be changed."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of doubtful syntax: deploying says that
                return ast.parse("".join(self.plain))
        except SyntaxError as error:
            raise MarkError(
                f"line {error.lineno or 1}: the code does not parse here ({error.msg}); mend that, or undo, and mark "
                "then"
            ) from None
        except ValueError:
            raise MarkError(
                "line 1: the code holds a character that no source may hold; take it out"
            ) from None
        except MemoryError:  # how the parser of Python 3.11 says it
            raise RecursionError from None

    @cached_property
    def tokens(self) -> list[TokenInfo]:
        """Its tokens, comments included."""
        _ = self.tree  # what does not parse is refused in the parser's words
        plain = iter(self.plain)
        try:
            return list(tokenize.generate_tokens(lambda: next(plain, "")))
        except (tokenize.TokenError, SyntaxError) as error:
            raise MarkError(
                f"line 1: the code cannot be taken apart ({error.args[0]}); undo the last edit"
            ) from None

    @cached_property
    def logical(self) -> dict[int, Logical]:
        """Its logical lines, by each row they stand on."""
        found: dict[int, Logical] = {}
        tokens: list[TokenInfo] = []
        for token in self.tokens:
            if token.type in _BLANK and not tokens:
                continue
            tokens.append(token)
            if token.type == tokenize.NEWLINE:
                line = Logical(tokens[0].start[0], token.start[0], tuple(tokens))
                found.update(dict.fromkeys(range(line.first, line.last + 1), line))
                tokens = []
        return found

    @cached_property
    def strings(self) -> list[tuple[int, int]]:
        """The first and last row of each string that reaches over several rows."""
        found, opened = [], []
        for token in self.tokens:
            kind = tokenize.tok_name[token.type]
            if kind.endswith("STRING_START"):  # Python 3.12 and newer take f-strings apart
                opened.append(token.start[0])
            elif kind == "STRING" or kind.endswith("STRING_END"):
                first = opened.pop() if kind != "STRING" else token.start[0]
                if token.end[0] > first:
                    found.append((first, token.end[0]))
        return found

    @cached_property
    def in_strings(self) -> frozenset[int]:
        """The rows that begin inside a string: their blanks are its value."""
        return frozenset(row for first, last in self.strings for row in range(first + 1, last + 1))

    @cached_property
    def comments(self) -> frozenset[int]:
        """The rows that hold a comment alone and belong to no statement."""
        rows = {token.start[0] for token in self.tokens if token.type == tokenize.COMMENT}
        return frozenset(rows - self.logical.keys())

    @cached_property
    def quote(self) -> str:
        """The quote that most of its one-line strings have."""
        ends = Counter(
            t.string[-1:] for t in self.tokens if t.type == tokenize.STRING and t.string[-3:] not in _LONG
        )
        return '"' if ends['"'] > ends["'"] else "'"

    def step(self, indent: str) -> str:
        """Give what indents one level deeper than `indent`: a tab, or the file's own number of spaces."""
        if indent.endswith("\t"):
            return "\t"
        steps: Counter[int] = Counter()
        above = [""]
        for token in self.tokens:
            if token.type == tokenize.INDENT:
                if "\t" not in token.string and "\f" not in token.string:
                    steps[len(token.string) - len(above[-1])] += 1
                above.append(token.string)
            elif token.type == tokenize.DEDENT:
                above.pop()
        return " " * (steps.most_common(1)[0][0] if steps else 4)

    def over_indented(self, lines: list[str], last: int, at: str) -> list[int]:
        """Give the rows of the comments right below row `last` that `lines` has at the indentation `at`, or deeper."""
        found = []
        for row in range(last + 1, len(lines) + 1):
            if row in self.comments:
                if not begin(lines[row - 1])[1].startswith(at):
                    break
                found.append(row)
            elif row in self.logical:
                break
        return found

    def start(self, node: ast.expr | ast.stmt) -> Place:
        """Where a node begins, in characters."""
        return node.lineno, self.column(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt) -> Place:
        """Where a node ends, in characters."""
        row = node.end_lineno or node.lineno
        return row, self.column(row, node.end_col_offset or 0)

    def column(self, row: int, offset: int) -> int:
        """Translate a column of `ast`, in bytes, into characters."""
        line = self.lines[row - 1]
        return offset if line.isascii() else len(line.encode()[:offset].decode(errors="ignore"))

    def line_end(self, row: int) -> str:
        """Give the line end of a row, or of the nearest above it that has one."""
        for line in reversed(self.lines[:row]):
            if end := line[len(line.rstrip("\r\n")) :]:
                return end
        return "\n"


_LONG = frozenset({"'''", '"""'})


def begin(line: str) -> tuple[str, str, str]:
    """Split a line into what stands up to its last leading form feed, its indentation, and the rest."""
    found = _BEGINNING.match(line)
    assert found is not None
    return found[1], found[2], line[found.end() :]


def shifted(line: str, at: str, unit: str) -> str:
    """Indent a line of a statement that stands at the indentation `at` by one unit; a blank one stays as it is."""
    lead, blanks, rest = begin(line)
    if not rest.strip():
        return line
    return (
        f"{lead}{at}{unit}{blanks[len(at) :]}{rest}"
        if blanks.startswith(at)
        else f"{lead}{unit}{blanks}{rest}"
    )


def unshifted(line: str, at: str, unit: str) -> str:
    """Undo `shifted`; of a line that was never indented so far, take away the blanks there are."""
    lead, blanks, rest = begin(line)
    if not rest.strip():
        return line
    if blanks.startswith(at + unit):
        return f"{lead}{at}{blanks[len(at + unit) :]}{rest}"
    kept = blanks[len(unit) :] if blanks.startswith(unit) else blanks[min(len(unit), len(blanks)) :]
    return f"{lead}{kept}{rest}"
