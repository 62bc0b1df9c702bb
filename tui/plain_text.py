"""Plain lines: Markdown without its marks, wrapped paragraphs, small tables; for a voice, a log, a dumb terminal."""

from __future__ import annotations

import re
from textwrap import wrap
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

WIDTH: Final = 78
CODE_INDENT: Final = "    "
FENCE: Final = re.compile(r"^\s*(```|~~~)")
HEADING: Final = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*$")
ITEM: Final = re.compile(r"^(\s*)([-*+]|\d+[.)])\s+(.*)$")
QUOTE: Final = re.compile(r"^\s{0,3}>\s?")
RULE: Final = re.compile(r"^\s{0,3}([-*_])(\s*\1){2,}\s*$")
AS_IT_IS: Final = re.compile(r"\\(?P<escaped>[*_`\[\]\\#>])|(?P<ticks>`+).+?(?P=ticks)")
LINK: Final = re.compile(r"!?\[([^\[\]]+)\]\(([^()\s]+)\)")
TERM: Final = re.compile(r"\[\[([^\[\]|]+)(?:\|[^\[\]|]*)?\]\]")
HELD: Final = "\0"
"""Holds the place of code and of escaped characters while marks are taken out."""
EMPHASIS: Final = (
    re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*"),
    re.compile(r"(?<![\w_])__(?=\S)(.+?)(?<=\S)__(?![\w_])"),
    re.compile(r"(?<![\w*])\*(?=[^\s*])(.+?)(?<=[^\s*])\*(?![\w*])"),
    re.compile(r"(?<![\w_])_(?=[^\s_])(.+?)(?<=[^\s_])_(?![\w_])"),
)
STAND_INS: Final = str.maketrans({
    "→": "->", "←": "<-", "·": "-", "–": "-", "—": "-", "…": "...", "×": "x", "µ": "u", "≥": ">=", "≤": "<=",
    "“": '"', "”": '"', "‘": "'", "’": "'", "✓": "v", "\u00a0": " ",
})  # fmt: skip


def paragraph(text: str, width: int = WIDTH, *, first: str = "", rest: str = "") -> list[str]:
    """Wrap a text at a width; `first` begins its first line and `rest` the others. Words are never broken."""
    return wrap(
        " ".join(text.split()),
        max(width, len(rest) + 20),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def table(
    head: Sequence[str], rows: Iterable[Sequence[str]], *, left: Iterable[int] = (0,), width: int = WIDTH
) -> list[str]:
    """Write a table in columns two blanks apart, no wider than what is in them; `left` are set to the left.

    One that is wider than `width` becomes a sentence for each row: its first cell, then each title with its cell.
    """
    lines = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    lefts = frozenset(left)
    written = [
        "  ".join(
            cell.ljust(room) if i in lefts else cell.rjust(room)
            for i, (cell, room) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    if max(map(len, written)) <= width:
        return written
    titles, *cells = lines
    said = [f"{titles[0]} {row[0]}: {_listed(titles[1:], row[1:])}.".lstrip() for row in cells]
    return [line for text in said for line in paragraph(text, width, rest="  ")]


def _listed(titles: Sequence[str], cells: Sequence[str]) -> str:
    return ", ".join(
        f"{title} {cell.strip()}".strip() for title, cell in zip(titles, cells, strict=True) if cell.strip()
    )


def inline(text: str) -> str:
    """Take the marks out of a line of Markdown; code keeps its backticks, a link's address stands behind its text."""
    held: list[str] = []

    def keep(found: re.Match[str]) -> str:
        held.append(found["escaped"] or found.group(0))
        return HELD

    text = AS_IT_IS.sub(keep, text.replace(HELD, ""))
    text = TERM.sub(r"\1", text)
    text = LINK.sub(lambda found: f"{found.group(1)} ({found.group(2)})", text)
    for pattern in EMPHASIS:
        text = pattern.sub(r"\1", text)
    shown = iter(held)
    return re.sub(HELD, lambda _: next(shown), text)


def markdown(text: str, width: int = WIDTH) -> list[str]:
    """Write Markdown as plain lines: paragraphs wrapped, lists hanging, code indented and left as it is."""
    lines: list[str] = []
    item = inside = False
    for block in _blocks(text.splitlines()):
        after_item, item = item, _is_item(block[0])
        inside = item or (inside and block[0].startswith(" "))
        if lines and not (item and after_item):
            lines.append("")
        if inside and not item:  # another paragraph of the item above
            indent = " " * (len(block[0]) - len(block[0].lstrip()))
            lines += paragraph(inline(" ".join(block)), width, first=indent, rest=indent)
        else:
            lines += _write(block, width)
    return lines


def blocks(text: str) -> list[str]:
    """Part Markdown into its blocks."""
    return ["\n".join(block) for block in _blocks(text.splitlines())]


def _is_item(line: str) -> bool:
    return ITEM.match(line) is not None and not RULE.match(line)


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Part Markdown into blocks: a paragraph, an item, a heading, a fence with its code, a table."""
    block: list[str] = []
    fenced = False
    for line in lines:
        if FENCE.match(line):
            if not fenced and block:
                yield block
                block = []
            block.append(line)
            if fenced:
                yield block
                block = []
            fenced = not fenced
            continue
        if fenced:
            block.append(line)
            continue
        code = line.startswith(CODE_INDENT) and (not block or block[0].startswith(CODE_INDENT))
        begins = HEADING.match(line) or (_is_item(line) and not code) or RULE.match(line)
        if block and (
            not line.strip() or begins or line.lstrip().startswith("|") != block[0].lstrip().startswith("|")
        ):
            yield block
            block = []
        if line.strip():
            block.append(line)
            if HEADING.match(line):
                yield block
                block = []
    if block:
        yield block


def _write(block: list[str], width: int) -> list[str]:
    first = block[0]
    if FENCE.match(first):
        code = block[1:-1] if len(block) > 1 and FENCE.match(block[-1]) else block[1:]
        return [(CODE_INDENT + line).rstrip() for line in code] or [""]
    if RULE.match(first):
        return [""]
    if first.lstrip().startswith("|"):
        return _table(block, width)
    if found := HEADING.match(first):
        return paragraph(inline(found.group(1)), width)
    if found := ITEM.match(first):
        sign = f"{found.group(1)}{'-' if found.group(2) in '-*+' else found.group(2)} "
        text = " ".join([found.group(3), *block[1:]])
        return paragraph(inline(text), width, first=sign, rest=" " * len(sign)) or [sign.rstrip()]
    if first.startswith(CODE_INDENT):
        return [line.rstrip() for line in block]
    if QUOTE.match(first):
        text = " ".join(QUOTE.sub("", line) for line in block)
        return paragraph(inline(text), width, first="  ", rest="  ")
    return paragraph(inline(" ".join(block)), width)


def _table(block: list[str], width: int) -> list[str]:
    rows = [[inline(cell.strip()) for cell in line.strip().strip("|").split("|")] for line in block]
    rows = [row for row in rows if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]
    most = max((len(row) for row in rows), default=0)
    rows = [row + [""] * (most - len(row)) for row in rows]
    if not rows:
        return [""]
    return table(rows[0], rows[1:], left=range(most), width=width)


def readable(line: str, longest: int = 400) -> str:
    """Make a line that somebody typed safe to say again: no control characters, and an end."""
    return "".join(char if char.isprintable() else " " for char in line[:longest]).strip()


def fit(text: str, encoding: str) -> str:
    """Write a text in what an output's encoding can show: stand-ins for what it cannot, `?` where there are none."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(STAND_INS).encode(encoding, "replace").decode(encoding)
    return text
