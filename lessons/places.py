"""Where in a file a part of a value stands: the very line and column, though YAML has folded or unquoted the text."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.document import Document, NodePath, Problem


class Places:
    """Finds places in the file that a document was read from."""

    def __init__(self, document: Document[Any], file: Path) -> None:
        self._document = document
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):  # it has changed since it was read
            text = ""
        self._lines = text.split("\n")

    def problem(
        self, path: NodePath, what: str, *, text: str = "", start: int = 0, length: int = 0
    ) -> Problem:
        """Make a problem of `length` characters from `start` on in the text at a path; by default, of the whole.

        Where the words cannot be found as they are, such as with escapes in them, the place is the text's beginning.
        """
        whole = self._document.problem(path, what)
        words = text[start : start + length].strip()
        if not words:
            return whole
        wanted = re.compile(r"\s+".join(map(re.escape, words.split())))
        before = len(wanted.findall(text[:start]))
        head = self._lines[: whole.line - 1]
        skipped = sum(len(line) + 1 for line in head) + whole.column - 1
        source = "\n".join(self._lines)
        for count, found in enumerate(wanted.finditer(source, skipped)):
            if count == before:
                line = source.count("\n", 0, found.start()) + 1
                column = found.start() - source.rfind("\n", 0, found.start())
                return replace(whole, line=line, column=column)
        return whole
