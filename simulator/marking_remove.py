"""Taking marks out of a source: what is left reads as if they had never stood there.

Every edit keeps the number of rows until the end (a row taken away is empty text), so that the rows found in the
source stay true. Inside a line first, then whole `with` lines from the innermost outward.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from simulator.marking_find import is_mark, opens_block
from simulator.marking_text import MarkError, begin, unshifted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from tokenize import TokenInfo

    from simulator.marking_find import Found, Point
    from simulator.marking_text import Logical, Text


def without(text: Text, chosen: Sequence[Found]) -> str:
    """Give the source without these marks of it. Raises MarkError where one cannot be taken out."""
    lines = list(text.lines)
    _points(text, lines, [point for f in chosen for point in f.points])
    items: dict[ast.With, list[Found]] = {}
    for f in chosen:
        if f.block is not None:
            items.setdefault(f.block, []).append(f)
    whole: list[ast.With] = []
    for block, marks in items.items():
        named = next((i.optional_vars for f in marks if (i := block.items[f.item]).optional_vars), None)
        if named is not None:
            raise MarkError(
                f"line {block.lineno}: the code keeps this mark as `{ast.unparse(named)}`, and a mark has nothing "
                f"to keep; take `as {ast.unparse(named)}` away first"
            )
        if len(marks) == len(block.items):
            whole.append(block)
        else:
            _items(text, lines, block, {f.item for f in marks})
    for block in sorted(whole, key=text.start, reverse=True):
        _block(text, lines, block)
    return "".join(lines)


def _kept(comment: str) -> str:
    """A comment outlives its mark, unless it gives the type of a `with` that is gone."""
    return "" if comment.replace(" ", "").startswith("#type:") else comment


def _clear(text: Text, lines: list[str], logical: Logical, until: int) -> None:
    """Take the rows of a logical line away, up to one of its rows; leave their comments."""
    lead, at, _ = begin(text.lines[logical.first - 1])
    for row in range(logical.first, until + 1):
        comment = _kept(logical.comment(row))
        lines[row - 1] = (
            f"{lead if row == logical.first else ''}{at}{comment}{text.line_end(row)}" if comment else ""
        )


def _block(text: Text, lines: list[str], block: ast.With) -> None:
    """Take a `with` away and its body one level out."""
    row, column = text.start(block)
    header, body = text.logical[row], text.start(block.body[0])
    if body[0] <= header.last:  # the body stands on the header's line
        _clear(text, lines, header, body[0] - 1)
        lines[body[0] - 1] = text.lines[row - 1][:column] + lines[body[0] - 1][body[1] :]
        return
    at = begin(text.lines[row - 1])[1]
    inner = begin(text.lines[text.logical[body[0]].first - 1])[1]
    if not inner.startswith(at):
        raise MarkError(
            f"line {body[0]}: tabs and spaces are mixed in this indentation; use one of them, and take the mark "
            "away then"
        )
    unit = inner[len(at) :]
    _clear(text, lines, header, header.last)
    last = text.logical[block.body[-1].end_lineno or body[0]].last
    for i in range(header.last, last):
        alone = i + 1 in text.comments and not begin(lines[i])[1].startswith(inner)
        if i + 1 not in text.in_strings and not alone:
            lines[i] = unshifted(lines[i], at, unit)
    for behind in text.over_indented(lines, last, inner):
        lines[behind - 1] = unshifted(lines[behind - 1], at, unit)


def _points(text: Text, lines: list[str], points: Iterable[Point]) -> None:
    """Take the statements of pairs away; a block that loses all it has gets a `pass`."""
    gone = {point.stmt: point for point in points}
    for point in gone.values():
        if not point.alone:
            raise MarkError(
                f"line {point.stmt.lineno}: `{ast.unparse(point.call)}` stands inside another statement; put it on a "
                "line of its own, and take the mark away then"
            )
    done: set[int] = set()
    plain = "".join(text.plain)
    for point in gone.values():
        logical = text.logical[point.stmt.lineno]
        if logical.first in done:
            continue
        done.add(logical.first)
        row = [s for s in point.block if logical.first <= s.lineno <= logical.last]
        left = [s for s in row if s not in gone]
        if not left and row[0] is point.block[0] and all(s in gone for s in point.block):
            parts = ["pass"]
        elif not left and text.start(row[0]) == logical.words[0].start:
            _clear(text, lines, logical, logical.last)
            continue
        else:
            parts = [ast.get_source_segment(plain, s) or "" for s in left] or ["pass"]
        (first, column), (last, end) = text.start(row[0]), text.end(row[-1])
        lines[first - 1] = text.lines[first - 1][:column] + "; ".join(parts) + text.lines[last - 1][end:]
        for i in range(first, last):
            lines[i] = ""


def _items(text: Text, lines: list[str], block: ast.With, gone: set[int]) -> None:
    """Take items out of a `with` that has others: their words and one comma each; comments stay."""
    words = text.logical[block.lineno].words
    spans = [(text.start(i.context_expr), text.end(i.optional_vars or i.context_expr)) for i in block.items]
    dead: list[TokenInfo] = []
    for i in gone:
        own = [k for k, token in enumerate(words) if spans[i][0] <= token.start and token.end <= spans[i][1]]
        first, last = own[0], own[-1]
        while words[first - 1].string == "(" and words[last + 1].string == ")":
            first, last = first - 1, last + 1
        ends = all(
            other in gone for other in range(i, len(spans))
        )  # nothing stays behind it: the comma before goes
        dead += words[first : last + 1]
        dead += [words[first - 1]] if ends else [words[last + 1]]
    for row in sorted({token.start[0] for token in dead}, reverse=True):
        line = lines[row - 1]
        for token in sorted((t for t in dead if t.start[0] == row), key=lambda t: t.start, reverse=True):
            left, right = line[: token.start[1]], line[token.end[1] :]
            line = left + (right.lstrip(" \t") if token.string == "," else right)
        lines[row - 1] = "" if line.strip() in {"", "\\"} else line
        above = lines[row - 2].rstrip()
        if line.lstrip().startswith(":") and above.endswith("\\"):  # nothing is left to continue
            lines[row - 2] = above[:-1].rstrip() + line.lstrip()
            lines[row - 1] = ""


class _Without(ast.NodeTransformer):
    """The syntax tree without marks: what `without` must leave of it."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        had = [f for f in ("body", "orelse", "finalbody") if getattr(node, f, None)]
        super().generic_visit(node)
        for name in had:
            if getattr(node, name) == []:
                setattr(node, name, [ast.Pass()])
        return node

    def visit_With(self, node: ast.With) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        node.items = [i for i in node.items if not opens_block(i.context_expr)]
        return node if node.items else node.body

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        if is_mark(node.value) and not opens_block(node.value):
            return None
        return self.generic_visit(node)


def essence(text: Text) -> str:
    """Write the syntax tree without its marks, to compare two sources by what they do beside marking."""
    return ast.dump(_Without().visit(text.parsed()))
